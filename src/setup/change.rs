//! A file, what it holds and what it is to hold.
//!
//! Owns how a change is shown and how it is made: beside the file, fsynced, with its owner and mode, then in its place in one step, so
//! that a mail server that reads it meanwhile sees all or nothing. It must never change a file that is not as it was when it was looked
//! at. What fails is a [`Refusal`].

use super::{Refusal, Result, host};
use crate::durable;
use diffy::DiffOptions;
use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

/// A change of one file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// The file itself and no link to it.
    pub path: PathBuf,
    /// What it holds; none where it is to be made.
    pub before: Option<String>,
    /// What it is to hold.
    pub after: String,
    /// Its mode if it is new.
    mode: u32,
}

/// Modes of new files.
const CONFIGURATION: u32 = 0o644;
const PROGRAM: u32 = 0o755;

impl Change {
    /// The change of the file at `path`, whose links are followed, by `edit`.
    pub(super) fn of(path: &Path, edit: impl FnOnce(&str) -> Result<String>) -> Result<Self> {
        let before = host::text(path)?;
        if fs::metadata(path)?.nlink() > 1 {
            return Err(Refusal::new(format!(
                "{}: it has other names too (hard links), which would keep what it holds now",
                path.display()
            )));
        }
        let after = edit(&before)?;
        Ok(Self { path: fs::canonicalize(path)?, before: Some(before), after, mode: CONFIGURATION })
    }

    /// A new file.
    pub(super) fn new(path: &Path, after: String) -> Result<Self> {
        match host::read(path)? {
            None => Ok(Self { path: path.to_owned(), before: None, after, mode: CONFIGURATION }),
            Some(_) => Err(Refusal::new(format!("{}: it is there already, and it is not known what for", path.display()))),
        }
    }

    /// A new file that is run.
    pub(super) fn program(path: &Path, after: String) -> Result<Self> {
        Ok(Self { mode: PROGRAM, ..Self::new(path, after)? })
    }

    /// The difference, as diff -u shows it.
    pub(super) fn difference(&self) -> String {
        let before = self.before.as_deref().unwrap_or_default();
        let name = self.path.display().to_string();
        let old = if self.before.is_some() { &name } else { "/dev/null" };
        difference(old, &name, before, &self.after)
    }

    /// Makes it.
    pub(super) fn apply(&self) -> Result<()> {
        let now = host::read(&self.path)?;
        if now.as_deref() != self.before.as_deref().map(str::as_bytes) {
            return Err(Refusal::new(format!("{}: somebody else has changed it meanwhile", self.path.display())));
        }
        put(&self.path, self.after.as_bytes(), self.mode).map_err(|why| Refusal::new(format!("{}: {why}", self.path.display())))
    }
}

/// What turns the file `old` with the text `before` into the file `new` with the text `after`.
pub(super) fn difference(old: &str, new: &str, before: &str, after: &str) -> String {
    let mut options = DiffOptions::new();
    options.set_original_filename(old.to_owned()).set_modified_filename(new.to_owned());
    options.create_patch(before, after).to_string()
}

/// Puts `bytes` in the place of the file at `path`, with the owner and mode of what is there, else with `mode`.
pub(super) fn put(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let mut file = tempfile::Builder::new().prefix(".mailward-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    let (mode, owner) = match fs::metadata(path) {
        Ok(there) => (there.mode() & 0o7777, Some((there.uid(), there.gid()))),
        Err(why) if why.kind() == io::ErrorKind::NotFound => (mode, None),
        Err(why) => return Err(why),
    };
    if let Some((user, group)) = owner {
        fchown(file.as_file(), Some(user), Some(group))?;
    }
    file.as_file().set_permissions(Permissions::from_mode(mode))?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    durable::sync(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    #[test]
    fn a_change_keeps_mode_and_owner_and_is_shown_as_a_difference() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("main.cf");
        fs::write(&path, "a = 1\nb = 2\n").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        let change = Change::of(&path, |text| Ok(text.replace('2', "3"))).unwrap();
        let name = path.display();
        assert_eq!(change.difference(), format!("--- {name}\n+++ {name}\n@@ -1,2 +1,2 @@\n a = 1\n-b = 2\n+b = 3\n"));
        change.apply().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "a = 1\nb = 3\n");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o640);
    }

    #[test]
    fn a_file_that_has_changed_meanwhile_stays() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("main.cf");
        let change = Change::new(&path, "a = 1\n".to_owned()).unwrap();
        fs::write(&path, "somebody else's\n").unwrap();
        assert!(change.apply().is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "somebody else's\n");
        assert!(Change::new(&path, String::new()).is_err());
    }

    #[test]
    fn a_link_stays_a_link() {
        let folder = TempDir::new().unwrap();
        let (path, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&path, "a\n").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        Change::of(&link, |text| Ok(format!("{text}b\n"))).unwrap().apply().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&path).unwrap(), "a\nb\n");
    }
}
