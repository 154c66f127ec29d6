//! What does not belong into a base64 body, and where it stands.
//!
//! Owns the words for it. It must never decode. Nothing here can fail.

use super::Flaw;
use super::base64::{Letter, letter};
use crate::message::line;
use memchr::memmem;
use std::ops::Range;

/// What is irregular in a body, each with the line in which it stands first.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// A byte of no alphabet.
    pub junk: Option<Range<usize>>,
    /// Whether `-` or `_` is among them.
    pub has_url_letters: bool,
    /// A letter behind a `=`.
    pub data_behind_padding: Option<Range<usize>>,
    /// A line, not the last, that is no multiple of four.
    pub odd_line: Option<Range<usize>>,
    /// What stands between the lines of uuencode -m.
    pub wrapped: Option<Range<usize>>,
    /// What stands behind a blank line that comes after letters that fill no group.
    pub behind_first_paragraph: Option<Range<usize>>,
    /// Padding that is missing, or too much of it.
    wrong_padding: Option<Range<usize>>,
    /// Blanks between letters, a line longer or shorter than the others: all readers pass over it.
    spacing: Option<Range<usize>>,
}

impl Survey {
    pub(super) fn of(body: &[u8]) -> Self {
        let mut survey = Self { wrapped: wrapped(body), ..Self::default() };
        let mut walk = Walk::default();
        let mut at = 0;
        for line in body.split_inclusive(|byte| *byte == b'\n') {
            survey.note(&mut walk, line, at..at + line.len(), body.len());
            at += line.len();
        }
        survey.note_end(&walk);
        survey
    }

    /// The one that matters most.
    pub(super) fn flaw(&self) -> Option<Flaw> {
        let flaws = [
            (&self.wrapped, "base64 in uuencode lines", false),
            (&self.data_behind_padding, "data behind the padding", false),
            (&self.junk, "characters of no alphabet", false),
            (&self.behind_first_paragraph, "a blank line within a group of four", false),
            (&self.odd_line, "a line that is no multiple of four", true),
            (&self.wrong_padding, "wrong padding", true),
            (&self.spacing, "irregular lines", true),
        ];
        flaws.into_iter().find_map(|(range, what, is_common)| Some(Flaw { what, is_common, range: range.clone()? }))
    }

    fn note(&mut self, walk: &mut Walk, line: &[u8], range: Range<usize>, end: usize) {
        let is_behind = walk.is_behind_padding;
        let count = walk.count(line);
        self.has_url_letters |= count.has_url_letters;
        set(&mut self.junk, count.junk > 0, &range);
        set(&mut self.data_behind_padding, count.has_data_behind_padding || (is_behind && count.values > 0), &range);
        if count.values > 0 {
            let odd = walk.odd.take();
            set(&mut self.odd_line, odd.is_some(), odd.as_ref().unwrap_or(&range));
            walk.odd = (!(count.values + count.padding).is_multiple_of(4)).then(|| range.clone());
            walk.last = range;
        } else if line.trim_ascii().is_empty()
            && !walk.values.is_multiple_of(4)
            && walk.padding == 0
            && self.behind_first_paragraph.is_none()
        {
            self.behind_first_paragraph = Some(range.end..end);
        }
    }

    fn note_end(&mut self, walk: &Walk) {
        let is_padded = walk.padding == (4 - walk.values % 4) % 4;
        set(&mut self.wrong_padding, self.data_behind_padding.is_none() && !is_padded, &walk.last);
        // The blank line behind the last letters separates nothing.
        self.behind_first_paragraph = self.behind_first_paragraph.take().filter(|behind| behind.start <= walk.last.start);
        set(&mut self.spacing, true, &walk.last);
    }
}

fn set(slot: &mut Option<Range<usize>>, is_so: bool, range: &Range<usize>) {
    if is_so && slot.is_none() {
        *slot = Some(range.clone());
    }
}

/// What has been counted so far.
#[derive(Default)]
struct Walk {
    is_behind_padding: bool,
    values: usize,
    padding: usize,
    /// The last line with letters, if it is no multiple of four.
    odd: Option<Range<usize>>,
    /// The last line with letters.
    last: Range<usize>,
}

/// What stands in one line.
#[derive(Default)]
struct Count {
    values: usize,
    padding: usize,
    junk: usize,
    has_url_letters: bool,
    has_data_behind_padding: bool,
}

impl Walk {
    fn count(&mut self, line: &[u8]) -> Count {
        let mut count = Count::default();
        for &byte in line {
            match letter(byte) {
                Letter::Value(_) => {
                    count.values += 1;
                    count.has_data_behind_padding |= self.is_behind_padding;
                }
                Letter::Padding => {
                    count.padding += 1;
                    self.is_behind_padding = true;
                }
                Letter::Junk => {
                    count.junk += 1;
                    count.has_url_letters |= matches!(byte, b'-' | b'_');
                }
                Letter::Blank => {}
            }
        }
        self.values += count.values;
        self.padding += count.padding;
        count
    }
}

/// What stands between `begin-base64 644 name` and `====`.
fn wrapped(body: &[u8]) -> Option<Range<usize>> {
    let blank = body.len() - body.trim_ascii_start().len();
    let first = line::at(body, blank);
    first.starts_with(b"begin-base64").then(|| {
        let start = blank + first.len();
        let length = memmem::find(body.get(start..).unwrap_or_default(), b"\n====");
        start..length.map_or(body.len(), |length| start + length)
    })
}
