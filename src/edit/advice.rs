//! What an engine would change in a message, as far as it may be done: header fields, the subject, the body.
//!
//! Owns which fields an engine may add and take away, and in what form they are written. It must never let one of them say who wrote a
//! mail, how it came, where it goes or how its body is read, nor stand for a field of ours. Nothing here can fail; what may not be done is
//! left out.

use super::{Edit, TagText, header};
use crate::engine::Advice;
use crate::message::{Field, LineEnd, Message};
use mail_builder::headers::Header;
use mail_builder::headers::text::Text;
use std::collections::BTreeSet;

/// Longest line without its end (RFC 5322 section 2.1.1).
const LONGEST_LINE: usize = 998;

/// Longest name.
const LONGEST_NAME: usize = 76;

/// Longest value, in bytes.
const LONGEST_VALUE: usize = 16 << 10;

/// Longest subject, in characters.
const LONGEST_SUBJECT: usize = 900;

/// Most fields that are added.
const MOST: usize = 100;

/// Fields that no engine may add or take away. From here to `list-id` readers and answering programs go by them (RFC 5322 section 3.6,
/// RFC 3798, RFC 3834, RFC 2919); the others are the word of mail servers about the way of a message. What signs or judges a mail
/// (DKIM-Signature, ARC-*, Authentication-Results) is not among them: to write it is what many run Rspamd for.
const NOT_THEIRS: [&str; 36] = [
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "bcc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "disposition-notification-to",
    "return-receipt-to",
    "auto-submitted",
    "list-id",
    "list-post",
    "mail-followup-to",
    "mail-reply-to",
    "followup-to",
    "x-confirm-reading-to",
    "original-recipient",
    "status",
    "x-status",
    "x-uid",
    "x-imap",
    "x-keywords",
    "received",
    "return-path",
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "delivery-date",
    "errors-to",
    "apparently-to",
    "mime-ambiguity-results",
    "x-mailward",
];

/// Whether an engine may add or take away the field `name`: letters, digits and dashes, which mean the same to all readers.
pub fn may_change(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_name = !name.is_empty() && name.len() <= LONGEST_NAME && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let is_taken = NOT_THEIRS.contains(&lower.as_str()) || lower.starts_with("resent-") || header::is_about_body(lower.as_bytes());
    is_name && !is_taken && !lower.starts_with('-')
}

/// The part of `advice` about header fields that may be done, in the form in which it is written. `reserved` are names of ours.
pub(super) fn checked(advice: &Advice, reserved: &[String]) -> Advice {
    let is_free = |name: &str| may_change(name) && !reserved.iter().any(|known| known.eq_ignore_ascii_case(name));
    let added = advice.added.iter().filter(|(name, _)| is_free(name));
    // In order, to be found at once: a sender may have written a hundred thousand that are to go.
    let removed: BTreeSet<String> = advice.removed.iter().filter(|name| is_free(name)).map(|name| name.to_ascii_lowercase()).collect();
    Advice {
        added: added.filter_map(|(name, value)| Some((name.clone(), folded(name, value)?))).take(MOST).collect(),
        removed: removed.into_iter().collect(),
        subject: advice.subject.as_deref().and_then(subject),
        body: None,
    }
}

/// Whether a field that came in goes: it is to be removed, or one like it is put on top.
pub(super) fn takes(advice: &Advice, bytes: &[u8], field: &Field) -> bool {
    let breaks = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let is_same =
        |value: &str| value.bytes().filter(|byte| !breaks(byte)).eq(field.value(bytes).iter().copied().filter(|byte| !breaks(byte)));
    let name = bytes.get(field.name.clone()).unwrap_or_default().to_ascii_lowercase();
    advice.removed.binary_search_by(|removed| removed.as_bytes().cmp(&name)).is_ok()
        || advice.added.iter().any(|(name, value)| field.is_named(bytes, name) && is_same(value))
}

/// The new subject behind our mark, if there is one.
pub(super) fn new_subject(tag: &TagText) -> Option<String> {
    let subject = tag.advice.subject.as_ref()?;
    match tag.mark.as_deref().map(str::trim) {
        Some(mark) if !subject.starts_with(mark) => Some(format!("{mark} {subject}")),
        _ => Some(subject.clone()),
    }
}

/// Puts `value` in the place of all behind the colon.
pub(super) fn rewrite(bytes: &[u8], field: &Field, value: &str, end: LineEnd) -> Option<Edit> {
    let with = end.apply(format!(" {value}").as_bytes());
    (bytes.get(field.value.clone()) != Some(&with)).then(|| Edit { range: field.value.clone(), with })
}

/// Whether all behind the header may give way: all readers agree where that ends, and nothing is signed or encrypted.
pub fn body_can_give_way(message: &Message<'_>) -> bool {
    let Some(root) = message.parts().first() else { return false };
    let has_end = [&b"\n\n"[..], b"\n\r\n"].iter().any(|end| message.header(root).ends_with(end));
    has_end && message.is_looked_into() && message.has_regular_header(root) && !message.holds_seal(0)
}

/// The edit that puts `body` in the place of all behind the header, if that may be.
pub fn body(message: &Message<'_>, body: &[u8]) -> Option<Edit> {
    let start = message.parts().first().filter(|_| body_can_give_way(message))?.header.end;
    Some(Edit { range: start..message.bytes().len(), with: message.line_end().apply(body) })
}

/// `value` as printable ASCII in lines that are short enough; none where a word is too long for one. Its own folds stay, as some signatures
/// are over them.
fn folded(name: &str, value: &str) -> Option<String> {
    if value.len() > LONGEST_VALUE {
        return None;
    }
    let mut out = String::new();
    let mut room = LONGEST_LINE.saturating_sub(name.len() + 2);
    for line in value.split('\n').map(ascii).map(|line| line.trim_end().to_owned()) {
        let text = line.trim_start();
        if text.is_empty() {
            // To some readers a line of blanks ends the header.
            continue;
        }
        if out.is_empty() {
            fold(&mut out, text, &mut room)?;
        } else if header::looks_like_field(line.as_bytes()) {
            fold(&mut out, &format!(" {text}"), &mut room)?;
        } else {
            out.push_str("\n\t");
            room = LONGEST_LINE - 1;
            fold(&mut out, text, &mut room)?;
        }
    }
    Some(out)
}

/// Adds `text` to a line that has `room` left, folded at blanks where it is too long.
fn fold(out: &mut String, text: &str, room: &mut usize) -> Option<()> {
    let mut rest = text;
    while rest.len() > *room {
        let at = rest.get(..=*room)?.rfind(' ').filter(|at| !rest.get(..*at).unwrap_or_default().trim().is_empty())?;
        let (line, behind) = rest.split_at(at);
        out.push_str(line.trim_end());
        out.push_str("\n\t");
        *room = LONGEST_LINE - 1;
        rest = behind.trim_start();
    }
    out.push_str(rest);
    *room = room.saturating_sub(rest.len());
    Some(())
}

/// A tab is a blank; any other control, and what is not ASCII, is a question mark.
fn ascii(line: &str) -> String {
    let shown = |c: char| match c {
        ' '..='~' => c,
        '\t' => ' ',
        _ => '?',
    };
    line.strip_suffix('\r').unwrap_or(line).chars().map(shown).collect()
}

/// A subject as it is written: encoded where it is not ASCII (RFC 2047). Rspamd sends one that is encoded already.
fn subject(text: &str) -> Option<String> {
    let line: String = text.chars().take(LONGEST_SUBJECT).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = line.trim();
    if line.is_ascii() {
        return folded("Subject", line).filter(|line| !line.is_empty());
    }
    let mut out = Vec::new();
    Text::new(line).write_header(&mut out, "Subject: ".len());
    let text = String::from_utf8_lossy(&out).replace("\r\n", "\n");
    Some(text.trim().to_owned())
}

#[cfg(test)]
#[path = "advice_tests.rs"]
mod tests;
