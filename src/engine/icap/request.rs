//! The bytes of a request (RFC 3507 sections 4.3, 4.4, 4.8 and 4.9).
//!
//! Owns the made-up exchange of HTTP that the message is the body of, and how much of it is the preview. It must never put anything of
//! the message into a header. What fails is sending.

use super::offer::{Method, Offer};
use crate::engine::Trouble;
use crate::engine::wire::Wire;

const AGENT: &str = concat!("User-Agent: mailward/", env!("CARGO_PKG_VERSION"), "\r\n");

/// Asks what the service offers.
pub(super) fn options(uri: &str, host: &str) -> Vec<u8> {
    format!("OPTIONS {uri} ICAP/1.0\r\nHost: {host}\r\n{AGENT}Encapsulated: null-body=0\r\n\r\n").into_bytes()
}

/// Has one body looked at.
pub(super) struct Request<'a> {
    pub uri: &'a str,
    pub host: &'a str,
    pub offer: &'a Offer,
    /// Its media type.
    pub kind: &'a str,
    pub bytes: &'a [u8],
}

impl Request<'_> {
    /// All before the body. 204 is allowed whatever the service offers: it costs nothing, and who does not know it sends the body back.
    pub(super) fn head(&self) -> Vec<u8> {
        let (kind, length) = (self.kind, self.bytes.len());
        let content = format!("Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n");
        let (word, encapsulated, http) = match self.offer.method {
            Method::Respmod => {
                let asked = "GET http://localhost/mail HTTP/1.1\r\nHost: localhost\r\n\r\n";
                let answered = format!("HTTP/1.1 200 OK\r\n{content}");
                let places = format!("req-hdr=0, res-hdr={}, res-body={}", asked.len(), asked.len() + answered.len());
                ("RESPMOD", places, format!("{asked}{answered}"))
            }
            Method::Reqmod => {
                let asked = format!("POST http://localhost/mail HTTP/1.1\r\nHost: localhost\r\n{content}");
                ("REQMOD", format!("req-hdr=0, req-body={}", asked.len()), asked)
            }
        };
        let preview = self.preview().map(|size| format!("Preview: {size}\r\n")).unwrap_or_default();
        let (uri, host) = (self.uri, self.host);
        format!("{word} {uri} ICAP/1.0\r\nHost: {host}\r\n{AGENT}Allow: 204\r\n{preview}Encapsulated: {encapsulated}\r\n\r\n{http}")
            .into_bytes()
    }

    /// The preview, or all of the body where none is wanted.
    pub(super) fn send_first(&self, wire: &mut Wire) -> Result<(), Trouble> {
        let size = self.preview().unwrap_or(self.bytes.len());
        let is_all_of_a_preview = self.preview().is_some() && size == self.bytes.len();
        send_chunk(wire, self.bytes.get(..size).unwrap_or_default())?;
        wire.send(if is_all_of_a_preview { b"0; ieof\r\n\r\n" } else { b"0\r\n\r\n" })
    }

    /// What is behind the preview.
    pub(super) fn send_rest(&self, wire: &mut Wire) -> Result<(), Trouble> {
        // 100 where there is no rest is no answer that the protocol knows.
        let rest = self.preview().and_then(|size| self.bytes.get(size..)).filter(|rest| !rest.is_empty());
        send_chunk(wire, rest.ok_or_else(|| Trouble::Unknown("100 behind the whole body".to_owned()))?)?;
        wire.send(b"0\r\n\r\n")
    }

    fn preview(&self) -> Option<usize> {
        self.offer.preview.map(|size| size.min(self.bytes.len()))
    }
}

/// None of no bytes: that would be the end.
fn send_chunk(wire: &mut Wire, bytes: &[u8]) -> Result<(), Trouble> {
    if bytes.is_empty() {
        return Ok(());
    }
    wire.send(format!("{:x}\r\n", bytes.len()).as_bytes())?;
    wire.send(bytes)?;
    wire.send(b"\r\n")
}
