//! The transfer encodings (RFC 2045 section 6.1) and the words that name them.
//!
//! Owns which word stands for which encoding. It must never guess: what a word is near to is for `candidate`. Nothing here can fail.

use serde::{Deserialize, Serialize};

/// A transfer encoding (RFC 2045 section 6.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// 7bit, 8bit or binary: the body is what it is.
    #[default]
    Identity,
    /// Base64.
    Base64,
    /// Quoted-printable.
    QuotedPrintable,
    /// What uuencode(1) writes, from before MIME.
    Uuencode,
    /// yEnc, of Usenet.
    Yenc,
    /// BinHex 4.0 (RFC 1741).
    BinHex,
    /// Base64 of a gzip file.
    Gzip64,
    /// UTF-7 (RFC 2152), a charset that some readers take for an encoding.
    Utf7,
}

impl Encoding {
    /// The encoding that one clean word stands for, in upper or lower case.
    pub fn of_word(word: &[u8]) -> Option<Self> {
        let encoding = match word.to_ascii_lowercase().as_slice() {
            b"7bit" | b"8bit" | b"binary" => Self::Identity,
            b"base64" => Self::Base64,
            b"quoted-printable" => Self::QuotedPrintable,
            b"uuencode" | b"x-uuencode" | b"uue" | b"x-uue" | b"x-uu" => Self::Uuencode,
            b"yenc" | b"x-yenc" | b"x-yencode" => Self::Yenc,
            b"binhex" | b"binhex40" | b"mac-binhex" | b"mac-binhex40" | b"x-binhex" => Self::BinHex,
            b"gzip64" | b"x-gzip64" => Self::Gzip64,
            b"utf-7" | b"x-utf-7" => Self::Utf7,
            _ => return None,
        };
        Some(encoding)
    }

    /// How a body under it is read, in words: as a field would name it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Identity => "it is",
            Self::Base64 => "base64",
            Self::QuotedPrintable => "quoted-printable",
            Self::Uuencode => "uuencode",
            Self::Yenc => "yenc",
            Self::BinHex => "binhex",
            Self::Gzip64 => "gzip64",
            Self::Utf7 => "utf-7",
        }
    }

    /// Whether every reader knows it (RFC 2045 section 6.1).
    pub(in crate::message) fn is_of_mime(self) -> bool {
        matches!(self, Self::Identity | Self::Base64 | Self::QuotedPrintable)
    }

    /// Whether content may be larger than the body that holds it.
    pub(in crate::message) fn packs(self) -> bool {
        matches!(self, Self::Gzip64 | Self::BinHex)
    }

    /// Whether it hides what is in a body from a reader that does not know of it.
    pub fn hides(self) -> bool {
        self != Self::Identity
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_names_its_encoding_in_any_case() {
        let table = [
            ("7BIT", Some(Encoding::Identity)),
            ("Base64", Some(Encoding::Base64)),
            ("quoted-printable", Some(Encoding::QuotedPrintable)),
            ("X-UUE", Some(Encoding::Uuencode)),
            ("x-yencode", Some(Encoding::Yenc)),
            ("mac-binhex40", Some(Encoding::BinHex)),
            ("x-gzip64", Some(Encoding::Gzip64)),
            ("base-64", None),
            ("", None),
        ];
        for (word, expected) in table {
            assert_eq!(Encoding::of_word(word.as_bytes()), expected, "{word}");
        }
    }
}
