//! The words of a page, as lines to read.
//!
//! Owns how elements become lines. The page must be UTF-8 and so is the text, without a control character but line ends and tabs; what
//! is script or style is left out. It must never wrap a line, the writer of the part does. Nothing here can fail.

use super::token::{self, Tag, Token};

/// The text of a page in UTF-8.
pub fn text(page: &[u8]) -> Vec<u8> {
    let mut writer = Writer::default();
    token::scan(page, |token| match token {
        Token::Text { text, .. } => writer.characters(&String::from_utf8_lossy(text)),
        Token::Start { tag, .. } => writer.start(tag),
        Token::End { name, .. } => writer.end(name),
        _ => {}
    });
    writer.finish()
}

/// What an element is to the lines of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// A blank line before and behind it.
    Paragraph,
    /// A line of its own.
    Block,
    List,
    Item,
    Cell,
    Preformatted,
    Link,
    /// What stands in it is not text.
    Hidden,
    /// Part of a line.
    Inline,
}

/// What stands before the next word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Blank,
    Cell,
    Line,
    Paragraph,
}

/// Lists in lists are indented up to this depth.
const DEEPEST: usize = 16;

#[derive(Debug, Default)]
struct Writer {
    out: String,
    gap: Gap,
    /// Behind the sign of an item: its first word stands in the same line, whatever comes between.
    is_fresh: bool,
    is_hidden: bool,
    /// How many elements whose blanks stay are open.
    preformatted: usize,
    /// Of each list that is open the number of its last item; none where they have no numbers.
    lists: Vec<Option<usize>>,
    /// Lists that are deeper.
    deeper: usize,
    link: Option<Link>,
}

#[derive(Debug)]
struct Link {
    url: String,
    /// Where its text begins.
    start: usize,
}

impl Writer {
    fn start(&mut self, tag: &Tag) {
        self.is_hidden = false;
        match tag.name() {
            b"br" => return self.line_end(),
            b"hr" => return self.rule(),
            b"img" => return self.picture(tag),
            _ => {}
        }
        match shape(tag.name()) {
            Shape::Link => self.open_link(tag),
            Shape::List => self.open_list(tag.name() == b"ol"),
            Shape::Item => self.item(),
            Shape::Preformatted => {
                self.space(Gap::Paragraph);
                self.preformatted += 1;
            }
            Shape::Hidden => self.is_hidden = true,
            shape => self.space(self.around(shape)),
        }
    }

    fn end(&mut self, name: &[u8]) {
        self.is_hidden = false;
        match shape(name) {
            Shape::Link => self.close_link(),
            Shape::List => self.close_list(),
            Shape::Preformatted => {
                self.preformatted = self.preformatted.saturating_sub(1);
                self.space(Gap::Paragraph);
            }
            shape => self.space(self.around(shape)),
        }
    }

    fn characters(&mut self, text: &str) {
        if self.is_hidden {
            return;
        }
        for one in text.chars() {
            match one {
                '\n' if self.preformatted > 0 => self.line_end(),
                ' ' | '\t' if self.preformatted > 0 => {
                    self.flush();
                    self.out.push(one);
                }
                ' ' | '\t' | '\n' | '\r' | '\u{c}' | '\u{a0}' => self.space(Gap::Blank),
                // They are as wide as nothing, and pad what is shown of a mail in lists.
                '\u{ad}' | '\u{34f}' | '\u{200b}' | '\u{feff}' => {}
                '\u{200c}' | '\u{200d}' if self.gap != Gap::None => {}
                _ if one.is_control() => {}
                _ => {
                    self.flush();
                    self.out.push(one);
                }
            }
        }
    }

    /// Paragraphs of an item stand close together, as the items do.
    fn around(&self, shape: Shape) -> Gap {
        match shape {
            Shape::Paragraph if self.lists.is_empty() => Gap::Paragraph,
            Shape::Paragraph | Shape::Block | Shape::Item => Gap::Line,
            Shape::Cell => Gap::Cell,
            _ => Gap::None,
        }
    }

    fn space(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    /// A second one leaves a line empty.
    fn line_end(&mut self) {
        self.gap = if self.gap >= Gap::Line { Gap::Paragraph } else { Gap::Line };
    }

    /// Writes the gap before a word.
    fn flush(&mut self) {
        let gap = std::mem::take(&mut self.gap);
        if !std::mem::take(&mut self.is_fresh) && !self.out.is_empty() {
            self.out.push_str(match gap {
                Gap::None => "",
                Gap::Blank => " ",
                Gap::Cell => "  ",
                Gap::Line => "\n",
                Gap::Paragraph => "\n\n",
            });
        }
    }

    fn rule(&mut self) {
        self.space(Gap::Line);
        self.flush();
        self.out.push_str("--------");
        self.space(Gap::Line);
    }

    fn picture(&mut self, tag: &Tag) {
        let words = tag.attribute("alt").map(String::from_utf8_lossy).unwrap_or_default();
        if !words.trim().is_empty() {
            self.flush();
            self.out.push('[');
            self.is_fresh = true;
            self.characters(words.trim());
            self.is_fresh = false;
            self.gap = Gap::None;
            self.out.push(']');
        }
    }

    fn open_list(&mut self, is_numbered: bool) {
        self.space(if self.lists.is_empty() { Gap::Paragraph } else { Gap::Line });
        match self.lists.len() < DEEPEST {
            true => self.lists.push(is_numbered.then_some(0)),
            false => self.deeper += 1,
        }
    }

    fn close_list(&mut self) {
        if self.deeper > 0 {
            self.deeper -= 1;
        } else {
            self.lists.pop();
        }
        self.space(if self.lists.is_empty() { Gap::Paragraph } else { Gap::Line });
    }

    fn item(&mut self) {
        self.is_fresh = false;
        self.space(Gap::Line);
        self.flush();
        let indent = self.lists.len().saturating_sub(1);
        self.out.extend(std::iter::repeat_n("  ", indent));
        match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                self.out.push_str(&number.to_string());
                self.out.push_str(". ");
            }
            _ => self.out.push_str("* "),
        }
        self.is_fresh = true;
    }

    fn open_link(&mut self, tag: &Tag) {
        self.close_link();
        let url = tag.attribute("href").map(String::from_utf8_lossy).unwrap_or_default();
        let is_odd = |one: char| one.is_control() || one.is_whitespace() || matches!(one, '<' | '>');
        let url: String = url.chars().filter(|one| !is_odd(*one)).collect();
        if is_told(&url) {
            self.link = Some(Link { url, start: self.out.len() });
        }
    }

    fn close_link(&mut self) {
        let Some(link) = self.link.take() else {
            return;
        };
        let text = self.out.get(link.start..).unwrap_or_default();
        if bare(text) == bare(&link.url) {
            return;
        }
        // What ended within the link ends behind its URL.
        let gap = if text.trim().is_empty() { Gap::None } else { std::mem::replace(&mut self.gap, Gap::Blank) };
        self.flush();
        self.out.push('<');
        self.out.push_str(&link.url);
        self.out.push('>');
        self.gap = gap;
    }

    fn finish(mut self) -> Vec<u8> {
        self.close_link();
        let mut text = self.out;
        text.truncate(text.trim_end().len());
        if !text.is_empty() {
            text.push('\n');
        }
        text.into_bytes()
    }
}

/// Whether a reader can follow the link out of a text.
fn is_told(url: &str) -> bool {
    let scheme = url.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    scheme.is_some_and(|scheme| matches!(scheme.as_str(), "http" | "https" | "mailto" | "tel" | "ftp"))
}

/// A URL without what people leave out of it.
fn bare(url: &str) -> String {
    let url = url.trim().to_lowercase();
    let url = ["https://", "http://", "ftp://", "mailto:", "tel:"].iter().find_map(|scheme| url.strip_prefix(scheme)).unwrap_or(&url);
    url.trim_end_matches('/').to_owned()
}

fn shape(name: &[u8]) -> Shape {
    match name {
        b"p" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"blockquote" | b"dl" | b"figure" | b"title" => Shape::Paragraph,
        b"div" | b"tr" | b"table" | b"caption" | b"section" | b"article" | b"header" | b"footer" | b"main" | b"nav" | b"aside" => {
            Shape::Block
        }
        b"address" | b"center" | b"form" | b"fieldset" | b"legend" | b"dt" | b"dd" | b"option" | b"details" | b"summary" => Shape::Block,
        b"body" | b"figcaption" | b"marquee" => Shape::Block,
        b"ul" | b"ol" | b"menu" | b"dir" => Shape::List,
        b"li" => Shape::Item,
        b"td" | b"th" => Shape::Cell,
        b"pre" | b"textarea" | b"xmp" | b"plaintext" | b"listing" => Shape::Preformatted,
        b"a" | b"area" => Shape::Link,
        b"script" | b"style" | b"iframe" | b"noembed" | b"noframes" => Shape::Hidden,
        _ => Shape::Inline,
    }
}

#[cfg(test)]
#[path = "text/text_tests.rs"]
mod tests;
