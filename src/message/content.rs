//! What the header of a part says of its body under one reading: type, boundary, encoding, names.
//!
//! Owns the words for it. It must never hold two readings at once: another reading is another part. Nothing here can fail.

use super::Encoding;

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
