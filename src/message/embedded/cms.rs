//! The MIME entity in an opaque signature (CMS signed-data, RFC 5652, RFC 8551), or in compressed-data (RFC 3274).
//!
//! Owns the way to it. It must never judge a signature. Nothing here can fail: a signature without its content holds nothing.

use super::ber::{self, EXPLICIT_0, OBJECT_IDENTIFIER, SEQUENCE};
use super::reader::Reader;
use super::{Embedded, Stop, Unpacked};
use crate::message::decode::gzip;

/// 1.2.840.113549.1.7.2
const SIGNED: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
/// 1.2.840.113549.1.9.16.1.9
const COMPRESSED: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09";
/// 1.2.840.113549.1.7.1
const DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";

pub(super) fn begins(content: &[u8]) -> bool {
    kind(&mut Reader::new(content)).is_some()
}

/// Which of the two it is.
fn kind(reader: &mut Reader<'_>) -> Option<&'static str> {
    ber::enter(reader, SEQUENCE)?;
    match ber::content(reader, OBJECT_IDENTIFIER)? {
        SIGNED => Some("signed-data"),
        COMPRESSED => Some("compressed-data"),
        _ => None,
    }
}

pub(super) fn unpack(content: &[u8], out: &mut Unpacked) {
    let mut reader = Reader::new(content);
    let Some(kind) = kind(&mut reader) else { return };
    let Some(media_type) = enter_content(&mut reader) else { return out.stop(Stop::Broken) };
    // A signature of what stands elsewhere: end of the element, of the indefinite element, or of all.
    if reader.rest.first() != Some(&EXPLICIT_0) {
        return;
    }
    let octets = ber::enter(&mut reader, EXPLICIT_0).and_then(|_| ber::octets(&mut reader));
    let Some((bytes, is_whole)) = octets else { return out.stop(Stop::Broken) };
    let (bytes, is_inflated) = if kind == "compressed-data" { inflated(&bytes, out) } else { (bytes, true) };
    out.add(Embedded { names: Vec::new(), media_type, content: bytes, kind });
    if !is_whole || !is_inflated {
        out.stop(Stop::Broken);
    }
}

fn inflated(bytes: &[u8], out: &mut Unpacked) -> (Vec<u8>, bool) {
    let inflated = gzip::inflate_zlib(bytes, out.left);
    if inflated.content.len() >= out.left {
        out.stop(Stop::TooMuch);
    }
    (inflated.content, inflated.is_whole)
}

/// Goes to what stands behind the type of the content, and says that type. Version and algorithms stand before it.
fn enter_content(reader: &mut Reader<'_>) -> Option<&'static str> {
    ber::enter(reader, EXPLICIT_0)?;
    ber::enter(reader, SEQUENCE)?;
    ber::skip(reader)?;
    ber::skip(reader)?;
    let front = ber::enter(reader, SEQUENCE)?;
    let outer_type = ber::content(reader, OBJECT_IDENTIFIER)?;
    // What stands behind a content type without content is the next element, and may have the same tag.
    let is_empty = front.length.is_some_and(|length| length <= outer_type.len() + 2);
    if is_empty {
        reader.rest = &[];
    }
    Some(if outer_type == DATA { "message/rfc822" } else { "" })
}
