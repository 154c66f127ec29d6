//! Looks for what is hidden in bodies: files in a text, a mail in a text or in an attachment, parts that no header declares.
//!
//! Owns which bodies are looked into and how deep. It must never take text for more where nothing in it looks like it. Nothing here
//! fails; a bound that is reached is a doubt.

use super::embedded::{self, Embedded, Stop, Unpacked};
use super::found::{self, TEXT};
use super::reading::Delimiters;
use super::skeleton::Reader;
use super::{Ambiguity, Construct, Content, DoubtKind, Encoding, Grade, Part, decode, hint};
use hint::Entity;
use memchr::memmem;
use std::ops::Range;

/// Looks into the next part or gap that was not looked into, and says whether there was one. `next` counts the parts.
pub(super) fn look(reader: &mut Reader<'_, '_>, next: &mut usize) -> bool {
    if let Some(gap) = reader.found.gaps.pop() {
        look_into_text(reader, gap.holder, gap.layer, gap.range);
        return true;
    }
    let index = *next;
    let Some(part) = reader.found.parts.get(index).cloned() else { return false };
    *next += 1;
    // A multipart without parts is a text to its readers; that it has some is another reading's word.
    let is_bare = part.content.is_multipart() && part.reading_of.is_none() && !reader.found.delimited.contains(&index);
    let is_leaf = !part.content.is_container() || is_bare;
    if (is_leaf || part.content.encoding.hides()) && !part.body.is_empty() {
        note_flaw(reader, index, &part);
    }
    // What such a body holds was looked for where it was found.
    let is_found_twice =
        part.is_hidden && part.reading_of.and_then(|first| reader.found.parts.get(first)).is_some_and(|first| first.is_hidden);
    if is_leaf && !part.body.is_empty() && !is_found_twice {
        look_into_leaf(reader, index, &part);
    }
    true
}

/// What is irregular in an encoded body, and whether readers see different content for it.
fn note_flaw(reader: &mut Reader<'_, '_>, index: usize, part: &Part) {
    let body = found::body_of(part, reader.bytes, &reader.layers);
    let encoding = part.content.encoding;
    if decode::is_regular_behind(encoding, body, reader.found.regular.get(&index).copied()) {
        return;
    }
    if let Some(part) = reader.found.parts.get_mut(index) {
        part.has_flaw = true;
    }
    if !reader.found.affords_survey(index, body.len()) {
        return;
    }
    let decode::Readings { first, others, flaw, has_more } = decode::readings_within(encoding, body, reader.found.room());
    let sizes: Vec<usize> = std::iter::once(first.len()).chain(others.iter().map(Vec::len)).collect();
    let decodings: Vec<Vec<u8>> = std::iter::once(first.into_owned()).chain(others).collect();
    keep(reader, index, decodings);
    let Some(flaw) = flaw else {
        if has_more {
            reader.found.doubt_once(index, Construct::Readings);
        }
        return;
    };
    let range = part.body.start + flaw.range.start..part.body.start + flaw.range.end;
    // In a text an escape that is none stands as it is, or a character is missing; lists put their footer behind base64.
    let media_type = part.content.media_type.as_str();
    let is_text = media_type == TEXT || (encoding == Encoding::QuotedPrintable && media_type.starts_with("text/"));
    let is_footer = media_type.starts_with("text/") && body_holds_footer(reader, part, flaw.range.start);
    let is_clear = !has_more && (sizes.len() == 1 || flaw.is_common || is_plain(reader, index, part));
    let is_harmless = is_text || is_footer || is_clear;
    let others = sizes.iter().skip(1).map(|size| format!("{size} bytes"));
    let words = sizes.first().map(|first| format!("{}, {first} bytes", flaw.what)).into_iter().chain(others).collect();
    let grade = if is_harmless { Grade::Soft } else { Grade::Hard };
    reader.found.doubt(index, DoubtKind::Ambiguous(Ambiguity { construct: Construct::Decoding, grade, readings: words }), range);
}

/// Whether what stands behind `from` is the footer of a list, set off by a line.
fn body_holds_footer(reader: &Reader<'_, '_>, part: &Part, from: usize) -> bool {
    let body = found::body_of(part, reader.bytes, &reader.layers);
    body.get(from..).is_some_and(|rest| memmem::find(rest, b"\n________").is_some() || rest.starts_with(b"________"))
}

/// Whether a container has its parts in the open, whatever encoding it says it is under: none may stand there (RFC 2045 section 6.4),
/// careless programs say one all the same, and readers pass over it.
fn is_plain(reader: &Reader<'_, '_>, index: usize, part: &Part) -> bool {
    let is_inside = |inner: &Part| inner.parent == Some(index) && inner.layer == part.layer && !inner.is_hidden && !inner.header.is_empty();
    part.content.is_container() && reader.found.parts.iter().any(is_inside)
}

/// Keeps the decodings of a part as layers, so that nobody has to decode it once more.
fn keep(reader: &mut Reader<'_, '_>, index: usize, decodings: Vec<Vec<u8>>) {
    let first = reader.layers.len() + 1;
    for decoding in decodings {
        if reader.add_layer(index, decoding).is_none() {
            break;
        }
    }
    if let Some(part) = reader.found.parts.get_mut(index) {
        part.decodings = first..reader.layers.len() + 1;
    }
}

/// Most bytes of one line of uuencode.
const LINE: u64 = 63;

/// How many bytes of a decoded body tell what it is.
const HEAD: usize = 1024;

fn look_into_leaf(reader: &mut Reader<'_, '_>, index: usize, part: &Part) {
    let body = found::body_of(part, reader.bytes, &reader.layers);
    let Content { media_type, names, encoding, .. } = &part.content;
    if !encoding.hides() {
        if embedded::begins(media_type, names, body) {
            let files = embedded::unpack(media_type, names, body, body.len() as u64);
            add_files(reader, index, files, Grade::Hard);
        }
        return look_into_text(reader, index, part.layer, part.body.clone());
    }
    // Headers and delimiters show through this one, and some readers look for them everywhere.
    let signs: [&[u8]; 3] = [b"\n--", b"\nContent-", b"\ncontent-"];
    if *encoding == Encoding::QuotedPrintable && signs.iter().any(|sign| memmem::find(body, sign).is_some()) {
        look_into_text(reader, index, part.layer, part.body.clone());
    }
    let body = found::body_of(part, reader.bytes, &reader.layers);
    let head = super::head(*encoding, body, HEAD);
    let is_package = embedded::begins(media_type, names, &head);
    let size = body.len();
    let is_odd = is_package
        || matches!(media_type.as_str(), "" | TEXT | "text/rfc822")
        || hint::begins_entity(&head)
        || hint::begins_file(&head)
        || is_signed(names);
    if !is_odd || !reader.found.affords(index, size) {
        return;
    }
    let decoded = decode::decode(*encoding, found::body_of(part, reader.bytes, &reader.layers)).into_owned();
    if is_package {
        let files = embedded::unpack(media_type, names, &decoded, size as u64);
        add_files(reader, index, files, Grade::Hard);
    }
    if hint::first(&decoded).is_some() {
        let length = decoded.len();
        let Some(layer) = reader.add_layer(index, decoded) else { return };
        look_into_text(reader, index, layer, 0..length);
    }
}

/// Whether a reader expects a mail in it that a signature is packed with (RFC 8551 section 3.2.1).
fn is_signed(names: &[String]) -> bool {
    names.iter().any(|name| name.trim_end().to_ascii_lowercase().ends_with(".p7m"))
}

/// Follows the first thing in `range` that looks like more than text: what comes behind it lies in what it begins.
fn look_into_text(reader: &mut Reader<'_, '_>, holder: usize, layer: usize, range: Range<usize>) {
    let bytes = found::layer_of(layer, reader.bytes, &reader.layers);
    let text = bytes.get(range.clone()).unwrap_or_default();
    let Some(hint) = hint::first(text) else { return };
    // What was walked because of its first line, and has no header by the rules, is not walked again.
    let is_walked = reader
        .found
        .parts
        .get(holder)
        .is_some_and(|part| part.is_hidden && part.header.is_empty() && part.layer == layer && part.body == range);
    let entity = hint.entity.filter(|entity| !is_walked || *entity != Entity::Header(0));
    if !reader.found.affords(holder, text.len()) {
        return;
    }
    if hint.is_file {
        // Each may come as two readers decode it, and a line of some letters may stand for more.
        let files = embedded::find(text, (text.len() as u64).saturating_mul(2).saturating_add(LINE));
        add_files(reader, holder, files, Grade::Soft);
    }
    match entity {
        Some(Entity::Header(at)) => walk_hidden(reader, holder, layer, range.start + at..range.end, None),
        Some(Entity::Parts(at, boundary)) => walk_hidden(reader, holder, layer, range.start + at..range.end, Some(boundary)),
        None => {}
    }
}

/// Walks what no header of the message declares: an entity, or the parts between delimiters.
fn walk_hidden(reader: &mut Reader<'_, '_>, holder: usize, layer: usize, range: Range<usize>, boundary: Option<Vec<u8>>) {
    if !has_room(reader, holder, range.clone()) {
        return;
    }
    let index = reader.found.parts.len();
    let media_type = if boundary.is_some() { "multipart/mixed" } else { "message/rfc822" };
    let content = Content { media_type: media_type.to_owned(), boundary, ..Content::default() };
    let part = reader.found.part_in(Some(holder), layer, range.start..range.start, content);
    reader.found.parts.push(Part { body: range.clone(), is_hidden: true, ..part });
    // It is not looked into once more, whatever the walk makes of its first line.
    reader.found.delimited.insert(index);
    reader.walk_part(index, Delimiters::Exact);
    read_without_delimiters(reader, index, range.end);
}

/// To who sees the headers of such parts and knows no boundary, an encoded body goes on to the end.
fn read_without_delimiters(reader: &mut Reader<'_, '_>, holder: usize, end: usize) {
    let is_cut = |part: &Part| part.parent == Some(holder) && part.content.encoding.hides() && part.body.end < end;
    let cut = |index: &usize| reader.found.parts.get(*index).is_some_and(is_cut);
    let found: Vec<usize> = (holder + 1..reader.found.parts.len()).filter(cut).collect();
    for index in found {
        reader.read_to(index, end);
    }
}

fn has_room(reader: &mut Reader<'_, '_>, holder: usize, range: Range<usize>) -> bool {
    let depth = reader.found.parts.get(holder).map_or(0, |part| part.depth);
    let limit = match () {
        () if !reader.found.has_room() => "limits.parts",
        () if depth + 1 > reader.found.bounds.nesting => "limits.nesting",
        () => return true,
    };
    // To readers it is text: that there is more in it than we look at is no reason to hold the message back.
    if reader.found.parts.get(holder).is_some_and(|part| part.is_hidden) {
        reader.found.doubt_once(holder, Construct::Readings);
    } else {
        reader.found.doubt(holder, DoubtKind::Limit(limit), range);
    }
    false
}

/// Files become parts of the part that they were found in, each in a layer of its own. What could not be taken out is a doubt.
fn add_files(reader: &mut Reader<'_, '_>, holder: usize, unpacked: Unpacked, grade: Grade) {
    match unpacked.stop {
        Some(Stop::Broken) => {
            let range = reader.found.parts.get(holder).map(|part| part.body.clone()).unwrap_or_default();
            let ambiguity = Ambiguity { construct: Construct::Package, grade, readings: Vec::new() };
            reader.found.doubt(holder, DoubtKind::Ambiguous(ambiguity), range);
        }
        Some(Stop::TooMuch) => reader.found.doubt_once(holder, Construct::Readings),
        None => {}
    }
    for Embedded { names, media_type, content, .. } in unpacked.files {
        let length = content.len();
        if !has_room(reader, holder, 0..0) || !reader.found.affords(holder, length) {
            return;
        }
        let Some(layer) = reader.add_layer(holder, content) else { return };
        let media_type = if media_type.is_empty() { "application/octet-stream" } else { media_type };
        let content = Content { media_type: media_type.to_owned(), proper_names: names.len(), names, ..Content::default() };
        add_file(reader, holder, layer, length, content);
    }
}

fn add_file(reader: &mut Reader<'_, '_>, holder: usize, layer: usize, length: usize, content: Content) {
    let index = reader.found.parts.len();
    let part = reader.found.part_in(Some(holder), layer, 0..0, content);
    reader.found.parts.push(Part { body: 0..length, ..part });
    reader.walk_part(index, Delimiters::Exact);
}

#[cfg(test)]
#[path = "inside_tests.rs"]
mod tests;
