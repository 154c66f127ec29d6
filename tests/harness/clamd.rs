//! A fake clamd: listens on a socket, notes what it is asked, and answers as the test says.

use super::talk::{Asked, Book, Stream, Talk};
use std::io;
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;

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
                let (mut talk, serve) = (Talk::new(stream, Arc::clone(&own)), Arc::clone(&serve));
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
