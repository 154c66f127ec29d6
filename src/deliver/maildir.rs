//! Delivers into a maildir ourselves, when there is no MDA.
//!
//! Owns the steps of maildir(5): write in tmp, fsync; then link into new, fsync the directory. A message must never be there in
//! part, nor twice because a later step failed: then it is taken out of new again before the MTA is told to retry. What fails is
//! [`Error::Maildir`].

use crate::durable;
use crate::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A message that is on the disk, whole, in tmp; dropped without a commit it is gone.
#[must_use]
pub struct Written {
    maildir: PathBuf,
    pending: Pending,
    name: String,
}

impl Written {
    /// Writes a message for the maildir at `path`, which is made if it is missing; `write` puts its bytes into the file.
    ///
    /// # Errors
    /// [`Error::Maildir`].
    pub fn write(path: &Path, hostname: &str, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<Self, Error> {
        Self::try_write(path, hostname, write).map_err(|why| Error::Maildir(path.to_owned(), why))
    }

    fn try_write(path: &Path, hostname: &str, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<Self> {
        let name = unique_name(hostname);
        let pending = Pending(path.join("tmp").join(&name));
        let mut file = match create(&pending.0) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => {
                make_folders(path)?;
                create(&pending.0)?
            }
            result => result?,
        };
        write(&mut file)?;
        file.sync_all()?;
        let name = with_size(&name, &file)?;
        Ok(Self { maildir: path.to_owned(), pending, name })
    }

    /// Makes it a message of the maildir, durably. Whoever calls this keeps signals away until it has noted that the message is
    /// delivered: a run that dies between the two has it delivered again.
    ///
    /// # Errors
    /// [`Error::Maildir`]; then it is not there.
    pub fn commit(self) -> Result<(), Error> {
        let new = self.maildir.join("new");
        let delivered = new.join(&self.name);
        let link = || fs::hard_link(&self.pending.0, &delivered);
        let linked = match link() {
            // Somebody has made a part of the maildir.
            Err(why) if why.kind() == io::ErrorKind::NotFound => make_folders(&self.maildir).and_then(|()| link()),
            result => result,
        };
        linked
            .and_then(|()| durable::sync(&new).inspect_err(|_| drop(Pending(delivered))))
            .map_err(|why| Error::Maildir(self.maildir.clone(), why))
    }
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn make_folders(path: &Path) -> io::Result<()> {
    ["", "cur", "new", "tmp"].iter().try_for_each(|folder| durable::make_folders(&path.join(folder), 0o700))
}

/// Time, process and host (maildir(5)); microseconds, because one process delivers once. `/` and `:` have a meaning in names.
fn unique_name(hostname: &str) -> String {
    let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    let host = hostname.replace('/', "\\057").replace(':', "\\072");
    format!("{}.M{}P{}.{host}", since.as_secs(), since.subsec_micros(), std::process::id())
}

/// `,S=` spares Dovecot and Courier asking for the size.
fn with_size(name: &str, file: &File) -> io::Result<String> {
    Ok(format!("{name},S={}", file.metadata()?.size()))
}

/// A file that goes when it is dropped.
struct Pending(PathBuf);

impl Drop for Pending {
    fn drop(&mut self) {
        // Already gone, or found by whoever tidies tmp.
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn deliver(path: &Path, hostname: &str, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), Error> {
        Written::write(path, hostname, write)?.commit()
    }

    fn names(folder: &Path) -> Vec<PathBuf> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    #[test]
    fn a_message_is_in_new_whole_and_tmp_is_empty() {
        let root = tempfile::TempDir::new().unwrap();
        deliver(root.path(), "a/b", |file| file.write_all(b"x")).unwrap();
        let delivered = names(&root.path().join("new"));
        assert_eq!(fs::read(&delivered[0]).unwrap(), b"x");
        assert!(delivered[0].to_string_lossy().ends_with(".a\\057b,S=1"));
        assert!(names(&root.path().join("tmp")).is_empty());
    }

    #[test]
    fn a_maildir_that_lacks_a_folder_is_completed() {
        for folder in ["tmp", "cur"] {
            let root = tempfile::TempDir::new().unwrap();
            fs::create_dir(root.path().join(folder)).unwrap();
            deliver(root.path(), "h", |file| file.write_all(b"x")).unwrap();
            assert_eq!(names(&root.path().join("new")).len(), 1);
        }
    }

    #[test]
    fn what_is_not_committed_is_nowhere() {
        let root = tempfile::TempDir::new().unwrap();
        drop(Written::write(root.path(), "h", |file| file.write_all(b"x")).unwrap());
        assert!(names(&root.path().join("new")).is_empty() && names(&root.path().join("tmp")).is_empty());
    }

    #[test]
    fn a_failed_write_leaves_nothing() {
        let root = tempfile::TempDir::new().unwrap();
        let result = deliver(root.path(), "h", |_| Err(io::ErrorKind::StorageFull.into()));
        assert!(matches!(result, Err(Error::Maildir(..))));
        assert!(names(&root.path().join("new")).is_empty() && names(&root.path().join("tmp")).is_empty());
    }
}
