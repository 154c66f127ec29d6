//! Marks a message: our header field, and a word before the subject.
//!
//! Owns where the field stands, that copies of it that came in are gone, and that marking twice is marking once. It must never
//! touch a byte of the body or of another field: a subject keeps its encoding and folds, the mark is put before it. Nothing here
//! can fail.

use super::Edit;
use crate::message::{Field, Message, starts_with_mbox_line};
use crate::policy::Plan;
use crate::sanitize::{printable, quoted};
use std::fmt::Write;
use std::ops::Range;

/// Fields that MTAs put on top when they deliver, and that must stay there (Postfix local(8)).
const TRACE_ON_TOP: [&str; 3] = ["Return-Path", "X-Original-To", "Delivered-To"];

/// What a message is marked with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tag {
    /// Name and value of our field.
    pub field: Option<(String, String)>,
    /// The word before the subject.
    pub mark: Option<String>,
}

impl Tag {
    /// The mark that says what `plan` does. `id` is that of the copy in quarantine.
    pub fn new(name: &str, mark: Option<&String>, plan: &Plan, id: Option<&str>) -> Self {
        let field = (!name.is_empty()).then(|| (name.to_owned(), value(plan, id)));
        let is_changed = !plan.treatments.is_empty();
        Self { field, mark: mark.filter(|mark| is_changed && !mark.trim().is_empty()).cloned() }
    }
}

/// The whole line of clean mail, without its end; its length is what most mail grows by.
pub fn clean_line(name: &str) -> String {
    format!("{name}: clean")
}

fn value(plan: &Plan, id: Option<&str>) -> String {
    let Some(lead) = &plan.lead else { return "clean".to_owned() };
    let mut text = format!(
        "{}; engine={}; name={}; action={}",
        lead.class.name(),
        printable(&lead.engine).replace([';', ' '], "_"),
        quoted(&lead.what),
        plan.outcome()
    );
    if let Some(id) = id {
        let _ = write!(text, "; id={id}");
    }
    if !plan.also.is_empty() {
        let also: Vec<&str> = plan.also.iter().map(|class| class.name()).collect();
        let _ = write!(text, "; also={}", also.join(","));
    }
    text
}

/// The edits that mark `message`. An empty message stays empty.
pub fn tag(message: &Message<'_>, tag: &Tag) -> Vec<Edit> {
    if message.bytes().is_empty() {
        return Vec::new();
    }
    let mut edits = Vec::new();
    let mut lines = String::new();
    if let Some((name, value)) = &tag.field {
        edits.extend(message.fields().filter(|field| field.is_named(message.bytes(), name)).map(removal));
        lines = format!("{name}: {value}\n");
    }
    if let Some(mark) = &tag.mark {
        let subjects: Vec<Field> = message.fields().filter(|field| field.is_named(message.bytes(), "Subject")).collect();
        if subjects.is_empty() {
            let _ = writeln!(lines, "Subject: {}", mark.trim());
        }
        edits.extend(subjects.iter().filter_map(|subject| prepend(message.bytes(), subject, mark.trim())));
    }
    if !lines.is_empty() {
        edits.push(insertion(message, lines));
    }
    edits
}

/// Where our field goes: behind the mailbox line and the MTA's own fields. Also where a replacement of the message begins.
pub fn entry(message: &Message<'_>) -> usize {
    let bytes = message.bytes();
    let start = if starts_with_mbox_line(bytes) { memchr::memchr(b'\n', bytes).map_or(bytes.len(), |end| end + 1) } else { 0 };
    let on_top = |field: &Field| TRACE_ON_TOP.iter().any(|name| field.is_named(bytes, name));
    let at = message.fields().take_while(on_top).fold(start, |_, field| field.whole.end);
    // A fold that continues nothing would become part of what is put before it.
    let is_loose_fold = bytes.get(at).is_some_and(|byte| matches!(byte, b' ' | b'\t'));
    let next = message.fields().map(|field| field.whole.start).find(|next| *next >= at);
    next.filter(|_| is_loose_fold).unwrap_or(at)
}

fn insertion(message: &Message<'_>, mut lines: String) -> Edit {
    let at = entry(message);
    let rest = message.bytes().get(at..).unwrap_or_default();
    let has_header = rest.is_empty() || rest.starts_with(b"\n") || rest.starts_with(b"\r\n") || message.fields().next().is_some();
    if !has_header {
        // All of it is body: a blank line keeps its first line from becoming a field.
        lines.push('\n');
    }
    let before = message.bytes().get(..at).unwrap_or_default();
    if !before.is_empty() && !before.ends_with(b"\n") {
        // The message ends here, in the middle of a line.
        lines.insert(0, '\n');
    }
    Edit { range: at..at, with: message.line_end().apply(lines.as_bytes()) }
}

fn removal(field: Field) -> Edit {
    Edit { range: field.whole, with: Vec::new() }
}

/// Puts `mark` behind the colon, so that the subject's own bytes, folds and encoded words stay as they are (RFC 2047 section 5).
fn prepend(bytes: &[u8], subject: &Field, mark: &str) -> Option<Edit> {
    if subject.value(bytes).starts_with(mark.as_bytes()) {
        return None;
    }
    let Range { start, .. } = subject.value;
    let has_space = bytes.get(start).is_none_or(u8::is_ascii_whitespace);
    let with = if has_space { format!(" {mark}") } else { format!(" {mark} ") };
    Some(Edit { range: start..start, with: with.into_bytes() })
}
