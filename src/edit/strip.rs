//! Takes a part out and puts a text in its place.
//!
//! Owns which bytes of a part go. It must never touch a delimiter or a neighbour: the part's own bytes give way, every other byte
//! of the message stays. Nothing here can fail; a part that cannot be cut was ruled out by the policy.

use super::Edit;
use crate::message::{Field, Fields, Message, Part};
use mail_builder::mime::MimePart;
use std::ops::Range;

/// The text that stands in for a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartText {
    /// Index of the part.
    pub part: usize,
    /// What the recipient reads.
    pub text: String,
}

/// The edits that put `texts` in the place of parts.
pub fn strip(message: &Message<'_>, texts: &[PartText]) -> Vec<Edit> {
    texts
        .iter()
        .filter_map(|text| Some((message.parts().get(text.part)?, text)))
        .flat_map(|(part, text)| strip_part(message, part, &text.text))
        .collect()
}

fn strip_part(message: &Message<'_>, part: &Part, text: &str) -> Vec<Edit> {
    if !part.is_cuttable() {
        return Vec::new();
    }
    let (header, body) = text_part(message, text);
    let is_child = part.parent.and_then(|parent| message.parts().get(parent)).is_some_and(|parent| parent.content.is_multipart());
    if is_child {
        let whole = [header.as_slice(), message.line_end().bytes(), &body].concat();
        return vec![Edit { range: part.whole(), with: whole }];
    }
    strip_message(message, part, header, body)
}

/// The part is a message of its own, the root or a forwarded one: From, Subject and their like stay, the Content fields go.
fn strip_message(message: &Message<'_>, part: &Part, header: Vec<u8>, body: Vec<u8>) -> Vec<Edit> {
    let bytes = message.bytes();
    let content: Vec<Field> = Fields::new(bytes, part.header.clone()).filter(|field| is_content(bytes, field)).collect();
    let at = content.first().map_or_else(|| before_blank_line(bytes, &part.header), |field| field.whole.start);
    let mut edits = vec![Edit { range: at..at, with: header }];
    edits.extend(content.into_iter().map(|field| Edit { range: field.whole, with: Vec::new() }));
    let is_last = part.body.end == bytes.len();
    let end: &[u8] = if is_last { message.line_end().bytes() } else { b"" };
    edits.push(Edit { range: part.body.clone(), with: [body.as_slice(), end].concat() });
    edits
}

fn is_content(bytes: &[u8], field: &Field) -> bool {
    let name = bytes.get(field.name.clone()).unwrap_or_default();
    name.get(..8).is_some_and(|start| start.eq_ignore_ascii_case(b"content-"))
}

fn before_blank_line(bytes: &[u8], header: &Range<usize>) -> usize {
    let text = bytes.get(header.clone()).unwrap_or_default();
    let blank = if text.ends_with(b"\r\n") { 2 } else { usize::from(text.ends_with(b"\n")) };
    header.end - blank
}

/// Header and body of a text part, in the message's line ends; the body ends without one, as the delimiter brings its own.
fn text_part(message: &Message<'_>, text: &str) -> (Vec<u8>, Vec<u8>) {
    let mut built = Vec::new();
    MimePart::new("text/plain", text.trim_end()).write_part(&mut built);
    let blank = memchr::memmem::find(&built, b"\r\n\r\n").map_or(built.len(), |at| at + 2);
    let (header, body) = built.split_at(blank);
    let end = message.line_end();
    (end.apply(header), end.apply(body.strip_prefix(b"\r\n").unwrap_or(body).trim_ascii_end()))
}
