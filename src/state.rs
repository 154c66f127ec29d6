//! What runs of one user remember for the next: only what saves time.
//!
//! Owns a folder that is ours alone. It must never trust one that another user owns or may write to, nor follow a link in it, and nobody
//! may rely on what lies there being there. What fails is as if nothing were remembered.

use fs2::FileExt;
use rustix::fs::{AtFlags, Mode, OFlags, Timespec, Timestamps};
use rustix::io::{Errno, retry_on_intr};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// Most bytes of one thing that is remembered.
const LARGEST: u64 = 1 << 20;

/// How long a lock waits between two tries.
const PAUSE: Duration = Duration::from_millis(5);

/// How often the folder is swept.
const BETWEEN_SWEEPS: Duration = Duration::from_secs(300);

const SWEPT: &str = "swept";

/// The open folder.
#[derive(Debug)]
pub struct State(OwnedFd);

/// Held until it is dropped.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "the kernel holds the lock as long as the file is open")] File);

impl State {
    /// Opens the folder at `path`, or makes it; `{uid}` stands for our number.
    ///
    /// # Errors
    /// Those of the system; [`io::ErrorKind::PermissionDenied`] where it is not ours alone.
    pub fn open(path: &str) -> io::Result<Self> {
        let own = rustix::process::geteuid();
        let path = path.replace("{uid}", &own.as_raw().to_string());
        match rustix::fs::mkdir(&*path, Mode::RWXU) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(why) => return Err(why.into()),
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let folder = retry_on_intr(|| rustix::fs::open(Path::new(&path), flags, Mode::empty()))?;
        let status = rustix::fs::fstat(&folder)?;
        let is_ours = status.st_uid == own.as_raw() && status.st_mode & 0o077 == 0;
        if is_ours { Ok(Self(folder)) } else { Err(io::ErrorKind::PermissionDenied.into()) }
    }

    /// What is remembered under `name`, unless its time is over.
    pub fn recall(&self, name: &str) -> Option<Vec<u8>> {
        let file = File::from(self.open_file(name, OFlags::RDONLY | OFlags::NONBLOCK).ok()?);
        let about = file.metadata().ok()?;
        if !about.is_file() || about.modified().ok()? < SystemTime::now() {
            return None;
        }
        let mut bytes = Vec::new();
        file.take(LARGEST + 1).read_to_end(&mut bytes).ok()?;
        (bytes.len() as u64 <= LARGEST).then_some(bytes)
    }

    /// Remembers `bytes` under `name` for so long.
    ///
    /// # Errors
    /// Those of the system.
    pub fn remember(&self, name: &str, bytes: &[u8], lasting: Duration) -> io::Result<()> {
        let new = format!("{name}.new-{}", std::process::id());
        let mut file = File::from(self.open_file(&new, OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC)?);
        let kept = file.write_all(bytes).and_then(|()| last_until(&file, lasting));
        let kept = kept.and_then(|()| Ok(rustix::fs::renameat(&self.0, &new, &self.0, name)?));
        if kept.is_err() {
            let _ = rustix::fs::unlinkat(&self.0, &new, AtFlags::empty());
        }
        self.sweep();
        kept
    }

    /// Waits until nobody else of us has the lock of that name, until `until`.
    pub fn lock(&self, name: &str, until: Instant) -> Option<Lock> {
        let file = File::from(self.open_file(name, OFlags::RDWR | OFlags::CREATE).ok()?);
        last_until(&file, BETWEEN_SWEEPS).ok()?;
        loop {
            match FileExt::try_lock_exclusive(&file) {
                Ok(()) => return Some(Lock(file)),
                Err(why) if why.kind() == fs2::lock_contended_error().kind() && Instant::now() + PAUSE < until => thread::sleep(PAUSE),
                Err(_) => return None,
            }
        }
    }

    fn open_file(&self, name: &str, flags: OFlags) -> io::Result<OwnedFd> {
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(retry_on_intr(|| rustix::fs::openat(&self.0, name, flags, Mode::RUSR | Mode::WUSR))?)
    }

    /// Removes what nobody recalls any more, now and then.
    fn sweep(&self) {
        if self.recall(SWEPT).is_some() {
            return;
        }
        let is_kept =
            self.open_file(SWEPT, OFlags::WRONLY | OFlags::CREATE).map(File::from).and_then(|file| last_until(&file, BETWEEN_SWEEPS));
        let Ok(entries) = rustix::fs::Dir::read_from(&self.0) else { return };
        if is_kept.is_err() {
            return;
        }
        for entry in entries.flatten() {
            let name = OsString::from_vec(entry.file_name().to_bytes().to_vec());
            let is_over = rustix::fs::statat(&self.0, &name, AtFlags::SYMLINK_NOFOLLOW)
                .is_ok_and(|status| u64::try_from(status.st_mtime).is_ok_and(|end| end < seconds(SystemTime::now())));
            if is_over {
                let _ = rustix::fs::unlinkat(&self.0, &name, AtFlags::empty());
            }
        }
    }
}

/// When the time of a file is over stands where others have the time of its last change.
fn last_until(file: &File, lasting: Duration) -> io::Result<()> {
    let end = i64::try_from(seconds(SystemTime::now() + lasting)).unwrap_or(i64::MAX);
    let end = Timespec { tv_sec: end.saturating_add(1), tv_nsec: 0 };
    Ok(rustix::fs::futimens(file, &Timestamps { last_access: end, last_modification: end })?)
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    const LONG: Duration = Duration::from_secs(1000);

    fn folder() -> (tempfile::TempDir, String) {
        let root = tempfile::TempDir::new().unwrap();
        let path = root.path().join("state-{uid}").display().to_string();
        (root, path)
    }

    fn made(path: &str) -> String {
        path.replace("{uid}", &rustix::process::geteuid().as_raw().to_string())
    }

    #[test]
    fn what_is_remembered_is_recalled_until_its_time_is_over() {
        let (_root, path) = folder();
        let state = State::open(&path).unwrap();
        assert_eq!(state.recall("a"), None);
        state.remember("a", b"x", LONG).unwrap();
        assert_eq!(State::open(&path).unwrap().recall("a").as_deref(), Some(&b"x"[..]));
        let file = File::options().write(true).open(format!("{}/a", made(&path))).unwrap();
        file.set_modified(SystemTime::now() - LONG).unwrap();
        assert_eq!(state.recall("a"), None);
    }

    #[test]
    fn a_folder_that_others_may_write_to_is_none_of_ours() {
        let (_root, path) = folder();
        State::open(&path).unwrap();
        for mode in [0o777, 0o1777, 0o770, 0o750] {
            fs::set_permissions(made(&path), Permissions::from_mode(mode)).unwrap();
            assert_eq!(State::open(&path).unwrap_err().kind(), io::ErrorKind::PermissionDenied, "{mode:o}");
        }
    }

    #[test]
    fn no_link_is_followed() {
        let (root, path) = folder();
        symlink(root.path(), made(&path)).unwrap();
        assert!(State::open(&path).is_err());
        let (root, path) = folder();
        let state = State::open(&path).unwrap();
        fs::write(root.path().join("planted"), "x").unwrap();
        symlink(root.path().join("planted"), format!("{}/a", made(&path))).unwrap();
        assert_eq!(state.recall("a"), None);
        state.remember("a", b"y", LONG).unwrap();
        assert_eq!(
            (fs::read_to_string(root.path().join("planted")).unwrap().as_str(), state.recall("a").as_deref()),
            ("x", Some(&b"y"[..]))
        );
    }

    #[test]
    fn a_lock_is_held_by_one_and_free_again() {
        let (_root, path) = folder();
        let state = State::open(&path).unwrap();
        let held = state.lock("l", Instant::now()).unwrap();
        assert!(State::open(&path).unwrap().lock("l", Instant::now()).is_none());
        drop(held);
        assert!(state.lock("l", Instant::now()).is_some());
    }

    #[test]
    fn what_is_over_is_swept_away() {
        let (_root, path) = folder();
        let state = State::open(&path).unwrap();
        state.remember("a", b"x", LONG).unwrap();
        for name in ["a", SWEPT] {
            let file = File::options().write(true).open(format!("{}/{name}", made(&path))).unwrap();
            file.set_modified(SystemTime::now() - LONG).unwrap();
        }
        state.remember("b", b"y", LONG).unwrap();
        let left = fs::read_dir(made(&path)).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        assert_eq!(left.collect::<std::collections::BTreeSet<_>>(), ["b".to_owned(), SWEPT.to_owned()].into());
    }
}
