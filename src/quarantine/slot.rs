//! Bounds the runs on this host that work at once.
//!
//! Owns the lock files. A lock must never outlive its run: it is a lock of the kernel's, gone with the process and at exec. When
//! no slot comes free in time the run ends as [`Error::Busy`].

use super::folder::{Folder, without_umask};
use crate::error::{Error, QuarantineFault};
use fs2::FileExt;
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use std::fs::File;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(20);

/// One of `limits.parallel` runs; free again when dropped.
#[derive(Debug)]
pub struct Slot {
    _file: File,
}

impl Slot {
    /// Takes a slot of `parallel`, in the folder `slots` of the quarantine at `path`; waits for one until `until`.
    ///
    /// # Errors
    /// [`Error::Busy`], or [`Error::Quarantine`] when the folder cannot be used.
    pub fn take(path: &Path, parallel: u64, until: Instant) -> Result<Self, Error> {
        let folder =
            Folder::open_or_make(path).and_then(|root| root.inner("slots")).map_err(|fault| Error::Quarantine(path.to_owned(), fault))?;
        loop {
            for number in 0..parallel {
                if let Some(slot) = try_take(&folder, number).map_err(|fault| Error::Quarantine(path.to_owned(), fault))? {
                    return Ok(slot);
                }
            }
            if Instant::now() + PAUSE >= until {
                return Err(Error::Busy(parallel));
            }
            thread::sleep(PAUSE);
        }
    }
}

fn try_take(folder: &Folder, number: u64) -> Result<Option<Slot>, QuarantineFault> {
    let file = open(folder, &format!("slot-{number}"))?;
    match FileExt::try_lock_exclusive(&file) {
        Ok(()) => Ok(Some(Slot { _file: file })),
        Err(why) if why.kind() == fs2::lock_contended_error().kind() => Ok(None),
        Err(why) => Err(why.into()),
    }
}

/// Opens what is there before making it: in a sticky directory the kernel refuses O_CREAT on files of others
/// (fs.protected_regular).
fn open(folder: &Folder, name: &str) -> Result<File, QuarantineFault> {
    // Without waiting: in a folder for all somebody may have put a pipe there.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let (reading, making) = (Mode::empty(), Mode::from_raw_mode(0o644));
    for (flags, mode) in [(flags, reading), (flags | OFlags::CREATE | OFlags::EXCL, making), (flags, reading)] {
        // Other users lock it too, whatever our umask is.
        match without_umask(|| rustix::fs::openat(folder.descriptor(), name, flags, mode)) {
            Ok(descriptor) => return Ok(File::from(descriptor)),
            Err(Errno::NOENT | Errno::EXIST) => {}
            Err(why) => return Err(why.into()),
        }
    }
    Err(Errno::NOENT.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_runs_than_slots_and_a_slot_is_free_again() {
        let root = tempfile::TempDir::new().unwrap();
        let take = || Slot::take(root.path(), 2, Instant::now());
        let (one, _two) = (take().unwrap(), take().unwrap());
        assert!(matches!(take(), Err(Error::Busy(2))));
        drop(one);
        assert!(take().is_ok());
    }
}
