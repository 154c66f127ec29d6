//! A server of the test's own that does with each connection what the test says.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A connection.
pub(crate) trait Link: Read + Write + Send {}
impl<T: Read + Write + Send> Link for T {}

/// The server; it stops when dropped.
pub(crate) struct Fake {
    /// Where it listens, as the configuration writes it.
    pub(crate) address: String,
    heard: Arc<Mutex<Vec<Vec<u8>>>>,
    is_over: Arc<AtomicBool>,
}

impl Fake {
    /// One on a unix socket.
    pub(crate) fn at(path: &Path, serve: impl Fn(&mut Heard<'_>) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = UnixListener::bind(path).unwrap();
        let accept = move || listener.accept().map(|(stream, _)| Box::new(stream) as Box<dyn Link>);
        Self::listen(format!("unix:{}", path.display()), accept, serve)
    }

    /// One on a port of the loopback.
    pub(crate) fn on_tcp(serve: impl Fn(&mut Heard<'_>) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("tcp:{}", listener.local_addr().unwrap());
        Self::listen(address, move || listener.accept().map(|(stream, _)| Box::new(stream) as Box<dyn Link>), serve)
    }

    fn listen(
        address: String,
        accept: impl Fn() -> io::Result<Box<dyn Link>> + Send + 'static,
        serve: impl Fn(&mut Heard<'_>) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let (heard, is_over, serve) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)), Arc::new(serve));
        let (book, end) = (Arc::clone(&heard), Arc::clone(&is_over));
        thread::spawn(move || {
            while let Ok(mut link) = accept() {
                if end.load(SeqCst) {
                    return;
                }
                let (book, serve) = (Arc::clone(&book), Arc::clone(&serve));
                // A client that goes away is for the test to judge, not for this thread.
                thread::spawn(move || drop(serve(&mut Heard { link: &mut *link, book: &book })));
            }
        });
        Self { address, heard, is_over }
    }

    /// What was sent to it, a connection each.
    pub(crate) fn heard(&self) -> Vec<Vec<u8>> {
        self.heard.lock().unwrap().clone()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.is_over.store(true, SeqCst);
        match self.address.split_once(':') {
            Some(("unix", path)) => drop(UnixStream::connect(path)),
            Some((_, host)) => drop(TcpStream::connect(host)),
            None => {}
        }
    }
}

/// One connection of it.
pub(crate) struct Heard<'a> {
    link: &'a mut dyn Link,
    book: &'a Mutex<Vec<Vec<u8>>>,
}

impl Heard<'_> {
    /// Reads and notes all up to where the client ends sending.
    pub(crate) fn all(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.link.read_to_end(&mut bytes)?;
        self.book.lock().unwrap().push(bytes.clone());
        Ok(bytes)
    }

    /// Says it as it is.
    pub(crate) fn say(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.link.write_all(bytes.as_ref())
    }

    /// Holds the connection and says nothing, for longer than the tests' engines wait.
    pub(crate) fn hold(&mut self) -> io::Result<()> {
        self.all()?;
        thread::sleep(Duration::from_secs(5));
        Ok(())
    }
}
