//! Compares the readings of each part: what differs in content is a hard doubt, what does not is a soft one.
//!
//! Owns that comparison: the decoded bodies of all leaves under each reading. Of the same bytes under two types a check looks at both, and
//! no engine goes by the type. It must never ask which reading is the better one. Nothing here can fail.

use super::{Ambiguity, Construct, Doubt, DoubtKind, Grade, Message, Part};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

type Leaf = [u8; 32];

/// Adds a doubt for each part that has several readings. `misread` are parts that only who takes no encoding off sees.
pub(super) fn judge(message: &mut Message<'_>, misread: &BTreeSet<usize>) {
    if message.parts.iter().all(|part| part.reading_of.is_none()) {
        return;
    }
    let leaves = leaves(message);
    let mut doubts: BTreeMap<usize, Ambiguity> = BTreeMap::new();
    for (index, other) in message.parts.iter().enumerate() {
        let Some((first_index, first)) = other.reading_of.and_then(|first| Some((first, message.parts.get(first)?))) else { continue };
        let (own, others) = (leaves.get(&first_index), leaves.get(&index));
        if others.is_none() && other.content.is_container() {
            continue;
        }
        let is_marginal = other.is_hidden || misread.contains(&first_index) || is_harmless(first, other);
        let grade = if own == others || is_marginal { Grade::Soft } else { Grade::Hard };
        let ambiguity = doubts.entry(first_index).or_insert_with(|| Ambiguity {
            construct: construct(first, other),
            grade,
            readings: vec![described(first)],
        });
        if ambiguity.grade < grade {
            (ambiguity.grade, ambiguity.construct) = (grade, construct(first, other));
        }
        ambiguity.readings.push(described(other));
    }
    for (part, ambiguity) in doubts {
        add(message, part, ambiguity);
    }
}

/// A header that does not follow the rules is malformed at least, where nothing else is said of its part.
pub(super) fn note_irregular(message: &mut Message<'_>, parts: &[usize]) {
    let said: BTreeSet<usize> = message.doubts.iter().map(|doubt| doubt.part).collect();
    for part in parts.iter().copied().filter(|part| !said.contains(part)) {
        let range = message.parts.get(part).map(|part| part.header.clone()).unwrap_or_default();
        message.doubts.push(Doubt { part, kind: DoubtKind::soft(Construct::Header), range });
    }
}

/// A field that stands twice is said already: the readings belong to that.
fn add(message: &mut Message<'_>, part: usize, ambiguity: Ambiguity) {
    let range = message.parts.get(part).map(Part::whole).unwrap_or_default();
    let twice = message.doubts.iter_mut().filter(|doubt| doubt.part == part).find_map(|doubt| match &mut doubt.kind {
        DoubtKind::Ambiguous(known) if matches!(known.construct, Construct::Twice(_)) => Some(known),
        _ => None,
    });
    match twice {
        Some(known) => (known.grade, known.readings) = (known.grade.max(ambiguity.grade), ambiguity.readings),
        None => message.doubts.push(Doubt { part, kind: DoubtKind::Ambiguous(ambiguity), range }),
    }
}

/// The leaves under each part, or the part itself if it is one; what lies under another reading belongs to that one alone.
fn leaves(message: &Message<'_>) -> BTreeMap<usize, Vec<Leaf>> {
    let mut leaves: BTreeMap<usize, Vec<Leaf>> = BTreeMap::new();
    for (index, part) in message.parts.iter().enumerate().filter(|(_, part)| !part.content.is_container()) {
        let body = message.decoded(part).next().unwrap_or_default();
        let leaf: Leaf = Sha256::digest(body.trim_ascii()).into();
        let mut at = Some(index);
        while let Some(around) = at.and_then(|at| message.parts.get(at)) {
            leaves.entry(at.unwrap_or_default()).or_default().push(leaf);
            at = around.parent.filter(|_| around.reading_of.is_none());
        }
    }
    leaves.values_mut().for_each(|leaves| leaves.sort());
    leaves
}

/// Some lines more or less of a text hide nothing: they stand there as they are.
fn is_harmless(first: &Part, other: &Part) -> bool {
    let is_text = |part: &Part| part.content.media_type.starts_with("text/") && !part.content.encoding.hides();
    is_text(first) && is_text(other)
}

fn construct(first: &Part, other: &Part) -> Construct {
    match () {
        () if first.body.start != other.body.start => Construct::HeaderEnd,
        () if first.content.encoding != other.content.encoding => Construct::Encoding,
        () if first.content.boundary != other.content.boundary => Construct::Boundary,
        () if first.content.media_type != other.content.media_type => Construct::Type,
        () => Construct::Delimiter,
    }
}

/// A reading in words.
fn described(part: &Part) -> String {
    let boundary = part.content.boundary.as_deref().map(|boundary| format!(" between {:?}", String::from_utf8_lossy(boundary)));
    format!(
        "{}{} as {} at {}..{}",
        part.content.media_type,
        boundary.unwrap_or_default(),
        part.content.encoding.word(),
        part.body.start,
        part.body.end
    )
}

#[cfg(test)]
#[path = "outcome_tests.rs"]
mod tests;
