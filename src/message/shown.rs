//! A message in lines of words, for tests to compare.
//!
//! Owns how a part and a doubt are written there. It must never be needed outside tests.

use super::{Bounds, Construct, DoubtKind, Message, Part};

pub(super) const BOUNDS: Bounds = Bounds { nesting: 64, parts: 1000, header_size: 262_144, decoded_size: 1_000_000 };

/// Each part of a message, see [`parts_of`].
pub(super) fn parts(bytes: impl AsRef<[u8]>) -> Vec<String> {
    parts_of(&Message::read(bytes.as_ref(), &BOUNDS))
}

/// Each doubt about a message, see [`doubts_of`].
pub(super) fn doubts(bytes: impl AsRef<[u8]>) -> Vec<String> {
    doubts_of(&Message::read(bytes.as_ref(), &BOUNDS))
}

/// Each part as `0: multipart/mixed between "b"` or `2 in 0 as 1: text/plain, base64, hidden "decoded"`: what it lies in, what it is
/// another reading of, and what it holds if it is no container.
pub(super) fn parts_of(message: &Message<'_>) -> Vec<String> {
    message.parts().iter().enumerate().map(|(index, part)| format!("{index}{}", part_of(message, part))).collect()
}

fn part_of(message: &Message<'_>, part: &Part) -> String {
    let content = &part.content;
    let place = part.parent.map(|parent| format!(" in {parent}"));
    let reading = part.reading_of.map(|first| format!(" as {first}"));
    let encoding = content.encoding.hides().then(|| format!(", {}", content.encoding.word()));
    let hidden = part.is_hidden.then(|| ", hidden".to_owned());
    let boundary = content.boundary.as_ref().map(|boundary| format!(" between {:?}", String::from_utf8_lossy(boundary)));
    let bytes = (!content.is_container()).then(|| format!(" {:?}", String::from_utf8_lossy(&message.decoded(part).next().unwrap())));
    let words = [place, reading, Some(": ".to_owned()), Some(content.media_type.clone()), encoding, hidden, boundary, bytes];
    words.into_iter().flatten().collect()
}

/// Each doubt as `Hard Boundary of 0` or `limits.parts of 0`, but for what says of a header no more than that it is irregular.
pub(super) fn doubts_of(message: &Message<'_>) -> Vec<String> {
    let told = message.doubts().iter().filter(|doubt| doubt.kind != DoubtKind::soft(Construct::Header)).map(|doubt| match &doubt.kind {
        DoubtKind::Limit(key) => format!("{key} of {}", doubt.part),
        DoubtKind::Ambiguous(known) => format!("{:?} {:?} of {}", known.grade, known.construct, doubt.part),
    });
    told.collect()
}
