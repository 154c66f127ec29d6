//! Puts an edited message together in a file.
//!
//! Owns how kept ranges are copied: from our mapping, but inside the kernel where the message is above the size limit and must not
//! pass through our memory. It must never change a byte that no edit names. What fails is an I/O error.

use crate::edit::{Edits, Piece};
use crate::error::Error;
use crate::intake::{Held, Intake, blank};
use rustix::io::Errno;
use std::fs::File;
use std::io::{self, Seek, Write};
use std::ops::Range;

/// Ranges below this size are gathered into one write.
const SMALL: usize = 16 * 1024;

/// Longest top of a message that is put together in memory.
const LONGEST_TOP: usize = 64 * 1024;

/// The file that becomes the MDA's stdin; none where our stdin is the message already, which nobody has read from.
///
/// # Errors
/// [`Error::Spool`], and [`Error::Intake`] when the message cannot be rewound.
pub fn for_mda(edits: &Edits, intake: Intake, memory_limit: u64) -> Result<Option<File>, Error> {
    if edits.is_empty() && intake.held() == Held::Given {
        return Ok(None);
    }
    if let Some(top) = top_for_room(edits, &intake) {
        return intake.with_top(&top).map(Some);
    }
    if edits.is_empty() && intake.room() == 0 {
        return intake.rewound().map(Some);
    }
    copy_for_mda(edits, &intake, memory_limit).map(Some)
}

/// The same in a file of its own, for one MDA of several.
///
/// # Errors
/// [`Error::Spool`].
pub fn copy_for_mda(edits: &Edits, intake: &Intake, memory_limit: u64) -> Result<File, Error> {
    spooled(edits, intake, memory_limit).map_err(Error::Spool)
}

/// The edited top of the message, if it needs exactly the room that was left before it.
fn top_for_room(edits: &Edits, intake: &Intake) -> Option<Vec<u8>> {
    let end = edits.list().last()?.range.end;
    if intake.room() == 0 || end > LONGEST_TOP {
        return None;
    }
    let top = edits.apply(intake.bytes().get(..end)?);
    (top.len() == intake.room() + end).then_some(top)
}

/// The edited message in a file of its own, at its beginning.
fn spooled(edits: &Edits, intake: &Intake, memory_limit: u64) -> io::Result<File> {
    let mut file = blank(intake.bytes().len() as u64, memory_limit)?;
    write(edits, intake, &mut file)?;
    file.rewind()?;
    Ok(file)
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
            Piece::Old(range) if range.len() < SMALL => pending.extend_from_slice(intake.bytes().get(range).unwrap_or_default()),
            Piece::Old(range) => {
                to.write_all(&pending)?;
                pending.clear();
                copy(intake, range, to)?;
            }
        }
    }
    to.write_all(&pending)
}

fn copy(intake: &Intake, range: Range<usize>, to: &mut File) -> io::Result<()> {
    if intake.is_oversize() { copy_in_kernel(intake, range, to) } else { to.write_all(intake.bytes().get(range).unwrap_or_default()) }
}

/// sendfile leaves the offset of the message alone. Where a file system does not know it, the mapping is written.
fn copy_in_kernel(intake: &Intake, range: Range<usize>, to: &mut File) -> io::Result<()> {
    let (mut offset, end) = ((intake.room() + range.start) as u64, (intake.room() + range.end) as u64);
    while offset < end {
        let left = usize::try_from(end - offset).unwrap_or(usize::MAX);
        match rustix::fs::sendfile(&mut *to, intake.file(), Some(&mut offset), left) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(_) | Err(Errno::INTR) => {}
            Err(Errno::INVAL | Errno::NOSYS) => {
                let rest = usize::try_from(offset).unwrap_or(range.end).saturating_sub(intake.room())..range.end;
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
    use crate::intake::NO_ROOM;
    use std::io::Read;
    use std::os::fd::AsFd;

    #[test]
    fn every_byte_outside_the_edits_is_kept_in_memory_and_in_the_kernel() {
        let mut source = tempfile::tempfile().unwrap();
        let bytes: Vec<u8> = (0..400_000_u32).flat_map(u32::to_le_bytes).collect();
        source.write_all(&bytes).unwrap();
        let edits =
            Edits::new(vec![Edit { range: 3..3, with: b"new".to_vec() }, Edit { range: 700_000..700_010, with: Vec::new() }], bytes.len());
        for limit in [u64::MAX, 1000] {
            source.rewind().unwrap();
            let intake = Intake::read(source.as_fd(), limit, NO_ROOM).unwrap();
            let mut out = Vec::new();
            spooled(&edits, &intake, limit).unwrap().read_to_end(&mut out).unwrap();
            assert_eq!(out, edits.apply(&bytes));
        }
    }
}
