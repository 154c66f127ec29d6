//! A directory that others may write to as well, used without trusting its names.
//!
//! Owns the steps that make a file durable (write, fsync, link, fsync of the directory: maildir(5)) and the checks before them. It
//! must never open a path twice: after the first open everything is relative to a descriptor (CVE-2008-5140 and its like). A step
//! that fails removes what it began, and a failed fsync is never tried again: the kernel may have dropped the pages.

use super::Kept;
use super::id::lasting;
use crate::durable;
use crate::error::QuarantineFault;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat};
use rustix::io::{Errno, retry_on_intr};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Names that are tried when files of others have the first.
const NAMES: usize = 8;

const WORLD_WRITABLE: u32 = 0o002;
const STICKY: u32 = 0o1000;

/// An open directory.
#[derive(Debug)]
pub struct Folder {
    descriptor: OwnedFd,
    mode: u32,
}

/// Calls `make`, a system call that makes a file, with its mode right from the first moment on: a change of it afterwards might never
/// happen.
pub(super) fn without_umask<T>(make: impl Fn() -> rustix::io::Result<T>) -> rustix::io::Result<T> {
    let umask = rustix::process::umask(Mode::empty());
    let made = retry_on_intr(make);
    rustix::process::umask(umask);
    made
}

impl Folder {
    /// Opens the directory at `path`, or makes it for us alone.
    ///
    /// # Errors
    /// When it is no directory, not safe to write to, or cannot be made.
    pub fn open_or_make(path: &Path) -> Result<Self, QuarantineFault> {
        match Self::open(path) {
            Err(QuarantineFault::Io(why)) if why.kind() == std::io::ErrorKind::NotFound => {
                durable::make_folders(path, 0o700)?;
                Self::open(path)
            }
            result => result,
        }
    }

    /// Opens the directory at `path`, whose last component may not be a link.
    ///
    /// # Errors
    /// When it is no directory or not safe to write to.
    pub fn open(path: &Path) -> Result<Self, QuarantineFault> {
        // Without a slash at the end, behind which a link would be followed.
        let path: PathBuf = path.components().collect();
        Self::checked(
            retry_on_intr(|| rustix::fs::open(&path, OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())),
            IsInner::No,
        )
    }

    /// The directory `name` in this one, made with the same mode if it is missing.
    ///
    /// # Errors
    /// As those of [`Folder::open`].
    pub fn inner(&self, name: &str) -> Result<Self, QuarantineFault> {
        let mode = Mode::from_raw_mode(self.mode & 0o1777);
        match without_umask(|| rustix::fs::mkdirat(&self.descriptor, name, mode)) {
            Ok(()) => self.sync_made()?,
            Err(Errno::EXIST) => {}
            Err(why) => return Err(why.into()),
        }
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Self::checked(retry_on_intr(|| rustix::fs::openat(&self.descriptor, name, flags, Mode::empty())), IsInner::Yes)
    }

    fn checked(opened: rustix::io::Result<OwnedFd>, is_inner: IsInner) -> Result<Self, QuarantineFault> {
        let descriptor = match opened {
            Err(Errno::NOTDIR | Errno::LOOP) => return Err(QuarantineFault::NotADirectory),
            result => result?,
        };
        let status = rustix::fs::fstat(&descriptor)?;
        ensure_safe(&status, is_inner)?;
        Ok(Self { descriptor, mode: status.st_mode & 0o7777 })
    }

    /// For calls relative to it.
    pub(super) fn descriptor(&self) -> &OwnedFd {
        &self.descriptor
    }

    /// Refuses when fewer than `wanted` bytes are free.
    ///
    /// # Errors
    /// [`QuarantineFault::Full`].
    pub fn ensure_free(&self, wanted: u64) -> Result<(), QuarantineFault> {
        if wanted == 0 {
            return Ok(());
        }
        let status = rustix::fs::fstatvfs(&self.descriptor)?;
        let free = status.f_bavail.saturating_mul(status.f_frsize);
        if free < wanted { Err(QuarantineFault::Full(free)) } else { Ok(()) }
    }

    /// Writes `bytes` durably under `name`, once: an own file with the same bytes is this one, written before.
    ///
    /// # Errors
    /// [`QuarantineFault::NameTaken`] and those of the system.
    pub fn keep(&self, tmp: &Self, name: &str, bytes: &[u8]) -> Result<Kept, QuarantineFault> {
        let pending = Pending::write(tmp, name, bytes)?;
        for number in 0..NAMES {
            let name = if number == 0 { name.to_owned() } else { format!("{name}.{number}") };
            match retry_on_intr(|| rustix::fs::linkat(&tmp.descriptor, &pending.name, &self.descriptor, &name, AtFlags::empty())) {
                Ok(()) => return self.sync(&pending.file).map(|()| Kept::Now).inspect_err(|_| self.remove(&name)),
                Err(Errno::EXIST) if self.holds(&name, bytes)? => return self.sync(&pending.file).map(|()| Kept::Before),
                Err(Errno::EXIST) => {}
                Err(why) => return Err(why.into()),
            }
        }
        Err(QuarantineFault::NameTaken)
    }

    /// Writes `bytes` durably under `stem` and `end`, over what of ours may be there; a number goes between where a file of another
    /// user has the name, which a sticky bit keeps us from replacing.
    ///
    /// # Errors
    /// [`QuarantineFault::NameTaken`] and those of the system.
    pub fn put(&self, tmp: &Self, stem: &str, end: &str, bytes: &[u8]) -> Result<(), QuarantineFault> {
        let pending = Pending::write(tmp, stem, bytes)?;
        for number in 0..NAMES {
            let name = if number == 0 { format!("{stem}{end}") } else { format!("{stem}.{number}{end}") };
            match retry_on_intr(|| rustix::fs::renameat(&tmp.descriptor, &pending.name, &self.descriptor, &name)) {
                Ok(()) => return self.sync(&pending.file),
                Err(Errno::PERM | Errno::ACCESS | Errno::ISDIR) => {}
                Err(why) => return Err(why.into()),
            }
        }
        Err(QuarantineFault::NameTaken)
    }

    /// Makes the name of a directory that was made in this one durable, as far as we may read this one: it must last as long as what
    /// is kept in there.
    fn sync_made(&self) -> Result<(), QuarantineFault> {
        // Else the sync of what is kept there is one of the whole file system.
        self.sync_or(|| Ok(()))
    }

    /// Makes the names in this directory durable. Where we may not read it (mode 1733) it cannot be synced by itself, and the
    /// whole file system is: `file` lies on it.
    fn sync(&self, file: &File) -> Result<(), QuarantineFault> {
        self.sync_or(|| rustix::fs::syncfs(file))
    }

    /// Syncs this directory, or does something else where we may not read it.
    fn sync_or(&self, otherwise: impl Fn() -> rustix::io::Result<()>) -> Result<(), QuarantineFault> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        match retry_on_intr(|| rustix::fs::openat(&self.descriptor, ".", flags, Mode::empty())) {
            Ok(readable) => retry_on_intr(|| rustix::fs::fsync(&readable))?,
            Err(Errno::ACCESS) => retry_on_intr(otherwise)?,
            Err(why) => return Err(why.into()),
        }
        Ok(())
    }

    /// Whether `name` is a file of ours with these bytes. What cannot be looked at is an error: to take it for another's would keep
    /// the message twice.
    fn holds(&self, name: &str, bytes: &[u8]) -> Result<bool, QuarantineFault> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let descriptor = match retry_on_intr(|| rustix::fs::openat(&self.descriptor, name, flags, Mode::empty())) {
            // A link, a socket, a file of another user, or one that was taken away meanwhile.
            Err(Errno::LOOP | Errno::NXIO | Errno::ACCESS | Errno::NOENT) => return Ok(false),
            result => result?,
        };
        let status = rustix::fs::fstat(&descriptor)?;
        let is_own = FileType::from_raw_mode(status.st_mode) == FileType::RegularFile && status.st_uid == own_user();
        Ok(is_own && is_same(File::from(descriptor), bytes)?)
    }

    fn remove(&self, name: &str) {
        // What cannot be removed is found by the next try, which compares it.
        let _ = rustix::fs::unlinkat(&self.descriptor, name, AtFlags::empty());
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum IsInner {
    Yes,
    No,
}

/// Our own directory or root's; open to all only with the sticky bit, which keeps what others wrote. An inner directory may have
/// been made by the first user who delivered, if it has the sticky bit.
fn ensure_safe(status: &Stat, is_inner: IsInner) -> Result<(), QuarantineFault> {
    let is_sticky = status.st_mode & STICKY != 0;
    let is_shared = status.st_mode & WORLD_WRITABLE != 0;
    if is_shared && !is_sticky {
        return Err(QuarantineFault::NotSticky);
    }
    let is_trusted = status.st_uid == own_user() || status.st_uid == 0 || (is_inner == IsInner::Yes && is_shared);
    if is_trusted { Ok(()) } else { Err(QuarantineFault::ForeignOwner(status.st_uid)) }
}

fn own_user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Whether the file ends with what lasts of `bytes`. What stands before it differs from try to try, and the name, a hash, says that
/// there is nothing else.
fn is_same(mut file: File, bytes: &[u8]) -> std::io::Result<bool> {
    let mut rest = lasting(bytes);
    let Some(before) = file.metadata()?.len().checked_sub(rest.len() as u64) else { return Ok(false) };
    file.seek(SeekFrom::Start(before))?;
    let mut buffer = [0; 16 * 1024];
    loop {
        let read = match file.read(&mut buffer) {
            Ok(0) => return Ok(rest.is_empty()),
            Ok(count) => buffer.get(..count).unwrap_or_default(),
            Err(why) if why.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(why) => return Err(why),
        };
        match rest.strip_prefix(read) {
            Some(after) => rest = after,
            None => return Ok(false),
        }
    }
}

/// A file in tmp, complete and on the disk; its name goes when it is dropped, also after it was renamed away.
struct Pending<'a> {
    tmp: &'a Folder,
    name: String,
    file: File,
}

impl<'a> Pending<'a> {
    fn write(tmp: &'a Folder, stem: &str, bytes: &[u8]) -> Result<Self, QuarantineFault> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        // The time is in it because two containers may share the directory and the process id.
        let name = format!("{stem}.{}.{}.{}", since.as_nanos(), std::process::id(), COUNT.fetch_add(1, Relaxed));
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let descriptor = retry_on_intr(|| rustix::fs::openat(&tmp.descriptor, &name, flags, Mode::RUSR | Mode::WUSR))?;
        let mut pending = Self { tmp, name, file: File::from(descriptor) };
        pending.file.write_all(bytes)?;
        retry_on_intr(|| rustix::fs::fsync(pending.file.as_fd()))?;
        Ok(pending)
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        self.tmp.remove(&self.name);
    }
}

#[cfg(test)]
#[path = "folder_tests.rs"]
mod tests;
