//! Encoded words (RFC 2047) as lenient readers take them: anywhere in a text, without padding, in a row.
//!
//! Owns that leniency; mail-parser reads what is written by the rules. It must never look at a charset: what decides about a name is
//! ASCII in all of them that mail uses. Nothing here can fail.

use super::decode::{Encoding, decode};
use memchr::memmem;

/// `text` with every encoded word decoded; none where there is no such word.
pub(super) fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut is_behind_word = false;
    let mut has_word = false;
    while let Some(start) = memmem::find(rest, b"=?") {
        let (before, from) = rest.split_at(start);
        let Some((word, after)) = first_word(from) else {
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
        out.extend_from_slice(&word);
        (rest, is_behind_word, has_word) = (after, true, true);
    }
    out.extend_from_slice(rest);
    has_word.then_some(out)
}

/// The decoded word that `text` begins with, and what stands behind it: `=?charset?encoding?text?=`.
fn first_word(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut fields = text.get(2..)?.splitn(3, |byte| *byte == b'?');
    let (_charset, encoding, rest) = (fields.next()?, fields.next()?, fields.next()?);
    let end = memmem::find(rest, b"?=")?;
    let (encoded, after) = rest.split_at(end);
    let word = match encoding {
        b"B" | b"b" => decode(Encoding::Base64, &padded(encoded)).into_owned(),
        b"Q" | b"q" => decode(Encoding::QuotedPrintable, &with_blanks(encoded)).into_owned(),
        _ => return None,
    };
    Some((word, after.get(2..).unwrap_or_default()))
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
        ];
        for (text, expected) in table {
            assert_eq!(decoded(text.as_bytes()).map(|text| String::from_utf8(text).unwrap()).as_deref(), expected, "{text}");
        }
    }
}
