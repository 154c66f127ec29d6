//! UTF-7 (RFC 2152) in the place of a transfer encoding, as some readers take it off.
//!
//! Owns that decoding. It must never give up: what is no UTF-7 stands as it is. Nothing here can fail.

use super::base64;
use memchr::memchr;

/// `body` with each `+...-` decoded; what is beyond ASCII comes out as UTF-8.
pub(super) fn decode(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(plus) = memchr(b'+', rest) {
        let (before, from) = rest.split_at(plus);
        out.extend_from_slice(before);
        let behind = from.get(1..).unwrap_or_default();
        let length = behind.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')).count();
        let (letters, after) = behind.split_at(length);
        rest = after.strip_prefix(b"-").unwrap_or(after);
        if letters.is_empty() {
            out.push(b'+');
        }
        out.extend_from_slice(text(letters).as_bytes());
    }
    out.extend_from_slice(rest);
    out
}

/// UTF-16 in base64 without padding.
fn text(letters: &[u8]) -> String {
    let mut padded = letters.to_vec();
    padded.resize(letters.len().next_multiple_of(4), b'=');
    let bytes = base64::decode(&padded);
    let units = bytes.chunks_exact(2).map(|unit| unit.iter().fold(0, |value, byte| value << 8 | u16::from(*byte)));
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shift_is_decoded_and_the_rest_stands() {
        let table = [("a+-b", "a+b"), ("+AEE-.", "A."), ("+AEEAQg-x", "ABx"), ("1 + 1", "1 + 1"), ("+AOk-", "\u{e9}"), ("", "")];
        for (body, expected) in table {
            assert_eq!(String::from_utf8(decode(body.as_bytes())).unwrap(), expected, "{body}");
        }
    }
}
