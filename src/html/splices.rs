//! What disarming a page takes out and puts in, as it is gathered.
//!
//! Owns that splices are in order and apart, and that a hostile page does not make more of them than memory holds. Nothing here can
//! fail.

use super::{Kind, Splice};
use std::collections::BTreeMap;
use std::ops::Range;

/// Removals that are told one by one; of the others only their number is.
const LONGEST: usize = 100;

/// The longest name of what goes.
const LONGEST_NAME: usize = 40;

/// Splices closer than this become one: a page of `<x>a` would make millions of them, each as large as ten such tags.
const NEAR: usize = 16;

/// One thing that goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// Why.
    pub kind: Kind,
    /// What it is called, printable and short.
    pub what: String,
    /// Where in the page it begins.
    pub at: usize,
}

/// What makes a page harmless.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disarmed {
    /// In order and apart.
    pub splices: Vec<Splice>,
    /// The first hundred.
    pub removals: Vec<Removal>,
    /// How many of each kind there are.
    pub counts: BTreeMap<Kind, usize>,
}

impl Disarmed {
    /// Whether the page stays as it is.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The disarmed `page`, which must be the one that was disarmed.
    pub fn apply(&self, page: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(page.len().saturating_add(256));
        let mut done = 0;
        for splice in &self.splices {
            out.extend_from_slice(page.get(done..splice.range.start).unwrap_or_default());
            out.extend_from_slice(&splice.with);
            done = splice.range.end;
        }
        out.extend_from_slice(page.get(done..).unwrap_or_default());
        out
    }

    /// Puts `with` in the place of bytes of `page` that are behind all that were replaced before.
    pub(super) fn replace(&mut self, page: &[u8], range: Range<usize>, with: &[u8]) {
        let Some(last) = self.splices.last_mut().filter(|last| range.start.saturating_sub(last.range.end) <= NEAR) else {
            self.splices.push(Splice { range, with: with.to_vec() });
            return;
        };
        last.with.extend_from_slice(page.get(last.range.end..range.start).unwrap_or_default());
        last.with.extend_from_slice(with);
        last.range.end = range.end;
    }

    /// Counts what goes, and tells the first of them.
    pub(super) fn note(&mut self, kind: Kind, what: &[&[u8]], at: usize) {
        *self.counts.entry(kind).or_default() += 1;
        if self.removals.len() < LONGEST {
            let bytes = what.iter().flat_map(|piece| piece.iter()).take(LONGEST_NAME);
            let what = bytes.map(|byte| if byte.is_ascii_graphic() { char::from(*byte) } else { '?' }).collect();
            self.removals.push(Removal { kind, what, at });
        }
    }

    /// Takes over what goes of a page that begins at `at` of this one.
    pub(super) fn adopt(&mut self, page: &[u8], inner: &Self, at: usize) {
        for splice in &inner.splices {
            self.replace(page, at + splice.range.start..at + splice.range.end, &splice.with);
        }
        let room = LONGEST.saturating_sub(self.removals.len());
        self.removals.extend(inner.removals.iter().take(room).map(|removal| Removal { at: at + removal.at, ..removal.clone() }));
        for (kind, count) in &inner.counts {
            *self.counts.entry(*kind).or_default() += count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splices_are_in_order_and_apart() {
        let page = b"0123456789012345678901234567890123456789";
        let mut disarmed = Disarmed::default();
        disarmed.replace(page, 1..2, b"a");
        disarmed.replace(page, 2..4, b"");
        disarmed.replace(page, 6..7, b"b");
        disarmed.replace(page, 30..31, b"c");
        let ranges: Vec<Range<usize>> = disarmed.splices.iter().map(|splice| splice.range.clone()).collect();
        assert_eq!(ranges, [1..7, 30..31]);
        assert_eq!(disarmed.apply(page), b"0a45b78901234567890123456789c123456789");
    }

    #[test]
    fn all_are_counted_and_the_first_are_told() {
        let mut disarmed = Disarmed::default();
        for at in 0..200 {
            disarmed.note(Kind::Unknown, &[b"a\n\xe9", &[b'b'; 50]], at);
        }
        assert_eq!((disarmed.removals.len(), disarmed.counts[&Kind::Unknown]), (100, 200));
        assert_eq!(disarmed.removals[0].what, format!("a??{}", "b".repeat(37)));
    }
}
