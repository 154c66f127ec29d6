//! AppleSingle and AppleDouble (RFC 1740): the forks and the name of a file of a Macintosh.
//!
//! Owns which of its entries are taken out. It must never believe an offset or a length. Nothing here can fail.

use super::reader::Reader;
use super::{Embedded, Stop, Unpacked, name_of};

const SINGLE: &[u8] = b"\0\x05\x16\0";
const DOUBLE: &[u8] = b"\0\x05\x16\x07";

pub(super) fn begins(content: &[u8]) -> bool {
    content.starts_with(SINGLE) || content.starts_with(DOUBLE)
}

/// Takes out the forks under the real name. In AppleDouble the data is a part of its own, and the name here is one more for it: an
/// empty file carries the name where there is no fork.
pub(super) fn unpack(content: &[u8], out: &mut Unpacked) {
    let Some(entries) = entries(content) else { return out.stop(Stop::Broken) };
    let of = |id: u32| entries.iter().filter(move |entry| entry.id == id);
    let names: Vec<String> = of(REAL_NAME).filter_map(|entry| name_of(entry.bytes)).collect();
    let kind = if content.starts_with(SINGLE) { "applesingle" } else { "appledouble" };
    let forks = of(DATA_FORK).chain(of(RESOURCE_FORK)).filter(|entry| !entry.bytes.is_empty());
    for fork in forks {
        out.add(Embedded { names: names.clone(), media_type: "", content: out.fitting(fork.bytes), kind });
    }
    if out.files.is_empty() && !names.is_empty() {
        out.add(Embedded { names, media_type: "", content: Vec::new(), kind });
    }
    if entries.iter().any(|entry| !entry.is_whole) {
        out.stop(Stop::Broken);
    }
}

const DATA_FORK: u32 = 1;
const RESOURCE_FORK: u32 = 2;
const REAL_NAME: u32 = 3;

/// More entries than a file has kinds of: they may all point to the same bytes.
const MOST_ENTRIES: u16 = 32;

struct Entry<'a> {
    id: u32,
    bytes: &'a [u8],
    is_whole: bool,
}

fn entries(content: &[u8]) -> Option<Vec<Entry<'_>>> {
    // Magic number, version, filler.
    let mut reader = Reader::new(content.get(24..)?);
    let count = reader.big_u16().filter(|count| *count <= MOST_ENTRIES)?;
    (0..count).map(|_| entry(&mut reader, content)).collect()
}

fn entry<'a>(reader: &mut Reader<'_>, content: &'a [u8]) -> Option<Entry<'a>> {
    let (id, offset, length) = (reader.big_u32()?, reader.big_u32()?, reader.big_u32()?);
    let rest = content.get(usize::try_from(offset).ok()?..).unwrap_or_default();
    let bytes = Reader::new(rest).take_most(usize::try_from(length).ok()?);
    Some(Entry { id, bytes, is_whole: bytes.len() as u64 == u64::from(length) })
}
