//! The ways mail comes in, and what a run ends in.
//!
//! Owns the outcome: become this MDA with these bytes, or leave with this status and these words. It must never exec or exit
//! itself; main does. Nothing here fails: every error becomes an outcome.

pub(crate) mod advice;
mod caller;
pub(crate) mod case;
mod conclude;
mod copies;
mod deliver;
mod qmail_queue;
mod report;
pub mod scan;
mod spam_fields;
mod split;

pub use caller::exec_failed;

use crate::cli::{self, Command, NoCommand};
use crate::config::Log;
use crate::error::Error;
use crate::exit::{self, Profile};
use crate::intake;
use crate::log::Line;
use caller::Caller;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;

/// Does what a command line for mail says.
pub fn run(words: &[OsString]) -> Outcome {
    // Before anything that may fail: to an MTA even a wrong word, and a bug of ours, must mean "try again later".
    let caller = Caller::new(cli::profile_among(words));
    let on_bug = caller.on_bug();
    let run = || match cli::parse(words.to_vec()) {
        Ok(Command::Deliver(call) | Command::Mda(call)) => deliver::run(&call, Handed::Message, caller),
        Ok(Command::QmailQueue(call)) => deliver::run(&qmail_queue::as_delivery(call), Handed::MessageAndEnvelope, caller),
        Ok(_) => refuse_words(caller, words, NoCommand::Usage("not a command for mail".to_owned())),
        Err(why) => refuse_words(caller, words, why),
    };
    panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or(on_bug)
}

/// Wrong words in an MTA's configuration are logged and not printed: Postfix would take them for the reason of a bounce. To a person
/// help is printed, and what is wrong where no command for mail is named; but a message that comes in would be lost behind it.
fn refuse_words(caller: Caller, words: &[OsString], why: NoCommand) -> Outcome {
    let is_silent = matches!(why, NoCommand::Usage(_)) && cli::names_mail_command(words);
    let text = match why {
        NoCommand::Usage(text) if is_silent => text,
        why if !intake::has_message(io::stdin().as_fd()) => return Outcome::of_words(why),
        NoCommand::Usage(text) => text,
        NoCommand::Help(_) => "help was asked for, and a message came in".to_owned(),
    };
    let ending = caller.failed(&Error::Usage(text));
    caller.end(ending)
}

/// What our caller hands us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Handed {
    /// The message on stdin; of the envelope the surroundings tell.
    Message,
    /// The message on stdin, and the envelope on stdout (qmail-queue(8)).
    MessageAndEnvelope,
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
    /// The envelope, to be stdout, as qmail-queue reads it there.
    pub envelope: Option<File>,
    /// Whose exit codes to speak should it fail.
    pub profile: Profile,
    /// Where to say so.
    pub log: Log,
    /// What the log says of the message.
    pub known: Line,
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
    /// What the command line asks for, or what is wrong with it, for a person.
    pub fn of_words(why: NoCommand) -> Self {
        match why {
            NoCommand::Help(text) => Self::Exit(Farewell { stdout: text, ..Farewell::default() }),
            NoCommand::Usage(text) => Self::Exit(Farewell { status: exit::USAGE, stderr: text, ..Farewell::default() }),
        }
    }

    /// Leaves with `status` and nothing to say.
    pub fn silent(status: u8) -> Self {
        Self::Exit(Farewell { status, ..Farewell::default() })
    }
}
