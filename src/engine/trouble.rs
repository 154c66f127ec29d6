//! Why an engine gave no clear answer.
//!
//! Owns the words for it. It must never be taken for clean: whoever gets one makes a finding of class unscanned. Nothing here
//! can fail.

use crate::program::Fault;
use crate::sanitize::printable;
use std::fmt;
use std::io;

/// Why an engine gave no clear answer.
#[derive(Debug)]
pub enum Trouble {
    /// Nobody listens there, or whoever does takes no more: it may be starting.
    Refused(String, io::Error),
    /// A system call failed while doing this.
    Io(&'static str, io::Error),
    /// No answer in time.
    Timeout,
    /// The connection ended before an answer, as when a daemon restarts.
    Closed,
    /// An answer that the protocol does not know.
    Unknown(String),
    /// The engine says that it could not scan.
    Reported(String),
    /// A program ended with a code that is on no list.
    Code(i32),
    /// A program was killed.
    Killed(i32),
    /// The message is larger than `max_size`.
    TooLarge,
    /// A bug of ours.
    Bug,
}

impl Trouble {
    /// One word for header and log.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Refused(..) => "refused",
            Self::Io(..) => "io",
            Self::Timeout => "timeout",
            Self::Closed => "closed",
            Self::Unknown(_) => "unknown-answer",
            Self::Reported(_) => "error",
            Self::Code(_) => "exit-code",
            Self::Killed(_) => "killed",
            Self::TooLarge => "too-large",
            Self::Bug => "bug",
        }
    }

    /// Whether it may be over in a moment, as while a daemon starts or reloads.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Refused(..) | Self::Closed)
    }

    /// Whether it tells of the address, and not of the message.
    pub fn is_of_the_address(&self) -> bool {
        matches!(self, Self::Refused(..) | Self::Io(..) | Self::Timeout | Self::Closed)
    }

    /// The trouble of a read or write: a time-out is told apart.
    pub fn of(doing: &'static str, why: io::Error) -> Self {
        match why.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Self::Timeout,
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof => Self::Closed,
            _ => Self::Io(doing, why),
        }
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Io(doing, why) => Self::Io(doing, why),
            Fault::Timeout => Self::Timeout,
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(address, why) => write!(out, "no connection to {address}: {why}"),
            Self::Io(doing, why) => write!(out, "{doing}: {why}"),
            Self::Timeout => write!(out, "no answer in time"),
            Self::Closed => write!(out, "the connection was closed before an answer"),
            Self::Unknown(answer) => write!(out, "an answer that the protocol does not know: {}", printable(answer)),
            Self::Reported(text) => write!(out, "it could not scan: {}", printable(text)),
            Self::Code(code) => write!(out, "exit code {code} is on none of clean_codes, infected_codes and suspicious_codes"),
            Self::Killed(signal) => write!(out, "killed by signal {signal}"),
            Self::TooLarge => write!(out, "the message is larger than max_size"),
            Self::Bug => write!(out, "a bug in mailward"),
        }
    }
}
