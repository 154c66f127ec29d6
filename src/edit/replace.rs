//! Puts a notice in the place of the whole message.
//!
//! Owns what stays: the mailbox line and the fields that the MTA put on top, nothing else. It must never leave a byte of what came
//! in below them. Nothing here can fail.

use super::tag::{entry, insertion};
use super::{Edit, TagText, ensure_line_end};
use crate::message::{Message, trace_end};

/// The edits that put `notice`, a whole message, in the place of `message`, our field on its top.
pub fn replace(message: &Message<'_>, tag: &TagText, notice: &[u8]) -> Vec<Edit> {
    let (at, start) = (entry(message.bytes()), trace_end(message.bytes()));
    let field = insertion(message, at, &tag.field_lines());
    let on_top = message.bytes().get(..start).unwrap_or_default();
    let needs_gap = !on_top.is_empty() && (at < start || field.with.is_empty());
    let gap = if needs_gap { ensure_line_end(on_top, message.line_end()) } else { b"" };
    let with = [gap, &message.line_end().apply(notice)].concat();
    vec![field, Edit { range: start..message.bytes().len(), with }]
}
