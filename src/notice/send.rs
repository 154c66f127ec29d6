//! Sends a notice through the administrator's sendmail.
//!
//! Owns how that program is called: no shell, the null sender (RFC 3834 section 3.3), a bounded time. It must never hold mail
//! up: what fails is said in words for the log.

use super::Letter;
use crate::intake::filled;
use crate::program::{Fault, Offspring, Running};
use std::process::Command;
use std::time::{Duration, Instant};

/// Most time for handing over one notice.
const LONGEST: Duration = Duration::from_secs(30);

/// Hands `letter` to `sendmail`, the words of a command, which has until `until`.
///
/// # Errors
/// In words for the log.
pub fn send(sendmail: &[String], letter: &Letter, until: Instant) -> Result<(), String> {
    let Some((program, words)) = sendmail.split_first() else { return Err("notice.sendmail is empty".to_owned()) };
    let stdin = tempfile::tempfile().and_then(|file| filled(file, &letter.bytes)).map_err(|why| why.to_string())?;
    let mut command = Command::new(program);
    command.args(words).args(["-f", "<>", "--"]).args(&letter.recipients).stdin(stdin);
    // Sendmail and Exim take a mail, end, and deliver it in a child of theirs, which must live.
    let ended = Running::start(command, Offspring::Spared).and_then(|running| running.finish(until.min(Instant::now() + LONGEST)));
    match ended {
        Ok((status, _)) if status.success() => Ok(()),
        Ok((status, _)) => Err(format!("{program}: {status}")),
        Err(Fault::Io(doing, why)) => Err(format!("{program}: {doing}: {why}")),
        Err(Fault::Timeout) => Err(format!("{program}: did not end in time")),
    }
}
