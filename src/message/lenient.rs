//! MIME fields as lenient readers find them in a header, whatever it is made of: bare CR for a line end, NUL, comments and blanks in
//! a name, a colon too many or none, a fold that is a field (RFC 5322 section 4, and what readers do beyond it).
//!
//! Owns what counts as a MIME field there. It must never decide what a value means, and must find every field that the rules see
//! too. Nothing here can fail.

use std::ops::Range;

/// What a MIME field is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// Content-Type.
    Type,
    /// Content-Transfer-Encoding.
    Encoding,
    /// Content-Disposition.
    Disposition,
    /// Content-Location or Content-Description, which readers make names of.
    Label,
}

const KEYS: [(Key, &[u8]); 5] = [
    (Key::Type, b"contenttype"),
    (Key::Encoding, b"contenttransferencoding"),
    (Key::Disposition, b"contentdisposition"),
    (Key::Label, b"contentlocation"),
    (Key::Label, b"contentdescription"),
];

/// A MIME field that some reader may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LenientField {
    pub key: Key,
    /// Where its line begins.
    pub at: usize,
    /// Its value with the folds.
    pub value: Range<usize>,
    /// Whether the rules take its line for the fold of another field.
    pub is_fold: bool,
}

/// Most fields that are told; more is no header of any mail program.
pub(super) const MOST_FIELDS: usize = 64;

/// Every MIME field in `range`, in order; one more than [`MOST_FIELDS`] says that there are more.
pub(super) fn fields(bytes: &[u8], range: Range<usize>) -> Vec<LenientField> {
    let mut found = fields_on(bytes, lines(bytes, range.clone()));
    // To who takes a bare CR for a blank a value may go on behind it.
    for field in fields_on(bytes, lines_by(bytes, range, |rest| memchr::memchr(b'\n', rest))) {
        if !found.contains(&field) && found.len() <= MOST_FIELDS {
            found.push(field);
        }
    }
    found
}

fn fields_on(bytes: &[u8], lines: impl Iterator<Item = Range<usize>>) -> Vec<LenientField> {
    let mut found: Vec<LenientField> = Vec::new();
    for (index, line) in lines.enumerate() {
        let text = bytes.get(line.clone()).unwrap_or_default();
        // There is nothing that the first line could be a fold of.
        let is_fold = index > 0 && text.first().is_some_and(|byte| matches!(byte, b' ' | b'\t'));
        if is_fold && let Some(last) = found.iter_mut().rfind(|last| !last.is_fold && is_adjacent(bytes, last.value.end, line.start)) {
            last.value.end = line.end;
        }
        if !is_fold && found.len() > MOST_FIELDS {
            break;
        }
        // Words in the fold of a text are no field.
        let may_be_field = found.len() <= MOST_FIELDS && (!is_fold || memchr::memchr(b':', text).is_some());
        // ripMIME takes a line that is no field for a fold.
        let last = found.iter().rfind(|last| !last.is_fold && is_next(bytes, last.value.end, line.start)).cloned();
        if let Some(last) = last.filter(|_| !is_fold && !text.contains(&b':') && found.len() <= MOST_FIELDS) {
            found.push(LenientField { value: last.value.start..line.end, ..last });
        }
        if let Some((key, value)) = key_at_end(text).filter(|_| may_be_field) {
            found.push(LenientField { key, at: line.start, value: line.start + value..line.end, is_fold });
        }
    }
    found
}

/// Whether nothing but line ends lies between.
fn is_adjacent(bytes: &[u8], end: usize, start: usize) -> bool {
    bytes.get(end..start).is_some_and(|between| between.iter().all(|byte| matches!(byte, b'\r' | b'\n')))
}

/// Whether one line end lies between.
fn is_next(bytes: &[u8], end: usize, start: usize) -> bool {
    matches!(bytes.get(end..start), Some(b"\n" | b"\r\n" | b"\r"))
}

/// The lines in `range` that hold anything, where CR ends a line as LF does.
pub(super) fn lines(bytes: &[u8], range: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
    lines_by(bytes, range, |rest| memchr::memchr2(b'\r', b'\n', rest))
}

fn lines_by(bytes: &[u8], range: Range<usize>, find: fn(&[u8]) -> Option<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
    let end = range.end.min(bytes.len());
    let mut at = range.start.min(end);
    std::iter::from_fn(move || {
        while at < end {
            let rest = bytes.get(at..end)?;
            let length = find(rest).unwrap_or(rest.len());
            // A CR before the LF belongs to the line end.
            let line = at..at + rest.get(..length)?.strip_suffix(b"\r").map_or(length, <[u8]>::len);
            at += length + 1;
            if !line.is_empty() {
                return Some(line);
            }
        }
        None
    })
}

/// The key of the MIME field that `line` may be, and where its value begins.
pub(super) fn key_of(line: &[u8]) -> Option<(Key, usize)> {
    // Nearly all lines are left here.
    let start = if line.first() == Some(&b'(') { behind_comment(line, 0) % line.len() } else { 0 };
    let letter = line.get(start..)?.iter().find(|byte| byte.is_ascii_alphanumeric() || **byte == b':')?;
    match letter {
        b'c' | b'C' => KEYS.iter().find_map(|(key, name)| Some((*key, behind_name(line, name)?))),
        // A field without a name: what it holds is judged by its value, which may be a type.
        b':' => is_type(line).then(|| (Key::Type, behind_colons(line, 0))),
        _ => None,
    }
}

/// The same, and to ripMIME, where anything may stand before the name.
pub(super) fn key_at_end(line: &[u8]) -> Option<(Key, usize)> {
    key_of(line).or_else(|| key_within(line))
}

fn key_within(line: &[u8]) -> Option<(Key, usize)> {
    const NAMES: [(Key, &[u8]); 3] =
        [(Key::Type, b"content-type"), (Key::Encoding, b"content-transfer-encoding"), (Key::Disposition, b"content-disposition")];
    // A fold belongs to another field.
    if matches!(line.first(), Some(b' ' | b'\t')) {
        return None;
    }
    let colon = memchr::memchr(b':', line.get(..LONGEST_NAME).unwrap_or(line))?;
    let name = line.get(..colon)?.trim_ascii_end();
    let end = |count: usize| name.len().checked_sub(count).and_then(|at| name.get(at..)).unwrap_or_default();
    let (key, _) = NAMES.iter().find(|(_, wanted)| end(wanted.len()).eq_ignore_ascii_case(wanted))?;
    Some((*key, behind_colons(line, colon)))
}

/// No mail program writes a longer name.
const LONGEST_NAME: usize = 128;

/// Whether a nameless line holds a type with parts.
fn is_type(line: &[u8]) -> bool {
    let value = line.get(behind_colons(line, 0)..).unwrap_or_default();
    value.get(..9).is_some_and(|word| word.eq_ignore_ascii_case(b"multipart")) || memchr::memchr(b'/', value).is_some()
}

/// Most signs within a name that are passed over.
const MOST_SIGNS: usize = 16;

/// Where the value begins, if the letters of `line` begin with those of `name`: signs and comments between them do not count.
fn behind_name(line: &[u8], name: &[u8]) -> Option<usize> {
    let (mut at, mut signs) = (0, 0);
    let mut letters = name.iter().peekable();
    while let Some(letter) = letters.peek() {
        let byte = line.get(at)?;
        match byte {
            _ if byte.eq_ignore_ascii_case(letter) => {
                letters.next();
                at += 1;
            }
            b'(' => at = behind_comment(line, at),
            _ if byte.is_ascii_alphanumeric() || signs >= MOST_SIGNS => return None,
            _ => (at, signs) = (at + 1, signs + 1),
        }
    }
    let is_longer = match line.get(at..) {
        Some([b'-', behind, ..]) | Some([behind, ..]) => behind.is_ascii_alphabetic(),
        _ => false,
    };
    if is_longer {
        return None;
    }
    let value = behind_colons(line, at);
    // A name that stands twice.
    let rest = line.get(value..).unwrap_or_default();
    Some(
        rest.get(..name.len() + 1)
            .and_then(|again| behind_name(again, name))
            .map_or(value, |_| behind_colons(line, value + name.len() + 1)),
    )
}

/// Where the next thing stands that is no colon, blank, control or comment.
fn behind_colons(line: &[u8], mut at: usize) -> usize {
    let mut has_colon = false;
    while let Some(byte) = line.get(at) {
        match byte {
            b':' => has_colon = true,
            // Behind the colon a comment is part of the value.
            b'(' if !has_colon && behind_comment(line, at) < line.len() => {
                at = behind_comment(line, at);
                continue;
            }
            b'(' if !has_colon => {}
            _ if byte.is_ascii_whitespace() || byte.is_ascii_control() => {}
            _ => break,
        }
        at += 1;
    }
    at
}

fn behind_comment(line: &[u8], at: usize) -> usize {
    let rest = line.get(at..).unwrap_or_default();
    memchr::memchr(b')', rest).map_or(line.len(), |end| at + end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mime_field_is_found_however_its_name_is_written() {
        let table = [
            ("Content-Type: a/b", Some((Key::Type, "a/b"))),
            ("cOnTeNt-tYpE:a/b", Some((Key::Type, "a/b"))),
            ("Content-Type : a/b", Some((Key::Type, "a/b"))),
            ("Content-Type:: a/b", Some((Key::Type, "a/b"))),
            ("Content-Type a/b", Some((Key::Type, "a/b"))),
            ("Content-Type:Content-Type:a/b", Some((Key::Type, "a/b"))),
            ("Content-Type(meow): a/b", Some((Key::Type, "a/b"))),
            (" Content-Transfer-Encoding: base64", Some((Key::Encoding, "base64"))),
            ("\0Content-Disp\0osition\0: \0x", Some((Key::Disposition, "x"))),
            ("Content-Transfer-Encoding: (c) base64", Some((Key::Encoding, "(c) base64"))),
            (": multipart/mixed", Some((Key::Type, "multipart/mixed"))),
            ("\u{feff}Content-Type: a/b", Some((Key::Type, "a/b"))),
            ("Content-Typed: a/b", None),
            ("Content-Type-X: a/b", None),
            ("X-Content-Type: a/b", None),
            ("Subject: Content-Type: a/b", None),
            ("", None),
        ];
        for (line, expected) in table {
            let told = key_of(line.as_bytes()).map(|(key, value)| (key, line.get(value..).unwrap()));
            assert_eq!(told, expected, "{line:?}");
        }
    }

    fn told(header: &str) -> Vec<(Key, &str)> {
        fields(header.as_bytes(), 0..header.len()).into_iter().map(|field| (field.key, header.get(field.value).unwrap())).collect()
    }

    #[test]
    fn a_fold_belongs_to_its_field_and_may_be_one_itself() {
        let header = "Content-Type: a/b;\r\n x=y\r\n Content-Transfer-Encoding: base64\r\n\r\nbody";
        let folded = "a/b;\r\n x=y\r\n Content-Transfer-Encoding: base64";
        assert_eq!(told(header), [(Key::Type, folded), (Key::Encoding, "base64")]);
    }

    #[test]
    fn a_bare_cr_ends_a_line_or_is_a_blank() {
        let header = "Content-Type: \ra/b\rContent-Disposition: z\n\nbody";
        assert_eq!(
            told(header),
            [(Key::Type, ""), (Key::Type, "\ra/b"), (Key::Disposition, "z"), (Key::Type, "a/b\rContent-Disposition: z")]
        );
    }
}
