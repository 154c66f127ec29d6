//! What a program gets to read: a file, its stdin, or a folder of parts.
//!
//! Owns those files and that they vanish. It must never let a name or path hold anything of the message. What fails is an I/O
//! error.

use crate::config::Input;
use crate::intake::filled;
use crate::message::Message;
use std::collections::HashSet;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use tempfile::TempDir;

/// The input of one program; removed when dropped.
pub(super) enum Prepared {
    /// A file without a name, to be its stdin.
    Stdin(File),
    /// A folder that only we can enter (mode 0700), and what in it is to be scanned.
    Folder(TempDir, &'static str),
}

impl Prepared {
    pub(super) fn new(input: Input, message: &Message<'_>) -> io::Result<Self> {
        if input == Input::Stdin {
            return Ok(Self::Stdin(filled(tempfile::tempfile()?, message.bytes())?));
        }
        // Said and not left to the umask, which the MTA may have set to anything.
        let folder = tempfile::Builder::new().prefix("mailward-").permissions(Permissions::from_mode(0o700)).tempdir()?;
        match input {
            Input::Parts => write_parts(folder.path(), message)?,
            Input::File | Input::Stdin => fs::write(folder.path().join(WHOLE), message.bytes())?,
        }
        Ok(Self::Folder(folder, if input == Input::Parts { "" } else { WHOLE }))
    }

    /// What stands for the placeholder.
    pub(super) fn path(&self) -> String {
        match self {
            Self::Stdin(_) => "-".to_owned(),
            Self::Folder(folder, "") => folder.path().display().to_string(),
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

const WHOLE: &str = "message.eml";

/// One file for each part that holds no other, whatever it declares to be: a multipart in which no part was found is a leaf. One more
/// for each other encoding that a reader may go by.
fn write_parts(folder: &Path, message: &Message<'_>) -> io::Result<()> {
    let holders: HashSet<usize> = message.parts().iter().filter_map(|part| part.parent).collect();
    let leaves = message.parts().iter().enumerate().filter(|(index, _)| !holders.contains(index));
    for (index, part) in leaves {
        for (reading, bytes) in message.decoded(part).enumerate() {
            let again = if reading == 0 { String::new() } else { format!("-{reading}") };
            fs::write(folder.join(format!("part-{index:04}{again}")), bytes)?;
        }
    }
    Ok(())
}
