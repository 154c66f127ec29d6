//! A POP3 server for one mailbox (RFC 1939), as far as fdm, getmail and fetchmail ask: what they delete is gone when they say QUIT, and
//! only then.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// The server; it ends when this is dropped.
pub(crate) struct Pop3 {
    address: SocketAddr,
    mailbox: Arc<Mutex<Vec<String>>>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Pop3 {
    /// A server whose mailbox holds these messages, with LF as their line ends.
    pub(crate) fn holding(messages: &[&str]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let mailbox = Arc::new(Mutex::new(messages.iter().map(|message| (*message).to_owned()).collect()));
        let is_over = Arc::new(AtomicBool::new(false));
        let (served, is_ended) = (Arc::clone(&mailbox), Arc::clone(&is_over));
        let thread = thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                if is_ended.load(SeqCst) {
                    return;
                }
                // A client that goes away without QUIT has deleted nothing.
                let _ = Session::new(&served).serve(&stream);
            }
        });
        Self { address, mailbox, is_over, thread: Some(thread) }
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many messages are there.
    pub(crate) fn count(&self) -> usize {
        self.mailbox.lock().unwrap().len()
    }
}

impl Drop for Pop3 {
    fn drop(&mut self) {
        self.is_over.store(true, SeqCst);
        // So that it wakes up.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// One connection: the mailbox as it was at its beginning, and what is to go at its end.
struct Session<'a> {
    mailbox: &'a Mutex<Vec<String>>,
    messages: Vec<String>,
    deleted: Vec<usize>,
}

impl<'a> Session<'a> {
    fn new(mailbox: &'a Mutex<Vec<String>>) -> Self {
        Self { mailbox, messages: mailbox.lock().unwrap().clone(), deleted: Vec::new() }
    }

    fn serve(&mut self, mut stream: &TcpStream) -> io::Result<()> {
        stream.write_all(b"+OK ready\r\n")?;
        for line in BufReader::new(stream).lines() {
            let line = line?;
            stream.write_all(self.answer(&line).replace('\n', "\r\n").as_bytes())?;
            if line.eq_ignore_ascii_case("QUIT") {
                return Ok(());
            }
        }
        Ok(())
    }

    fn answer(&mut self, line: &str) -> String {
        let mut words = line.split(' ');
        let command = words.next().unwrap_or_default().to_ascii_uppercase();
        let number: Option<usize> = words.next().and_then(|word| word.parse().ok());
        let lines: usize = words.next().and_then(|word| word.parse().ok()).unwrap_or_default();
        match (command.as_str(), number.and_then(|number| number.checked_sub(1)).filter(|at| *at < self.messages.len())) {
            ("CAPA", _) => "+OK\nUSER\nUIDL\nTOP\n.\n".to_owned(),
            ("USER" | "PASS" | "NOOP", _) => "+OK\n".to_owned(),
            ("STAT", _) => format!("+OK {} {}\n", self.messages.len(), self.messages.iter().map(|text| on_the_wire(text)).sum::<usize>()),
            ("LIST", None) => self.listing(|_, text| on_the_wire(text).to_string()),
            ("UIDL", None) => self.listing(|at, _| unique_name(at)),
            ("LIST", Some(at)) => format!("+OK {} {}\n", at + 1, on_the_wire(&self.messages[at])),
            ("UIDL", Some(at)) => format!("+OK {} {}\n", at + 1, unique_name(at)),
            ("RETR", Some(at)) => format!("+OK\n{}.\n", stuffed(&self.messages[at])),
            ("TOP", Some(at)) => format!("+OK\n{}.\n", stuffed(&top(&self.messages[at], lines))),
            ("DELE", Some(at)) => {
                self.deleted.push(at);
                "+OK\n".to_owned()
            }
            ("RSET", _) => {
                self.deleted.clear();
                "+OK\n".to_owned()
            }
            ("QUIT", _) => {
                self.quit();
                "+OK\n".to_owned()
            }
            _ => "-ERR\n".to_owned(),
        }
    }

    fn listing(&self, of: impl Fn(usize, &str) -> String) -> String {
        let lines = self.messages.iter().enumerate().map(|(at, text)| format!("{} {}\n", at + 1, of(at, text)));
        format!("+OK\n{}.\n", lines.collect::<String>())
    }

    fn quit(&self) {
        let left = self.messages.iter().enumerate().filter(|(at, _)| !self.deleted.contains(at));
        *self.mailbox.lock().unwrap() = left.map(|(_, text)| text.clone()).collect();
    }
}

fn on_the_wire(text: &str) -> usize {
    text.len() + text.lines().count()
}

fn unique_name(at: usize) -> String {
    format!("message-{at}")
}

/// The header, the blank line, and so many lines.
fn top(text: &str, lines: usize) -> String {
    let end = text.find("\n\n").map_or(text.len(), |end| end + 2);
    text[..end].split_inclusive('\n').chain(text[end..].split_inclusive('\n').take(lines)).collect()
}

/// A line that begins with a dot gets another one.
fn stuffed(text: &str) -> String {
    text.lines().map(|line| if line.starts_with('.') { format!(".{line}\n") } else { format!("{line}\n") }).collect()
}
