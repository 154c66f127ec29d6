//! The smallest SMTP client that can hand in a message byte for byte.
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::wait;

/// How long a server may take for a reply.
const PATIENCE: Duration = Duration::from_mins(1);

/// A conversation with a server on this machine.
pub(crate) struct Client {
    replies: BufReader<TcpStream>,
}

impl Client {
    /// Connects, takes the greeting and says hello.
    pub(crate) fn connect(port: u16) -> io::Result<Client> {
        Client::connect_within(port, PATIENCE)
    }

    /// The same where many connect at once. Whom the server's listening queue has no room for, it may never greet.
    pub(crate) fn connect_amid_others(port: u16) -> Client {
        wait::until("one more connection", || Client::connect_within(port, PATIENCE / 20).ok())
    }

    fn connect_within(port: u16, patience: Duration) -> io::Result<Client> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(patience))?;
        let mut client = Client { replies: BufReader::new(stream) };
        client.expect("220")?;
        client.replies.get_ref().set_read_timeout(Some(PATIENCE))?;
        client.command("EHLO client.mailward.test", "250")?;
        Ok(client)
    }

    /// Hands in one message, given with LF line ends, and returns the server's last reply. An empty sender is the null sender.
    pub(crate) fn send(&mut self, sender: &str, recipients: &[&str], message: &[u8]) -> io::Result<String> {
        self.command(&format!("MAIL FROM:<{sender}> BODY=8BITMIME"), "250")?;
        for recipient in recipients {
            self.command(&format!("RCPT TO:<{recipient}>"), "250")?;
        }
        self.command("DATA", "354")?;
        self.replies.get_mut().write_all(&on_the_wire(message))?;
        self.expect("250")
    }

    fn command(&mut self, line: &str, wanted: &str) -> io::Result<String> {
        self.replies.get_mut().write_all(format!("{line}\r\n").as_bytes())?;
        self.expect(wanted)
    }

    /// Reads one reply and gives its last line; anything but the wanted code is an error.
    fn expect(&mut self, wanted: &str) -> io::Result<String> {
        loop {
            let mut line = String::new();
            self.replies.read_line(&mut line)?;
            if !line.starts_with(wanted) {
                return Err(io::Error::other(format!("wanted {wanted}, the server says {line:?}")));
            }
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(line.trim_end().to_owned());
            }
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.command("QUIT", "221");
    }
}

/// CRLF line ends, doubled leading dots and the closing dot (RFC 5321, 4.5.2).
fn on_the_wire(message: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(message.len() + message.len() / 16);
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            wire.push(b'.');
        }
        wire.extend_from_slice(line.strip_suffix(b"\n").unwrap_or(line));
        wire.extend_from_slice(b"\r\n");
    }
    wire.extend_from_slice(b".\r\n");
    wire
}
