//! Quoted-printable that escapes what needs no escape, as nobody does but to hide something.
//!
//! Owns what readers who tidy a body up before they decode it make of such a one: they drop octets that may not stand there, blanks at
//! either end of a line, or the line ends. It must never be asked about other bodies, where all of these are text. Nothing here can fail.

use mail_parser::decoders::quoted_printable::quoted_printable_decode_char as octet;
use memchr::memchr_iter;
use std::ops::Range;

/// So many needless escapes in a row are no accident: some senders escape a dot or a letter at the beginning of a line.
const A_ROW: usize = 4;

/// The first row of letters or digits that are escaped.
pub(super) fn first_row(body: &[u8]) -> Option<Range<usize>> {
    let (mut start, mut count) = (0, 0);
    for at in memchr_iter(b'=', body) {
        let is_next = count > 0 && at == start + 3 * count;
        if !is_needless(body.get(at + 1..).unwrap_or_default()) {
            count = 0;
            continue;
        }
        (start, count) = if is_next { (start, count + 1) } else { (at, 1) };
        if count == A_ROW {
            return Some(start..at + 3);
        }
    }
    None
}

fn is_needless(behind: &[u8]) -> bool {
    let [high, low, ..] = behind else { return false };
    octet(*high, *low).is_some_and(|octet| octet.is_ascii_alphanumeric())
}

type Manner = fn(&[u8]) -> Vec<u8>;

/// The body as readers tidy it up, still to be decoded: one at a time, as each is as long as the body.
pub(super) fn tidied(body: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let manners: [Manner; 3] = [legal, stripped, joined];
    manners.into_iter().map(move |tidy| tidy(body))
}

fn legal(body: &[u8]) -> Vec<u8> {
    let is_legal = |byte: &&u8| (b' '..=b'~').contains(*byte) || matches!(byte, b'\r' | b'\n');
    gathered(body, body.iter().filter(is_legal).copied())
}

fn stripped(body: &[u8]) -> Vec<u8> {
    gathered(body, body.split_inclusive(|byte| *byte == b'\n').flat_map(without_blanks).flatten().copied())
}

fn joined(body: &[u8]) -> Vec<u8> {
    gathered(body, body.iter().filter(|byte| !matches!(byte, b'\r' | b'\n')).copied())
}

/// No longer than the body: to let it grow would take up to three times the memory.
fn gathered(body: &[u8], bytes: impl Iterator<Item = u8>) -> Vec<u8> {
    let mut tidied = Vec::with_capacity(body.len());
    tidied.extend(bytes);
    tidied
}

/// A line without blanks at its beginning, at its end and before its soft break, in pieces.
fn without_blanks(line: &[u8]) -> [&[u8]; 3] {
    let text = line.trim_ascii();
    let (text, soft_break) = text.strip_suffix(b"=").map_or((text, &b""[..]), |text| (text.trim_ascii_end(), b"="));
    let end: &[u8] = if line.ends_with(b"\n") { b"\n" } else { b"" };
    [text, soft_break, end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_escaped_letters_is_needless_and_other_escapes_are_not() {
        let table = [
            ("=41=42=43=44", Some(0..12)),
            ("a=3D=41=42=43=44", Some(4..16)),
            ("=C3=A9=C3=A9=20=20=20=20", None),
            ("=41=42=43\n=44", None),
            ("=46rom =2E =2E", None),
            ("=41=", None),
        ];
        for (body, expected) in table {
            assert_eq!(first_row(body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn a_body_is_tidied_in_three_ways() {
        let [legal, trimmed, joined] = tidied(b" =41\t=42\x12 =\n =43\n").collect::<Vec<_>>().try_into().unwrap();
        assert_eq!(legal, b" =41=42 =\n =43\n");
        assert_eq!(trimmed, b"=41\t=42\x12=\n=43\n");
        assert_eq!(joined, b" =41\t=42\x12 = =43");
    }
}
