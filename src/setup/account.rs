//! The account that mail is scanned by where it is not its recipient's, and the quarantine's folders.
//!
//! Owns how both are made. It must never change one that is there. What fails is a [`Refusal`].

use super::plan::Folder;
use super::step::Step;
use super::{Refusal, Result, host};
use crate::durable;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;

/// The account's name.
pub(super) const NAME: &str = "mailward";

/// The folders of the quarantine that whoever delivers may have to write to.
const INNER: [&str; 5] = ["tmp", "new", "cur", "records", "slots"];

/// The account's name if there is no such account yet.
pub(super) fn missing() -> Option<&'static str> {
    host::account(NAME).is_none().then_some(NAME)
}

/// The command that makes the account: nobody can log in to it.
pub(super) fn making(name: &str) -> Step {
    Step::of(&format!("useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin {name}"))
}

/// The command that takes it away.
pub(super) fn removing(name: &str) -> Step {
    Step::of(&format!("userdel {name}"))
}

/// How a person would make the folders.
pub(super) fn making_folder(folder: &Folder) -> String {
    let path = folder.path.display();
    format!("install -d -o {} -m {:o} {path} {path}/{{{}}}", folder.owner, folder.mode, INNER.join(","))
}

/// Makes the folders.
pub(super) fn make_folder(folder: &Folder) -> Result<()> {
    let (user, group) = host::account(folder.owner).ok_or_else(|| Refusal::new(format!("there is no user {}", folder.owner)))?;
    let made = all_of(&folder.path).try_for_each(|path| {
        durable::make_folders(&path, 0o700)?;
        chown(&path, Some(user), Some(group))?;
        fs::set_permissions(&path, Permissions::from_mode(folder.mode))
    });
    made.map_err(|why| Refusal::new(format!("{}: {why}", folder.path.display())))
}

/// Takes the folders away if nothing is in them; whether that is so.
pub(super) fn remove_empty(path: &Path) -> bool {
    let folders: Vec<_> = all_of(path).collect();
    folders.iter().rev().all(|folder| match fs::remove_dir(folder) {
        Err(why) => why.kind() == io::ErrorKind::NotFound,
        Ok(()) => true,
    })
}

fn all_of(path: &Path) -> impl Iterator<Item = std::path::PathBuf> + '_ {
    std::iter::once(path.to_owned()).chain(INNER.iter().map(|inner| path.join(inner)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    #[test]
    fn folders_are_taken_away_only_while_nothing_is_in_them() {
        let root = TempDir::new().unwrap();
        let path = root.path().join("quarantine");
        INNER.iter().for_each(|inner| fs::create_dir_all(path.join(inner)).unwrap());
        fs::write(path.join("new/mail"), "x").unwrap();
        assert!(!remove_empty(&path));
        assert!(path.join("new/mail").exists());
        fs::remove_file(path.join("new/mail")).unwrap();
        assert!(remove_empty(&path));
        assert!(!path.exists());
    }
}
