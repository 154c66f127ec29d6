//! A file system that is full when a test wants it to be.
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::host;

/// A small tmpfs, mounted until it is dropped.
pub(crate) struct Tmpfs {
    path: PathBuf,
}

impl Tmpfs {
    /// Mounts a file system of `size`, with `owner` as the owner of its top folder. None where this machine allows no mounts, as many
    /// containers do not.
    pub(crate) fn mount(path: &Path, owner: &str, size: &str) -> Option<Tmpfs> {
        host::make_folder(path, owner, 0o700);
        let (user, group) = host::ids_of(owner);
        let options = format!("size={size},mode=0700,uid={user},gid={group}");
        let status = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "mailward-test"]).arg(path).status().unwrap();
        if !status.success() {
            host::say_skipped("this machine allows no mounts");
            return None;
        }
        Some(Tmpfs { path: path.to_owned() })
    }

    /// Makes the mounted file system larger, with its files in it.
    pub(crate) fn grow(&self, size: &str) {
        host::run(Command::new("mount").args(["-o", &format!("remount,size={size}")]).arg(&self.path));
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        // Lazily: a delivery that a failing test left behind may still hold a file.
        let _ = Command::new("umount").arg("--lazy").arg(&self.path).status();
    }
}
