//! Marks a message: our header field, and a word before the subject.
//!
//! Owns where the field stands, that copies of it that came in are gone, and that marking twice is marking once. It must never
//! touch a byte of the body or of another field: a subject keeps its encoding and folds, the mark is put before it. Nothing here
//! can fail.

use super::{Edit, ensure_line_end};
use crate::message::{Field, Message, trace_end_of};
use crate::policy::Plan;
use crate::sanitize::{printable, quoted};
use std::fmt::Write;
use std::ops::Range;

/// What a message is marked with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagText {
    /// Name and value of our field.
    pub field: Option<(String, String)>,
    /// Names of fields that only we may write: those that came in go.
    pub reserved: Vec<String>,
    /// The word before the subject.
    pub mark: Option<String>,
}

impl TagText {
    /// The mark that says what `plan` does. `id` is that of the copy in quarantine.
    pub fn new(name: &str, mark: Option<&String>, plan: &Plan, id: Option<&str>) -> Self {
        let field = (!name.is_empty()).then(|| (name.to_owned(), value(plan, id)));
        let is_changed = !plan.treatments.is_empty();
        let reserved = field.iter().map(|(name, _)| name.clone()).collect();
        Self { field, reserved, mark: mark.filter(|mark| is_changed && !mark.trim().is_empty()).cloned() }
    }

    /// The same where settings for other recipients have fields of these names, which their filters rely on.
    pub fn reserving<'a>(mut self, names: impl Iterator<Item = &'a str>) -> Self {
        for name in names.filter(|name| !name.is_empty()) {
            if !self.reserved.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                self.reserved.push(name.to_owned());
            }
        }
        self
    }

    /// The line of our field, if there is one.
    pub(super) fn field_line(&self) -> String {
        self.field.as_ref().map(|(name, value)| format!("{name}: {value}\n")).unwrap_or_default()
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
        plan.in_a_word()
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
pub fn tag(message: &Message<'_>, tag: &TagText) -> Vec<Edit> {
    if message.bytes().is_empty() {
        return Vec::new();
    }
    let mut edits = Vec::new();
    let mut lines = tag.field_line();
    let is_reserved = |field: &Field| tag.reserved.iter().any(|name| field.is_named(message.bytes(), name));
    edits.extend(message.fields().filter(is_reserved).map(removal));
    if let Some(mark) = &tag.mark {
        let subjects: Vec<Field> = message.fields().filter(|field| field.is_named(message.bytes(), "Subject")).collect();
        if subjects.is_empty() {
            let _ = writeln!(lines, "Subject: {}", mark.trim());
        }
        edits.extend(subjects.iter().filter_map(|subject| prepend(message.bytes(), subject, mark.trim())));
    }
    if !lines.is_empty() {
        let at = entry_above_fields(message);
        let blank = if is_body_only(message, at) { "\n" } else { "" };
        edits.push(insertion(message, at, &(lines + blank)));
    }
    edits
}

/// Where our field goes: behind the mailbox line and those of the MTA's fields that Postfix puts on top.
pub(super) fn entry(bytes: &[u8]) -> usize {
    trace_end_of(bytes, &["Return-Path", "X-Original-To", "Delivered-To"])
}

/// Where our field goes in a message that keeps its header.
fn entry_above_fields(message: &Message<'_>) -> usize {
    let at = entry(message.bytes());
    // A fold that continues nothing would become part of what is put before it.
    let is_loose_fold = message.bytes().get(at).is_some_and(|byte| matches!(byte, b' ' | b'\t'));
    let next = message.fields().map(|field| field.whole.start).find(|next| *next >= at);
    next.filter(|_| is_loose_fold).unwrap_or(at)
}

/// Puts `lines` at `at`, set off from what stands before: the message may end there, in the middle of a line.
pub(super) fn insertion(message: &Message<'_>, at: usize, lines: &str) -> Edit {
    let before = message.bytes().get(..at).unwrap_or_default();
    let gap = if before.is_empty() || lines.is_empty() { b"" } else { ensure_line_end(before, message.line_end()) };
    Edit { range: at..at, with: [gap, &message.line_end().apply(lines.as_bytes())].concat() }
}

/// All of the message is body: a blank line keeps its first line from becoming a field.
fn is_body_only(message: &Message<'_>, at: usize) -> bool {
    let rest = message.bytes().get(at..).unwrap_or_default();
    let has_header = rest.is_empty() || rest.starts_with(b"\n") || rest.starts_with(b"\r\n") || message.fields().next().is_some();
    !has_header
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
