//! The outside world: an SMTP server that takes every message and keeps it, for mail that a server under test sends away. Its listener is
//! also the front of a server that is the tests' own.
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::wait;

/// A message as it came out of the server under test, with LF line ends.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) sender: String,
    pub(crate) recipients: Vec<String>,
    pub(crate) message: Vec<u8>,
}

/// What has come so far. The thread that listens ends with the test's process.
pub(crate) struct Sink {
    port: u16,
    sent: Arc<Mutex<Vec<Sent>>>,
}

impl Sink {
    pub(crate) fn open() -> Sink {
        let sink = Sink::closed();
        sink.listen();
        sink
    }

    /// A server that is not up yet.
    pub(crate) fn closed() -> Sink {
        Sink { port: wait::free_port(), sent: Arc::default() }
    }

    /// Has it come up.
    pub(crate) fn listen(&self) {
        let sent = Arc::clone(&self.sent);
        listen(self.port, move |message| {
            sent.lock().unwrap().push(message);
            "250 kept".to_owned()
        });
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    /// The first message, as soon as it has come.
    pub(crate) fn next(&self) -> Sent {
        self.wait_for(1).remove(0)
    }

    /// All messages, as soon as there are so many.
    pub(crate) fn wait_for(&self, count: usize) -> Vec<Sent> {
        wait::until(&format!("{count} messages outside"), || Some(self.sent()).filter(|sent| sent.len() >= count))
    }
}

/// Listens for SMTP on 127.0.0.1. `take` gets each message and says what is replied to it.
pub(crate) fn listen(port: u16, take: impl Fn(Sent) -> String + Send + Sync + 'static) {
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let take = Arc::new(take);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let take = Arc::clone(&take);
            thread::spawn(move || serve(stream, &*take));
        }
    });
}

/// One connection, which may bring several messages.
fn serve(stream: TcpStream, take: &impl Fn(Sent) -> String) -> io::Result<()> {
    let mut lines = BufReader::new(stream);
    let mut sent = Sent { sender: String::new(), recipients: Vec::new(), message: Vec::new() };
    reply(&mut lines, "220 outside.test")?;
    let mut line = String::new();
    while lines.read_line(&mut line)? > 0 {
        let taken;
        let answer = match line.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" => "250-outside.test\r\n250 8BITMIME",
            "MAIL" => {
                sent = Sent { sender: address(&line), recipients: Vec::new(), message: Vec::new() };
                "250 ok"
            }
            "RCPT" => {
                sent.recipients.push(address(&line));
                "250 ok"
            }
            "DATA" => {
                reply(&mut lines, "354 go on")?;
                sent.message = read_message(&mut lines)?;
                taken = take(sent.clone());
                &taken
            }
            "QUIT" => return reply(&mut lines, "221 bye"),
            _ => "250 ok",
        };
        reply(&mut lines, answer)?;
        line.clear();
    }
    Ok(())
}

fn reply(stream: &mut BufReader<TcpStream>, text: &str) -> io::Result<()> {
    stream.get_mut().write_all(format!("{text}\r\n").as_bytes())
}

/// What stands between the angle brackets of MAIL or RCPT.
fn address(line: &str) -> String {
    let (_, rest) = line.split_once('<').unwrap_or_default();
    rest.split_once('>').unwrap_or_default().0.to_owned()
}

/// Up to the closing dot, without what SMTP adds (RFC 5321, 4.5.2).
fn read_message(lines: &mut BufReader<TcpStream>) -> io::Result<Vec<u8>> {
    let mut message = Vec::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(message);
        }
        let line = line.strip_suffix(b"\r\n").unwrap_or(&line);
        message.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
        message.push(b'\n');
    }
}
