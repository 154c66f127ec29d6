//! What a field may be taken to say: the plausible media types and transfer encodings of one value.
//!
//! Owns the readings of values that do not follow the rules (RFC 2045 sections 5.1 and 6.1): comments, quotes, escapes, encoded
//! words, two values in one, a word that is nearly right. It must never choose between them. Nothing here can fail.

use super::{Encoding, word};
use memchr::memmem;

/// Pieces of words that a reader may take for an encoding.
const HINTS: [(&[u8], Encoding); 15] = [
    (b"gzip64", Encoding::Gzip64),
    (b"base64", Encoding::Base64),
    (b"64", Encoding::Base64),
    (b"quotedprint", Encoding::QuotedPrintable),
    (b"quoted-print", Encoding::QuotedPrintable),
    (b"quoted", Encoding::QuotedPrintable),
    (b"printable", Encoding::QuotedPrintable),
    (b"uue", Encoding::Uuencode),
    (b"uuencode", Encoding::Uuencode),
    (b"x-uu", Encoding::Uuencode),
    (b"yenc", Encoding::Yenc),
    (b"binhex", Encoding::BinHex),
    (b"base", Encoding::Base64),
    (b"utf-7", Encoding::Utf7),
    (b"qp", Encoding::QuotedPrintable),
];

/// The encodings that `value` may be taken to name: one where all readers agree.
pub(super) fn encodings(value: &[u8]) -> Vec<Encoding> {
    if let Some(encoding) = Encoding::of_word(value.trim_ascii()) {
        return if encoding.is_of_mime() { vec![encoding] } else { vec![encoding, Encoding::Identity] };
    }
    // Most readers take the first word, which a comment may stand before.
    let first = without_comments(value);
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b';' | b',' | b'"');
    let word = first.split(is_end).find(|word| !word.is_empty()).unwrap_or_default();
    let mut all = vec![Encoding::of_word(word).unwrap_or_default()];
    let spellings = spellings(value);
    let hints = HINTS.iter().filter(|(hint, _)| spellings.iter().any(|text| memmem::find(text, hint).is_some()));
    for encoding in hints.map(|(_, encoding)| *encoding).chain([Encoding::Identity]) {
        // gzip64 holds the name of another.
        let is_part_of_other = encoding == Encoding::Base64 && all.contains(&Encoding::Gzip64);
        if !all.contains(&encoding) && !is_part_of_other {
            all.push(encoding);
        }
    }
    all
}

/// Most words of a value that are taken for a type each; all of them together are looked at anyway.
const MOST_PIECES: usize = 64;

/// The media types that `value` may be taken to declare, as `type/subtype` in lower case; none where it declares none.
pub(super) fn media_types(value: &[u8]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let head = value.split(|byte| *byte == b';').next().unwrap_or_default();
    let pieces = head.split(|byte| *byte == b',' || byte.is_ascii_whitespace()).filter(|piece| !piece.is_empty());
    let pieces = pieces.take(MOST_PIECES).map(<[u8]>::to_vec);
    for text in pieces.chain(spellings(head)).flat_map(|piece| spellings(&piece)) {
        let text = String::from_utf8_lossy(&text).into_owned();
        let media_type = if text.contains("multipart") { multipart(&text) } else { text };
        if media_type.contains('/') && media_type.split('/').all(|word| !word.is_empty() && word.len() < 80) && !all.contains(&media_type) {
            all.push(media_type);
        }
    }
    // What two pieces make together is no type beside one that stands there.
    all.truncate(4);
    all
}

/// `x-multipart/mixed`, `multipart/` and their like, as a reader that is content with less takes them.
fn multipart(text: &str) -> String {
    let behind = text.split_once("multipart").map_or("", |(_, behind)| behind);
    let subtype: String =
        behind.trim_start_matches(|c| c != '/').trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
    if subtype.is_empty() || subtype.contains("multipart") { "multipart/mixed".to_owned() } else { format!("multipart/{subtype}") }
}

/// `value` in lower case as it stands, without its comments, and with its encoded words decoded, each without all that is in no word.
fn spellings(value: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![words_only(&without_comments(value)), words_only(value)];
    all.extend(word::decoded(value).map(|decoded| words_only(&decoded)));
    all.dedup();
    all
}

fn words_only(text: &[u8]) -> Vec<u8> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'/' | b'.' | b'+');
    text.iter().filter(|byte| is_word(byte)).map(u8::to_ascii_lowercase).collect()
}

/// Comments may be nested (RFC 5322 section 3.2.2); one that is not closed goes to the end.
fn without_comments(text: &[u8]) -> Vec<u8> {
    let mut depth = 0_usize;
    let mut is_escaped = false;
    let mut out = Vec::with_capacity(text.len());
    for byte in text {
        match byte {
            b'(' if !is_escaped => depth += 1,
            b')' if !is_escaped && depth > 0 => depth -= 1,
            _ if depth == 0 => out.push(*byte),
            _ => {}
        }
        is_escaped = *byte == b'\\' && !is_escaped;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clean_word_is_one_encoding_and_any_other_form_several() {
        let table: [(&str, &[Encoding]); 17] = [
            ("base64", &[Encoding::Base64]),
            (" BASE64 ", &[Encoding::Base64]),
            ("7bit", &[Encoding::Identity]),
            ("utf-8", &[Encoding::Identity]),
            ("8BITMIME", &[Encoding::Identity]),
            ("\"base64\"", &[Encoding::Base64, Encoding::Identity]),
            ("base\\64", &[Encoding::Base64, Encoding::Identity]),
            ("bas(x)e64", &[Encoding::Identity, Encoding::Base64]),
            ("(base64)", &[Encoding::Identity, Encoding::Base64]),
            ("(base64", &[Encoding::Identity, Encoding::Base64]),
            ("bas\n e64", &[Encoding::Identity, Encoding::Base64]),
            ("bas\0e64", &[Encoding::Base64, Encoding::Identity]),
            ("=?UTF-8?B?YmFzZTY0?=", &[Encoding::Base64, Encoding::Identity]),
            ("x-base64", &[Encoding::Base64, Encoding::Identity]),
            ("base64, quoted-printable", &[Encoding::Base64, Encoding::QuotedPrintable, Encoding::Identity]),
            ("quotedprint", &[Encoding::QuotedPrintable, Encoding::Identity]),
            ("x-gzip64;", &[Encoding::Gzip64, Encoding::Identity]),
        ];
        for (value, expected) in table {
            let mut told = encodings(value.as_bytes());
            assert_eq!(told.len(), expected.len(), "{value}: {told:?}");
            told.retain(|encoding| !expected.contains(encoding));
            assert!(told.is_empty(), "{value}: {told:?}");
        }
    }

    #[test]
    fn every_type_that_a_value_may_declare_is_told() {
        let table: [(&str, &[&str]); 12] = [
            ("text/plain; charset=x", &["text/plain"]),
            ("TEXT/plain", &["text/plain"]),
            ("() multipart/mixed", &["multipart/mixed"]),
            ("multipar()t/mixed", &["multipart/mixed"]),
            ("\"multipart/mixed\"", &["multipart/mixed"]),
            ("multi\\part/mixed", &["multipart/mixed"]),
            ("multipart", &["multipart/mixed"]),
            ("x-multipart/related", &["multipart/related"]),
            ("application/octet-stream, multipart/mixed", &["application/octet-stream", "multipart/mixed"]),
            ("=?UTF-8?B?bXVsdGlwYXJ0?=/mixed", &["multipart/mixed"]),
            ("text", &[]),
            ("", &[]),
        ];
        for (value, expected) in table {
            let told = media_types(value.as_bytes());
            assert!(expected.iter().all(|wanted| told.iter().any(|one| one == wanted)), "{value}: {told:?}");
            assert!(!expected.is_empty() || told.is_empty(), "{value}: {told:?}");
        }
    }
}
