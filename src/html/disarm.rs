//! Takes out of a page what acts, or what acts and what fetches.
//!
//! Owns the walk over a page's tokens: each stays with its bytes or goes. No raw text but that of `style` and `title` is left, and no
//! `<` that is not the beginning of a tag or comment that was looked at: so every reader's tokenizer, whatever tree it builds, sees in
//! what is left the tags that ours saw. It must never write a tag that was not in the page, but for `wbr`, which is
//! nothing. Nothing here can fail.

use super::comment;
use super::elements::{self, Fate};
use super::splices::Disarmed;
use super::style::Cleaned;
use super::tag::{is_closed, is_plain_end};
use super::token::{Tag, Token, scan};
use super::trim::{MOST_ATTRIBUTES, is_inert_before, trim};
use super::{Depth, Kind, head, style};
use std::ops::Range;

/// The longest reference that two texts could make together.
const LONGEST_REFERENCE: usize = 40;

/// What makes `page` harmless, whose bytes below 0x80 must be ASCII.
pub fn disarm(page: &[u8], depth: Depth) -> Disarmed {
    walk(page, depth, Around::Nothing)
}

/// What a page stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    Nothing,
    /// A conditional comment: there can be none in it.
    Comment,
}

/// What becomes of the text behind a tag.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    /// It is text of the page.
    Page,
    /// It goes with its tag.
    Gone,
    /// It becomes text of the page; `&` begins a reference in it already.
    Escaped,
    /// It becomes text of the page; `&` stands for itself in it.
    Verbatim,
    /// CSS.
    Style,
}

fn walk(page: &[u8], depth: Depth, around: Around) -> Disarmed {
    let mut walk = Walk { page, depth, around, text: Text::Page, open: 0, disarmed: Disarmed::default() };
    scan(page, |token| walk.token(token));
    walk.disarmed
}

struct Walk<'p> {
    page: &'p [u8],
    depth: Depth,
    around: Around,
    text: Text,
    /// Start tags that went and were told: their end tags need no more words.
    open: usize,
    disarmed: Disarmed,
}

impl Walk<'_> {
    fn token(&mut self, token: Token<'_>) {
        match token {
            Token::Text { range, .. } => self.text(range),
            Token::Start { range, tag } => self.start(range, tag),
            Token::End { range, name } => self.end(range, name),
            Token::Comment { range } => self.comment(range),
            Token::Doctype { range, name, has_system } => self.doctype(range, name, has_system),
            Token::Unfinished { range } => self.remove(range, Kind::Unfinished, &[b"<"]),
        }
    }

    fn bytes(&self, range: &Range<usize>) -> &[u8] {
        self.page.get(range.clone()).unwrap_or_default()
    }

    fn replace(&mut self, range: Range<usize>, with: &[u8]) {
        self.disarmed.replace(self.page, range, with);
    }

    fn remove(&mut self, range: Range<usize>, kind: Kind, what: &[&[u8]]) {
        self.disarmed.note(kind, what, range.start);
        self.cut(range);
    }

    /// What stands before and behind it must not become a reference when it has gone.
    fn cut(&mut self, range: Range<usize>) {
        let with: &[u8] = if self.is_in_reference(range.start) { b"<wbr>" } else { b"" };
        self.replace(range, with);
    }

    /// The same of an end tag.
    fn remove_end(&mut self, range: Range<usize>, kind: Kind, name: &[u8]) {
        if self.open == 0 {
            return self.remove(range, kind, &[b"/", name]);
        }
        self.open -= 1;
        self.cut(range);
    }

    fn is_in_reference(&self, at: usize) -> bool {
        let before = self.page.get(at.saturating_sub(LONGEST_REFERENCE)..at).unwrap_or_default();
        before.iter().rev().find(|byte| !byte.is_ascii_alphanumeric() && **byte != b'#') == Some(&b'&')
    }

    fn text(&mut self, range: Range<usize>) {
        match self.text {
            Text::Page => self.loose(range),
            Text::Gone => self.replace(range, b""),
            Text::Escaped => self.escape(&range, |byte| byte == b'<'),
            Text::Verbatim => self.escape(&range, |byte| matches!(byte, b'<' | b'&')),
            Text::Style => self.sheet(range),
        }
    }

    /// Text with a `<` that some reader takes for the beginning of a tag, or that comes before one that may go.
    fn loose(&mut self, range: Range<usize>) {
        let page = self.page;
        let bytes = page.get(range.clone()).unwrap_or_default();
        for at in memchr::memchr_iter(b'<', bytes) {
            let behind = bytes.get(at + 1..).unwrap_or_default();
            let at = range.start + at;
            // An end tag without a name is nothing (WHATWG HTML section 13.2.5.7).
            if behind.starts_with(b"/>") {
                self.remove(at..at + 3, Kind::Unfinished, &[b"</>"]);
            } else if !is_inert_before(behind.first()) {
                self.disarmed.note(Kind::Unfinished, &[b"<"], at);
                self.replace(at..at + 1, b"&lt;");
            }
        }
    }

    fn escape(&mut self, range: &Range<usize>, is_escaped: fn(u8) -> bool) {
        let page = self.page;
        for at in range.clone() {
            match page.get(at) {
                Some(b'<') if is_escaped(b'<') => self.replace(at..at + 1, b"&lt;"),
                Some(b'&') if is_escaped(b'&') => self.replace(at..at + 1, b"&amp;"),
                _ => {}
            }
        }
    }

    fn sheet(&mut self, range: Range<usize>) {
        let Cleaned { css, removed } = style::sheet(self.bytes(&range), self.depth);
        for kind in removed {
            self.disarmed.note(kind, &[b"style"], range.start);
        }
        if let Some(css) = css {
            let is_whole = memchr::memmem::find(&css, b"</").is_none();
            self.replace(range, if is_whole { &css } else { b"" });
        }
    }

    fn start(&mut self, range: Range<usize>, tag: &Tag) {
        let name = tag.name();
        let why = self.why(&range, tag);
        self.text = text_behind(name, why.is_none());
        match why {
            Some((kind, what)) => {
                self.open += 1;
                self.remove(range, kind, &[name, &what]);
            }
            None => trim(self.page, &range, tag, self.depth, &mut self.disarmed),
        }
    }

    /// Why an element's tags go, whatever they are; none: they stay.
    fn fate(&self, name: &[u8]) -> Option<Kind> {
        match elements::fate(name) {
            // What is between these is for readers that cannot play it; so it is when nothing may be played.
            Fate::Stays if self.depth == Depth::Remote && matches!(name, b"audio" | b"video") => Some(Kind::Fetch),
            Fate::Stays => None,
            Fate::Commented(_) if self.around == Around::Comment => None,
            Fate::Commented(kind) | Fate::Goes(kind) => Some(kind),
        }
    }

    /// Why the tag goes, whatever its attributes are, and what its removal is called besides its name.
    fn why(&self, range: &Range<usize>, tag: &Tag) -> Option<(Kind, Vec<u8>)> {
        let name = tag.name();
        if let Some(kind) = self.fate(name) {
            return Some((kind, Vec::new()));
        }
        match name {
            // What its attributes say together is looked at for each of them.
            b"meta" | b"link" if tag.attributes().nth(MOST_ATTRIBUTES).is_some() => Some((Kind::Unknown, Vec::new())),
            b"meta" => head::meta(tag).map(|(kind, what)| (kind, [b" ", what.as_slice()].concat())),
            b"link" => head::link(tag, self.depth).map(|kind| (kind, Vec::new())),
            b"style" | b"title" if !is_closed(self.page, range.end, name) => Some((Kind::Unfinished, Vec::new())),
            b"style" => style_type(tag).map(|kind| (kind, b" type".to_vec())),
            _ => None,
        }
    }

    fn end(&mut self, range: Range<usize>, name: &[u8]) {
        let is_gone = std::mem::replace(&mut self.text, Text::Page) == Text::Gone;
        if let Some(kind) = self.fate(name) {
            return self.remove_end(range, kind, name);
        }
        if is_gone {
            return self.remove(range, Kind::Unfinished, &[b"/", name]);
        }
        if !is_plain_end(self.bytes(&range), name) {
            self.disarmed.note(Kind::Unknown, &[b"/", name, b" with attributes"], range.start);
            let plain = [b"</", name, b">"].concat();
            self.replace(range, &plain);
        }
    }

    fn comment(&mut self, range: Range<usize>) {
        let fate = comment::fate(self.bytes(&range));
        match fate {
            // In a comment they would be its end to some readers.
            _ if self.around == Around::Comment => self.remove(range, Kind::Comment, &[b"comment"]),
            comment::Fate::Stays => {}
            comment::Fate::Goes => self.remove(range, Kind::Comment, &[b"comment"]),
            comment::Fate::Page(inner) => self.conditional(range, inner),
        }
    }

    /// A page in a comment, of which there is only one level.
    fn conditional(&mut self, range: Range<usize>, inner: Range<usize>) {
        let at = range.start + inner.start;
        let page = self.page;
        let inner = page.get(at..range.start + inner.end).unwrap_or_default();
        let disarmed = walk(inner, self.depth, Around::Comment);
        let left = disarmed.apply(inner);
        let is_comment = memchr::memmem::find(&left, b"--").is_none() && !left.contains(&0) && !left.starts_with(b"-");
        if is_comment {
            self.disarmed.adopt(page, &disarmed, at);
        } else {
            self.remove(range, Kind::Comment, &[b"comment"]);
        }
    }

    fn doctype(&mut self, range: Range<usize>, name: &[u8], has_system: bool) {
        if let Some(kind) = comment::doctype(self.bytes(&range), name, has_system, self.depth) {
            self.remove(range, kind, &[b"doctype"]);
        }
    }
}

fn text_behind(name: &[u8], stays: bool) -> Text {
    match name {
        b"script" | b"iframe" | b"noembed" | b"noframes" => Text::Gone,
        b"style" | b"title" if !stays => {
            if name == b"style" {
                Text::Gone
            } else {
                Text::Escaped
            }
        }
        b"style" => Text::Style,
        b"textarea" => Text::Escaped,
        b"xmp" | b"plaintext" => Text::Verbatim,
        _ => Text::Page,
    }
}

fn style_type(tag: &Tag) -> Option<Kind> {
    tag.attributes().any(|one| one.name == b"type" && !head::is_css(one.value)).then_some(Kind::Style)
}

#[cfg(test)]
#[path = "disarm_properties.rs"]
mod properties;

#[cfg(test)]
#[path = "disarm_tests.rs"]
mod tests;
