//! Finds the lines that delimit parts (RFC 2046 section 5.1.1), by the rules and as lenient readers do.
//!
//! Owns what counts as a delimiter. It must never look at headers, nor at a byte twice. Nothing here can fail.

use super::line;
use super::reading::Delimiters;
use memchr::memmem::{self, Finder};
use std::ops::Range;

/// A part whose end is not known yet.
pub(super) struct Open {
    pub part: usize,
    /// The boundary under which its own parts are still to come.
    pub boundary: Option<Vec<u8>>,
    /// Whether a delimiter of it was found.
    pub is_delimited: bool,
    /// Whether something stands there that only lenient readers take for its delimiter.
    pub has_near: bool,
    /// Whether its delimiter stands within a line too.
    pub stands_within: bool,
    /// Whether blanks stand behind one of its delimiters.
    pub has_padded: bool,
}

impl Open {
    pub(super) fn new(part: usize) -> Self {
        Self { part, boundary: None, is_delimited: false, has_near: false, stands_within: false, has_padded: false }
    }
}

/// A line that delimits a part.
pub(super) struct Delimiter {
    pub line: Range<usize>,
    /// Which of the open parts it belongs to.
    pub level: usize,
    /// Whether no part of that one follows.
    pub is_last: bool,
}

/// Looks for delimiters.
pub(super) struct Search {
    finder: Finder<'static>,
    delimiters: Delimiters,
}

impl Search {
    pub(super) fn new(delimiters: Delimiters) -> Self {
        Self { finder: Finder::new(b"--"), delimiters }
    }

    /// The next delimiter of one of `open` at or behind `from`, where a line begins.
    pub(super) fn next(&self, bytes: &[u8], from: usize, open: &mut [Open]) -> Option<Delimiter> {
        if open.iter().all(|open| open.boundary.is_none()) {
            return None;
        }
        let mut at = from;
        loop {
            let rest = bytes.get(at..)?;
            let start = at + self.finder.find(rest)?;
            let is_line_start = start == 0 || bytes.get(start - 1) == Some(&b'\n');
            if self.delimiters == Delimiters::Loose && (is_line_start || is_behind_blank(bytes, start)) {
                if let Some(delimiter) = loose(bytes, start, open) {
                    return Some(delimiter);
                }
            } else if is_line_start {
                let end = line::next(bytes, start);
                let line = bytes.get(start..end)?;
                let is_padded = is_padded(bytes, start, line);
                let fits = !is_padded || self.delimiters == Delimiters::Exact;
                if let Some((level, is_last)) = level_of(line, open).filter(|_| fits) {
                    if let Some(open) = open.get_mut(level) {
                        open.has_padded |= is_padded;
                    }
                    return Some(Delimiter { line: start..end, level, is_last });
                }
            }
            if is_line_start || is_behind_blank(bytes, start) {
                note_near(bytes.get(start + 2..)?, open);
            } else {
                note_within(bytes.get(start + 2..)?, open);
            }
            at = behind_dashes(bytes, start);
        }
    }

    /// Whether `line` is a delimiter of one of `open`.
    pub(super) fn is_delimiter(&self, line: &[u8], open: &[Open]) -> bool {
        match self.delimiters {
            Delimiters::Exact | Delimiters::Tight => level_of(line, open).is_some(),
            Delimiters::Loose => {
                let text = line.trim_ascii_start().strip_prefix(b"--").unwrap_or_default();
                open.iter().filter_map(|open| open.boundary.as_deref()).any(|boundary| text.starts_with(boundary))
            }
        }
    }
}

/// Whether something stands between the boundary and the line end: also a CR, where lines end without one.
fn is_padded(bytes: &[u8], start: usize, line: &[u8]) -> bool {
    let before = bytes.get(..start).unwrap_or_default();
    let is_odd_end = line.ends_with(b"\r\n") && before.ends_with(b"\n") && !before.ends_with(b"\r\n");
    is_odd_end || line::without_end(line).last().is_some_and(u8::is_ascii_whitespace)
}

/// The open part whose delimiter `line` is, the innermost first (RFC 2046 section 5.1.2).
fn level_of(line: &[u8], open: &[Open]) -> Option<(usize, bool)> {
    let text = line.strip_prefix(b"--")?.trim_ascii_end();
    let found = |text: &[u8]| open.iter().rposition(|open| open.boundary.as_deref() == Some(text));
    found(text).map(|level| (level, false)).or_else(|| Some((found(text.strip_suffix(b"--")?)?, true)))
}

/// The delimiter at `start` for readers to whom what follows the boundary is nothing: of the longest boundary that fits.
fn loose(bytes: &[u8], start: usize, open: &[Open]) -> Option<Delimiter> {
    let text = bytes.get(start + 2..)?;
    let fitting = open.iter().enumerate().filter_map(|(level, open)| Some((level, open.boundary.as_deref()?)));
    let (level, boundary) =
        fitting.filter(|(_, boundary)| text.starts_with(boundary)).max_by_key(|(level, boundary)| (boundary.len(), *level))?;
    let behind = text.get(boundary.len()..).unwrap_or_default();
    let is_last = behind.starts_with(b"--");
    let length = memchr::memchr2(b'\r', b'\n', behind).unwrap_or(behind.len());
    let end = line::behind_any_end(bytes, start + 2 + boundary.len() + length);
    Some(Delimiter { line: start..end, level, is_last })
}

/// Says of the open parts whose boundary `text` begins with that lenient readers see a delimiter.
fn note_near(text: &[u8], open: &mut [Open]) {
    let fits = |open: &&mut Open| !open.has_near && open.boundary.as_deref().is_some_and(|boundary| text.starts_with(boundary));
    if let Some(open) = open.iter_mut().rev().find(fits) {
        open.has_near = true;
    }
}

/// Says of the open parts whose boundary `text` begins with that it stands within a line, where a reader may look for it too.
fn note_within(text: &[u8], open: &mut [Open]) {
    let fits = |open: &&mut Open| open.boundary.as_deref().is_some_and(|boundary| text.starts_with(boundary));
    if let Some(open) = open.iter_mut().rev().find(fits) {
        open.stands_within = true;
    }
}

/// Whether before `at` stands what a lenient reader passes over at the beginning of a line, or takes for the end of one.
fn is_behind_blank(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    if !matches!(before, Some(b' ' | b'\t' | b'\r' | 0x0b | 0x0c | 0 | b',')) {
        return false;
    }
    // Not far: a line of blanks is looked at once for each delimiter in it.
    let least = at.saturating_sub(16);
    let blanks = bytes.get(least..at).unwrap_or_default();
    let behind_line = blanks.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(0, |end| end + 1);
    let is_line = least == 0 || behind_line > 0;
    is_line
        && blanks.get(behind_line..).is_some_and(|blanks| blanks.iter().all(|byte| matches!(byte, b' ' | b'\t' | 0x0b | 0x0c | 0 | b',')))
}

/// A row of dashes is passed at once.
fn behind_dashes(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    start + rest.iter().position(|byte| *byte != b'-').unwrap_or(rest.len())
}

/// How the delimiters of `boundary` stand in `body`, if they do.
pub(super) fn kind_in(body: &[u8], boundary: &[u8]) -> Option<Delimiters> {
    let delimiter = [b"--", boundary].concat();
    let mut loose = None;
    for at in memmem::find_iter(body, &delimiter) {
        let is_line_start = at == 0 || body.get(at - 1) == Some(&b'\n');
        let rest = body.get(at + delimiter.len()..).unwrap_or_default();
        let behind = line::without_end(line::at(rest, 0)).trim_ascii_end();
        if is_line_start && (behind.is_empty() || behind == b"--") {
            return Some(Delimiters::Exact);
        }
        if is_line_start || is_behind_blank(body, at) {
            loose = Some(Delimiters::Loose);
        }
    }
    loose
}

#[cfg(test)]
#[path = "delimiter_tests.rs"]
mod tests;
