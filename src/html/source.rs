//! The bytes of a page, as the tokenizer takes them.
//!
//! Owns that the tokenizer's stack stays flat: from each value between double quotes it goes on to the next attribute by a call, so that
//! a tag of many would overflow it. It is sent back now and then, and goes on where it was. It must never change a byte.

use html5gum::{Readable, Reader, StringReader};
use std::error::Error;
use std::fmt;

/// So many values are read before the tokenizer is sent back; each takes some hundred bytes of stack.
const MOST: usize = 64;

/// A page.
#[derive(Debug)]
pub(super) struct Source<'p> {
    bytes: StringReader<'p>,
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
        Self { bytes: page.to_reader(), values: 0 }
    }
}

impl Reader for Source<'_> {
    type Error = Pause;

    fn read_byte(&mut self) -> Result<Option<u8>, Pause> {
        self.bytes.read_byte().map_err(|never| match never {})
    }

    fn try_read_string(&mut self, text: &[u8], case_sensitive: bool) -> Result<bool, Pause> {
        self.bytes.try_read_string(text, case_sensitive).map_err(|never| match never {})
    }

    /// In a value between double quotes, and only there, it looks for these, and knows already that it is in one: it may go on there.
    fn read_until<'b>(&'b mut self, needle: &[u8], buffer: &'b mut [u8; 4]) -> Result<Option<&'b [u8]>, Pause> {
        if needle.starts_with(b"\"&") {
            self.values += 1;
            if self.values.is_multiple_of(MOST) {
                return Err(Pause);
            }
        }
        self.bytes.read_until(needle, buffer).map_err(|never| match never {})
    }
}

#[cfg(test)]
mod tests {
    use crate::html::token::{Token, scan};

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
