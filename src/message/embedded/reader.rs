//! Takes numbers and bytes from the front of a slice.
//!
//! Owns the position. It must never believe a length: what is not there is not taken. A read that goes beyond the end gives none.

/// What is left to read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    pub rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    /// As many bytes as there are, at most `count`.
    pub(super) fn take_most(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(count.min(self.rest.len()));
        self.rest = rest;
        taken
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn chunk<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (chunk, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*chunk)
    }

    pub(super) fn little_u16(&mut self) -> Option<u16> {
        self.chunk().map(u16::from_le_bytes)
    }

    pub(super) fn little_u32(&mut self) -> Option<u32> {
        self.chunk().map(u32::from_le_bytes)
    }

    /// A length of four bytes, the lowest first.
    pub(super) fn little_length(&mut self) -> Option<usize> {
        usize::try_from(self.little_u32()?).ok()
    }

    pub(super) fn big_u16(&mut self) -> Option<u16> {
        self.chunk().map(u16::from_be_bytes)
    }

    pub(super) fn big_u32(&mut self) -> Option<u32> {
        self.chunk().map(u32::from_be_bytes)
    }
}
