//! Everything that can go wrong on our side, and what each means for the message.
//!
//! Owns the one error type. It must never hold what an engine or a check could not do: that is a finding of class unscanned,
//! and the policy's to decide. Whatever stands here ends the run with the message still in the MTA's hands.

use crate::config::Problem;
use crate::exit::Meaning;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a run could not do its work.
#[derive(Debug)]
pub enum Error {
    /// The command line is wrong; the text is clap's.
    Usage(String),
    /// The configuration was read and has faults: all of them.
    Config(Vec<Problem>),
    /// The configuration could not be read.
    ConfigUnreadable(PathBuf, io::Error),
    /// There was no stdin: descriptor 0 was closed when we were called.
    StdinClosed,
    /// The envelope on descriptor 1 is none; what was expected.
    Envelope(&'static str),
    /// Reading the envelope from descriptor 1 failed.
    EnvelopeUnreadable(io::Error),
    /// Reading the message, or keeping it while we work, failed.
    Intake(io::Error),
    /// The quarantine refused the original.
    Quarantine(PathBuf, QuarantineFault),
    /// The altered message could not be written.
    Spool(io::Error),
    /// Our own delivery into a maildir failed.
    Maildir(PathBuf, io::Error),
    /// All `limits.parallel` runs were taken until the deadline.
    Busy(u64),
    /// Neither the command line nor the configuration says where mail goes.
    NoDelivery,
    /// Profiles send the mail of several recipients to several places, and the message goes on once.
    SeveralDestinations,
    /// A path begins with `~` or holds `{user}`, and nobody told whose.
    NoHome(String),
    /// A template of the administrator could not be read.
    Template(PathBuf, io::Error),
    /// exec failed: the MDA is missing or not a program.
    Exec(PathBuf, io::Error),
    /// A bug of ours; the text is the panic's.
    Bug(String),
}

/// Why the quarantine refused.
#[derive(Debug)]
pub enum QuarantineFault {
    /// A system call failed.
    Io(io::Error),
    /// A symbolic link, a file, or anything else that is not a directory.
    NotADirectory,
    /// The directory belongs to this other user, who could change what we keep there.
    ForeignOwner(u32),
    /// Everybody may write there and nothing keeps them from removing what others wrote.
    NotSticky,
    /// Fewer bytes are free than `limits.free_space` asks for.
    Full(u64),
    /// Files of other users sit on every name that this message could have.
    NameTaken,
}

impl Error {
    /// What the failure means for the message. The match has no `_`, so that a new variant must be thought about.
    pub fn meaning(&self) -> Meaning {
        match self {
            Self::Usage(_)
            | Self::Config(_)
            | Self::ConfigUnreadable(..)
            | Self::StdinClosed
            | Self::Intake(_)
            | Self::EnvelopeUnreadable(_)
            | Self::Quarantine(..)
            | Self::Spool(_)
            | Self::Maildir(..)
            | Self::Busy(_)
            | Self::NoDelivery
            | Self::SeveralDestinations
            | Self::NoHome(_)
            | Self::Template(..)
            | Self::Exec(..)
            | Self::Bug(_) => Meaning::Temporary,
            Self::Envelope(_) => Meaning::Envelope,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) => write!(out, "command line: {}", text.trim_end()),
            Self::Config(problems) => write_lines(out, problems),
            Self::ConfigUnreadable(path, why) => {
                write!(out, "{}: cannot read the configuration: {why}; check the path after --config and its permissions", path.display())
            }
            Self::StdinClosed => write!(out, "stdin is closed: the message was expected there"),
            Self::Envelope(expected) => write!(out, "the envelope on descriptor 1: {expected}"),
            Self::EnvelopeUnreadable(why) => write!(out, "reading the envelope from descriptor 1: {why}"),
            Self::Intake(why) => write!(out, "reading the message from stdin: {why}"),
            Self::Quarantine(path, fault) => write!(out, "quarantine.path {}: {fault}", path.display()),
            Self::Spool(why) => write!(out, "writing the altered message: {why}"),
            Self::Maildir(path, why) => write!(out, "delivery.maildir {}: {why}", path.display()),
            Self::Busy(parallel) => write!(out, "limits.parallel: all {parallel} runs were busy until the deadline"),
            Self::NoDelivery => write!(
                out,
                "no MDA after -- and neither delivery.mda nor delivery.maildir is set (a maildir takes no arguments for an MDA)"
            ),
            Self::SeveralDestinations => {
                write!(
                    out,
                    "profiles name different deliveries for the recipients of one message; have the MTA call mailward once for each recipient"
                )
            }
            Self::NoHome(path) => write!(out, "{path}: whose home or name is meant? set HOME or USER, or give --user"),
            Self::Template(path, why) => write!(out, "notice.templates {}: {why}", path.display()),
            Self::Exec(path, why) => write!(out, "starting the MDA {}: {why}", path.display()),
            Self::Bug(text) => write!(out, "a bug in mailward, please report it: {text}"),
        }
    }
}

impl fmt::Display for QuarantineFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(why) => write!(out, "{why}"),
            Self::NotADirectory => write!(out, "not a directory (symbolic links are not followed)"),
            Self::ForeignOwner(owner) => write!(out, "belongs to uid {owner}, expected the delivering user or root"),
            Self::NotSticky => write!(out, "everybody may write there; set the sticky bit (chmod 1733)"),
            Self::Full(free) => write!(out, "only {free} bytes are free, limits.free_space asks for more"),
            Self::NameTaken => write!(out, "files of other users have the names that this message could have"),
        }
    }
}

impl From<io::Error> for QuarantineFault {
    fn from(why: io::Error) -> Self {
        Self::Io(why)
    }
}

impl From<rustix::io::Errno> for QuarantineFault {
    fn from(why: rustix::io::Errno) -> Self {
        Self::Io(why.into())
    }
}

impl std::error::Error for Error {}

fn write_lines(out: &mut fmt::Formatter<'_>, problems: &[Problem]) -> fmt::Result {
    for (index, problem) in problems.iter().enumerate() {
        let separator = if index == 0 { "" } else { "\n" };
        write!(out, "{separator}{problem}")?;
    }
    Ok(())
}
