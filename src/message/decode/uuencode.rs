//! uuencode (POSIX, from before MIME), with its base64 form: files in the lines of a text.
//!
//! Owns where such a file begins and ends, and its decoder. It must never take a sentence that begins with "begin" for a file. Nothing
//! here can fail.

use super::{Inline, base64};
use crate::message::line;
use memchr::memmem;

/// The first file in `body` at or behind `from`.
pub(in crate::message) fn next(body: &[u8], from: usize) -> Option<Inline> {
    let text = body.get(from..)?;
    memmem::find_iter(text, b"begin").map(|at| from + at).filter(|at| is_line_start(body, *at)).find_map(|at| read(body, at))
}

/// Whether a line says that a file begins, and what comes behind it is none.
pub(in crate::message) fn is_begun_in_vain(body: &[u8]) -> bool {
    let lines = memmem::find_iter(body, b"begin").filter(|at| is_line_start(body, *at));
    lines.take(MOST_BEGINNINGS).any(|at| Begin::of(line::at(body, at)).is_some() && read(body, at).is_none())
}

/// Most such lines that are looked behind.
const MOST_BEGINNINGS: usize = 100;

/// The lines of a body that has no line `begin`.
pub(super) fn lines(body: &[u8]) -> Vec<u8> {
    data(body)
}

/// Whether a line begins at `at`, behind a CR at most.
fn is_line_start(body: &[u8], at: usize) -> bool {
    let before = body.get(..at).unwrap_or_default();
    let before = before.strip_suffix(b"\r").unwrap_or(before);
    before.is_empty() || before.ends_with(b"\n")
}

fn read(body: &[u8], at: usize) -> Option<Inline> {
    let begin = Begin::of(line::at(body, at))?;
    let start = line::next(body, at);
    let rest = body.get(start..).unwrap_or_default();
    if !begin.is_base64 && !starts_with_data(rest) {
        return None;
    }
    let (length, behind) = if begin.is_base64 { extent(rest, b"====") } else { extent(rest, b"end") };
    let lines = rest.get(..length).unwrap_or_default();
    let content = if begin.is_base64 { base64::decode(lines) } else { data(lines) };
    let is_clear = begin.is_base64 || holds_data_only(lines);
    let other = if is_clear { Vec::new() } else { by_line(lines) };
    Some(Inline { name: begin.name.to_vec(), content, end: start + behind, is_whole: behind > length && is_clear, other })
}

/// How long the lines are up to the one that is `end`, or to the next file, or to the end of all; and where it goes on behind that.
fn extent(body: &[u8], end: &[u8]) -> (usize, usize) {
    let mut at = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        if line.trim_ascii_end() == end {
            return (at, at + line.len());
        }
        if Begin::of(line).is_some() {
            break;
        }
        at += line.len();
    }
    (at, at)
}

/// What the first line says.
struct Begin<'a> {
    name: &'a [u8],
    is_base64: bool,
}

impl<'a> Begin<'a> {
    /// `begin 644 name`: any number of blanks, any mode; the name is the rest of the line.
    fn of(line: &'a [u8]) -> Option<Self> {
        let rest = line.strip_prefix(b"begin")?;
        let behind_word = rest.strip_prefix(b"-base64").map(|rest| rest.strip_prefix(b"-encoded").unwrap_or(rest));
        let fields = behind_word.unwrap_or(rest);
        if !fields.first().is_some_and(u8::is_ascii_whitespace) {
            return None;
        }
        let fields = fields.trim_ascii();
        let mode = fields.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let name = fields.get(mode..).filter(|name| mode > 0 && name.first().is_none_or(u8::is_ascii_whitespace))?;
        Some(Self { name: name.trim_ascii(), is_base64: behind_word.is_some() })
    }
}

/// Whether the first line that is not blank is data, or the end of an empty file, or one of those behind it is clearly data: readers
/// written in C decode whatever stands there.
fn starts_with_data(body: &[u8]) -> bool {
    // Few lines: the search begins anew at each line `begin`.
    let lines = body.split_inclusive(|byte| *byte == b'\n').map(line::without_end).take(MOST_BLANK_LINES);
    let mut lines = lines.filter(|line| !line.is_empty());
    let is_data = |line: &[u8]| line == b"end" || decode_line(line).is_some();
    lines.next().is_some_and(is_data) || lines.any(|line| line.len() >= CLEARLY && decode_line(line).is_some())
}

/// A sentence of that length is hardly a line of data.
const CLEARLY: usize = 16;

/// Whether each line is data, so that all decoders see the same.
fn holds_data_only(lines: &[u8]) -> bool {
    let mut lines = lines.split(|byte| *byte == b'\n').map(line::without_end).filter(|line| !line.trim_ascii().is_empty());
    lines.all(|line| is_long_enough(line) && decode_line(line).is_some() && line.iter().all(|letter| sextet(*letter).is_some()))
}

/// Whether a line has the letters that it announces. Where an MTA has cut off blanks, decoders in C read on behind the line.
fn is_long_enough(line: &[u8]) -> bool {
    let announced = line.first().and_then(|first| sextet(*first)).map_or(0, |count| usize::from(count).div_ceil(3) * 4);
    line.len() > announced
}

const MOST_BLANK_LINES: usize = 8;

/// What is no line of data is passed over.
fn data(lines: &[u8]) -> Vec<u8> {
    lines.split(|byte| *byte == b'\n').filter_map(|line| decode_line(line::without_end(line))).flatten().collect()
}

/// Every line, whatever it is, and no more than is there.
fn by_line(lines: &[u8]) -> Vec<u8> {
    let lines = lines.split(|byte| *byte == b'\n').map(line::without_end).filter_map(<[u8]>::split_first);
    lines.flat_map(|(first, letters)| octets(letters, usize::from(first.wrapping_sub(b' ') & 63).min(letters.len()))).collect()
}

/// None where it is no line of data: the first character says how many bytes there are, and four more stand for three of them.
/// A space may stand for a grave accent, and the MTA may have cut it off at the end of the line.
fn decode_line(line: &[u8]) -> Option<impl Iterator<Item = u8>> {
    let (first, letters) = line.split_first()?;
    let count = usize::from(sextet(*first)?);
    let most = count.div_ceil(3) * 4;
    // Some write a checksum behind the data.
    let odd = letters.iter().filter(|letter| sextet(**letter).is_none()).count();
    // Readers written in C take any byte for a letter; in a line of the right length some may be damaged.
    let is_damaged = odd * 8 <= letters.len() && letters.len() >= most;
    let is_data = letters.len() <= most + if is_damaged { 8 } else { 2 } && (odd == 0 || is_damaged);
    is_data.then(|| octets(letters, count))
}

/// Readers written in C look at six bits of a letter.
fn octets(letters: &[u8], count: usize) -> impl Iterator<Item = u8> {
    let value = |letter: &u8| u32::from(letter.wrapping_sub(b' ') & 63);
    let group = move |letters: &[u8]| {
        let bits = letters.iter().chain(std::iter::repeat(&b'`')).take(4).fold(0, |bits, letter| (bits << 6) | value(letter));
        let [_, bytes @ ..] = bits.to_be_bytes();
        bytes
    };
    letters.chunks(4).map(group).chain(std::iter::repeat([0; 3])).flatten().take(count)
}

fn sextet(letter: u8) -> Option<u8> {
    (b' '..=b'`').contains(&letter).then(|| (letter - b' ') & 63)
}

#[cfg(test)]
pub(in crate::message) fn encoded(bytes: &[u8], zero: u8) -> String {
    let letter = |value: u32| char::from(if value & 63 == 0 { zero } else { (value & 63) as u8 + b' ' });
    let mut out = String::new();
    for chunk in bytes.chunks(45) {
        out.push(letter(chunk.len() as u32));
        for group in chunk.chunks(3) {
            let bits = group.iter().chain([&0, &0]).take(3).fold(0, |bits, byte| (bits << 8) | u32::from(*byte));
            out.extend([18, 12, 6, 0].map(|shift| letter(bits >> shift)));
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"What a uuencoded file of more than one line holds: \0\0\0";

    #[test]
    fn a_file_is_found_however_it_is_written() {
        let (graves, spaces) = (encoded(TEXT, b'`'), encoded(TEXT, b' '));
        let cut: String = spaces.lines().map(|line| line.trim_end().to_owned() + "\r\n").collect();
        let table = [
            ("with all", format!("text\nbegin 644 a b.exe\n{graves}`\nend\n")),
            ("spaces for zero", format!("begin 644 a b.exe\n{spaces} \nend\n")),
            ("spaces cut off", format!("begin 644 a b.exe\r\n{cut}\r\nend\r\n")),
            ("two spaces", format!("begin  644  a b.exe\n{graves}`\nend\n")),
            ("tabs, long mode", format!("begin\t100644\ta b.exe \n{graves}`\nend\n")),
            ("no end", format!("begin 644 a b.exe\n{graves}")),
            ("junk between", format!("begin 644 a b.exe\n\n{}", graves.replace('\n', "\n(some words)\n"))),
            ("checksums", format!("begin 644 a b.exe\n{}end", graves.replace('\n', "X\n"))),
        ];
        for (row, body) in table {
            let file = next(body.as_bytes(), 0).unwrap();
            assert_eq!((&*file.name, &*file.content), (&b"a b.exe"[..], TEXT), "{row}: {body}");
        }
    }

    #[test]
    fn words_that_begin_with_begin_are_no_file() {
        let table = [
            "begin 2 things\nat once\n",
            "begin\n#86)C\n",
            "beginning 644 x\n#86)C\n",
            "to begin 644 x\n#86)C\n",
            "begin x\n#86)C\n",
            "begin 644 x",
        ];
        for body in table {
            assert!(next(body.as_bytes(), 0).is_none(), "{body}");
        }
    }

    #[test]
    fn files_follow_each_other_with_and_without_an_end() {
        let body =
            b"begin 644 a\n#86)C\nbegin 644 b\n#9&5F\nend\nbegin-base64 644 c\nZ2hp\n====\nbegin-base64 644 d\nYWJj\nbegin 644 e\n#86)C\n";
        let mut at = 0;
        let mut names = Vec::new();
        while let Some(file) = next(body, at) {
            assert_eq!(file.content.len(), 3, "{file:?}");
            assert!(file.end > at);
            (at, names) = (file.end, [names, file.name].concat());
        }
        assert_eq!(names, b"abcde");
    }

    #[test]
    fn lines_without_begin_are_decoded() {
        assert_eq!(lines(encoded(TEXT, b'`').as_bytes()), TEXT);
    }
}
