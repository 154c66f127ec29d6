//! Header fields as ranges (RFC 5322 section 2.2), without looking at what they say.
//!
//! Owns where a header begins and ends and where its fields lie. It must never unfold or decode: an edit needs the bytes as they
//! are. Lines that are no field and continue none are passed over. Nothing here can fail.

use super::line;
use std::ops::Range;

/// One header field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// From its name to behind its last line end.
    pub whole: Range<usize>,
    /// The name, without white space before the colon.
    pub name: Range<usize>,
    /// All behind the colon, without the last line end.
    pub value: Range<usize>,
}

impl Field {
    /// Whether this is the field `name`, in any case of letters (RFC 5322 section 1.2.2).
    pub fn is_named(&self, bytes: &[u8], name: &str) -> bool {
        bytes.get(self.name.clone()).is_some_and(|own| own.eq_ignore_ascii_case(name.as_bytes()))
    }

    /// Whether it says something of the body: every field of MIME begins with this word (RFC 2045 section 3).
    pub fn is_content(&self, bytes: &[u8]) -> bool {
        let name = bytes.get(self.name.clone()).unwrap_or_default();
        name.get(..8).is_some_and(|start| start.eq_ignore_ascii_case(b"content-"))
    }

    /// The value, folded as it is, without white space at both ends.
    pub fn value<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        bytes.get(self.value.clone()).unwrap_or_default().trim_ascii()
    }
}

/// The fields of one header, in their order.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    bytes: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Fields<'a> {
    /// The fields that lie in `header`.
    pub fn new(bytes: &'a [u8], header: Range<usize>) -> Self {
        Self { bytes, at: header.start, end: header.end.min(bytes.len()) }
    }
}

impl Iterator for Fields<'_> {
    type Item = Field;

    fn next(&mut self) -> Option<Field> {
        let bytes = self.bytes.get(..self.end)?;
        while self.at < self.end {
            let start = self.at;
            self.at = line::next(bytes, start);
            let Some(name) = name_of(line::at(bytes, start)) else { continue };
            while is_continuation(bytes, self.at) {
                self.at = line::next(bytes, self.at);
            }
            let whole = bytes.get(start..self.at)?;
            let colon = memchr::memchr(b':', whole)?;
            let value = start + colon + 1..start + line::without_end(whole).len();
            return Some(Field { name: start..start + name, value: value.start..value.end.max(value.start), whole: start..self.at });
        }
        None
    }
}

/// Where the header that begins at `start` ends: behind its blank line, before a line for which `is_delimiter` holds, or with the
/// bytes.
pub(super) fn header_end(bytes: &[u8], start: usize, is_delimiter: impl Fn(&[u8]) -> bool) -> usize {
    let mut at = start;
    while at < bytes.len() {
        let line = line::at(bytes, at);
        if is_delimiter(line) {
            return at;
        }
        at += line.len();
        if line::without_end(line).is_empty() {
            return at;
        }
    }
    at
}

/// The blank line that ends a header; nothing where it ends without.
pub fn blank_line(header: &[u8]) -> &[u8] {
    let ends: [&[u8]; 2] = [b"\r\n", b"\n"];
    let blank = ends.into_iter().find(|end| header.strip_suffix(*end).is_some_and(|before| before.is_empty() || before.ends_with(b"\n")));
    blank.unwrap_or_default()
}

/// Where the line ends that a Unix mailbox puts before a message; 0 where there is none. It is one only when a field or the blank
/// line comes next, so that a body that begins with "From " has none.
pub(super) fn mailbox_line_end(bytes: &[u8]) -> usize {
    if !bytes.starts_with(b"From ") {
        return 0;
    }
    let end = line::next(bytes, 0);
    let second = line::at(bytes, end);
    let has_header = name_of(second).is_some() || second.first().is_none_or(|byte| matches!(byte, b'\r' | b'\n' | b'>'));
    if has_header { end } else { 0 }
}

/// Whether one of the lines of `header` is a field.
pub(super) fn has_field(header: &[u8]) -> bool {
    Fields::new(header, 0..header.len()).next().is_some()
}

/// Whether `line` is a field, or the fold of one where one stands before it.
pub(super) fn is_field_or_fold(line: &[u8], is_behind_field: bool) -> bool {
    (is_behind_field && is_continuation(line, 0) && !line.trim_ascii().is_empty()) || name_of(line).is_some()
}

/// Whether a header begins at `at`: with a field, or with the mailbox line.
pub(super) fn begins_header(bytes: &[u8], at: usize) -> bool {
    let rest = bytes.get(at..).unwrap_or_default();
    name_of(line::at(rest, 0)).is_some() || mailbox_line_end(rest) > 0
}

/// Length of the name of the field that `line` begins, none if it begins no field (RFC 5322 section 3.6.8: printable, no colon).
fn name_of(line: &[u8]) -> Option<usize> {
    let name = line.get(..memchr::memchr(b':', line)?)?.trim_ascii_end();
    (!name.is_empty() && name.iter().all(u8::is_ascii_graphic)).then_some(name.len())
}

fn is_continuation(bytes: &[u8], at: usize) -> bool {
    let line = line::at(bytes, at);
    // A line of white space alone is read as the end of the header by some, as a fold by others (RFC 5322 section 4.2 obs-FWS).
    line.first().is_some_and(|byte| matches!(byte, b' ' | b'\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_and_values(bytes: &[u8]) -> Vec<(String, String)> {
        let text = |range: &Range<usize>| String::from_utf8_lossy(&bytes[range.clone()]).into_owned();
        Fields::new(bytes, 0..bytes.len()).map(|field| (text(&field.name), text(&field.value))).collect()
    }

    #[test]
    fn fields_come_with_their_folds_and_without_their_line_end() {
        let header = b"A: 1\r\nSubject: x\r\n\ty\r\nB:2\r\n\r\n";
        assert_eq!(names_and_values(header), [("A".into(), " 1".into()), ("Subject".into(), " x\r\n\ty".into()), ("B".into(), "2".into())]);
    }

    #[test]
    fn a_space_before_the_colon_is_not_part_of_the_name() {
        assert_eq!(names_and_values(b"Subject : x\n"), [("Subject".into(), " x".into())]);
    }

    #[test]
    fn lines_that_are_no_field_are_passed_over() {
        assert_eq!(names_and_values(b"From me Mon\n>From x\nno colon\n: empty\nA: b\n"), [("A".into(), " b".into())]);
    }

    #[test]
    fn a_header_ends_behind_its_blank_line_or_before_a_delimiter() {
        assert_eq!(header_end(b"A: b\n\nbody", 0, |_| false), 6);
        assert_eq!(header_end(b"A: b\r\n\r\nbody", 0, |_| false), 8);
        assert_eq!(header_end(b"\nbody", 0, |_| false), 1);
        assert_eq!(header_end(b"A: b\n--x\n", 0, |line| line.starts_with(b"--x")), 5);
        assert_eq!(header_end(b"A: b", 0, |_| false), 4);
        assert_eq!(header_end(b"", 0, |_| false), 0);
    }

    #[test]
    fn the_last_field_may_lack_its_line_end() {
        assert_eq!(names_and_values(b"A: b\nC:"), [("A".into(), " b".into()), ("C".into(), String::new())]);
    }

    #[test]
    fn only_a_first_line_before_a_field_is_the_mailbox_line() {
        assert_eq!(mailbox_line_end(b"From a@b Mon Jan\nA: b\n"), 17);
        assert_eq!(mailbox_line_end(b"From here on\nthere is only text\n"), 0);
        assert_eq!(mailbox_line_end(b"A: b\nFrom x\n"), 0);
    }
}
