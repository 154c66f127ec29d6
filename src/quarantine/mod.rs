//! Keeps the original where it cannot be lost, before an altered copy leaves.
//!
//! Owns the quarantine maildir and the order of the steps: record, message, directory, each durable before the next. It must never
//! follow a link that somebody planted, nor keep two copies for one message that is tried again. Whatever fails is
//! [`Error::Quarantine`], and the message stays with the MTA.
//!
//! ```text
//! PATH/tmp/       files while they are written
//! PATH/new/ID     the original, mode 0600
//! PATH/cur/       where mail readers move it
//! PATH/records/ID.json   what is known of it
//! ```

mod folder;
mod id;
mod record;
mod slot;

pub use folder::Folder;
pub use id::{Id, id_of};
pub use record::{EngineVersion, Record};
pub use slot::Slot;

use crate::error::{Error, QuarantineFault};
use std::path::Path;

/// All folders of a quarantine.
pub const FOLDERS: [&str; 5] = ["tmp", "new", "cur", "records", "slots"];

/// Whether a message was new to the quarantine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It was written now.
    Now,
    /// An earlier try had written it.
    Before,
}

/// Writes `bytes` and `record` durably into the maildir at `path`, which is made if it is missing.
///
/// # Errors
/// [`Error::Quarantine`].
pub fn keep(path: &Path, bytes: &[u8], record: &Record, free_space: u64) -> Result<Kept, Error> {
    try_keep(path, bytes, record, free_space).map_err(|fault| Error::Quarantine(path.to_owned(), fault))
}

fn try_keep(path: &Path, bytes: &[u8], record: &Record, free_space: u64) -> Result<Kept, QuarantineFault> {
    let root = Folder::open_or_make(path)?;
    root.ensure_free(free_space)?;
    let (tmp, new, records) = (root.inner("tmp")?, root.inner("new")?, root.inner("records")?);
    root.inner("cur")?;
    // The record first: a message without a record would be a riddle, a record without a message is a line of text.
    records.put(&tmp, record.id.as_str(), ".json", &record.to_json()?)?;
    new.keep(&tmp, record.id.as_str(), bytes)
}
