//! Takes a transfer encoding off (RFC 2045 section 6).
//!
//! Owns the encodings and the choice of decoder. It must never give up on a body: a reader that skips what is illegal would show it,
//! so we skip the same. Nothing here can fail.

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::{quoted_printable_decode, quoted_printable_decode_char};
use std::borrow::Cow;

/// A transfer encoding (RFC 2045 section 6.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// 7bit, 8bit or binary: the body is what it is.
    #[default]
    Identity,
    /// Base64.
    Base64,
    /// Quoted-printable.
    QuotedPrintable,
    /// A word that is near to an encoding, or names one that we do not read.
    Unknown,
}

impl Encoding {
    /// The encoding that a field names. Readers take the first word; what comes behind it, or in a comment before it, is passed over.
    pub(super) fn named(field: &[u8]) -> Self {
        let field = field.trim_ascii_start();
        let behind_comment = || memchr::memchr(b')', field).and_then(|end| field.get(end + 1..)).unwrap_or_default();
        let text = if field.starts_with(b"(") { behind_comment() } else { field };
        let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b';' | b',' | b'(' | b'"');
        let word = text.split(is_end).find(|word| !word.is_empty()).unwrap_or_default();
        let word = String::from_utf8_lossy(word).to_ascii_lowercase();
        match word.as_str() {
            "" | "7bit" | "8bit" | "binary" => Self::Identity,
            "base64" => Self::Base64,
            "quoted-printable" => Self::QuotedPrintable,
            // A word that is near to an encoding some readers may take for it. Any other, of which careless senders of wanted mail write
            // many, charsets among them, no reader decodes.
            _ if ["64", "uu", "quoted", "printable", "binhex", "yenc"].iter().any(|piece| word.contains(piece)) => Self::Unknown,
            _ => Self::Identity,
        }
    }

    /// Whether it hides what is in a body from a reader that does not know of it.
    pub fn hides(self) -> bool {
        matches!(self, Self::Base64 | Self::QuotedPrintable)
    }
}

/// `body` without `encoding`. Borrowed where there is nothing to take off, or where it cannot be taken off at all.
pub fn decode(encoding: Encoding, body: &[u8]) -> Cow<'_, [u8]> {
    let decoded = match encoding {
        Encoding::Identity | Encoding::Unknown => None,
        Encoding::Base64 => base64(body),
        Encoding::QuotedPrintable => quoted_printable_decode(body).or_else(|| Some(quoted_printable_leniently(body))),
    };
    decoded.map_or(Cow::Borrowed(body), Cow::Owned)
}

/// mail-parser stops at a byte 0xff as if the body ended there; readers pass over it.
fn base64(body: &[u8]) -> Option<Vec<u8>> {
    let decoded = if memchr::memchr(0xff, body).is_some() { None } else { base64_decode(body) };
    decoded.or_else(|| base64_decode(&base64_alphabet_only(body)))
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
            (b'=', _) if let Some(after) = behind_soft_break(tail) => after,
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

/// Behind a soft line break, which blanks may stand before (RFC 2045 section 6.7, rule 3).
fn behind_soft_break(tail: &[u8]) -> Option<&[u8]> {
    let blanks = tail.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let rest = tail.get(blanks..)?;
    rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n"))
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
            (Encoding::Base64, b"\xffYW\xffJj", b"abc"),
            (Encoding::QuotedPrintable, b"a=3Db=\nc", b"a=bc"),
            (Encoding::QuotedPrintable, b"a==3Db=\r\nc=zz=", b"a==bc=zz="),
            (Encoding::QuotedPrintable, b"a= \t\nb=zz", b"ab=zz"),
            (Encoding::Unknown, b"begin 644", b"begin 644"),
        ];
        for (encoding, body, expected) in table {
            assert_eq!(&*decode(encoding, body), expected, "{encoding:?} {body:?}");
        }
    }
}
