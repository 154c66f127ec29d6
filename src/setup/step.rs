//! A command that setup runs.
//!
//! Owns how it is shown and run. It must never involve a shell. What fails is a refusal with what the command said.

use super::{Result, host};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs::File;
use std::path::PathBuf;

/// A command; what it prints is of interest only when it fails.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Step {
    words: Vec<String>,
    /// What it reads.
    input: Option<PathBuf>,
}

impl Step {
    /// The command that `text` is, its words between blanks.
    pub(super) fn of(text: &str) -> Self {
        Self { words: text.split_whitespace().map(str::to_owned).collect(), input: None }
    }

    /// The same, reading a file.
    pub(super) fn reading(self, path: PathBuf) -> Self {
        Self { input: Some(path), ..self }
    }

    /// Runs it.
    pub(super) fn run(&self) -> Result<()> {
        let mut command = host::command(&self.words);
        if let Some(path) = &self.input {
            command.stdin(File::open(path)?);
        }
        let output = host::output(command)?;
        if output.status.success() { Ok(()) } else { Err(host::failed(&self.to_string(), &output)) }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.words.join(" "))?;
        self.input.as_ref().map_or(Ok(()), |path| write!(out, " <{}", path.display()))
    }
}
