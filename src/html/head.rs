//! What the head of a page says of it: `meta` and `link`.
//!
//! Owns which of their names stay: those that say how to show the page. Nothing here can fail.

use super::elements::is_among;
use super::token::Tag;
use super::{Depth, Kind, scheme};

/// Names of `meta` that no reader does more with than to show the page. `copyright` and others are HTML to some (E160).
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "author", "category", "classification", "color-scheme", "date", "description", "format-detection", "formatter", "generator", "googlebot", "keywords",
    "language", "originator", "progid", "rating", "referrer", "resource-type", "revisit-after", "robots", "supported-color-schemes", "template", "title", "viewport",
    "x-apple-disable-message-reformatting", "x-mailer", "x_viewport",
];

/// What `http-equiv` may stand for.
#[rustfmt::skip]
const FIELDS: &[&str] = &[
    "cache-control", "content-language", "content-script-type", "content-style-type", "content-type", "expires", "imagetoolbar", "language",
    "msthemecompatible", "pragma", "x-ua-compatible",
];

/// Names of `meta` that some readers fetch.
const FETCHES: [&[u8]; 5] = [b"msapplication-", b"og:", b"al:", b"twitter:", b"fb:"];

/// Why a `meta` goes, and what it is called; none: it stays.
pub fn meta(tag: &Tag) -> Option<(Kind, Vec<u8>)> {
    tag.attributes().find_map(|attribute| {
        let value = attribute.value.trim_ascii().to_ascii_lowercase();
        let kind = match attribute.name {
            b"http-equiv" => field(&value),
            b"name" | b"property" | b"itemprop" => name(attribute.name, &value),
            b"charset" => (!is_charset(&value)).then_some(Kind::Unknown),
            b"content" => content(tag, &value),
            _ => None,
        };
        kind.map(|kind| (kind, [attribute.name, b"=", &value].concat()))
    })
}

fn field(value: &[u8]) -> Option<Kind> {
    match value {
        b"refresh" => Some(Kind::Refresh),
        _ if is_among(FIELDS, value) => None,
        // Where a breach of its rules is reported to.
        _ if value.starts_with(b"content-security-policy") => Some(Kind::Fetch),
        _ => Some(Kind::Unknown),
    }
}

fn name(attribute: &[u8], value: &[u8]) -> Option<Kind> {
    let is_fetched = FETCHES.iter().any(|prefix| value.starts_with(prefix));
    match attribute {
        _ if is_fetched => Some(Kind::Fetch),
        b"name" if is_among(NAMES, value) => None,
        b"itemprop" => None,
        _ => Some(Kind::Unknown),
    }
}

/// Some readers show it as HTML; and the charset it names must be one that reads our bytes as we do.
fn content(tag: &Tag, value: &[u8]) -> Option<Kind> {
    if value.contains(&b'<') {
        return Some(Kind::Unknown);
    }
    let is_type = tag.attributes().any(|one| one.name == b"http-equiv" && one.value.trim_ascii().eq_ignore_ascii_case(b"content-type"));
    // The first that an equals sign follows (WHATWG HTML section 2.6.5).
    let mut behind = memchr::memmem::find_iter(value, b"charset").filter_map(|at| value.get(at + 7..));
    let label = behind.find_map(|rest| rest.trim_ascii_start().strip_prefix(b"="))?.trim_ascii_start();
    let is_end = |byte: &u8| matches!(byte, b';' | b' ' | b'\t' | b'"' | b'\'');
    let label = label.split(is_end).find(|word| !word.is_empty()).unwrap_or_default();
    (is_type && !is_charset(label)).then_some(Kind::Unknown)
}

fn is_charset(label: &[u8]) -> bool {
    encoding_rs::Encoding::for_label(label).is_some_and(|encoding| encoding.is_ascii_compatible())
}

/// What Word names its own files with: nothing else asks for them.
const OFFICE: [&[u8]; 6] = [b"file-list", b"edit-time-data", b"ole-object-data", b"themedata", b"colorschememapping", b"preview"];

/// Why a `link` goes; none: it stays.
pub fn link(tag: &Tag, depth: Depth) -> Option<Kind> {
    let rel = tag.attribute("rel").map(|rel| rel.trim_ascii().to_ascii_lowercase());
    let is_allowed: fn(&[u8]) -> bool = match rel.as_deref() {
        Some(b"stylesheet") if depth == Depth::Active => scheme::may_be_sheet,
        Some(rel) if OFFICE.contains(&rel) && depth == Depth::Active => scheme::is_beside,
        Some(rel) if OFFICE.contains(&rel) => scheme::is_inside,
        // One that says something of the mail, as which page a button of the reader leads to.
        None if tag.attribute("itemprop").is_some() => scheme::may_be_clicked,
        _ => return Some(Kind::Fetch),
    };
    tag.attributes().find_map(|one| match one.name {
        b"rel" if Some(one.value.trim_ascii().to_ascii_lowercase()) != rel => Some(Kind::Fetch),
        b"type" if rel.as_deref() == Some(b"stylesheet") && !is_css(one.value) => Some(Kind::Style),
        b"href" if is_allowed(one.value) => None,
        b"href" if scheme::may_be_sheet(one.value) => Some(Kind::Fetch),
        b"href" => Some(Kind::Scheme),
        _ => None,
    })
}

/// Whether the type of a style is CSS. Another one was a script to some readers.
pub fn is_css(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    value.is_empty() || value.eq_ignore_ascii_case(b"text/css")
}

#[cfg(test)]
mod tests {
    use super::super::token::{Token, scan};
    use super::*;

    fn of<T>(page: &str, judge: impl Fn(&Tag) -> T) -> T {
        let mut found = None;
        scan(page.as_bytes(), |token| {
            if let Token::Start { tag, .. } = token {
                found = Some(judge(tag));
            }
        });
        found.unwrap()
    }

    #[test]
    fn a_meta_stays_that_says_how_to_show_the_page() {
        let table = [
            ("<meta charset=utf-8>", None),
            ("<meta charset=UTF-7>", Some(Kind::Unknown)),
            ("<meta charset=utf-16>", Some(Kind::Unknown)),
            ("<meta http-equiv=Content-Type content='text/html; charset=\"iso-8859-1\"'>", None),
            ("<meta http-equiv=Content-Type content='text/html'>", None),
            ("<meta http-equiv=Content-Type content='text/html; charset=iso-2022-jp'>", Some(Kind::Unknown)),
            ("<meta http-equiv=Content-Type content='text/html; charset charset=utf-7'>", Some(Kind::Unknown)),
            ("<meta name=viewport content='width=device-width'>", None),
            ("<meta name=Generator content='MSHTML 6'>", None),
            ("<meta itemprop=name content=a>", None),
            ("<meta name=description content='&lt;img src=x>'>", Some(Kind::Unknown)),
            ("<meta http-equiv=refresh content='0;url=http://a/'>", Some(Kind::Refresh)),
            ("<meta http-equiv='&#x72;efresh' content=0>", Some(Kind::Refresh)),
            ("<meta http-equiv=' Refresh\n' content=0>", Some(Kind::Refresh)),
            ("<meta http-equiv=Content-Type http-equiv=refresh content=0>", Some(Kind::Refresh)),
            ("<meta http-equiv=Content-Security-Policy content='report-uri http://a/'>", Some(Kind::Fetch)),
            ("<meta http-equiv=Set-Cookie content=a>", Some(Kind::Unknown)),
            ("<meta name=msapplication-config content=http://a/>", Some(Kind::Fetch)),
            ("<meta property=og:image content=http://a/>", Some(Kind::Fetch)),
            ("<meta property=al:web:url content=http://a/>", Some(Kind::Fetch)),
            ("<meta name=copyright content=a>", Some(Kind::Unknown)),
        ];
        for (page, expected) in table {
            assert_eq!(of(page, meta).map(|(kind, _)| kind), expected, "{page}");
        }
    }

    #[test]
    fn a_link_stays_that_is_a_style_and_may_be_fetched() {
        let table = [
            ("<link rel=stylesheet href=http://a/>", None, Some(Kind::Fetch)),
            ("<link rel=STYLESHEET type=text/css href=http://a/>", None, Some(Kind::Fetch)),
            ("<link rel=stylesheet href=chrome://a/>", Some(Kind::Scheme), Some(Kind::Fetch)),
            ("<link rel=stylesheet type=text/javascript href=http://a/>", Some(Kind::Style), Some(Kind::Fetch)),
            ("<link rel='alternate stylesheet' href=http://a/>", Some(Kind::Fetch), Some(Kind::Fetch)),
            ("<link rel='stylesheet import' href=http://a/>", Some(Kind::Fetch), Some(Kind::Fetch)),
            ("<link rel=stylesheet rel=import href=http://a/>", Some(Kind::Fetch), Some(Kind::Fetch)),
            ("<link rel=preload href=http://a/>", Some(Kind::Fetch), Some(Kind::Fetch)),
            ("<link href=http://a/>", Some(Kind::Fetch), Some(Kind::Fetch)),
            ("<link itemprop=url href=http://a/>", None, None),
            ("<link itemprop=url rel=icon href=http://a/>", Some(Kind::Fetch), Some(Kind::Fetch)),
            ("<link rel=File-List href=cid:a>", None, None),
            ("<link rel=File-List href=a/b.xml>", None, Some(Kind::Fetch)),
            ("<link rel=File-List href=http://a/>", Some(Kind::Fetch), Some(Kind::Fetch)),
        ];
        for (page, active, remote) in table {
            assert_eq!(of(page, |tag| link(tag, Depth::Active)), active, "{page}");
            assert_eq!(of(page, |tag| link(tag, Depth::Remote)), remote, "{page}");
        }
    }
}
