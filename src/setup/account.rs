//! The account that mail is scanned by where it is not its recipient's, and the quarantine's folders.
//!
//! Owns how both are made. It must never change what is there, nor make a folder where somebody else could put something in its place
//! meanwhile: the folders get their owners and modes before anybody but root can reach them. What fails is a [`Refusal`].

use super::proposal::Folder;
use super::step::Step;
use super::{Refusal, Result, host};
use crate::durable;
use crate::quarantine::FOLDERS;
use rustix::fs::{CWD, Mode, OFlags, RenameFlags};
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, fchown};
use std::path::Path;

/// The account's name.
pub(super) const NAME: &str = "mailward";

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
    format!("install -d -o {} -m {:o} {path} {path}/{{{}}}", folder.owner, folder.mode, FOLDERS.join(","))
}

/// Makes the folders.
pub(super) fn make_folder(folder: &Folder) -> Result<()> {
    let owner = host::account(folder.owner).ok_or_else(|| Refusal::new(format!("there is no user {}", folder.owner)))?;
    let parent = folder.path.parent().unwrap_or(Path::new("/"));
    durable::make_folders(parent, 0o755)?;
    if !host::is_roots_own(parent)? {
        let why = "somebody else than root may write to it; make the quarantine yourself, or choose another quarantine.path";
        return Err(Refusal::new(format!("{}: {why}", parent.display())));
    }
    make_whole(folder, parent, owner).map_err(|why| Refusal::new(format!("{}: {why}", folder.path.display())))
}

/// Under a name that nobody knows, closed to all, and in its place when it is whole; who may enter is said last.
fn make_whole(folder: &Folder, parent: &Path, owner: (u32, u32)) -> io::Result<()> {
    let unfinished = tempfile::Builder::new().prefix(".mailward-").permissions(Permissions::from_mode(0o700)).tempdir_in(parent)?;
    for inner in FOLDERS {
        let path = unfinished.path().join(inner);
        fs::DirBuilder::new().mode(0o700).create(&path)?;
        give(&path, owner, folder.mode)?;
    }
    rustix::fs::renameat_with(CWD, unfinished.path(), CWD, &folder.path, RenameFlags::NOREPLACE)?;
    // It has gone to its place; nothing is left to take away.
    let _ = unfinished.keep();
    give(&folder.path, owner, folder.mode)?;
    durable::sync(parent)
}

/// By descriptor, as a name may come to mean something else.
fn give(path: &Path, (user, group): (u32, u32), mode: u32) -> io::Result<()> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    fchown(&folder, Some(user), Some(group))?;
    folder.set_permissions(Permissions::from_mode(mode))
}

/// That a quarantine which is there can be written to: by everybody, or by its owner.
pub(super) fn ensure_fits(folder: &Folder) -> Result<()> {
    let metadata = fs::metadata(&folder.path)?;
    let owner = host::account(folder.owner).map(|(user, _)| user);
    let is_for_all = metadata.is_dir() && metadata.uid() == 0 && metadata.mode() & 0o1733 == 0o1733;
    let is_own = metadata.is_dir() && owner == Some(metadata.uid()) && folder.mode == 0o700;
    if is_for_all || is_own {
        return Ok(());
    }
    let advice = format!("it should be of {} and mode {:o}; move it away, and setup makes a new one", folder.owner, folder.mode);
    Err(Refusal::new(format!("{}: it is of user {}, mode {:o}: {advice}", folder.path.display(), metadata.uid(), metadata.mode() & 0o7777)))
}

/// Takes the folders away if nothing is in them; whether they are gone.
pub(super) fn remove_empty(path: &Path) -> bool {
    let inner = FOLDERS.iter().map(|inner| path.join(inner));
    inner.chain([path.to_owned()]).all(|folder| match fs::remove_dir(folder) {
        Err(why) => why.kind() == io::ErrorKind::NotFound,
        Ok(()) => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    #[test]
    fn folders_are_taken_away_only_while_nothing_is_in_them() {
        let root = TempDir::new().unwrap();
        let path = root.path().join("quarantine");
        FOLDERS.iter().for_each(|inner| fs::create_dir_all(path.join(inner)).unwrap());
        fs::write(path.join("slots/1"), "x").unwrap();
        assert!(!remove_empty(&path));
        assert!(path.join("slots/1").exists());
        fs::remove_file(path.join("slots/1")).unwrap();
        assert!(remove_empty(&path));
        assert!(!path.exists());
    }

    #[test]
    fn what_is_there_is_not_touched() {
        let root = TempDir::new().unwrap();
        let path = root.path().join("quarantine");
        std::os::unix::fs::symlink("/etc", &path).unwrap();
        let own = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        let folder = Folder { path: path.clone(), mode: 0o1733, owner: "root" };
        assert!(make_whole(&folder, root.path(), own).is_err());
        assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1, "nothing unfinished is left");
    }

    #[test]
    fn all_folders_have_the_mode() {
        let root = TempDir::new().unwrap();
        let path = root.path().join("quarantine");
        let own = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        make_whole(&Folder { path: path.clone(), mode: 0o1733, owner: "root" }, root.path(), own).unwrap();
        for folder in FOLDERS.iter().map(|inner| path.join(inner)).chain([path.clone()]) {
            assert_eq!(fs::metadata(folder).unwrap().mode() & 0o7777, 0o1733);
        }
    }
}
