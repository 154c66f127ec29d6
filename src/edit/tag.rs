//! Marks a message: our header fields, and a word before the subject.
//!
//! Owns where the field stands, that copies of it that came in are gone, and that marking twice is marking once. It must never
//! touch a byte of the body or of another field: a subject keeps its encoding and folds, the mark is put before it. Nothing here
//! can fail.

use super::{Edit, advice, ensure_line_end};
use crate::check;
use crate::engine::Advice;
use crate::message::{Doubt, Field, Grade, Message, trace_end_of};
use crate::policy::Plan;
use crate::sanitize::{printable, quoted};
use std::fmt::Write;
use std::ops::Range;

/// What a message is marked with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagText {
    /// Name and value of our field.
    pub field: Option<(String, String)>,
    /// What readers differ on, as the value of its own field.
    pub ambiguity: Option<String>,
    /// What spam engines say, as names and values of fields of their own; a value is folded already.
    pub spam: Vec<(&'static str, String)>,
    /// Names of fields that only we may write: those that came in go.
    pub reserved: Vec<String>,
    /// The word before the subject.
    pub mark: Option<String>,
    /// What engines change in the header.
    pub advice: Advice,
}

/// The field that tells components behind us what readers differ on (draft-chen-email-mime-ambiguity-defense-00).
pub const AMBIGUITY_RESULTS: &str = "MIME-Ambiguity-Results";

impl TagText {
    /// The mark that says what `plan` does. `id` is that of the copy in quarantine.
    pub fn new(name: &str, mark: Option<&String>, plan: &Plan, id: Option<&str>) -> Self {
        let field = (!name.is_empty()).then(|| (name.to_owned(), value(plan, id)));
        let is_changed = !plan.treatments.is_empty();
        let reserved = field.iter().map(|(name, _)| name.clone()).collect();
        let mark = mark.filter(|mark| is_changed && !mark.trim().is_empty()).cloned();
        Self { field, reserved, mark, ..Self::default() }
    }

    /// The same with a field that says what readers differ on: `host` is who says so.
    pub fn with_ambiguity(mut self, host: &str, message: &Message<'_>, plan: &Plan) -> Self {
        self.ambiguity = Some(ambiguity(host, message, plan));
        self
    }

    /// The same with the fields of what spam engines say.
    pub fn with_spam(self, spam: Vec<(&'static str, String)>) -> Self {
        Self { spam, ..self }
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

    /// The same with what engines change in the header, as far as they may. To be asked last: they may not touch what is reserved.
    pub fn following(mut self, advice: &Advice) -> Self {
        self.advice = advice::checked(advice, &self.reserved);
        self
    }

    /// The lines of our fields and of those that engines add, if there are any.
    pub(super) fn field_lines(&self) -> String {
        let results = self.ambiguity.as_ref().map(|value| (AMBIGUITY_RESULTS, value));
        let own = self.field.as_ref().map(|(name, value)| (name.as_str(), value));
        let spam = self.spam.iter().map(|(name, value)| (*name, value));
        // Where both say how much of spam it is, ours is what the policy goes by.
        let is_ours = |name: &str| self.spam.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
        let theirs = self.advice.added.iter().map(|(name, value)| (name.as_str(), value)).filter(|(name, _)| !is_ours(name));
        own.into_iter().chain(spam).chain(results).chain(theirs).map(|(name, value)| format!("{name}: {value}\n")).collect()
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

/// Who says so, what the worst is, what it is about, and what was done: in the form of Authentication-Results (RFC 8601 section 2.2).
fn ambiguity(host: &str, message: &Message<'_>, plan: &Plan) -> String {
    let [hard, soft] = [Grade::Hard, Grade::Soft].map(|grade| check::constructs(message, grade));
    let is_cut_short = message.doubts().iter().any(Doubt::is_limit);
    let result = match (hard.is_empty(), is_cut_short, soft.is_empty()) {
        (false, _, _) => "hard",
        (true, true, _) => "unknown",
        (true, false, false) => "soft",
        (true, false, true) => "none",
    };
    let mut text = format!("{}; result={result}", printable(host).replace([';', ' '], "_"));
    let constructs = [hard, soft].concat();
    if !constructs.is_empty() {
        let _ = write!(text, "; constructs={}; action={}", quoted(&constructs.join(",")), plan.in_a_word());
    }
    text
}

/// The edits that mark `message`, in which the parts `rewrites` are written anew. An empty message stays empty.
pub fn tag(message: &Message<'_>, tag: &TagText, rewrites: &[usize]) -> Vec<Edit> {
    if message.bytes().is_empty() {
        return Vec::new();
    }
    let mut edits = Vec::new();
    let mut lines = tag.field_lines();
    let is_reserved = |field: &Field| tag.reserved.iter().any(|name| field.is_named(message.bytes(), name));
    let goes = |field: &Field| is_reserved(field) || advice::takes(&tag.advice, message.bytes(), field);
    edits.extend(message.fields().filter(goes).map(removal));
    edits.extend(subject(message, tag, &mut lines));
    if !lines.is_empty() {
        // Of a message that is written anew what is no field goes, and it gets a header that ours is part of.
        let is_written_anew = rewrites.contains(&0);
        let at = if is_written_anew { entry(message.bytes()) } else { entry_above_fields(message) };
        let blank = if is_body_only(message, at) && !is_written_anew { "\n" } else { "" };
        edits.push(insertion(message, at, &(lines + blank)));
    }
    edits
}

/// The edits that mark the subject or write it anew; where there is none it is added to `lines`.
fn subject(message: &Message<'_>, tag: &TagText, lines: &mut String) -> Vec<Edit> {
    let subjects: Vec<Field> = message.fields().filter(|field| field.is_named(message.bytes(), "Subject")).collect();
    let (anew, mark) = (advice::new_subject(tag), tag.mark.as_deref().map(str::trim));
    if let Some(text) = anew.as_deref().or(mark).filter(|_| subjects.is_empty()) {
        let _ = writeln!(lines, "Subject: {text}");
    }
    let edit = |subject: &Field| match (&anew, mark) {
        (Some(anew), _) => advice::rewrite(message.bytes(), subject, anew, message.line_end()),
        (None, Some(mark)) => prepend(message.bytes(), subject, mark),
        (None, None) => None,
    };
    subjects.iter().filter_map(edit).collect()
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
