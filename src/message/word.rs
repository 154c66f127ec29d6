//! Encoded words (RFC 2047) as lenient readers take them: anywhere in a text, without padding, in a row.
//!
//! Owns that leniency; mail-parser reads what is written by the rules. Of charsets it must know UTF-16 alone: what decides about a
//! name is ASCII in all others that mail uses. Nothing here can fail.

use super::decode::{Encoding, decode};
use memchr::memmem;

/// `text` with every encoded word decoded; none where there is no such word.
pub(super) fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    decoded_by(text, in_utf8)
}

/// The same, where `read` says what the bytes of a word mean in its charset.
pub(crate) fn decoded_by(text: &[u8], read: impl Fn(&[u8], Vec<u8>) -> Vec<u8>) -> Option<Vec<u8>> {
    // Behind the last end no word can begin: to look for one from each mark would take a time that grows with their square.
    let (text, tail) = text.split_at(memmem::rfind(text, b"?=")? + 2);
    let mut out = Vec::with_capacity(text.len() + tail.len());
    let mut rest = text;
    let mut is_behind_word = false;
    let mut has_word = false;
    while let Some(start) = memmem::find(rest, b"=?") {
        let (before, from) = rest.split_at(start);
        let Some((charset, word, after)) = first_word(from) else {
            out.extend_from_slice(before);
            out.extend_from_slice(b"=?");
            rest = from.get(2..).unwrap_or_default();
            is_behind_word = false;
            continue;
        };
        // White space between two encoded words is no text (section 6.2).
        if !is_behind_word || !before.trim_ascii().is_empty() {
            out.extend_from_slice(before);
        }
        out.extend_from_slice(&read(charset, word));
        (rest, is_behind_word, has_word) = (after, true, true);
    }
    out.extend_from_slice(rest);
    out.extend_from_slice(tail);
    has_word.then_some(out)
}

/// The charset and the bytes of the word that `text` begins with, and what stands behind it: `=?charset?encoding?text?=`.
fn first_word(text: &[u8]) -> Option<(&[u8], Vec<u8>, &[u8])> {
    let mut fields = text.get(2..)?.splitn(3, |byte| *byte == b'?');
    let (charset, encoding, rest) = (fields.next()?, fields.next()?, fields.next()?);
    if !matches!(encoding, b"B" | b"b" | b"Q" | b"q") {
        return None;
    }
    let end = memmem::find(rest, b"?=")?;
    let (encoded, after) = rest.split_at(end);
    let bytes = match encoding {
        b"B" | b"b" => decode(Encoding::Base64, &padded(encoded)).into_owned(),
        _ => decode(Encoding::QuotedPrintable, &with_blanks(encoded)).into_owned(),
    };
    Some((charset, bytes, after.get(2..).unwrap_or_default()))
}

/// `bytes` as they are, unless `charset`, behind which a language may stand (RFC 2231 section 5), is one in which ASCII is not ASCII.
pub(super) fn in_utf8(charset: &[u8], bytes: Vec<u8>) -> Vec<u8> {
    let charset = charset.split(|byte| *byte == b'*').next().unwrap_or_default().to_ascii_lowercase();
    let is_little = match charset.as_slice() {
        b"utf-16le" | b"utf16le" => true,
        b"utf-16be" | b"utf16be" => false,
        // RFC 2781 section 4.3: big-endian where no mark says otherwise.
        b"utf-16" | b"utf16" | b"ucs-2" | b"iso-10646-ucs-2" => bytes.starts_with(b"\xff\xfe"),
        _ => return bytes,
    };
    let unit = |pair: &[u8]| <[u8; 2]>::try_from(pair).map_or(0xfffd, if is_little { u16::from_le_bytes } else { u16::from_be_bytes });
    let units = bytes.chunks(2).map(unit).skip_while(|unit| *unit == 0xfeff);
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>().into_bytes()
}

fn padded(encoded: &[u8]) -> Vec<u8> {
    let mut padded = encoded.to_vec();
    padded.resize(encoded.len().next_multiple_of(4), b'=');
    padded
}

/// Section 4.2: `_` stands for a blank.
fn with_blanks(encoded: &[u8]) -> Vec<u8> {
    encoded.iter().map(|byte| if *byte == b'_' { b' ' } else { *byte }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_decoded_wherever_they_stand() {
        let table = [
            ("plain", None),
            ("=?utf-8?B?eC5leGU=?=", Some("x.exe")),
            ("=?utf-8?B?eC5leGU?=", Some("x.exe")),
            ("=?utf-8?Q?x=2E?= =?utf-8?Q?exe?=", Some("x.exe")),
            ("a=?utf-8?Q?=2Eexe?=", Some("a.exe")),
            ("=?u?Q?a_b?= c", Some("a b c")),
            ("=?u?X?a?=", None),
            ("=? =?u?q?a?=", Some("=? a")),
            ("=?u?Q?a", None),
            ("=?u?Q?a?= =?u?Q?b", Some("a =?u?Q?b")),
            ("=?utf-16?B?/v8AeAAuAGUAeABl?=", Some("x.exe")),
            ("=?utf-16?B?//54AC4AZQB4AGUA?=", Some("x.exe")),
            ("=?utf-16be?B?AHgALgBlAHgAZQ==?=", Some("x.exe")),
            ("=?UTF-16LE*en?B?eAAuAGUAeABlAA==?=", Some("x.exe")),
            ("=?utf-16le?B?eAA=?=.=?utf-16be?Q?=00e=00x=00e?=", Some("x.exe")),
        ];
        for (text, expected) in table {
            assert_eq!(decoded(text.as_bytes()).map(|text| String::from_utf8(text).unwrap()).as_deref(), expected, "{text}");
        }
    }
}
