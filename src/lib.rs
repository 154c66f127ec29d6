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

use agent::{Farewell, Outcome};
use cli::{Command, NoCommand};
use std::ffi::OsString;

/// Runs one command; the first word is the name of the program.
pub fn run(words: impl IntoIterator<Item = OsString>) -> Outcome {
    let words: Vec<OsString> = words.into_iter().collect();
    match cli::parse(words.iter().cloned()) {
        Ok(Command::Deliver(call) | Command::Mda(call)) => agent::deliver::run(&call),
        Ok(Command::Explain(call)) => admin::explain(&call),
        Ok(Command::Check(call)) => admin::check(&call),
        Ok(Command::Config(call)) => admin::config(&call),
        Err(NoCommand::Help(text)) => Outcome::Exit(Farewell { stdout: text, ..Farewell::default() }),
        Err(NoCommand::Usage(text)) => usage(&words, text),
    }
}

/// Wrong words in an MTA's configuration are logged and not printed: Postfix would take them for the reason of a bounce.
fn usage(words: &[OsString], text: String) -> Outcome {
    let is_for_mail = words.get(1).is_some_and(|command| command == "deliver" || command == "mda" || command == "qmail-queue");
    if is_for_mail {
        return agent::deliver::refuse_usage(cli::profile_among(words), text);
    }
    Outcome::Exit(Farewell { status: exit::USAGE, stderr: text, ..Farewell::default() })
}
