//! A server of any protocol: what it says is the test's, and what it was sent is kept for each connection.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;

/// Both kinds of stream.
pub(crate) trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

type Serve = Arc<dyn Fn(&mut Talk) -> io::Result<()> + Send + Sync>;

/// A server that listens; it stops when dropped.
pub(crate) struct Fake {
    /// Where, as the configuration writes it.
    pub(crate) address: String,
    book: Arc<Book>,
}

#[derive(Default)]
struct Book {
    sent: Mutex<Vec<Vec<u8>>>,
    is_over: AtomicBool,
}

/// One connection.
pub(crate) struct Talk {
    stream: Box<dyn Stream>,
    book: Arc<Book>,
    number: usize,
}

impl Fake {
    /// One on a port of the loopback, that treats each connection so.
    pub(crate) fn on_tcp(serve: impl Fn(&mut Talk) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("tcp:{}", listener.local_addr().unwrap());
        Self::listen(address, Arc::new(serve), move || Ok(Box::new(listener.accept()?.0)))
    }

    /// One on a unix socket.
    pub(crate) fn at(path: &Path, serve: impl Fn(&mut Talk) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = UnixListener::bind(path).unwrap();
        Self::listen(format!("unix:{}", path.display()), Arc::new(serve), move || Ok(Box::new(listener.accept()?.0)))
    }

    fn listen(address: String, serve: Serve, accept: impl Fn() -> io::Result<Box<dyn Stream>> + Send + 'static) -> Self {
        let book = Arc::new(Book::default());
        let own = Arc::clone(&book);
        thread::spawn(move || {
            while let Ok(stream) = accept() {
                if own.is_over.load(SeqCst) {
                    return;
                }
                let number = own.open();
                let (mut talk, serve) = (Talk { stream, book: Arc::clone(&own), number }, Arc::clone(&serve));
                // A client that goes away is for the test to judge, not for this thread.
                thread::spawn(move || drop(serve(&mut talk)));
            }
        });
        Self { address, book }
    }

    /// An `[[engine]]` for it with these keys, that waits a second and does not try again.
    pub(crate) fn engine(&self, keys: &str) -> String {
        format!("[[engine]]\nname = \"fake\"\naddress = [{:?}]\ntimeout = \"1s\"\nretry = \"0s\"\n{keys}", self.address)
    }

    /// Host and port, or localhost.
    pub(crate) fn host(&self) -> &str {
        self.address.strip_prefix("tcp:").unwrap_or("localhost")
    }

    /// What each connection was sent, in their order.
    pub(crate) fn sent(&self) -> Vec<Vec<u8>> {
        self.book.sent.lock().unwrap().clone()
    }

    /// The same as text.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.sent().iter().map(|sent| String::from_utf8_lossy(sent).into_owned()).collect()
    }
}

impl Book {
    fn open(&self) -> usize {
        let mut sent = self.sent.lock().unwrap();
        sent.push(Vec::new());
        sent.len() - 1
    }
}

impl Drop for Fake {
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

impl Talk {
    /// Reads up to and with `end`.
    pub(crate) fn until(&mut self, end: &str) -> io::Result<Vec<u8>> {
        let mut got = Vec::new();
        while !got.ends_with(end.as_bytes()) {
            got.push(self.byte()?);
        }
        Ok(got)
    }

    /// Reads so many bytes.
    pub(crate) fn exactly(&mut self, count: usize) -> io::Result<Vec<u8>> {
        (0..count).map(|_| self.byte()).collect()
    }

    /// Says it as it is.
    pub(crate) fn say(&mut self, text: impl AsRef<[u8]>) -> io::Result<()> {
        self.stream.write_all(text.as_ref())
    }

    /// Holds the connection until the other side gives up.
    pub(crate) fn hold(&mut self) -> io::Result<()> {
        loop {
            self.byte()?;
        }
    }

    /// Says the same until the other side has had enough.
    pub(crate) fn flood(&mut self, text: &str) -> io::Result<()> {
        let block = text.repeat((1 << 16) / text.len());
        (0..1 << 14).try_for_each(|_| self.say(&block))
    }

    /// Bytes are noted as they come: what a test that fails has seen of them helps.
    fn byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.stream.read_exact(&mut byte)?;
        self.book.sent.lock().unwrap()[self.number].push(byte[0]);
        Ok(byte[0])
    }
}
