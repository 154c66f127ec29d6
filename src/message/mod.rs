//! The message as bytes and ranges: its header fields, its parts, and where reading it had to stop.
//!
//! Owns the skeleton that every later stage points into. It must never decode a body that nobody asked for, never recurse, and
//! know nothing of classes or policy: what is doubtful is said as a [`Doubt`], and `check` makes a finding of it. Nothing here
//! fails: any bytes are a message.

mod content;
mod decode;
mod field;
mod found;
mod line;
mod parameter;
mod skeleton;
mod trace;
mod unfold;
mod word;

pub use content::Content;
pub use decode::{Encoding, decode};
pub use field::{Field, Fields, blank_line};
pub use line::LineEnd;
pub use trace::{trace_end, trace_end_of};

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

/// Something that keeps us from being sure what the message holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The part it is about.
    pub part: usize,
    /// What kind of doubt.
    pub kind: DoubtKind,
    /// The bytes it is about, in the part's layer.
    pub range: Range<usize>,
}

/// The kinds of doubt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DoubtKind {
    /// A limit was reached; what lies behind it was not looked at. The text is the key of the limit.
    Limit(&'static str),
    /// Readers will see different content.
    Ambiguous(Construct),
}

/// What readers understand differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Construct {
    /// A field that stands twice with different values.
    Twice(&'static str),
    /// A boundary that may be read as several.
    Boundary,
    /// A word that is near to a transfer encoding, or names one that we do not read: some readers show the body as it is, others guess.
    Encoding,
    /// A MIME field that holds more than any mail program writes: not all of it was read.
    LongField,
    /// A multipart in which no part was found, though there is something in it.
    NoParts,
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

    /// The body of `part` as it stands in its layer, still encoded.
    pub fn body(&self, part: &Part) -> &[u8] {
        self.layer(part.layer).get(part.body.clone()).unwrap_or_default()
    }

    /// The body of `part` without its transfer encoding, once for each encoding that a reader may go by.
    pub fn decoded<'p>(&'p self, part: &'p Part) -> impl Iterator<Item = Cow<'p, [u8]>> {
        part.content.encodings().map(|encoding| decode(encoding, self.body(part)))
    }

    /// The same, of each the first bytes: at least `count` where there are as many.
    pub fn heads<'p>(&'p self, part: &'p Part, count: usize) -> impl Iterator<Item = Cow<'p, [u8]>> {
        let body = self.body(part);
        let enough = body.get(..decode::enough_for(count)).unwrap_or(body);
        part.content.encodings().map(move |encoding| {
            let head = decode(encoding, enough);
            // A decoder passes over what is illegal in an encoding, and there may be any amount of it.
            if head.len() < count && enough.len() < body.len() { decode(encoding, body) } else { head }
        })
    }

    /// The line end that the message uses.
    pub fn line_end(&self) -> LineEnd {
        LineEnd::of(self.bytes)
    }

    fn layer(&self, index: usize) -> &[u8] {
        match index.checked_sub(1) {
            None => self.bytes,
            Some(decoded) => self.layers.get(decoded).map_or(&[], Vec::as_slice),
        }
    }
}
