//! Becomes the MDA, or leaves: the only place where either happens.
//!
//! Owns exec and exit. It must never decide anything. When exec fails the message stays with the MTA.

use mailward::agent::{Farewell, Handover, Outcome, exec_failed};
use mailward::os;
use std::io::{self, Write};
use std::process::ExitCode;

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    match mailward::run(std::env::args_os()) {
        Outcome::Exec(handover) => become_mda(&handover),
        Outcome::Exit(farewell) => leave(&farewell),
    }
}

fn become_mda(handover: &Handover) -> ExitCode {
    let message = handover.message.as_ref().map_or(Ok(()), rustix::stdio::dup2_stdin);
    let envelope = || handover.envelope.as_ref().map_or(Ok(()), rustix::stdio::dup2_stdout);
    let why = match message.and_then(|()| envelope()) {
        Err(why) => why.into(),
        Ok(()) => os::execute(&handover.program, &handover.words),
    };
    leave(&exec_failed(handover, why))
}

/// Nobody may be there to read our last words; the status says what matters.
fn leave(farewell: &Farewell) -> ExitCode {
    let _ = io::stdout().write_all(farewell.stdout.as_bytes()).and_then(|()| io::stdout().flush());
    let _ = io::stderr().write_all(farewell.stderr.as_bytes());
    ExitCode::from(farewell.status)
}
