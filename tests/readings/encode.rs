//! Transfer encodings, as mail programs write them: what rows then break.

use crate::harness;

/// Base64 on one line (RFC 4648 section 4).
pub(crate) fn base64(bytes: impl AsRef<[u8]>) -> String {
    harness::base64(bytes.as_ref())
}

/// Base64 in lines of 76 (RFC 2045 section 6.8).
pub(crate) fn base64_lines(bytes: impl AsRef<[u8]>) -> String {
    lines_of(&base64(bytes), 76)
}

/// A text in lines of that length.
pub(crate) fn lines_of(text: &str, length: usize) -> String {
    groups(text, length).map(|line| format!("{line}\n")).collect()
}

/// A text of ASCII in pieces of that length.
pub(crate) fn groups(text: &str, length: usize) -> impl Iterator<Item = &str> {
    (0..text.len()).step_by(length).map(move |start| &text[start..text.len().min(start + length)])
}

/// Quoted-printable in which every byte is an escape, eight to a line.
pub(crate) fn quoted_printable(bytes: impl AsRef<[u8]>) -> String {
    let escape = |byte: &u8| format!("={byte:02X}");
    let lines: Vec<String> = bytes.as_ref().chunks(8).map(|line| line.iter().map(escape).collect()).collect();
    format!("{}\n", lines.join("=\n"))
}

/// The lines of uuencode without `begin` and `end`; `zero` stands for six bits of zero.
pub(crate) fn uuencoded_lines(bytes: impl AsRef<[u8]>, zero: char) -> String {
    let digit = |bits: usize| if bits == 0 { zero } else { char::from(u8::try_from(bits + 32).unwrap()) };
    let group = |three: &[u8]| {
        let bits = three.iter().chain([&0, &0]).take(3).fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| digit(bits >> shift & 63))
    };
    let line = |line: &[u8]| format!("{}{}\n", digit(line.len()), line.chunks(3).flat_map(group).collect::<String>());
    bytes.as_ref().chunks(45).map(line).collect()
}

/// The same between `begin` and `end`.
pub(crate) fn uuencode(name: &str, bytes: impl AsRef<[u8]>) -> String {
    format!("begin 644 {name}\n{}`\nend\n", uuencoded_lines(bytes, '`'))
}

/// The data lines of yEnc 1.3.
pub(crate) fn yenc_lines(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let critical = |byte: u8| matches!(byte, 0 | b'\n' | b'\r' | b'=');
    let code = |byte: &u8| {
        let moved = byte.wrapping_add(42);
        if critical(moved) { vec![b'=', moved.wrapping_add(64)] } else { vec![moved] }
    };
    let mut encoded: Vec<u8> = bytes.as_ref().iter().flat_map(code).collect();
    encoded.push(b'\n');
    encoded
}

/// yEnc with its own header and trailer.
pub(crate) fn yenc(name: &str, bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let bytes = bytes.as_ref();
    let (head, tail) = (format!("=ybegin line=128 size={} name={name}\n", bytes.len()), format!("=yend size={}\n", bytes.len()));
    [head.as_bytes(), &yenc_lines(bytes), tail.as_bytes()].concat()
}

/// BinHex 4.0 (RFC 1741), without the line in front of it, of a file that is nothing but a data fork.
pub(crate) fn binhex(name: &str, data: impl AsRef<[u8]>) -> String {
    const ALPHABET: &[u8] = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";
    let data = data.as_ref();
    let name_length = [u8::try_from(name.len()).unwrap()];
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    let header = [&name_length, name.as_bytes(), b"\0TEXTttxt\0\0", &length, &[0; 4]].concat();
    let forks = [header.as_slice(), data, &[]];
    let bytes = forks.map(|fork| [fork, &binhex_checksum(fork).to_be_bytes()].concat()).concat();
    // 0x90 repeats the byte before it.
    let bytes: Vec<u8> = bytes.into_iter().flat_map(|byte| if byte == 0x90 { vec![0x90, 0] } else { vec![byte] }).collect();
    let group = |three: &[u8]| {
        let bits = three.iter().chain([&0, &0]).take(3).fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        let digits = [18, 12, 6, 0].map(|shift| char::from(ALPHABET[bits >> shift & 63]));
        digits.into_iter().take(three.len() + 1).collect::<Vec<char>>()
    };
    let digits: String = bytes.chunks(3).flat_map(group).collect();
    lines_of(&format!(":{digits}:"), 64)
}

/// CRC-16 with the polynomial of CCITT, from zero.
fn binhex_checksum(fork: &[u8]) -> u16 {
    fork.iter().fold(0, |crc: u16, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 })
    })
}

#[test]
fn the_encoders_write_what_other_programs_read() {
    assert_eq!(base64_lines("Hello."), "SGVsbG8u\n");
    assert_eq!(quoted_printable("Hi=\n"), "=48=69=3D=0A\n");
    // By Python: binascii.b2a_uu, binascii.crc_hqx.
    assert_eq!(uuencode("a", "Hello, world"), "begin 644 a\n,2&5L;&\\L('=O<FQD\n`\nend\n");
    assert_eq!(binhex_checksum(b"Hello, world"), 16025);
    assert_eq!(yenc("a", "\u{13}Hi"), b"=ybegin line=128 size=3 name=a\n=}r\x93\n=yend size=3\n");
}
