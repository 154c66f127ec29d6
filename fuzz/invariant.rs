//! What holds of any message that was read, whatever its bytes are.

use mailward::config::Settings;
use mailward::message::{Bounds, Message, Part, View};
use std::collections::BTreeMap;

pub const BOUNDS: Bounds = Bounds { nesting: 8, parts: 64, header_size: 4096, decoded_size: 1 << 16 };

/// Reads `bytes` and checks all of it.
pub fn holds_for(bytes: &[u8]) {
    let message = Message::read(bytes, &BOUNDS);
    assert!(!message.parts().is_empty() && message.parts().len() as u64 <= BOUNDS.parts);
    for (index, part) in message.parts().iter().enumerate() {
        lies_in_its_layer(&message, part);
        comes_behind_its_own(&message, index, part);
        assert!(message.primary(index) <= index && message.primary(message.primary(index)) == message.primary(index));
    }
    for doubt in message.doubts() {
        assert!(doubt.part < message.parts().len() && doubt.range.start <= doubt.range.end);
    }
    layers_are_bounded(&message);
    views_are_bounded(&message);
    let again = Message::read(bytes, &BOUNDS);
    assert!(again.parts() == message.parts() && again.doubts() == message.doubts());
    let _ = mailward::check::run(&message, &Settings::default());
}

fn lies_in_its_layer(message: &Message<'_>, part: &Part) {
    assert!(part.header.start <= part.header.end && part.header.end <= part.body.start && part.body.start <= part.body.end);
    assert!(message.header(part).len() == part.header.len() && message.body(part).len() == part.body.len());
    assert!(part.layer > 0 || part.body.end <= message.bytes().len());
}

/// Containers come before what they hold, and the first reading before the others; what lies in something hidden is hidden.
fn comes_behind_its_own(message: &Message<'_>, index: usize, part: &Part) {
    let parent = part.parent.map(|parent| (parent, &message.parts()[parent]));
    assert!(parent.is_none_or(|(parent, holder)| parent < index && part.depth == holder.depth + 1 && (!holder.is_hidden || part.is_hidden)));
    assert!(part.depth <= BOUNDS.nesting && (part.parent.is_some() || part.depth == 0));
    assert!(part.reading_of.is_none_or(|first| first < index && message.parts()[first].reading_of.is_none()));
    assert!(part.layer == 0 || !part.is_cuttable());
    // Another reading of a container may end behind what holds it.
    let is_inside = |holder: &Part| holder.body.start <= part.header.start && part.body.end <= holder.body.end;
    assert!(part.reading_of.is_some() || parent.is_none_or(|(_, holder)| holder.layer != part.layer || is_inside(holder)));
}

fn layers_are_bounded(message: &Message<'_>) {
    let mut ends: BTreeMap<usize, usize> = BTreeMap::new();
    for part in message.parts().iter().filter(|part| part.layer > 0) {
        let end = ends.entry(part.layer).or_default();
        *end = part.body.end.max(*end);
    }
    assert!(ends.values().sum::<usize>() as u64 <= 4 * message.bytes().len() as u64 + (1 << 20) + BOUNDS.decoded_size);
}

/// Each view is of a part, no two are the same, and none is empty; what engines get always is among the bodies.
fn views_are_bounded(message: &Message<'_>) {
    let (views, bodies) = (message.views(), message.bodies());
    let size = |part: usize| message.body(&message.parts()[part]).len();
    let most: usize = (0..message.parts().len()).map(|part| 4 * size(part) + (1 << 20)).sum();
    assert!(bodies.iter().map(|body| body.bytes.len()).sum::<usize>() <= most);
    let mut seen: Vec<&View<'_>> = views.iter().collect();
    seen.sort_by(|one, other| one.bytes.cmp(&other.bytes));
    assert!(seen.windows(2).all(|pair| pair[0].bytes != pair[1].bytes));
    assert!(views.iter().all(|view| !view.bytes.is_empty() && bodies.iter().any(|body| body.bytes == view.bytes)));
}
