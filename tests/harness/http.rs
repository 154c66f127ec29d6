//! A fake server of HTTP: notes each request and answers as the test says.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;

/// One that listens on loopback; it stops when dropped.
pub(crate) struct Http {
    address: SocketAddr,
    book: Arc<Book>,
}

#[derive(Default)]
struct Book {
    requests: Mutex<Vec<Vec<u8>>>,
    is_over: AtomicBool,
}

impl Http {
    /// One that treats each connection so.
    pub(crate) fn new(serve: impl Fn(&mut Exchange) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self::on(0, serve)
    }

    /// The same on that port.
    pub(crate) fn on(port: u16, serve: impl Fn(&mut Exchange) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let address = listener.local_addr().unwrap();
        let (book, serve) = (Arc::<Book>::default(), Arc::new(serve));
        let own = Arc::clone(&book);
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                if own.is_over.load(SeqCst) {
                    return;
                }
                let (mut exchange, serve) = (Exchange { stream, book: Arc::clone(&own) }, Arc::clone(&serve));
                // A client that goes away is for the test to judge.
                thread::spawn(move || drop(serve(&mut exchange)));
            }
        });
        Self { address, book }
    }

    /// Where it listens, as the configuration writes it.
    pub(crate) fn address(&self) -> String {
        format!("tcp:{}", self.address)
    }

    /// The requests that came as a whole, in their order.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.book.requests.lock().unwrap().iter().map(|request| String::from_utf8_lossy(request).into_owned()).collect()
    }
}

impl Drop for Http {
    fn drop(&mut self) {
        self.book.is_over.store(true, SeqCst);
        // Wakes the listener.
        drop(TcpStream::connect(self.address));
    }
}

/// One connection.
pub(crate) struct Exchange {
    stream: TcpStream,
    book: Arc<Book>,
}

impl Exchange {
    /// Reads and notes a whole request; its first line.
    pub(crate) fn listen(&mut self) -> io::Result<String> {
        let mut request = Vec::new();
        let end = loop {
            let mut buffer = [0; 4096];
            let count = self.stream.read(&mut buffer)?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            request.extend_from_slice(&buffer[..count]);
            if let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let head = String::from_utf8_lossy(&request[..end]).into_owned();
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).map_or(0, |length| length.parse().unwrap());
        let have = request.len();
        request.resize(end + length, 0);
        self.stream.read_exact(&mut request[have..])?;
        self.book.requests.lock().unwrap().push(request);
        Ok(head.lines().next().unwrap_or_default().to_owned())
    }

    /// Writes it as it is.
    pub(crate) fn say(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.stream.write_all(bytes.as_ref())
    }

    /// A whole answer with status 200, these further fields, and this body.
    pub(crate) fn answer(&mut self, fields: &str, body: &str) -> io::Result<()> {
        self.say(format!("HTTP/1.1 200 OK\r\nServer: fake/1.0\r\n{fields}Content-Length: {}\r\n\r\n{body}", body.len()))
    }

    /// Holds the connection until the other side gives up.
    pub(crate) fn hold(&mut self) -> io::Result<()> {
        while self.stream.read(&mut [0; 4096])? > 0 {}
        Ok(())
    }
}
