//! A fake clamd: listens on a socket, notes what it is asked, and answers as the test says.

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags};
use std::fs::File;
use std::io::{self, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
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

#[derive(Default)]
struct Book {
    asked: Mutex<Vec<Asked>>,
    connections: AtomicUsize,
    at_work: AtomicUsize,
    most_at_work: AtomicUsize,
    is_over: AtomicBool,
}

/// A clamd that listens; it stops when dropped.
pub(crate) struct Clamd {
    /// Where, as the configuration writes it.
    pub(crate) address: String,
    book: Arc<Book>,
}

enum Listener {
    Unix(UnixListener),
    Tcp(TcpListener),
}

enum Stream {
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

impl Clamd {
    /// One on a unix socket, that treats each connection so.
    pub(crate) fn at(path: &Path, serve: impl Fn(&mut Talk) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = UnixListener::bind(path).unwrap();
        Self::listen(Listener::Unix(listener), format!("unix:{}", path.display()), serve)
    }

    /// One on a port of the loopback.
    pub(crate) fn on_tcp(serve: impl Fn(&mut Talk) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("tcp:{}", listener.local_addr().unwrap());
        Self::listen(Listener::Tcp(listener), address, serve)
    }

    /// One on a unix socket that listens already.
    pub(crate) fn on(listener: UnixListener, address: &str, serve: impl Fn(&mut Talk) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self::listen(Listener::Unix(listener), address.to_owned(), serve)
    }

    /// One that gives this answer to every scan.
    pub(crate) fn that_says(path: &Path, answer: &'static str) -> Self {
        Self::at(path, move |talk| talk.scan_and_say(answer))
    }

    fn listen(listener: Listener, address: String, serve: impl Fn(&mut Talk) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let (book, serve) = (Arc::new(Book::default()), Arc::new(serve));
        let own = Arc::clone(&book);
        thread::spawn(move || {
            while let Ok(stream) = listener.accept() {
                if own.is_over.load(SeqCst) {
                    return;
                }
                let (mut talk, serve) = (Talk { stream, book: Arc::clone(&own), number: 0, could_write: false }, Arc::clone(&serve));
                thread::spawn(move || talk.serve(&*serve));
            }
        });
        Self { address, book }
    }

    /// An `[[engine]]` for it that waits a second and does not try again.
    pub(crate) fn engine(&self) -> String {
        self.engine_with("timeout = \"1s\"\nretry = \"0s\"\n")
    }

    /// An `[[engine]]` for it with these keys.
    pub(crate) fn engine_with(&self, keys: &str) -> String {
        format!("[[engine]]\nname = \"clamav\"\nkind = \"clamd\"\naddress = [{:?}]\n{keys}", self.address)
    }

    /// What it was asked, in order.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.book.asked.lock().unwrap().clone()
    }

    /// How often it was connected to.
    pub(crate) fn connections(&self) -> usize {
        self.book.connections.load(SeqCst)
    }

    /// Tells, also from another thread, how often it was asked something.
    pub(crate) fn watch(&self) -> impl Fn() -> usize + Send + Sync + use<> {
        let book = Arc::clone(&self.book);
        move || book.asked.lock().unwrap().len()
    }

    /// The most connections that it had at one time.
    pub(crate) fn most_at_work(&self) -> usize {
        self.book.most_at_work.load(SeqCst)
    }
}

impl Drop for Clamd {
    fn drop(&mut self) {
        self.book.is_over.store(true, SeqCst);
        // Wakes the listener; one that is gone already needs no waking.
        match self.address.split_once(':') {
            Some(("unix", path)) => drop(UnixStream::connect(path)),
            Some((_, host)) => drop(TcpStream::connect(host)),
            None => {}
        }
    }
}

impl Listener {
    fn accept(&self) -> io::Result<Stream> {
        match self {
            Self::Unix(listener) => listener.accept().map(|(stream, _)| Stream::Unix(stream)),
            Self::Tcp(listener) => listener.accept().map(|(stream, _)| Stream::Tcp(stream)),
        }
    }
}

impl Talk {
    fn serve(&mut self, serve: &(impl Fn(&mut Self) -> io::Result<()> + ?Sized)) {
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
