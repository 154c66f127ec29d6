//! Reading a maildir: the inboxes that tests look into, and the quarantine.
use std::fs;
use std::path::{Path, PathBuf};

use crate::{host, wait};

/// A maildir in a test's folder.
pub(crate) struct Maildir {
    path: PathBuf,
}

impl Maildir {
    /// A maildir made for `owner`, the way maildirmake does it.
    pub(crate) fn make(path: PathBuf, owner: &str) -> Maildir {
        host::make_folder(&path, owner, 0o700);
        for folder in ["tmp", "new", "cur"] {
            host::make_folder(&path.join(folder), owner, 0o700);
        }
        Maildir { path }
    }

    /// A maildir that somebody else makes once it is needed.
    pub(crate) fn at(path: PathBuf) -> Maildir {
        Maildir { path }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Every message delivered so far. A record that mailward keeps beside a message is not one.
    pub(crate) fn messages(&self) -> Vec<Vec<u8>> {
        let Ok(entries) = fs::read_dir(self.path.join("new")) else { return Vec::new() };
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.filter(|path| path.extension().is_none_or(|extension| extension != "json")).map(|path| fs::read(path).unwrap()).collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.messages().is_empty()
    }

    /// The one message in here.
    pub(crate) fn only(&self) -> Vec<u8> {
        let mut messages = self.messages();
        assert_eq!(messages.len(), 1, "messages in {}", self.path.display());
        messages.remove(0)
    }

    /// The first message in here, as soon as it comes.
    pub(crate) fn next(&self) -> Vec<u8> {
        wait::until(&format!("a message in {}", self.path.display()), || self.messages().pop())
    }
}
