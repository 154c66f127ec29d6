//! Runs of the built program with one configuration.
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The classes of the policy.
pub(crate) const CLASSES: [&str; 10] =
    ["infected", "uncleanable", "unscanned", "banned", "encrypted", "ambiguous", "active", "phishing", "spam", "spam_unscanned"];

/// Where a message comes from.
#[derive(Clone, Copy)]
pub(crate) enum Feed<'a> {
    Pipe(&'a [u8]),
    File(&'a Path),
}

/// mailward with a configuration of its own.
pub(crate) struct Mailward {
    folder: TempDir,
}

impl Mailward {
    /// With these settings; log, quarantine and notices stay in a folder of its own.
    pub(crate) fn with(settings: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let shown = folder.path().display();
        let configuration = format!(
            "[log]\nto = \"{shown}/log\"\nformat = \"json\"\n[quarantine]\npath = \"{shown}/quarantine\"\n\
             [notice]\nsendmail = [\"/bin/true\"]\n{settings}"
        );
        fs::write(folder.path().join("mailward.toml"), configuration).unwrap();
        Self { folder }
    }

    /// With one rule for every class.
    pub(crate) fn with_rule(rule: &str, settings: &str) -> Self {
        let rules: String = CLASSES.iter().map(|class| format!("{class} = {rule}\n")).collect();
        Self::with(&format!("{settings}[policy]\n{rules}"))
    }

    /// Delivers to an MDA that gives back what it is given.
    pub(crate) fn deliver(&self, feed: Feed<'_>, recipient: &str) -> Output {
        let options = ["--mta=postfix", "--recipient", recipient, "--", "/bin/cat"];
        run(self.command("deliver").args(options), feed)
    }

    /// What `mailward explain --json` says.
    pub(crate) fn explain(&self, path: &Path) -> Output {
        run(self.command("explain").arg("--json").arg(path), Feed::Pipe(b""))
    }

    /// The lines of the log.
    pub(crate) fn log(&self) -> Vec<serde_json::Value> {
        let text = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mailward"));
        command.env_clear().arg(name).arg("--config").arg(self.folder.path().join("mailward.toml"));
        command
    }
}

/// All of stdin is read before anything is written, so that feeding first and reading then cannot block.
fn run(command: &mut Command, feed: Feed<'_>) -> Output {
    let stdin = match feed {
        Feed::Pipe(_) => Stdio::piped(),
        Feed::File(path) => File::open(path).unwrap().into(),
    };
    let mut child = command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    if let (Some(mut pipe), Feed::Pipe(bytes)) = (child.stdin.take(), feed) {
        // explain reads nothing from it.
        let _ = pipe.write_all(bytes);
    }
    child.wait_with_output().unwrap()
}

/// What the MDA was given, if it was and all went well.
pub(crate) fn handed_on(output: Output) -> Result<Vec<u8>, String> {
    let is_well = output.status.success() && output.stderr.is_empty();
    if is_well { Ok(output.stdout) } else { Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr))) }
}
