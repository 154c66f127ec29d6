//! Takes the message in from stdin: the first stage.
//!
//! Owns the one copy of the message: a descriptor that can be rewound and handed to an MDA or engine, and the same bytes mapped.
//! It must never change a byte nor stop early. Most mail only gets one line at its top; where that line's length is known
//! beforehand, room is left for it before the message, so that a large one need not be copied again. What can fail: reading,
//! memory, disk, a limit of the process on file sizes; each leaves the message with the MTA.

mod memory;

use crate::error::Error;
use crate::os;
use memmap2::Mmap;
use memory::{disk_file, memory_file, seal};
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::{FileType, SeekFrom};
use rustix::io::Errno;
use rustix::pipe::SpliceFlags;
use std::fs::File;
use std::io::{self, Seek, Write};
use std::os::fd::{AsFd, BorrowedFd};

/// Bytes that are read before the rest is moved inside the kernel; enough to see the end of a line.
const FIRST: usize = 4096;

/// A pipe holds 64 KiB; one that is full promises a large message, for which a larger pipe saves switches.
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
    room: usize,
    held: Held,
    is_oversize: bool,
}

/// How many bytes to leave free before a message that begins with these.
pub type Room<'a> = &'a dyn Fn(&[u8]) -> usize;

/// No room: the file is the message, and sealed.
pub const NO_ROOM: Room<'static> = &|_| 0;

impl Intake {
    /// Reads all of `stdin`; what is larger than `limit` bytes is kept on disk and is not to be looked at. `room` is for
    /// [`Intake::with_top`].
    ///
    /// # Errors
    /// [`Error::Intake`] when reading or keeping fails.
    pub fn read(stdin: BorrowedFd<'_>, limit: u64, room: Room<'_>) -> Result<Self, Error> {
        Self::take(stdin, limit, room).map_err(Error::Intake)
    }

    fn take(stdin: BorrowedFd<'_>, limit: u64, room: Room<'_>) -> io::Result<Self> {
        let (file, room, held) = match as_given_file(stdin)? {
            Some(file) => (file, 0, Held::Given),
            None => spool(stdin, limit, room)?,
        };
        let is_oversize = file.metadata()?.len() > limit.saturating_add(room as u64);
        let map = os::map(&file)?;
        Ok(Self { file, map, room, held, is_oversize })
    }

    /// The bytes of the message.
    pub fn bytes(&self) -> &[u8] {
        self.map.get(self.room..).unwrap_or_default()
    }

    /// The file that holds the message, behind [`Intake::room`]; its offset is shared with whoever holds the same descriptor.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Bytes of the file before the message.
    pub fn room(&self) -> usize {
        self.room
    }

    /// Where the message is held.
    pub fn held(&self) -> Held {
        self.held
    }

    /// Whether it is larger than `limits.message_size`.
    pub fn is_oversize(&self) -> bool {
        self.is_oversize
    }

    /// The file at its beginning, to be handed on; without room the message as it came in.
    ///
    /// # Errors
    /// [`Error::Intake`] when it cannot be rewound.
    pub fn rewound(mut self) -> Result<File, Error> {
        self.file.rewind().map_err(Error::Intake)?;
        Ok(self.file)
    }

    /// The message with `top` written over the room and the first bytes of the message, so that it ends where those to be kept begin.
    ///
    /// # Errors
    /// [`Error::Spool`] when writing fails.
    pub fn with_top(self, top: &[u8]) -> Result<File, Error> {
        // Nobody may see the bytes change: the mapping goes first.
        let Self { mut file, map, .. } = self;
        drop(map);
        file.rewind().and_then(|()| filled(file, top)).map_err(Error::Spool)
    }
}

/// Whether a message comes in on `stdin`: there is a byte to read, or one comes within the second that an MTA takes at most to begin.
/// Nothing comes from a terminal or /dev/null, and an error counts as a message.
pub fn has_message(stdin: BorrowedFd<'_>) -> bool {
    let kind = rustix::fs::fstat(stdin).map(|status| FileType::from_raw_mode(status.st_mode));
    match kind {
        Ok(FileType::CharacterDevice | FileType::Directory) => false,
        _ => match rustix::event::poll(&mut [PollFd::new(&stdin, PollFlags::IN)], Some(&Timespec { tv_sec: 1, tv_nsec: 0 })) {
            Ok(0) => false,
            _ => read_some(stdin, &mut [0]).map_or(true, |count| count > 0),
        },
    }
}

/// An empty file for an altered message of up to `limit` bytes in memory, larger ones on disk.
///
/// # Errors
/// Those of memfd_create(2) or of the temporary directory.
pub fn blank(expected: u64, limit: u64) -> io::Result<File> {
    if expected > limit {
        return disk_file();
    }
    memory_file().map(File::from)
}

/// `file` with `bytes` written where it stands, at its beginning: ready to be somebody's stdin.
///
/// # Errors
/// Those of write(2) and lseek(2).
pub fn filled(mut file: File, bytes: &[u8]) -> io::Result<File> {
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(file)
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

/// Reads the first bytes to learn the line ends, leaves the room that goes with them, and moves the rest inside the kernel.
fn spool(stdin: BorrowedFd<'_>, limit: u64, room: Room<'_>) -> io::Result<(File, usize, Held)> {
    let mut first = [0; FIRST];
    let count = read_some(stdin, &mut first)?;
    let first = first.get(..count).unwrap_or_default();
    let room = room(first);
    let mut file = File::from(memory_file()?);
    file.seek(io::SeekFrom::Start(room as u64))?;
    file.write_all(first)?;
    let mut total = count as u64;
    let mut is_whole = count == 0;
    while !is_whole && total <= limit {
        let more = move_some(stdin, file.as_fd())?;
        if total == FIRST as u64 {
            enlarge_pipe(stdin, more);
        }
        is_whole = more == 0;
        total += more as u64;
    }
    match (is_whole, room) {
        (true, 0) => Ok((seal(file)?, 0, Held::Memory)),
        // It is still to be written to, and nobody else has it.
        (true, _) => Ok((file, room, Held::Memory)),
        (false, _) => spool_to_disk(stdin, file, room),
    }
}

/// Moves what is there from `from` to the end of `to`: by splice where `from` is a pipe, else by a copy.
fn move_some(from: BorrowedFd<'_>, to: BorrowedFd<'_>) -> io::Result<usize> {
    loop {
        match rustix::pipe::splice(from, None, to, None, PIPE_LARGE, SpliceFlags::MOVE) {
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => wait_for_more(from)?,
            Err(Errno::INVAL) => return copy_some(from, to),
            result => return Ok(result?),
        }
    }
}

fn read_some(from: BorrowedFd<'_>, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match rustix::io::read(from, &mut *buffer) {
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => wait_for_more(from)?,
            result => return Ok(result?),
        }
    }
}

/// A caller may have left its end of a pipe or socket in non-blocking mode, which we share with it.
fn wait_for_more(from: BorrowedFd<'_>) -> io::Result<()> {
    let mut waited = [PollFd::new(&from, PollFlags::IN)];
    rustix::io::retry_on_intr(|| rustix::event::poll(&mut waited, None))?;
    Ok(())
}

fn copy_some(from: BorrowedFd<'_>, to: BorrowedFd<'_>) -> io::Result<usize> {
    let mut buffer = vec![0; PIPE_DEFAULT];
    let count = read_some(from, &mut buffer)?;
    File::from(to.try_clone_to_owned()?).write_all(buffer.get(..count).unwrap_or_default())?;
    Ok(count)
}

fn enlarge_pipe(stdin: BorrowedFd<'_>, moved: usize) {
    if moved >= PIPE_DEFAULT / 2 {
        // A refusal (not a pipe, or the user's limit) costs speed and nothing else.
        let _ = rustix::pipe::fcntl_setpipe_size(stdin, PIPE_LARGE);
    }
}

fn spool_to_disk(stdin: BorrowedFd<'_>, mut memory: File, room: usize) -> io::Result<(File, usize, Held)> {
    let mut disk = disk_file()?;
    memory.seek(io::SeekFrom::Start(room as u64))?;
    io::copy(&mut memory, &mut disk)?;
    drop(memory);
    while move_some(stdin, disk.as_fd())? > 0 {}
    Ok((disk, 0, Held::Disk))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn through_pipe(bytes: &'static [u8], limit: u64) -> Intake {
        let (reader, mut writer) = io::pipe().unwrap();
        let feeder = std::thread::spawn(move || writer.write_all(bytes));
        let intake = Intake::read(reader.as_fd(), limit, &|first| if first.contains(&b'\r') { 10 } else { 5 }).unwrap();
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
    fn a_pipe_in_non_blocking_mode_is_waited_for() {
        let (reader, mut writer) = io::pipe().unwrap();
        rustix::fs::fcntl_setfl(&reader, rustix::fs::OFlags::NONBLOCK).unwrap();
        let feeder = std::thread::spawn(move || {
            for _ in 0..3 {
                std::thread::sleep(std::time::Duration::from_millis(5));
                writer.write_all(&[b'x'; 5000]).unwrap();
            }
        });
        let intake = Intake::read(reader.as_fd(), 100_000, NO_ROOM).unwrap();
        feeder.join().unwrap();
        assert_eq!(intake.bytes().len(), 15_000);
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
    fn the_top_is_written_over_the_room_and_what_it_replaces() {
        for (message, top, expected) in [
            (&b"A: b\n\nc"[..], &b"X: y\n"[..], &b"X: y\nA: b\n\nc"[..]),
            (b"A: b\r\n\r\nc", b"X: yyyyy\r\na", b"X: yyyyy\r\na: b\r\n\r\nc"),
        ] {
            let mut out = Vec::new();
            through_pipe(message, 1000).with_top(top).unwrap().read_to_end(&mut out).unwrap();
            assert_eq!(out, expected);
        }
    }

    #[test]
    fn a_file_at_its_beginning_is_handed_on_itself() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"A: b\n\nc\n").unwrap();
        file.rewind().unwrap();
        let intake = Intake::read(file.as_fd(), 1000, NO_ROOM).unwrap();
        assert_eq!((intake.held(), intake.bytes()), (Held::Given, &b"A: b\n\nc\n"[..]));
    }

    #[test]
    fn a_file_in_its_middle_is_copied_from_there() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"skipA: b\n\nc\n").unwrap();
        file.seek(io::SeekFrom::Start(4)).unwrap();
        let intake = Intake::read(file.as_fd(), 1000, NO_ROOM).unwrap();
        assert_eq!(intake.bytes(), b"A: b\n\nc\n");
        let mut again = String::new();
        intake.rewound().unwrap().read_to_string(&mut again).unwrap();
        assert_eq!(again, "A: b\n\nc\n");
    }
}
