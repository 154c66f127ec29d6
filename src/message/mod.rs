//! The message as bytes and ranges: its header fields, its parts, and where reading it had to stop.
//!
//! Owns the skeleton that every later stage points into. It must never decode a body that nobody asked for, never recurse, and
//! know nothing of classes or policy: what is doubtful is said as a [`Doubt`], and `check` makes a finding of it. Nothing here
//! fails: any bytes are a message.

mod candidate;
mod content;
mod decode;
mod delimiter;
mod doubt;
pub mod embedded;
mod field;
mod found;
mod header;
mod hint;
mod inside;
mod lenient;
mod line;
mod name;
mod outcome;
mod parameter;
mod reading;
#[cfg(test)]
mod section_tests;
#[cfg(test)]
mod shown;
mod skeleton;
mod trace;
mod unfold;
mod view;
mod walk;
mod word;

pub use content::{Content, charset, charsets};
pub use decode::{Encoding, Flaw, Readings, decode, is_regular, readings, regular_prefix};
pub use doubt::{Ambiguity, Construct, Doubt, DoubtKind, Grade};
pub use field::{Field, Fields, blank_line};
pub use line::{LineEnd, without_end};
pub(crate) use parameter::percents_undone;
pub use trace::{trace_end, trace_end_of};
pub use view::{Origin, View};
pub(crate) use word::decoded_by as encoded_words_decoded_by;

use std::borrow::Cow;
use std::ops::Range;

/// How far a message is looked into; more is a [`Doubt`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Deepest level of parts in parts.
    pub nesting: u64,
    /// Most parts.
    pub parts: u64,
    /// Longest header of one part, in bytes.
    pub header_size: u64,
    /// Most bytes that encoded containers may decode to, in all.
    pub decoded_size: u64,
}

/// A MIME leaf or container, RFC 2045 section 2.5.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Index of the part that holds this one.
    pub parent: Option<usize>,
    /// Which bytes the ranges point into: 0 is the message, others a decoded container.
    pub layer: usize,
    /// How many containers are around it.
    pub depth: u64,
    /// The header with the blank line that ends it.
    pub header: Range<usize>,
    /// The body without the line end that belongs to the delimiter after it (RFC 2046 section 5.1.1).
    pub body: Range<usize>,
    /// What the header says.
    pub content: Content,
    /// Whether it lies under a signature or encryption, where no byte may change.
    pub is_sealed: bool,
    /// The part that this is another reading of; what lies in this one is of that reading too.
    pub reading_of: Option<usize>,
    /// Whether no header declares it: it was found in a text or a file, where only some readers look.
    pub is_hidden: bool,
    /// Whether its body does not follow the rules of its encoding, so that readers may decode it differently.
    pub has_flaw: bool,
    /// The layers that are its body without its encoding, the most common reading first; none where it is decoded when asked for.
    pub decodings: Range<usize>,
}

impl Part {
    /// Header and body.
    pub fn whole(&self) -> Range<usize> {
        self.header.start..self.body.end
    }

    /// Whether an edit can take it out of the message.
    pub fn is_cuttable(&self) -> bool {
        self.layer == 0 && !self.is_sealed
    }
}

/// A message and its skeleton.
#[derive(Debug)]
pub struct Message<'a> {
    bytes: &'a [u8],
    layers: Vec<Vec<u8>>,
    parts: Vec<Part>,
    doubts: Vec<Doubt>,
}

impl<'a> Message<'a> {
    /// Reads the skeleton of `bytes`.
    pub fn read(bytes: &'a [u8], bounds: &Bounds) -> Self {
        skeleton::read(bytes, bounds)
    }

    /// A message that is too large to be looked at: one part, whose header alone is read.
    pub fn unread(bytes: &'a [u8], bounds: &Bounds) -> Self {
        skeleton::read_header_only(bytes, bounds)
    }

    /// The bytes as they came in.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Every part, containers before what they hold; the first is the message itself.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// What could not be read for sure.
    pub fn doubts(&self) -> &[Doubt] {
        &self.doubts
    }

    /// The part that stands for `index` in the one reading that edits work on: itself, or the leaf that has its bytes, or what it was
    /// found in or is a reading of.
    pub fn primary(&self, index: usize) -> usize {
        let around = self.declared_around(index);
        if around == index {
            return index;
        }
        let Some(part) = self.parts.get(index) else { return index };
        let covers = |leaf: &Part| leaf.layer == part.layer && leaf.body.start <= part.body.start && part.body.end <= leaf.body.end;
        let is_covering =
            |(other, leaf): &(usize, &Part)| !leaf.content.is_container() && covers(leaf) && self.declared_around(*other) == *other;
        self.parts.iter().enumerate().find(is_covering).map_or(around, |(other, _)| other)
    }

    /// The innermost part around `index`, or that itself, which is in the first reading with all that is around it.
    fn declared_around(&self, index: usize) -> usize {
        let mut declared = index;
        let mut at = Some(index);
        while let Some(part) = at.and_then(|at| self.parts.get(at)) {
            at = part.reading_of.or(part.parent);
            if !self.is_declared(part) {
                declared = at.unwrap_or(declared);
            }
        }
        declared
    }

    /// Whether `part` is one by the first reading of the container around it; no other reading, and nothing that was found in a text
    /// or a file.
    pub fn is_declared(&self, part: &Part) -> bool {
        let holds = |holder: &Part| holder.content.is_container() && (holder.layer == part.layer || holder.content.encoding.hides());
        let is_held = part.parent.is_none_or(|holder| self.parts.get(holder).is_some_and(holds));
        part.reading_of.is_none() && !part.is_hidden && is_held
    }

    /// Whether a signature or encryption covers a part in `index`, or that part itself.
    pub fn holds_seal(&self, index: usize) -> bool {
        let is_inside = |part: usize| std::iter::successors(Some(part), |part| self.parts.get(*part)?.parent).any(|around| around == index);
        self.parts.iter().enumerate().any(|(part, seal)| seal.content.is_seal() && is_inside(part))
    }

    /// Whether its body was looked at; it may be too large for that.
    pub fn is_looked_into(&self) -> bool {
        self.doubts.first().is_none_or(|doubt| doubt.kind != DoubtKind::Limit("limits.message_size"))
    }

    /// The header fields of the message.
    pub fn fields(&self) -> Fields<'a> {
        Fields::new(self.bytes, self.parts.first().map_or(0..0, |root| root.header.clone()))
    }

    /// The first field of that name.
    pub fn field(&self, name: &str) -> Option<Field> {
        self.fields().find(|field| field.is_named(self.bytes, name))
    }

    /// The first field of that name among those that the MTA put on top.
    pub fn trace_field(&self, name: &str) -> Option<Field> {
        trace::fields(self.bytes, &trace::ON_TOP).find(|field| field.is_named(self.bytes, name))
    }

    /// The header of `part` as it stands in its layer, with the blank line that ends it.
    pub fn header(&self, part: &Part) -> &[u8] {
        self.layer(part.layer).get(part.header.clone()).unwrap_or_default()
    }

    /// Whether all readers agree on the header of `part`.
    pub fn has_regular_header(&self, part: &Part) -> bool {
        header::read(self.layer(part.layer), part.header.clone(), "").is_regular
    }

    /// The body of `part` as it stands in its layer, still encoded.
    pub fn body(&self, part: &Part) -> &[u8] {
        self.layer(part.layer).get(part.body.clone()).unwrap_or_default()
    }

    /// The body of `part` without its transfer encoding, the most common decoding first; several where readers decode it differently.
    pub fn decoded<'p>(&'p self, part: &'p Part) -> impl Iterator<Item = Cow<'p, [u8]>> {
        let first = || self.decoded_now(part);
        let kept = part.decodings.clone().map(|layer| Cow::Borrowed(self.layer(layer)));
        part.decodings.is_empty().then(first).into_iter().chain(kept)
    }

    /// The body without its encoding where no decoding is kept. What could grow without end was kept if there was room for it, and is a
    /// doubt if there was not: then it stays as it is.
    fn decoded_now(&self, part: &Part) -> Cow<'_, [u8]> {
        let body = self.body(part);
        if part.content.encoding.packs() { Cow::Borrowed(body) } else { decode(part.content.encoding, body) }
    }

    /// The same, of each the first bytes: at least `count` where there are as many.
    pub fn heads<'p>(&'p self, part: &'p Part, count: usize) -> impl Iterator<Item = Cow<'p, [u8]>> {
        let head = || head(part.content.encoding, self.body(part), count);
        let kept = part.decodings.clone().map(|layer| Cow::Borrowed(self.layer(layer)));
        part.decodings.is_empty().then(head).into_iter().chain(kept)
    }

    /// The line end that the message uses.
    pub fn line_end(&self) -> LineEnd {
        LineEnd::of(self.bytes)
    }

    /// A message with doubts about its first part that reading it does not yield.
    #[cfg(test)]
    pub(crate) fn with_doubts(bytes: &'a [u8], doubts: &[(Construct, Grade)]) -> Self {
        let mut message = Self::read(bytes, &Bounds { nesting: 9, parts: 99, header_size: 9999, decoded_size: 9999 });
        for (construct, grade) in doubts {
            let kind = DoubtKind::Ambiguous(Ambiguity { construct: *construct, grade: *grade, readings: Vec::new() });
            message.doubts.push(Doubt { part: 0, kind, range: 0..bytes.len() });
        }
        message
    }

    /// The same message with a part that reading it does not yield.
    #[cfg(test)]
    pub(crate) fn with_part(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    fn layer(&self, index: usize) -> &[u8] {
        match index.checked_sub(1) {
            None => self.bytes,
            Some(decoded) => self.layers.get(decoded).map_or(&[], Vec::as_slice),
        }
    }
}

/// The first bytes of a decoded body: at least `count` where there are as many.
fn head(encoding: Encoding, body: &[u8], count: usize) -> Cow<'_, [u8]> {
    let enough = body.get(..decode::enough_for(encoding, count)).unwrap_or(body);
    let head = decode(encoding, enough);
    // A decoder passes over what is illegal in an encoding, and there may be any amount of it.
    if head.len() < count && enough.len() < body.len() { decode(encoding, body) } else { head }
}

#[cfg(test)]
#[path = "bomb_tests.rs"]
mod bomb_tests;

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
