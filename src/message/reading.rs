//! The other readings of a part: where else its body may begin, what else it may be, what other encoding it may be under.
//!
//! Owns which of them are plausible, given the body: a boundary that never stands there makes no parts. It must never walk. Nothing
//! here can fail; what is more than the bound is said.

use super::header::Candidates;
use super::{Content, Encoding, Part, delimiter, field, lenient, line};
use memchr::memmem;
use std::ops::Range;

/// Most readings of one part, the first among them.
pub(super) const MOST: usize = 8;

/// Most boundaries that are taken from a body whose header has none that fits.
const MOST_SNIFFED: usize = 4;

/// How delimiters are told from other lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Delimiters {
    /// As RFC 2046 section 5.1.1 has it: a line of its own.
    #[default]
    Exact,
    /// Also behind blanks or a bare CR, and with anything behind it.
    Loose,
    /// Only where nothing stands behind it, not even a blank.
    Tight,
}

/// One way to understand a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// Where the body begins.
    pub body: usize,
    /// Where it ends.
    pub end: usize,
    pub content: Content,
    pub delimiters: Delimiters,
    pub origin: Origin,
}

/// Why there is a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The header says so to some reader.
    Header,
    /// The body begins elsewhere to some reader.
    HeaderEnd,
    /// Only who looks for a header in the body sees it.
    Hidden,
    /// The delimiters are other lines to some reader.
    Delimiter,
    /// A reader does not know that blanks may stand behind a delimiter (RFC 2046 section 5.1.1).
    Padding,
}

/// The readings of a part besides the first, and whether there are more.
pub(super) struct Readings {
    pub list: Vec<Reading>,
    pub has_more: bool,
}

/// The other readings of `part`, whose bytes end at `end`.
/// Of a header no more than `most` bytes are read.
pub(super) fn of(bytes: &[u8], part: &Part, end: usize, default: &str, most: u64) -> Readings {
    let bytes = bytes.get(..end).unwrap_or(bytes);
    let readable = part.header.start.saturating_add(usize::try_from(most).unwrap_or(usize::MAX));
    let mut readings = Readings { list: Vec::new(), has_more: false };
    for (origin, body) in bodies(bytes, part) {
        let candidates = Candidates::of(bytes, part.header.start..body.max(part.header.end).min(readable), default);
        readings.has_more |= candidates.has_more;
        for reading in contents(bytes.get(body..).unwrap_or_default(), &candidates) {
            let reading = Reading { body, end, origin, content: reading.0, delimiters: reading.1 };
            readings.push(part, reading);
        }
    }
    readings
}

impl Readings {
    fn push(&mut self, part: &Part, reading: Reading) {
        let same = |content: &Content| {
            let is_same_leaf = !content.is_container() && content.media_type == reading.content.media_type;
            let is_same_container =
                content.is_container() && content.boundary == reading.content.boundary && reading.content.is_container();
            content.encoding == reading.content.encoding && (is_same_leaf || is_same_container)
        };
        let is_first = part.header.end == reading.body && same(&part.content) && reading.delimiters == Delimiters::Exact;
        if is_first || self.list.iter().any(|other| other.body == reading.body && same(&other.content)) {
            return;
        }
        if self.list.len() + 1 >= MOST {
            self.has_more = true;
            return;
        }
        self.list.push(reading);
    }
}

/// Where the body may begin: where the rules say, at the first line that is neither field nor fold, and behind a header that begins
/// only in the body.
fn bodies(bytes: &[u8], part: &Part) -> Vec<(Origin, usize)> {
    let mut bodies = vec![(Origin::Header, part.header.end)];
    // To Python a name with a blank before its colon is none.
    let ends = [is_name, is_graphic].map(|is_name| early_end(bytes, part.header.clone(), is_name));
    bodies.extend(ends.into_iter().flatten().map(|end| (Origin::HeaderEnd, end)));
    bodies.dedup();
    bodies.extend(late_end(bytes, part).map(|end| (Origin::Hidden, end)));
    bodies
}

/// Where a reader ends the header that stops at the first line that looks empty, or that is neither field nor fold. CR ends a line.
fn early_end(bytes: &[u8], header: Range<usize>, is_name: fn(&[u8]) -> bool) -> Option<usize> {
    let mut at = header.start;
    let mut has_field = false;
    while at < header.end {
        let rest = bytes.get(at..header.end)?;
        let length = memchr::memchr2(b'\r', b'\n', rest).unwrap_or(rest.len());
        let text = rest.get(..length)?;
        let behind = line::behind_any_end(bytes, at + length).min(header.end);
        if text.iter().all(|byte| byte.is_ascii_whitespace() || byte.is_ascii_control()) {
            if has_field {
                return (behind < header.end).then_some(behind);
            }
            at = behind;
            continue;
        }
        let is_field = memchr::memchr(b':', text).is_some_and(|colon| text.get(..colon).is_some_and(is_name));
        let is_fold = matches!(text.first(), Some(b' ' | b'\t'));
        let is_mailbox_line = text.starts_with(b"From ") || text.starts_with(b">From ");
        if !is_field && !is_fold && !is_mailbox_line {
            return Some(at).filter(|_| has_field);
        }
        has_field |= is_field;
        at = behind;
    }
    None
}

fn is_name(name: &[u8]) -> bool {
    is_graphic(name.trim_ascii_end())
}

fn is_graphic(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(u8::is_ascii_graphic)
}

/// Where the header ends whose fields stand at the top of the body, or that a delimiter has cut off.
fn late_end(bytes: &[u8], part: &Part) -> Option<usize> {
    let header = part.header.clone();
    // What a message begins with is its own header.
    if part.content.is_message() {
        return None;
    }
    let at = late_field(bytes, header.clone()).or_else(|| is_cut_off(bytes, header.clone()).then_some(header.end))?;
    Some(field::header_end(bytes, at, |_| false)).filter(|end| *end > header.end)
}

/// Whether readers may disagree on where the header ends, though each of its lines is regular.
pub(super) fn has_late_end(bytes: &[u8], header: Range<usize>) -> bool {
    is_cut_off(bytes, header.clone()) || late_field(bytes, header).is_some()
}

/// Whether a header ends before its blank line: at a delimiter, which some readers look for in bodies only.
fn is_cut_off(bytes: &[u8], header: Range<usize>) -> bool {
    let text = bytes.get(header.clone()).unwrap_or_default();
    !text.is_empty() && field::blank_line(text).is_empty() && header.end < bytes.len()
}

/// A MIME field at the top of a body. Behind a header it is the first line; where there is none, fields may stand before it, and some
/// lines of junk.
fn late_field(bytes: &[u8], header: Range<usize>) -> Option<usize> {
    let has_fields = bytes.get(header.clone()).is_some_and(|text| text.iter().any(u8::is_ascii_alphanumeric));
    // Behind a blank line of another kind than all others the last field may go on.
    let first = line::at(bytes, header.end);
    if has_fields && matches!(first.first(), Some(b' ' | b'\t')) && first.contains(&b'=') {
        return Some(header.end);
    }
    let mut junk = 0;
    let near = header.end..bytes.len().min(header.end + NEAR);
    let text = |line: &Range<usize>| bytes.get(line.clone()).unwrap_or_default();
    for line in lenient::lines(bytes, near).filter(|line| text(line).iter().any(u8::is_ascii_alphanumeric)) {
        if lenient::key_of(text(&line)).is_some() {
            return Some(line.start);
        }
        junk += usize::from(!field::is_field_or_fold(text(&line), true));
        if has_fields || junk > MOST_JUNK {
            return None;
        }
    }
    None
}

/// How far a field is looked for where there is none by the rules.
pub(super) const NEAR: usize = 4096;

/// Most lines that are no fields before one that is.
const MOST_JUNK: usize = 2;

/// Each structure that the body bears out, under each encoding.
fn contents(body: &[u8], candidates: &Candidates) -> Vec<(Content, Delimiters)> {
    let mut all = Vec::new();
    let mut has_parts = false;
    for (index, structure) in candidates.structures.iter().enumerate() {
        let Some(boundary) = &structure.boundary else {
            let is_container = structure.media_type.starts_with("message/");
            all.extend(under_encodings(candidates, index, is_container).map(|content| (content, Delimiters::Exact)));
            continue;
        };
        // Under an encoding the delimiters do not show.
        let is_hidden = candidates.encodings.iter().any(|encoding| encoding.hides());
        let Some(delimiters) = delimiter::kind_in(body, boundary).or(is_hidden.then_some(Delimiters::Exact)) else { continue };
        has_parts = true;
        // Of a boundary whose beginning alone is another one the delimiters begin with that as well.
        if delimiters == Delimiters::Loose && is_beginning_of_other(body, candidates, boundary) {
            continue;
        }
        all.extend(under_encodings(candidates, index, true).map(|content| (content, delimiters)));
    }
    let declares_parts = candidates.multipart.is_some() || candidates.structures.iter().any(|structure| structure.boundary.is_some());
    if !has_parts && declares_parts {
        let sniffed = sniffed_boundaries(body).into_iter().map(|boundary| candidates.container(boundary));
        let fitting = Candidates { structures: sniffed.collect(), ..candidates.clone() };
        let indexes = 0..fitting.structures.len();
        all.extend(
            indexes
                .flat_map(|index| under_encodings(&fitting, index, true).collect::<Vec<_>>())
                .map(|content| (content, Delimiters::Exact)),
        );
    }
    all
}

fn is_beginning_of_other(body: &[u8], candidates: &Candidates, boundary: &[u8]) -> bool {
    let others = candidates.structures.iter().filter_map(|structure| structure.boundary.as_deref());
    let mut longer = others.filter(|other| other.len() > boundary.len() && other.starts_with(boundary));
    longer.any(|other| delimiter::kind_in(body, other) == Some(Delimiters::Exact))
}

/// A container is walked as it is under any encoding: those that hide nothing are one.
fn under_encodings(candidates: &Candidates, structure: usize, is_container: bool) -> impl Iterator<Item = Content> + '_ {
    let hides = candidates.encodings.iter().any(|encoding| encoding.hides());
    let wanted = move |encoding: &Encoding| !is_container || encoding.hides() || !hides;
    let encodings = candidates.encodings.iter().enumerate().filter(move |(_, encoding)| wanted(encoding));
    encodings.map(move |(index, _)| candidates.content(structure, index))
}

/// What stands behind two dashes on a line that a header or a blank line follows.
pub(super) fn sniffed_boundaries(body: &[u8]) -> Vec<Vec<u8>> {
    let mut found: Vec<Vec<u8>> = Vec::new();
    for at in memmem::find_iter(body, b"--") {
        let is_at_line_start = at == 0 || matches!(body.get(at - 1), Some(b'\n' | b'\r' | b' ' | b'\t'));
        if !is_at_line_start || found.len() >= MOST_SNIFFED {
            continue;
        }
        let end = line::next(body, at);
        let text = line::without_end(body.get(at + 2..end).unwrap_or_default()).trim_ascii_end();
        let next = line::without_end(line::at(body, end));
        let has_header = next.is_empty() || lenient::key_of(next).is_some();
        if !text.is_empty() && text.len() <= 200 && has_header && end < body.len() && !found.iter().any(|known| known == text) {
            found.push(text.to_vec());
        }
    }
    found
}

#[cfg(test)]
#[path = "reading_tests.rs"]
mod tests;
