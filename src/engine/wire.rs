//! One connection to an engine.
//!
//! Owns the time and the amount that are spent on it. It must never wait beyond its time, nor keep more of an answer than asked for. What
//! fails is a [`Trouble`].

use super::Trouble;
use super::tls::{self, Secured};
use crate::config::{Address, Engine};
use crate::socket;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};
use std::fs::File;
use std::io::{self, IoSlice, Read, Write};
use std::mem::MaybeUninit;
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

enum Stream {
    Unix(UnixStream),
    Tcp(TcpStream),
    Tls(Box<Secured>),
}

/// An open connection.
pub(super) struct Wire {
    stream: Stream,
    until: Instant,
    /// What was received and not taken yet.
    rest: Vec<u8>,
}

impl Wire {
    /// Connects to one address of `engine`, or says who refuses.
    pub(super) fn open(engine: &Engine, address: &Address, until: Instant) -> Result<Self, Trouble> {
        let refused = |why| Trouble::Refused(place(address), why);
        let stream = match address {
            Address::Unix(path) => socket::stream(path).map(Stream::Unix).map_err(refused)?,
            Address::Tcp(host) => tcp_stream(host, until).map(Stream::Tcp).map_err(refused)?,
            Address::Tls(host) => {
                let stream = tcp_stream(host, until).map_err(refused)?;
                Stream::Tls(Box::new(tls::secure(engine, host, stream, until)?))
            }
            Address::Udp(_) => return Err(refused(io::ErrorKind::Unsupported.into())),
        };
        Ok(Self { stream, until, rest: Vec::new() })
    }

    /// Sends all of `bytes`. Each write gets the time that is left, or a byte now and then would keep us for as often as long.
    pub(super) fn send(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let left = self.time_left()?;
            let count = self.write(rest, left).map_err(|why| Trouble::of("writing to the engine", why))?;
            rest = rest.get(count..).unwrap_or_default();
        }
        Ok(())
    }

    /// How much one write takes; none where a signal came.
    fn write(&mut self, bytes: &[u8], left: Duration) -> io::Result<usize> {
        let written = match &mut self.stream {
            Stream::Unix(stream) => stream.set_write_timeout(Some(left)).and_then(|()| stream.write(bytes)),
            Stream::Tcp(stream) => stream.set_write_timeout(Some(left)).and_then(|()| stream.write(bytes)),
            // What it cannot send at once it would keep.
            Stream::Tls(stream) => stream.write(bytes).and_then(|count| stream.flush().map(|()| count)),
        };
        match written {
            Ok(0) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(why) if why.kind() == io::ErrorKind::Interrupted => Ok(0),
            written => written,
        }
    }

    /// Says that nothing more is sent. TLS has no such word that engines heed: there it does nothing.
    pub(super) fn end_sending(&mut self) -> Result<(), Trouble> {
        match &self.stream {
            Stream::Unix(stream) => stream.shutdown(Shutdown::Write),
            Stream::Tcp(stream) => stream.shutdown(Shutdown::Write),
            Stream::Tls(_) => Ok(()),
        }
        .map_err(|why| Trouble::of("writing to the engine", why))
    }

    /// Receives up to and with `end`, which is not longer than `most`; without it at the end of the connection. Empty: nothing came.
    pub(super) fn receive_until(&mut self, end: &[u8], most: usize) -> Result<Vec<u8>, Trouble> {
        loop {
            if let Some(at) = memchr::memmem::find(&self.rest, end) {
                let behind = self.rest.split_off(at + end.len());
                return Ok(std::mem::replace(&mut self.rest, behind));
            }
            if self.rest.len() >= most || self.receive_more()? == 0 {
                return Ok(std::mem::take(&mut self.rest));
            }
        }
    }

    /// Receives exactly so many bytes; an earlier end is [`Trouble::Closed`].
    pub(super) fn receive_exactly(&mut self, count: usize) -> Result<Vec<u8>, Trouble> {
        while self.rest.len() < count {
            if self.receive_more()? == 0 {
                return Err(Trouble::Closed);
            }
        }
        let behind = self.rest.split_off(count);
        Ok(std::mem::replace(&mut self.rest, behind))
    }

    /// Receives all until the end of the connection; more than `most` is [`Trouble::Unknown`].
    pub(super) fn receive_all(&mut self, most: usize) -> Result<Vec<u8>, Trouble> {
        while self.receive_more()? > 0 {
            if self.rest.len() > most {
                return Err(Trouble::Unknown("an answer without end".to_owned()));
            }
        }
        Ok(std::mem::take(&mut self.rest))
    }

    /// Whether more came than was taken.
    pub(super) fn has_rest(&self) -> bool {
        !self.rest.is_empty()
    }

    /// Passes a descriptor beside one byte (unix(7), SCM_RIGHTS).
    pub(super) fn pass(&self, file: &File) -> Result<(), Trouble> {
        let pass = || -> io::Result<()> {
            let Stream::Unix(stream) = &self.stream else { return Err(io::ErrorKind::Unsupported.into()) };
            let descriptors = [file.as_fd()];
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
            let mut ancillary = SendAncillaryBuffer::new(&mut space);
            ancillary.push(SendAncillaryMessage::ScmRights(&descriptors));
            rustix::net::sendmsg(stream, &[IoSlice::new(&[0])], &mut ancillary, SendFlags::NOSIGNAL)?;
            Ok(())
        };
        pass().map_err(|why| Trouble::of("passing the message to the engine", why))
    }

    /// The bytes that one read adds; none at the end of the connection.
    fn receive_more(&mut self) -> Result<usize, Trouble> {
        let mut buffer = [0; 4096];
        let left = self.time_left()?;
        let count = self.read(&mut buffer, left).map_err(|why| Trouble::of("reading from the engine", why))?;
        self.rest.extend_from_slice(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }

    fn read(&mut self, buffer: &mut [u8], limit: Duration) -> io::Result<usize> {
        match &self.stream {
            Stream::Unix(stream) => stream.set_read_timeout(Some(limit))?,
            Stream::Tcp(stream) => stream.set_read_timeout(Some(limit))?,
            Stream::Tls(_) => {}
        }
        loop {
            let result = match &mut self.stream {
                Stream::Unix(stream) => stream.read(buffer),
                Stream::Tcp(stream) => stream.read(buffer),
                Stream::Tls(stream) => stream.read(buffer),
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

/// Where an address leads, for people.
fn place(address: &Address) -> String {
    let whole = address.to_string();
    whole.split_once(':').map_or_else(|| whole.clone(), |(_, place)| place.to_owned())
}

fn time_left(until: Instant) -> Option<Duration> {
    until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
}

fn tcp_stream(host: &str, until: Instant) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in host.to_socket_addrs()? {
        let left = time_left(until).ok_or(io::ErrorKind::TimedOut)?;
        match TcpStream::connect_timeout(&address, left) {
            Ok(stream) => {
                // What is written in several pieces would wait for acknowledgements that come 40 ms later.
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(why) => last = why,
        }
    }
    Err(last)
}
