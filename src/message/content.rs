//! What the header of a part says of its body under one reading: type, boundary, encoding, names.
//!
//! Owns the words for it. It must never hold two readings at once: another reading is another part. Nothing here can fail.

use super::parameter::values_of;
use super::{Encoding, Fields};

/// What a header says of its body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// Declared type and subtype in lower case; empty where none is declared.
    pub media_type: String,
    /// The boundary parameter.
    pub boundary: Option<Vec<u8>>,
    /// The transfer encoding.
    pub encoding: Encoding,
    /// Every name that the part carries, in the order of their fields, each once.
    pub names: Vec<String>,
    /// How many of the names are so by the rules; the others only to a lenient reader.
    pub proper_names: usize,
}

impl Content {
    /// Whether the type is a multipart.
    pub fn is_multipart(&self) -> bool {
        self.media_type.starts_with("multipart/")
    }

    /// Whether the body is a message in itself (RFC 2046 section 5.2.1, RFC 6532 section 3.7), or header fields at least: readers
    /// open the other types under message as well.
    pub fn is_message(&self) -> bool {
        self.media_type.starts_with("message/")
    }

    /// Whether it may hold other parts.
    pub fn is_container(&self) -> bool {
        self.is_multipart() || self.is_message()
    }

    /// Whether no byte under it may change: a signature covers it or it is encrypted (RFC 1847).
    pub fn is_seal(&self) -> bool {
        matches!(self.media_type.as_str(), "multipart/signed" | "multipart/encrypted")
    }
}

/// Longest name of a charset that is taken for one.
const LONGEST_CHARSET: usize = 100;

/// The charset that `header` declares, in lower case, if it is a plain word (RFC 2045 section 5.1).
pub fn charset(header: &[u8]) -> Option<String> {
    charsets(header).into_iter().next()
}

/// Every charset that `header` may be taken to declare, those by the rules first.
pub fn charsets(header: &[u8]) -> Vec<String> {
    let fields = Fields::new(header, 0..header.len()).filter(|field| field.is_named(header, "Content-Type"));
    let fields: Vec<&[u8]> = fields.map(|field| field.value(header)).filter(|value| contains_word(value)).collect();
    let is_word = |word: &&str| word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte));
    let names = values_of(&fields, &["charset"]).all;
    let words = names.iter().filter_map(|name| std::str::from_utf8(name).ok()).map(str::trim).filter(is_word);
    words.filter(|word| !word.is_empty() && word.len() <= LONGEST_CHARSET).map(str::to_ascii_lowercase).collect()
}

/// Most parts declare none.
fn contains_word(value: &[u8]) -> bool {
    value.windows(7).any(|word| word.eq_ignore_ascii_case(b"charset"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_charset_is_a_plain_word() {
        let charsets = [
            ("Content-Type: text/plain; charset=UTF-8\n", Some("utf-8")),
            ("Content-Type: text/plain; x=y; charset = \"iso-8859-1\"; format=flowed\n", Some("iso-8859-1")),
            ("Content-Type: text/plain; charset=\"u\\tf\"\n", Some("utf")),
            ("Content-Type: text/plain; charset=\"a b\"\n", None),
            ("Content-Type: text/html; name=\"charset=utf-8\"; charset=utf-7\n", Some("utf-7")),
            ("Content-Type: text/html; charset*0=utf; charset*1=-7\n", Some("utf-7")),
            ("Content-Type: text/html; charset*=us-ascii''utf-7\n", Some("utf-7")),
            ("Content-Type: text/html; x=charset; charset=utf-7\n", Some("utf-7")),
            ("Content-Type: text/plain\nContent-Type: text/html; charset=u\n", Some("u")),
            ("A: b; charset=u\n", None),
        ];
        for (header, expected) in charsets {
            assert_eq!(charset(header.as_bytes()).as_deref(), expected, "{header}");
        }
    }
}
