//! Reads a message: walks over it, over its other readings and over what is hidden in its bodies.
//!
//! Owns the order of these, without recursion: each walk leaves tasks, which are done when it has ended. It must never spend more
//! than the bounds allow. Nothing here fails; a bound that is reached is a doubt.

use super::found::{self, Found, TEXT, Task};
use super::reading::{self, Delimiters, Origin, Reading};
use super::walk::Walk;
use super::{Bounds, Doubt, DoubtKind, Message, Part, decode, field, inside, outcome};

/// Reads the skeleton of `bytes` and of everything in them.
pub(super) fn read<'a>(bytes: &'a [u8], bounds: &Bounds) -> Message<'a> {
    let mut reader = Reader { bytes, layers: Vec::new(), found: Found::new(bounds, bytes.len()) };
    Walk::new(bytes, 0, None, &mut reader.found).run(field::mailbox_line_end(bytes), TEXT);
    let mut next = 0;
    loop {
        reader.do_tasks();
        if !inside::look(&mut reader, &mut next) {
            break;
        }
    }
    reader.found.doubt_multiparts_without_parts(bytes, &reader.layers);
    let misread = reader.found.soften_misread();
    let irregular = std::mem::take(&mut reader.found.irregular);
    let Reader { layers, found, .. } = reader;
    let mut message = Message { bytes, layers, parts: found.parts, doubts: found.doubts };
    outcome::judge(&mut message, &misread);
    outcome::note_irregular(&mut message, &irregular);
    message
}

/// Reads the header of the message and nothing else.
pub(super) fn read_header_only<'a>(bytes: &'a [u8], bounds: &Bounds) -> Message<'a> {
    let mut found = Found::new(bounds, 0);
    let start = field::mailbox_line_end(bytes);
    let end = field::header_end(bytes, start, |_| false);
    Walk::new(bytes.get(..end).unwrap_or(bytes), 0, None, &mut found).run(start, TEXT);
    let mut parts = found.parts;
    parts.truncate(1);
    parts.iter_mut().for_each(|part| part.body.end = bytes.len());
    // In front: it is the reason why nothing else was looked at.
    let reason = Doubt { part: 0, kind: DoubtKind::Limit("limits.message_size"), range: 0..bytes.len() };
    let doubts = std::iter::once(reason).chain(found.doubts.into_iter().filter(|doubt| doubt.part == 0)).collect();
    Message { bytes, layers: Vec::new(), parts, doubts }
}

/// A message that is being read.
pub(super) struct Reader<'a, 'b> {
    pub bytes: &'a [u8],
    pub layers: Vec<Vec<u8>>,
    pub found: Found<'b>,
}

impl Reader<'_, '_> {
    fn do_tasks(&mut self) {
        loop {
            while let Some(task) = self.found.tasks.pop() {
                match task {
                    Task::Decode { part } => self.decode(part),
                    Task::Readings { part, default } => self.read_again(part, default),
                    Task::Delimiters { part, delimiters } => self.read_between(part, delimiters),
                }
            }
            if !self.read_beyond() {
                return;
            }
        }
    }

    /// Walks the body of a container without its transfer encoding.
    fn decode(&mut self, index: usize) {
        let Some(part) = self.found.parts.get(index) else { return };
        let body = found::body_of(part, self.bytes, &self.layers);
        let (size, range, is_multipart) = (body.len() as u64, part.body.clone(), part.content.is_multipart());
        let Some(left) = self.found.decodable.checked_sub(size) else {
            self.found.doubt(index, DoubtKind::Limit("limits.decoded_size"), range);
            return;
        };
        // Asked before it is decoded too: what is refused would cost as much as what is kept.
        if self.found.room() < body.len() {
            self.found.doubt_once(index, super::Construct::Readings);
            return;
        }
        self.found.decodable = left;
        let decoded = decode::decode(part.content.encoding, body).into_owned();
        let Some(layer) = self.add_layer(index, decoded) else { return };
        let default = self.found.inner_default(index);
        let bytes = found::layer_of(layer, self.bytes, &self.layers);
        let walk = Walk::new(bytes, layer, Some(index), &mut self.found);
        if is_multipart { walk.run_inside(index, 0) } else { walk.run(0, default) }
    }

    /// Walks the other readings of a part whose header is not regular.
    fn read_again(&mut self, index: usize, default: &str) {
        let Some(part) = self.found.parts.get(index).cloned() else { return };
        let bytes = found::layer_of(part.layer, self.bytes, &self.layers);
        let end = if part.body.is_empty() { self.end_around(&part, bytes.len()) } else { part.body.end };
        let readings = reading::of(bytes, &part, end, default, self.found.bounds.header_size);
        if readings.has_more {
            self.found.doubt_once(index, super::Construct::Readings);
        }
        for reading in readings.list {
            self.walk_reading(index, reading);
        }
    }

    /// What has no body, because a delimiter cuts its header off, goes on to who does not look for one there.
    fn end_around(&self, part: &Part, length: usize) -> usize {
        let holder = part.parent.and_then(|holder| self.found.parts.get(holder));
        holder.filter(|holder| holder.layer == part.layer).map_or(length, |holder| holder.body.end)
    }

    /// Reads a part whose body goes on to `end` for those who look for no delimiter.
    pub(super) fn read_to(&mut self, index: usize, end: usize) {
        let Some(Part { content, body, .. }) = self.found.parts.get(index).cloned() else { return };
        let reading = Reading { body: body.start, end, content, delimiters: Delimiters::Exact, origin: Origin::Hidden };
        self.walk_reading(index, reading);
    }

    fn read_between(&mut self, index: usize, delimiters: Delimiters) {
        let Some(part) = self.found.parts.get(index).filter(|part| part.reading_of.is_none()) else { return };
        // Parts that were not opened have delimiters that look like those of the ones around them.
        if self.found.has_reached_limit() {
            return;
        }
        let (content, body) = (part.content.clone(), part.body.clone());
        let origin = if delimiters == Delimiters::Tight { Origin::Padding } else { Origin::Delimiter };
        let reading = Reading { body: body.start, end: body.end, content, delimiters, origin };
        self.walk_reading(index, reading);
    }

    /// A container that a delimiter of another one has ended, and whose own delimiters go on behind it: to who looks for its own only
    /// they are its parts.
    fn read_beyond(&mut self) -> bool {
        let unclosed = std::mem::take(&mut self.found.unclosed);
        let mut is_found = false;
        for (index, boundary) in unclosed {
            let Some(part) = self.found.parts.get(index).filter(|part| part.reading_of.is_none()).cloned() else { continue };
            let bytes = found::layer_of(part.layer, self.bytes, &self.layers);
            let rest = bytes.get(part.body.end..).unwrap_or_default();
            if !self.found.affords(index, rest.len() / 8) || super::delimiter::kind_in(rest, &boundary).is_none() {
                continue;
            }
            let end = bytes.len();
            let reading =
                Reading { body: part.body.start, end, content: part.content, delimiters: Delimiters::Exact, origin: Origin::Delimiter };
            self.walk_reading(index, reading);
            is_found = true;
        }
        is_found
    }

    /// Adds another reading of `index` as a part of its own, and walks it.
    fn walk_reading(&mut self, index: usize, reading: Reading) {
        let Some(first) = self.found.parts.get(index).cloned() else { return };
        if !self.found.has_room() {
            self.found.doubt(index, DoubtKind::Limit("limits.parts"), first.whole());
            return;
        }
        if !self.found.affords(index, reading.end.saturating_sub(reading.body)) {
            return;
        }
        let other = self.found.parts.len();
        let is_hidden = first.is_hidden || matches!(reading.origin, Origin::Hidden | Origin::Padding);
        self.found.parts.push(Part {
            header: first.header.start.min(reading.body)..reading.body,
            body: reading.body..reading.end,
            content: reading.content,
            reading_of: Some(first.reading_of.unwrap_or(index)),
            is_hidden,
            ..first
        });
        self.walk_part(other, reading.delimiters);
    }

    /// Walks the part `index`, whose header is read, to the end of its body.
    pub(super) fn walk_part(&mut self, index: usize, delimiters: Delimiters) {
        let Some((layer, end)) = self.found.parts.get(index).map(|part| (part.layer, part.body.end)) else { return };
        let bytes = found::layer_of(layer, self.bytes, &self.layers);
        Walk::new(bytes.get(..end).unwrap_or(bytes), layer, None, &mut self.found).telling(delimiters).run_part(index);
    }

    /// Keeps `bytes` as a layer and says which, if there is room for them. Where not, that is a doubt about `part`.
    pub(super) fn add_layer(&mut self, part: usize, bytes: Vec<u8>) -> Option<usize> {
        if !self.found.has_room_for(part, bytes.len()) {
            return None;
        }
        self.layers.push(bytes);
        Some(self.layers.len())
    }
}

#[cfg(test)]
#[path = "skeleton_tests.rs"]
mod tests;
