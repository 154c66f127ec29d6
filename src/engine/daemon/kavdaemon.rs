//! Kaspersky's kavdaemon (AVP): a path behind a date, and two bytes, with a report where the second says so.
//!
//! Owns what the bytes mean. It must never take another code than 0 for clean. What fails is a [`Trouble`].

use super::Job;
use super::dialogue::infected;
use super::readable::Readable;
use crate::engine::wire::Wire;
use crate::engine::{Threat, Trouble};
use std::time::SystemTime;

/// Longest report that is read for the name.
const LONGEST_REPORT: usize = 64 << 10;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

pub(super) fn ask(wire: &mut Wire, job: &Job<'_>) -> Result<Vec<Threat>, Trouble> {
    let file = Readable::holding(job.bytes)?;
    wire.send(format!("<0>{}:{}\0", date(SystemTime::now()), file.path()).as_bytes())?;
    // The two bytes are a number in the order of the host that the daemon was built for, which was an Intel.
    let status = wire.receive_exactly(2)?;
    let &[code, report] = status.as_slice() else { return Err(Trouble::Closed) };
    match code {
        0 if report <= 1 => Ok(Vec::new()),
        // Something was there, whatever a daemon that disinfects and deletes has made of it: ours is another file.
        2..=6 => Ok(vec![infected(&if report == 1 { name(wire) } else { String::new() })]),
        1 => Err(Trouble::Reported("the scan was not completed".to_owned())),
        7 => Err(Trouble::Reported("the daemon is damaged".to_owned())),
        8 => Err(Trouble::Reported("corrupt objects".to_owned())),
        _ => Err(Trouble::Unknown(format!("status {code:#04x} {report:#04x}"))),
    }
}

/// `01 Mar 09:14:05`, which it only writes down.
fn date(now: SystemTime) -> String {
    let seconds = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let date = mail_parser::DateTime::from_timestamp(i64::try_from(seconds).unwrap_or_default());
    let month = MONTHS.get(usize::from(date.month).saturating_sub(1)).copied().unwrap_or_default();
    format!("{:02} {month} {:02}:{:02}:{:02}", date.day, date.hour, date.minute, date.second)
}

/// The name in the report, as far as one comes.
fn name(wire: &mut Wire) -> String {
    report(wire).map(|report| named(&report)).unwrap_or_default()
}

fn report(wire: &mut Wire) -> Result<String, Trouble> {
    let length = wire.receive_exactly(4)?.try_into().map(u32::from_le_bytes).unwrap_or_default();
    let length = usize::try_from(length).unwrap_or(usize::MAX).min(LONGEST_REPORT);
    Ok(String::from_utf8_lossy(&wire.receive_exactly(length)?).into_owned())
}

fn named(report: &str) -> String {
    let name =
        |line: &str| ["infected: ", "suspicion: "].iter().find_map(|word| line.split_once(word)).map(|(_, name)| name.trim().to_owned());
    report.lines().find_map(name).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_date_has_the_form_that_it_expects() {
        assert_eq!(date(SystemTime::UNIX_EPOCH + Duration::from_secs(1_740_820_445)), "01 Mar 09:14:05");
    }

    #[test]
    fn the_name_stands_behind_its_word() {
        assert_eq!(named("/tmp/x/eicar\tinfected: EICAR-Test-File\n"), "EICAR-Test-File");
        assert_eq!(named("a\nb suspicion: Type_ComExe \r\n"), "Type_ComExe");
        assert_eq!(named("nothing"), "");
    }
}
