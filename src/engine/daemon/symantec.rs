//! Symantec's scan engine by its native protocol, version 2: the message itself, and lines in a fixed order.
//!
//! Owns their order. It must never take another status than 0 for clean. What fails is a [`Trouble`].

use super::Job;
use super::dialogue::{infected, line};
use crate::engine::wire::Wire;
use crate::engine::{Threat, Trouble, early};

/// What the message is called there.
const NAME: &str = "mail.eml";

/// Behind the greeting stand the versions that it speaks.
pub(super) fn ask(wire: &mut Wire, job: &Job<'_>) -> Result<Vec<Threat>, Trouble> {
    let versions = line(wire)?;
    if !versions.split_whitespace().any(|version| version == "2") {
        return Err(Trouble::Unknown(format!("versions {versions}")));
    }
    let question = format!("Version2\nAVSCAN\n{NAME}\n{}\n", job.bytes.len());
    let sent = wire.send(question.as_bytes()).and_then(|()| wire.send(job.bytes));
    early::told(sent, answer(wire))
}

/// Code, status, date and version of the signatures, number of infections; of each its file, name, number and what was done.
fn answer(wire: &mut Wire) -> Result<Vec<Threat>, Trouble> {
    let code = line(wire)?;
    match code.get(..3) {
        Some("230") => {}
        Some(start) if start.starts_with(['4', '5']) => return Err(Trouble::Reported(code)),
        _ => return Err(Trouble::Unknown(code)),
    }
    match line(wire)?.trim() {
        "0" => Ok(Vec::new()),
        "1" | "2" | "3" => Ok(vec![infected(&name(wire).unwrap_or_default())]),
        other => Err(Trouble::Unknown(format!("230 with status {other}"))),
    }
}

/// The name is the last of five lines. The status said enough: whoever does not tell it found something all the same.
fn name(wire: &mut Wire) -> Result<String, Trouble> {
    for _ in 0..4 {
        line(wire)?;
    }
    line(wire)
}
