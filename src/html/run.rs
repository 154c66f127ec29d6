//! The characters between two tags, while they are read.
//!
//! Owns that they are copied only where they read otherwise than they stand. It must never give more than was read. Nothing here can fail.

use std::ops::Range;

/// The text since the last token: a range of the page as long as it stands there as it reads, so that most of it is never copied.
#[derive(Default)]
pub(super) struct Run {
    plain: Range<usize>,
    other: Vec<u8>,
}

impl Run {
    /// Adds what follows, as the tokenizer reads it.
    pub(super) fn push(&mut self, page: &[u8], text: &[u8]) {
        let at = text.as_ptr().addr().checked_sub(page.as_ptr().addr()).filter(|at| at + text.len() <= page.len());
        let is_next = self.plain.is_empty() || at == Some(self.plain.end);
        match at {
            Some(at) if self.other.is_empty() && is_next => {
                let start = if self.plain.is_empty() { at } else { self.plain.start };
                self.plain = start..at + text.len();
            }
            _ => {
                if self.other.is_empty() {
                    self.other.extend_from_slice(page.get(self.plain.clone()).unwrap_or_default());
                }
                self.other.extend_from_slice(text);
            }
        }
    }

    /// All of it.
    pub(super) fn bytes<'t>(&'t self, page: &'t [u8]) -> &'t [u8] {
        if self.other.is_empty() { page.get(self.plain.clone()).unwrap_or_default() } else { &self.other }
    }

    /// Begins anew.
    pub(super) fn clear(&mut self) {
        self.plain = 0..0;
        self.other.clear();
    }
}
