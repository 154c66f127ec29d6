//! Elements of ASN.1 in BER (X.690), of which DER is the strict form: mail is signed in both.
//!
//! Owns tags and lengths. It must never recurse, nor believe a length. What is no element gives none. The crates for CMS read DER alone,
//! which mail that OpenSSL signed as a stream is not, and bring a type for each field where one is asked for.

use super::reader::Reader;

pub(super) const OCTETS: u8 = 0x04;
pub(super) const CONSTRUCTED_OCTETS: u8 = 0x24;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const EXPLICIT_0: u8 = 0xa0;
const END_OF_CONTENTS: u8 = 0;

/// The front of an element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Front {
    pub tag: u8,
    /// None where an end-of-contents says where it ends.
    pub length: Option<usize>,
}

pub(super) fn front(reader: &mut Reader<'_>) -> Option<Front> {
    let tag = reader.byte()?;
    // Numbers from 31 on take more bytes; nothing that is looked for has one.
    if tag & 0x1f == 0x1f {
        return None;
    }
    let first = reader.byte()?;
    let length = match usize::from(first & 0x7f) {
        length if first < 0x80 => Some(length),
        0 => None,
        count => {
            let bytes = reader.take(count)?;
            let value = bytes.iter().try_fold(0u64, |value, byte| Some(value.checked_mul(256)? + u64::from(*byte)))?;
            Some(usize::try_from(value).ok()?)
        }
    };
    Some(Front { tag, length })
}

/// Goes into an element of that tag.
pub(super) fn enter(reader: &mut Reader<'_>, tag: u8) -> Option<Front> {
    front(reader).filter(|front| front.tag == tag)
}

/// The content of an element of that tag.
pub(super) fn content<'a>(reader: &mut Reader<'a>, tag: u8) -> Option<&'a [u8]> {
    let length = enter(reader, tag)?.length?;
    reader.take(length)
}

/// Goes past an element.
pub(super) fn skip(reader: &mut Reader<'_>) -> Option<()> {
    let mut open = 0usize;
    loop {
        let front = front(reader)?;
        match front.length {
            None => open += 1,
            Some(0) if front.tag == END_OF_CONTENTS => open = open.saturating_sub(1),
            Some(length) => reader.take(length).map(|_| ())?,
        }
        if open == 0 {
            return Some(());
        }
    }
}

/// An octet string, which may be in pieces that are in pieces, and whether all of it was there.
pub(super) fn octets(reader: &mut Reader<'_>) -> Option<(Vec<u8>, bool)> {
    let outer = front(reader)?;
    if outer.tag == OCTETS {
        let length = outer.length?;
        let bytes = reader.take_most(length);
        return Some((bytes.to_vec(), bytes.len() == length));
    }
    if outer.tag != CONSTRUCTED_OCTETS {
        return None;
    }
    let length = outer.length.unwrap_or(usize::MAX);
    let mut inner = Reader::new(reader.take_most(length));
    let is_whole = outer.length.is_none_or(|length| inner.rest.len() == length);
    let (bytes, has_ended) = pieces(&mut inner, usize::from(outer.length.is_none()));
    Some((bytes, is_whole && has_ended))
}

/// The primitive pieces in their order: how they are nested changes nothing. `open` of them end by an end-of-contents.
fn pieces(reader: &mut Reader<'_>, mut open: usize) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    let is_definite = open == 0;
    while !reader.rest.is_empty() {
        match front(reader) {
            Some(Front { tag: CONSTRUCTED_OCTETS, length }) => open += usize::from(length.is_none()),
            Some(Front { tag: END_OF_CONTENTS, .. }) => open = open.saturating_sub(1),
            Some(Front { tag: OCTETS, length: Some(length) }) => {
                let piece = reader.take_most(length);
                bytes.extend_from_slice(piece);
                if piece.len() < length {
                    return (bytes, false);
                }
            }
            _ => return (bytes, false),
        }
        if open == 0 && !is_definite {
            return (bytes, true);
        }
    }
    (bytes, open == 0)
}
