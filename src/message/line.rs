//! Lines: where they end and with what.
//!
//! Owns the two line ends that mail is stored with. It must never treat a bare CR as one: to most MTAs it is data. Nothing here
//! can fail.

use memchr::memchr;

/// How the lines of a message end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    /// As in a Unix mailbox.
    Lf,
    /// As on the wire (RFC 5322 section 2.1).
    CrLf,
}

impl LineEnd {
    /// The line end of the first line of `bytes`; LF where there is none.
    pub fn of(bytes: &[u8]) -> Self {
        let line = memchr(b'\n', bytes).and_then(|end| bytes.get(..end)).unwrap_or_default();
        if line.ends_with(b"\r") { Self::CrLf } else { Self::Lf }
    }

    /// Its bytes.
    pub fn bytes(self) -> &'static [u8] {
        match self {
            Self::Lf => b"\n",
            Self::CrLf => b"\r\n",
        }
    }

    /// `text`, whose lines end in LF or CRLF, with this line end.
    pub fn apply(self, text: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len() + text.len() / 16);
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            out.extend_from_slice(without_end(line));
            if line.ends_with(b"\n") {
                out.extend_from_slice(self.bytes());
            }
        }
        out
    }
}

/// The position behind the line that begins at `at`.
pub(super) fn next(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    memchr(b'\n', rest).map_or(bytes.len(), |end| at + end + 1)
}

/// The line that begins at `at`, with its end.
pub(super) fn at(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at..next(bytes, at)).unwrap_or_default()
}

/// Behind the CR, LF or both at `at`, for readers to whom each of them ends a line.
pub(super) fn behind_any_end(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..) {
        Some([b'\r', b'\n', ..]) => at + 2,
        Some([_, ..]) => at + 1,
        _ => at,
    }
}

/// `line` without LF or CRLF.
pub fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_tells_the_line_end() {
        let table =
            [(&b"a\r\nb\n"[..], LineEnd::CrLf), (b"a\nb\r\n", LineEnd::Lf), (b"a", LineEnd::Lf), (b"a\r", LineEnd::Lf), (b"", LineEnd::Lf)];
        for (bytes, expected) in table {
            assert_eq!(LineEnd::of(bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_text_takes_on_a_line_end() {
        assert_eq!(LineEnd::CrLf.apply(b"a\nb\r\nc"), b"a\r\nb\r\nc");
        assert_eq!(LineEnd::Lf.apply(b"a\nb\r\n\n"), b"a\nb\n\n");
    }

    #[test]
    fn a_line_ends_behind_its_lf_or_with_the_bytes() {
        assert_eq!(next(b"ab\ncd", 0), 3);
        assert_eq!(next(b"ab\ncd", 3), 5);
        assert_eq!(without_end(b"ab\r\n"), b"ab");
        assert_eq!([b"\r\n", b"\n\r", b"\rx"].map(|end| behind_any_end(end, 0)), [2, 1, 1]);
        assert_eq!(behind_any_end(b"", 0), 0);
    }
}
