//! Where the attributes of a start tag stand in its bytes (WHATWG HTML sections 13.2.5.32 to 13.2.5.40).
//!
//! Owns which bytes of a tag are which attribute, so that one can go and the others keep their bytes. A tag is never written anew: what
//! its references stand for is in UTF-8, and its page may be in another charset. The tokenizer says what the attributes are; where it
//! and this disagree the rest of the tag goes. Nothing here can fail.

use super::token::Tag;
use std::ops::Range;

/// The bytes of one attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// All of it.
    pub range: Range<usize>,
    /// Its name.
    pub name: Range<usize>,
    /// What stands between its quotes, or without any.
    pub value: Range<usize>,
    /// Whether there are quotes.
    pub is_quoted: bool,
}

/// The attributes of a start tag that stands in `range` of a page.
pub struct Places<'p> {
    page: &'p [u8],
    at: usize,
    end: usize,
}

impl<'p> Places<'p> {
    /// Begins behind the name of `tag`.
    pub fn new(page: &'p [u8], range: &Range<usize>, tag: &Tag) -> Self {
        // A NUL is one byte in the page and three in the name, but such a tag is on no list.
        Self { page, at: range.start.saturating_add(1).saturating_add(tag.name().len()), end: range.end.saturating_sub(1) }
    }

    fn skip(&mut self, is_skipped: fn(u8) -> bool) {
        let rest = self.page.get(self.at..self.end).unwrap_or_default();
        self.at += rest.iter().position(|byte| !is_skipped(*byte)).unwrap_or(rest.len());
    }

    fn byte(&self) -> Option<u8> {
        self.page.get(self.at).copied().filter(|_| self.at < self.end)
    }

    /// The value behind an equals sign, and whether it has quotes.
    fn value(&mut self) -> (Range<usize>, bool) {
        self.skip(is_blank);
        let Some(quote) = self.byte().filter(|byte| matches!(byte, b'"' | b'\'')) else {
            let begin = self.at;
            self.skip(|byte| !is_blank(byte) && byte != b'>');
            return (begin..self.at, false);
        };
        let begin = self.at + 1;
        let rest = self.page.get(begin..self.end).unwrap_or_default();
        let end = begin + memchr::memchr(quote, rest).unwrap_or(rest.len());
        self.at = (end + 1).min(self.end);
        (begin..end, true)
    }
}

impl Iterator for Places<'_> {
    type Item = Place;

    fn next(&mut self) -> Option<Place> {
        self.skip(|byte| is_blank(byte) || byte == b'/');
        self.byte()?;
        let begin = self.at;
        // An equals sign that comes first belongs to the name.
        self.at += 1;
        self.skip(|byte| !is_blank(byte) && !matches!(byte, b'/' | b'>' | b'='));
        let name = begin..self.at;
        self.skip(is_blank);
        if self.byte() != Some(b'=') {
            self.at = name.end;
            return Some(Place { range: name.clone(), value: name.end..name.end, name, is_quoted: false });
        }
        self.at += 1;
        let (value, is_quoted) = self.value();
        Some(Place { range: begin..self.at, name, value, is_quoted })
    }
}

/// The name of the end tag that `bytes` are, if it is all that they are.
pub fn is_plain_end(bytes: &[u8], name: &[u8]) -> bool {
    let rest = bytes.strip_prefix(b"</").and_then(|rest| rest.split_at_checked(name.len()));
    rest.is_some_and(|(head, tail)| {
        head.eq_ignore_ascii_case(name) && tail.strip_suffix(b">").is_some_and(|rest| rest.iter().all(|byte| is_blank(*byte)))
    })
}

/// Whether the raw text that begins at `from` ends with a plain end tag of that name.
pub fn is_closed(page: &[u8], from: usize, name: &[u8]) -> bool {
    let rest = page.get(from..).unwrap_or_default();
    for at in memchr::memmem::find_iter(rest, b"</") {
        let tail = rest.get(at + 2..).unwrap_or_default();
        let Some((head, tail)) = tail.split_at_checked(name.len()) else { return false };
        let behind = tail.first().copied().unwrap_or_default();
        if head.eq_ignore_ascii_case(name) && (is_blank(behind) || matches!(behind, b'/' | b'>')) {
            let end = tail.iter().position(|byte| !is_blank(*byte));
            return end.and_then(|end| tail.get(end)) == Some(&b'>');
        }
    }
    false
}

/// What parts attributes.
pub fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c')
}

#[cfg(test)]
mod tests {
    use super::super::token::{Token, scan};
    use super::*;
    use proptest::prelude::*;

    fn places(page: &str) -> Vec<String> {
        let (page, mut found) = (page.as_bytes(), Vec::new());
        let text = |range: Range<usize>| String::from_utf8_lossy(&page[range]).into_owned();
        scan(page, |token| {
            if let Token::Start { range, tag } = token {
                found.extend(Places::new(page, &range, tag).map(|place| format!("{}|{}", text(place.range), text(place.value))));
            }
        });
        found
    }

    #[test]
    fn each_attribute_has_the_bytes_that_it_stands_in() {
        let table: [(&str, &[&str]); 9] = [
            ("<b>", &[]),
            ("<b a=1 c d = '2 3' e>", &["a=1|1", "c|", "d = '2 3'|2 3", "e|"]),
            ("<b/a=\"1\"/c='2'd=3/>", &["a=\"1\"|1", "c='2'|2", "d=3/|3/"]),
            ("<b a='1'/>", &["a='1'|1"]),
            ("<b a= >", &["a= |"]),
            ("<b =a=1 ==>", &["=a=1|1", "==|"]),
            ("<b a\n=\r\n1\tc>", &["a\n=\r\n1|1", "c|"]),
            ("<b a='x>y' \"c>", &["a='x>y'|x>y", "\"c|"]),
            ("<b a=`1 2`>", &["a=`1|`1", "2`|"]),
        ];
        for (page, expected) in table {
            assert_eq!(places(page), expected, "{page}");
        }
    }

    proptest! {
        #[test]
        fn the_places_are_those_of_the_tokenizer(inner in proptest::collection::vec(proptest::sample::select(b"=/'\"` \r\n\x0c&;aA<\xe9".to_vec()), 0..30)) {
            let page = [b"<b ", inner.as_slice(), b">"].concat();
            scan(&page, |token| {
                let Token::Start { range, tag } = token else { return };
                let places: Vec<usize> = Places::new(&page, &range, tag).map(|place| place.range.start).collect();
                let told: Vec<usize> = tag.attributes().map(|attribute| attribute.at).collect();
                assert_eq!(places, told, "{}", String::from_utf8_lossy(&page));
            });
        }
    }

    #[test]
    fn raw_text_is_closed_by_its_own_end_tag_alone() {
        let table = [
            ("a</style>", true),
            ("a</STYLE\n>", true),
            ("a</styles></style >", true),
            ("a</style x>", false),
            ("a</style/></style>", false),
            ("a</style", false),
            ("a</title>", false),
            ("", false),
        ];
        for (page, expected) in table {
            assert_eq!(is_closed(page.as_bytes(), 0, b"style"), expected, "{page}");
        }
    }
}
