//! Takes a transfer encoding off (RFC 2045 section 6).
//!
//! Owns the choice of decoder. It must never give up on a body: a reader that skips what is illegal would show it, so we skip the
//! same. Nothing here can fail.

use super::Encoding;
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::{quoted_printable_decode, quoted_printable_decode_char};
use std::borrow::Cow;

/// `body` without `encoding`. Borrowed where there is nothing to take off, or where it cannot be taken off at all.
pub fn decode(encoding: Encoding, body: &[u8]) -> Cow<'_, [u8]> {
    let decoded = match encoding {
        Encoding::Identity | Encoding::Unknown => None,
        Encoding::Base64 => base64_decode(body).or_else(|| base64_decode(&base64_alphabet_only(body))),
        Encoding::QuotedPrintable => quoted_printable_decode(body).or_else(|| Some(quoted_printable_leniently(body))),
    };
    decoded.map_or(Cow::Borrowed(body), Cow::Owned)
}

/// How many encoded bytes are enough to decode to `count`: quoted-printable writes three for one, and both encodings break lines.
pub(super) fn enough_for(count: usize) -> usize {
    count.saturating_mul(4).saturating_add(1024)
}

/// RFC 2045 section 6.8: all characters outside the alphabet must be ignored.
fn base64_alphabet_only(body: &[u8]) -> Vec<u8> {
    body.iter().copied().filter(|byte| matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=')).collect()
}

/// RFC 2045 section 6.7, note on robust implementations: a `=` that begins no escape stays as it is.
fn quoted_printable_leniently(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = match (byte, tail) {
            (b'=', [b'\r', b'\n', after @ ..] | [b'\n', after @ ..]) => after,
            (b'=', [high, low, after @ ..]) if let Some(octet) = quoted_printable_decode_char(*high, *low) => {
                out.push(octet);
                after
            }
            _ => {
                out.push(byte);
                tail
            }
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_encoding_is_taken_off() {
        let table = [
            (Encoding::Identity, &b"a=3D"[..], &b"a=3D"[..]),
            (Encoding::Base64, b"YWJj\nZGVm\n", b"abcdef"),
            (Encoding::Base64, b"YW#Jj:ZG*Vm", b"abcdef"),
            (Encoding::Base64, b"", b""),
            (Encoding::QuotedPrintable, b"a=3Db=\nc", b"a=bc"),
            (Encoding::QuotedPrintable, b"a==3Db=\r\nc=zz=", b"a==bc=zz="),
            (Encoding::Unknown, b"begin 644", b"begin 644"),
        ];
        for (encoding, body, expected) in table {
            assert_eq!(&*decode(encoding, body), expected, "{encoding:?} {body:?}");
        }
    }
}
