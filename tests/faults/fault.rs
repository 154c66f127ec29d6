//! Faults, and where strace puts them in.
//!
//! strace counts each system call by itself: `inject=all:...:when=5` means the fifth open, the fifth read and so on, and most calls of
//! a run would never be hit. So every fault names one call, and which of them.
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use crate::trace::Trace;

/// Calls that give no error, or none that has to do with a disk; to fail them would test a system that does not exist.
const WITHOUT_ERRORS: [&str; 9] = ["brk", "exit_group", "getegid", "geteuid", "getpid", "gettid", "rt_sigaction", "rt_sigreturn", "umask"];

/// What goes through to the disk, all of which fails on one that is dead. Opening files is not in it, since starting the MDA needs it.
const DISK: &str = "write,fsync,syncfs,mkdir,mkdirat,linkat,renameat,unlinkat,unlink,link,fstatfs,fchmodat,memfd_create,sendfile,splice";

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Kill,
    /// The call does nothing and gives this error.
    Error(&'static str),
}

/// For how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    Once,
    FromThenOn,
}

/// One fault in one place.
#[derive(Clone, Debug)]
pub(crate) struct Injection {
    pub(crate) calls: String,
    pub(crate) nth: usize,
    pub(crate) fault: Fault,
    pub(crate) span: Span,
}

impl Injection {
    /// strace with its options, to be put before the words of a run.
    pub(crate) fn wrapper(&self, trace: &Path) -> Vec<String> {
        let fault = match self.fault {
            Fault::Kill => "signal=KILL".to_owned(),
            Fault::Error(name) => format!("error={name}"),
        };
        let span = if self.span == Span::FromThenOn { "+" } else { "" };
        watched(trace).into_iter().chain(["-e".to_owned(), format!("inject={}:{fault}:when={}{span}", self.calls, self.nth)]).collect()
    }

    /// The fault without its place.
    pub(crate) fn kind(&self) -> String {
        let span = if self.span == Span::FromThenOn { " from then on" } else { "" };
        match self.fault {
            Fault::Kill => "a kill".to_owned(),
            Fault::Error(name) => format!("{name}{span}"),
        }
    }
}

impl fmt::Display for Injection {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls = if self.calls == DISK { "every call to the disk" } else { &self.calls };
        write!(out, "{} at {calls} number {}", self.kind(), self.nth)
    }
}

/// strace that only looks.
pub(crate) fn watched(trace: &Path) -> Vec<String> {
    ["strace", "-f", "-o", &trace.display().to_string()].map(str::to_owned).to_vec()
}

/// `fault` at each call of mailward's own that a clean run makes. Some calls come more often in some runs, as the pipe is filled
/// faster or slower, so one more of each is tried.
pub(crate) fn everywhere(clean: &Trace, fault: Fault, span: Span) -> Vec<Injection> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut own: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let range = clean.own();
    for (at, call) in clean.calls.iter().enumerate().take(range.end) {
        let nth = seen.entry(&call.name).or_default();
        *nth += 1;
        if range.contains(&at) {
            own.entry(&call.name).or_insert((*nth, *nth)).1 = *nth;
        }
    }
    own.retain(|name, _| fault == Fault::Kill || !WITHOUT_ERRORS.contains(name));
    let numbers = |(first, last): (usize, usize)| first.saturating_sub(1).max(1)..=last + 1;
    let at = |(name, range)| numbers(range).map(move |nth| Injection { calls: String::from(name), nth, fault, span });
    own.into_iter().flat_map(at).collect()
}

/// A disk on which nothing works any more, from the first, the second, ... call of each kind that a clean run makes.
pub(crate) fn dead_disk(clean: &Trace, error: &'static str) -> Vec<Injection> {
    let own = &clean.calls[clean.own()];
    let count = |name: &str| own.iter().filter(|call| call.name == name).count();
    let most = DISK.split(',').map(count).max().unwrap_or_default();
    (1..=most).map(|nth| Injection { calls: DISK.to_owned(), nth, fault: Fault::Error(error), span: Span::FromThenOn }).collect()
}
