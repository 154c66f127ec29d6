//! What keeps us from being sure what a message holds.
//!
//! Owns the words for it. It must never say what follows. Nothing here can fail.

use std::ops::Range;

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

impl Doubt {
    /// How much readers differ; none where it is not about that.
    pub fn grade(&self) -> Option<Grade> {
        match &self.kind {
            DoubtKind::Limit(_) => None,
            DoubtKind::Ambiguous(ambiguity) => Some(ambiguity.grade),
        }
    }

    /// Whether something was not looked at.
    pub fn is_limit(&self) -> bool {
        matches!(self.kind, DoubtKind::Limit(_))
    }
}

/// The kinds of doubt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DoubtKind {
    /// A limit was reached; what lies behind it was not looked at. The text is the key of the limit.
    Limit(&'static str),
    /// Readers understand it differently.
    Ambiguous(Ambiguity),
}

/// Something that readers understand differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ambiguity {
    /// What it is.
    pub construct: Construct,
    /// What follows from it.
    pub grade: Grade,
    /// The readings, in words; empty where the construct says it all.
    pub readings: Vec<String>,
}

/// What follows from an ambiguity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// It is malformed, and all readers see the same, or what they see differs in nothing that could hide something.
    Soft,
    /// Readers will see different content.
    Hard,
}

/// What readers understand differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Construct {
    /// A field that stands twice with different values.
    Twice(&'static str),
    /// A boundary that may be read as several.
    Boundary,
    /// A transfer encoding that may be read as several.
    Encoding,
    /// A media type that may be read as several.
    Type,
    /// A line that is a delimiter to some readers and content to others.
    Delimiter,
    /// A header that does not follow the rules to the letter.
    Header,
    /// A header that ends elsewhere to some readers.
    HeaderEnd,
    /// A body that does not follow the rules of its encoding.
    Decoding,
    /// A file that holds others, and cannot be unpacked.
    Package,
    /// More readings than are looked at.
    Readings,
    /// A MIME field that holds more than any mail program writes: not all of it was read.
    LongField,
    /// A multipart in which no part was found, though there is something in it.
    NoParts,
}
