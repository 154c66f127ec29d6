//! Puts MIME fields into a form on which all readers agree, for mail-parser to read.
//!
//! Owns what is taken off: folds, blank lines within a value, white space that is no text. It must never drop a character that a
//! reader would show. Nothing here can fail.

use super::content::{DISPOSITION, TYPE};
use super::parameter;

/// Most bytes of one field that mail-parser gets: it takes a time that grows with their square.
pub(super) const LONGEST: usize = 4096;

/// The fields for mail-parser, in a form on which all readers agree: it has its own idea of what a field is and where one ends.
/// A field without a type would yield no parameters, so its parameters are given as those of a disposition.
pub(super) fn header(types: &[&[u8]], dispositions: &[&[u8]]) -> Vec<u8> {
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

/// Line ends go; between two encoded words white space is no text (RFC 2047 section 6.2), which mail-parser knows of a fold only.
fn push_unfolded(header: &mut Vec<u8>, value: &[u8]) {
    let mut rest = value;
    while let Some(end) = memchr::memmem::find(rest, b"?=") {
        let (before, after) = rest.split_at(end + 2);
        header.extend(before.iter().filter(|byte| !matches!(byte, b'\r' | b'\n')));
        let next = after.trim_ascii_start();
        rest = after;
        if next.len() < after.len() && next.starts_with(b"=?") {
            header.extend_from_slice(b"\r\n ");
            rest = next;
        }
    }
    header.extend(rest.iter().filter(|byte| !matches!(byte, b'\r' | b'\n')));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_one_line_but_between_encoded_words() {
        let table = [
            ("a/b;\r\n name=x", "Content-Type: a/b; name=x\r\n\r\n"),
            ("a/b;\n \n name=x", "Content-Type: a/b;  name=x\r\n\r\n"),
            ("a/b; name=\"=?u?Q?a?= =?u?Q?b?= c\"", "Content-Type: a/b; name=\"=?u?Q?a?=\r\n =?u?Q?b?= c\"\r\n\r\n"),
            ("; name=x", "Content-Disposition: attachment; ; name=x\r\n\r\n"),
        ];
        for (value, expected) in table {
            assert_eq!(String::from_utf8(header(&[value.as_bytes()], &[])).unwrap(), expected);
        }
    }
}
