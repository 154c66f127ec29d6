//! The program under test, other programs, and a scratch folder where they cannot do harm.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

pub(crate) const MAILWARD: &str = env!("CARGO_BIN_EXE_mailward");
pub(crate) const REQUIRE: &str = "MAILWARD_REQUIRE_MTA";
const SYSTEM: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A folder that is home and working directory of what is started in it.
pub(crate) struct Scratch(TempDir);

impl Scratch {
    pub(crate) fn new() -> Self {
        Self(tempfile::Builder::new().prefix("mailward-docs-").tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Runs a program with no other environment than a home and a PATH on which `mailward` is the program under test.
    pub(crate) fn run(&self, program: &str, words: &[&str], stdin: &str) -> Output {
        let path = format!("{}:{SYSTEM}", Path::new(MAILWARD).parent().unwrap().display());
        let input = std::fs::File::open(self.write(".stdin", stdin)).unwrap();
        let mut command = Command::new(program);
        command.args(words).env_clear().env("PATH", path).env("HOME", self.path()).current_dir(self.path());
        command.stdin(Stdio::from(input)).output().unwrap_or_else(|error| panic!("{program}: {error}"))
    }

    /// Runs a script, which must end well, and gives what it printed.
    pub(crate) fn sh(&self, place: &str, script: &str) -> String {
        let output = self.run("/bin/sh", &["-euc", script], "");
        assert!(output.status.success(), "{place}: {}\n{script}\n{}", output.status, both(&output));
        both(&output)
    }
}

/// What the program under test prints; it must end well.
pub(crate) fn mailward(words: &[&str]) -> String {
    let output = Scratch::new().run(MAILWARD, words, "");
    assert!(output.status.success(), "mailward {words:?}: {}\n{}", output.status, both(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// stdout and stderr.
pub(crate) fn both(output: &Output) -> String {
    [output.stdout.as_slice(), &output.stderr].into_iter().map(String::from_utf8_lossy).collect()
}

/// Whether a program is there; says that a test is skipped where it is not, or fails where that is not allowed.
pub(crate) fn has(program: &str) -> bool {
    let is_there = SYSTEM.split(':').any(|folder| Path::new(folder).join(program).exists());
    if !is_there {
        assert!(std::env::var_os(REQUIRE).is_none(), "{REQUIRE} is set, but {program} is not installed");
        say_skipped(&format!("{program} is not installed"));
    }
    is_there
}

/// Says that a test is skipped, and why.
pub(crate) fn say_skipped(why: &str) {
    // Not eprintln!: the test harness would keep it to itself.
    let _ = writeln!(std::io::stderr(), "tests/docs: a test was skipped: {why}");
}
