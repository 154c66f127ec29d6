//! A gzip file (RFC 1952), for bodies that are base64 of one.
//!
//! Owns its header. It must never unpack more than it is told. Nothing here can fail: what is damaged is unpacked as far as it goes.

use memchr::memchr;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags as flag};

/// What was unpacked, and whether it is all.
pub(in crate::message) struct Inflated {
    pub content: Vec<u8>,
    pub is_whole: bool,
}

/// The first member of a gzip file; none where it is no such file.
pub(in crate::message) fn inflate(file: &[u8], most: usize) -> Option<Inflated> {
    Some(inflate_by(behind_header(file)?, most, 0))
}

/// A zlib stream (RFC 1950).
pub(in crate::message) fn inflate_zlib(stream: &[u8], most: usize) -> Inflated {
    inflate_by(stream, most, flag::TINFL_FLAG_PARSE_ZLIB_HEADER)
}

/// miniz_oxide's own loop gives no length of what it has unpacked of a damaged stream.
fn inflate_by(stream: &[u8], most: usize, flags: u32) -> Inflated {
    let flags = flags | flag::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let mut decompressor = Box::<DecompressorOxide>::default();
    let mut content = vec![0; stream.len().saturating_mul(2).clamp(1, most.max(1))];
    let (mut read, mut written) = (0, 0);
    loop {
        let rest = stream.get(read..).unwrap_or_default();
        let (status, taken, given) = decompress(&mut decompressor, rest, &mut content, written, flags);
        (read, written) = (read + taken, written + given);
        if status != TINFLStatus::HasMoreOutput || content.len() >= most {
            content.truncate(written);
            return Inflated { content, is_whole: status == TINFLStatus::Done };
        }
        content.resize(content.len().saturating_mul(2).min(most), 0);
    }
}

/// Section 2.3: ten bytes, then what the flags say.
fn behind_header(file: &[u8]) -> Option<&[u8]> {
    let flags = *file.strip_prefix(b"\x1f\x8b\x08")?.first()?;
    let mut rest = file.get(10..)?;
    if flags & 4 != 0 {
        let (length, extra) = rest.split_first_chunk()?;
        rest = extra.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    for _text in [8, 16].iter().filter(|text| flags & **text != 0) {
        rest = rest.get(memchr(0, rest)? + 1..)?;
    }
    if flags & 2 != 0 { rest.get(2..) } else { Some(rest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stored, not compressed.
    const BLOCK: &[u8] = b"\x01\x03\x00\xfc\xffabc";

    #[test]
    fn every_header_is_passed() {
        let table: [(&[u8], &[u8]); 4] =
            [(b"\0", b""), (b"\x08", b"name\0"), (b"\x1e", b"\x02\x00xxname\0comment\0cc"), (b"\x10", b"comment\0")];
        for (flags, fields) in table {
            let file = [b"\x1f\x8b\x08", flags, b"\0\0\0\0\0\x03", fields, BLOCK].concat();
            assert_eq!(inflate(&file, 100).unwrap().content, b"abc", "{flags:?}");
        }
    }

    #[test]
    fn what_is_cut_or_too_large_is_unpacked_as_far_as_it_goes() {
        let file = [b"\x1f\x8b\x08\0\0\0\0\0\0\x03", BLOCK].concat();
        let cut = inflate(&file[..file.len() - 1], 100).unwrap();
        assert_eq!((&*cut.content, cut.is_whole), (&b"ab"[..], false));
        let large = inflate(&file, 2).unwrap();
        assert_eq!((&*large.content, large.is_whole), (&b"ab"[..], false));
        assert!(inflate(b"PK\x03\x04", 100).is_none());
    }
}
