//! Declarations: what stands in a `style` attribute and between the braces of a rule (CSS Syntax Level 3, section 5.4.4).
//!
//! Owns where a declaration begins and ends, also one that goes. Nothing here can fail.

use super::super::Kind;
use super::piece::Piece;
use super::property::{self, Property};
use super::value::{Step, Value};
use super::{Cleaner, Place};
use std::ops::Range;

impl Cleaner<'_> {
    /// Cleans declarations up to the brace that ends them; says whether there is one.
    pub(super) fn declarations(&mut self, place: Place) -> bool {
        while let Some((piece, range)) = self.scanner.next() {
            match piece {
                Piece::Blank | Piece::Byte(b';') => {}
                Piece::Comment => self.comment(range),
                Piece::Byte(b'}') if place == Place::Rule => return true,
                _ => self.declaration(piece, range, place),
            }
        }
        false
    }

    fn declaration(&mut self, piece: Piece, range: Range<usize>, place: Place) {
        let (start, mark) = (range.start, self.mark());
        let judged = self.property(piece, range).and_then(|property| self.value(property, place));
        if let Err(kind) = judged {
            self.go_back(mark);
            let end = self.skip(place);
            self.cut(start..end, b"", kind);
        }
    }

    /// Reads up to the colon.
    fn property(&mut self, piece: Piece, mut range: Range<usize>) -> Result<Property, Kind> {
        let start = range.start;
        let mut name = piece;
        if name == Piece::Byte(b'*') {
            (name, range) = self.scanner.next().unwrap_or((Piece::Broken, range));
        }
        let property = match name {
            Piece::Word => property::of(self.scanner.bytes(&(start..range.end))),
            Piece::EscapedWord | Piece::Broken | Piece::Begin | Piece::End => Property::Acting,
            _ => Property::Unknown,
        };
        match property {
            Property::Acting => self.refuse(&range, Kind::Style),
            Property::Unknown => self.refuse(&range, Kind::Unknown),
            _ => self.colon().map(|()| property),
        }
    }

    fn colon(&mut self) -> Result<(), Kind> {
        while let Some((piece, range)) = self.scanner.next() {
            match piece {
                Piece::Byte(b':') => return Ok(()),
                Piece::Blank => {}
                Piece::Comment => self.comment(range),
                Piece::Broken => return self.refuse(&range, Kind::Style),
                _ => return self.refuse(&range, Kind::Unknown),
            }
        }
        Err(Kind::Unknown)
    }

    fn value(&mut self, property: Property, place: Place) -> Result<(), Kind> {
        let mut value = Value::new(property, self.depth);
        while let Some((piece, range)) = self.scanner.next() {
            // No rule ends in an attribute: a declaration with a brace in it would end in some readers, and go on in others.
            if piece == Piece::Byte(b'}') && place == Place::Attribute {
                return self.refuse(&range, Kind::Style);
            }
            match value.step(piece, &range, self.scanner.bytes(&range)) {
                Ok(Step::On) if piece == Piece::Comment => self.comment(range),
                Ok(Step::On) => {}
                Ok(Step::Fetched(fetched)) => self.cut(fetched, b"none", Kind::Fetch),
                Ok(Step::Done) => {
                    self.scanner.at = if piece == Piece::Byte(b'}') { range.start } else { range.end };
                    return Ok(());
                }
                Err(kind) => return self.refuse(&range, kind),
            }
        }
        if value.is_whole() { Ok(()) } else { Err(Kind::Style) }
    }

    /// What made something go is read once more, to find its end.
    pub(super) fn refuse<T>(&mut self, range: &Range<usize>, kind: Kind) -> Result<T, Kind> {
        self.scanner.at = range.start;
        Err(kind)
    }

    /// Goes on to the end of a declaration or rule that goes, and says where that is.
    pub(super) fn skip(&mut self, place: Place) -> usize {
        let mut open = 0_usize;
        while let Some((piece, range)) = self.scanner.next() {
            match piece {
                Piece::Byte(b'{') => open += 1,
                Piece::Byte(b'}') if open == 1 => return range.end,
                Piece::Byte(b'}') if open > 1 => open -= 1,
                Piece::Byte(b'}') if place == Place::Rule => {
                    self.scanner.at = range.start;
                    return range.start;
                }
                Piece::Byte(b';') if open == 0 => return range.end,
                _ => {}
            }
        }
        self.scanner.at
    }
}
