//! Pages of HTML: what stands in them, what of it acts or fetches, and where their links lead.
//!
//! Owns the rules for HTML, as bytes and ranges. It must never know a message, a class or a policy. Nothing here fails: any bytes are a
//! page.

pub mod attributes;
pub mod charset;
pub mod comment;
pub mod disarm;
mod document;
pub mod elements;
pub mod head;
pub mod host;
pub mod links;
mod run;
pub mod scheme;
pub mod smuggling;
mod source;
pub mod splices;
pub mod style;
pub mod tag;
pub mod text;
pub mod token;
mod top;
pub mod trim;
pub mod xml;

pub use disarm::disarm;
pub use document::{Document, document};
pub use splices::{Disarmed, Removal};
pub use token::is_open_at_end;
pub use top::top;

use std::ops::Range;

/// Whether a leaf of that declared type and these names is a page of HTML.
pub fn is_page(media_type: &str, names: &[String]) -> bool {
    document(media_type, names) == Some(Document::Page)
}

/// What a page may still do when it is disarmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Fetch, but not act.
    Active,
    /// Neither fetch nor act; links stay, for the reader to click.
    Remote,
}

/// Why something goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A script.
    Script,
    /// An attribute that is a script.
    Handler,
    /// A URL of a scheme that acts, or of none that we know.
    Scheme,
    /// A page in the page.
    Frame,
    /// A program in the page.
    Object,
    /// A form, or what belongs into one.
    Form,
    /// A page that leads elsewhere by itself.
    Refresh,
    /// What changes where all links lead.
    Base,
    /// SVG and MathML, which readers parse differently.
    Foreign,
    /// A style that acts, or that cannot be read for sure.
    Style,
    /// A comment that is a page to some readers.
    Comment,
    /// Something that is fetched without a click.
    Fetch,
    /// A tag that never ends.
    Unfinished,
    /// An element or attribute that is on no list.
    Unknown,
}

impl Kind {
    /// What it is called, of so many.
    pub fn name(self, count: usize) -> &'static str {
        let (one, several) = match self {
            Self::Script => ("script", "scripts"),
            Self::Handler => ("event handler", "event handlers"),
            Self::Scheme => ("active URL", "active URLs"),
            Self::Frame => ("frame", "frames"),
            Self::Object => ("object", "objects"),
            Self::Form => ("form element", "form elements"),
            Self::Refresh => ("refresh", "refreshes"),
            Self::Base => ("base", "bases"),
            Self::Foreign => ("element of SVG or MathML", "elements of SVG or MathML"),
            Self::Style => ("active style", "active styles"),
            Self::Comment => ("active comment", "active comments"),
            Self::Fetch => ("remote content", "remote contents"),
            Self::Unfinished => ("unfinished tag", "unfinished tags"),
            Self::Unknown => ("unknown element or attribute", "unknown elements or attributes"),
        };
        if count == 1 { one } else { several }
    }
}

/// Bytes of a page and what replaces them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splice {
    /// The bytes that go; none inserts.
    pub range: Range<usize>,
    /// The bytes that come.
    pub with: Vec<u8>,
}
