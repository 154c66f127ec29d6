//! Whoever called us: how to answer, where to log, and what is known so far of the message that they gave us.
//!
//! Owns our caller's stderr while we work, and that every run leaves one line in the log. Writing that line must never decide
//! anything: a log that fails, or a bug in it, changes no status. Nothing here fails.

use super::{Farewell, Handover, Outcome};
use crate::config::{Level, Log, Mta, Settings};
use crate::error::Error;
use crate::exit::{Meaning, Profile};
use crate::log::{self, Line};
use crate::os;
use crate::stderr::Quiet;
use std::env;
use std::io;
use std::panic::{self, AssertUnwindSafe};

/// Whoever called us.
pub(super) struct Caller {
    pub profile: Profile,
    pub log: Log,
    stderr: Quiet,
    known: Line,
}

/// How a run ends, and what the log says of it.
pub(super) struct Ending {
    pub outcome: Outcome,
    pub said: Vec<(Level, Line)>,
}

impl Caller {
    /// The caller that `--mta` names, or that shows itself. From here on nothing reaches its stderr and no signal ends the run in
    /// any other way than "try again later".
    pub(super) fn new(told: Option<Profile>) -> Self {
        // A panic must not print: its words would be the first that Postfix reads.
        panic::set_hook(Box::new(|_| ()));
        let profile = told.unwrap_or_else(detected);
        os::guard(profile.status(Meaning::Temporary));
        Self { profile, log: Log::default(), stderr: Quiet::start(), known: Line::default() }
    }

    /// What a bug outside of a run's own stages ends in.
    pub(super) fn on_bug(&self) -> Outcome {
        Outcome::silent(self.profile.status(Meaning::Temporary))
    }

    /// Takes over what the configuration says of exit codes and log; `told` is what `--mta` says, which wins.
    pub(super) fn adopt(&mut self, told: Option<Profile>, settings: &Settings) {
        self.log = settings.log.clone();
        if let (None, Mta::Of(profile)) = (told, settings.delivery.mta) {
            self.profile = profile;
            os::guard(profile.status(Meaning::Temporary));
        }
    }

    /// Notes what the log is to say of the message, however the run ends.
    pub(super) fn note(&mut self, known: Line) {
        self.known = known;
    }

    /// What is known of the message.
    pub(super) fn known(&self) -> Line {
        self.known.clone()
    }

    /// Logs notices that could not be sent.
    pub(super) fn warn(&self, notices_that_failed: &[String]) {
        for why in notices_that_failed {
            self.say(Level::Warning, &Line::default().with_words("notice", why));
        }
    }

    /// The end of a run that could not do its work.
    pub(super) fn failed(&self, error: &Error) -> Ending {
        let status = self.profile.status(error.meaning());
        let line = self.known().with_words("error", &error.to_string()).with("exit", &status.to_string());
        Ending { outcome: Outcome::silent(status), said: vec![(Level::Error, line)] }
    }

    /// Logs the end and gives our caller's stderr back.
    pub(super) fn end(self, ending: Ending) -> Outcome {
        // The message may be delivered already: even a bug in the log must not have it delivered again.
        let _ = panic::catch_unwind(AssertUnwindSafe(|| ending.said.iter().for_each(|(level, line)| self.say(*level, line))));
        ending.outcome
    }

    fn say(&self, level: Level, line: &Line) {
        log::write(&self.log, level, line, &mut &self.stderr);
    }
}

fn detected() -> Profile {
    Profile::detect(|name| env::var_os(name).is_some())
}

/// Why the MDA did not start, said where the run logs; the status for it.
pub fn exec_failed(handover: &Handover, why: io::Error) -> Farewell {
    let error = Error::Exec(handover.program.clone(), why);
    let status = handover.profile.status(error.meaning());
    let line = handover.known.clone().with_words("error", &error.to_string()).with("exit", &status.to_string());
    log::write(&handover.log, Level::Error, &line, &mut io::stderr());
    Farewell { status, ..Farewell::default() }
}
