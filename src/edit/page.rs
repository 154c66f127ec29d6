//! Changes a page of HTML: takes out what acts, shows where links lead, puts a notice on top.
//!
//! Owns how a changed page gets back into its part: where its bytes stand, if the part has one plain encoding and the page its charset
//! still, else anew. It must never change a byte of a page that nobody asked for. Nothing here can fail; a page with nothing to change
//! yields no edit.

use super::strip::put;
use super::{Edit, fields, quoted_printable};
use crate::config::Disarm;
use crate::html::{self, Depth, Splice};
use crate::message::{Encoding, Message, Part, charsets, decode, is_regular};
use base64_simd::STANDARD;
use memchr::memmem;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

/// How a page is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageChange {
    /// The part that it is.
    pub part: usize,
    /// How far it is disarmed.
    pub disarm: Disarm,
    /// Links that lead elsewhere than they say.
    pub lures: Vec<Lure>,
    /// What is put on top of it; may be empty.
    pub notice: String,
}

/// Something of a link that is changed, in the bytes of the page as readers decode it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lure {
    /// The bytes that go: a tag of the link, or none.
    pub range: Range<usize>,
    /// What is shown there instead.
    pub text: String,
}

/// A page that is changed.
pub(super) struct Changed {
    /// All of it.
    page: Vec<u8>,
    /// What it takes to get there.
    splices: Vec<Splice>,
    /// The type that it is written under, in UTF-8, if it does not keep its own.
    media_type: Option<&'static str>,
}

/// The edits that change pages, none of which lies in a part that is written anew.
pub(super) fn edits(message: &Message<'_>, changes: &[&PageChange]) -> Vec<Edit> {
    let one = |change: &&PageChange| Some(edits_of(message, message.parts().get(change.part)?, &changed(message, change)?));
    changes.iter().filter_map(one).flatten().collect()
}

/// The page of a part as it is to be; none where it stays.
pub(super) fn changed(message: &Message<'_>, change: &PageChange) -> Option<Changed> {
    let part = message.parts().get(change.part)?;
    let body = message.decoded(part).next()?;
    let declared = charsets(message.header(part));
    let declared = html::charset::strangest(&declared);
    let is_page = html::is_page(&part.content.media_type, &part.content.names);
    if !is_page {
        return (!change.notice.is_empty()).then(|| with_text_on_top(&body, &change.notice, declared));
    }
    let old = html::charset::read(&body, declared);
    let marked = mark(&old.bytes, change);
    let page = marked.as_deref().unwrap_or(&old.bytes);
    let depth = match change.disarm {
        Disarm::Text => {
            let page = if old.is_converted { Cow::Borrowed(page) } else { html::charset::text(page, declared) };
            return Some(Changed { page: html::text::text(&page), splices: Vec::new(), media_type: Some("text/plain") });
        }
        Disarm::Off => None,
        Disarm::Active => Some(Depth::Active),
        Disarm::Remote => Some(Depth::Remote),
    };
    let disarmed = depth.map(|depth| html::disarm(page, depth)).unwrap_or_default();
    let new = disarmed.apply(page);
    if old.is_converted {
        return Some(Changed { page: html::charset::without_name(&new), splices: Vec::new(), media_type: Some("text/html") });
    }
    let splices = if marked.is_some() { difference(&old.bytes, &new) } else { disarmed.splices };
    (!splices.is_empty()).then_some(Changed { page: new, splices, media_type: None })
}

/// A text is changed by what is put before it; in UTF-8, unless that is ASCII in any charset.
fn with_text_on_top(body: &[u8], notice: &str, declared: Option<&str>) -> Changed {
    let with = format!("{}\n\n", notice.trim_end()).into_bytes();
    if with.is_ascii() && !html::charset::read(body, declared).is_converted {
        return Changed { page: [&with, body].concat(), splices: vec![Splice { range: 0..0, with }], media_type: None };
    }
    let body = html::charset::text(body, declared);
    Changed { page: [with.as_slice(), &body].concat(), splices: Vec::new(), media_type: Some("text/plain") }
}

/// The page with a notice on top, and with links that say where they lead.
fn mark(page: &[u8], change: &PageChange) -> Option<Vec<u8>> {
    if change.lures.is_empty() && change.notice.is_empty() {
        return None;
    }
    let top = html::top(page);
    let notice = (!change.notice.is_empty()).then(|| Edit { range: top..top, with: notice_block(&change.notice).into_bytes() });
    let lures = change.lures.iter().map(|lure| Edit { range: lure.range.clone(), with: references(&lure.text).into_bytes() });
    Some(super::Edits::new(notice.into_iter().chain(lures).collect(), page.len()).apply(page))
}

fn notice_block(text: &str) -> String {
    let lines: Vec<String> = text.trim_end().lines().map(references).collect();
    format!("<div style=\"border:2px solid #c00;margin:8px;padding:8px;color:#000;background:#fff0f0\">{}</div>", lines.join("<br>"))
}

/// The text in ASCII, so that it reads the same in any charset.
fn references(text: &str) -> String {
    let one = |c: char| match c {
        '<' | '>' | '&' | '"' => format!("&#{};", u32::from(c)),
        ' '..='~' => c.to_string(),
        _ => format!("&#{};", u32::from(c)),
    };
    text.chars().map(one).collect()
}

/// One splice from the first byte that differs to the last.
fn difference(old: &[u8], new: &[u8]) -> Vec<Splice> {
    let same = |(one, other): &(&u8, &u8)| one == other;
    let start = old.iter().zip(new).take_while(same).count();
    let rest = old.len().min(new.len()) - start;
    let end = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(same).count();
    let with = new.get(start..new.len() - end).unwrap_or_default().to_vec();
    if old == new { Vec::new() } else { vec![Splice { range: start..old.len() - end, with }] }
}

fn edits_of(message: &Message<'_>, part: &Part, changed: &Changed) -> Vec<Edit> {
    let body = message.body(part);
    let is_plain = changed.media_type.is_none() && !part.has_flaw && is_regular(part.content.encoding, body);
    let shifted = |edit: Edit| Edit { range: edit.range.start + part.body.start..edit.range.end + part.body.start, ..edit };
    match part.content.encoding {
        Encoding::Identity if is_plain => {
            let edit = |splice: &Splice| Edit { range: splice.range.clone(), with: splice.with.clone() };
            let is_same = !has_new_mark(message, body, &changed.page);
            if is_same { changed.splices.iter().map(edit).map(shifted).collect() } else { anew(message, part, changed) }
        }
        Encoding::QuotedPrintable if is_plain => {
            let edits = quoted_printable::edits(body, &changed.splices, message.line_end());
            let written = super::Edits::new(edits.clone(), body.len()).apply(body);
            // What a reader would take for something else is written anew.
            let is_same = decode(Encoding::QuotedPrintable, &written) == changed.page
                && is_regular(Encoding::QuotedPrintable, &written)
                && !has_new_mark(message, body, &written);
            if is_same { edits.into_iter().map(shifted).collect() } else { anew(message, part, changed) }
        }
        Encoding::Base64 if is_plain => vec![Edit { range: part.body.clone(), with: base64(body, &changed.page, message) }],
        _ => anew(message, part, changed),
    }
}

/// Whether a line begins as a delimiter of the message does, or a file in a text, that was no line before: what stood in front of it
/// went. Of a boundary readers compare as little as the first bytes, and some in any case (RFC 2046 section 5.1.1).
fn has_new_mark(message: &Message<'_>, old: &[u8], new: &[u8]) -> bool {
    const COMPARED: usize = 60;
    let boundaries = message.parts().iter().filter_map(|part| part.content.boundary.as_deref());
    let mut starts: BTreeSet<Vec<u8>> =
        boundaries.map(|text| [b"--", head(text.trim_ascii(), COMPARED)].concat().to_ascii_lowercase()).collect();
    starts.extend([b"begin".to_vec(), b"=ybegin".to_vec()]);
    let lengths: BTreeSet<usize> = starts.iter().map(Vec::len).collect();
    let begins = |line: &[u8]| lengths.iter().any(|length| starts.contains(&head(line, *length).to_ascii_lowercase()));
    let is_near = |line: &&[u8]| [b"--".as_slice(), b"be", b"Be", b"BE", b"=y"].iter().any(|start| line.starts_with(start));
    let marks = |body| lines(body).filter(is_near).filter(|line| begins(line));
    let mut new = marks(new).peekable();
    new.peek().is_some() && {
        let old: BTreeSet<&[u8]> = marks(old).collect();
        new.any(|line| !old.contains(line))
    }
}

/// What the most lenient reader takes for lines.
fn lines(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    body.split(|byte| matches!(byte, b'\r' | b'\n'))
}

fn head(bytes: &[u8], most: usize) -> &[u8] {
    bytes.get(..most).unwrap_or(bytes)
}

fn anew(message: &Message<'_>, part: &Part, changed: &Changed) -> Vec<Edit> {
    let leaf = changed.leaf(message, part);
    let blank = memmem::find(&leaf, b"\r\n\r\n").map_or(leaf.len(), |at| at + 2);
    let (header, body) = leaf.split_at(blank);
    let end = message.line_end();
    put(message, part, end.apply(header), &end.apply(body.trim_ascii()))
}

impl Changed {
    /// Fields, blank line and body, in CRLF.
    pub(super) fn leaf(&self, message: &Message<'_>, part: &Part) -> Vec<u8> {
        let header = message.header(part);
        match self.media_type {
            Some(media_type) => fields::utf8(part, header, media_type, &self.page),
            None => fields::leaf(part, header, &self.page),
        }
    }
}

/// The page in lines as long as those of the old body.
fn base64(old: &[u8], page: &[u8], message: &Message<'_>) -> Vec<u8> {
    let longest = old.trim_ascii_start().split(|byte| *byte == b'\n').next().map_or(0, |line| line.trim_ascii().len());
    let width = if (4..=76).contains(&longest) { longest } else { 76 };
    let text = STANDARD.encode_to_string(page);
    let lines: Vec<&[u8]> = text.as_bytes().chunks(width).collect();
    let last = old.get(old.trim_ascii_end().len()..).unwrap_or_default();
    [&lines.join(message.line_end().bytes()), last].concat()
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;
