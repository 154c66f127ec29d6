//! Whether a declaration may stay, piece by piece.
//!
//! Owns which pieces may stand in a value, by its property. It must never cut: it says what goes. Nothing here can fail.

use super::super::{Depth, Kind};
use super::address;
use super::bracket::Brackets;
use super::function::{self, Function};
use super::piece::Piece;
use super::property::Property;
use memchr::memmem;
use std::ops::Range;

/// What becomes of the style around a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The value goes on.
    On,
    /// The piece ended it.
    Done,
    /// These bytes are fetched: `none` takes their place.
    Fetched(Range<usize>),
}

/// A value as far as it is read.
#[derive(Debug)]
pub(super) struct Value {
    property: Property,
    depth: Depth,
    brackets: Brackets,
    /// Where the outermost function that fetches begins.
    picture: usize,
    /// Whether that fetches what it may not.
    is_fetched: bool,
    /// Whether an attribute's name is due: nothing else may stand in `attr()`.
    attribute: Option<usize>,
}

impl Value {
    pub(super) fn new(property: Property, depth: Depth) -> Self {
        Self { property, depth, brackets: Brackets::default(), picture: 0, is_fetched: false, attribute: None }
    }

    /// Whether the value may end here.
    pub(super) fn is_whole(&self) -> bool {
        self.brackets.is_empty()
    }

    /// What the next piece does; an error says why the declaration goes.
    pub(super) fn step(&mut self, piece: Piece, range: &Range<usize>, bytes: &[u8]) -> Result<Step, Kind> {
        self.step_in_attribute(piece)?;
        match piece {
            Piece::Blank | Piece::Word => Ok(Step::On),
            Piece::Comment if !self.brackets.is_fetching() => Ok(Step::On),
            Piece::EscapedWord if self.property == Property::Name => Ok(Step::On),
            Piece::Text | Piece::EscapedText => self.text(piece, bytes),
            Piece::Function => self.function(range, bytes),
            Piece::Url => self.url(range, bytes),
            Piece::Byte(byte) => self.byte(byte, range),
            _ => Err(Kind::Style),
        }
    }

    /// Under newer rules `attr()` has a type, which may be a URL.
    fn step_in_attribute(&mut self, piece: Piece) -> Result<(), Kind> {
        let Some(words) = &mut self.attribute else {
            return Ok(());
        };
        match piece {
            Piece::Blank => {}
            Piece::Word if *words == 0 => *words = 1,
            Piece::Byte(b')') if *words == 1 => self.attribute = None,
            _ => return Err(Kind::Style),
        }
        Ok(())
    }

    fn text(&mut self, piece: Piece, bytes: &[u8]) -> Result<Step, Kind> {
        if self.property == Property::Filter {
            return Err(Kind::Style);
        }
        if !self.brackets.is_fetching() {
            // Some properties of Word's take the address of a picture as a string.
            return if self.depth == Depth::Remote && is_address(bytes) { Err(Kind::Fetch) } else { Ok(Step::On) };
        }
        if piece == Piece::EscapedText {
            return Err(Kind::Style);
        }
        let url = bytes.get(1..bytes.len().saturating_sub(1)).unwrap_or_default();
        self.is_fetched |= self.is_refused(url)?;
        Ok(Step::On)
    }

    /// What stands for another value cannot be a URL that is looked at: none in what fetches.
    fn function(&mut self, range: &Range<usize>, bytes: &[u8]) -> Result<Step, Kind> {
        let what = function::in_value(bytes);
        let is_fetching = self.brackets.is_fetching();
        let opened = match what {
            Function::Plain => self.brackets.open(b'('),
            Function::Variable if !is_fetching => self.brackets.open(b'('),
            Function::Attribute if !is_fetching => {
                self.attribute = Some(0);
                self.brackets.open(b'(')
            }
            Function::Url | Function::Picture if self.property != Property::Filter => {
                self.picture = if is_fetching { self.picture } else { range.start };
                self.brackets.open_fetching()
            }
            _ => None,
        };
        opened.map(|()| Step::On).ok_or(Kind::Style)
    }

    fn url(&mut self, range: &Range<usize>, bytes: &[u8]) -> Result<Step, Kind> {
        if self.property == Property::Filter {
            return Err(Kind::Style);
        }
        let url = bytes.get(4..bytes.len().saturating_sub(1)).unwrap_or_default();
        let is_refused = self.is_refused(url)?;
        if is_refused && !self.brackets.is_fetching() {
            return Ok(Step::Fetched(range.clone()));
        }
        self.is_fetched |= is_refused;
        Ok(Step::On)
    }

    /// Whether a URL goes alone; an error where the declaration goes with it.
    fn is_refused(&self, url: &[u8]) -> Result<bool, Kind> {
        match address::judge(url, self.depth) {
            Err(Kind::Fetch) if self.property != Property::Cursor => Ok(true),
            judged => judged.map(|()| false),
        }
    }

    fn byte(&mut self, byte: u8, range: &Range<usize>) -> Result<Step, Kind> {
        match byte {
            b';' | b'}' if self.is_whole() => Ok(Step::Done),
            b'[' => self.brackets.open(byte).map(|()| Step::On).ok_or(Kind::Style),
            b'(' if !self.is_whole() => self.brackets.open(byte).map(|()| Step::On).ok_or(Kind::Style),
            b')' | b']' => self.close(byte, range.end),
            b'=' if self.property == Property::Filter => Ok(Step::On),
            b',' | b'/' | b'%' | b'+' | b'-' | b'*' | b'.' | b'!' | b'#' | b'?' => Ok(Step::On),
            _ => Err(Kind::Style),
        }
    }

    fn close(&mut self, bracket: u8, end: usize) -> Result<Step, Kind> {
        self.brackets.close(bracket).ok_or(Kind::Style)?;
        if self.brackets.is_fetching() || !self.is_fetched {
            return Ok(Step::On);
        }
        self.is_fetched = false;
        Ok(Step::Fetched(self.picture..end))
    }
}

/// Whether a string names another host.
fn is_address(text: &[u8]) -> bool {
    let inside = text.get(1..).unwrap_or_default().trim_ascii_start();
    memmem::find(text, b"://").is_some() || inside.starts_with(b"//") || inside.starts_with(b"\\\\")
}
