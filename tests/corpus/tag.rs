//! Takes mailward's marks out of a message again, by looking at the bytes alone: what is left must be the message that came in.
use crate::field::{begins, header_length, header_lines, is_fold};

const NAME: &[u8] = b"X-Mailward: ";

/// Fields that MTAs put on top, and that may stand before ours.
const ON_TOP: [&str; 3] = ["Return-Path", "X-Original-To", "Delivered-To"];

/// The words before the subject that are the default, by class.
const MARKS: [(&str, &str); 6] = [
    ("infected", "{Virus?}"),
    ("banned", "{Content?}"),
    ("active", "{Disarmed}"),
    ("phishing", "{Fraud?}"),
    ("spam", "{Spam?}"),
    ("unscanned", "{Unscanned}"),
];

/// A message with our field.
pub(crate) struct Tagged<'a> {
    bytes: &'a [u8],
    start: usize,
    end: usize,
}

impl<'a> Tagged<'a> {
    /// Finds the one field of ours, which must stand where readers look for it.
    pub(crate) fn find(bytes: &'a [u8]) -> Result<Self, String> {
        let mut at = 0;
        let mut found = None;
        let mut is_on_top = true;
        for line in header_lines(bytes) {
            if line.starts_with(NAME) {
                if found.replace(Self { bytes, start: at, end: at + line.len() }).is_some() {
                    return Err("two fields of ours".to_owned());
                }
                if !is_on_top {
                    return Err(format!("our field stands at {at}, below fields that are not the MTA's"));
                }
            }
            let is_mbox = at == 0 && line.starts_with(b"From ");
            is_on_top &= is_mbox || is_fold(line) || ON_TOP.iter().any(|name| begins(line, name));
            at += line.len();
        }
        found.ok_or_else(|| "no field of ours".to_owned())
    }

    /// The class that our field names.
    pub(crate) fn class(&self) -> &'a str {
        let value = self.bytes[self.start + NAME.len()..self.end].trim_ascii_end();
        std::str::from_utf8(value).unwrap().split(';').next().unwrap()
    }

    /// The message with another field in the place of ours, as a sender would forge it. No blank stands before its colon: some readers
    /// end the header there, which makes it another message.
    pub(crate) fn forged(&self) -> Vec<u8> {
        let end: &[u8] = if self.bytes[..self.end].ends_with(b"\r\n") { b"\r\n" } else { b"\n" };
        let forged = [b"x-mailward: infected; forged".as_slice(), end, b"\tby=\"somebody\"", end].concat();
        [&self.bytes[..self.start], &forged, &self.bytes[self.end..]].concat()
    }

    /// Whether the message without our marks is `original`.
    pub(crate) fn is_made_of(&self, original: &[u8]) -> Result<(), String> {
        let rest = &self.bytes[self.end..];
        let before = &self.bytes[..self.start];
        let is_same = |before: &[u8], rest: &[u8]| [before, rest].concat() == original;
        if is_same(before, rest) || self.is_marked_version_of(original) {
            return Ok(());
        }
        // A message without any field gets a blank line behind ours, or its first line would become a field.
        if header_length(original) == 0 || !has_field(original) {
            let without_blank = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
            if is_same(before, without_blank) || is_same(&before[..before.len() - line_end(before)], rest) {
                return Ok(());
            }
        }
        Err("it is not the message that came in with marks".to_owned())
    }

    /// Whether the message without our field is `original` but for the word of the class before each subject, or in a subject of its own.
    fn is_marked_version_of(&self, original: &[u8]) -> bool {
        let Some((_, mark)) = MARKS.iter().find(|(class, _)| *class == self.class()) else { return false };
        let rest = &self.bytes[self.end..];
        let own_subject = [b"Subject: ", mark.as_bytes()].concat();
        if let Some(after) = rest.strip_prefix(own_subject.as_slice()) {
            let after = &after[after.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1)..];
            if [&self.bytes[..self.start], after].concat() == original {
                return true;
            }
        }
        let mut marked = [&self.bytes[..self.start], rest].concat();
        while let Some(clean) = without_first_mark(&marked, original, mark) {
            marked = clean;
        }
        marked == original
    }
}

/// `marked` without the mark that makes its first difference to `original`, if that is one: the word and a blank or two in a subject.
fn without_first_mark(marked: &[u8], original: &[u8], mark: &str) -> Option<Vec<u8>> {
    let same = marked.iter().zip(original).take_while(|(one, other)| one == other).count();
    let line = marked[..same].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    if same == marked.len().max(original.len()) || same >= header_length(original) || !begins(&marked[line..], "Subject") {
        return None;
    }
    // The end of what stood there before may look like the beginning of the mark, so the mark may begin before the difference.
    let lengths = [mark.len() + 2, mark.len() + 1];
    let places = (line..=same).rev().flat_map(|start| lengths.map(|length| start..start + length));
    // A line end behind it is none of its blanks.
    let is_mark = |place: &std::ops::Range<usize>| {
        let text = marked.get(place.clone()).map(String::from_utf8_lossy).unwrap_or_default();
        text.trim_matches(' ') == mark
    };
    let without = |place: std::ops::Range<usize>| [&marked[..place.start], &marked[place.end..]].concat();
    places.filter(is_mark).map(without).find(|clean| clean[..same.min(clean.len())] == original[..same.min(clean.len())])
}

/// Whether any line of the header is a field.
fn has_field(message: &[u8]) -> bool {
    let is_name = |name: &[u8]| !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    header_lines(message)
        .any(|line| line.iter().position(|byte| *byte == b':').is_some_and(|colon| is_name(line[..colon].trim_ascii_end())))
}

fn line_end(bytes: &[u8]) -> usize {
    if bytes.ends_with(b"\r\n") { 2 } else { usize::from(bytes.ends_with(b"\n")) }
}
