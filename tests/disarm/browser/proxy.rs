//! The proxy that all requests of the browser go to: it answers for every host, and remembers who was asked for.
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// The host of the pages; `.test` is reserved (RFC 6761).
const HOST: &str = "http://mail.test/";

/// One grey dot: what every other host answers, so that pictures have something to show.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\0\0\0\nIDATx\x9cc\xd8\0\0\0\xb2\0\xb1U\n\xe8*\0\0\0\0IEND\xaeB`\x82";

/// A proxy on a port of its own; it ends with the test.
pub(crate) struct Proxy {
    port: u16,
    pages: Arc<Vec<Vec<u8>>>,
    strangers: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Serves these pages.
    pub(crate) fn start(pages: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let proxy = Self { port, pages: Arc::new(pages), strangers: Arc::default() };
        let (pages, strangers) = (proxy.pages.clone(), proxy.strangers.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (pages, strangers) = (pages.clone(), strangers.clone());
                // A browser hangs up on connections when it no longer wants an answer.
                thread::spawn(move || stream.and_then(|stream| answer(&stream, &pages, &strangers)).is_ok());
            }
        });
        proxy
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Where the pages are, in their order.
    pub(crate) fn addresses(&self) -> Vec<String> {
        (0..self.pages.len()).map(|index| format!("{HOST}{index}")).collect()
    }

    /// Every request that was not for a page.
    pub(crate) fn strangers(&self) -> Vec<String> {
        self.strangers.lock().unwrap().clone()
    }
}

/// Whether an address is on the host of the pages: in a mail it would be on none.
pub(crate) fn is_own(address: &str) -> bool {
    address.starts_with(HOST)
}

fn answer(stream: &TcpStream, pages: &[Vec<u8>], strangers: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.take(64 << 10));
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    let address = request.split(' ').nth(1).unwrap_or_default();
    let page = address.strip_prefix(HOST).and_then(|index| pages.get(index.parse::<usize>().ok()?));
    match page {
        Some(page) => send(stream, "200 OK", "text/html; charset=utf-8", page),
        // What a mail leaves relative leads nowhere: it has no address of its own.
        None if is_own(address) => send(stream, "404 Not Found", "text/plain", b""),
        None => {
            if !request.trim().is_empty() {
                strangers.lock().unwrap().push(request.trim().to_owned());
            }
            stranger(stream, &request)
        }
    }
}

fn stranger(stream: &TcpStream, request: &str) -> std::io::Result<()> {
    match request {
        _ if request.starts_with("CONNECT") => send(stream, "502 Bad Gateway", "text/plain", b""),
        _ if request.contains(".js") => send(stream, "200 OK", "text/javascript", b"fetch('http://leak.test/ran')"),
        _ => send(stream, "200 OK", "image/png", PICTURE),
    }
}

fn send(mut stream: &TcpStream, status: &str, media_type: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\nConnection: close\r\nAccess-Control-Allow-Origin: *\r\n\r\n"
    );
    stream.write_all(&[head.as_bytes(), body].concat())
}
