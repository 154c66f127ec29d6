//! Base64 (RFC 2045 section 6.8) as lenient readers take it off.
//!
//! Owns the ways in which readers treat what does not belong into it. It must never give up on a body: a reader that skips what is
//! illegal would show it, so we skip the same. Nothing here can fail.

use super::{Flaw, base64_survey::Survey};
use crate::message::line;
use mail_parser::decoders::base64::base64_decode;
use mail_parser::parsers::MessageStream;

/// What a reader makes of a body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Manner {
    junk: Junk,
    padding: Padding,
    lines: Lines,
}

/// What a byte is to a reader that is of no alphabet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Junk {
    /// Passed over, as RFC 2045 wants it.
    #[default]
    Skipped,
    /// The rest of the line is passed over with it.
    Comment,
    /// The end of the data.
    End,
    /// `-` and `_` are the last two of the alphabet (RFC 4648 section 5); else passed over.
    UrlAlphabet,
}

/// What `=` is to a reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Padding {
    /// The end of a piece; the next begins behind it: Thunderbird, Apple Mail.
    #[default]
    Piece,
    /// The end of the data: mutt.
    End,
    /// Passed over.
    Skipped,
    /// A letter of value zero, as `A` is: Safari.
    Zero,
}

/// What the end of a line is to a reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Lines {
    /// Nothing.
    #[default]
    Joined,
    /// Each line is decoded alone; what is too short for a group of four at its end is dropped.
    Dropped,
    /// Each line is decoded alone, as if it were padded.
    Padded,
}

/// The most common reading: all that is illegal is passed over, and each padded piece stands on its own.
pub(in crate::message) fn decode(body: &[u8]) -> Vec<u8> {
    // mail-parser stops at a byte 0xff as if the body ended there, and refuses a body with other illegal ones.
    let decoded = if memchr::memchr(0xff, body).is_some() { None } else { base64_decode(body) };
    decoded.unwrap_or_else(|| Manner::default().decode(body))
}

/// What is irregular in `body`, and how readers decode it besides the most common way, the likely ones first.
pub(super) fn others(body: &[u8]) -> (Option<Flaw>, impl Iterator<Item = Vec<u8>>) {
    let survey = Survey::of(body);
    let flaw = survey.flaw();
    let inner = survey.wrapped.clone().into_iter().chain(survey.behind_first_paragraph.clone());
    let inner = inner.filter_map(|range| body.get(range)).map(decode);
    // What stands behind a padding is for mail-parser part of the group before it.
    let by_parser = survey.data_behind_padding.is_some().then(|| MessageStream::new(body).decode_base64_mime(b"").1.into_owned());
    (flaw, inner.chain(by_parser).chain(manners(&survey).into_iter().map(|manner| manner.decode(body))))
}

/// The manners that may make a difference: first each alone, then two together.
fn manners(survey: &Survey) -> Vec<Manner> {
    let junk: &[Junk] = match (&survey.junk, survey.has_url_letters) {
        (None, _) => &[],
        (Some(_), false) => &[Junk::Comment, Junk::End],
        (Some(_), true) => &[Junk::UrlAlphabet, Junk::Comment, Junk::End],
    };
    let padding: &[Padding] = if survey.data_behind_padding.is_some() { &[Padding::End, Padding::Skipped, Padding::Zero] } else { &[] };
    let lines: &[Lines] = if survey.odd_line.is_some() { &[Lines::Dropped, Lines::Padded] } else { &[] };
    let plain = Manner::default();
    let mut manners: Vec<Manner> = junk.iter().map(|junk| Manner { junk: *junk, ..plain }).collect();
    manners.extend(padding.iter().map(|padding| Manner { padding: *padding, ..plain }));
    manners.extend(lines.iter().map(|lines| Manner { lines: *lines, ..plain }));
    for other in junk {
        manners.extend(padding.iter().map(|padding| Manner { junk: *other, padding: *padding, ..plain }));
        manners.extend(lines.iter().map(|lines| Manner { junk: *other, lines: *lines, ..plain }));
    }
    manners.extend(lines.iter().flat_map(|lines| padding.iter().map(|padding| Manner { padding: *padding, lines: *lines, ..plain })));
    manners
}

impl Manner {
    fn decode(self, body: &[u8]) -> Vec<u8> {
        let mut out = Output { bytes: Vec::with_capacity(body.len() / 4 * 3), ..Output::default() };
        // Where lines do not matter the body is one.
        let is_linewise = self.lines != Lines::Joined || self.junk == Junk::Comment;
        for line in body.split_inclusive(|byte| is_linewise && *byte == b'\n') {
            if self.decode_line(line::without_end(line), &mut out).is_none() {
                break;
            }
            match self.lines {
                Lines::Joined => {}
                Lines::Dropped => out.drop_group(),
                Lines::Padded => out.end_group(),
            }
        }
        out.end_group();
        out.bytes
    }

    /// None where the data has ended.
    fn decode_line(self, line: &[u8], out: &mut Output) -> Option<()> {
        let mut rest = line;
        while let Some((&byte, behind)) = rest.split_first() {
            if let Some((group, behind)) = whole_group(rest).filter(|_| out.letters == 0) {
                out.push_group(group);
                rest = behind;
                continue;
            }
            rest = behind;
            match letter(byte) {
                Letter::Value(value) => out.push(value),
                Letter::Blank => {}
                Letter::Padding => match self.padding {
                    Padding::Piece => out.end_group(),
                    Padding::End => return None,
                    Padding::Skipped => {}
                    Padding::Zero => out.push(0),
                },
                Letter::Junk => match (self.junk, byte) {
                    (Junk::Comment, _) => return Some(()),
                    (Junk::End, _) => return None,
                    (Junk::UrlAlphabet, b'-') => out.push(62),
                    (Junk::UrlAlphabet, b'_') => out.push(63),
                    (Junk::UrlAlphabet | Junk::Skipped, _) => {}
                },
            }
        }
        Some(())
    }
}

/// What a byte is in base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letter {
    Value(u8),
    Blank,
    Padding,
    Junk,
}

/// What the next four letters stand for, if nothing else is among them.
fn whole_group(text: &[u8]) -> Option<([u8; 3], &[u8])> {
    let (letters, behind) = text.split_first_chunk::<4>()?;
    let mut group = 0u32;
    for byte in letters {
        let Letter::Value(value) = letter(*byte) else { return None };
        group = (group << 6) | u32::from(value);
    }
    let [_, bytes @ ..] = group.to_be_bytes();
    Some((bytes, behind))
}

/// Which letter `byte` is.
pub(super) fn letter(byte: u8) -> Letter {
    LETTERS.get(usize::from(byte)).copied().unwrap_or(Letter::Junk)
}

/// A table: what is irregular is gone through many times.
const LETTERS: [Letter; 256] = {
    let mut letters = [Letter::Junk; 256];
    let mut byte = 0;
    while byte < 256 {
        if let Some(slot) = letters.split_at_mut(byte).1.first_mut() {
            *slot = of_byte(byte as u8);
        }
        byte += 1;
    }
    letters
};

const fn of_byte(byte: u8) -> Letter {
    match byte {
        b'A'..=b'Z' => Letter::Value(byte - b'A'),
        b'a'..=b'z' => Letter::Value(byte - b'a' + 26),
        b'0'..=b'9' => Letter::Value(byte - b'0' + 52),
        b'+' => Letter::Value(62),
        b'/' => Letter::Value(63),
        b'=' => Letter::Padding,
        b' ' | b'\t' | b'\r' | b'\n' | b'\x0b' | b'\x0c' => Letter::Blank,
        _ => Letter::Junk,
    }
}

/// Bytes, and the letters of a group of four that is not full yet.
#[derive(Default)]
struct Output {
    bytes: Vec<u8>,
    group: u32,
    letters: u8,
}

impl Output {
    fn push(&mut self, value: u8) {
        self.group = (self.group << 6) | u32::from(value);
        self.letters += 1;
        if self.letters == 4 {
            let [_, bytes @ ..] = self.group.to_be_bytes();
            self.push_group(bytes);
            self.drop_group();
        }
    }

    /// One by one: to copy three bytes is a call.
    #[inline]
    fn push_group(&mut self, bytes: [u8; 3]) {
        bytes.into_iter().for_each(|byte| self.bytes.push(byte));
    }

    /// What whole bytes are in the group: one letter holds none.
    fn end_group(&mut self) {
        let [_, first, second, _] = (self.group << (6 * (4 - u32::from(self.letters)))).to_be_bytes();
        match self.letters {
            2 => self.bytes.push(first),
            3 => self.bytes.extend_from_slice(&[first, second]),
            _ => {}
        }
        self.drop_group();
    }

    fn drop_group(&mut self) {
        (self.group, self.letters) = (0, 0);
    }
}

#[cfg(test)]
#[path = "base64_tests.rs"]
pub(super) mod tests;
