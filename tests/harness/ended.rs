//! A call that has ended: its status, its words, and what the delivery agent got.

use super::{Site, assert_same, shown};
use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

/// What came of a call.
#[must_use = "look at what came of it"]
pub(crate) struct Ended<'a> {
    pub(super) site: &'a Site,
    pub(super) words: Vec<OsString>,
    pub(super) status: ExitStatus,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
    /// From start to end.
    pub(crate) took: Duration,
}

impl Ended<'_> {
    /// It ended by itself with this status.
    #[track_caller]
    pub(crate) fn exits(&self, status: i32) -> &Self {
        assert!(self.status.code() == Some(status), "expected status {status}, got {}{}", self.status, self.context());
        self
    }

    /// It ended by itself with one of these.
    #[track_caller]
    pub(crate) fn exits_with_one_of(&self, statuses: &[i32]) -> &Self {
        let is_one = self.status.code().is_some_and(|code| statuses.contains(&code));
        assert!(is_one, "expected one of {statuses:?}, got {}{}", self.status, self.context());
        self
    }

    /// Whether it ended with status 0.
    pub(crate) fn succeeded(&self) -> bool {
        self.status.success()
    }

    /// A signal ended it.
    #[track_caller]
    pub(crate) fn is_killed_by(&self, signal: i32) -> &Self {
        assert!(self.status.signal() == Some(signal), "expected signal {signal}, got {}{}", self.status, self.context());
        self
    }

    /// Nothing was printed.
    #[track_caller]
    pub(crate) fn is_silent(&self) -> &Self {
        self.says("").warns("")
    }

    /// This and nothing else is on stdout.
    #[track_caller]
    pub(crate) fn says(&self, expected: &str) -> &Self {
        assert_same("stdout", &self.stdout, expected.as_bytes(), &self.context());
        self
    }

    /// This and nothing else is on stderr.
    #[track_caller]
    pub(crate) fn warns(&self, expected: &str) -> &Self {
        assert_same("stderr", &self.stderr, expected.as_bytes(), &self.context());
        self
    }

    /// Each of these is somewhere on stdout.
    #[track_caller]
    pub(crate) fn mentions(&self, texts: &[&str]) -> &Self {
        let stdout = self.stdout();
        for text in texts {
            assert!(stdout.contains(text), "expected {text:?} on stdout{}", self.context());
        }
        self
    }

    /// The delivery agent got one message: this.
    #[track_caller]
    pub(crate) fn hands_on(&self, expected: impl AsRef<[u8]>) -> &Self {
        assert_same("the message that was handed on", &self.message(), expected.as_ref(), &self.context());
        self
    }

    /// The delivery agent was not called.
    #[track_caller]
    pub(crate) fn hands_on_nothing(&self) -> &Self {
        let got = self.site.delivered();
        assert!(got.is_empty(), "expected no delivery, got {}{}", got.len(), self.context());
        self
    }

    /// The message stays with the MTA: this status, not a word, no delivery.
    #[track_caller]
    pub(crate) fn defers(&self, status: i32) -> &Self {
        self.exits(status).is_silent().hands_on_nothing()
    }

    /// The message that the delivery agent got.
    #[track_caller]
    pub(crate) fn message(&self) -> Vec<u8> {
        let mut got = self.site.delivered();
        assert!(got.len() == 1, "expected one delivery, got {}{}", got.len(), self.context());
        got.remove(0)
    }

    /// The value of our header field in the message that the delivery agent got.
    #[track_caller]
    pub(crate) fn verdict(&self) -> String {
        let message = String::from_utf8_lossy(&self.message()).into_owned();
        let verdicts: Vec<&str> = message.lines().filter_map(|line| line.strip_prefix("X-Mailward: ")).collect();
        assert!(verdicts.len() == 1, "expected one X-Mailward field, got {verdicts:?}{}", self.context());
        verdicts[0].trim_end().to_owned()
    }

    /// Its status; a signal counts as minus its number.
    pub(crate) fn code(&self) -> i32 {
        self.status.code().unwrap_or_else(|| -self.status.signal().unwrap_or_default())
    }

    /// What it said.
    pub(crate) fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// What it said on stderr.
    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// Everything that helps to see why.
    pub(crate) fn context(&self) -> String {
        let words: Vec<String> = self.words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        format!(
            "\n  command\n    {}\n  status {}\n  stdout\n{}  stderr\n{}  log\n{}",
            words.join(" "),
            self.status,
            shown(&self.stdout),
            shown(&self.stderr),
            shown(self.site.read("log").as_bytes())
        )
    }
}
