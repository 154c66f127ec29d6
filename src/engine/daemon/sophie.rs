//! Sophie and Trophie: a path, and an answer of `0` for clean, `1:NAME`, or `-1:TEXT` where it could not.
//!
//! Owns what that answer means. It must never take anything else for clean. What fails is a [`Trouble`].

use super::Job;
use super::dialogue::infected;
use super::readable::Readable;
use crate::engine::wire::Wire;
use crate::engine::{Threat, Trouble};

/// Longest answer.
const LONGEST: usize = 1024;

/// The answer may end with a line end, a NUL, or the connection alone: no other begins with 0, so one that is cut off is none.
pub(super) fn ask(wire: &mut Wire, job: &Job<'_>) -> Result<Vec<Threat>, Trouble> {
    let file = Readable::holding(job.bytes)?;
    wire.send(format!("{}\n", file.path()).as_bytes())?;
    let answer = wire.receive_until(b"\n", LONGEST)?;
    if answer.is_empty() {
        return Err(Trouble::Closed);
    }
    means(String::from_utf8_lossy(&answer).trim_end_matches(['\n', '\r', '\0']))
}

fn means(answer: &str) -> Result<Vec<Threat>, Trouble> {
    match answer.split_once(':').unwrap_or((answer, "")) {
        ("0", "") if answer == "0" => Ok(Vec::new()),
        ("1", name) => Ok(vec![infected(name)]),
        ("-1", _) => Err(Trouble::Reported(answer.to_owned())),
        _ => Err(Trouble::Unknown(answer.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_zero_is_clean() {
        assert_eq!(means("0").unwrap(), []);
        for (answer, name) in [("1:EICAR-AV-Test", "EICAR-AV-Test"), ("1", "unnamed"), ("1:", "unnamed"), ("1:a:b", "a:b")] {
            assert_eq!(means(answer).unwrap(), [infected(name)], "{answer}");
        }
        for answer in ["-1:no such file", "-1", "", "00", "0:", "0:x", "2", "OK", "10", "01", "0\n1:x", "0\0x"] {
            assert!(means(answer).is_err(), "{answer}");
        }
    }
}
