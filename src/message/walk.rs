//! Walks from delimiter to delimiter (RFC 2046 section 5.1.1): one pass over the bytes of one layer, without recursion.
//!
//! Owns the stack of open parts. Every depth and count is bounded before anything is read, so that neither time nor memory grow
//! faster than the message: mail-parser, given 100,000 messages inside each other, overflows the stack. It must never decode a leaf,
//! nor try a second reading: what wants one is noted as a task. Nothing here fails; a bound that is reached is a doubt.

use super::delimiter::{self, Delimiter, Open, Search};
use super::found::{Found, Gap, TEXT, Task};
use super::header::{self, Header};
use super::reading::{self, Delimiters};
use super::{Construct, Content, DoubtKind, Encoding, Part, decode, field, lenient, line};
use std::ops::Range;

/// What comes next at a position.
enum Step {
    Part { at: usize, default: &'static str },
    Delimiter { from: usize },
    End,
}

/// One walk over one layer.
pub(super) struct Walk<'a, 'b, 'c> {
    bytes: &'a [u8],
    layer: usize,
    above: Option<usize>,
    open: Vec<Open>,
    found: &'c mut Found<'b>,
    search: Search,
    /// The part whose last delimiter was seen, and where what follows it begins.
    epilogue: Option<(usize, usize)>,
}

impl<'a, 'b, 'c> Walk<'a, 'b, 'c> {
    /// A walk over `bytes`, which may be the beginning of `layer`; what it finds lies in the part `above`.
    pub(super) fn new(bytes: &'a [u8], layer: usize, above: Option<usize>, found: &'c mut Found<'b>) -> Self {
        Self { bytes, layer, above, open: Vec::new(), found, search: Search::new(Delimiters::Exact), epilogue: None }
    }

    pub(super) fn telling(mut self, delimiters: Delimiters) -> Self {
        self.search = Search::new(delimiters);
        self
    }

    /// Walks from the header that begins at `at`.
    pub(super) fn run(mut self, at: usize, default: &'static str) {
        self.follow(Step::Part { at, default });
    }

    /// Walks the body of `container`, whose header does not stand in these bytes, from `from`.
    pub(super) fn run_inside(mut self, container: usize, from: usize) {
        let boundary = self.found.parts.get(container).and_then(|part| part.content.boundary.clone());
        self.open.push(Open { boundary, ..Open::new(container) });
        self.follow(Step::Delimiter { from });
    }

    /// Walks the part `index`, whose header is read.
    pub(super) fn run_part(mut self, index: usize) {
        self.open.push(Open::new(index));
        let next = self.descend(index);
        self.follow(next);
    }

    fn follow(&mut self, mut next: Step) {
        loop {
            next = match next {
                Step::Part { at, default } => self.open_part(at, default),
                Step::Delimiter { from } => self.pass_delimiter(from),
                Step::End => break,
            };
        }
        self.end_epilogue(self.bytes.len());
        self.close_to(0, self.bytes.len());
    }

    /// Reads the header at `at` and opens the part that it describes.
    fn open_part(&mut self, at: usize, default: &'static str) -> Step {
        let holder = self.open.last().map(|open| open.part).or(self.above);
        if !self.found.has_room() {
            self.found.doubt(holder.unwrap_or_default(), DoubtKind::Limit("limits.parts"), at..self.bytes.len());
            return Step::End;
        }
        let index = self.found.parts.len();
        let part = self.describe(index, holder, at, default);
        let (body, has_body) = (part.body.start, ends_with_blank_line(self.bytes.get(part.header.clone()).unwrap_or_default()));
        self.found.parts.push(part);
        self.open.push(Open::new(index));
        // A header that no blank line ends has no body behind it.
        if has_body { self.descend(index) } else { Step::Delimiter { from: body } }
    }

    fn describe(&mut self, index: usize, holder: Option<usize>, at: usize, default: &'static str) -> Part {
        let header = self.header_range(at);
        let readable = at..header.end.min(at.saturating_add(self.found.header_limit()));
        let Header { mut content, is_regular, has_more, boundaries } = header::read(self.bytes, readable.clone(), default);
        self.found.spend_header(if is_regular { header::content_size(self.bytes, readable.clone()) } else { readable.len() });
        if content.boundary.is_some() && boundaries.len() > 1 {
            content.boundary = self.fitting(boundaries, header.end).or(content.boundary);
        }
        let is_message = content.is_message();
        let part = self.found.part_in(holder, self.layer, header.clone(), content);
        if readable.end < header.end {
            self.found.doubt_in(&part, index, DoubtKind::Limit("limits.header_size"), header.clone());
        }
        if !is_regular || (!is_message && reading::has_late_end(self.bytes, header.clone())) {
            self.found.tasks.push(Task::Readings { part: index, default });
            self.found.irregular.extend((!is_regular).then_some(index));
            for (field, range) in header::contradictions(self.bytes, readable) {
                let kind = if field == header::DISPOSITION { DoubtKind::soft } else { DoubtKind::hard };
                self.found.doubt_in(&part, index, kind(Construct::Twice(field)), range);
            }
        }
        if has_more {
            self.found.doubt_in(&part, index, DoubtKind::hard(Construct::LongField), header);
        }
        part
    }

    /// The first of `boundaries` whose delimiter stands behind `from`: of several readings the one that shows parts is the first.
    fn fitting(&mut self, boundaries: Vec<Vec<u8>>, from: usize) -> Option<Vec<u8>> {
        let rest = self.bytes.get(from..).unwrap_or_default();
        let is_fitting = |boundary: &Vec<u8>| delimiter::kind_in(rest, boundary) == Some(Delimiters::Exact);
        let has_means = self.found.spend(rest.len() / 4);
        boundaries.into_iter().find(|boundary| has_means && is_fitting(boundary))
    }

    /// The header that begins at `at`. Lines without any field among them are no header but a body, as readers show them.
    fn header_range(&self, at: usize) -> Range<usize> {
        let end = field::header_end(self.bytes, at, |line| self.search.is_delimiter(line, &self.open));
        let header = self.bytes.get(at..end).unwrap_or_default();
        let is_lenient = || !lenient::fields(self.bytes, at..end.min(at + reading::NEAR)).is_empty();
        let is_header = field::blank_line(header).len() == header.len() || field::has_field(header) || is_lenient();
        if is_header { at..end } else { at..at }
    }

    /// Goes into a container, or past a leaf.
    fn descend(&mut self, index: usize) -> Step {
        let Some(Part { content, depth, body, .. }) = self.found.parts.get(index) else { return Step::End };
        let (body, depth, encoding, is_message) = (body.start, *depth, content.encoding, content.is_message());
        if !content.is_message() && content.boundary.is_none() {
            let length = self.without_dashes(content, body);
            if length > 0 {
                self.found.regular.insert(index, length);
            }
            return Step::Delimiter { from: body + length };
        }
        let boundary = content.boundary.clone();
        if depth + 1 > self.found.bounds.nesting {
            self.found.doubt(index, DoubtKind::Limit("limits.nesting"), body..self.bytes.len());
            return Step::Delimiter { from: body };
        }
        // RFC 2045 section 6.4 forbids an encoding here. Some readers decode all the same, others do not: both readings are walked.
        if encoding.hides() {
            self.found.tasks.push(Task::Decode { part: index });
        }
        if is_message {
            let is_plain = !encoding.hides() || field::begins_header(self.bytes, body);
            return if is_plain { Step::Part { at: body, default: TEXT } } else { Step::Delimiter { from: body } };
        }
        if let Some(open) = self.open.last_mut() {
            open.boundary = boundary;
        }
        Step::Delimiter { from: body }
    }

    /// How much of a leaf can hold no delimiter, as no base64 has a dash.
    fn without_dashes(&self, content: &Content, body: usize) -> usize {
        if content.encoding != Encoding::Base64 {
            return 0;
        }
        decode::regular_prefix(self.bytes.get(body..).unwrap_or_default())
    }

    /// Goes to the next delimiter of an open part, and closes what ends there.
    fn pass_delimiter(&mut self, from: usize) -> Step {
        let Some(Delimiter { line, level, is_last }) = self.search.next(self.bytes, from, &mut self.open) else { return Step::End };
        let end = self.end_before(line.start);
        self.end_epilogue(end);
        self.close_to(level + 1, end);
        let Some(open) = self.open.last_mut() else { return Step::End };
        let holder = open.part;
        let is_first = !std::mem::replace(&mut open.is_delimited, true);
        if is_last {
            open.boundary = None;
        }
        self.found.delimited.insert(holder);
        if is_first {
            let start = self.found.parts.get(holder).filter(|part| part.layer == self.layer).map_or(0, |part| part.body.start);
            self.found.gaps.push(Gap { holder, layer: self.layer, range: start.min(end)..end });
        }
        if is_last {
            self.epilogue = Some((holder, line.end));
            return Step::Delimiter { from: line.end };
        }
        Step::Part { at: line.end, default: self.found.inner_default(holder) }
    }

    fn end_epilogue(&mut self, end: usize) {
        if let Some((holder, start)) = self.epilogue.take().filter(|(_, start)| *start < end) {
            self.found.gaps.push(Gap { holder, layer: self.layer, range: start..end });
        }
    }

    /// Ends the open parts above the first `keep` at `end`, but the outermost of them not before it begins. What has no body may end
    /// within its header already: the last line end belongs to the delimiter.
    fn close_to(&mut self, keep: usize, end: usize) {
        let mut least = None;
        for open in self.open.drain(keep.min(self.open.len())..) {
            if open.stands_within {
                let range = self.found.parts.get(open.part).map(|part| part.body.start..end).unwrap_or_default();
                self.found.doubt(open.part, DoubtKind::soft(Construct::Delimiter), range);
            }
            let delimiters = [(open.has_near, Delimiters::Loose), (open.has_padded, Delimiters::Tight)];
            for (_, delimiters) in delimiters.into_iter().filter(|(is_other, _)| *is_other) {
                self.found.tasks.push(Task::Delimiters { part: open.part, delimiters });
            }
            // The container around a decoded layer has its ranges in the layer above.
            let Some(part) = self.found.parts.get_mut(open.part).filter(|part| part.layer == self.layer) else { continue };
            let end = end.max(*least.get_or_insert(part.header.start));
            part.header = part.header.start.min(end)..part.header.end.min(end);
            part.body = part.body.start.min(end)..end;
            if let (true, Some(boundary)) = (end < self.bytes.len(), open.boundary) {
                self.found.unclosed.push((open.part, boundary));
            }
        }
    }

    /// The line end before a delimiter belongs to it.
    fn end_before(&self, at: usize) -> usize {
        let before = self.bytes.get(..at).unwrap_or_default();
        line::without_end(before).len()
    }
}

fn ends_with_blank_line(header: &[u8]) -> bool {
    !field::blank_line(header).is_empty()
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;
