//! ripMIME: a process for each message, which writes what it takes out into a folder.

use crate::extract::Extract;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// It opens OLE documents, which is no matter of how a message is read. Files of one name stand beside each other.
const OPTIONS: [&str; 6] = ["--no-ole", "--unique-names", "--infix", "-q", "--timeout", "10"];

/// RFC 5322 section 2.1.1 allows 998.
const LONGEST_LINE: usize = 1000;

const LONGEST_NAME: usize = 128;

/// Its folder.
pub(crate) struct RipMime {
    folder: tempfile::TempDir,
}

impl RipMime {
    pub(crate) fn start() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// What it takes out. A crash leaves what was written before.
    pub(crate) fn extract(&self, message: &[u8]) -> Extract {
        let (input, output) = (self.folder.path().join("message"), self.folder.path().join("out"));
        fs::write(&input, message).unwrap();
        fs::create_dir(&output).unwrap();
        let mut ripmime = Command::new("ripmime");
        ripmime.args(OPTIONS).arg("-i").arg(&input).arg("-d").arg(&output).current_dir(self.folder.path());
        ripmime.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        // It reads lines in pieces of 1 KB, and breaks what is encoded there.
        let is_long = message.split(|byte| *byte == b'\n').any(|line| line.len() > LONGEST_LINE);
        let extract = if is_long { Extract::default() } else { collect(&output) };
        fs::remove_dir_all(&output).unwrap();
        extract
    }
}

/// A name that came twice has a number of its own before the last dot.
fn without_number(name: &str) -> String {
    let Some((stem, extension)) = name.rsplit_once('.') else { return name.to_owned() };
    let bare = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_numbered = bare.len() < stem.len() && bare.ends_with('_');
    if is_numbered { format!("{}.{extension}", bare.trim_end_matches('_')) } else { name.to_owned() }
}

fn collect(folder: &Path) -> Extract {
    let mut all = Extract::default();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
        // Links are other names of the same.
        let Ok(content) = fs::read(entry.path()) else { continue };
        all.contents.push(vec![content]);
        let name = entry.file_name().to_string_lossy().into_owned();
        // Its own name for what stands behind a line end with two CRs; and it cuts names, with what they end in.
        let is_own = name.starts_with("doubleCR.") || name.len() >= LONGEST_NAME;
        all.names.extend(Some(without_number(&name)).filter(|_| !is_own));
    }
    all
}
