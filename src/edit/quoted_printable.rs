//! Changes bytes of a quoted-printable body (RFC 2045 section 6.7) where they stand.
//!
//! Owns the way from a decoded byte to its encoded ones. It must never touch the encoding of what stays. Nothing here fails: what comes
//! out is decoded once more by whoever asks.

use super::Edit;
use crate::html::Splice;
use crate::message::LineEnd;
use std::fmt::Write;
use std::ops::Range;

/// Longest line that we write, without its soft break: section 6.7 rule 5 allows 76 with it.
const LONGEST: usize = 72;

/// The edits of `body` that make `splices` of what it decodes to. They are in order and apart.
pub(super) fn edits(body: &[u8], splices: &[Splice], end: LineEnd) -> Vec<Edit> {
    let mut octets = Octets { body, at: 0, count: 0 };
    let mut edits = Vec::with_capacity(splices.len());
    for splice in splices {
        let range = octets.range(&splice.range);
        let before = body.get(..range.start).and_then(<[u8]>::last);
        let behind = body.get(range.end..).unwrap_or_default();
        let with = encoded(&splice.with, before.copied(), behind, end);
        edits.push(Edit { range, with });
    }
    edits
}

/// Goes from one decoded byte to the next.
struct Octets<'a> {
    body: &'a [u8],
    at: usize,
    count: usize,
}

impl Octets<'_> {
    /// The encoded bytes of decoded ones. Soft breaks around them stay.
    fn range(&mut self, decoded: &Range<usize>) -> Range<usize> {
        while self.count < decoded.start {
            self.skip();
        }
        if decoded.is_empty() {
            return self.at..self.at;
        }
        let start = self.next();
        self.at = start;
        while self.count < decoded.end {
            self.skip();
        }
        start..self.at
    }

    /// Goes past one decoded byte; at the end of the body it only counts.
    fn skip(&mut self) {
        self.at = self.next();
        let rest = self.body.get(self.at..).unwrap_or_default();
        let length = if rest.first() == Some(&b'=') { 3 } else { 1 };
        self.at += length.min(rest.len());
        self.count += 1;
    }

    /// Where the next decoded byte begins: behind soft breaks.
    fn next(&self) -> usize {
        let mut at = self.at;
        while let Some(rest) = self.body.get(at..) {
            match rest {
                [b'=', b'\r', b'\n', ..] => at += 3,
                [b'=', b'\n', ..] => at += 2,
                _ => break,
            }
        }
        at
    }
}

/// What stands for `with` between these bytes: on lines of its own, so that none gets too long.
fn encoded(with: &[u8], before: Option<u8>, behind: &[u8], end: LineEnd) -> Vec<u8> {
    let is_at_line_end = behind.is_empty() || behind.starts_with(b"\n") || behind.starts_with(b"\r\n");
    let soft_break = [b"=", end.bytes()].concat();
    if with.is_empty() {
        // Blanks at the end of a line would be taken off (rule 3).
        let is_blank_last = is_at_line_end && !behind.is_empty() && matches!(before, Some(b' ' | b'\t'));
        return if is_blank_last { soft_break } else { Vec::new() };
    }
    let mut text = String::from_utf8_lossy(&soft_break).into_owned();
    let mut length = 0;
    for (index, byte) in with.iter().enumerate() {
        if length >= LONGEST {
            text.push_str(&String::from_utf8_lossy(&soft_break));
            length = 0;
        }
        let is_last = index + 1 == with.len();
        // At the start of a line some mean something to those who carry mail: a delimiter, an end of input, a new message.
        let is_plain = match byte {
            b'=' => false,
            b'-' | b'.' | b'F' => length > 0,
            b' ' => !is_last,
            _ => byte.is_ascii_graphic(),
        };
        if is_plain {
            text.push(char::from(*byte));
        } else {
            let _ = write!(text, "={byte:02X}");
        }
        length += if is_plain { 1 } else { 3 };
    }
    if !is_at_line_end {
        text.push_str(&String::from_utf8_lossy(&soft_break));
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::Edits;
    use crate::message::{Encoding, decode};

    fn changed(body: &str, splices: &[(Range<usize>, &str)]) -> String {
        let splices: Vec<Splice> =
            splices.iter().map(|(range, with)| Splice { range: range.clone(), with: with.as_bytes().to_vec() }).collect();
        let edits = Edits::new(edits(body.as_bytes(), &splices, LineEnd::Lf), body.len());
        String::from_utf8(edits.apply(body.as_bytes())).unwrap()
    }

    #[test]
    fn bytes_are_changed_where_they_stand() {
        type Row<'r> = (&'r str, &'r [(Range<usize>, &'r str)], &'r str);
        let table: [Row<'_>; 10] = [
            ("a=3Db\n", &[(1..2, "")], "ab\n"),
            ("abc\n", &[(1..2, "x")], "a=\nx=\nc\n"),
            ("ab=\ncd\n", &[(2..3, "")], "ab=\nd\n"),
            ("ab=\ncd\n", &[(1..3, "")], "ad\n"),
            ("a b\n", &[(2..3, "")], "a =\n\n"),
            ("abc", &[(2..3, "=-")], "ab=\n=3D-"),
            ("abc\n", &[(3..3, "<x y ")], "abc=\n<x y=20\n"),
            ("abc\n", &[(0..1, "-"), (2..3, "\u{e9}")], "=\n=2D=\nb=\n=C3=A9\n"),
            ("=C3=A9=C3=A9\n", &[(2..4, "")], "=C3=A9\n"),
            ("ab", &[(5..9, "x")], "ab=\nx"),
        ];
        for (body, splices, expected) in table {
            assert_eq!(changed(body, splices), expected, "{body}");
        }
    }

    #[test]
    fn what_comes_in_is_broken_into_lines_and_decodes_to_itself() {
        let long = "<div style=\"a b\">".repeat(20) + " ";
        let body = changed("ab\n", &[(1..1, &long)]);
        assert!(body.lines().all(|line| line.len() <= 76), "{body}");
        assert_eq!(decode(Encoding::QuotedPrintable, body.as_bytes()).as_ref(), format!("a{long}b\n").as_bytes());
    }
}
