//! One connection to clamd: one command, one reply.
//!
//! Owns the bytes on the wire (clamd(8)): commands that end in NUL, the chunks of INSTREAM, the descriptor of FILDES. It must never
//! wait beyond its time nor keep more than 4 KiB of an answer. What fails is a [`Trouble`].

use super::super::Trouble;
use super::reply::{self, Reply};
use crate::config::Address;
use crate::socket;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};
use std::fs::File;
use std::io::{self, IoSlice, Read, Write};
use std::mem::MaybeUninit;
use std::net::{TcpStream, ToSocketAddrs};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// Longest answer that is read; the longest that clamd gives is a path and a name.
const LONGEST_ANSWER: usize = 4096;

/// Bytes in one chunk of INSTREAM.
const CHUNK: usize = 64 * 1024;

enum Stream {
    Unix(UnixStream),
    Tcp(TcpStream),
}

/// An open connection.
pub(super) struct Connection {
    stream: Stream,
    until: Instant,
}

impl Connection {
    /// Connects, or says who refuses.
    pub(super) fn open(address: &Address, until: Instant) -> Result<Self, Trouble> {
        let (stream, name) = match address {
            Address::Unix(path) => (socket::stream(path).map(Stream::Unix), path.display().to_string()),
            Address::Tcp(host) => (tcp_stream(host, until).map(Stream::Tcp), host.clone()),
        };
        stream.map(|stream| Self { stream, until }).map_err(|why| Trouble::Refused(name, why))
    }

    /// Sends a whole command.
    pub(super) fn send(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        let left = self.time_left()?;
        match &mut self.stream {
            Stream::Unix(stream) => stream.set_write_timeout(Some(left)).and_then(|()| stream.write_all(bytes)),
            Stream::Tcp(stream) => stream.set_write_timeout(Some(left)).and_then(|()| stream.write_all(bytes)),
        }
        .map_err(|why| Trouble::of("writing to clamd", why))
    }

    /// Receives one answer, up to its NUL, its line end or the end of the connection.
    pub(super) fn receive(&mut self) -> Result<String, Trouble> {
        let mut answer = Vec::new();
        let mut buffer = [0; 512];
        while answer.len() < LONGEST_ANSWER {
            let left = self.time_left()?;
            let count = self.read(&mut buffer, left).map_err(|why| Trouble::of("reading from clamd", why))?;
            answer.extend_from_slice(buffer.get(..count).unwrap_or_default());
            if count == 0 || answer.ends_with(b"\0") || answer.ends_with(b"\n") {
                break;
            }
        }
        if answer.is_empty() {
            return Err(Trouble::Closed);
        }
        // An answer that was cut off in its middle must not be read as a whole one.
        if !answer.ends_with(b"\0") && !answer.ends_with(b"\n") {
            return Err(Trouble::Unknown(String::from_utf8_lossy(&answer).into_owned()));
        }
        Ok(String::from_utf8_lossy(&answer).trim_end_matches(['\0', '\n', '\r']).to_owned())
    }

    /// FILDES: passes the descriptor with one byte (unix(7), SCM_RIGHTS).
    pub(super) fn scan_descriptor(mut self, file: &File) -> Result<Reply, Trouble> {
        self.send(b"zFILDES\0")?;
        self.pass(file.as_fd()).map_err(|why| Trouble::of("passing the message to clamd", why))?;
        self.receive().map(|answer| reply::parse(&answer))
    }

    /// INSTREAM: chunks with their length before them, then an empty one.
    pub(super) fn scan_stream(mut self, pieces: &[&[u8]]) -> Result<Reply, Trouble> {
        let sent = self.send_chunks(pieces);
        // A clamd whose StreamMaxLength is reached says so and closes while we still write: read before giving up.
        match (self.receive().map(|answer| reply::parse(&answer)), sent) {
            // It cannot know what it did not take.
            (Ok(Reply::Clean), Err(trouble)) => Err(trouble),
            (Ok(reply), _) => Ok(reply),
            (Err(_), Err(trouble)) | (Err(trouble), Ok(())) => Err(trouble),
        }
    }

    fn send_chunks(&mut self, pieces: &[&[u8]]) -> Result<(), Trouble> {
        self.send(b"zINSTREAM\0")?;
        for chunk in pieces.iter().flat_map(|piece| piece.chunks(CHUNK)) {
            let length = u32::try_from(chunk.len()).unwrap_or(u32::MAX);
            self.send(&length.to_be_bytes())?;
            self.send(chunk)?;
        }
        self.send(&[0; 4])
    }

    fn pass(&self, descriptor: BorrowedFd<'_>) -> io::Result<()> {
        let Stream::Unix(stream) = &self.stream else { return Err(io::ErrorKind::Unsupported.into()) };
        let descriptors = [descriptor];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        ancillary.push(SendAncillaryMessage::ScmRights(&descriptors));
        rustix::net::sendmsg(stream, &[IoSlice::new(&[0])], &mut ancillary, SendFlags::NOSIGNAL)?;
        Ok(())
    }

    fn read(&mut self, buffer: &mut [u8], limit: Duration) -> io::Result<usize> {
        match &self.stream {
            Stream::Unix(stream) => stream.set_read_timeout(Some(limit))?,
            Stream::Tcp(stream) => stream.set_read_timeout(Some(limit))?,
        }
        loop {
            let result = match &mut self.stream {
                Stream::Unix(stream) => stream.read(buffer),
                Stream::Tcp(stream) => stream.read(buffer),
            };
            match result {
                Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }

    /// Each call gets the time that is left of the whole, so that a byte a second does not keep us.
    fn time_left(&self) -> Result<Duration, Trouble> {
        time_left(self.until).ok_or(Trouble::Timeout)
    }
}

fn time_left(until: Instant) -> Option<Duration> {
    until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
}

fn tcp_stream(host: &str, until: Instant) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in host.to_socket_addrs()? {
        let left = time_left(until).ok_or(io::ErrorKind::TimedOut)?;
        match TcpStream::connect_timeout(&address, left) {
            Ok(stream) => return Ok(stream),
            Err(why) => last = why,
        }
    }
    Err(last)
}
