//! Takes a part out and puts a text in its place.
//!
//! Owns which bytes of a part go. It must never touch a delimiter or a neighbour: the part's own bytes give way, every other byte
//! of the message stays. Nothing here can fail; a part that cannot be cut was ruled out by the policy.

use super::canonical::split;
use super::header::{self, Cleaned};
use super::tag::entry;
use super::{Edit, ensure_line_end};
use crate::message::{Field, Fields, Message, Part, blank_line};
use mail_builder::headers::raw::Raw;
use mail_builder::mime::MimePart;
use memchr::memmem;

/// The text that stands in for a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartText {
    /// Index of the part.
    pub part: usize,
    /// What the recipient reads.
    pub text: String,
}

/// The edits that put `texts` in the place of parts.
pub(super) fn strip(message: &Message<'_>, texts: &[PartText]) -> Vec<Edit> {
    let goes_anyway = |part: usize| {
        let holders = std::iter::successors(Some(part), |part| message.parts().get(*part)?.parent).skip(1);
        holders.into_iter().any(|holder| texts.iter().any(|text| text.part == holder))
    };
    texts
        .iter()
        // What lies in a part that is cut out goes with it.
        .filter(|text| !goes_anyway(text.part))
        .filter_map(|text| Some((message.parts().get(text.part)?, text)))
        .flat_map(|(part, text)| strip_part(message, part, &text.text))
        .collect()
}

fn strip_part(message: &Message<'_>, part: &Part, text: &str) -> Vec<Edit> {
    let (header, body) = text_part(message, text);
    put(message, part, header, &body)
}

/// The edits that put new MIME fields and a new body in the place of those of `part`. The body ends without a line end.
pub(super) fn put(message: &Message<'_>, part: &Part, header: Vec<u8>, body: &[u8]) -> Vec<Edit> {
    if !part.is_cuttable() {
        return Vec::new();
    }
    let is_child = part.parent.and_then(|parent| message.parts().get(parent)).is_some_and(|parent| parent.content.is_multipart());
    let closing = closing(message, part.body.end);
    if is_child {
        let opening = opening(message, part.header.start);
        let whole = [opening, &header, message.line_end().bytes(), body, closing].concat();
        return vec![Edit { range: part.whole(), with: whole }];
    }
    strip_message(message, part, header, &[body, closing].concat())
}

/// The part is a message of its own, the root or a forwarded one: From, Subject and their like stay, the Content fields go.
fn strip_message(message: &Message<'_>, part: &Part, new_fields: Vec<u8>, body: &[u8]) -> Vec<Edit> {
    let (bytes, end) = (message.bytes(), message.line_end());
    if !message.has_regular_header(part) {
        return strip_irregular(message, part, &[&new_fields, end.bytes(), body].concat());
    }
    let header = bytes.get(part.header.clone()).unwrap_or_default();
    let content: Vec<Field> = Fields::new(bytes, part.header.clone()).filter(|field| field.is_content(bytes)).collect();
    let blank = blank_line(header);
    let old_fields = header.strip_suffix(blank).unwrap_or(header);
    let at = content.first().map_or(part.header.start + old_fields.len(), |field| field.whole.start);
    let before = bytes.get(part.header.start..at).unwrap_or_default();
    let gap = if before.is_empty() { b"" } else { ensure_line_end(before, end) };
    let mut edits = vec![Edit { range: at..at, with: [gap, &new_fields].concat() }];
    // A header that ends with its part, without a blank line, gets one; and its last field its line end, if that field stays.
    let is_open = blank.is_empty() && content.last().is_some_and(|field| field.whole.end < part.header.end);
    let last_end = if is_open { ensure_line_end(old_fields, end) } else { b"" };
    let new_blank = if blank.is_empty() { end.bytes() } else { b"" };
    edits.extend(content.into_iter().map(|field| Edit { range: field.whole, with: Vec::new() }));
    edits.push(Edit { range: part.body.clone(), with: [last_end, new_blank, body].concat() });
    edits
}

/// The same where readers see fields elsewhere too: nothing stays that one of them could take for a word about the body.
fn strip_irregular(message: &Message<'_>, part: &Part, with: &[u8]) -> Vec<Edit> {
    let Cleaned { mut edits, end } = header::clean(message.bytes(), part.header.clone(), message.line_end());
    // It went with the others (RFC 2045 section 4).
    edits.push(Edit { range: end..part.body.end, with: [b"MIME-Version: 1.0", message.line_end().bytes(), with].concat() });
    edits.into_iter().flat_map(|edit| split(edit, entry(message.bytes()))).collect()
}

/// What must stand before a part that begins at `at`: a delimiter may end the message without a line end of its own, and begin a part
/// of no bytes.
pub(super) fn opening(message: &Message<'_>, at: usize) -> &'static [u8] {
    ensure_line_end(message.bytes().get(..at).unwrap_or_default(), message.line_end())
}

/// What must follow a text that ends at `at`: a line end, unless one is there. Between delimiters with nothing between them there
/// is none, and the text would swallow the second.
pub(super) fn closing(message: &Message<'_>, at: usize) -> &'static [u8] {
    let rest = message.bytes().get(at..).unwrap_or_default();
    let is_there = rest.starts_with(b"\n") || rest.starts_with(b"\r\n");
    if is_there { b"" } else { message.line_end().bytes() }
}

/// Header and body of a text part, in the message's line ends; the body ends without one, as the delimiter brings its own.
fn text_part(message: &Message<'_>, text: &str) -> (Vec<u8>, Vec<u8>) {
    let mut built = Vec::new();
    MimePart::new("text/plain", text.trim_end()).write_part(&mut built);
    if memmem::find(&built, b"\n--").is_some() {
        // It may be a delimiter: names are an attacker's, and a long line is broken where it hurts. Base64 has no dash.
        built.clear();
        // The type as a raw field: mail-builder takes base64 for what it does not know to be text.
        let headers = vec![("Content-Type".into(), Raw::new("text/plain; charset=\"utf-8\"").into())];
        MimePart { headers, contents: text.trim_end().as_bytes().to_vec().into() }.write_part(&mut built);
    }
    let blank = memmem::find(&built, b"\r\n\r\n").map_or(built.len(), |at| at + 2);
    let (header, body) = built.split_at(blank);
    let end = message.line_end();
    (end.apply(header), end.apply(body.strip_prefix(b"\r\n").unwrap_or(body).trim_ascii_end()))
}
