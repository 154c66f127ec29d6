//! Changes a message by splices: byte ranges, and what replaces them.
//!
//! Owns the promise that a byte nobody meant to change does not change: nothing is parsed and written back but a part that readers
//! understand differently. It must never see a finding. Nothing here can fail; an edit that overlaps an earlier one, or lies outside
//! the message, is left out.

mod advice;
mod canonical;
mod fields;
mod header;
mod page;
mod quoted_printable;
mod replace;
mod strip;
mod tag;

pub use advice::{body, body_can_give_way, may_change};
pub use page::{Lure, PageChange};
pub use replace::replace;
pub use strip::PartText;
pub use tag::{AMBIGUITY_RESULTS, TagText, clean_line, tag};

use crate::message::{LineEnd, Message};
use std::collections::BTreeSet;
use std::ops::Range;

/// What is done to parts of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// What stands in for parts.
    pub texts: Vec<PartText>,
    /// The parts that are written anew.
    pub rewrites: Vec<usize>,
    /// The pages that are changed.
    pub pages: Vec<PageChange>,
}

#[cfg(test)]
impl Changes {
    fn of(rewrites: &[usize], texts: &[PartText]) -> Self {
        Self { texts: texts.to_vec(), rewrites: rewrites.to_vec(), pages: Vec::new() }
    }
}

/// The edits that change parts of `message`.
pub fn change(message: &Message<'_>, changes: &Changes) -> Vec<Edit> {
    let texts: Vec<PartText> = changes.texts.iter().map(|text| PartText { part: message.primary(text.part), ..text.clone() }).collect();
    let stripped: BTreeSet<usize> = texts.iter().map(|text| text.part).collect();
    let asked: BTreeSet<usize> = changes.rewrites.iter().map(|part| message.primary(*part)).collect();
    // What gives way to a text is not written anew, nor is anything in it; and what is written anew is so with all that is in it.
    let stays = |part: &usize| !stripped.contains(part) && !is_inside(message, *part, &stripped) && !is_inside(message, *part, &asked);
    let rewritten: BTreeSet<usize> = asked.iter().copied().filter(stays).collect();
    let (within, apart): (Vec<PartText>, Vec<PartText>) = texts.iter().cloned().partition(|text| is_inside(message, text.part, &rewritten));
    let pages = changes.pages.iter().filter(|page| !stripped.contains(&page.part) && !is_inside(message, page.part, &stripped));
    let is_rewritten = |page: &&PageChange| rewritten.contains(&page.part) || is_inside(message, page.part, &rewritten);
    let (pages_within, pages_apart): (Vec<&PageChange>, Vec<&PageChange>) = pages.partition(is_rewritten);
    let written = canonical::canonical(message, &rewritten, &within, &pages_within);
    [strip::strip(message, &apart), page::edits(message, &pages_apart), written].concat()
}

/// Whether a part around `index` is among `parts`.
fn is_inside(message: &Message<'_>, index: usize, parts: &BTreeSet<usize>) -> bool {
    std::iter::successors(Some(index), |part| message.parts().get(*part)?.parent).skip(1).any(|around| parts.contains(&around))
}

/// A range of the message and what replaces it; an empty range inserts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes that go.
    pub range: Range<usize>,
    /// The bytes that come.
    pub with: Vec<u8>,
}

/// A piece of the message that goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Bytes as they came in.
    Old(Range<usize>),
    /// Bytes of ours.
    New(&'a [u8]),
}

/// Edits that can be made together: in order, without overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edits(Vec<Edit>);

impl Edits {
    /// Puts `edits` in order for a message of `length` bytes. Of two that overlap the one that begins earlier stays, and of those
    /// the longer; insertions at one place keep their order and come before what replaces bytes there.
    pub fn new(mut edits: Vec<Edit>, length: usize) -> Self {
        edits.sort_by_key(|edit| (edit.range.start, !edit.range.is_empty(), std::cmp::Reverse(edit.range.end)));
        let mut kept: Vec<Edit> = Vec::with_capacity(edits.len());
        for edit in edits {
            let is_inside = edit.range.start <= edit.range.end && edit.range.end <= length;
            if is_inside && kept.last().is_none_or(|last| last.range.end <= edit.range.start) {
                kept.push(edit);
            }
        }
        Self(kept)
    }

    /// The edits, in order.
    pub fn list(&self) -> &[Edit] {
        &self.0
    }

    /// Whether the message stays as it is.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The edited message of `length` bytes, piece by piece.
    pub fn pieces(&self, length: usize) -> impl Iterator<Item = Piece<'_>> {
        let ends = std::iter::once(0).chain(self.0.iter().map(|edit| edit.range.end));
        let starts = self.0.iter().map(|edit| edit.range.start).chain(std::iter::once(length));
        let news = self.0.iter().map(|edit| Some(edit.with.as_slice())).chain(std::iter::once(None));
        let olds = ends.zip(starts).map(|(from, to)| Piece::Old(from..to));
        olds.zip(news).flat_map(|(old, new)| [Some(old), new.map(Piece::New)]).flatten().filter(|piece| match piece {
            Piece::Old(range) => !range.is_empty(),
            Piece::New(bytes) => !bytes.is_empty(),
        })
    }

    /// The edited message; also the edited top of one, if it holds all edits.
    pub fn apply(&self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len() + 256);
        for piece in self.pieces(bytes.len()) {
            match piece {
                Piece::Old(range) => out.extend_from_slice(bytes.get(range).unwrap_or_default()),
                Piece::New(new) => out.extend_from_slice(new),
            }
        }
        out
    }
}

/// What must follow `text` so that the next byte begins a line.
fn ensure_line_end(text: &[u8], end: LineEnd) -> &'static [u8] {
    if text.ends_with(b"\n") { b"" } else { end.bytes() }
}

#[cfg(test)]
#[path = "edit_tests.rs"]
mod tests;
