//! A page as its tokens (WHATWG HTML section 13.2.5), each with the bytes that it stands in.
//!
//! Owns the tokenizer's contract: tokens come in order and cover every byte of the page once. It must never build a tree: what is kept
//! of a page reads the same whatever tree a reader builds of it. Nothing here can fail.

use super::run::Run;
use super::source::Source;
use html5gum::{Emitter, Error, State, Tokenizer};
use std::ops::Range;

/// One thing that stands in a page; `range` is where.
#[derive(Debug)]
#[expect(missing_docs, reason = "the fields are told in one line for each kind")]
pub enum Token<'t> {
    /// Characters; `text` is what they stand for. Raw text, as that of a style, is one too.
    Text { range: Range<usize>, text: &'t [u8] },
    /// A start tag.
    Start { range: Range<usize>, tag: &'t Tag },
    /// An end tag; its name is in lower case.
    End { range: Range<usize>, name: &'t [u8] },
    /// A comment, or what is taken for one.
    Comment { range: Range<usize> },
    /// A document type, and whether it names a file elsewhere.
    Doctype { range: Range<usize>, name: &'t [u8], has_system: bool },
    /// A tag that begins and never ends; the page ends with it.
    Unfinished { range: Range<usize> },
}

impl Token<'_> {
    /// Where it stands.
    pub fn range(&self) -> Range<usize> {
        match self {
            Self::Text { range, .. }
            | Self::Start { range, .. }
            | Self::End { range, .. }
            | Self::Comment { range }
            | Self::Doctype { range, .. }
            | Self::Unfinished { range } => range.clone(),
        }
    }
}

/// A start tag.
#[derive(Debug, Default)]
pub struct Tag {
    name: Vec<u8>,
    is_self_closing: bool,
    /// Names and values in a row.
    bytes: Vec<u8>,
    attributes: Vec<Place>,
}

/// Where an attribute is in the bytes of its tag: its name ends where its value begins.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    name: usize,
    value: usize,
    end: usize,
    at: usize,
}

/// One attribute of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute<'t> {
    /// In lower case.
    pub name: &'t [u8],
    /// Without its quotes, its character references resolved.
    pub value: &'t [u8],
    /// Where in the page it begins.
    pub at: usize,
}

impl Tag {
    /// Its name in lower case.
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    /// Whether it ends with `/>`.
    pub fn is_self_closing(&self) -> bool {
        self.is_self_closing
    }

    /// Its attributes as they stand. Of several with one name readers take the first.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'_>> {
        self.attributes.iter().map(|place| Attribute {
            name: self.bytes.get(place.name..place.value).unwrap_or_default(),
            value: self.bytes.get(place.value..place.end).unwrap_or_default(),
            at: place.at,
        })
    }

    /// The value of the first attribute of that name.
    pub fn attribute(&self, name: &str) -> Option<&[u8]> {
        self.attributes().find(|attribute| attribute.name == name.as_bytes()).map(|attribute| attribute.value)
    }

    fn begin(&mut self) {
        self.name.clear();
        self.bytes.clear();
        self.attributes.clear();
        self.is_self_closing = false;
    }
}

/// Tells `each` the tokens of `page`, whose bytes below 0x80 must be ASCII.
pub fn scan(page: &[u8], mut each: impl FnMut(Token<'_>)) {
    let reader = Reader {
        each: &mut each,
        page,
        position: 0,
        open: 0,
        is_open: false,
        done: 0,
        is_end: false,
        tag: Tag::default(),
        last: Vec::new(),
        text: Run::default(),
    };
    // It yields no tokens, and pauses.
    Tokenizer::new_with_emitter(Source::new(page), reader).for_each(drop);
}

/// Whether what is put behind a page would become part of a tag, a style, or a text that only scripts see (EFAIL).
pub fn is_open_at_end(page: &[u8]) -> bool {
    let mut is_open = false;
    scan(page, |token| match token {
        Token::Unfinished { .. } => is_open = true,
        Token::Start { tag, .. } => is_open = state_behind(tag.name()).is_some(),
        Token::End { .. } => is_open = false,
        _ => {}
    });
    is_open
}

/// Takes the tokenizer's word, and tells whole tokens.
struct Reader<'p> {
    /// Not a type of its own for each caller: the tokenizer's states would be compiled for each, half a MiB of code in all.
    each: &'p mut dyn FnMut(Token<'_>),
    page: &'p [u8],
    /// Behind the byte that the tokenizer looks at.
    position: usize,
    /// Where the last `<` stands.
    open: usize,
    /// Whether nothing came of it yet.
    is_open: bool,
    /// All before was told.
    done: usize,
    is_end: bool,
    tag: Tag,
    /// The name of the last start tag: raw text ends with the end tag of that name.
    last: Vec<u8>,
    text: Run,
}

impl Reader<'_> {
    /// The bytes of what ends here and begins with the last `<`; the text before it is told.
    fn close(&mut self) -> Range<usize> {
        self.tell_text(self.open);
        let range = self.done..self.position.clamp(self.done, self.page.len());
        self.done = range.end;
        self.is_open = false;
        range
    }

    fn tell_text(&mut self, end: usize) {
        let range = self.done..end.clamp(self.done, self.page.len());
        if !range.is_empty() {
            self.done = range.end;
            (self.each)(Token::Text { range, text: self.text.bytes(self.page) });
        }
        self.text.clear();
    }
}

/// What is read as text behind a start tag, where scripts do not run (section 13.2.6.2): so it is in mail. That of `noscript` is a page.
fn state_behind(name: &[u8]) -> Option<State> {
    match name {
        b"textarea" | b"title" => Some(State::RcData),
        b"plaintext" => Some(State::PlainText),
        b"script" => Some(State::ScriptData),
        b"style" | b"iframe" | b"xmp" | b"noembed" | b"noframes" => Some(State::RawText),
        _ => None,
    }
}

impl Emitter for Reader<'_> {
    type Token = ();

    fn move_position(&mut self, offset: isize) {
        self.position = self.position.saturating_add_signed(offset);
    }

    fn set_last_start_tag(&mut self, name: Option<&[u8]>) {
        self.last = name.unwrap_or_default().to_vec();
    }

    fn emit_eof(&mut self) {
        if self.is_open {
            self.tell_text(self.open);
            let range = self.done..self.page.len();
            self.done = range.end;
            (self.each)(Token::Unfinished { range });
        }
        self.tell_text(self.page.len());
    }

    fn emit_error(&mut self, _: Error) {}

    fn should_emit_errors(&mut self) -> bool {
        false
    }

    fn pop_token(&mut self) -> Option<()> {
        None
    }

    fn emit_string(&mut self, text: &[u8]) {
        self.is_open = false;
        self.text.push(self.page, text);
    }

    fn start_open_tag(&mut self) {
        self.open = self.position.saturating_sub(1);
        self.is_open = true;
    }

    fn init_start_tag(&mut self) {
        self.is_end = false;
        self.tag.begin();
    }

    fn init_end_tag(&mut self) {
        self.is_end = true;
        self.tag.begin();
    }

    fn push_tag_name(&mut self, name: &[u8]) {
        self.tag.name.extend_from_slice(name);
    }

    fn init_attribute(&mut self) {
        let end = self.tag.bytes.len();
        self.tag.attributes.push(Place { name: end, value: end, end, at: self.position.saturating_sub(1) });
    }

    fn push_attribute_name(&mut self, name: &[u8]) {
        self.tag.bytes.extend_from_slice(name);
        let end = self.tag.bytes.len();
        if let Some(place) = self.tag.attributes.last_mut() {
            (place.value, place.end) = (end, end);
        }
    }

    fn push_attribute_value(&mut self, value: &[u8]) {
        self.tag.bytes.extend_from_slice(value);
        if let Some(place) = self.tag.attributes.last_mut() {
            place.end = self.tag.bytes.len();
        }
    }

    fn set_self_closing(&mut self) {
        self.tag.is_self_closing = true;
    }

    fn emit_current_tag(&mut self) -> Option<State> {
        let range = self.close();
        if self.is_end {
            (self.each)(Token::End { range, name: &self.tag.name });
            return None;
        }
        (self.each)(Token::Start { range, tag: &self.tag });
        self.last.clone_from(&self.tag.name);
        state_behind(&self.tag.name)
    }

    fn current_is_appropriate_end_tag_token(&mut self) -> bool {
        self.is_end && !self.last.is_empty() && self.last == self.tag.name
    }

    fn init_comment(&mut self) {}

    fn push_comment(&mut self, _: &[u8]) {}

    fn emit_current_comment(&mut self) {
        let range = self.close();
        (self.each)(Token::Comment { range });
    }

    fn init_doctype(&mut self) {
        self.tag.begin();
    }

    fn push_doctype_name(&mut self, name: &[u8]) {
        self.tag.name.extend_from_slice(name);
    }

    fn set_force_quirks(&mut self) {}

    fn set_doctype_public_identifier(&mut self, _: &[u8]) {}

    fn set_doctype_system_identifier(&mut self, _: &[u8]) {
        self.tag.is_self_closing = true;
    }

    fn push_doctype_public_identifier(&mut self, _: &[u8]) {}

    fn push_doctype_system_identifier(&mut self, _: &[u8]) {}

    fn emit_current_doctype(&mut self) {
        let range = self.close();
        (self.each)(Token::Doctype { range, name: &self.tag.name, has_system: self.tag.is_self_closing });
    }
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
