//! Connects to sockets of this host without waiting.
//!
//! Owns the one way to do so. It must never wait: a daemon whose queue of connections is full would keep a connect that waits for as
//! long as it likes. What fails is the error of the system.

use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::path::Path;

/// A stream to whoever listens at `path`.
///
/// # Errors
/// Those of connect(2); EAGAIN when the queue is full.
pub fn stream(path: &Path) -> io::Result<UnixStream> {
    let stream = UnixStream::from(connected(path, SocketType::STREAM)?);
    stream.set_nonblocking(false)?;
    Ok(stream)
}

/// A datagram socket towards `path`.
///
/// # Errors
/// Those of connect(2); EPROTOTYPE when streams are wanted there.
pub fn datagram(path: &Path) -> io::Result<UnixDatagram> {
    let datagram = UnixDatagram::from(connected(path, SocketType::DGRAM)?);
    datagram.set_nonblocking(false)?;
    Ok(datagram)
}

fn connected(path: &Path, kind: SocketType) -> io::Result<OwnedFd> {
    let socket = rustix::net::socket_with(AddressFamily::UNIX, kind, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK, None)?;
    rustix::net::connect(&socket, &SocketAddrUnix::new(path)?)?;
    Ok(socket)
}
