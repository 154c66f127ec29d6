//! The header of an answer: ICAP's, and that of the HTTP in it.
//!
//! Owns its form. It must never read a line that is no field as one. What does not fit is a [`Trouble`].

use crate::engine::Trouble;
use crate::engine::wire::Wire;

/// Longest header of an answer.
const LONGEST: usize = 64 << 10;

/// Most fields of an answer.
const MOST_FIELDS: usize = 200;

/// A status and its fields.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub status: u16,
    /// The words behind the status.
    pub reason: String,
    fields: Vec<(String, String)>,
}

impl Head {
    /// The header of the next answer.
    pub(super) fn receive(wire: &mut Wire) -> Result<Self, Trouble> {
        let bytes = wire.receive_until(b"\r\n\r\n", LONGEST)?;
        if bytes.is_empty() {
            return Err(Trouble::Closed);
        }
        Self::parse(&bytes, "ICAP/")
    }

    /// Reads a header whose first line begins with `protocol`. httparse knows no ICAP, and no folded field, which X-Violations-Found is.
    pub(super) fn parse(bytes: &[u8], protocol: &str) -> Result<Self, Trouble> {
        let text = String::from_utf8_lossy(bytes);
        let unknown = || Trouble::Unknown(text.chars().take(80).collect());
        let mut lines = text.strip_suffix("\r\n\r\n").ok_or_else(unknown)?.split("\r\n");
        let first = lines.next().and_then(|line| line.strip_prefix(protocol)).ok_or_else(unknown)?;
        let (_, rest) = first.split_once(' ').ok_or_else(unknown)?;
        let (code, reason) = rest.split_once(' ').unwrap_or((rest, ""));
        let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
        let status = code.parse().ok().filter(|_| is_code).ok_or_else(unknown)?;
        let fields = fields(lines).ok_or_else(unknown)?;
        Ok(Self { status, reason: reason.to_owned(), fields })
    }

    /// The value of the first field of that name; a folded one has its lines behind each other, with line ends between them.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Whether the server ends the connection behind this answer.
    pub(super) fn closes(&self) -> bool {
        self.field("Connection").is_some_and(|value| value.to_ascii_lowercase().contains("close"))
    }
}

fn fields<'l>(lines: impl Iterator<Item = &'l str>) -> Option<Vec<(String, String)>> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in lines {
        if line.starts_with([' ', '\t']) {
            let (_, value) = fields.last_mut()?;
            value.push('\n');
            value.push_str(line.trim());
        } else {
            let (name, value) = line.split_once(':').filter(|(name, _)| is_name(name))?;
            fields.push((name.to_owned(), value.trim().to_owned()));
        }
    }
    (fields.len() <= MOST_FIELDS).then_some(fields)
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_name_and_folded_ones_keep_their_lines() {
        let text = b"ICAP/1.0 200 OK\r\nISTag: \"a\"\r\nx-violations-found: 1\r\n\tmail\r\n\tEICAR\r\nConnection: Close\r\n\r\n";
        let head = Head::parse(text, "ICAP/").unwrap();
        assert_eq!((head.status, head.reason.as_str(), head.field("istag")), (200, "OK", Some("\"a\"")));
        assert_eq!(head.field("X-Violations-Found"), Some("1\nmail\nEICAR"));
        assert!(head.closes());
    }

    #[test]
    fn what_is_no_header_is_unknown() {
        let table = [
            "ICAP/1.0 204 No Content\r\n",
            "HTTP/1.0 204 No Content\r\n\r\n",
            "ICAP/1.0\r\n\r\n",
            "ICAP/1.0 2040 x\r\n\r\n",
            "ICAP/1.0 +20 x\r\n\r\n",
            "ICAP/1.0 204 x\r\nno field\r\n\r\n",
            "ICAP/1.0 204 x\r\n folded\r\n\r\n",
            "ICAP/1.0 204 x\r\n: y\r\n\r\n",
            "\r\n\r\n",
        ];
        for text in table {
            assert!(matches!(Head::parse(text.as_bytes(), "ICAP/"), Err(Trouble::Unknown(_))), "{text:?}");
        }
    }
}
