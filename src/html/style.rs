//! Styles of which nothing stays but what is known to act nowhere (CSS Syntax Level 3).
//!
//! Owns what becomes of the CSS in a page. What stays is the bytes that stood there; what is on no list goes, and so does what two
//! readers may take apart in different ways. It must never repair. Nothing here can fail.
//!
//! Cleaning twice is cleaning once: what stays is pieces that are judged alone, and nothing that goes leaves two of them beside each
//! other that would be read as one.

mod address;
mod bracket;
mod declaration;
mod function;
mod piece;
mod property;
mod rule;
mod value;

use super::{Depth, Kind};
use piece::Scanner;
use std::ops::Range;

/// A style that was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// What is left; none where nothing had to go, so that the bytes stay.
    pub css: Option<Vec<u8>>,
    /// Why each thing went, [`MOST_REMOVED`] of them at most.
    pub removed: Vec<Kind>,
}

/// More are not told.
pub const MOST_REMOVED: usize = 1000;

/// Cleans the value of a `style` attribute, whose character references are resolved.
pub fn attribute(css: &[u8], depth: Depth) -> Cleaned {
    let mut cleaner = Cleaner::new(css, depth);
    cleaner.declarations(Place::Attribute);
    cleaner.finish()
}

/// Cleans the text of a `style` element.
pub fn sheet(css: &[u8], depth: Depth) -> Cleaned {
    let mut cleaner = Cleaner::new(css, depth);
    cleaner.rules();
    cleaner.finish()
}

/// Where declarations stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Attribute,
    /// Between braces.
    Rule,
}

/// A style, and what is left of it up to a place.
#[derive(Debug)]
struct Cleaner<'c> {
    scanner: Scanner<'c>,
    depth: Depth,
    out: Vec<u8>,
    /// All before is in `out`, or went.
    copied: usize,
    /// What is written behind the rest.
    tail: Vec<u8>,
    removed: Vec<Kind>,
    /// How many things went that are fetched, also those that are not told.
    fetches: usize,
}

/// A place to which a [`Cleaner`] can go back.
#[derive(Clone, Copy, Debug)]
struct Mark {
    out: usize,
    copied: usize,
    removed: usize,
    fetches: usize,
}

impl<'c> Cleaner<'c> {
    fn new(css: &'c [u8], depth: Depth) -> Self {
        Self { scanner: Scanner::new(css), depth, out: Vec::new(), copied: 0, tail: Vec::new(), removed: Vec::new(), fetches: 0 }
    }

    fn mark(&self) -> Mark {
        Mark { out: self.out.len(), copied: self.copied, removed: self.removed.len(), fetches: self.fetches }
    }

    /// Forgets what went since then: all of it goes. What was read stays read.
    fn go_back(&mut self, mark: Mark) {
        self.out.truncate(mark.out);
        self.copied = mark.copied;
        self.removed.truncate(mark.removed);
        self.fetches = mark.fetches;
    }

    fn cut(&mut self, range: Range<usize>, with: &[u8], kind: Kind) {
        self.out.extend_from_slice(self.scanner.bytes(&(self.copied..range.start)));
        self.out.extend_from_slice(with);
        self.copied = range.end;
        self.fetches += usize::from(kind == Kind::Fetch);
        self.tell(kind);
    }

    fn append(&mut self, bytes: &[u8]) {
        self.tail.extend_from_slice(bytes);
        self.tell(Kind::Style);
    }

    fn tell(&mut self, kind: Kind) {
        if self.removed.len() < MOST_REMOVED {
            self.removed.push(kind);
        }
    }

    /// Programs that look into a style fetch what its last comment names.
    fn comment(&mut self, range: Range<usize>) {
        const MARK: &[u8] = b"sourcemappingurl";
        let is_named = || self.scanner.bytes(&range).windows(MARK.len()).any(|one| one.eq_ignore_ascii_case(MARK));
        if self.depth == Depth::Remote && is_named() {
            self.cut(range, b" ", Kind::Fetch);
        }
    }

    fn finish(mut self) -> Cleaned {
        if self.copied == 0 && self.tail.is_empty() {
            return Cleaned { css: None, removed: self.removed };
        }
        self.out.extend_from_slice(self.scanner.css.get(self.copied..).unwrap_or_default());
        self.out.append(&mut self.tail);
        Cleaned { css: Some(self.out), removed: self.removed }
    }
}

#[cfg(test)]
#[path = "style/style_tests.rs"]
mod tests;
