//! mailward stands between the mail server and the delivery agent: one message in, scanned, decided, kept, handed on.
//!
//! The modules, in the order in which a message passes them. None imports one that stands below it, but for the words and tools
//! that all share (`durable`, `error`, `exit`, `finding`, `sanitize`, `log`, `os`, `program`, `socket`, `stderr`, `utf7`) and `config`, which
//! everyone is given and which knows the envelope that its profiles are for.
//!
//! ```text
//! cli        what the command line says                        no I/O
//! intake     stdin -> bytes and a descriptor                   I/O
//! envelope   sender, recipients, user                          pure
//! message    bytes -> parts, fields, doubts                    pure
//! html       a page -> what acts in it, its links, its text    pure
//! check      our own looks at the message -> findings          pure
//! engine     other scanners -> findings                        I/O
//! policy     findings -> plan                                  pure
//! edit       plan -> byte ranges and what replaces them        pure
//! quarantine the original, durable                             I/O
//! notice     words for people                                  pure but for templates and sending
//! deliver    the bytes that go on                              I/O
//! agent      runs the above in this order -> Outcome           I/O
//! setup      mail servers' configurations                      I/O
//! admin      the commands for people                           I/O
//! ```
#![deny(unsafe_code)]

pub mod admin;
pub mod agent;
pub mod check;
pub mod cli;
pub mod config;
#[cfg(feature = "fault-injection")]
pub mod crash;
pub mod deliver;
pub mod durable;
pub mod edit;
pub mod engine;
pub mod envelope;
pub mod error;
pub mod exit;
pub mod finding;
pub mod html;
pub mod intake;
pub mod log;
pub mod message;
pub mod notice;
pub mod os;
pub mod policy;
pub mod program;
pub mod quarantine;
pub mod sanitize;
pub mod setup;
pub mod socket;
pub mod state;
pub mod stderr;
mod utf7;

use agent::Outcome;
use std::ffi::OsString;

/// Runs one command; the first word is the name of the program.
pub fn run(words: impl IntoIterator<Item = OsString>) -> Outcome {
    let words: Vec<OsString> = words.into_iter().collect();
    if cli::is_for_mail(&words) { agent::run(&words) } else { admin::run(words) }
}
