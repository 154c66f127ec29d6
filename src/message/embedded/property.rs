//! MAPI properties as they stand in an attribute of TNEF (MS-OXTNEF section 2.1.3.4).
//!
//! Owns their layout. It must never believe a count or a length. A list that is damaged ends where it is.

use super::name_of;
use super::reader::Reader;

/// A property with one of its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Property<'a> {
    pub id: u16,
    kind: u16,
    pub value: &'a [u8],
}

/// Hands over the values whose length varies, and passes over the others. None where the list is damaged: a value that is cut off is
/// handed over as far as it is there.
pub(super) fn each<'a>(bytes: &'a [u8], mut take: impl FnMut(&Property<'a>)) -> Option<()> {
    let mut reader = Reader::new(bytes);
    let count = reader.little_u32()?;
    (0..count).try_for_each(|_| property(&mut reader, &mut take))
}

impl Property<'_> {
    /// The text, if it is one.
    pub(super) fn text(&self) -> Option<String> {
        if self.kind == UNICODE { name_of(wide(self.value).as_bytes()) } else { name_of(self.value) }
    }
}

const OBJECT: u16 = 0x0d;
const STRING: u16 = 0x1e;
const UNICODE: u16 = 0x1f;
const BINARY: u16 = 0x102;
const SEVERAL: u16 = 0x1000;

fn property<'a>(reader: &mut Reader<'a>, take: &mut impl FnMut(&Property<'a>)) -> Option<()> {
    let (kind, id) = (reader.little_u16()?, reader.little_u16()?);
    if id >= 0x8000 {
        skip_name(reader)?;
    }
    let one = kind & !SEVERAL;
    if !matches!(one, OBJECT | STRING | UNICODE | BINARY) {
        let count = if kind & SEVERAL == 0 { 1 } else { reader.little_length()? };
        return reader.take(size(one)?.checked_mul(count)?.checked_next_multiple_of(4)?).map(|_| ());
    }
    for _ in 0..reader.little_u32()? {
        let length = reader.little_length()?;
        let value = reader.take_most(length);
        take(&Property { id, kind: one, value });
        if value.len() < length {
            return None;
        }
        // The last of all may lack its filling.
        reader.take_most((4 - length % 4) % 4);
    }
    Some(())
}

/// Properties from 0x8000 on are named by a number, or by a text in a name space.
fn skip_name(reader: &mut Reader<'_>) -> Option<()> {
    let _name_space = reader.take(16)?;
    if reader.little_u32()? == 0 {
        return reader.little_u32().map(|_| ());
    }
    let length = reader.little_length()?;
    reader.take(length.checked_next_multiple_of(4)?).map(|_| ())
}

fn size(kind: u16) -> Option<usize> {
    match kind {
        0x02 => Some(2),
        0x00 | 0x01 | 0x03 | 0x04 | 0x0a | 0x0b => Some(4),
        0x05 | 0x06 | 0x07 | 0x14 | 0x40 => Some(8),
        0x48 => Some(16),
        _ => None,
    }
}

fn wide(bytes: &[u8]) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    String::from_utf16_lossy(&pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect::<Vec<u16>>())
}
