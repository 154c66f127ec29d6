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

pub mod envelope;
pub mod error;
pub mod exit;
pub mod edit;
pub mod engine;
pub mod finding;
pub mod intake;
pub mod message;
pub mod os;
pub mod sanitize;
pub mod check;
pub mod config;
pub mod notice;
pub mod policy;
pub mod program;
pub mod quarantine;
