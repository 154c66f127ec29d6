//! What a mail server's configuration was at one moment, to be held against what it is later.
use std::collections::BTreeSet;

use crate::host;
use crate::view::View;

/// Kind, mode, owner and link of everything below `$@`, and the hash of every file. useradd(8) keeps copies of its own files, whose names
/// end in `-`, and is not asked to take those back.
const SCRIPT: &str =
    "find \"$@\" ! -path '/etc/*-' -printf '%p %y %m %u:%G %l\\n'; find \"$@\" ! -path '/etc/*-' -type f -exec sha256sum {} +";

/// A line for each file and its hash.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Snapshot(BTreeSet<String>);

impl Snapshot {
    /// All that is below these folders now.
    pub(crate) fn of(view: &View, folders: &[&str]) -> Snapshot {
        let words: Vec<&str> = ["-c", SCRIPT, "snapshot"].iter().chain(folders).copied().collect();
        Snapshot(host::run(&mut view.command("sh", &words)).lines().map(str::to_owned).collect())
    }

    /// Makes sure that `now` is the same; what is not is named.
    pub(crate) fn assert_same(&self, now: &Snapshot) {
        let differing: Vec<&String> = self.0.symmetric_difference(&now.0).collect();
        assert!(differing.is_empty(), "before and after: {differing:#?}");
    }
}
