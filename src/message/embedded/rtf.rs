//! RTF as Outlook packs it in a property (MS-OXRTFCP).
//!
//! Owns its decompression. It must never unpack more than it is told, nor believe a length that is written there. Nothing here can fail.

use super::reader::Reader;

/// What the window holds before anything is written.
const WINDOW_START: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

const WINDOW: usize = 4096;

/// None where it begins like no packed RTF.
pub(super) fn unpack(packed: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut reader = Reader::new(packed);
    let (_packed_size, _size) = (reader.little_u32()?, reader.little_u32()?);
    let magic = reader.take(4)?;
    reader.take(4)?;
    match magic {
        b"MELA" => Some(reader.take_most(most).to_vec()),
        b"LZFu" => Some(expand(&mut reader, most)),
        _ => None,
    }
}

/// A byte of eight flags, the lowest first; each stands for a byte, or for a place in the window and a length.
fn expand(reader: &mut Reader<'_>, most: usize) -> Vec<u8> {
    let mut out = WINDOW_START.to_vec();
    let end = most.saturating_add(out.len());
    while let Some(flags) = reader.byte() {
        for flag in 0..8 {
            let next = if flags >> flag & 1 == 0 { reader.byte().map(|byte| out.push(byte)) } else { copy(reader, &mut out) };
            if next.is_none() || out.len() >= end {
                return out.get(WINDOW_START.len()..end.min(out.len())).unwrap_or_default().to_vec();
            }
        }
    }
    out.split_off(WINDOW_START.len())
}

/// A place that is the one to be written next is the end.
fn copy(reader: &mut Reader<'_>, out: &mut Vec<u8>) -> Option<()> {
    let reference = usize::from(reader.big_u16()?);
    let back = (out.len() + WINDOW - (reference >> 4)) % WINDOW;
    let from = out.len().checked_sub(back).filter(|_| back > 0)?;
    for at in from..from + (reference & 15) + 2 {
        // It may reach into what it writes.
        let byte = out.get(at).copied()?;
        out.push(byte);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(magic: &[u8], data: &[u8]) -> Vec<u8> {
        [&[0xff; 8], magic, &[0; 4], data].concat()
    }

    #[test]
    fn rtf_is_unpacked() {
        type Text<'a> = Option<&'a [u8]>;
        let table: [(&[u8], &[u8], usize, Text<'_>); 6] = [
            (b"MELA", b"plain", 100, Some(b"plain")),
            (b"LZFu", b"\0abc", 100, Some(b"abc")),
            // Six bytes from the start of the window, one of its own repeated, the end: 207 + 6 + 1 + 5.
            (b"LZFu", b"\x0d\x00\x04a\x0d\x53\x0d\xb0", 100, Some(b"{\\rtf1aaaaaa")),
            (b"LZFu", b"\x0d\x00\x04a\x0d\x53\x0d\xb0", 4, Some(b"{\\rt")),
            (b"LZFu", b"\x01\x00", 100, Some(b"")),
            (b"ABCD", b"", 100, None),
        ];
        for (magic, data, most, expected) in table {
            assert_eq!(unpack(&packed(magic, data), most).as_deref(), expected, "{}", data.escape_ascii());
        }
        assert_eq!(WINDOW_START.len(), 207);
    }
}
