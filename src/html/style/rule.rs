//! Rules: selectors with their declarations, and what begins with `@` (CSS Syntax Level 3, section 5.4).
//!
//! Owns which rules may stand in a style element. A rule that holds rules is cleaned inside, without recursion. Nothing here can fail.

use super::super::Kind;
use super::bracket::Brackets;
use super::piece::Piece;
use super::{Cleaner, Place, address, function};
use std::ops::Range;

/// Rules in rules, deeper than this, go.
const DEEPEST: usize = 16;

/// How a prelude ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Brace,
    Semicolon,
}

/// What a prelude belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Prelude {
    Selector,
    Condition,
}

/// What stands between the braces of a rule that begins with `@`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Rules,
    Declarations,
    Font,
    Import,
    Charset,
    Unknown,
}

/// Where the rules of a sheet stand.
#[derive(Debug, Default)]
struct Nesting {
    /// Rules with rules in them that are open.
    groups: usize,
    /// Whether declarations end with the sheet, and not with a brace.
    is_open: bool,
    /// Whether `<!--` is open.
    is_hidden: bool,
}

impl Cleaner<'_> {
    /// Cleans rules up to the end.
    pub(super) fn rules(&mut self) {
        let mut nesting = Nesting::default();
        while let Some((piece, range)) = self.scanner.next() {
            match piece {
                Piece::Blank | Piece::Byte(b';') => {}
                Piece::Comment => self.comment(range),
                Piece::Begin | Piece::End => self.hide(piece, range, &mut nesting),
                Piece::Byte(b'}') if nesting.groups > 0 => nesting.groups -= 1,
                Piece::Byte(b'}') => self.cut(range, b" ", Kind::Style),
                Piece::At => self.at_rule(range, &mut nesting),
                _ => self.style_rule(range, &mut nesting),
            }
        }
        self.close(&nesting);
    }

    /// `<!--` has an end, or readers that take it for a comment of the page hide the end of the style in it.
    fn close(&mut self, nesting: &Nesting) {
        if nesting.is_hidden {
            let braces = nesting.groups + usize::from(nesting.is_open);
            self.append(&[b"}".repeat(braces).as_slice(), b"\n-->"].concat());
        }
    }

    fn hide(&mut self, piece: Piece, range: Range<usize>, nesting: &mut Nesting) {
        let is_begin = piece == Piece::Begin;
        let is_odd = is_begin && matches!(self.scanner.css.get(range.end), Some(b'-' | b'>'));
        if nesting.groups > 0 || nesting.is_hidden == is_begin || is_odd {
            return self.cut(range, b" ", Kind::Style);
        }
        nesting.is_hidden = is_begin;
    }

    fn style_rule(&mut self, range: Range<usize>, nesting: &mut Nesting) {
        let mark = self.mark();
        self.scanner.at = range.start;
        match self.prelude(Prelude::Selector) {
            Ok(_) => nesting.is_open = !self.declarations(Place::Rule),
            Err(kind) => {
                self.go_back(mark);
                self.drop_rule(range.start, kind);
            }
        }
    }

    fn drop_rule(&mut self, start: usize, kind: Kind) {
        let end = self.skip(Place::Rule);
        self.cut(start..end, b" ", kind);
    }

    fn at_rule(&mut self, range: Range<usize>, nesting: &mut Nesting) {
        let mark = self.mark();
        let judged = match content(self.scanner.bytes(&range)) {
            Content::Rules => self.group(nesting),
            Content::Declarations => self.block(nesting),
            Content::Font => return self.font(range.start, nesting),
            Content::Import => self.import(),
            Content::Charset => self.charset(),
            Content::Unknown => Err(Kind::Unknown),
        };
        if let Err(kind) = judged {
            self.go_back(mark);
            self.drop_rule(range.start, kind);
        }
    }

    fn group(&mut self, nesting: &mut Nesting) -> Result<(), Kind> {
        if self.prelude(Prelude::Condition)? == End::Semicolon {
            return Ok(());
        }
        if nesting.groups == DEEPEST {
            return self.refuse_end(Kind::Style);
        }
        nesting.groups += 1;
        Ok(())
    }

    fn block(&mut self, nesting: &mut Nesting) -> Result<(), Kind> {
        if self.prelude(Prelude::Condition)? == End::Brace {
            nesting.is_open = !self.declarations(Place::Rule);
        }
        Ok(())
    }

    /// A font without what is fetched for it is none.
    fn font(&mut self, start: usize, nesting: &mut Nesting) {
        let mark = self.mark();
        let judged = self.block(nesting);
        if let Err(kind) = judged {
            self.go_back(mark);
            return self.drop_rule(start, kind);
        }
        if self.fetches > mark.fetches {
            self.go_back(mark);
            nesting.is_open = false;
            self.cut(start..self.scanner.at, b" ", Kind::Fetch);
        }
    }

    fn import(&mut self) -> Result<(), Kind> {
        let mut is_function = false;
        while let Some((piece, range)) = self.scanner.next() {
            let bytes = self.scanner.bytes(&range);
            let skipped = match piece {
                Piece::Blank => continue,
                Piece::Function if !is_function && bytes.eq_ignore_ascii_case(b"url(") => {
                    is_function = true;
                    continue;
                }
                Piece::Url if !is_function => 4,
                Piece::Text => 1,
                _ => return self.refuse(&range, Kind::Style),
            };
            address::judge_import(bytes.get(skipped..bytes.len().saturating_sub(1)).unwrap_or_default(), self.depth)?;
            return self.import_end(is_function);
        }
        Err(Kind::Style)
    }

    /// What stands behind the URL: its bracket, and where the style applies.
    fn import_end(&mut self, mut is_function: bool) -> Result<(), Kind> {
        while is_function {
            match self.scanner.next() {
                Some((Piece::Blank, _)) => {}
                Some((Piece::Byte(b')'), _)) => is_function = false,
                Some((_, range)) => return self.refuse(&range, Kind::Style),
                None => return Err(Kind::Style),
            }
        }
        match self.prelude(Prelude::Condition)? {
            End::Semicolon => Ok(()),
            End::Brace => self.refuse_end(Kind::Style),
        }
    }

    /// It means nothing in a page, but to readers that we do not know.
    fn charset(&mut self) -> Result<(), Kind> {
        let start = self.scanner.at;
        self.prelude(Prelude::Condition)?;
        match self.scanner.bytes(&(start..self.scanner.at)).to_ascii_lowercase().as_slice() {
            br#" "utf-8";"# | br#" "us-ascii";"# | br#" "iso-8859-1";"# | br#" "windows-1252";"# => Ok(()),
            _ => self.refuse_end(Kind::Unknown),
        }
    }

    /// The byte that ended a prelude is read once more, to find the rule's end.
    fn refuse_end<T>(&mut self, kind: Kind) -> Result<T, Kind> {
        self.scanner.at = self.scanner.at.saturating_sub(1);
        Err(kind)
    }

    /// Reads what stands before the braces of a rule.
    fn prelude(&mut self, prelude: Prelude) -> Result<End, Kind> {
        let mut brackets = Brackets::default();
        while let Some((piece, range)) = self.scanner.next() {
            let bytes = self.scanner.bytes(&range);
            let step = match piece {
                Piece::Byte(b'{') if brackets.is_empty() => return Ok(End::Brace),
                Piece::Byte(b';') if brackets.is_empty() && prelude == Prelude::Condition => return Ok(End::Semicolon),
                // A selector has strings for the values of attributes alone, and no slash.
                Piece::Text | Piece::EscapedText | Piece::Byte(b'/') if prelude == Prelude::Selector && brackets.is_empty() => None,
                Piece::Blank | Piece::Word | Piece::Text => Some(()),
                Piece::Comment => {
                    self.comment(range.clone());
                    Some(())
                }
                Piece::EscapedWord | Piece::EscapedText if prelude == Prelude::Selector => Some(()),
                Piece::Function if function::is_in_prelude(bytes) => brackets.open(b'('),
                Piece::Byte(byte) => prelude_byte(byte, &mut brackets),
                _ => None,
            };
            if step.is_none() {
                return self.refuse(&range, Kind::Style);
            }
        }
        Err(Kind::Style)
    }
}

fn prelude_byte(byte: u8, brackets: &mut Brackets) -> Option<()> {
    match byte {
        b'(' | b'[' => brackets.open(byte),
        b')' | b']' => brackets.close(byte),
        _ => b",.:>+~*|=^$!/%#&-".contains(&byte).then_some(()),
    }
}

fn content(keyword: &[u8]) -> Content {
    match keyword.to_ascii_lowercase().as_slice() {
        b"@media" | b"@supports" | b"@layer" | b"@container" => Content::Rules,
        b"@keyframes" | b"@-webkit-keyframes" | b"@-moz-keyframes" | b"@-o-keyframes" | b"@-ms-keyframes" => Content::Rules,
        b"@page" | b"@viewport" | b"@-ms-viewport" | b"@-o-viewport" | b"@list" => Content::Declarations,
        b"@font-face" => Content::Font,
        b"@import" => Content::Import,
        b"@charset" => Content::Charset,
        _ => Content::Unknown,
    }
}
