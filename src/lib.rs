//! mailward stands between the mail server and the delivery agent: one message in, scanned, decided, kept, handed on.
//!
//! The modules, in the order in which a message passes them. None imports one that stands below it, but for the words that all
//! share (`error`, `exit`, `finding`, `sanitize`, `os`) and `config`, which everyone is given.
//!
//! ```text
//! cli        what the command line says                        no I/O
//! intake     stdin -> bytes and a descriptor                   I/O
//! envelope   sender, recipients, user                          pure
//! message    bytes -> parts, fields, doubts                    pure
//! check      our own looks at the message -> findings          pure
//! engine     other scanners -> findings                        I/O
//! policy     findings -> plan                                  pure
//! edit       plan -> byte ranges and what replaces them        pure
//! quarantine the original, durable                             I/O
//! notice     words for people                                  pure but for sending
//! deliver    the bytes that go on                              I/O
//! agent      runs the above in this order -> Outcome           I/O
//! admin      the commands for people                           I/O
//! ```
#![deny(unsafe_code)]

pub mod admin;
pub mod agent;
pub mod check;
pub mod cli;
pub mod config;
pub mod deliver;
pub mod edit;
pub mod engine;
pub mod envelope;
pub mod error;
pub mod exit;
pub mod finding;
pub mod intake;
pub mod log;
pub mod message;
pub mod notice;
pub mod os;
pub mod policy;
pub mod program;
pub mod quarantine;
pub mod sanitize;
pub mod stderr;

use agent::{Caller, Farewell, Outcome};
use cli::{Command, NoCommand};
use std::ffi::OsString;

/// Runs one command; the first word is the name of the program.
pub fn run(words: impl IntoIterator<Item = OsString>) -> Outcome {
    let words: Vec<OsString> = words.into_iter().collect();
    // Before anything that may fail: to an MTA even a wrong word must mean "try again later".
    let caller = cli::is_for_mail(&words).then(|| Caller::new(cli::profile_among(&words)));
    match (cli::parse(words), caller) {
        (Ok(Command::Deliver(call) | Command::Mda(call)), caller) => {
            agent::deliver(&call, caller.unwrap_or_else(|| Caller::new(call.options.mta)))
        }
        (Ok(Command::Explain(call)), _) => admin::explain(&call),
        (Ok(Command::Check(call)), _) => admin::check(&call),
        (Ok(Command::Config(call)), _) => admin::config(&call),
        (Err(why), Some(caller)) => agent::refuse_words(caller, why),
        (Err(NoCommand::Help(text)), None) => Outcome::Exit(Farewell { stdout: text, ..Farewell::default() }),
        (Err(NoCommand::Usage(text)), None) => Outcome::Exit(Farewell { status: exit::USAGE, stderr: text, ..Farewell::default() }),
    }
}
