//! Tells from a text whether it may hold more than text.
//!
//! Owns the signs: the header of an entity, a delimiter before one, a mailbox line, the first line of an encoded file. It must never
//! decode. Nothing here can fail.

use super::{field, lenient, line};
use std::ops::Range;

/// What a text may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hint {
    /// Whether a file may begin somewhere in it.
    pub is_file: bool,
    /// The first entity in it.
    pub entity: Option<Entity>,
}

/// Where an entity begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entity {
    /// Its header is there.
    Header(usize),
    /// A delimiter with that boundary is there.
    Parts(usize, Vec<u8>),
}

/// The signs in `text`, if there are any.
pub(super) fn first(text: &[u8]) -> Option<Hint> {
    let mut hint = Hint { is_file: is_bare_base64(text), entity: None };
    // The lines that a header may begin with, of those that stand without a gap before the present one.
    let mut header: Option<usize> = None;
    let mut at = 0;
    while at < text.len() {
        let end = line::next(text, at);
        let line = text.get(at..end).unwrap_or_default();
        let first = line.iter().find(|byte| !byte.is_ascii_control());
        match first.map(u8::to_ascii_lowercase) {
            Some(b'c') if hint.entity.is_none() && is_folded_field(text, at..end) => {
                hint.entity = Some(Entity::Header(header.unwrap_or(at)))
            }
            Some(_) if hint.entity.is_none() && holds_return(line) && is_folded_field(text, at..end) => {
                hint.entity = Some(Entity::Header(header.unwrap_or(at)))
            }
            Some(b'-') if hint.entity.is_none() => hint.entity = parts(text, at..end),
            Some(b'b' | b'=' | b'(') => hint.is_file |= is_first_line(line.trim_ascii_start()),
            _ => {}
        }
        header = if field::is_field_or_fold(line, header.is_some()) { header.or(Some(at)) } else { None };
        if hint.is_file && hint.entity.is_some() {
            break;
        }
        at = end;
    }
    (hint.is_file || hint.entity.is_some()).then_some(hint)
}

/// Whether `head` begins like a message or an entity: with fields, a MIME field or one of a mail's own among them.
pub(super) fn begins_entity(head: &[u8]) -> bool {
    const OF_MAIL: [&[u8]; 5] = [b"received:", b"from:", b"return-path:", b"mime-version:", b"message-id:"];
    let mut at = field::mailbox_line_end(head);
    while at < head.len() {
        let line = line::at(head, at);
        let is_of_mail = OF_MAIL.iter().any(|name| line.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name)));
        if is_of_mail || is_mime_field(line) {
            return true;
        }
        if !field::is_field_or_fold(line, true) {
            return false;
        }
        at += line.len();
    }
    false
}

/// Whether a MIME field begins in that line, behind a bare CR perhaps; its value may stand in one of the next.
fn is_folded_field(text: &[u8], line: Range<usize>) -> bool {
    let mut end = line.end;
    for _ in 0..MOST_FOLDS {
        let next = line::at(text, end);
        if !matches!(next.first(), Some(b' ' | b'\t')) {
            break;
        }
        end += next.len();
    }
    let pieces = |bytes: &[u8]| bytes.split(|byte| *byte == b'\r').any(is_mime_field);
    pieces(text.get(line.clone()).unwrap_or_default()) || text.get(line.start..end).is_some_and(is_mime_field)
}

/// Whether a CR stands in the line and not at its end.
fn holds_return(line: &[u8]) -> bool {
    memchr::memchr(b'\r', line::without_end(line)).is_some()
}

/// Folds that are looked at for a value.
const MOST_FOLDS: usize = 3;

/// Whether every reader who takes the line for a field takes it for a MIME field with a value.
fn is_mime_field(line: &[u8]) -> bool {
    let Some((name, value)) = memchr::memchr(b':', line).map(|colon| line.split_at(colon)) else { return false };
    let name = name.trim_ascii_end();
    let is_plain = name.len() < 64 && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    is_plain && lenient::key_of(name).is_some() && value.len() > 1 && value.iter().any(u8::is_ascii_alphanumeric)
}

/// A line that begins with two dashes before one that is a MIME field.
fn parts(text: &[u8], line: Range<usize>) -> Option<Entity> {
    let boundary = line::without_end(text.get(line.clone())?).strip_prefix(b"--")?.trim_ascii_end();
    let next = line::at(text, line.end);
    let is_field = is_mime_field(next) || lenient::key_at_end(line::without_end(next)).is_some();
    let is_delimiter = !boundary.is_empty() && boundary.len() <= 200 && is_field;
    is_delimiter.then(|| Entity::Parts(line.start, boundary.to_vec()))
}

/// Whether a file in the encodings of news and Macintoshes begins in `head`.
pub(super) fn begins_file(head: &[u8]) -> bool {
    head.split_inclusive(|byte| *byte == b'\n').any(is_first_line)
}

/// The first lines of uuencode, yEnc and BinHex.
fn is_first_line(line: &[u8]) -> bool {
    const SIGNS: [&[u8]; 5] = [b"begin ", b"begin-base64 ", b"=ybegin ", b"(this file must be converted", b"(convert with"];
    SIGNS.iter().any(|sign| line.get(..sign.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(sign)))
}

/// Whether nothing but base64 stands there, as readers guess where no encoding is declared.
fn is_bare_base64(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    let is_sign = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'\r' | b'\n');
    text.len() >= 60 && text.iter().all(is_sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_entity_in_a_text_is_told() {
        let parts = |at, boundary: &str| Some(Entity::Parts(at, boundary.into()));
        let table = [
            ("Content-Type: a/b\n\nx", Some(Entity::Header(0))),
            ("text\n\nFrom: a\nSubject: b\nContent-Type: a/b\n", Some(Entity::Header(6))),
            ("text\nContent-Transfer-Encoding: base64\n", Some(Entity::Header(5))),
            ("text\n--b\nContent-Type: a/b\n", parts(5, "b")),
            ("--b\r\nContent-Type: a/b\r\n", parts(0, "b")),
            ("--b\n\ntext\n", None),
            ("-- \nContent-Type: a/b\n", Some(Entity::Header(4))),
            ("the Content-Type: a/b\n", None),
            ("> Content-Type: a/b\n", None),
            ("Content-Type:\n", None),
            ("Content is king: really\n", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(first(text.as_bytes()).and_then(|hint| hint.entity), expected, "{text:?}");
        }
    }

    #[test]
    fn the_first_line_of_a_file_is_told_wherever_it_stands() {
        let table = [
            ("begin 644 a\n", true),
            ("text\nBEGIN 644 a\n", true),
            ("text\nbegin-base64 644 a\n", true),
            ("text\n=ybegin line=1\n", true),
            ("(This file must be converted with BinHex 4.0)\n", true),
            ("Content-Type: a/b\n\nbegin 644 a\n", true),
            ("beginning\n", false),
            (" begin 644 a\n", false),
            ("let us begin 644 a\n", false),
        ];
        for (text, expected) in table {
            assert_eq!(first(text.as_bytes()).is_some_and(|hint| hint.is_file), expected, "{text:?}");
            assert_eq!(begins_file(text.as_bytes()), expected, "{text:?}");
        }
    }

    #[test]
    fn nothing_but_base64_may_be_a_file_if_it_is_long_enough() {
        let is_file = |text: String| first(text.as_bytes()).is_some_and(|hint| hint.is_file);
        assert!(is_file("QUJD".repeat(15)) && is_file(format!("{}\r\n{}==\n", "QUJD".repeat(19), "QUJD".repeat(9))));
        assert!(!is_file("QUJD".repeat(14)) && !is_file(format!("{} x", "QUJD".repeat(15))));
    }

    #[test]
    fn a_mail_is_told_by_its_first_fields() {
        let table = [
            ("Received: x\n", true),
            ("X-A: b\n c\nmessage-id: x\n", true),
            ("From a Mon\nX-A: b\nFrom: c\n", true),
            ("X-A: b\nContent-Type: a/b\n", true),
            ("X-A: b\n\nFrom: c\n", false),
            ("Dear Ann,\nFrom: c\n", false),
            ("{\"From\": 1}", false),
            ("", false),
        ];
        for (head, expected) in table {
            assert_eq!(begins_entity(head.as_bytes()), expected, "{head:?}");
        }
    }
}
