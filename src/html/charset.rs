//! What the bytes of a page mean to a reader (WHATWG Encoding; RFC 2152 for UTF-7).
//!
//! Owns which charset a page has, by its byte order mark, its header, its own words, and what bytes show it, in that order. A page of
//! which bytes below 0x80 may be anything but ASCII to some reader becomes UTF-8; any other keeps its bytes. It must never keep a byte
//! sequence that hides a tag. Nothing here can fail: what cannot be read becomes U+FFFD.

mod label;
mod meta;

use crate::utf7;
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use label::Charset;
use memchr::{memchr, memchr3};
use std::borrow::Cow;

/// A page whose bytes below 0x80 are ASCII.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<'p> {
    /// The page; UTF-8 where it was converted.
    pub bytes: Cow<'p, [u8]>,
    /// Whether it must be written as UTF-8 now, with that charset in its header.
    pub is_converted: bool,
    /// Why it was converted, in words.
    pub what: Option<String>,
}

/// Reads a page into UTF-8, whatever it is in: what is not written back has no bytes to keep.
pub fn text<'p>(body: &'p [u8], declared: Option<&str>) -> Cow<'p, [u8]> {
    let page = read(body, declared);
    if page.is_converted || std::str::from_utf8(&page.bytes).is_ok() {
        return page.bytes;
    }
    let how = match winner(body, declared).0 {
        Charset::Plain(encoding) | Charset::MultiByte(encoding) => How::Encoding(encoding),
        _ => How::Guess,
    };
    Cow::Owned(convert(body, how))
}

/// The page without what it says of its own charset.
pub fn without_name(page: &[u8]) -> Vec<u8> {
    meta::without_name(page)
}

/// Of the charsets that a header may be taken to name the one in which tags can hide, else the first: what is read by it and written as
/// UTF-8 is the same to who takes another.
pub fn strangest(names: &[String]) -> Option<&str> {
    let is_strange = |name: &&String| matches!(label::charset(name), Charset::Utf7 | Charset::Escaped | Charset::Unreadable);
    names.iter().find(is_strange).or(names.first()).map(String::as_str)
}

/// How a page becomes UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Encoding(&'static Encoding),
    Utf7,
    Utf32Little,
    Utf32Big,
    /// As UTF-8 where it is that, else as most pages are.
    Guess,
}

/// Reads a page; `declared` is the charset of its Content-Type.
pub fn read<'p>(body: &'p [u8], declared: Option<&str>) -> Page<'p> {
    let Some((how, what)) = conversion(body, declared) else {
        return Page { bytes: Cow::Borrowed(body), is_converted: false, what: None };
    };
    Page { bytes: Cow::Owned(convert(body, how)), is_converted: true, what: Some(what.to_owned()) }
}

fn conversion(body: &[u8], declared: Option<&str>) -> Option<(How, &'static str)> {
    if let Some(found) = by_mark(body) {
        return Some(found);
    }
    let (charset, named) = winner(body, declared);
    by_charset(body, charset).or_else(|| by_nul(body, charset)).or_else(|| by_another(body, charset, named))
}

/// The charset that most readers take, and all that are named.
fn winner(body: &[u8], declared: Option<&str>) -> (Charset, [Charset; 2]) {
    let header = declared.map_or(Charset::Undeclared, label::charset);
    let own = meta::name(body).map_or(Charset::Undeclared, |name| in_page(label::charset(&name)));
    let charset = match header {
        _ if body.starts_with(b"\xef\xbb\xbf") => Charset::Plain(UTF_8),
        Charset::Undeclared | Charset::Unknown if own != Charset::Undeclared => own,
        _ => header,
    };
    (charset, [header, own])
}

/// Byte order marks, but that of UTF-8, which changes nothing. Readers that know no UTF-32 see no tag in it.
fn by_mark(body: &[u8]) -> Option<(How, &'static str)> {
    match body {
        [0xff, 0xfe, 0, 0, ..] => Some((How::Utf32Little, "UTF-32 by its byte order mark")),
        [0, 0, 0xfe, 0xff, ..] => Some((How::Utf32Big, "UTF-32 by its byte order mark")),
        [0xff, 0xfe, ..] => Some((How::Encoding(UTF_16LE), "UTF-16 by its byte order mark")),
        [0xfe, 0xff, ..] => Some((How::Encoding(UTF_16BE), "UTF-16 by its byte order mark")),
        [b'+', b'/', b'v', b'8' | b'9' | b'+' | b'/', ..] => Some((How::Utf7, "UTF-7 by its byte order mark")),
        _ => None,
    }
}

/// A page that could be read as far as its words about UTF-16 is none.
fn in_page(charset: Charset) -> Charset {
    match charset {
        Charset::Utf16(_) | Charset::Utf32 => Charset::Plain(UTF_8),
        Charset::Unknown => Charset::Undeclared,
        charset => charset,
    }
}

/// What a charset asks for, if the page has bytes that it reads as something else than ASCII.
fn by_charset(body: &[u8], charset: Charset) -> Option<(How, &'static str)> {
    let is_shifted = has_shift(body, charset);
    match charset {
        Charset::Utf7 if is_shifted => Some((How::Utf7, "UTF-7")),
        Charset::Escaped if is_shifted => Some((How::Encoding(ISO_2022_JP), "ISO-2022-JP")),
        Charset::Unreadable if is_shifted => Some((How::Guess, "a charset with escape sequences that no reader of pages shows")),
        Charset::Unknown => Some((How::Guess, "a charset that is not known")),
        Charset::MultiByte(encoding) => {
            is_broken(body, encoding).then_some((How::Encoding(encoding), "bytes that its charset does not have"))
        }
        Charset::Plain(encoding) if encoding == UTF_8 => has_overlong(body).then_some((How::Encoding(UTF_8), "overlong UTF-8")),
        // A tag in UTF-16 or UTF-32 has NUL bytes: where none are, there is nothing but text in it, if it is that at all.
        Charset::Utf16(encoding) if memchr(0, body).is_some() => Some(wide(body).unwrap_or((How::Encoding(encoding), "UTF-16"))),
        Charset::Utf32 if memchr(0, body).is_some() => Some(wide(body).unwrap_or((How::Utf32Big, "UTF-32"))),
        // Who believes neither looks for what others do whom nobody told a charset.
        Charset::Utf16(_) | Charset::Utf32 if has_escape(body) => Some((How::Encoding(ISO_2022_JP), "ISO-2022-JP that nobody declares")),
        Charset::Utf16(_) | Charset::Utf32 if utf7::has_tag(body) => Some((How::Utf7, "tags in UTF-7 that nobody declares")),
        Charset::Undeclared if utf7::has_tag(body) => Some((How::Utf7, "tags in UTF-7 that nobody declares")),
        Charset::Undeclared if has_overlong_bracket(body) => Some((How::Guess, "overlong UTF-8")),
        Charset::Undeclared if has_escape(body) => Some((How::Encoding(ISO_2022_JP), "ISO-2022-JP that nobody declares")),
        _ => None,
    }
}

/// Some readers drop NUL bytes, also within the name of a tag.
fn by_nul(body: &[u8], charset: Charset) -> Option<(How, &'static str)> {
    memchr(0, body)?;
    let how = match charset {
        Charset::Undeclared => return Some(wide(body).unwrap_or((How::Guess, "NUL bytes"))),
        Charset::Plain(encoding) | Charset::MultiByte(encoding) => How::Encoding(encoding),
        _ => How::Guess,
    };
    Some((how, "NUL bytes"))
}

/// A reader that believes another of the page's charsets than most do must see the same.
fn by_another(body: &[u8], charset: Charset, named: [Charset; 2]) -> Option<(How, &'static str)> {
    let how = match charset {
        Charset::Plain(encoding) | Charset::MultiByte(encoding) => How::Encoding(encoding),
        _ => How::Guess,
    };
    named.into_iter().any(|other| other != charset && has_shift(body, other)).then_some((how, "charsets that contradict each other"))
}

/// Whether a charset reads some bytes of the page as something else than ASCII.
fn has_shift(body: &[u8], charset: Charset) -> bool {
    match charset {
        Charset::Utf7 => memchr(b'+', body).is_some(),
        Charset::Escaped => memchr3(0x1b, 0x0e, 0x0f, body).is_some(),
        Charset::Unreadable => memchr3(0x1b, 0x0e, b'~', body).is_some(),
        _ => false,
    }
}

/// Whether an escape sequence of ISO 2022 stands in it.
fn has_escape(body: &[u8]) -> bool {
    memchr::memchr_iter(0x1b, body).any(|at| matches!(body.get(at + 1), Some(b'$' | b'(')))
}

fn is_broken(body: &[u8], encoding: &'static Encoding) -> bool {
    !body.is_ascii() && encoding.decode_without_bom_handling_and_without_replacement(body).is_none()
}

/// Whether a character of ASCII is written with more bytes than one: some readers take it for that.
fn has_overlong(body: &[u8]) -> bool {
    if std::str::from_utf8(body).is_ok() {
        return false;
    }
    body.windows(2).any(|pair| matches!(pair, [0xc0 | 0xc1, 0x80..=0xbf] | [0xe0 | 0xf0 | 0xf8 | 0xfc, 0x80..=0x81]))
}

/// The same for `<` alone: where nobody says that a page is UTF-8, such bytes may be letters.
fn has_overlong_bracket(body: &[u8]) -> bool {
    memchr::memchr_iter(0xbc, body).any(|at| matches!(body.get(..at), Some([.., 0xc0] | [.., 0xe0 | 0x80, 0x80])))
}

/// UTF-16 and UTF-32 by where the NUL bytes of its tags stand.
fn wide(body: &[u8]) -> Option<(How, &'static str)> {
    let mut zeros = [0_usize; 4];
    let first = body.get(..1024).unwrap_or(body);
    for four in first.chunks_exact(4) {
        for (zeros, byte) in zeros.iter_mut().zip(four) {
            *zeros += usize::from(*byte == 0);
        }
    }
    let most = first.len() / 4;
    let [is_0, is_1, is_2, is_3] = zeros.map(|zeros| most > 0 && zeros * 2 >= most);
    match [is_0, is_1, is_2, is_3] {
        [true, true, true, false] => Some((How::Utf32Big, "UTF-32 by its NUL bytes")),
        [false, true, true, true] => Some((How::Utf32Little, "UTF-32 by its NUL bytes")),
        [true, false, true, false] => Some((How::Encoding(UTF_16BE), "UTF-16 by its NUL bytes")),
        [false, true, false, true] => Some((How::Encoding(UTF_16LE), "UTF-16 by its NUL bytes")),
        _ => None,
    }
}

/// What stands in the place of a NUL byte is what the tokenizers of readers put there.
fn convert(body: &[u8], how: How) -> Vec<u8> {
    let text = match how {
        How::Encoding(encoding) => encoding.decode_with_bom_removal(body).0,
        How::Utf7 => guess(utf7::decode(body)),
        How::Utf32Little => utf32(body, u32::from_le_bytes),
        How::Utf32Big => utf32(body, u32::from_be_bytes),
        How::Guess => guess(body.iter().copied().filter(|byte| !matches!(byte, 0x1b | 0x0e | 0x0f)).collect()),
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if text.contains('\0') { text.replace('\0', "\u{fffd}").into_bytes() } else { text.as_bytes().to_vec() }
}

fn guess(body: Vec<u8>) -> Cow<'static, str> {
    Cow::Owned(String::from_utf8(body).unwrap_or_else(|error| WINDOWS_1252.decode_without_bom_handling(error.as_bytes()).0.into_owned()))
}

fn utf32(body: &[u8], value: fn([u8; 4]) -> u32) -> Cow<'static, str> {
    let one = |four: &[u8]| four.try_into().ok().and_then(|four| char::from_u32(value(four)));
    Cow::Owned(body.chunks(4).map(|four| one(four).unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

#[cfg(test)]
#[path = "charset/charset_tests.rs"]
mod tests;
