//! Parameters of a MIME field as a lenient reader takes them (RFC 2045 section 5.1), besides what mail-parser makes of the field.
//!
//! Owns what such readers do with broken fields: a missing type, quotes that do not close, blanks and commas where none may be. It
//! must never choose between two values of one parameter: it tells all. Nothing here can fail.

use super::decode::{Encoding, decode};
use super::unfold::without_line_ends;
use std::collections::{BTreeMap, BTreeSet};

/// Every value that a parameter of one of `names` may be taken to have, in their order, each once; quotes, escapes and the encodings
/// of RFC 2231 are undone.
pub(super) fn values(field: &[u8], names: &[&str]) -> Vec<Vec<u8>> {
    let (segments, is_closed) = split(field);
    let torn = if is_closed { Vec::new() } else { field.split(|byte| *byte == b';').collect() };
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    let mut all = Vec::new();
    for segment in segments.into_iter().chain(torn) {
        let Some((name, marks, value)) = parameter(segment, names) else { continue };
        let forms = if marks.ends_with(b"*") { vec![without_percents(&whole(value))] } else { forms(value) };
        if marks.iter().any(u8::is_ascii_digit) {
            pieces.push(Piece { name, number: number(marks), text: forms.into_iter().next().unwrap_or_default() });
        } else {
            all.extend(forms);
        }
    }
    all.extend(names.iter().flat_map(|name| joined(&pieces, name)));
    let mut seen = BTreeSet::new();
    all.into_iter().filter(|value: &Vec<u8>| !value.is_empty() && seen.insert(value.clone())).collect()
}

/// A piece of a value that is continued (RFC 2231 section 3).
struct Piece<'n> {
    name: &'n str,
    number: Option<usize>,
    text: Vec<u8>,
}

/// The number between the marks; none where it is not written as the rules want it.
fn number(marks: &[u8]) -> Option<usize> {
    let digits = std::str::from_utf8(marks).ok()?.trim_matches('*');
    digits.parse().ok().filter(|number: &usize| number.to_string() == digits)
}

/// The pieces of one value as they stand, and as a strict reader takes them: by number, of each the first, up to the first gap.
fn joined(pieces: &[Piece<'_>], name: &str) -> [Vec<u8>; 2] {
    let own = || pieces.iter().filter(|piece| piece.name == name);
    let mut by_number: BTreeMap<usize, &[u8]> = BTreeMap::new();
    for (number, piece) in own().filter_map(|piece| Some((piece.number?, piece))) {
        by_number.entry(number).or_insert(&piece.text);
    }
    let strict = by_number.iter().enumerate().take_while(|(index, (number, _))| index == *number).flat_map(|(_, (_, text))| text.to_vec());
    [own().flat_map(|piece| piece.text.clone()).collect(), strict.collect()]
}

/// Whether the field begins with parameters at once, where a type or disposition should stand.
pub(super) fn lacks_its_value(field: &[u8]) -> bool {
    let (segments, _) = split(field);
    segments.first().is_none_or(|first| first.trim_ascii().is_empty() || first.contains(&b'='))
}

/// The field between its semicolons, but for those in quotes; and whether every quote is closed.
fn split(field: &[u8]) -> (Vec<&[u8]>, bool) {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let segments = field
        .split(|byte| {
            let ends = *byte == b';' && !is_quoted;
            is_quoted ^= *byte == b'"' && !is_escaped;
            is_escaped = *byte == b'\\' && is_quoted && !is_escaped;
            ends
        })
        .collect();
    (segments, !is_quoted)
}

/// Name, marks of RFC 2231 (`*`, `*0`, `*0*`) and value of a segment, if it is one of `names`. A comment behind a name is passed over.
fn parameter<'a, 'n>(segment: &'a [u8], names: &[&'n str]) -> Option<(&'n str, &'a [u8], &'a [u8])> {
    let equals = memchr::memchr(b'=', segment)?;
    let (name, value) = segment.split_at(equals);
    let name = name.split(|byte| *byte == b'(').next().unwrap_or_default().trim_ascii();
    let (name, marks) = name.split_at(memchr::memchr(b'*', name).unwrap_or(name.len()));
    let known = names.iter().find(|known| name.eq_ignore_ascii_case(known.as_bytes()))?;
    Some((known, marks, value.get(1..).unwrap_or_default().trim_ascii()))
}

/// RFC 2231 section 4: behind `charset'language'`, `%` and two digits stand for a byte; where they do not, the `%` stays.
fn without_percents(value: &[u8]) -> Vec<u8> {
    let text = value.splitn(3, |byte| *byte == b'\'').nth(2).unwrap_or(value);
    // Quoted-printable but for the sign.
    let swapped: Vec<u8> = text.iter().map(|byte| if *byte == b'%' { b'=' } else { *byte }).collect();
    decode(Encoding::QuotedPrintable, &swapped).into_owned()
}

/// A quoted value is what stands between the quotes; of another one, all of it, and what stands before a blank, comma or comment.
fn forms(value: &[u8]) -> Vec<Vec<u8>> {
    let is_quoted = value.starts_with(b"\"");
    let value = whole(value);
    if is_quoted {
        return vec![value];
    }
    let token = value.split(|byte| matches!(byte, b' ' | b'\t' | b',' | b'(')).next().unwrap_or_default().to_vec();
    if token == value { vec![value] } else { vec![value, token] }
}

/// All of it, without line ends, and without its quotes if it is quoted.
fn whole(value: &[u8]) -> Vec<u8> {
    let value: Vec<u8> = without_line_ends(value).copied().collect();
    value.strip_prefix(b"\"").map_or(value.clone(), unquoted)
}

/// Up to the closing quote, a backslash taken off each escaped character (RFC 5322 section 3.2.4).
fn unquoted(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(&byte) = rest.next() {
        match byte {
            b'"' => break,
            b'\\' => out.extend(rest.next()),
            _ => out.push(byte),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_lenient_reader_would_take_is_told() {
        let table: [(&str, &[&str]); 22] = [
            ("a/b; name=x.exe", &["x.exe"]),
            ("a/b; NAME = \"x y.exe\" ; charset=u", &["x y.exe"]),
            ("; name=x.exe", &["x.exe"]),
            ("name=x.exe", &["x.exe"]),
            ("a/b; name=x.exe, b", &["x.exe, b", "x.exe"]),
            ("a/b; name=x.exe (a remark)", &["x.exe (a remark)", "x.exe"]),
            ("a/b; name=\"a;b.exe\"", &["a;b.exe"]),
            ("a/b; name=\"a\\\"b.exe\"", &["a\"b.exe"]),
            ("a/b; name=\"x.exe", &["x.exe"]),
            ("a/b; x=\"torn; name=x.exe", &["x.exe"]),
            ("a/b; name=a; name=b", &["a", "b"]),
            ("a/b; rename=x", &[]),
            ("a/b; name(c)=x.exe", &["x.exe"]),
            ("a/b; name*=utf-8''x%2Eexe", &["x.exe"]),
            ("a/b; name*=utf-8''x.%65x%zz", &["x.ex=zz"]),
            ("a/b; name*0=x.; name*1=exe", &["x.exe"]),
            ("a/b; name=safe.txt; name*0=x.; name*1*=%65xe", &["safe.txt", "x.exe"]),
            ("a/b; name=\n x.exe", &["x.exe"]),
            ("a/b; name*=utf-8''a%20amazon.com%20(1).pdf", &["a amazon.com (1).pdf"]),
            ("a/b; name*0=x.exe; name*2=.txt", &["x.exe.txt", "x.exe"]),
            ("a/b; name*0=x.exe; name*01=.txt", &["x.exe.txt", "x.exe"]),
            ("a/b; name*1=exe; name*0=x.; name*1=.txt", &["exex..txt", "x.exe"]),
        ];
        for (field, expected) in table {
            let told: Vec<String> =
                values(field.as_bytes(), &["name"]).into_iter().map(|value| String::from_utf8(value).unwrap()).collect();
            assert_eq!(told, expected, "{field}");
        }
    }

    #[test]
    fn a_missing_type_is_told() {
        for (field, expected) in [("attachment; a=b", false), ("; a=b", true), ("a=b", true), ("", true), ("a/b", false)] {
            assert_eq!(lacks_its_value(field.as_bytes()), expected, "{field}");
        }
    }
}
