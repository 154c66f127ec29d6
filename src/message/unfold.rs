//! Puts MIME fields into a form on which all readers agree, for mail-parser to read.
//!
//! Owns what is taken off: folds, blank lines within a value, white space that is no text. It must never drop a character that a
//! reader would show. Nothing here can fail.

use super::header::{DISPOSITION, TYPE};
use super::parameter;

/// Most bytes of one field that mail-parser gets: it takes a time that grows with their square.
pub(super) const LONGEST: usize = 4096;

/// The fields for mail-parser, in a form on which all readers agree: it has its own idea of what a field is and where one ends.
/// A field without a type would yield no parameters, so its parameters are given as those of a disposition.
pub(super) fn header(types: &[Vec<u8>], dispositions: &[Vec<u8>]) -> Vec<u8> {
    let mut header = Vec::new();
    let named = types.iter().map(|value| (TYPE, value)).chain(dispositions.iter().map(|value| (DISPOSITION, value)));
    for (name, value) in named {
        let lacks = parameter::lacks_its_value(value);
        header.extend_from_slice(if lacks { "Content-Disposition: attachment; ".as_bytes() } else { name.as_bytes() });
        header.extend_from_slice(if lacks { b"" } else { b": " });
        push_unfolded(&mut header, value.get(..LONGEST).unwrap_or(value));
        header.extend_from_slice(b"\r\n");
    }
    header.extend_from_slice(b"\r\n");
    header
}

/// The value with a semicolon behind its first word where a comma or a blank stands: lenient readers end the type there, and see the
/// parameters behind it.
pub(super) fn with_type_set_off(value: &[u8]) -> Vec<u8> {
    let end = value.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b';' | b',')).unwrap_or(value.len());
    let (word, rest) = value.split_at(end);
    let behind = rest.trim_ascii_start();
    let is_set_off = behind.is_empty() || behind.starts_with(b";") || behind.starts_with(b"(");
    if is_set_off || word.contains(&b'=') {
        return value.to_vec();
    }
    [word, b"; ", behind.strip_prefix(b",").unwrap_or(behind)].concat()
}

/// Line ends go; between two encoded words white space is no text (RFC 2047 section 6.2), which mail-parser knows of a fold only.
fn push_unfolded(header: &mut Vec<u8>, value: &[u8]) {
    let mut rest = value;
    while let Some(end) = memchr::memmem::find(rest, b"?=") {
        let (before, after) = rest.split_at(end + 2);
        header.extend(without_line_ends(before));
        let next = after.trim_ascii_start();
        rest = after;
        if next.len() < after.len() && next.starts_with(b"=?") {
            header.extend_from_slice(b"\r\n ");
            rest = next;
        }
    }
    header.extend(without_line_ends(rest));
}

/// The bytes that stand on the lines.
pub(super) fn without_line_ends(bytes: &[u8]) -> impl Iterator<Item = &u8> {
    bytes.iter().filter(|byte| !matches!(byte, b'\r' | b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_set_off_where_a_lenient_reader_ends_it() {
        let table = [
            ("a/b; name=x", "a/b; name=x"),
            ("a/b ; name=x", "a/b ; name=x"),
            ("a/b (remark); name=x", "a/b (remark); name=x"),
            ("a/b, name=x", "a/b;  name=x"),
            ("a/b name=x", "a/b; name=x"),
            ("a/b ,name=x", "a/b; name=x"),
            ("a/b", "a/b"),
            ("name=x y", "name=x y"),
            ("", ""),
        ];
        for (value, expected) in table {
            assert_eq!(String::from_utf8(with_type_set_off(value.as_bytes())).unwrap(), expected, "{value}");
        }
    }

    #[test]
    fn a_value_is_one_line_but_between_encoded_words() {
        let table = [
            ("a/b;\r\n name=x", "Content-Type: a/b; name=x\r\n\r\n"),
            ("a/b;\n \n name=x", "Content-Type: a/b;  name=x\r\n\r\n"),
            ("a/b; name=\"=?u?Q?a?= =?u?Q?b?= c\"", "Content-Type: a/b; name=\"=?u?Q?a?=\r\n =?u?Q?b?= c\"\r\n\r\n"),
            ("; name=x", "Content-Disposition: attachment; ; name=x\r\n\r\n"),
        ];
        for (value, expected) in table {
            assert_eq!(String::from_utf8(header(&[value.as_bytes().to_vec()], &[])).unwrap(), expected);
        }
    }
}
