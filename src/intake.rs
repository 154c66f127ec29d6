//! Takes the message in from stdin: the first stage.
//!
//! Owns the one copy of the message: a descriptor that can be rewound and handed to an MDA or engine, and the same bytes mapped.
//! It must never change a byte nor stop early. What can fail: reading, memory, disk, a limit of the process on file sizes; each
//! leaves the message with the MTA.

use crate::error::Error;
use crate::os;
use memmap2::Mmap;
use rustix::fs::{FileType, MemfdFlags, SealFlags, SeekFrom};
use rustix::io::Errno;
use rustix::pipe::SpliceFlags;
use std::fs::File;
use std::io::{self, Seek, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// A pipe holds 64 KiB; a first read of that size promises a large message, for which a larger pipe saves switches.
const PIPE_DEFAULT: usize = 64 * 1024;
const PIPE_LARGE: usize = 1024 * 1024;

/// Where the message is held while we work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// In the very file that is our stdin: it can be handed on as it is.
    Given,
    /// In a memory file of our own, sealed.
    Memory,
    /// In a file without a name, because it is larger than `limits.message_size`.
    Disk,
}

/// The message as it came in.
#[derive(Debug)]
pub struct Intake {
    file: File,
    map: Mmap,
    held: Held,
    is_oversize: bool,
}

impl Intake {
    /// Reads all of `stdin`; what is larger than `limit` bytes is kept on disk and is not to be looked at.
    ///
    /// # Errors
    /// [`Error::Intake`] when reading or keeping fails.
    pub fn read(stdin: BorrowedFd<'_>, limit: u64) -> Result<Self, Error> {
        Self::take(stdin, limit).map_err(Error::Intake)
    }

    fn take(stdin: BorrowedFd<'_>, limit: u64) -> io::Result<Self> {
        let (file, held) = match as_given_file(stdin)? {
            Some(file) => (file, Held::Given),
            None => spool(stdin, limit)?,
        };
        let size = file.metadata()?.len();
        let is_oversize = size > limit;
        let map = os::map(&file)?;
        Ok(Self { file, map, held, is_oversize })
    }

    /// The bytes of the message.
    pub fn bytes(&self) -> &[u8] {
        &self.map
    }

    /// The message as a file; its offset is shared with whoever holds the same descriptor.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Where the message is held.
    pub fn held(&self) -> Held {
        self.held
    }

    /// Whether it is larger than `limits.message_size`.
    pub fn is_oversize(&self) -> bool {
        self.is_oversize
    }

    /// The file at its beginning, to be handed on.
    ///
    /// # Errors
    /// [`Error::Intake`] when it cannot be rewound.
    pub fn rewound(&self) -> Result<File, Error> {
        let rewind = || {
            let mut file = self.file.try_clone()?;
            file.rewind().map(|()| file)
        };
        rewind().map_err(Error::Intake)
    }
}

/// An empty file for an altered message of up to `limit` bytes in memory, larger ones on disk.
///
/// # Errors
/// Those of memfd_create(2) or of the temporary directory.
pub fn blank(expected: u64, limit: u64) -> io::Result<File> {
    if expected > limit {
        return tempfile::tempfile();
    }
    memory_file().map(File::from)
}

/// stdin itself where it is a regular file at its beginning. From elsewhere in a file the rest is copied, so that the MDA sees
/// offset 0 in any case.
fn as_given_file(stdin: BorrowedFd<'_>) -> io::Result<Option<File>> {
    let status = rustix::fs::fstat(stdin)?;
    let is_regular = FileType::from_raw_mode(status.st_mode) == FileType::RegularFile;
    if !is_regular || rustix::fs::seek(stdin, SeekFrom::Current(0))? != 0 {
        return Ok(None);
    }
    Ok(Some(File::from(stdin.try_clone_to_owned()?)))
}

fn spool(stdin: BorrowedFd<'_>, limit: u64) -> io::Result<(File, Held)> {
    let memory = memory_file()?;
    let mut total = 0;
    while total <= limit {
        match move_some(stdin, memory.as_fd())? {
            0 => return seal(memory).map(|file| (file, Held::Memory)),
            count => {
                enlarge_pipe(stdin, total, count);
                total += count as u64;
            }
        }
    }
    spool_rest_to_disk(stdin, File::from(memory))
}

/// Moves what is there from `from` to the end of `to`: by splice where `from` is a pipe, else by a copy.
fn move_some(from: BorrowedFd<'_>, to: BorrowedFd<'_>) -> io::Result<usize> {
    loop {
        match rustix::pipe::splice(from, None, to, None, PIPE_LARGE, SpliceFlags::MOVE) {
            Err(Errno::INTR) => {}
            Err(Errno::INVAL) => return copy_some(from, to),
            result => return Ok(result?),
        }
    }
}

fn copy_some(from: BorrowedFd<'_>, to: BorrowedFd<'_>) -> io::Result<usize> {
    let mut buffer = vec![0; PIPE_DEFAULT];
    let count = rustix::io::retry_on_intr(|| rustix::io::read(from, &mut buffer))?;
    File::from(to.try_clone_to_owned()?).write_all(buffer.get(..count).unwrap_or_default())?;
    Ok(count)
}

fn enlarge_pipe(stdin: BorrowedFd<'_>, before: u64, count: usize) {
    if before == 0 && count >= PIPE_DEFAULT {
        // A refusal (not a pipe, or the user's limit) costs speed and nothing else.
        let _ = rustix::pipe::fcntl_setpipe_size(stdin, PIPE_LARGE);
    }
}

fn spool_rest_to_disk(stdin: BorrowedFd<'_>, mut memory: File) -> io::Result<(File, Held)> {
    let mut disk = tempfile::tempfile()?;
    memory.rewind()?;
    io::copy(&mut memory, &mut disk)?;
    drop(memory);
    while move_some(stdin, disk.as_fd())? > 0 {}
    Ok((disk, Held::Disk))
}

fn memory_file() -> io::Result<OwnedFd> {
    Ok(rustix::fs::memfd_create("mailward", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?)
}

/// Nobody who gets the descriptor, an engine or the MDA, can change what the others see; and the mapping stays sound.
fn seal(memory: OwnedFd) -> io::Result<File> {
    rustix::fs::fcntl_add_seals(&memory, SealFlags::WRITE | SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
    Ok(File::from(memory))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn through_pipe(bytes: &'static [u8], limit: u64) -> Intake {
        let (reader, mut writer) = io::pipe().unwrap();
        let feeder = std::thread::spawn(move || writer.write_all(bytes));
        let intake = Intake::read(reader.as_fd(), limit).unwrap();
        feeder.join().unwrap().unwrap();
        intake
    }

    #[test]
    fn a_pipe_is_read_whole_and_held_in_memory() {
        let intake = through_pipe(b"Subject: x\n\nbody", 1000);
        assert_eq!(intake.bytes(), b"Subject: x\n\nbody");
        assert_eq!((intake.held(), intake.is_oversize()), (Held::Memory, false));
    }

    #[test]
    fn an_empty_pipe_is_an_empty_message() {
        assert_eq!(through_pipe(b"", 1000).bytes(), b"");
    }

    #[test]
    fn what_is_over_the_limit_goes_to_disk_whole() {
        static LARGE: [u8; 300_000] = [b'x'; 300_000];
        let intake = through_pipe(&LARGE, 100_000);
        assert_eq!((intake.held(), intake.is_oversize()), (Held::Disk, true));
        assert_eq!(intake.bytes(), &LARGE[..]);
    }

    #[test]
    fn a_file_at_its_beginning_is_handed_on_itself() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"A: b\n\nc\n").unwrap();
        file.rewind().unwrap();
        let intake = Intake::read(file.as_fd(), 1000).unwrap();
        assert_eq!((intake.held(), intake.bytes()), (Held::Given, &b"A: b\n\nc\n"[..]));
    }

    #[test]
    fn a_file_in_its_middle_is_copied_from_there() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"skipA: b\n\nc\n").unwrap();
        file.seek(io::SeekFrom::Start(4)).unwrap();
        let intake = Intake::read(file.as_fd(), 1000).unwrap();
        assert_eq!(intake.bytes(), b"A: b\n\nc\n");
        let mut again = String::new();
        intake.rewound().unwrap().read_to_string(&mut again).unwrap();
        assert_eq!(again, "A: b\n\nc\n");
    }
}
