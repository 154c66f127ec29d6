//! Writes a part anew, so that all readers see in it what was scanned.
//!
//! Owns the one form of a part: each MIME field once, every body that is no container in base64, fresh boundaries, nothing between
//! or around the parts, and of several readings the first. It must never touch a byte outside the part, nor a signed one, nor go by
//! anything that changes from try to try. Nothing here can fail; a part that cannot be written anew was ruled out by the policy.

use super::fields;
use super::header::{self, Cleaned};
use super::strip::{closing, opening};
use super::tag::entry;
use super::{Edit, Edits, PageChange, PartText, ensure_line_end, page};
use crate::message::{LineEnd, Message, Part};
use memchr::memmem;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// The edits that write each of `parts` anew; none of them lies in another. Of what lies in them `texts` stand in for parts, and `pages`
/// are changed.
pub(super) fn canonical(message: &Message<'_>, parts: &BTreeSet<usize>, texts: &[PartText], pages: &[&PageChange]) -> Vec<Edit> {
    let children = if parts.is_empty() { Vec::new() } else { primary_children(message) };
    let texts: BTreeMap<usize, &str> = texts.iter().map(|text| (text.part, text.text.as_str())).collect();
    let pages: BTreeMap<usize, &PageChange> = pages.iter().map(|page| (page.part, *page)).collect();
    let is_open = |part: &Part| part.is_cuttable() && !part.whole().is_empty();
    let can_be_written = |index: &usize| message.parts().get(*index).is_some_and(is_open) && !message.holds_seal(*index);
    let write = |index: &usize| {
        let end = message.line_end();
        let writer = Writer { message, children: &children, texts: &texts, pages: &pages, end, out: Vec::new(), marks: Vec::new() };
        rewrite(message, *index, writer.write(*index))
    };
    parts.iter().filter(|index| can_be_written(index)).flat_map(write).collect()
}

fn rewrite(message: &Message<'_>, index: usize, written: Vec<u8>) -> Vec<Edit> {
    let Some(part) = message.parts().get(index) else { return Vec::new() };
    if index > 0 {
        let with = [opening(message, part.header.start), &written, closing(message, part.body.end)].concat();
        return vec![Edit { range: part.whole(), with }];
    }
    let Cleaned { mut edits, end } = header::clean(message.bytes(), part.header.clone(), message.line_end());
    edits.push(Edit { range: end..part.body.end, with: [&written, ensure_line_end(&written, message.line_end())].concat() });
    edits.into_iter().flat_map(|edit| split(edit, entry(message.bytes()))).collect()
}

/// Nothing may span the place where our field is put in: of two edits that overlap one is left out.
pub(super) fn split(edit: Edit, at: usize) -> Vec<Edit> {
    if edit.range.start >= at || edit.range.end <= at {
        return vec![edit];
    }
    vec![Edit { range: edit.range.start..at, with: Vec::new() }, Edit { range: at..edit.range.end, with: edit.with }]
}

/// What each part holds in its first reading.
fn primary_children(message: &Message<'_>) -> Vec<Vec<usize>> {
    let parts = message.parts();
    let mut children = vec![Vec::new(); parts.len()];
    for (index, part) in parts.iter().enumerate().filter(|(_, part)| message.is_declared(part)) {
        if let Some(own) = part.parent.and_then(|parent| children.get_mut(parent)) {
            own.push(index);
        }
    }
    for (part, own) in parts.iter().zip(&mut children) {
        one_layer(message, part, own);
    }
    children
}

/// A container under an encoding may hold parts both as it is and decoded. Where there are some as it is, most readers see these: no
/// encoding may stand there (RFC 2045 section 6.4), and they pass over it.
fn one_layer(message: &Message<'_>, part: &Part, children: &mut Vec<usize>) {
    let layer_of = |index: usize| message.parts().get(index).map(|part| part.layer);
    let as_it_is = children.iter().any(|index| layer_of(*index) == Some(part.layer));
    let layer = if as_it_is { Some(part.layer) } else { children.first().copied().and_then(layer_of) };
    children.retain(|index| layer_of(*index) == layer);
}

/// What comes next.
enum Step {
    Part(usize),
    /// A delimiter of that multipart.
    Delimiter(usize, Stand),
}

/// Where a delimiter stands in its multipart.
enum Stand {
    First,
    Between,
    Last,
}

/// Writes one part with all that is in it.
struct Writer<'a> {
    message: &'a Message<'a>,
    children: &'a [Vec<usize>],
    texts: &'a BTreeMap<usize, &'a str>,
    pages: &'a BTreeMap<usize, &'a PageChange>,
    end: LineEnd,
    out: Vec<u8>,
    /// Where the boundary of which multipart is to stand: it is made of all that is written.
    marks: Vec<(usize, usize)>,
}

impl Writer<'_> {
    /// Fields, blank line and body; of the message itself without the fields that stay.
    fn write(mut self, top: usize) -> Vec<u8> {
        let mut steps = vec![Step::Part(top)];
        let mut multiparts = 0;
        while let Some(step) = steps.pop() {
            match step {
                Step::Part(index) => steps.extend(self.part(index, &mut multiparts).into_iter().rev()),
                Step::Delimiter(multipart, stand) => self.delimiter(multipart, &stand),
            }
        }
        let seed = self.seed(top);
        self.with_boundaries(&seed)
    }

    /// Writes a part and says what comes behind it.
    fn part(&mut self, index: usize, multiparts: &mut usize) -> Vec<Step> {
        let Some(part) = self.message.parts().get(index) else { return Vec::new() };
        self.begin(index, part);
        let own = self.children.get(index).map(Vec::as_slice).unwrap_or_default();
        if let Some(text) = self.texts.get(&index) {
            self.leaf(&fields::text(text));
        } else if own.is_empty() || !(part.content.is_multipart() || part.content.is_message()) {
            self.leaf(&self.leaf_of(index, part));
        } else {
            let multipart = part.content.is_multipart().then(|| {
                *multiparts += 1;
                *multiparts
            });
            self.container(part, multipart);
            return steps_into(multipart, own);
        }
        Vec::new()
    }

    /// Fields and body of a part that holds no other, changed if it is a page that is to be.
    fn leaf_of(&self, index: usize, part: &Part) -> Vec<u8> {
        let body = self.message.decoded(part).next().unwrap_or_default();
        let changed = self.pages.get(&index).and_then(|change| page::changed(self.message, change));
        match changed {
            Some(page) => page.leaf(self.message, part),
            None => fields::leaf(part, self.message.header(part), &body),
        }
    }

    /// The fields that stay, and those of a message.
    fn begin(&mut self, index: usize, part: &Part) {
        if index > 0 {
            let old = self.message.header(part);
            let Cleaned { edits, end } = header::clean(old, 0..old.len(), self.end);
            let kept = Edits::new(edits, end).apply(old.get(..end).unwrap_or_default());
            self.out.extend_from_slice(&kept);
        }
        let holder = part.parent.and_then(|parent| self.message.parts().get(parent));
        if holder.is_none_or(|holder| holder.content.is_message()) {
            self.line("MIME-Version: 1.0");
        }
    }

    /// Adds a part in CRLF line by line: it may be as large as the message, and each copy of it counts.
    fn leaf(&mut self, written: &[u8]) {
        let blank = memmem::find(written, b"\r\n\r\n").map_or(written.len(), |at| at + 4);
        let (header, body) = written.split_at(blank);
        // The delimiter behind it brings a line end of its own.
        let body = body.trim_ascii_end();
        self.out.reserve(header.len() + body.len());
        for line in header.split_inclusive(|byte| *byte == b'\n').chain(body.split_inclusive(|byte| *byte == b'\n')) {
            let text = line.strip_suffix(b"\r\n");
            self.out.extend_from_slice(text.unwrap_or(line));
            self.out.extend_from_slice(if text.is_some() { self.end.bytes() } else { b"" });
        }
    }

    fn container(&mut self, part: &Part, multipart: Option<usize>) {
        let media_type = fields::container_type(part);
        match multipart {
            Some(number) => {
                self.line(&format!("Content-Type: {media_type};"));
                self.out.extend_from_slice(b" boundary=\"");
                self.marks.push((self.out.len(), number));
                self.line("\"");
            }
            None => self.line(&format!("Content-Type: {media_type}")),
        }
        // RFC 2045 section 6.4: no other encoding may stand at a container; this one holds for any fields in it.
        self.line("Content-Transfer-Encoding: 8bit");
        let others = self.end.apply(&fields::of_container(part, self.message.header(part)));
        self.out.extend_from_slice(&others);
        self.line("");
    }

    fn delimiter(&mut self, multipart: usize, stand: &Stand) {
        if !matches!(stand, Stand::First) {
            self.line("");
        }
        self.out.extend_from_slice(b"--");
        self.marks.push((self.out.len(), multipart));
        match stand {
            Stand::Last => self.out.extend_from_slice(b"--"),
            Stand::First | Stand::Between => self.line(""),
        }
    }

    fn line(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
        self.out.extend_from_slice(self.end.bytes());
    }

    /// What the boundaries are made of: all that is written, so that none of it can hold them, and the boundaries around it.
    fn seed(&self, top: usize) -> String {
        let mut hash = Sha256::new_with_prefix(&self.out);
        let parts = self.message.parts();
        for around in std::iter::successors(parts.get(top), |part| parts.get(part.parent?)).skip(1) {
            around.content.boundary.iter().for_each(|boundary| hash.update(boundary));
        }
        let mut digits = String::with_capacity(32);
        for byte in hash.finalize().iter().take(16) {
            let _ = write!(digits, "{byte:02x}");
        }
        digits
    }

    fn with_boundaries(self, seed: &str) -> Vec<u8> {
        let mut all = Vec::with_capacity(self.out.len() + self.marks.len() * 48);
        let mut from = 0;
        for (at, number) in self.marks {
            all.extend_from_slice(self.out.get(from..at).unwrap_or_default());
            // The number before the digits: no boundary may be the beginning of another.
            all.extend_from_slice(format!("=_{number}_{seed}").as_bytes());
            from = at;
        }
        all.extend_from_slice(self.out.get(from..).unwrap_or_default());
        all
    }
}

fn steps_into(multipart: Option<usize>, children: &[usize]) -> Vec<Step> {
    let Some(number) = multipart else { return children.iter().take(1).map(|child| Step::Part(*child)).collect() };
    let stands = std::iter::once(Stand::First).chain(std::iter::repeat_with(|| Stand::Between));
    let parts = children.iter().zip(stands).flat_map(|(child, stand)| [Step::Delimiter(number, stand), Step::Part(*child)]);
    parts.chain([Step::Delimiter(number, Stand::Last)]).collect()
}

#[cfg(test)]
#[path = "canonical_tests.rs"]
mod tests;
