//! One request of HTTP/1.1 (RFC 9112), and its answer.
//!
//! Owns the bytes of both. It must never follow a redirection, nor take what was cut off for a whole answer. What fails is a [`Trouble`].

use super::Trouble;
use super::wire::Wire;

/// Longest header of an answer.
const LONGEST_HEADER: usize = 64 << 10;

/// Longest line between two chunks.
const LONGEST_LINE: usize = 1024;

/// Longest body of an answer.
const LONGEST_BODY: usize = 64 << 20;

/// Most fields of an answer.
const MOST_FIELDS: usize = 100;

/// Most answers before the answer.
const MOST_INTERIM: usize = 8;

/// An answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    /// The status code.
    pub status: u16,
    /// Name and value of the fields.
    pub fields: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of the first field of that name.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The value of a field that says where the body ends. Two that differ say nothing (RFC 9110 section 8.6).
    fn the_one(&self, name: &str) -> Result<Option<&str>, Trouble> {
        let mut values = self.fields.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim());
        let first = values.next();
        if values.any(|other| Some(other) != first) {
            return Err(unknown(&format!("two fields {name}")));
        }
        Ok(first)
    }
}

/// Sends one request and receives its answer; the connection is for nothing else.
pub(super) fn exchange(wire: &mut Wire, request: &Request<'_>) -> Result<Answer, Trouble> {
    let sent = wire.send(&request.head()).and_then(|()| wire.send(request.body));
    // Who refuses a large body says so and closes while we still write: read before giving up.
    match (receive(wire), sent) {
        (Ok(answer), Ok(())) => Ok(answer),
        (Ok(answer), Err(_)) if answer.status >= 400 => Ok(answer),
        (_, Err(trouble)) | (Err(trouble), Ok(())) => Err(trouble),
    }
}

/// A request.
pub(super) struct Request<'a> {
    /// GET or POST.
    pub method: &'static str,
    /// Path and query, escaped.
    pub path: &'a str,
    /// Name and value of the fields besides those of HTTP itself; a control in a value becomes `?`.
    pub fields: &'a [(&'a str, String)],
    /// The body.
    pub body: &'a [u8],
}

impl Request<'_> {
    fn head(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", self.method, self.path);
        for (name, value) in self.fields {
            // What a stranger wrote must not end the line. Left out, the rest could be the address of somebody else.
            let value = value.replace(char::is_control, "?");
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", self.body.len()));
        head.into_bytes()
    }
}

fn receive(wire: &mut Wire) -> Result<Answer, Trouble> {
    let mut answer = head(wire)?;
    // What goes before the answer (RFC 9110 section 15.2); we never ask for another protocol.
    for _ in 0..MOST_INTERIM {
        if answer.status == 101 || !(100..200).contains(&answer.status) {
            break;
        }
        answer = head(wire)?;
    }
    if answer.status < 200 {
        return Err(unknown("interim answers without end"));
    }
    answer.body = body(wire, &answer)?;
    Ok(answer)
}

/// The body, by the rules of RFC 9112 section 6.3. Without a length it ends with the connection, which may be too early: whoever asks
/// must know by its form that it is whole.
fn body(wire: &mut Wire, answer: &Answer) -> Result<Vec<u8>, Trouble> {
    if matches!(answer.status, 204 | 304) {
        return Ok(Vec::new());
    }
    match (answer.the_one("Transfer-Encoding")?, answer.the_one("Content-Length")?) {
        (Some(coding), _) if coding.eq_ignore_ascii_case("chunked") => chunks(wire),
        (Some(coding), _) => Err(unknown(&format!("a body under {coding}"))),
        (None, Some(length)) => {
            let length = number(length, 10).filter(|length| *length <= LONGEST_BODY);
            wire.receive_exactly(length.ok_or_else(|| unknown("a body of no or too great length"))?)
        }
        (None, None) => wire.receive_all(LONGEST_BODY),
    }
}

fn head(wire: &mut Wire) -> Result<Answer, Trouble> {
    let bytes = wire.receive_until(b"\r\n\r\n", LONGEST_HEADER)?;
    if bytes.is_empty() {
        return Err(Trouble::Closed);
    }
    let strange = || unknown(&String::from_utf8_lossy(bytes.get(..80).unwrap_or(&bytes)));
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut response = httparse::Response::new(&mut fields);
    // A header of bare line feeds would end before the bytes do, and its body would be lost.
    if response.parse(&bytes).map_err(|_| strange())? != httparse::Status::Complete(bytes.len()) {
        return Err(strange());
    }
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let fields = response.headers.iter().map(|field| (field.name.to_owned(), text(field.value))).collect();
    Ok(Answer { status: response.code.unwrap_or_default(), fields, body: Vec::new() })
}

/// A body in chunks (RFC 9112 section 7.1); trailers are read over.
pub(super) fn chunks(wire: &mut Wire) -> Result<Vec<u8>, Trouble> {
    let mut body = Vec::new();
    loop {
        let line = line(wire)?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = number(size, 16).ok_or_else(|| unknown("a chunk without its size"))?;
        if size == 0 {
            trailers(wire)?;
            return Ok(body);
        }
        if size > LONGEST_BODY - body.len() {
            return Err(unknown("a chunk of too great size"));
        }
        body.extend(wire.receive_exactly(size)?);
        if wire.receive_exactly(2)? != b"\r\n" {
            return Err(unknown("a chunk longer than its size"));
        }
    }
}

/// Reads to the empty line that ends the trailers: before it the body is not known to be whole.
fn trailers(wire: &mut Wire) -> Result<(), Trouble> {
    for _ in 0..=MOST_FIELDS {
        if line(wire)?.is_empty() {
            return Ok(());
        }
    }
    Err(unknown("trailers without end"))
}

/// A line without its end; one that is cut off is [`Trouble::Closed`].
fn line(wire: &mut Wire) -> Result<String, Trouble> {
    let line = wire.receive_until(b"\r\n", LONGEST_LINE)?;
    let text = String::from_utf8_lossy(&line);
    match text.strip_suffix("\r\n") {
        Some(text) if line.len() <= LONGEST_LINE => Ok(text.to_owned()),
        None if line.len() < LONGEST_LINE => Err(Trouble::Closed),
        _ => Err(unknown("a line without end")),
    }
}

/// A number of digits alone: the library takes a sign too.
fn number(text: &str, radix: u32) -> Option<usize> {
    let is_plain = text.chars().all(|c| c.is_digit(radix));
    usize::from_str_radix(text, radix).ok().filter(|_| is_plain)
}

fn unknown(what: &str) -> Trouble {
    Trouble::Unknown(what.to_owned())
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
