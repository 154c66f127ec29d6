//! yEnc (yenc.org, draft 1.3): files in lines of eight bits.
//!
//! Owns where such a file begins and ends, and its decoder. It must never believe a length that is written there. Nothing here can fail.

use super::Inline;
use crate::message::line;
use memchr::memmem;

const BEGIN: &[u8] = b"=ybegin ";

/// The first file in `body` at or behind `from`: parts of one file that follow each other are one.
pub(in crate::message) fn next(body: &[u8], from: usize) -> Option<Inline> {
    let mut file = part(body, from)?;
    while let Some(more) = part(body, file.end).filter(|more| !more.is_first && more.name == file.name) {
        file.content.extend_from_slice(&more.content);
        (file.end, file.is_whole) = (more.end, more.is_whole);
    }
    Some(Inline { name: file.name, content: file.content, end: file.end, is_whole: file.is_whole, other: Vec::new() })
}

/// The lines of a body that has no line `=ybegin`.
pub(super) fn lines(body: &[u8]) -> Vec<u8> {
    data(body, 0).0
}

struct Part {
    name: Vec<u8>,
    content: Vec<u8>,
    end: usize,
    is_whole: bool,
    is_first: bool,
}

fn part(body: &[u8], from: usize) -> Option<Part> {
    let text = body.get(from..)?;
    let is_start = |at: &usize| at.checked_sub(1).and_then(|before| body.get(before)).is_none_or(|byte| *byte == b'\n');
    let at = memmem::find_iter(text, BEGIN).map(|at| from + at).find(is_start)?;
    let begin = line::without_end(line::at(body, at));
    // The name is the last of the fields and may hold blanks.
    let name = memmem::find(begin, b"name=").and_then(|name| begin.get(name + 5..)).unwrap_or_default();
    let number = memmem::find(begin, b" part=").and_then(|part| begin.get(part + 6..)).unwrap_or_default();
    let is_first = number.split(|byte| !byte.is_ascii_digit()).next().is_none_or(|number| number.is_empty() || number == b"1");
    let (content, end, is_whole) = data(body, line::next(body, at));
    Some(Part { name: name.trim_ascii().to_vec(), content, end, is_whole, is_first })
}

/// Decodes up to `=yend`, or the next file, or the end of all, and says where that is and whether it was `=yend`.
fn data(body: &[u8], start: usize) -> (Vec<u8>, usize, bool) {
    let mut content = Vec::new();
    let mut at = start;
    while at < body.len() {
        let line = line::at(body, at);
        if line.starts_with(BEGIN) {
            return (content, at, false);
        }
        at += line.len();
        if line.starts_with(b"=yend") {
            return (content, at, true);
        }
        if !line.starts_with(b"=ypart") {
            decode_line(line::without_end(line), &mut content);
        }
    }
    (content, at, false)
}

/// Each byte has 42 added, and 64 more behind a `=`.
fn decode_line(line: &[u8], content: &mut Vec<u8>) {
    let mut shift = 42u8;
    for &byte in line {
        if byte == b'=' && shift == 42 {
            shift = 42 + 64;
            continue;
        }
        content.push(byte.wrapping_sub(shift));
        shift = 42;
    }
}

#[cfg(test)]
pub(in crate::message) fn encoded(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for line in bytes.chunks(128) {
        for byte in line.iter().map(|byte| byte.wrapping_add(42)) {
            match byte {
                0 | b'\n' | b'\r' | b'=' => out.extend([b'=', byte.wrapping_add(64)]),
                _ => out.push(byte),
            }
        }
        out.extend(b"\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_bytes() -> Vec<u8> {
        (0..=u8::MAX).collect()
    }

    #[test]
    fn a_file_is_found_however_it_is_written() {
        let data = encoded(&all_bytes());
        let begin: &[u8] = b"text\r\n=ybegin line=128 size=256 name=a b.exe\r\n";
        let part: &[u8] = b"=ybegin part=1 total=1 line=128 size=256 name=a b.exe\r\n=ypart begin=1 end=256\r\n";
        let table = [
            ("whole", [begin, &data, b"=yend size=256\r\n"].concat()),
            ("no end", [begin, &data].concat()),
            ("one part", [part, &data, b"=yend size=256 part=1\r\n"].concat()),
            ("a lying size", [&b"=ybegin line=128 size=9 name= a b.exe \n"[..], &data, b"=yend size=1\nmore"].concat()),
        ];
        for (row, body) in table {
            let file = next(&body, 0).unwrap();
            assert_eq!((&*file.name, file.content), (&b"a b.exe"[..], all_bytes()), "{row}");
        }
    }

    #[test]
    fn parts_of_one_file_are_joined() {
        let body =
            b"=ybegin part=1 total=2 name=a\n=ypart begin=1 end=1\nk\n=yend\n=ybegin part=2 total=2 name=a\nl\n=yend\n=ybegin name=a\nm\n";
        let first = next(body, 0).unwrap();
        let second = next(body, first.end).unwrap();
        assert_eq!((first.content, second.content), (b"AB".to_vec(), b"C".to_vec()));
        assert!(next(body, second.end).is_none());
    }

    #[test]
    fn lines_without_begin_are_decoded() {
        assert_eq!(lines(&encoded(&all_bytes())), all_bytes());
    }
}
