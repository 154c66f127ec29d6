//! Takes out of a start tag the attributes that may not stay.
//!
//! Owns that the others keep their bytes, and that no `<` of theirs begins a tag to whoever takes a value for text. What stands between
//! attributes stays, so that none of them runs into the next. Nothing here can fail.

use super::attributes::{Rule, is_debris, rule};
use super::splices::Disarmed;
use super::style::Cleaned;
use super::tag::{Place, Places};
use super::token::{Attribute, Tag};
use super::{Depth, Kind, scheme, style};
use std::ops::Range;

/// Attributes of one tag that are looked at; what is behind them goes.
pub const MOST_ATTRIBUTES: usize = 128;

/// The longest name of a window.
const LONGEST_WINDOW: usize = 40;

/// Puts into `disarmed` what goes of the tag in that range.
pub fn trim(page: &[u8], range: &Range<usize>, tag: &Tag, depth: Depth, disarmed: &mut Disarmed) {
    let mut trim = Trim { page, depth, disarmed };
    let mut places = Places::new(page, range, tag);
    let mut done = range.start;
    for (index, attribute) in tag.attributes().enumerate() {
        let Some(place) = places.next().filter(|place| place.range.start == attribute.at) else {
            return trim.cut(tag, done.max(attribute.at)..range.end.saturating_sub(1));
        };
        done = place.range.end;
        trim.attribute(tag.name(), index, &place, &attribute);
    }
    if let Some(place) = places.next() {
        trim.cut(tag, place.range.start..range.end.saturating_sub(1));
    }
}

struct Trim<'p, 'd> {
    page: &'p [u8],
    depth: Depth,
    disarmed: &'d mut Disarmed,
}

impl Trim<'_, '_> {
    fn attribute(&mut self, element: &[u8], index: usize, place: &Place, attribute: &Attribute<'_>) {
        match rule(element, attribute.name) {
            _ if index >= MOST_ATTRIBUTES => self.drop(place, Kind::Unknown, attribute, b""),
            Ok(_) if !is_plain(self.page, place) || has_old_quote(attribute.value) => self.drop(place, Kind::Unknown, attribute, b"?"),
            Ok(rule) => self.judge(rule, place, attribute),
            Err(_) if is_debris(attribute.name, attribute.value) => {}
            Err(kind) => self.drop(place, kind, attribute, b""),
        }
    }

    /// What is not an attribute to us and to the tokenizer alike goes, and all behind it.
    fn cut(&mut self, tag: &Tag, range: Range<usize>) {
        self.disarmed.note(Kind::Unknown, &[tag.name(), b" ..."], range.start);
        self.replace(range, b"");
    }

    fn replace(&mut self, range: Range<usize>, with: &[u8]) {
        self.disarmed.replace(self.page, range, with);
    }

    fn drop(&mut self, place: &Place, kind: Kind, attribute: &Attribute<'_>, value: &[u8]) {
        let equals: &[u8] = if value.is_empty() { b"" } else { b"=" };
        self.disarmed.note(kind, &[attribute.name, equals, value], place.range.start);
        self.replace(place.range.clone(), b"");
    }

    fn judge(&mut self, rule: Rule, place: &Place, attribute: &Attribute<'_>) {
        let value = attribute.value;
        match rule {
            Rule::Inert => {}
            Rule::Style => return self.style(place, attribute),
            Rule::Link if scheme::may_be_clicked(value) => {}
            Rule::Picture if scheme::may_be_fetched(value, self.depth) => {}
            Rule::Media if scheme::may_be_fetched(value, self.depth) => {}
            Rule::Picture | Rule::Media => return self.picture(rule, place, attribute),
            Rule::Pictures if scheme::may_be_pictures(value) && self.depth == Depth::Active => {}
            Rule::Pictures if scheme::may_be_pictures(value) => return self.drop(place, Kind::Fetch, attribute, b""),
            Rule::Fragment if value.starts_with(b"#") => {}
            Rule::Target if is_window(value) => {}
            Rule::Fragment | Rule::Target => return self.drop(place, Kind::Unknown, attribute, value),
            Rule::Link | Rule::Pictures => {
                return self.drop(place, Kind::Scheme, attribute, scheme::name(value).as_bytes());
            }
        }
        self.escape_value(place, attribute);
    }

    /// A picture keeps its box.
    fn picture(&mut self, rule: Rule, place: &Place, attribute: &Attribute<'_>) {
        let kind = if scheme::may_be_picture(attribute.value) { Kind::Fetch } else { Kind::Scheme };
        let name = scheme::name(attribute.value);
        if rule == Rule::Media {
            return self.drop(place, kind, attribute, name.as_bytes());
        }
        self.disarmed.note(kind, &[b"src=", name.as_bytes()], place.range.start);
        let with = [b"src=\"", scheme::NO_PICTURE, b"\""].concat();
        self.replace(place.range.clone(), &with);
    }

    fn style(&mut self, place: &Place, attribute: &Attribute<'_>) {
        let Cleaned { css, removed } = style::attribute(attribute.value, self.depth);
        for kind in removed {
            self.disarmed.note(kind, &[b"style"], place.range.start);
        }
        match css {
            None => self.escape_value(place, attribute),
            Some(css) if css.trim_ascii().is_empty() => self.replace(place.range.clone(), b""),
            Some(css) => {
                let with = [b"style=\"".as_slice(), &escaped(&css), b"\""].concat();
                self.replace(place.range.clone(), &with);
            }
        }
    }

    /// A `<` in a value is none to whoever takes the value for text.
    fn escape_value(&mut self, place: &Place, attribute: &Attribute<'_>) {
        let page = self.page;
        let value = page.get(place.value.clone()).unwrap_or_default();
        for at in memchr::memchr_iter(b'<', value) {
            if !is_inert_before(value.get(at + 1)) {
                let at = place.value.start + at;
                self.disarmed.note(Kind::Unknown, &[attribute.name, b"=<"], at);
                self.replace(at..at + 1, b"&lt;");
            }
        }
    }
}

/// Whether a `<` before that byte is text to every reader: old ones drop controls, and take `<%` for a tag.
pub fn is_inert_before(next: Option<&u8>) -> bool {
    match next {
        Some(b'\t' | b'\n' | b'\r' | b' ') => true,
        Some(b'/' | b'!' | b'?' | b'%' | b'<' | b'`') | None => false,
        Some(byte) => byte.is_ascii_digit() || byte.is_ascii_punctuation(),
    }
}

/// Whether all readers see the same value: some drop a NUL, and some take other bytes for quotes.
fn is_plain(page: &[u8], place: &Place) -> bool {
    let all = page.get(place.range.clone()).unwrap_or_default();
    let value = page.get(place.value.clone()).unwrap_or_default();
    memchr::memchr(0, all).is_none() && (place.is_quoted || !value.iter().any(|byte| matches!(byte, b'"' | b'\'' | b'`' | b'<')))
}

/// Whether a value begins with what old readers take for a quote: where they write it anew without quotes they end it at the next one.
fn has_old_quote(value: &[u8]) -> bool {
    value.first() == Some(&b'`')
}

/// Whether a link's target is the name of a window. Markup that runs on into the rest of the page is none.
fn is_window(name: &[u8]) -> bool {
    name.len() <= LONGEST_WINDOW && name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b' '))
}

/// `value` as it stands between double quotes.
fn escaped(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len().saturating_add(16));
    for byte in value {
        match byte {
            b'&' => out.extend_from_slice(b"&amp;"),
            b'"' => out.extend_from_slice(b"&quot;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            _ => out.push(*byte),
        }
    }
    out
}
