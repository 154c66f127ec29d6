//! The ways mail comes in, and what a run ends in.
//!
//! Owns the outcome: become this MDA with these bytes, or leave with this status and these words. It must never exec or exit
//! itself; main does. Nothing here fails: every error becomes an outcome.

mod caller;
pub(crate) mod case;
mod deliver;
mod report;
pub mod scan;

pub use caller::{Caller, exec_failed};
pub use deliver::run as deliver;

use crate::cli::NoCommand;
use crate::config::Log;
use crate::error::Error;
use crate::exit::Profile;
use crate::intake;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::path::PathBuf;

/// Wrong words in an MTA's configuration are logged and not printed: Postfix would take them for the reason of a bounce. Help is
/// printed to a person, but a message that comes in would be lost behind it.
pub fn refuse_words(caller: Caller, why: NoCommand) -> Outcome {
    let text = match why {
        NoCommand::Help(text) if !intake::has_message(io::stdin().as_fd()) => {
            return Outcome::Exit(Farewell { stdout: text, ..Farewell::default() });
        }
        NoCommand::Help(_) => "help was asked for, and a message came in".to_owned(),
        NoCommand::Usage(text) => text,
    };
    let ending = caller.failed(&Error::Usage(text));
    caller.end(ending)
}

/// What a run ends in.
#[derive(Debug)]
#[must_use]
pub enum Outcome {
    /// Become the MDA.
    Exec(Handover),
    /// Leave.
    Exit(Farewell),
}

/// The MDA, and what it gets.
#[derive(Debug)]
pub struct Handover {
    /// The program, found.
    pub program: PathBuf,
    /// Its words, the first its name as it was given.
    pub words: Vec<OsString>,
    /// The message, to be stdin; none where our own stdin is it.
    pub message: Option<File>,
    /// Whose exit codes to speak should it fail.
    pub profile: Profile,
    /// Where to say so.
    pub log: Log,
}

/// The last words and the status.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Farewell {
    /// The exit status.
    pub status: u8,
    /// For stdout.
    pub stdout: String,
    /// For stderr.
    pub stderr: String,
}

impl Outcome {
    /// Leaves with `status` and nothing to say.
    pub fn silent(status: u8) -> Self {
        Self::Exit(Farewell { status, ..Farewell::default() })
    }
}
