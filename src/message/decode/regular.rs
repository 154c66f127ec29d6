//! Says of a body that every reader decodes it alike, without decoding it.
//!
//! Owns what is regular: base64 and quoted-printable as mail programs write them. It must never call regular what two readers could
//! understand differently; it may call irregular what they all understand. Nothing here can fail.

use super::base64::{Letter, letter};
use super::needless;
use crate::message::line;
use base64_simd::STANDARD_NO_PAD;
use memchr::{memchr, memchr_iter};

/// Longest line that mail may have (RFC 5322 section 2.1.1).
const LONGEST_LINE: usize = 998;

/// How many bytes from the start of a base64 body are full lines of it: lines of one length, a multiple of four, of letters of the
/// alphabet and nothing else. No delimiter is among them.
pub fn regular_prefix(body: &[u8]) -> usize {
    let blank = blank_lines(body);
    let rest = body.get(blank..).unwrap_or_default();
    let first = line::at(rest, 0);
    let text = line::without_end(first).len();
    if !(4..=LONGEST_LINE).contains(&text) || !text.is_multiple_of(4) || text == first.len() {
        return blank;
    }
    let end = first.get(text..).unwrap_or_default();
    let lines = rest.chunks_exact(first.len()).take_while(|line| line.strip_suffix(end).is_some_and(is_alphabet));
    blank + lines.count() * first.len()
}

/// Whether a base64 body is full lines, a last one that may be shorter and alone may end in padding, and nothing behind it. The full
/// ones are the first `full` bytes.
pub(super) fn is_base64(body: &[u8], full: usize) -> bool {
    let width = line::without_end(line::at(body, blank_lines(body))).len();
    let rest = body.get(full..).unwrap_or_default();
    let last = line::without_end(line::at(rest, 0));
    let behind = rest.get(last.len()..).unwrap_or_default();
    let text = last.strip_suffix(b"==").or_else(|| last.strip_suffix(b"=")).unwrap_or(last);
    last.len() <= width.min(LONGEST_LINE) && last.len().is_multiple_of(4) && is_alphabet(text) && blank_lines(behind) == behind.len()
}

fn blank_lines(body: &[u8]) -> usize {
    body.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
}

/// Whether each byte is of the base64 alphabet. 28 MB take 1 ms so, and four times that with eight bytes to a word.
fn is_alphabet(text: &[u8]) -> bool {
    let (groups, rest) = text.as_chunks::<4>();
    // What is no whole group is not given to the library: it also wants that the bits that stand for nothing are zero.
    STANDARD_NO_PAD.check(groups.as_flattened()).is_ok() && rest.iter().all(|byte| matches!(letter(*byte), Letter::Value(_)))
}

/// Whether each `=` of a quoted-printable body begins an escape that is needed or ends a line, and no line has blanks at its end.
pub(super) fn is_quoted_printable(body: &[u8]) -> bool {
    memchr_iter(b'=', body).all(|at| is_escape(body.get(at + 1..).unwrap_or_default()))
        && !has_blanks_at_line_ends(body)
        && bare_return(body).is_none()
        && needless::first_row(body).is_none()
}

/// Whether what stands behind a `=` is two digits or a line end as the RFC has them.
pub(super) fn is_escape(behind: &[u8]) -> bool {
    match behind {
        // The line end before a delimiter belongs to it, so that a soft break may be the last of a body.
        [] | [b'\n', ..] => true,
        // Two line ends of different kinds: a reader may take both for the soft break.
        [b'\r', b'\n', rest @ ..] => !rest.starts_with(b"\n"),
        [high, low, ..] => high.is_ascii_hexdigit() && low.is_ascii_hexdigit(),
        _ => false,
    }
}

/// Where a CR stands that no LF follows.
pub(super) fn bare_return(body: &[u8]) -> Option<usize> {
    memchr_iter(b'\r', body).find(|at| body.get(at + 1).is_some_and(|next| *next != b'\n'))
}

fn has_blanks_at_line_ends(body: &[u8]) -> bool {
    let mut rest = body;
    while let Some(end) = memchr(b'\n', rest) {
        let (line, behind) = rest.split_at(end);
        if ends_with_blank(line.strip_suffix(b"\r").unwrap_or(line)) {
            return true;
        }
        rest = behind.get(1..).unwrap_or_default();
    }
    false
}

fn ends_with_blank(line: &[u8]) -> bool {
    matches!(line.last(), Some(b' ' | b'\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabet_is_known_at_each_place() {
        for byte in 0..=u8::MAX {
            let expected = byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
            for (length, place) in [(4, 3), (8, 0), (8, 7), (12, 9), (20, 11), (20, 19)] {
                let mut text = vec![b'/'; length];
                text[place] = byte;
                assert_eq!(is_alphabet(&text), expected, "{byte} at {place} of {length}");
            }
        }
    }

    #[test]
    fn base64_is_regular_as_mail_programs_write_it() {
        let table: [(&[u8], bool); 22] = [
            (b"", true),
            (b"\r\n", true),
            (b"YWJj", true),
            (b"YWJjZGVm\nYWJjZGVm\n", true),
            (b"YWJjZGVm\r\nYWJjZGVm\r\nYQ==\r\n\r\n", true),
            (b"\nYWJjZGVm\nYWJjZGU=\n", true),
            (b"YWJjZGVm\nYWJj", true),
            (b"YWJj\nYWJjZGVm\n", false),
            (b"YWJj\nYWJj\r\n", true),
            (b"YWJj\r\nYWJj\nYWJj\nYWJj\n", false),
            (b"YWJjZ\nYWJjZ\nYW==\n", false),
            (b"YWJ\njYWJj\n", false),
            (b"YQ==\nYQ==\n", false),
            (b"YQ=\n", false),
            (b"YQ\n", false),
            (b"Y===\n", false),
            (b"YWJj====\n", false),
            (b"YW j\n", false),
            (b"YW-j\n", false),
            (b"YWJjZGVm\nYWJj\nYWJj\n", false),
            (b"YWJj\n\nYWJj\n", false),
            (b"YWJj\n--\n", false),
        ];
        for (body, expected) in table {
            assert_eq!(is_base64(body, regular_prefix(body)), expected, "{}", body.escape_ascii());
        }
    }

    #[test]
    fn the_full_lines_from_the_start_are_counted() {
        let table: [(&[u8], usize); 6] = [
            (b"YWJjZGVm\nYWJjZGVm\n--b\nYWJjZGVm\n", 18),
            (b"\r\nYWJj\r\nYWJj\r\nYQ==\r\n", 14),
            (b"YWJj", 0),
            (b"YWJ\nYWJ\n", 0),
            (b"YWJj\nYW\n", 5),
            (b"", 0),
        ];
        for (body, expected) in table {
            assert_eq!(regular_prefix(body), expected, "{}", body.escape_ascii());
        }
    }

    #[test]
    fn quoted_printable_is_regular_where_nothing_can_be_read_twice() {
        let table: [(&[u8], bool); 15] = [
            (b"a=3Db=\nc=e9\n", true),
            (b"a=\r\nb\r\n", true),
            (b"a=", true),
            (b"a\xe9\x12\tb", true),
            (b"a=\n\nb", true),
            (b"a==3D", false),
            (b"a=zz", false),
            (b"a=3", false),
            (b"a=3\nD", false),
            (b"a= \nb", false),
            (b"a=\rb", false),
            (b"a=\r\r\nb", false),
            (b"a=\r\n\nb", false),
            (b"a \nb", false),
            (b"a\t\r\nb", false),
        ];
        for (body, expected) in table {
            assert_eq!(is_quoted_printable(body), expected, "{}", body.escape_ascii());
        }
    }
}
