//! One connection to the fake clamd: the commands that it understands, and the ways in which it can misbehave.

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags};
use std::fs::File;
use std::io::{self, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;

/// What a connection was used for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Its version.
    Version,
    /// To scan the file whose descriptor it got: what is in it, from its beginning.
    Descriptor(Vec<u8>),
    /// To scan what comes: the bytes on the wire behind the command.
    Stream(Vec<u8>),
    /// Something else.
    Other(String),
}

/// What is noted about all connections.
#[derive(Default)]
pub(super) struct Book {
    pub(super) asked: Mutex<Vec<Asked>>,
    pub(super) connections: AtomicUsize,
    at_work: AtomicUsize,
    pub(super) most_at_work: AtomicUsize,
    pub(super) is_over: AtomicBool,
}

pub(super) enum Stream {
    Unix(UnixStream),
    Tcp(TcpStream),
}

/// One connection.
pub(crate) struct Talk {
    stream: Stream,
    book: Arc<Book>,
    /// How many came before it.
    pub(crate) number: usize,
    /// Whether the descriptor that was passed could be written to.
    pub(crate) could_write: bool,
}

impl Talk {
    pub(super) fn new(stream: Stream, book: Arc<Book>) -> Self {
        Self { stream, book, number: 0, could_write: false }
    }

    /// Treats the connection so, to its end.
    pub(super) fn serve(&mut self, serve: &(impl Fn(&mut Self) -> io::Result<()> + ?Sized)) {
        self.number = self.book.connections.fetch_add(1, SeqCst);
        let at_work = self.book.at_work.fetch_add(1, SeqCst) + 1;
        self.book.most_at_work.fetch_max(at_work, SeqCst);
        // A client that goes away is for the test to judge, not for this thread.
        let _ = serve(self);
        self.book.at_work.fetch_sub(1, SeqCst);
    }

    /// Does what it is asked to, and gives this answer to a scan.
    pub(crate) fn scan_and_say(&mut self, answer: &str) -> io::Result<()> {
        match self.listen()? {
            Asked::Version => self.say("ClamAV 1.4.3/27000/Mon Jan  1 00:00:00 2024\0"),
            _ => self.say(&format!("{answer}\0")),
        }
    }

    /// Reads and notes what is asked.
    pub(crate) fn listen(&mut self) -> io::Result<Asked> {
        let asked = match self.command()?.as_str() {
            "zVERSION" => Asked::Version,
            "zFILDES" => Asked::Descriptor(self.passed_file()?),
            "zINSTREAM" => Asked::Stream(self.chunks()?),
            other => Asked::Other(other.to_owned()),
        };
        self.book.asked.lock().unwrap().push(asked.clone());
        Ok(asked)
    }

    /// Reads a command, and nothing behind its NUL.
    pub(crate) fn command(&mut self) -> io::Result<String> {
        let mut command = Vec::new();
        loop {
            let mut byte = [0];
            self.read_exact(&mut byte)?;
            if byte == [0] {
                return Ok(String::from_utf8_lossy(&command).into_owned());
            }
            command.push(byte[0]);
        }
    }

    /// What is in the file whose descriptor comes next. It is read without moving the offset, and then the offset is moved, as
    /// clamd does.
    fn passed_file(&mut self) -> io::Result<Vec<u8>> {
        let Stream::Unix(stream) = &self.stream else { return Err(io::ErrorKind::Unsupported.into()) };
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        rustix::net::recvmsg(stream, &mut [IoSliceMut::new(&mut [0])], &mut ancillary, RecvFlags::empty())?;
        let descriptors = ancillary.drain().filter_map(|message| match message {
            RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
            _ => None,
        });
        let descriptor: OwnedFd = descriptors.flatten().next().ok_or(io::ErrorKind::InvalidData)?;
        let mut file = File::from(descriptor);
        let mut content = vec![0; usize::try_from(file.metadata()?.len()).unwrap()];
        file.read_exact_at(&mut content, 0)?;
        self.could_write = file.write_all_at(&content, 0).is_ok();
        io::Seek::seek(&mut file, io::SeekFrom::End(0))?;
        Ok(content)
    }

    /// The chunks of INSTREAM with the empty one that ends them, as they are on the wire.
    fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut wire = Vec::new();
        loop {
            let mut length = [0; 4];
            self.read_exact(&mut length)?;
            wire.extend_from_slice(&length);
            let length = u32::from_be_bytes(length) as usize;
            if length == 0 {
                return Ok(wire);
            }
            let start = wire.len();
            wire.resize(start + length, 0);
            self.read_exact(&mut wire[start..])?;
        }
    }

    /// Says it as it is.
    pub(crate) fn say(&mut self, text: &str) -> io::Result<()> {
        self.write(text.as_bytes())
    }

    /// Writes bytes.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.stream {
            Stream::Unix(stream) => stream.write_all(bytes),
            Stream::Tcp(stream) => stream.write_all(bytes),
        }
    }

    /// Holds the connection until the other side gives up.
    pub(crate) fn hold(&mut self) -> io::Result<()> {
        let mut byte = [0];
        loop {
            self.read_exact(&mut byte)?;
        }
    }

    /// Holds the connection and reads nothing, until the test is over.
    pub(crate) fn sleep(&mut self) -> io::Result<()> {
        while !self.book.is_over.load(SeqCst) {
            thread::sleep(std::time::Duration::from_millis(5));
        }
        Ok(())
    }

    fn read_exact(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        match &mut self.stream {
            Stream::Unix(stream) => stream.read_exact(buffer),
            Stream::Tcp(stream) => stream.read_exact(buffer),
        }
    }
}
