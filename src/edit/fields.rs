//! The MIME fields of a part in their one form: a type, an encoding, a disposition with a name, an id.
//!
//! Owns what of the old fields comes into the new ones: only what stands there as a plain word. It must never take a byte over that a
//! reader may understand in a second way. Nothing here can fail; what is no plain word is left out.

use crate::message::{Fields, Part, charset};
use crate::sanitize::is_safe;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::{Header, HeaderType};
use mail_builder::mime::{BodyPart, MimePart};
use std::borrow::Cow;

/// Longest word that is taken over.
const LONGEST_WORD: usize = 100;

/// Longest name, in characters: its end is kept, which says what opens it.
const LONGEST_NAME: usize = 60;

type Named = (Cow<'static, str>, HeaderType<'static>);

/// Fields, blank line and body of a part that holds no other, in CRLF.
pub(super) fn leaf(part: &Part, header: &[u8], body: &[u8]) -> Vec<u8> {
    let media_type = leaf_type(&part.content.media_type);
    let charset = if media_type.starts_with("text/") { charset(header) } else { None };
    let parameter = charset.map(|charset| format!("; charset=\"{charset}\"")).unwrap_or_default();
    written(format!("{media_type}{parameter}"), others(part, header), body)
}

/// The same of a text in UTF-8 that had another type or charset.
pub(super) fn utf8(part: &Part, header: &[u8], media_type: &str, body: &[u8]) -> Vec<u8> {
    written(format!("{media_type}; charset=\"utf-8\""), others(part, header), body)
}

/// The same of a text of ours.
pub(super) fn text(text: &str) -> Vec<u8> {
    written("text/plain; charset=\"utf-8\"".to_owned(), Vec::new(), text.trim_end().as_bytes())
}

/// The type as a raw field: mail-builder takes base64 for what it does not know to be text.
fn written(media_type: String, others: Vec<Named>, body: &[u8]) -> Vec<u8> {
    let mut headers: Vec<Named> = vec![("Content-Type".into(), Raw::new(media_type).into())];
    headers.extend(others);
    let mut out = Vec::with_capacity(body.len() / 3 * 4 + body.len() / 28 + 256);
    MimePart { headers, contents: BodyPart::Binary(body.into()) }.write_part(&mut out);
    out
}

/// The type of a part that holds others, as a plain word.
pub(super) fn container_type(part: &Part) -> &str {
    let declared = part.content.media_type.as_str();
    match declared.split_once('/') {
        Some((_, subtype)) if is_word(subtype) => declared,
        _ if part.content.is_multipart() => "multipart/mixed",
        _ => "message/rfc822",
    }
}

/// The fields of a part that holds others besides its type and encoding, in CRLF.
pub(super) fn of_container(part: &Part, header: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, value) in others(part, header) {
        out.extend_from_slice(format!("{name}: ").as_bytes());
        value.write_header(&mut out, name.len() + 2);
    }
    out
}

fn others(part: &Part, header: &[u8]) -> Vec<Named> {
    let id = id(header);
    let disposition = disposition(part, header, id.is_some()).map(|value| ("Content-Disposition".into(), value.into()));
    disposition.into_iter().chain(id.map(|id| ("Content-ID".into(), Raw::new(id).into()))).collect()
}

/// A container in which nothing was found is what readers without its key show: text.
fn leaf_type(declared: &str) -> &str {
    match declared.split_once('/') {
        Some(("multipart" | "message", _)) => "text/plain",
        Some((kind, subtype)) if is_word(kind) && is_word(subtype) => declared,
        None if declared.is_empty() || declared.starts_with("text") => "text/plain",
        _ => "application/octet-stream",
    }
}

/// A token (RFC 2045 section 5.1) of the characters that registered names have (RFC 6838 section 4.2).
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST_WORD && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
}

fn values<'a>(header: &'a [u8], name: &'static str) -> impl Iterator<Item = &'a [u8]> {
    Fields::new(header, 0..header.len()).filter(move |field| field.is_named(header, name)).map(|field| field.value(header))
}

/// The one name, under the disposition that the part had. A part with an id is shown where another part calls for it.
fn disposition(part: &Part, header: &[u8], has_id: bool) -> Option<ContentType<'static>> {
    let old = values(header, "Content-Disposition").next();
    let name = part.content.names.first().map(|name| safe_name(name));
    // What has no disposition is shown where it stands (RFC 2183 section 2.8).
    let is_shown = has_id || part.content.media_type.starts_with("text/");
    let is_inline = old.map_or(is_shown, |old| old.get(..6).is_some_and(|word| word.eq_ignore_ascii_case(b"inline")));
    let new = ContentType::new(if is_inline { "inline" } else { "attachment" });
    match name {
        Some(name) => Some(new.attribute("filename", name)),
        None => old.map(|_| new),
    }
}

/// Parts of a multipart/related call each other by it (RFC 2392).
fn id(header: &[u8]) -> Option<String> {
    let value = values(header, "Content-ID").next()?;
    let inner = value.strip_prefix(b"<")?.strip_suffix(b">")?;
    let is_plain = inner.len() <= LONGEST_WORD && inner.iter().all(|byte| byte.is_ascii_graphic() && !b"<>()\"\\=?;:,".contains(byte));
    (is_plain && !inner.is_empty()).then(|| String::from_utf8_lossy(value).into_owned())
}

/// A name that is the same to all readers: none of the characters that end, encode or split one, or that no file system takes.
fn safe_name(name: &str) -> String {
    let safe: String = name.chars().map(|c| if is_safe(c) && !"/\\:*?\"<>|%;=\u{fffd}".contains(c) { c } else { '_' }).collect();
    let long = safe.chars().count().saturating_sub(LONGEST_NAME);
    let short: String = safe.chars().skip(long).collect();
    let plain = short.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if plain.is_empty() { "unnamed".to_owned() } else { plain.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_to_all_readers() {
        let table = [
            ("invoice (1).pdf", "invoice (1).pdf"),
            ("../../etc/x.exe ", "_.._etc_x.exe"),
            ("=?utf-8?Q?x?=.exe", "__utf-8_Q_x__.exe"),
            ("a\r\nb\0\u{202e}gpj.exe..", "a__b__gpj.exe"),
            ("Jahresabschluß.pdf", "Jahresabschluß.pdf"),
            (" . ", "unnamed"),
        ];
        for (name, expected) in table {
            assert_eq!(safe_name(name), expected, "{name:?}");
            assert_eq!(safe_name(expected), expected);
        }
        assert_eq!(safe_name(&format!("{}.exe", "x".repeat(200))), format!("{}.exe", "x".repeat(56)));
    }

    #[test]
    fn a_type_is_a_plain_word_or_gives_way() {
        let types = [
            ("image/png", "image/png"),
            ("application/vnd.x+xml", "application/vnd.x+xml"),
            ("a/b c", "application/octet-stream"),
            ("a/", "application/octet-stream"),
            ("text", "text/plain"),
            ("", "text/plain"),
            ("multipart/mixed", "text/plain"),
            ("message/rfc822", "text/plain"),
        ];
        for (declared, expected) in types {
            assert_eq!(leaf_type(declared), expected, "{declared}");
        }
    }
}
