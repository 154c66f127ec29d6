//! The other programs.

mod mail_parser;
mod python;
mod ripmime;

use crate::extract::Extract;
use python::Python;
use ripmime::RipMime;
use std::io::Write;
use std::process::{Command, Stdio};

/// Their names, in the order in which they are asked.
pub(crate) const NAMES: [&str; 4] = ["mail-parser", "Python compat32", "Python default", "ripMIME"];

/// One of each, for one thread.
pub(crate) struct Peers {
    python: Option<Python>,
    ripmime: Option<RipMime>,
}

impl Peers {
    pub(crate) fn start() -> Self {
        Self { python: is_there("python3", "--version").then(Python::start), ripmime: is_there("ripmime", "-V").then(RipMime::start) }
    }

    /// What each takes out of the message; none for one that is not installed.
    pub(crate) fn extract(&mut self, message: &[u8]) -> [Option<Extract>; 4] {
        let [compat32, default] = match &mut self.python {
            Some(python) => python.extract(message).map(Some),
            None => [None, None],
        };
        [Some(mail_parser::extract(message)), compat32, default, self.ripmime.as_ref().map(|ripmime| ripmime.extract(message))]
    }
}

fn is_there(program: &str, option: &str) -> bool {
    let status = Command::new(program).arg(option).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if status.is_err() {
        // Not eprintln!: the test harness would keep it to itself.
        let _ = writeln!(std::io::stderr(), "tests/superset: {program} is not installed, and left out");
    }
    status.is_ok()
}
