//! Files without a name that hold a message.
//!
//! Owns where they lie, and that nobody can change one that is handed out. It must never look at what is in them. What fails is making,
//! copying or sealing one.

use rustix::fs::{MemfdFlags, SealFlags};
use rustix::io::Errno;
use std::fs::File;
use std::io::{self, Seek};
use std::os::fd::OwnedFd;

/// A file without a name. /tmp is in memory on many hosts, and what comes here is too large for that.
pub(super) fn disk_file() -> io::Result<File> {
    let named = std::env::var_os("TMPDIR").is_some();
    if named { tempfile::tempfile() } else { tempfile::tempfile_in("/var/tmp").or_else(|_| tempfile::tempfile()) }
}

pub(super) fn memory_file() -> io::Result<OwnedFd> {
    Ok(rustix::fs::memfd_create("mailward", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?)
}

/// Nobody who gets the descriptor, an engine or the MDA, can change what the others see; and the mapping stays sound.
///
/// The kernel refuses (EBUSY) while it holds a page of the file for work of its own, which happens to one large message of some
/// thousand. The pages of a copy are new.
pub(super) fn seal(mut memory: File) -> io::Result<File> {
    const COPIES: usize = 3;
    for _ in 0..COPIES {
        match rustix::fs::fcntl_add_seals(&memory, SEALS) {
            Err(Errno::BUSY) => memory = copied(memory)?,
            sealed => return sealed.map(|()| memory).map_err(io::Error::from),
        }
    }
    rustix::fs::fcntl_add_seals(&memory, SEALS)?;
    Ok(memory)
}

const SEALS: SealFlags = SealFlags::WRITE.union(SealFlags::SHRINK).union(SealFlags::GROW).union(SealFlags::SEAL);

fn copied(mut memory: File) -> io::Result<File> {
    let mut copy = File::from(memory_file()?);
    memory.rewind()?;
    io::copy(&mut memory, &mut copy)?;
    Ok(copy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::pipe::SpliceFlags;
    use std::io::{Read, Write};
    use std::os::fd::AsFd;

    #[test]
    fn a_file_whose_pages_the_kernel_holds_is_sealed_as_a_copy() {
        let mut memory = File::from(memory_file().unwrap());
        let bytes = b"message".repeat(2000);
        memory.write_all(&bytes).unwrap();
        memory.rewind().unwrap();
        // A pipe that was filled by splice holds the pages themselves.
        let (_reader, writer) = io::pipe().unwrap();
        rustix::pipe::splice(memory.as_fd(), None, writer.as_fd(), None, 4096, SpliceFlags::empty()).unwrap();
        assert_eq!(rustix::fs::fcntl_add_seals(&memory, SEALS), Err(Errno::BUSY));
        let mut sealed = seal(memory).unwrap();
        assert_eq!(rustix::fs::fcntl_get_seals(&sealed).unwrap(), SEALS);
        let mut read = Vec::new();
        sealed.rewind().unwrap();
        sealed.read_to_end(&mut read).unwrap();
        assert!(read == bytes);
    }
}
