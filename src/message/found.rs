//! What the walks over the layers of a message have found so far.
//!
//! Owns the parts, the doubts, and the containers that are still to be decoded. It must never decode more than the bounds allow.
//! Nothing here fails; a bound that is reached is a doubt.

use super::content::HeaderReader;
use super::{Bounds, Construct, Doubt, DoubtKind, Encoding, Part, decode};
use std::collections::BTreeSet;
use std::ops::Range;

/// The type of what declares none.
pub(super) const TEXT: &str = "text/plain";
const RFC822: &str = "message/rfc822";

/// What the walks over all layers have found.
pub(super) struct Found<'b> {
    pub bounds: &'b Bounds,
    pub reader: HeaderReader,
    pub parts: Vec<Part>,
    pub doubts: Vec<Doubt>,
    /// Parts of which a delimiter was found.
    pub delimited: BTreeSet<usize>,
    /// Containers under a transfer encoding, still to be decoded and walked.
    pub encoded: Vec<(usize, Encoding)>,
    decoded_size: u64,
}

impl<'b> Found<'b> {
    pub(super) fn new(bounds: &'b Bounds) -> Self {
        Self {
            bounds,
            reader: HeaderReader::new(),
            parts: Vec::new(),
            doubts: Vec::new(),
            delimited: BTreeSet::new(),
            encoded: Vec::new(),
            decoded_size: 0,
        }
    }

    pub(super) fn doubt(&mut self, part: usize, kind: DoubtKind, range: Range<usize>) {
        self.doubts.push(Doubt { part, kind, range });
    }

    /// Where no delimiter was found, a reader may take the whole for text, or find parts in a way that we do not know.
    pub(super) fn doubt_multiparts_without_parts(&mut self, bytes: &[u8], layers: &[Vec<u8>]) {
        // What a limit has kept from us is said already.
        if self.doubts.iter().any(|doubt| matches!(doubt.kind, DoubtKind::Limit(_))) {
            return;
        }
        let readings = self.readings_with_parts();
        let is_empty = |part: &Part| body_of(part, bytes, layers).trim_ascii().is_empty();
        let without = |(index, part): &(usize, &Part)| {
            part.content.is_multipart() && !self.delimited.contains(index) && !is_empty(part) && !self.is_excused(part, &readings)
        };
        let found: Vec<(usize, Range<usize>)> =
            self.parts.iter().enumerate().filter(without).map(|(index, part)| (index, part.body.clone())).collect();
        for (index, range) in found {
            self.doubt(index, DoubtKind::Ambiguous(Construct::NoParts), range);
        }
    }

    /// Containers under an encoding, each with the reading (as it is, or decoded) in which something was found.
    fn readings_with_parts(&self) -> BTreeSet<(usize, bool)> {
        let found = self.parts.iter().filter(|part| !part.header.is_empty());
        found.filter_map(|part| self.reading(part)).collect()
    }

    /// The container under an encoding that `part` lies in at once, and whether it was found there without decoding.
    fn reading(&self, part: &Part) -> Option<(usize, bool)> {
        let index = part.parent?;
        let holder = self.parts.get(index).filter(|holder| holder.content.encodings().any(Encoding::hides))?;
        Some((index, holder.layer == part.layer))
    }

    /// Whether nothing else is to be expected: another reading of a container around it has shown what is there, or it is in a report
    /// of a mail server, which may hold part of a message.
    fn is_excused(&self, part: &Part, readings: &BTreeSet<(usize, bool)>) -> bool {
        let around = std::iter::successors(Some(part), |part| self.parts.get(part.parent?));
        around.into_iter().any(|part| {
            let is_misread = self.reading(part).is_some_and(|(holder, is_plain)| readings.contains(&(holder, !is_plain)));
            is_misread || part.content.media_type == "multipart/report"
        })
    }

    pub(super) fn decode_container(&mut self, index: usize, encoding: Encoding, bytes: &[u8], layers: &[Vec<u8>]) -> Vec<u8> {
        let Some(part) = self.parts.get(index) else { return Vec::new() };
        let body = body_of(part, bytes, layers);
        // Neither encoding makes its content larger, so the encoded size bounds what decoding will take.
        let (size, range) = (body.len() as u64, part.body.clone());
        if self.decoded_size.saturating_add(size) > self.bounds.decoded_size {
            self.doubt(index, DoubtKind::Limit("limits.decoded_size"), range);
            return Vec::new();
        }
        self.decoded_size += size;
        decode(encoding, body).into_owned()
    }

    /// The type that what lies in container `index` has when it declares none (RFC 2046 section 5.1.5).
    pub(super) fn inner_default(&self, index: usize) -> &'static str {
        let is_digest = self.parts.get(index).is_some_and(|part| part.content.media_type == "multipart/digest");
        if is_digest { RFC822 } else { TEXT }
    }
}

fn body_of<'m>(part: &Part, bytes: &'m [u8], layers: &'m [Vec<u8>]) -> &'m [u8] {
    let layer = part.layer.checked_sub(1).map_or(bytes, |above| layers.get(above).map_or(&[], Vec::as_slice));
    layer.get(part.body.clone()).unwrap_or_default()
}
