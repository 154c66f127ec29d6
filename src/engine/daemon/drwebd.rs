//! Dr.Web's drwebd: numbers of 32 bits, high byte first, and the message itself.
//!
//! Owns what the bits of its code mean. It must never take a file for clean that it has skipped. What fails is a [`Trouble`].

use super::Job;
use super::dialogue::infected;
use crate::engine::wire::Wire;
use crate::engine::{Threat, Trouble, early};

/// The command to scan.
const SCAN: u32 = 1;

/// Names of viruses are wanted, and a mail is looked into and left as it is.
const RETURN_VIRUSES: u32 = 1;
const MAIL: u32 = 1 << 19 | 1 << 21;

/// Known, unknown and modified viruses.
const INFECTED: u32 = 0xe0;
/// It is clean.
const CLEAN: u32 = 1 << 20;
/// The key is for trying it out.
const EVALUATION: u32 = 1 << 16;

/// Longest report of one virus, and most of them.
const LONGEST_REPORT: u32 = 64 << 10;
const MOST_REPORTS: u32 = 1000;

pub(super) fn ask(wire: &mut Wire, job: &Job<'_>) -> Result<Vec<Threat>, Trouble> {
    let flags = RETURN_VIRUSES | if job.origin.is_none() { MAIL } else { 0 };
    let length = u32::try_from(job.bytes.len()).map_err(|_| Trouble::TooLarge)?;
    // No name of a file: what is to be scanned follows.
    let question: Vec<u8> = [SCAN, flags, 0, length].iter().flat_map(|number| number.to_be_bytes()).collect();
    let sent = wire.send(&question).and_then(|()| wire.send(job.bytes));
    early::told(sent, answer(wire))
}

/// The code, the number of viruses, and of each a report behind its length.
fn answer(wire: &mut Wire) -> Result<Vec<Threat>, Trouble> {
    let (code, count) = (number(wire)?, number(wire)?);
    if count > MOST_REPORTS {
        return Err(Trouble::Unknown(format!("{count} viruses")));
    }
    if code & INFECTED != 0 || count > 0 {
        return Ok(vec![infected(&if count > 0 { name(wire).unwrap_or_default() } else { String::new() })]);
    }
    match code & !EVALUATION {
        CLEAN => Ok(Vec::new()),
        _ => Err(Trouble::Reported(format!("code {code:#x}"))),
    }
}

/// The name in the first report.
fn name(wire: &mut Wire) -> Result<String, Trouble> {
    let length = number(wire)?;
    if length > LONGEST_REPORT {
        return Err(Trouble::Unknown(format!("a report of {length} bytes")));
    }
    let report = wire.receive_exactly(length as usize)?;
    Ok(named(&String::from_utf8_lossy(&report)).to_owned())
}

fn named(report: &str) -> &str {
    let report = report.split('\0').next().unwrap_or_default();
    report.split_once("infected with ").map_or(report, |(_, name)| name).trim()
}

fn number(wire: &mut Wire) -> Result<u32, Trouble> {
    let bytes = wire.receive_exactly(4)?;
    bytes.as_slice().try_into().map(u32::from_be_bytes).map_err(|_| Trouble::Closed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_stands_alone_or_behind_a_phrase() {
        assert_eq!(named("EICAR Test File (NOT a Virus!)\0"), "EICAR Test File (NOT a Virus!)");
        assert_eq!(named("/tmp/x infected with Win32.HLLM\0rest"), "Win32.HLLM");
    }
}
