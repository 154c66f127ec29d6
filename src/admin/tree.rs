//! Shows parts and edits as text.
//!
//! Owns their layout. It must never print a byte of the message that a terminal would obey. Nothing here can fail.

use super::paint::Paint;
use super::readings;
use crate::edit::Edit;
use crate::message::{Message, Part};
use crate::sanitize::readable;
use std::fmt::Write;

/// Most lines of an edit that are shown on each side.
const MOST_LINES: usize = 12;

/// The parts, indented by depth, and under each the readings if there are several.
pub(super) fn parts(message: &Message<'_>) -> String {
    let one = |(index, part): (usize, &Part)| {
        let indent = "  ".repeat(usize::try_from(part.depth).unwrap_or_default().min(20) + 1);
        part_line(&indent, index, part) + &readings::lines(&readings::of(message, index), &format!("{indent}    "))
    };
    message.parts().iter().enumerate().map(one).collect()
}

fn part_line(indent: &str, index: usize, part: &Part) -> String {
    let media_type = if part.content.media_type.is_empty() { "(no type)" } else { &part.content.media_type };
    let names: Vec<String> = part.content.names.iter().map(|name| format!("{:?}", readable(name))).collect();
    let mut line = format!(
        "{indent}{index} {}  header {}..{}  body {}..{}",
        readable(media_type),
        part.header.start,
        part.header.end,
        part.body.start,
        part.body.end
    );
    let _ = write!(line, " ({} bytes)", part.body.len());
    if part.content.encoding != crate::message::Encoding::Identity {
        let _ = write!(line, "  {:?}", part.content.encoding);
    }
    if !names.is_empty() {
        let _ = write!(line, "  names {}", names.join(", "));
    }
    if let Some(first) = part.reading_of {
        let _ = write!(line, "  (another reading of {first})");
    }
    if !part.is_cuttable() {
        line.push_str("  (cannot be cut)");
    }
    line + "\n"
}

/// An edit as a diff.
pub(super) fn edit(message: &Message<'_>, edit: &Edit, paint: Paint) -> String {
    let mut text = format!("  at {}..{}\n", edit.range.start, edit.range.end);
    let old = message.bytes().get(edit.range.clone()).unwrap_or_default();
    lines(old, |line| text.push_str(&format!("  {}\n", paint.removed(&format!("- {line}")))));
    lines(&edit.with, |line| text.push_str(&format!("  {}\n", paint.added(&format!("+ {line}")))));
    text
}

fn lines(bytes: &[u8], mut show: impl FnMut(&str)) {
    let text = String::from_utf8_lossy(bytes);
    let count = text.lines().count();
    text.lines().take(MOST_LINES).for_each(|line| show(&readable(line)));
    if count > MOST_LINES {
        show(&format!("... {} lines more", count - MOST_LINES));
    }
}
