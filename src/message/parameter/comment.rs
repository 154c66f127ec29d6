//! The texts that readers make of a field before they look for parameters: with and without comments (RFC 5322 section 3.2.2) and
//! control characters.
//!
//! Owns the ways in which a comment ends. It must never drop what stands in quotes, where a parenthesis is a character. Nothing here
//! can fail.

use std::borrow::Cow;

/// How a reader finds the end of a comment.
#[derive(Clone, Copy)]
enum End {
    /// Comments lie in each other, and a backslash takes its meaning from a parenthesis.
    ByTheRules,
    /// The first closing parenthesis.
    First,
}

/// The fields under each reading, that by the rules first; a reading that changes nothing is left out.
pub(super) fn readings<'f>(fields: &[&'f [u8]]) -> Vec<Vec<Cow<'f, [u8]>>> {
    let mut readings: Vec<Vec<Cow<'f, [u8]>>> = Vec::new();
    if fields.iter().any(|field| field.contains(&b'(')) {
        for end in [End::ByTheRules, End::First] {
            push_new(&mut readings, fields.iter().map(|field| Cow::Owned(without_comments(field, end))).collect());
        }
    }
    push_new(&mut readings, fields.iter().map(|field| Cow::Borrowed(*field)).collect());
    if fields.iter().any(|field| field.iter().any(is_control)) {
        for texts in readings.clone() {
            push_new(&mut readings, texts.iter().map(|text| Cow::Owned(without_controls(text))).collect());
        }
    }
    readings
}

fn push_new<'f>(readings: &mut Vec<Vec<Cow<'f, [u8]>>>, texts: Vec<Cow<'f, [u8]>>) {
    if !readings.contains(&texts) {
        readings.push(texts);
    }
}

/// White space and line ends are none: they may part words.
fn is_control(byte: &u8) -> bool {
    byte.is_ascii_control() && !matches!(byte, b'\t' | b'\r' | b'\n')
}

fn without_controls(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| !is_control(byte)).collect()
}

/// A comment that does not end goes on to the end of the field.
fn without_comments(field: &[u8], end: End) -> Vec<u8> {
    let mut out = Vec::with_capacity(field.len());
    let (mut depth, mut is_quoted, mut is_escaped) = (0_usize, false, false);
    for byte in field {
        let is_plain = !std::mem::take(&mut is_escaped);
        if depth == 0 && !(*byte == b'(' && !is_quoted && is_plain) {
            out.push(*byte);
        }
        match (byte, end) {
            (b'\\', End::ByTheRules) => is_escaped = is_plain,
            (b'\\', End::First) => is_escaped = is_plain && depth == 0,
            (b'"', _) if depth == 0 => is_quoted ^= is_plain,
            (b'(', End::ByTheRules) if !is_quoted && is_plain => depth += 1,
            (b'(', End::First) if !is_quoted && is_plain => depth = 1,
            (b')', _) if is_plain => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_end_as_readers_end_them() {
        let table: [(&str, &[&str]); 8] = [
            ("a=b", &["a=b"]),
            ("a=(c)b", &["a=b", "a=(c)b"]),
            ("a=((c))b", &["a=b", "a=)b", "a=((c))b"]),
            ("a=(\\))b", &["a=b", "a=)b", "a=(\\))b"]),
            ("a=\"(c)\"", &["a=\"(c)\""]),
            ("a=b(c", &["a=b", "a=b(c"]),
            ("a(=\")b", &["ab", "a(=\")b"]),
            ("a=\0b\t", &["a=\0b\t", "a=b\t"]),
        ];
        for (field, expected) in table {
            let told: Vec<String> =
                readings(&[field.as_bytes()]).iter().map(|texts| String::from_utf8_lossy(&texts.concat()).into_owned()).collect();
            assert_eq!(told, expected, "{field:?}");
        }
    }
}
