//! Sophos' SSSP, which SAVDI speaks: the message itself, and lines up to `DONE`.
//!
//! Owns what a line means. It must never take another than `DONE OK 0000` for clean. What fails is a [`Trouble`].

use super::Job;
use super::dialogue::{Said, line, listen};
use crate::engine::wire::Wire;
use crate::engine::{Threat, Trouble, early};
use crate::finding::Class;

/// All is sent at once: the daemon tells only a protocol it refuses before that.
pub(super) fn ask(wire: &mut Wire, job: &Job<'_>) -> Result<Vec<Threat>, Trouble> {
    let question = format!("SSSP/1.0\nSCANDATA {}\n", job.bytes.len());
    let sent = wire.send(question.as_bytes()).and_then(|()| wire.send(job.bytes));
    let found = early::told(sent, listen(wire, means).and_then(|found| ended(wire, found)))?;
    let _ = wire.send(b"BYE\n");
    Ok(found)
}

/// An empty line ends an answer; what says that nothing was found has to be whole.
fn ended(wire: &mut Wire, found: Vec<Threat>) -> Result<Vec<Threat>, Trouble> {
    if !found.is_empty() {
        return Ok(found);
    }
    let last = line(wire)?;
    if last.is_empty() { Ok(found) } else { Err(Trouble::Unknown(last)) }
}

fn means(line: &str) -> Said {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        [] | ["OK" | "ACC" | "EVENT" | "FILE" | "TYPE", ..] => Said::Aside,
        ["VIRUS", name, ..] => Said::infected(name),
        ["VIRUS"] | ["DONE", "OK", "0203", ..] => Said::infected(""),
        ["DONE", "OK"] | ["DONE", "OK", "0000", ..] => Said::Clean,
        // Something in the message is under a password.
        ["DONE", "FAIL", "0212", ..] => Said::Found(Threat::whole(Class::Encrypted, "encrypted")),
        ["DONE" | "REJ" | "ERROR", ..] => Said::reported(line),
        _ => Said::unknown(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::daemon::dialogue::infected;

    #[test]
    fn only_done_without_a_fault_is_clean() {
        for line in ["DONE OK 0000 The function call succeeded", "DONE OK"] {
            assert!(matches!(means(line), Said::Clean), "{line}");
        }
        for (line, name) in [("VIRUS EICAR-AV-Test /a b", "EICAR-AV-Test"), ("VIRUS", "unnamed"), ("DONE OK 0203 Virus found", "unnamed")] {
            assert!(matches!(means(line), Said::Found(threat) if threat == infected(name)), "{line}");
        }
        for line in ["OK SSSP/1.0", "ACC 1/2", "", "EVENT FILE /x", "TYPE 45", "FILE /x"] {
            assert!(matches!(means(line), Said::Aside), "{line}");
        }
        assert!(matches!(means("DONE FAIL 0212 encrypted"), Said::Found(threat) if threat.class == Class::Encrypted));
        for line in ["REJ 4", "REJ 1", "DONE FAIL 0210 corrupt", "DONE OK 021E x", "DONE", "ERROR 5", "done ok", "CLEAN"] {
            assert!(matches!(means(line), Said::Failed(_)), "{line}");
        }
    }
}
