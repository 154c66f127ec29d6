//! The names of a part: every text that a reader may show as its file name (RFC 2045, 2183, 2231, 2047, 2557).
//!
//! Owns the set and its order, those by the rules first. It must never drop a name that some reader shows, nor say what one means:
//! `check` does. Nothing here can fail; where there are more than any mail program writes, that is told.

use super::{parameter, unfold, word};
use mail_parser::{ContentType, HeaderName, MessageParser};
use std::collections::BTreeSet;

const PARAMETERS: [&str; 2] = ["name", "filename"];

/// Longest name that is not a parameter's: a file system takes no longer one, and a description may be a text.
const LONGEST_SEGMENT: usize = 255;

/// The names of a part.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    /// Each once.
    pub all: Vec<String>,
    /// How many of them are so by the rules or, where none is, are the value of a parameter at least; the others only to a lenient
    /// reader.
    pub proper: usize,
    /// Whether there were more.
    pub has_more: bool,
}

/// The names that Content-Type, Content-Disposition, and Content-Location or Content-Description give.
pub(super) fn of(types: &[&[u8]], dispositions: &[&[u8]], locations: &[&[u8]]) -> Names {
    let fields = [types, dispositions].concat();
    let mut names = agreed(&fields).unwrap_or_else(|| lenient(types, dispositions, &fields));
    let known: BTreeSet<String> = names.all.iter().cloned().collect();
    names.all.extend(locations.iter().filter_map(|location| segment(location)).filter(|name| !known.contains(name)));
    names
}

/// The names where all readers agree on them: fields to the letter, and neither words nor marks.
fn agreed(fields: &[&[u8]]) -> Option<Names> {
    let mut all: Vec<String> = Vec::new();
    for field in fields {
        for parameter in parameter::strict(field)?.parameters {
            let Some(name) = PARAMETERS.iter().find(|known| is_begun_by(parameter.name, known)) else {
                if ends_as_one(parameter.name) {
                    return None;
                }
                continue;
            };
            let has_word = || memchr::memmem::find(parameter.value, b"=?").is_some();
            if parameter.name.len() > name.len() || has_word() || parameter.value.len() > parameter::LONGEST {
                return None;
            }
            let value = String::from_utf8_lossy(parameter.value).into_owned();
            if !value.is_empty() && !all.contains(&value) {
                all.push(value);
            }
        }
    }
    Some(Names { proper: all.len(), all, has_more: false })
}

/// Whether `name` is `known`, with the marks of RFC 2231 behind it or without.
fn is_begun_by(name: &[u8], known: &str) -> bool {
    let bare = name.split(|byte| *byte == b'*').next().unwrap_or_default();
    bare.eq_ignore_ascii_case(known.as_bytes())
}

/// Whether a reader may take it for one of them that looks for the end of a name only.
fn ends_as_one(name: &[u8]) -> bool {
    let bare = name.split(|byte| *byte == b'*').next().unwrap_or_default();
    bare.len() >= 4 && bare.get(bare.len() - 4..).is_some_and(|end| end.eq_ignore_ascii_case(b"name"))
}

fn lenient(types: &[&[u8]], dispositions: &[&[u8]], fields: &[&[u8]]) -> Names {
    let values = parameter::values_of(fields, &PARAMETERS);
    let known: BTreeSet<&[u8]> = values.all.iter().map(Vec::as_slice).collect();
    // What is only the code of another name is none: a rule that lets the name pass would not fit it.
    let is_code = |value: &[u8]| {
        [word::decoded(value), parameter::without_charset(value)].iter().flatten().any(|told| known.contains(told.as_slice()))
    };
    let texts: Vec<String> = values.all.iter().filter(|value| !is_code(value)).flat_map(|value| texts(value)).collect();
    let mut all = by_the_rules(types, dispositions);
    // mail-parser takes what stands between parentheses for a remark, also where a sender has forgotten to encode or quote it.
    let cut = |name: &String| !texts.iter().any(|text| is_cut_at_remark(text, name));
    all.retain(cut);
    let mut seen: BTreeSet<String> = all.iter().cloned().collect();
    let proper = all.len();
    let is_decoded = |text: &String| all.iter().any(|name| is_same_but_for_charset(text, name));
    let others: Vec<String> = texts.into_iter().filter(|text| !is_decoded(text) && seen.insert(text.clone())).collect();
    all.extend(others);
    Names { proper: if proper == 0 { all.len() } else { proper }, all, has_more: values.has_more }
}

/// Whether `name` is `text` up to an opening parenthesis.
fn is_cut_at_remark(text: &str, name: &str) -> bool {
    text.strip_prefix(name.trim_end()).is_some_and(|rest| rest.trim_start().starts_with('('))
}

/// Most names that are taken from mail-parser: each is compared with all others.
const MOST_OF_PARSER: usize = 64;

/// Whether `text` is `name` read without knowing its charset.
fn is_same_but_for_charset(text: &str, name: &str) -> bool {
    let is_known = !name.is_ascii() && !name.contains(char::REPLACEMENT_CHARACTER);
    is_known && text.bytes().filter(u8::is_ascii).eq(name.bytes().filter(u8::is_ascii))
}

/// What mail-parser reads; it knows more charsets than we do.
fn by_the_rules(types: &[&[u8]], dispositions: &[&[u8]]) -> Vec<String> {
    let set_off = |fields: &[&[u8]]| fields.iter().map(|field| unfold::with_type_set_off(field)).collect::<Vec<_>>();
    let header = unfold::header(&set_off(types), &set_off(dispositions));
    let Some(parsed) = MessageParser::new().with_mime_headers().default_header_ignore().parse_headers(&header) else { return Vec::new() };
    let values = |name: HeaderName<'static>| parsed.header_values(name).filter_map(|value| value.as_content_type());
    let fields: Vec<&ContentType<'_>> = values(HeaderName::ContentType).chain(values(HeaderName::ContentDisposition)).collect();
    // Not a HashSet: it asks the system for random numbers first.
    let mut seen = BTreeSet::new();
    fields
        .into_iter()
        .flat_map(|field| field.attributes().unwrap_or_default())
        .filter(|attribute| PARAMETERS.iter().any(|name| attribute.name.trim_end_matches('*').eq_ignore_ascii_case(name)))
        .map(|attribute| attribute.value.to_string())
        .filter(|name| !name.is_empty() && seen.insert(name.clone()))
        .take(MOST_OF_PARSER)
        .collect()
}

/// The texts that `value` is to readers: what is no UTF-8 is shown by a sign, left out, or taken as sloppy decoders do.
fn texts(value: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(value);
    if !text.contains(char::REPLACEMENT_CHARACTER) {
        return vec![text.into_owned()];
    }
    let mut texts = vec![text.replace(char::REPLACEMENT_CHARACTER, "")];
    let short = String::from_utf8_lossy(&without_overlong(value)).into_owned();
    if short != text {
        texts.push(short);
    }
    texts.insert(0, text.into_owned());
    texts
}

/// ASCII that is written with two or three bytes, which RFC 3629 section 3 forbids, in one.
fn without_overlong(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((&byte, tail)) = rest.split_first() {
        let (octet, after) = match rest {
            [lead @ (0xc0 | 0xc1), low @ 0x80..=0xbf, after @ ..] => ((lead & 1) << 6 | (low & 0x3f), after),
            [0xe0, middle @ (0x80 | 0x81), low @ 0x80..=0xbf, after @ ..] => ((middle & 1) << 6 | (low & 0x3f), after),
            _ => (byte, tail),
        };
        out.push(octet);
        rest = after;
    }
    out
}

/// The name that a field about something else gives: an identifier that is none of the usual, which hold an at sign, or a subject.
pub(super) fn by_other(value: &[u8]) -> Option<String> {
    if memchr::memchr(b'@', value).is_some() { None } else { segment(value) }
}

/// The last piece of a path or address, if it has an extension. Readers fall back on it where a part has no name. The name of a host
/// is none, and neither is what ends in `.com`: descriptions and addresses speak of such hosts all the time.
fn segment(location: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(location.get(..parameter::LONGEST).unwrap_or(location)).replace(['\r', '\n'], "");
    let decoded = word::decoded(text.as_bytes()).map(|decoded| String::from_utf8_lossy(&decoded).into_owned());
    let text = decoded.unwrap_or(text);
    let text = text.trim().trim_matches(['"', '\'', '<', '>', '(', ')', ',', ';']);
    let path = match text.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?.1,
        None => text,
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let last = path.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let (stem, extension) = last.rsplit_once('.')?;
    let is_extension = !extension.is_empty() && extension.chars().all(|c| c.is_alphanumeric() || c == '-');
    let is_name = !stem.is_empty() && is_extension && !extension.eq_ignore_ascii_case("com") && last.len() <= LONGEST_SEGMENT;
    is_name.then(|| last.to_owned())
}

#[cfg(test)]
#[path = "name_tests.rs"]
mod tests;
