//! What a program gets to read: a file, its stdin, or a folder of parts.
//!
//! Owns those files and that they vanish. It must never let a name or path hold anything of the message. What fails is an I/O
//! error.

use crate::config::Input;
use crate::intake::filled;
use crate::message::{Message, View};
use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use tempfile::TempDir;

/// The input of one program; removed when dropped.
pub(in crate::engine) enum Prepared {
    /// A file without a name, to be its stdin.
    Stdin(File),
    /// A folder that only we can enter (mode 0700), and what in it is to be scanned.
    Folder(TempDir, String),
}

impl Prepared {
    /// The message as it came in.
    pub(super) fn message(input: Input, message: &Message<'_>) -> io::Result<Self> {
        Self::one(input, "message.eml".to_owned(), message.bytes())
    }

    /// These pieces, one after the other, on stdin.
    pub(in crate::engine) fn stdin_of(pieces: &[&[u8]]) -> io::Result<Self> {
        Ok(Self::Stdin(filled(tempfile::tempfile()?, &pieces.concat())?))
    }

    /// One view in the place of the message.
    pub(super) fn view(input: Input, view: &View<'_>) -> io::Result<Self> {
        Self::one(input, name(view.origin.part, 0), &view.bytes)
    }

    /// A folder with a file for each body. Where there is none it holds an empty one: a scanner may take an empty folder for an error.
    pub(super) fn parts(bodies: &[View<'_>]) -> io::Result<Self> {
        let folder = folder()?;
        let mut readings: BTreeMap<usize, usize> = BTreeMap::new();
        for view in bodies {
            let reading = readings.entry(view.origin.part).or_default();
            fs::write(folder.path().join(name(view.origin.part, *reading)), &view.bytes)?;
            *reading += 1;
        }
        if bodies.is_empty() {
            fs::write(folder.path().join(name(0, 0)), [])?;
        }
        Ok(Self::Folder(folder, String::new()))
    }

    fn one(input: Input, name: String, bytes: &[u8]) -> io::Result<Self> {
        if input == Input::Stdin {
            return Ok(Self::Stdin(filled(tempfile::tempfile()?, bytes)?));
        }
        let folder = folder()?;
        fs::write(folder.path().join(&name), bytes)?;
        Ok(Self::Folder(folder, name))
    }

    /// What stands for the placeholder.
    pub(super) fn path(&self) -> String {
        match self {
            Self::Stdin(_) => "-".to_owned(),
            Self::Folder(folder, name) if name.is_empty() => folder.path().display().to_string(),
            Self::Folder(folder, name) => folder.path().join(name).display().to_string(),
        }
    }

    pub(super) fn stdin(&self) -> io::Result<Stdio> {
        match self {
            Self::Stdin(file) => Ok(file.try_clone()?.into()),
            Self::Folder(..) => Ok(Stdio::null()),
        }
    }
}

/// Said and not left to the umask, which the MTA may have set to anything.
fn folder() -> io::Result<TempDir> {
    tempfile::Builder::new().prefix("mailward-").permissions(Permissions::from_mode(0o700)).tempdir()
}

/// The name of the file for a part, or for another reading of it.
fn name(part: usize, reading: usize) -> String {
    if reading == 0 { format!("part-{part:04}") } else { format!("part-{part:04}-{reading}") }
}
