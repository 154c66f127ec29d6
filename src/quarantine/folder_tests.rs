//! What the folder does with directories that are not as they should be, and with names that are taken.

use super::*;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use tempfile::TempDir;

struct Maildir {
    root: TempDir,
}

impl Maildir {
    fn new() -> Self {
        Self { root: TempDir::new().unwrap() }
    }

    fn keep(&self, name: &str, bytes: &[u8]) -> Result<Kept, QuarantineFault> {
        let root = Folder::open_or_make(&self.root.path().join("q"))?;
        root.inner("new")?.keep(&root.inner("tmp")?, name, bytes)
    }

    fn names(&self, inner: &str) -> Vec<String> {
        let entries = fs::read_dir(self.root.path().join("q").join(inner)).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

#[test]
fn fifty_tries_leave_one_file_and_nothing_in_tmp() {
    let maildir = Maildir::new();
    assert_eq!(maildir.keep("id", b"bytes").unwrap(), Kept::Now);
    for _ in 1..50 {
        assert_eq!(maildir.keep("id", b"bytes").unwrap(), Kept::Before);
    }
    assert_eq!((maildir.names("new"), maildir.names("tmp")), (vec!["id".to_owned()], vec![]));
    let path = maildir.root.path().join("q/new/id");
    assert_eq!(fs::read(&path).unwrap(), b"bytes");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
}

#[test]
fn a_name_with_other_bytes_is_left_alone() {
    let maildir = Maildir::new();
    maildir.keep("id", b"one").unwrap();
    assert_eq!(maildir.keep("id", b"two").unwrap(), Kept::Now);
    assert_eq!(maildir.names("new"), ["id", "id.1"]);
}

#[test]
fn a_planted_link_is_neither_followed_nor_replaced() {
    let maildir = Maildir::new();
    maildir.keep("other", b"").unwrap();
    let target = maildir.root.path().join("target");
    fs::write(&target, b"bytes").unwrap();
    std::os::unix::fs::symlink(&target, maildir.root.path().join("q/new/id")).unwrap();
    assert_eq!(maildir.keep("id", b"bytes").unwrap(), Kept::Now);
    assert_eq!(maildir.names("new"), ["id", "id.1", "other"]);
}

#[test]
fn what_is_no_directory_of_ours_is_refused() {
    let root = TempDir::new().unwrap();
    let at = |name: &str| root.path().join(name);
    fs::write(at("file"), b"").unwrap();
    fs::create_dir(at("dir")).unwrap();
    std::os::unix::fs::symlink(at("dir"), at("link")).unwrap();
    fs::create_dir(at("open")).unwrap();
    fs::set_permissions(at("open"), Permissions::from_mode(0o777)).unwrap();
    assert!(matches!(Folder::open_or_make(&at("file")), Err(QuarantineFault::NotADirectory)));
    assert!(matches!(Folder::open_or_make(&at("link")), Err(QuarantineFault::NotADirectory)));
    assert!(matches!(Folder::open_or_make(&at("open")), Err(QuarantineFault::NotSticky)));
    fs::set_permissions(at("open"), Permissions::from_mode(0o1733)).unwrap();
    assert!(Folder::open_or_make(&at("open")).is_ok());
}

#[test]
fn too_little_space_is_said() {
    let root = TempDir::new().unwrap();
    let folder = Folder::open(root.path()).unwrap();
    assert!(folder.ensure_free(0).is_ok());
    assert!(matches!(folder.ensure_free(u64::MAX), Err(QuarantineFault::Full(_))));
}

#[test]
fn inner_directories_have_the_mode_of_the_outer_one() {
    let root = TempDir::new().unwrap();
    fs::set_permissions(root.path(), Permissions::from_mode(0o1733)).unwrap();
    Folder::open(root.path()).unwrap().inner("new").unwrap();
    assert_eq!(fs::metadata(root.path().join("new")).unwrap().permissions().mode() & 0o7777, 0o1733);
}
