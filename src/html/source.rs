//! The bytes of a page, as the tokenizer takes them.
//!
//! Owns that the tokenizer's stack stays flat: from each value between double quotes it goes on to the next attribute by a call, so that
//! a tag of many would overflow it. It is sent back now and then, and goes on where it was. And owns the search for what ends a text or a
//! value, a vector at a time. It must never change a byte.

use html5gum::{Readable, Reader};
use std::convert::Infallible;
use std::error::Error;
use std::fmt;

/// So many values are read before the tokenizer is sent back; each takes some hundred bytes of stack.
const MOST: usize = 64;

/// A page.
#[derive(Debug)]
pub(super) struct Source<'p> {
    /// What is not read yet.
    rest: &'p [u8],
    values: usize,
}

/// Sends the tokenizer back; nothing was read.
#[derive(Debug)]
pub(super) struct Pause;

impl fmt::Display for Pause {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("pause")
    }
}

impl Error for Pause {}

impl<'p> Source<'p> {
    pub(super) fn new(page: &'p [u8]) -> Self {
        Self { rest: page, values: 0 }
    }
}

/// The first stretch that is searched; each further one is twice as long.
const STRETCH: usize = 64;

/// Where the first byte of `rest` is that is one of four; the tokenizer's own search takes twice as long. Stretch by stretch: where the
/// fourth stands on every line, looking for the three others to the end of the page would take a time that grows with its square.
fn end_of_run(rest: &[u8], [one, two, three, four]: [u8; 4]) -> usize {
    let (mut done, mut length) = (0, STRETCH);
    loop {
        let left = rest.get(done..).unwrap_or_default();
        let stretch = left.get(..length).unwrap_or(left);
        let run = memchr::memchr3(one, two, three, stretch).and_then(|at| stretch.get(..at)).unwrap_or(stretch);
        let end = memchr::memchr(four, run).unwrap_or(run.len());
        if end < stretch.len() || stretch.is_empty() {
            return done + end;
        }
        done += stretch.len();
        length *= 2;
    }
}

impl Reader for Source<'_> {
    type Error = Pause;

    fn read_byte(&mut self) -> Result<Option<u8>, Pause> {
        let Some((first, rest)) = self.rest.split_first() else { return Ok(None) };
        self.rest = rest;
        Ok(Some(*first))
    }

    fn try_read_string(&mut self, text: &[u8], case_sensitive: bool) -> Result<bool, Pause> {
        let Some((start, rest)) = self.rest.split_at_checked(text.len()) else { return Ok(false) };
        let is_there = if case_sensitive { start == text } else { start.eq_ignore_ascii_case(text) };
        if is_there {
            self.rest = rest;
        }
        Ok(is_there)
    }

    /// In a value between double quotes, and only there, it looks for these, and knows already that it is in one: it may go on there.
    fn read_until<'b>(&'b mut self, needle: &[u8], buffer: &'b mut [u8; 4]) -> Result<Option<&'b [u8]>, Pause> {
        if needle.starts_with(b"\"&") {
            self.values += 1;
            if self.values.is_multiple_of(MOST) {
                return Err(Pause);
            }
        }
        let run = match (self.rest.first(), <[u8; 4]>::try_from(needle)) {
            (None, _) => return Ok(None),
            (Some(first), _) if needle.contains(first) => self.rest.get(..1),
            (_, Ok(four)) => self.rest.get(..end_of_run(self.rest, four)),
            _ => self
                .rest
                .to_reader()
                .read_until(needle, buffer)
                .map_err(|never: Infallible| match never {})?
                .and_then(|run| self.rest.get(..run.len())),
        };
        let run = run.unwrap_or_default();
        self.rest = self.rest.get(run.len()..).unwrap_or_default();
        Ok(Some(run))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::token::{Token, scan};

    #[test]
    fn a_run_ends_at_the_first_of_four_wherever_that_is() {
        let plain = vec![b'x'; 1000];
        assert_eq!(end_of_run(&plain, *b"<&\0\r"), 1000);
        assert_eq!(end_of_run(b"", *b"<&\0\r"), 0);
        for at in [0, 1, 63, 64, 65, 191, 192, 193, 447, 448, 998, 999] {
            for (one, other) in [(b'<', b'\r'), (b'\r', b'<'), (b'&', b'&'), (b'\0', b'\r')] {
                let mut run = plain.clone();
                run[999] = other;
                run[at] = one;
                assert_eq!(end_of_run(&run, *b"<&\0\r"), at, "{at} {one}");
            }
        }
    }

    #[test]
    fn a_tag_of_very_many_attributes_is_read_whole() {
        for attribute in ["x=\"y&amp;z\" ", "x=\"y\"", "x='y' ", "x=y ", "x ", "x = \"\"\n"] {
            let count = 200_000;
            let page = format!("<a {}>", attribute.repeat(count));
            let (mut told, mut tags) = (0, 0);
            scan(page.as_bytes(), |token| {
                tags += 1;
                if let Token::Start { range, tag } = token {
                    told = tag.attributes().count();
                    assert_eq!(range, 0..page.len());
                    assert!(tag.attributes().all(|one| one.name == b"x" && page.as_bytes().get(one.at) == Some(&b'x')));
                }
            });
            assert_eq!((told, tags), (count, 1), "{attribute}");
        }
    }
}
