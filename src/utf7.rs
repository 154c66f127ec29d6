//! UTF-7 (RFC 2152), as a charset and in the place of a transfer encoding.
//!
//! Owns its decoding. It must never give up: what is no UTF-7 stands as it is. Nothing here can fail.

use memchr::memchr;

/// `body` with each `+...-` decoded; what is beyond ASCII comes out as UTF-8.
pub(crate) fn decode(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(shift) = Shift::first(rest) {
        out.extend_from_slice(shift.before);
        if shift.letters.is_empty() {
            out.push(b'+');
        }
        for unit in char::decode_utf16(units(shift.letters)) {
            let one = unit.unwrap_or(char::REPLACEMENT_CHARACTER);
            out.extend_from_slice(one.encode_utf8(&mut [0; 4]).as_bytes());
        }
        rest = shift.after;
    }
    out.extend_from_slice(rest);
    out
}

/// Whether a tag may begin in a shift. Random base64, as of a picture, soon has half a surrogate, and is not taken for one.
pub(crate) fn has_tag(body: &[u8]) -> bool {
    let mut rest = body;
    while let Some(shift) = Shift::first(rest) {
        if char::decode_utf16(units(shift.letters)).map_while(Result::ok).any(|one| one == '<') {
            return true;
        }
        rest = shift.after;
    }
    false
}

/// A `+`, the base64 behind it, and what is around them.
struct Shift<'b> {
    before: &'b [u8],
    letters: &'b [u8],
    after: &'b [u8],
}

impl<'b> Shift<'b> {
    fn first(body: &'b [u8]) -> Option<Self> {
        let (before, from) = body.split_at(memchr(b'+', body)?);
        let behind = from.get(1..)?;
        let length = behind.iter().take_while(|byte| value(**byte).is_some()).count();
        let (letters, after) = behind.split_at(length);
        Some(Self { before, letters, after: after.strip_prefix(b"-").unwrap_or(after) })
    }
}

/// UTF-16 in base64 without padding; bits that make no unit are dropped.
fn units(letters: &[u8]) -> impl Iterator<Item = u16> {
    let (mut bits, mut count) = (0_u32, 0);
    letters.iter().filter_map(move |letter| {
        bits = (bits & 0xffff) << 6 | value(*letter)?;
        count += 6;
        if count < 16 {
            return None;
        }
        count -= 16;
        u16::try_from(bits >> count & 0xffff).ok()
    })
}

fn value(letter: u8) -> Option<u32> {
    let (first, offset) = match letter {
        b'A'..=b'Z' => (b'A', 0),
        b'a'..=b'z' => (b'a', 26),
        b'0'..=b'9' => (b'0', 52),
        b'+' => (b'+', 62),
        b'/' => (b'/', 63),
        _ => return None,
    };
    Some(u32::from(letter - first) + offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shift_is_decoded_and_the_rest_stands() {
        let table = [
            ("a+-b", "a+b"),
            ("+AEE-.", "A."),
            ("+AEEAQg-x", "ABx"),
            ("1 + 1", "1 + 1"),
            ("+AOk-", "\u{e9}"),
            ("+ADw-b+AD4-x+ADwALwBiAD4", "<b>x</b>"),
            ("+2D3eAA-", "\u{1f600}"),
            ("+2AA-", "\u{fffd}"),
            ("+A", ""),
            ("+", "+"),
            ("", ""),
        ];
        for (body, expected) in table {
            assert_eq!(String::from_utf8(decode(body.as_bytes())).unwrap(), expected, "{body}");
        }
    }

    #[test]
    fn a_tag_in_a_shift_is_seen() {
        let table = [("a+ADw-b", true), ("+AEEAPA", true), ("a+AD4-b", false), ("+2AAAPA-", false), ("<b>1 + 1", false), ("", false)];
        for (body, expected) in table {
            assert_eq!(has_tag(body.as_bytes()), expected, "{body}");
        }
    }
}
