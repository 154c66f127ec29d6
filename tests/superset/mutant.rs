//! Mutants: messages broken in one to three small ways, the same for the same number.

use crate::random::Random;
use crate::seeds::Seeds;
use std::ops::Range;

/// A way to break a message.
type Mutation = fn(&[u8], &mut Random) -> Vec<u8>;

const MUTATIONS: [Mutation; 16] = [
    repeat_line,
    delete_line,
    swap_lines,
    flip_byte,
    insert_in_field,
    insert_in_field,
    insert_in_body,
    edit_delimiter,
    edit_boundary,
    repeat_field,
    repeat_field,
    change_encoding,
    cut,
    break_body,
    fold,
    change_line_end,
];

const SIGNS: [&str; 26] = [
    "\r",
    "\0",
    " ",
    "\t",
    "=",
    "\"",
    "(",
    ")",
    "(x)",
    ";",
    ",",
    ":",
    "\\",
    "\n",
    "\r\n",
    "\n ",
    "--",
    "%",
    "*",
    "=?",
    "?=",
    "'",
    "/",
    "\u{80}",
    ".exe",
    "; name=x.exe",
];

const ENCODINGS: [&str; 12] = [
    "base64",
    "quoted-printable",
    "7bit",
    "8bit",
    "binary",
    "x-uuencode",
    "uuencode",
    "BASE64",
    "\"base64\"",
    "base64 (x)",
    "base64;",
    "quoted-printable, base64",
];

const FIELDS: [&str; 12] = [
    "Content-Type: text/plain",
    "Content-Type: text/html; charset=utf-8",
    "Content-Type: application/octet-stream; name=\"a.bin\"",
    "Content-Type: application/octet-stream; name*0=a; name*1=.scr",
    "Content-Type: message/rfc822",
    "Content-Type: multipart/mixed; boundary=x",
    "Content-Transfer-Encoding: base64",
    "Content-Transfer-Encoding: quoted-printable",
    "Content-Transfer-Encoding: 7bit",
    "Content-Disposition: attachment; filename=\"b.com\"",
    "Content-Disposition: attachment; filename*=utf-8''c%2Epif",
    "Content-Disposition: inline; filename==?utf-8?B?ZC5iYXQ=?=",
];

/// The mutant of that number.
pub(crate) fn of(seeds: &Seeds, number: u64) -> Vec<u8> {
    let mut random = Random::new(number);
    let mut bytes = seeds.one(&mut random).to_vec();
    if random.is_one_in(12) {
        bytes = splice(&bytes, seeds.one(&mut random), &mut random);
    }
    let count = *random.one_of(&[1, 1, 1, 2, 2, 3]);
    for _ in 0..count {
        bytes = random.one_of(&MUTATIONS)(&bytes, &mut random);
    }
    bytes
}

fn lines(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut at = 0;
    let line = |line: &[u8]| {
        at += line.len();
        at - line.len()..at
    };
    bytes.split_inclusive(|byte| *byte == b'\n').map(line).collect()
}

/// One of the lines for which `is_wanted` holds, or any.
fn line(bytes: &[u8], random: &mut Random, is_wanted: impl Fn(&[u8]) -> bool) -> Range<usize> {
    let all = lines(bytes);
    let wanted: Vec<Range<usize>> = all.iter().filter(|line| is_wanted(&bytes[(*line).clone()])).cloned().collect();
    let from = if wanted.is_empty() { all } else { wanted };
    if from.is_empty() { 0..0 } else { random.one_of(&from).clone() }
}

fn any(_: &[u8]) -> bool {
    true
}

fn is_mime_field(line: &[u8]) -> bool {
    let lower = line.to_ascii_lowercase();
    let is_fold = lower.starts_with(b" ") || lower.starts_with(b"\t");
    lower.starts_with(b"content-") || (is_fold && lower.contains(&b'='))
}

fn is_delimiter(line: &[u8]) -> bool {
    line.starts_with(b"--") && line.len() > 4
}

fn is_body(line: &[u8]) -> bool {
    line.len() > 20 && !line.contains(&b':') && !line.starts_with(b"--")
}

fn replaced(bytes: &[u8], range: Range<usize>, with: &[u8]) -> Vec<u8> {
    [&bytes[..range.start], with, &bytes[range.end..]].concat()
}

fn inserted(bytes: &[u8], range: Range<usize>, random: &mut Random, what: &[u8]) -> Vec<u8> {
    let at = range.start + random.below(range.len() + 1);
    replaced(bytes, at..at, what)
}

fn repeat_line(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let line = line(bytes, random, any);
    replaced(bytes, line.end..line.end, &bytes[line.clone()])
}

fn delete_line(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    replaced(bytes, line(bytes, random, any), b"")
}

fn swap_lines(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let (one, other) = (line(bytes, random, any), line(bytes, random, any));
    let (first, second) = if one.start <= other.start { (one, other) } else { (other, one) };
    if first.end > second.start {
        return bytes.to_vec();
    }
    [&bytes[..first.start], &bytes[second.clone()], &bytes[first.end..second.start], &bytes[first.clone()], &bytes[second.end..]].concat()
}

fn flip_byte(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let line = line(&bytes, random, any);
    let at = line.start + random.below(line.len());
    let bit = 1 << random.below(8);
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= bit;
    }
    bytes
}

fn insert_in_field(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let field = line(bytes, random, is_mime_field);
    let sign = random.one_of(&SIGNS);
    inserted(bytes, field, random, sign.as_bytes())
}

fn insert_in_body(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let body = line(bytes, random, is_body);
    let sign = random.one_of(&SIGNS);
    inserted(bytes, body, random, sign.as_bytes())
}

fn edit_delimiter(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let line = line(bytes, random, is_delimiter);
    let text = bytes[line.clone()].trim_ascii_end();
    let end = line.start + text.len();
    match random.below(9) {
        0 => replaced(bytes, line.start..line.start, b" "),
        1 => replaced(bytes, line.start..line.start, b"-"),
        2 => replaced(bytes, end..end, b" "),
        3 => replaced(bytes, end..end, b"--"),
        4 => replaced(bytes, end..end, b"x"),
        5 => replaced(bytes, end.saturating_sub(1).max(line.start)..end, b""),
        6 => replaced(bytes, line.start..end, &text.to_ascii_uppercase()),
        7 => replaced(bytes, line.end..line.end, &bytes[line.clone()]),
        _ => replaced(bytes, line.start..line.start, b"\n"),
    }
}

fn edit_boundary(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let field = line(bytes, random, |line| line.to_ascii_lowercase().windows(9).any(|word| word == b"boundary="));
    let lower = bytes[field.clone()].to_ascii_lowercase();
    let Some(at) = lower.windows(9).position(|word| word == b"boundary=").map(|at| field.start + at) else { return bytes.to_vec() };
    let value = at + 9..field.start + bytes[field.clone()].trim_ascii_end().len();
    let word: Vec<u8> = bytes[value.clone()].iter().copied().filter(|byte| *byte != b'"').collect();
    match random.below(8) {
        0 => replaced(bytes, value, &word),
        1 => replaced(bytes, value, &[b"\"", word.as_slice(), b"\""].concat()),
        2 => replaced(bytes, value, &[b"'", word.as_slice(), b"'"].concat()),
        3 => replaced(bytes, value, &[b"\"", word.as_slice()].concat()),
        4 => replaced(bytes, at..at, b"boundary=x; "),
        5 => replaced(bytes, value.end..value.end, b"; boundary=x"),
        6 => replaced(bytes, at + 8..at + 9, b"*0="),
        _ => replaced(bytes, at..value.end, b""),
    }
}

/// A field of MIME twice, with a value that differs.
fn repeat_field(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let line = line(bytes, random, |line| line.to_ascii_lowercase().starts_with(b"content-"));
    let field = format!("{}\n", random.one_of(&FIELDS));
    let at = *random.one_of(&[line.start, line.end]);
    replaced(bytes, at..at, field.as_bytes())
}

fn change_encoding(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let line = line(bytes, random, |line| line.to_ascii_lowercase().starts_with(b"content-transfer-encoding:"));
    let field = format!("Content-Transfer-Encoding: {}\n", random.one_of(&ENCODINGS));
    replaced(bytes, line, field.as_bytes())
}

fn cut(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let end = random.below(bytes.len() + 1).max(bytes.len() / 2);
    bytes[..end].to_vec()
}

/// Damage that decoders differ on.
fn break_body(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let line = line(bytes, random, is_body);
    let at = line.start + random.below(line.len());
    let end = line.start + bytes[line.clone()].trim_ascii_end().len();
    match random.below(8) {
        0 => replaced(bytes, at..at, b"="),
        1 => replaced(bytes, at..at, b"=="),
        2 => replaced(bytes, at..at, b"=\n"),
        3 => replaced(bytes, at..at, b"-"),
        4 => replaced(bytes, at..(at + 1).min(bytes.len()), b""),
        5 => replaced(bytes, end..line.end, b""),
        6 => replaced(bytes, at..at, b"\n\n"),
        _ => replaced(bytes, end..end, b"=4"),
    }
}

fn fold(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let line = line(bytes, random, is_mime_field);
    let blanks: Vec<usize> = line.clone().filter(|at| matches!(bytes[*at], b' ' | b'\t')).collect();
    if blanks.is_empty() {
        return bytes.to_vec();
    }
    let at = *random.one_of(&blanks);
    let with = random.one_of(&["\n ", "\r\n\t", "\n", "\r ", "\n \n ", "", "\n\n"]);
    replaced(bytes, at..at + 1, with.as_bytes())
}

fn change_line_end(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let line = line(bytes, random, any);
    let text = line.start + bytes[line.clone()].strip_suffix(b"\n").unwrap_or(&bytes[line.clone()]).len();
    let text = if text > line.start && bytes[text - 1] == b'\r' { text - 1 } else { text };
    let with = random.one_of(&["\n", "\r\n", "\r", "\r\r\n", "\n\r", " \n", ""]);
    replaced(bytes, text..line.end, with.as_bytes())
}

/// The beginning of one message and the end of another, or one behind a line of the other.
fn splice(bytes: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let (one, two) = (line(bytes, random, any), line(other, random, any));
    if random.is_one_in(2) {
        return [&bytes[..one.end], &other[two.start..]].concat();
    }
    replaced(bytes, one.end..one.end, other)
}
