//! Finds the parts of a message: one pass over the bytes, without recursion.
//!
//! Owns the walk from delimiter to delimiter (RFC 2046 section 5.1.1) with a stack of open parts. Every depth and count is bounded
//! before anything is read, so that neither time nor memory grow faster than the message: mail-parser, given 100,000 messages
//! inside each other, overflows the stack. It must never decode a leaf. Nothing here fails; a bound that is reached is a doubt.

use super::content::Described;
use super::found::{Found, TEXT};
use super::{Bounds, Construct, Content, Doubt, DoubtKind, Encoding, Fields, Message, Part, field, line};
use memchr::memmem::Finder;
use std::ops::Range;

/// Reads the skeleton of `bytes` and of every encoded container in them.
pub(super) fn read<'a>(bytes: &'a [u8], bounds: &Bounds) -> Message<'a> {
    let mut found = Found::new(bounds);
    let mut layers = Vec::new();
    Walk::new(bytes, 0, None, &mut found).run(field::mailbox_line_end(bytes), TEXT);
    while let Some((encoded, encoding)) = found.encoded.pop() {
        let layer = found.decode_container(encoded, encoding, bytes, &layers);
        layers.push(layer);
        let default = found.inner_default(encoded);
        let is_multipart = found.parts.get(encoded).is_some_and(|part| part.content.is_multipart());
        let walk = Walk::new(layers.last().map_or(&[], Vec::as_slice), layers.len(), Some(encoded), &mut found);
        if is_multipart { walk.run_inside(encoded) } else { walk.run(0, default) }
    }
    found.doubt_multiparts_without_parts(bytes, &layers);
    Message { bytes, layers, parts: found.parts, doubts: found.doubts }
}

/// Reads the header of the message and nothing else.
pub(super) fn read_header_only<'a>(bytes: &'a [u8], bounds: &Bounds) -> Message<'a> {
    let mut found = Found::new(bounds);
    let mut walk = Walk::new(bytes, 0, None, &mut found);
    walk.open_part(field::mailbox_line_end(bytes), TEXT);
    walk.close_to(0, bytes.len());
    // In front: it is the reason why nothing else was looked at.
    found.doubts.insert(0, Doubt { part: 0, kind: DoubtKind::Limit("limits.message_size"), range: 0..bytes.len() });
    Message { bytes, layers: Vec::new(), parts: found.parts, doubts: found.doubts }
}

/// A part whose end is not known yet.
struct Open {
    part: usize,
    /// What may be the boundary under which its own parts are still to come; none in the place of one that has been closed.
    boundaries: Vec<Option<Vec<u8>>>,
    /// Which of them has been seen.
    seen: Option<usize>,
}

/// What comes next at a position.
enum Step {
    Part { at: usize, default: &'static str },
    Delimiter { from: usize },
    End,
}

/// One walk over one layer.
struct Walk<'a, 'b, 'c> {
    bytes: &'a [u8],
    layer: usize,
    above: Option<usize>,
    open: Vec<Open>,
    found: &'c mut Found<'b>,
    finder: Finder<'static>,
}

impl<'a, 'b, 'c> Walk<'a, 'b, 'c> {
    fn new(bytes: &'a [u8], layer: usize, above: Option<usize>, found: &'c mut Found<'b>) -> Self {
        Self { bytes, layer, above, open: Vec::new(), found, finder: Finder::new(b"\n--") }
    }

    /// Walks from the header that begins at `at`.
    fn run(mut self, at: usize, default: &'static str) {
        self.follow(Step::Part { at, default });
    }

    /// Walks the decoded body of the multipart `container`, whose header stands in the layer above.
    fn run_inside(mut self, container: usize) {
        let boundaries = self.found.parts.get(container).map(|part| boundaries(&part.content)).unwrap_or_default();
        self.open.push(Open { part: container, boundaries, seen: None });
        self.follow(Step::Delimiter { from: 0 });
    }

    fn follow(&mut self, mut next: Step) {
        loop {
            next = match next {
                Step::Part { at, default } => self.open_part(at, default),
                Step::Delimiter { from } => self.pass_delimiter(from),
                Step::End => break,
            };
        }
        self.close_to(0, self.bytes.len());
    }

    /// Reads the header at `at` and opens the part that it describes.
    fn open_part(&mut self, at: usize, default: &'static str) -> Step {
        if self.found.parts.len() as u64 >= self.found.bounds.parts {
            let holder = self.open.last().map(|open| open.part).or(self.above).unwrap_or_default();
            self.found.doubt(holder, DoubtKind::Limit("limits.parts"), at..self.bytes.len());
            return Step::End;
        }
        let index = self.found.parts.len();
        let part = self.describe(index, at, default);
        let (content, depth, body) = (part.content.clone(), part.depth, part.body.start);
        self.found.parts.push(part);
        self.open.push(Open { part: index, boundaries: Vec::new(), seen: None });
        self.descend(index, &content, depth, body)
    }

    fn describe(&mut self, index: usize, at: usize, default: &'static str) -> Part {
        let end = field::header_end(self.bytes, at, |line| self.level_of(line).is_some());
        // Lines without any field among them are no header but a body, as readers show them.
        let is_header = field::blank_line(self.bytes.get(at..end).unwrap_or_default()).len() == end - at
            || Fields::new(self.bytes, at..end).next().is_some();
        let end = if is_header { end } else { at };
        let limit = usize::try_from(self.found.bounds.header_size).unwrap_or(usize::MAX);
        let readable = at..end.min(at.saturating_add(limit));
        if readable.end < end {
            self.found.doubt(index, DoubtKind::Limit("limits.header_size"), at..end);
        }
        let Described { content, contradictions } = self.found.reader.describe(self.bytes, readable, default);
        for (construct, range) in contradictions {
            self.found.doubt(index, DoubtKind::Ambiguous(Construct::Twice(construct)), range);
        }
        if content.encodings().any(|encoding| encoding == Encoding::Unknown) {
            self.found.doubt(index, DoubtKind::Ambiguous(Construct::Encoding), at..end);
        }
        if content.has_more {
            self.found.doubt(index, DoubtKind::Ambiguous(Construct::LongField), at..end);
        }
        let parent = self.open.last().map(|open| open.part).or(self.above);
        let holder = parent.and_then(|holder| self.found.parts.get(holder));
        Part {
            parent,
            layer: self.layer,
            depth: holder.map_or(0, |holder| holder.depth + 1),
            header: at..end,
            body: end..end,
            is_sealed: holder.is_some_and(|holder| holder.is_sealed || holder.content.is_seal()),
            content,
        }
    }

    /// Goes into a container, or past a leaf.
    fn descend(&mut self, index: usize, content: &Content, depth: u64, body: usize) -> Step {
        let is_container = content.is_message() || (content.is_multipart() && content.boundary.is_some());
        // A header that no blank line ends has no body behind it.
        let has_body = self.found.parts.get(index).and_then(|part| self.bytes.get(part.header.clone())).is_some_and(ends_with_blank_line);
        if !is_container || !has_body {
            return Step::Delimiter { from: body };
        }
        if depth + 1 > self.found.bounds.nesting {
            self.found.doubt(index, DoubtKind::Limit("limits.nesting"), body..self.bytes.len());
            return Step::Delimiter { from: body };
        }
        // RFC 2045 section 6.4 forbids an encoding here. Some readers decode all the same, others do not: both readings are walked.
        self.found.encoded.extend(content.encodings().filter(|encoding| encoding.hides()).map(|encoding| (index, encoding)));
        if content.is_message() {
            let is_plain = !content.encodings().any(Encoding::hides) || field::begins_header(self.bytes, body);
            return if is_plain { Step::Part { at: body, default: TEXT } } else { Step::Delimiter { from: body } };
        }
        if let Some(open) = self.open.last_mut() {
            open.boundaries = boundaries(content);
        }
        Step::Delimiter { from: body }
    }

    /// Goes to the next delimiter of an open part, and closes what ends there.
    fn pass_delimiter(&mut self, from: usize) -> Step {
        let Some((line, delimiter)) = self.next_delimiter(from) else { return Step::End };
        self.close_to(delimiter.level + 1, self.end_before(line.start));
        self.note_boundary(delimiter.boundary, &line);
        if delimiter.is_last {
            if let Some(open) = self.open.last_mut() {
                // Only this one: to a reader who takes another it was content.
                if let Some(closed) = open.boundaries.get_mut(delimiter.boundary) {
                    *closed = None;
                }
            }
            return Step::Delimiter { from: line.end };
        }
        let holder = self.open.last().map_or(0, |open| open.part);
        Step::Part { at: line.end, default: self.found.inner_default(holder) }
    }

    /// Two texts that both stand between parts: each is a delimiter to some readers and content to others.
    fn note_boundary(&mut self, boundary: usize, line: &Range<usize>) {
        let Some(open) = self.open.last_mut() else { return };
        self.found.delimited.insert(open.part);
        let (part, before) = (open.part, open.seen.replace(boundary));
        let is_first_other = before.is_some_and(|before| before != boundary);
        if is_first_other
            && !self.found.doubts.iter().any(|doubt| doubt.part == part && doubt.kind == DoubtKind::Ambiguous(Construct::Boundary))
        {
            self.found.doubt(part, DoubtKind::Ambiguous(Construct::Boundary), line.clone());
        }
    }

    /// Ends the open parts above the first `keep` at `end`, but the outermost of them not before it begins. What has no body may end
    /// within its header already: the last line end belongs to the delimiter.
    fn close_to(&mut self, keep: usize, end: usize) {
        let mut least = None;
        for open in self.open.drain(keep.min(self.open.len())..) {
            // The container around a decoded layer has its ranges in the layer above.
            if let Some(part) = self.found.parts.get_mut(open.part).filter(|part| part.layer == self.layer) {
                let end = end.max(*least.get_or_insert(part.header.start));
                part.header = part.header.start.min(end)..part.header.end.min(end);
                part.body = part.body.start.min(end)..end;
            }
        }
    }

    /// The line end before a delimiter belongs to it.
    fn end_before(&self, at: usize) -> usize {
        let before = self.bytes.get(..at).unwrap_or_default();
        line::without_end(before).len()
    }

    fn next_delimiter(&self, from: usize) -> Option<(Range<usize>, Delimiter)> {
        if self.open.iter().all(|open| open.boundaries.iter().all(Option::is_none)) {
            return None;
        }
        // `at` is always the beginning of a line.
        let mut at = from;
        loop {
            let rest = self.bytes.get(at..)?;
            let start = if rest.starts_with(b"--") { at } else { at + self.finder.find(rest)? + 1 };
            let end = line::next(self.bytes, start);
            if let Some(delimiter) = self.level_of(self.bytes.get(start..end)?) {
                return Some((start..end, delimiter));
            }
            at = end;
        }
    }

    /// The open part whose delimiter `line` is, the innermost first (RFC 2046 section 5.1.2).
    fn level_of(&self, line: &[u8]) -> Option<Delimiter> {
        let text = line.strip_prefix(b"--")?.trim_ascii_end();
        let found = |text: &[u8]| {
            let candidates = self.open.iter().enumerate().rev();
            candidates
                .filter_map(|(level, open)| Some((level, open.boundaries.iter().position(|boundary| boundary.as_deref() == Some(text))?)))
                .next()
        };
        let inner = found(text).map(|(level, boundary)| Delimiter { level, boundary, is_last: false });
        inner.or_else(|| found(text.strip_suffix(b"--")?).map(|(level, boundary)| Delimiter { level, boundary, is_last: true }))
    }
}

fn boundaries(content: &Content) -> Vec<Option<Vec<u8>>> {
    content.boundary.iter().chain(&content.other_boundaries).cloned().map(Some).collect()
}

fn ends_with_blank_line(header: &[u8]) -> bool {
    !field::blank_line(header).is_empty()
}

struct Delimiter {
    level: usize,
    boundary: usize,
    is_last: bool,
}

#[cfg(test)]
#[path = "skeleton_tests.rs"]
mod tests;
