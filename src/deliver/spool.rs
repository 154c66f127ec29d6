//! Puts an edited message together in a file.
//!
//! Owns how kept ranges are copied: inside the kernel where they are large, so that a message above the size limit never passes
//! through our memory. What fails is an I/O error.

use crate::edit::{Edits, Piece};
use crate::error::Error;
use crate::intake::{Intake, blank};
use rustix::io::Errno;
use std::fs::File;
use std::io::{self, Seek, Write};
use std::ops::Range;

/// Ranges from this size on are copied by the kernel; below, one write of our mapping is faster.
const LARGE: usize = 128 * 1024;

/// The edited message in a file of its own, at its beginning.
///
/// # Errors
/// [`Error::Spool`].
pub fn spooled(edits: &Edits, intake: &Intake, memory_limit: u64) -> Result<File, Error> {
    let spool = || {
        let mut file = blank(intake.bytes().len() as u64, memory_limit)?;
        write(edits, intake, &mut file)?;
        file.rewind()?;
        Ok(file)
    };
    spool().map_err(Error::Spool)
}

/// Writes the edited message into `to`.
///
/// # Errors
/// Those of writing.
pub fn write(edits: &Edits, intake: &Intake, to: &mut File) -> io::Result<()> {
    let mut pending = Vec::new();
    for piece in edits.pieces(intake.bytes().len()) {
        match piece {
            Piece::New(bytes) => pending.extend_from_slice(bytes),
            Piece::Kept(range) if range.len() < LARGE => pending.extend_from_slice(intake.bytes().get(range).unwrap_or_default()),
            Piece::Kept(range) => {
                to.write_all(&pending)?;
                pending.clear();
                copy(intake, range, to)?;
            }
        }
    }
    to.write_all(&pending)
}

/// sendfile leaves the offset of the message alone. Where a file system does not know it, the mapping is written.
fn copy(intake: &Intake, range: Range<usize>, to: &mut File) -> io::Result<()> {
    let mut offset = range.start as u64;
    while offset < range.end as u64 {
        let left = range.end - usize::try_from(offset).unwrap_or(range.end);
        match rustix::fs::sendfile(&mut *to, intake.file(), Some(&mut offset), left) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(_) | Err(Errno::INTR) => {}
            Err(Errno::INVAL | Errno::NOSYS) => {
                let rest = usize::try_from(offset).unwrap_or(range.end)..range.end;
                return to.write_all(intake.bytes().get(rest).unwrap_or_default());
            }
            Err(why) => return Err(why.into()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::Edit;
    use std::io::Read;
    use std::os::fd::AsFd;

    #[test]
    fn a_large_message_keeps_every_byte_outside_the_edits() {
        let mut source = tempfile::tempfile().unwrap();
        let bytes: Vec<u8> = (0..400_000_u32).flat_map(u32::to_le_bytes).collect();
        source.write_all(&bytes).unwrap();
        source.rewind().unwrap();
        let intake = Intake::read(source.as_fd(), u64::MAX).unwrap();
        let edits =
            Edits::new(vec![Edit { range: 3..3, with: b"new".to_vec() }, Edit { range: 700_000..700_010, with: Vec::new() }], bytes.len());
        let mut out = Vec::new();
        spooled(&edits, &intake, u64::MAX).unwrap().read_to_end(&mut out).unwrap();
        assert_eq!(out, edits.apply(&bytes));
    }
}
