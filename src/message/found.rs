//! What the walks over the layers of a message have found so far.
//!
//! Owns the parts, the doubts, and what is still to be looked at. It must never decode or read again more than the bounds allow.
//! Nothing here fails; a bound that is reached is a doubt.

use super::reading::Delimiters;
use super::{Ambiguity, Bounds, Construct, Content, Doubt, DoubtKind, Grade, Part};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The type of what declares none.
pub(super) const TEXT: &str = "text/plain";
const RFC822: &str = "message/rfc822";

/// Something that a walk leaves to be done when the ends of all parts are known.
#[derive(Clone, Copy, Debug)]
pub(super) enum Task {
    /// The body of a container, without its transfer encoding.
    Decode { part: usize },
    /// The other readings of a part whose header is not regular.
    Readings { part: usize, default: &'static str },
    /// The parts of a container as readers see them who take more lines for delimiters, or fewer.
    Delimiters { part: usize, delimiters: Delimiters },
}

/// What stands before the first delimiter of a multipart, or behind its last.
#[derive(Clone, Debug)]
pub(super) struct Gap {
    pub holder: usize,
    pub layer: usize,
    pub range: Range<usize>,
}

/// What the walks over all layers have found.
pub(super) struct Found<'b> {
    pub bounds: &'b Bounds,
    pub parts: Vec<Part>,
    pub doubts: Vec<Doubt>,
    /// How much of a base64 body is known to be regular. To look at it once more would take as long as all else.
    pub regular: BTreeMap<usize, usize>,
    /// Parts of which a delimiter was found.
    pub delimited: BTreeSet<usize>,
    pub tasks: Vec<Task>,
    pub gaps: Vec<Gap>,
    /// Parts whose header does not follow the rules to the letter.
    pub irregular: Vec<usize>,
    /// Containers that ended before their last delimiter, with their boundary.
    pub unclosed: Vec<(usize, Vec<u8>)>,
    /// How many bytes may still be decoded for the reading of containers.
    pub decodable: u64,
    /// How many bytes may still be read a second time.
    readable: u64,
    /// How many bytes of MIME fields may still be read: each costs far more than one of a body.
    headers: usize,
    /// How many bytes of bodies may still be decoded in every way: those of one reading of the message, and as many again.
    surveyable: u64,
    /// How many bytes the layers may still have.
    room: u64,
}

impl<'b> Found<'b> {
    pub(super) fn new(bounds: &'b Bounds, length: usize) -> Self {
        let times = |factor: u64| (length as u64).saturating_mul(factor).saturating_add(1 << 20);
        Self {
            bounds,
            parts: Vec::new(),
            doubts: Vec::new(),
            regular: BTreeMap::new(),
            delimited: BTreeSet::new(),
            tasks: Vec::new(),
            gaps: Vec::new(),
            irregular: Vec::new(),
            unclosed: Vec::new(),
            decodable: bounds.decoded_size,
            readable: times(4),
            headers: usize::try_from(bounds.header_size.saturating_mul(2).max(bounds.parts.saturating_mul(256))).unwrap_or(usize::MAX),
            surveyable: times(2),
            room: times(4),
        }
    }

    /// Whether one more part may be added.
    pub(super) fn has_room(&self) -> bool {
        (self.parts.len() as u64) < self.bounds.parts
    }

    /// Whether something was not looked at.
    pub(super) fn has_reached_limit(&self) -> bool {
        self.doubts.iter().any(Doubt::is_limit)
    }

    /// Whether `size` more bytes may be read again. Where not, that is a doubt about `part`.
    pub(super) fn affords(&mut self, part: usize, size: usize) -> bool {
        self.spend(size) || self.lacks(part)
    }

    /// The same where something else is said of the part anyway.
    pub(super) fn spend(&mut self, size: usize) -> bool {
        take(&mut self.readable, size)
    }

    /// How many bytes of the next header may be read.
    pub(super) fn header_limit(&self) -> usize {
        usize::try_from(self.bounds.header_size).unwrap_or(usize::MAX).min(self.headers)
    }

    /// Counts MIME fields that were read.
    pub(super) fn spend_header(&mut self, size: usize) {
        self.headers = self.headers.saturating_sub(size);
    }

    /// Whether a body of `size` bytes may be decoded in every way. Where not, that is a doubt about `part`.
    pub(super) fn affords_survey(&mut self, part: usize, size: usize) -> bool {
        take(&mut self.surveyable, size) || self.lacks(part)
    }

    /// Whether there is room for a layer of `size` bytes. Where not, that is a doubt about `part`.
    pub(super) fn has_room_for(&mut self, part: usize, size: usize) -> bool {
        take(&mut self.room, size) || self.lacks(part)
    }

    /// How many bytes of layers there is room for.
    pub(super) fn room(&self) -> usize {
        usize::try_from(self.room).unwrap_or(usize::MAX)
    }

    fn lacks(&mut self, part: usize) -> bool {
        self.doubt_once(part, Construct::Readings);
        false
    }

    /// A part that lies in `holder`.
    pub(super) fn part_in(&self, holder: Option<usize>, layer: usize, header: Range<usize>, content: Content) -> Part {
        let around = holder.and_then(|holder| self.parts.get(holder));
        Part {
            parent: holder,
            layer,
            depth: around.map_or(0, |around| around.depth + 1),
            body: header.end..header.end,
            header,
            is_sealed: around.is_some_and(|around| around.is_sealed || around.content.is_seal()),
            reading_of: None,
            is_hidden: around.is_some_and(|around| around.is_hidden),
            has_flaw: false,
            decodings: 0..0,
            content,
        }
    }

    pub(super) fn doubt(&mut self, part: usize, kind: DoubtKind, range: Range<usize>) {
        let is_hidden = self.parts.get(part).is_some_and(|part| part.is_hidden);
        self.push(Doubt { part, kind: if is_hidden { kind.softened() } else { kind }, range });
    }

    /// The same about `part`, which is not among the others yet.
    pub(super) fn doubt_in(&mut self, part: &Part, index: usize, kind: DoubtKind, range: Range<usize>) {
        self.push(Doubt { part: index, kind: if part.is_hidden { kind.softened() } else { kind }, range });
    }

    /// A limit is said once: each reading may run into it again.
    fn push(&mut self, doubt: Doubt) {
        if !doubt.is_limit() || self.doubts.iter().all(|said| said.kind != doubt.kind) {
            self.doubts.push(doubt);
        }
    }

    /// A hard doubt of that kind about the whole of `part`, if there is none yet.
    pub(super) fn doubt_once(&mut self, part: usize, construct: Construct) {
        let is_same =
            |doubt: &Doubt| doubt.part == part && matches!(&doubt.kind, DoubtKind::Ambiguous(known) if known.construct == construct);
        if !self.doubts.iter().any(is_same) {
            let range = self.parts.get(part).map(Part::whole).unwrap_or_default();
            self.doubt(part, DoubtKind::hard(construct), range);
        }
    }

    /// Where no delimiter was found, a reader may take the whole for text, or find parts in a way that we do not know.
    pub(super) fn doubt_multiparts_without_parts(&mut self, bytes: &[u8], layers: &[Vec<u8>]) {
        // What a limit has kept from us is said already.
        if self.has_reached_limit() {
            return;
        }
        let readings = self.readings_with_parts();
        let is_empty = |part: &Part| body_of(part, bytes, layers).trim_ascii().is_empty();
        let without = |(index, part): &(usize, &Part)| {
            let is_bare = part.content.is_multipart() && part.reading_of.is_none() && !self.delimited.contains(index);
            is_bare && !is_empty(part) && !self.is_excused(part, &readings)
        };
        let found: Vec<usize> = self.parts.iter().enumerate().filter(without).map(|(index, _)| index).collect();
        for index in found {
            self.doubt_once(index, Construct::NoParts);
        }
    }

    /// Containers under an encoding, each with the reading (as it is, or decoded) in which something was found.
    fn readings_with_parts(&self) -> BTreeSet<(usize, bool)> {
        let found = self.parts.iter().filter(|part| !part.header.is_empty());
        found.filter_map(|part| self.reading(part)).collect()
    }

    /// Softens what is doubtful in a container under an encoding for those only who do not take it off, where something was found in it
    /// by those who do.
    pub(super) fn soften_misread(&mut self) -> BTreeSet<usize> {
        let readings = self.readings_with_parts();
        let is_misread = |part: &Part| self.reading(part).is_some_and(|(holder, is_plain)| is_plain && readings.contains(&(holder, false)));
        let mut misread: BTreeSet<usize> = BTreeSet::new();
        for (index, part) in self.parts.iter().enumerate() {
            let is_inside = part.parent.is_some_and(|parent| misread.contains(&parent));
            if is_inside || is_misread(part) {
                misread.insert(index);
            }
        }
        for doubt in self.doubts.iter_mut().filter(|doubt| misread.contains(&doubt.part)) {
            doubt.kind = doubt.kind.clone().softened();
        }
        misread
    }

    /// The container under an encoding that `part` lies in at once, and whether it was found there without decoding.
    fn reading(&self, part: &Part) -> Option<(usize, bool)> {
        let index = part.parent?;
        let holder = self.parts.get(index).filter(|holder| holder.content.encoding.hides())?;
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

    /// The type that what lies in container `index` has when it declares none (RFC 2046 section 5.1.5).
    pub(super) fn inner_default(&self, index: usize) -> &'static str {
        let is_digest = self.parts.get(index).is_some_and(|part| part.content.media_type == "multipart/digest");
        if is_digest { RFC822 } else { TEXT }
    }
}

/// Takes `size` from what is `left`, if there is so much.
fn take(left: &mut u64, size: usize) -> bool {
    let rest = left.checked_sub(size as u64);
    *left = rest.unwrap_or(*left);
    rest.is_some()
}

impl DoubtKind {
    /// Readers will see different content.
    pub(super) fn hard(construct: Construct) -> Self {
        Self::Ambiguous(Ambiguity { construct, grade: Grade::Hard, readings: Vec::new() })
    }

    /// It is malformed, and that is all.
    pub(super) fn soft(construct: Construct) -> Self {
        Self::Ambiguous(Ambiguity { construct, grade: Grade::Soft, readings: Vec::new() })
    }

    /// Where only who looks for content in a text sees it, readers agree that it is text.
    fn softened(self) -> Self {
        match self {
            Self::Ambiguous(ambiguity) => Self::Ambiguous(Ambiguity { grade: Grade::Soft, ..ambiguity }),
            limit @ Self::Limit(_) => limit,
        }
    }
}

/// The body of `part` as it stands in its layer.
pub(super) fn body_of<'m>(part: &Part, bytes: &'m [u8], layers: &'m [Vec<u8>]) -> &'m [u8] {
    layer_of(part.layer, bytes, layers).get(part.body.clone()).unwrap_or_default()
}

/// The bytes of a layer.
pub(super) fn layer_of<'m>(layer: usize, bytes: &'m [u8], layers: &'m [Vec<u8>]) -> &'m [u8] {
    layer.checked_sub(1).map_or(bytes, |above| layers.get(above).map_or(&[], Vec::as_slice))
}
