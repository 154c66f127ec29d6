//! The links and forms of a page: where each leads and what the reader sees of it.
//!
//! Owns which bytes of a page are a link. It must never judge one, nor keep more of a page than a line of each. Nothing here fails: a
//! page that is all links yields the first of them, one that has none yields none.

use super::token::{Tag, Token, scan};
use std::ops::Range;

/// Most links that are told, and most forms; real mail has some hundreds.
const MOST: usize = 10_000;

/// Most bytes that are kept of a text: a line of it says what it is.
const LONGEST_TEXT: usize = 512;

/// What of a page leads elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// In their order.
    pub links: Vec<Link>,
    /// In their order.
    pub forms: Vec<Form>,
    /// What relative links are relative to, as it stands.
    pub base: Option<Vec<u8>>,
}

/// A link that is clicked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Where it leads, as it stands.
    pub href: Vec<u8>,
    /// What is to be read of it: the first bytes, each run of white space as one blank.
    pub text: Vec<u8>,
    /// The same of the texts that stand for its pictures.
    pub alternative: Vec<u8>,
    /// Whether it has a picture.
    pub has_picture: bool,
    /// Its start tag.
    pub start: Range<usize>,
    /// Its end tag; none of an area, or where the next link or the page ends it.
    pub end: Option<Range<usize>>,
}

/// A form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Where it is sent, as it stands; empty is to where the page is from.
    pub action: Vec<u8>,
    /// Whether it asks for a password.
    pub has_password: bool,
    /// Its start tag.
    pub start: Range<usize>,
}

/// The links and forms of `page`, whose bytes below 0x80 must be ASCII.
pub fn links(page: &[u8]) -> Links {
    let mut reader = Reader::default();
    if may_have_any(page) {
        scan(page, |token| reader.take(&token));
    }
    reader.found
}

/// Whether a tag begins as those do that are looked for.
fn may_have_any(page: &[u8]) -> bool {
    memchr::memchr_iter(b'<', page).any(|at| page.get(at + 1).is_some_and(|first| matches!(first | 0x20, b'a' | b'f' | b'i' | b'b')))
}

#[derive(Default)]
struct Reader {
    found: Links,
    /// The link that goes on: readers end it where the next begins.
    open: Option<usize>,
    /// The same of the last form; it may have been closed by the markup and still take fields, so nothing but the next ends it.
    in_form: bool,
    /// The element whose text is none to the reader, being a style or title.
    unseen: Option<&'static [u8]>,
}

/// Elements whose text is not shown in the page.
const UNSEEN: [&[u8]; 6] = [b"style", b"script", b"title", b"noembed", b"noframes", b"iframe"];

impl Reader {
    fn take(&mut self, token: &Token<'_>) {
        match token {
            Token::Start { range, tag } => self.start(range, tag),
            Token::End { range, name } => self.end(range, name),
            Token::Text { text, .. } if self.unseen.is_none() => self.text(text),
            _ => {}
        }
    }

    fn start(&mut self, range: &Range<usize>, tag: &Tag) {
        self.unseen = UNSEEN.into_iter().find(|name| *name == tag.name());
        match tag.name() {
            b"a" => self.link(range, tag, true),
            b"area" => self.link(range, tag, false),
            b"img" | b"image" | b"input" | b"v:imagedata" => self.picture(tag),
            b"form" => self.form(range, tag.attribute("action")),
            b"base" if self.found.base.is_none() => self.found.base = tag.attribute("href").map(<[u8]>::to_vec),
            b"br" | b"p" | b"div" | b"td" | b"li" => self.text(b" "),
            _ => {}
        }
        if tag.name() == b"input" || tag.name() == b"button" {
            self.field(range, tag);
        }
    }

    fn link(&mut self, range: &Range<usize>, tag: &Tag, has_content: bool) {
        // An area within a link does not end it.
        self.open = self.open.filter(|_| !has_content);
        let href = tag.attribute("href").or_else(|| tag.attribute("xlink:href"));
        let Some(href) = href.filter(|_| self.found.links.len() < MOST) else { return };
        let mut link = Link { href: href.to_vec(), start: range.clone(), ..Link::default() };
        if has_content {
            self.open = Some(self.found.links.len());
        } else {
            append(&mut link.alternative, tag.attribute("alt").unwrap_or_default());
            link.has_picture = true;
        }
        self.found.links.push(link);
    }

    fn end(&mut self, range: &Range<usize>, name: &[u8]) {
        self.unseen = None;
        if name == b"a"
            && let Some(link) = self.open.take().and_then(|open| self.found.links.get_mut(open))
        {
            link.end = Some(range.clone());
        }
    }

    fn opened(&mut self) -> Option<&mut Link> {
        self.open.and_then(|open| self.found.links.get_mut(open))
    }

    fn text(&mut self, text: &[u8]) {
        if let Some(link) = self.opened() {
            append(&mut link.text, text);
        }
    }

    fn picture(&mut self, tag: &Tag) {
        let is_picture = tag.name() != b"input" || tag.attribute("type").is_some_and(|kind| kind.eq_ignore_ascii_case(b"image"));
        if let Some(link) = self.opened().filter(|_| is_picture) {
            link.has_picture = true;
            append(&mut link.alternative, tag.attribute("alt").unwrap_or_default());
        }
    }

    fn form(&mut self, range: &Range<usize>, action: Option<&[u8]>) {
        if self.found.forms.len() < MOST {
            let action = action.unwrap_or_default().trim_ascii().to_vec();
            self.found.forms.push(Form { action, has_password: false, start: range.clone() });
            self.in_form = true;
        }
    }

    /// A field, which belongs to the last form; without any it still asks.
    fn field(&mut self, range: &Range<usize>, tag: &Tag) {
        let asks = tag.attribute("type").is_some_and(|kind| kind.trim_ascii().eq_ignore_ascii_case(b"password"));
        let elsewhere = tag.attribute("formaction");
        if elsewhere.is_some() || (asks && !self.in_form) {
            let has_password = asks || self.found.forms.last().is_some_and(|form| form.has_password);
            self.form(range, elsewhere);
            if let Some(form) = self.found.forms.last_mut() {
                form.has_password |= has_password;
            }
        } else if let Some(form) = self.found.forms.last_mut().filter(|_| asks) {
            form.has_password = true;
        }
    }
}

/// Adds `more`, with each run of white space as one blank and none in front.
fn append(text: &mut Vec<u8>, more: &[u8]) {
    let room = LONGEST_TEXT.saturating_sub(text.len());
    for byte in more.iter().take(room) {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' if text.last().is_none_or(|last| *last == b' ') => {}
            b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' => text.push(b' '),
            _ => text.push(*byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(page: &str) -> Vec<String> {
        let show = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
        let bytes = |range: &Range<usize>| page.get(range.clone()).unwrap_or("outside");
        let each = links(page.as_bytes()).links;
        let shown = each.iter().map(|link| {
            let end = link.end.as_ref().map_or("none", bytes);
            let picture = if link.has_picture { format!(" [{}]", show(&link.alternative)) } else { String::new() };
            format!("{} {:?}{picture} {} {end}", show(&link.href), show(&link.text), bytes(&link.start))
        });
        shown.collect()
    }

    #[test]
    fn a_link_is_what_the_reader_sees_and_where_it_leads() {
        let table: [(&str, &[&str]); 13] = [
            ("<a href=x>one <b>two</b>\n three</a> four", &["x \"one two three\" <a href=x> </a>"]),
            ("<A HREF='x&amp;y'>a &amp; b</A>", &["x&y \"a & b\" <A HREF='x&amp;y'> </A>"]),
            ("<a href=x><img alt='Log in'></a>", &["x \"\" [Log in] <a href=x> </a>"]),
            ("<a href=x>one<a href=y>two</a>", &["x \"one\" <a href=x> none", "y \"two\" <a href=y> </a>"]),
            ("<a href=x>one<p>two", &["x \"one two\" <a href=x> none"]),
            ("<a name=x>one</a><a>two</a>", &[]),
            ("<map><area href=x alt=Shop></map>", &["x \"\" [Shop] <area href=x alt=Shop> none"]),
            ("<a href=x>1<area href=y>2</a>", &["x \"12\" <a href=x> </a>", "y \"\" [] <area href=y> none"]),
            ("<svg><a xlink:href=x><text>t</text></a></svg>", &["x \"t\" <a xlink:href=x> </a>"]),
            ("<a href=x><style>a{}</style><title>t</title>one</a>", &["x \"one\" <a href=x> </a>"]),
            ("<!-- <a href=x>one</a> -->", &[]),
            ("<p>no link</p>", &[]),
            ("<a href=x", &[]),
        ];
        for (page, expected) in table {
            assert_eq!(told(page), expected, "{page}");
        }
    }

    #[test]
    fn a_form_says_where_it_is_sent_and_whether_it_asks_for_a_password() {
        let told = |page: &str| {
            let forms = links(page.as_bytes()).forms;
            forms.iter().map(|form| (String::from_utf8_lossy(&form.action).into_owned(), form.has_password)).collect::<Vec<_>>()
        };
        let table: [(&str, &[(&str, bool)]); 7] = [
            ("<form action=x><input type=text></form>", &[("x", false)]),
            ("<form action=' x '><input type=Password></form>", &[("x", true)]),
            ("<form><input type=password></form>", &[("", true)]),
            ("<form action=x></form><table><input type=password>", &[("x", true)]),
            ("<form action=x><input type=password><button formaction=y>", &[("x", true), ("y", true)]),
            ("<input type=password>", &[("", true)]),
            ("<form action=x><form action=y><input type=password>", &[("x", false), ("y", true)]),
        ];
        for (page, expected) in table {
            let expected: Vec<(String, bool)> = expected.iter().map(|(action, asks)| ((*action).to_owned(), *asks)).collect();
            assert_eq!(told(page), expected, "{page}");
        }
    }

    #[test]
    fn the_first_base_counts() {
        assert_eq!(links(b"<base target=x><base href=y><base href=z>").base.as_deref(), Some(&b"y"[..]));
        assert_eq!(links(b"<a href=x>").base, None);
    }

    #[test]
    fn no_page_yields_links_or_texts_without_end() {
        let found = links("<a href=x>long text ".repeat(20_000).as_bytes());
        assert_eq!(found.links.len(), MOST);
        let found = links(format!("<a href=x>{}", "word ".repeat(20_000)).as_bytes());
        assert!(found.links.iter().all(|link| link.text.len() <= LONGEST_TEXT));
        assert_eq!(links("<form>".repeat(20_000).as_bytes()).forms.len(), MOST);
    }
}
