//! Hands the message on: the last stage before main.
//!
//! Owns the bytes that leave: the very file that came in where nothing changed, else a new one put together from pieces. It must
//! never start anything: exec is main's. What fails leaves the message with the MTA.

mod destination;
mod maildir;
mod path;
mod spool;

pub use destination::{Destination, destination};
pub use maildir::Written;
pub use path::expand;
pub use spool::{copy_for_mda, for_mda, write};
