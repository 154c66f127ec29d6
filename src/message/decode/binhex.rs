//! BinHex 4.0 (RFC 1741): a file of a Macintosh, packed by run lengths, in lines of seven bits.
//!
//! Owns where such a file begins and ends, and its decoder. It must never unpack more than it is told, nor believe a length that is
//! written there. Nothing here can fail.

use super::Inline;
use crate::message::line;
use memchr::{memchr, memmem};

const ALPHABET: &[u8; 64] = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";

/// What an unpacked file is made of.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::message) struct Forks {
    pub name: Vec<u8>,
    pub data: Vec<u8>,
    pub resources: Vec<u8>,
    /// Whether all that the header promises is there.
    pub is_whole: bool,
}

/// The first file in `body` at or behind `from`, still packed by run lengths.
pub(in crate::message) fn next(body: &[u8], from: usize) -> Option<Inline> {
    let text = body.get(from..)?;
    let marker = from + memmem::find(text, b"must be converted with BinHex")?;
    let start = first_colon(body, line::next(body, marker))?;
    Some(packed(body, start))
}

/// A body that is one file: with the line before it, or only what stands between colons, or only what should.
pub(super) fn whole(body: &[u8]) -> Inline {
    next(body, 0).unwrap_or_else(|| packed(body, first_colon(body, 0).unwrap_or_default()))
}

/// Behind the first colon that begins a line.
fn first_colon(body: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while at < body.len() {
        let line = line::at(body, at);
        let blanks = line.len() - line.trim_ascii_start().len();
        if line.get(blanks) == Some(&b':') {
            return Some(at + blanks + 1);
        }
        at += line.len();
    }
    None
}

fn packed(body: &[u8], start: usize) -> Inline {
    let rest = body.get(start..).unwrap_or_default();
    let length = memchr(b':', rest);
    let text = rest.get(..length.unwrap_or(rest.len())).unwrap_or_default();
    Inline {
        name: Vec::new(),
        content: octets(text),
        end: start + text.len() + usize::from(length.is_some()),
        is_whole: length.is_some(),
        other: Vec::new(),
    }
}

fn octets(text: &[u8]) -> Vec<u8> {
    let mut values = [u8::MAX; 256];
    for (value, letter) in (0u8..).zip(ALPHABET) {
        if let Some(slot) = values.get_mut(usize::from(*letter)) {
            *slot = value;
        }
    }
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0u32);
    let value = |letter: &u8| values.get(usize::from(*letter)).copied().filter(|value| *value < 64);
    for value in text.iter().filter_map(value) {
        bits = ((bits << 6) | u32::from(value)) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.extend((bits >> count).to_be_bytes().last());
        }
    }
    out
}

/// Takes off the run lengths, up to about `most` bytes.
pub(in crate::message) fn unpack(packed: &[u8], most: usize) -> Forks {
    let plain = without_runs(packed, most.saturating_add(LONGEST_HEADER));
    forks(&plain).unwrap_or_default()
}

/// Name with its length, version, type, creator, flags, two lengths, checksum; the data has another checksum.
const LONGEST_HEADER: usize = 1 + 255 + 1 + 4 + 4 + 2 + 4 + 4 + 2 + 2;

/// 0x90 and a count stand for that many of the byte before, 0x90 0 for 0x90 itself.
fn without_runs(packed: &[u8], most: usize) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::new();
    let mut bytes = packed.iter().copied();
    while let Some(byte) = bytes.next().filter(|_| out.len() < most) {
        let count = if byte == 0x90 { bytes.next() } else { None };
        match (count, out.last().copied()) {
            (Some(count @ 1..), Some(last)) => out.extend(std::iter::repeat_n(last, usize::from(count) - 1)),
            _ => out.push(byte),
        }
    }
    out.truncate(most);
    out
}

fn forks(plain: &[u8]) -> Option<Forks> {
    let (length, rest) = plain.split_first()?;
    let (name, rest) = rest.split_at_checked(usize::from(*length))?;
    // Version, type, creator and flags.
    let (data_length, rest) = rest.get(11..)?.split_first_chunk()?;
    let (resources_length, rest) = rest.split_first_chunk()?;
    let (data, rest, has_data) = take(rest.get(2..)?, *data_length);
    let (resources, _, has_resources) = take(rest.get(2..).unwrap_or_default(), *resources_length);
    Some(Forks { name: name.to_vec(), data: data.to_vec(), resources: resources.to_vec(), is_whole: has_data && has_resources })
}

/// As much of what is promised as there is, what is behind it, and whether it is all.
fn take(bytes: &[u8], length: [u8; 4]) -> (&[u8], &[u8], bool) {
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    let (taken, rest) = bytes.split_at(length.min(bytes.len()));
    (taken, rest, taken.len() == length)
}

#[cfg(test)]
pub(in crate::message) fn encoded(name: &str, data: &[u8], resources: &[u8]) -> String {
    let mut plain = vec![name.len() as u8];
    plain.extend([name.as_bytes(), b"\0TEXTttxt\0\0"].concat());
    plain.extend([data.len() as u32, resources.len() as u32].iter().flat_map(|length| length.to_be_bytes()));
    plain.extend([b"cc", data, b"cc", resources, b"cc"].concat());
    let mut out = String::from("(This file must be converted with BinHex 4.0)\n\n:");
    let packed: Vec<u8> = plain.iter().flat_map(|byte| if *byte == 0x90 { vec![0x90, 0] } else { vec![*byte] }).collect();
    for group in packed.chunks(3) {
        let bits = group.iter().chain([&0, &0]).take(3).fold(0usize, |bits, byte| (bits << 8) | usize::from(*byte));
        out.extend([18, 12, 6, 0].iter().take(group.len() + 1).map(|shift| char::from(ALPHABET[(bits >> shift) & 63])));
        if out.len() % 5 == 0 {
            out.push('\n');
        }
    }
    out + ":\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_however_it_is_written() {
        let body = encoded("a.exe", b"some \x90 data", b"and resources");
        let packed_only = body.split_once(':').unwrap().1.trim_end().trim_end_matches(':');
        let table = [
            ("with all", body.clone()),
            ("CRLF", body.replace('\n', "\r\n")),
            ("no first line", body.split_once("\n\n").unwrap().1.to_owned()),
            ("no colons", packed_only.to_owned()),
            ("no end", body.trim_end().trim_end_matches(':').to_owned()),
        ];
        for (row, body) in table {
            let forks = unpack(&whole(body.as_bytes()).content, 1000);
            let expected = (&b"a.exe"[..], &b"some \x90 data"[..], &b"and resources"[..], true);
            assert_eq!((&*forks.name, &*forks.data, &*forks.resources, forks.is_whole), expected, "{row}: {body}");
        }
    }

    #[test]
    fn runs_are_taken_off_up_to_a_limit() {
        let table: [(&[u8], usize, &[u8]); 6] = [
            (b"a\x90\x04b", 10, b"aaaab"),
            (b"a\x90\x00\x90\x03", 10, b"a\x90\x90\x90"),
            (b"\x90\x05a", 10, b"\x90a"),
            (b"a\x90\x01b", 10, b"ab"),
            (b"a\x90\xff", 5, b"aaaaa"),
            (b"a\x90", 5, b"a\x90"),
        ];
        for (packed, most, expected) in table {
            assert_eq!(without_runs(packed, most), expected, "{packed:?}");
        }
    }

    #[test]
    fn a_lying_length_takes_what_is_there() {
        let mut plain = b"\x01a\0TEXTttxt\0\0".to_vec();
        plain.extend([0xff; 8]);
        plain.extend(b"ccdata");
        assert_eq!(unpack(&plain, 1000), Forks { name: b"a".to_vec(), data: b"data".to_vec(), ..Forks::default() });
        assert_eq!(unpack(b"\xffshort", 1000), Forks::default());
    }
}
