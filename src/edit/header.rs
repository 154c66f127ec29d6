//! Cleans the header of a part that is written anew: what is left is no word about the body, and to every reader the same fields.
//!
//! Owns which bytes of a header go. It must never touch a field that is regular: From, Received and their like keep every byte. A
//! field that is not loses what readers differ on, byte by byte, so that a mark can still be put into it. Nothing here can fail; of a
//! header with more of that than any mail program writes the rest is cut off.

use super::Edit;
use crate::message::{Field, Fields, LineEnd, without_end};
use std::ops::Range;

/// Most edits in one header: each costs more memory than the bytes that it is about.
const MOST: usize = 1000;

/// What cleans a header.
pub(super) struct Cleaned {
    /// The edits, in order, all of them before `end`.
    pub edits: Vec<Edit>,
    /// Where the last field that stays ends; behind it everything goes.
    pub end: usize,
}

/// What cleans the header that lies in `range` of `bytes`, whose lines are to end in `end`.
pub(super) fn clean(bytes: &[u8], range: Range<usize>, end: LineEnd) -> Cleaned {
    let mut cleaned = Cleaned { edits: Vec::new(), end: range.start };
    for field in Fields::new(bytes, range).filter(|field| !is_about_body(bytes.get(field.name.clone()).unwrap_or_default())) {
        let blemishes = blemishes(bytes, &field, end);
        // The bytes end behind its colon, and there is no byte for [`end_line`] to go by.
        if field.value.start == field.whole.end {
            break;
        }
        if cleaned.edits.len() + blemishes.len() > MOST {
            break;
        }
        if cleaned.end < field.whole.start {
            cleaned.edits.push(Edit { range: cleaned.end..field.whole.start, with: Vec::new() });
        }
        cleaned.edits.extend(blemishes);
        cleaned.end = field.whole.end;
    }
    cleaned
}

/// Whether a lenient reader may take `name` for a field of MIME, or for a delimiter.
pub(super) fn is_about_body(name: &[u8]) -> bool {
    let letters: Vec<u8> = name.iter().filter(|byte| byte.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect();
    let has = |word: &[u8]| memchr::memmem::find(&letters, word).is_some();
    name.starts_with(b"--") || has(b"content") || has(b"mimeversion")
}

/// The edits that make a field regular; none for one that is. There are at most some more than [`MOST`].
fn blemishes(bytes: &[u8], field: &Field, end: LineEnd) -> Vec<Edit> {
    let mut edits = Vec::new();
    let colon = field.value.start.saturating_sub(1);
    if field.name.end < colon {
        // Python's email ends the header at a blank before a colon.
        edits.push(Edit { range: field.name.end..colon, with: Vec::new() });
    }
    let mut at = field.whole.start;
    let mut kept_end = at;
    let whole = bytes.get(field.whole.clone()).unwrap_or_default();
    for line in whole.split_inclusive(|byte| *byte == b'\n') {
        let (start, text) = (at, without_end(line));
        at += line.len();
        if start > field.whole.start && text.iter().all(|byte| is_blank(*byte)) {
            // To some readers such a line ends the header (RFC 5322 section 4.2).
            edits.push(Edit { range: start..at, with: Vec::new() });
        } else {
            if start > field.whole.start && looks_like_field(text) {
                let words = start + text.len() - trim_start(text).len();
                edits.retain(|edit| edit.range.start < kept_end);
                edits.push(Edit { range: kept_end..words, with: b" ".to_vec() });
                push_controls(&mut edits, bytes, words..start + text.len());
            } else {
                push_controls(&mut edits, bytes, start..start + text.len());
            }
            kept_end = start + text.len();
            end_line(&mut edits, bytes, kept_end..at, end);
        }
        if edits.len() > MOST {
            break;
        }
    }
    edits
}

/// Whether a reader who takes blanks off may see a field of MIME in a line that continues another.
pub(super) fn looks_like_field(text: &[u8]) -> bool {
    let text = trim_start(text);
    let end = text.iter().position(|byte| is_blank(*byte) || *byte == b':').unwrap_or(text.len());
    let (word, behind) = text.split_at(end);
    is_about_body(word) && trim_start(behind).starts_with(b":")
}

fn trim_start(text: &[u8]) -> &[u8] {
    text.get(text.iter().take_while(|byte| is_blank(**byte)).count()..).unwrap_or_default()
}

/// Controls give way to a blank: a bare CR, a form feed and others end a line to some reader, a NUL ends a text.
fn push_controls(edits: &mut Vec<Edit>, bytes: &[u8], range: Range<usize>) {
    let text = bytes.get(range.clone()).unwrap_or_default();
    let mut at = range.start;
    for run in text.chunk_by(|one, other| is_control(*one) == is_control(*other)) {
        if run.first().copied().is_some_and(is_control) && edits.len() <= MOST {
            edits.push(Edit { range: at..at + run.len(), with: b" ".to_vec() });
        }
        at += run.len();
    }
}

/// Gives a line that ends in `old` the line end `end`: one of another kind is none to some reader.
fn end_line(edits: &mut Vec<Edit>, bytes: &[u8], old: Range<usize>, end: LineEnd) {
    if !old.is_empty() {
        if bytes.get(old.clone()) != Some(end.bytes()) {
            edits.push(Edit { range: old, with: end.bytes().to_vec() });
        }
        return;
    }
    // The header ends with the bytes. No insertion, which would stay where another edit takes the field out.
    let last = old.start.saturating_sub(1)..old.start;
    match edits.last_mut().filter(|edit| edit.range.end == last.end) {
        Some(edit) => edit.with.extend_from_slice(end.bytes()),
        None => edits.push(Edit { with: [bytes.get(last.clone()).unwrap_or_default(), end.bytes()].concat(), range: last }),
    }
}

fn is_control(byte: u8) -> bool {
    byte.is_ascii_control() && byte != b'\t'
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t' || is_control(byte)
}

#[cfg(test)]
mod tests {
    use super::super::Edits;
    use super::*;

    fn cleaned(header: &str) -> String {
        let Cleaned { edits, end } = clean(header.as_bytes(), 0..header.len(), LineEnd::Lf);
        let kept = header.get(..end).unwrap();
        String::from_utf8(Edits::new(edits, kept.len()).apply(kept.as_bytes())).unwrap()
    }

    #[test]
    fn regular_fields_stay_and_what_may_be_read_as_mime_goes() {
        let table = [
            ("From: a@b\nSubject: x\n\tfolded\n\n", "From: a@b\nSubject: x\n\tfolded\n"),
            ("A: b\nContent-Type: a/b;\n x=y\nC: d\n\n", "A: b\nC: d\n"),
            ("cOnTeNt-tYpE : a/b\nContent-Type(c): a/b\nContentType: a/b\nContent-Typ\u{e9}: x\nA: b\n", "A: b\n"),
            ("MIME-Version: 1.0\nMime_Version: 1\nA: b", "A: b\n"),
            ("A: b\0", "A: b \n"),
            ("A: b\n \0", "A: b\n"),
            ("A: b\nC:", "A: b\n"),
            ("A: b\n c\n Content-Type: x\n", "A: b\n c Content-Type: x\n"),
            ("A: b\n cContent-Type d\n Content-Type : x\n", "A: b\n cContent-Type d Content-Type : x\n"),
            ("junk\n Content-Type: a/b\nA: b\n: x\n>From c\nD: e\n\n", "A: b\nD: e\n"),
            ("A : b\nC\t: d\n", "A: b\nC: d\n"),
            ("A:\r Content-Type: a/b\n", "A:  Content-Type: a/b\n"),
            ("A: b\rContent-Type: a/b\0c\x0b\x0c\n", "A: b Content-Type: a/b c \n"),
            ("A: b\r\r\nC: d\r\n\r\n", "A: b \nC: d\n"),
            ("A: b\n \t\n c\n\x20\n", "A: b\n c\n"),
            ("A: b\n \n Content-Type: a/b\nC: d\n", "A: b Content-Type: a/b\nC: d\n"),
            ("A: b\n \x01Content-Type: a/b\x02\n c\n", "A: b Content-Type: a/b \n c\n"),
            ("--b :\x01x\nA: b\n", "A: b\n"),
            ("\n", ""),
        ];
        for (header, expected) in table {
            assert_eq!(cleaned(header), expected, "{header:?}");
            assert_eq!(cleaned(expected), expected, "{expected:?}");
        }
    }

    #[test]
    fn a_header_full_of_controls_ends_where_they_are_too_many() {
        let header = format!("A: b\nC: {}\nD: e\n", "x\0".repeat(MOST + 1));
        assert_eq!(cleaned(&header), "A: b\n");
        let header = format!("A: b\n{}", "C: x\0\n".repeat(MOST + 9));
        assert_eq!(cleaned(&header), format!("A: b\n{}", "C: x \n".repeat(MOST)));
    }
}
