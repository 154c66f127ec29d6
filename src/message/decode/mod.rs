//! Takes a transfer encoding off (RFC 2045 section 6), in every way that readers do.
//!
//! Owns the choice of decoder and how many readings of a body there are. It must never give up on a body: a reader that skips what is
//! illegal would show it, so we skip the same. Nothing here can fail.

mod base64;
mod base64_survey;
pub(super) mod binhex;
mod encoding;
pub(super) mod gzip;
mod needless;
mod quoted_printable;
mod regular;
pub(super) mod uuencode;
pub(super) mod yenc;

pub use encoding::Encoding;
pub use regular::regular_prefix;

use std::borrow::Cow;
use std::ops::Range;

/// A file in the lines of a text.
#[derive(Debug)]
pub(super) struct Inline {
    /// The name that its first line gives.
    pub name: Vec<u8>,
    /// What it holds.
    pub content: Vec<u8>,
    /// Where it ends in the text.
    pub end: usize,
    /// Whether its end was there.
    pub is_whole: bool,
    /// What decoders make of it that take each line for data; empty where that is the same.
    pub other: Vec<u8>,
}

/// Every plausible decoding of a body.
#[derive(Debug)]
pub struct Readings<'a> {
    /// The most common one.
    pub first: Cow<'a, [u8]>,
    /// The others, each once, the likely ones first.
    pub others: Vec<Vec<u8>>,
    /// What is irregular, if anything is; there may be but one reading all the same.
    pub flaw: Option<Flaw>,
    /// Whether there is more than is given.
    pub has_more: bool,
}

impl Readings<'_> {
    fn or_more(mut self, has_more: bool) -> Self {
        self.has_more |= has_more;
        self
    }
}

/// Something in a body that does not belong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// What it is, in words.
    pub what: &'static str,
    /// Whether careless senders of ordinary mail write so too, and the readers of people see the same.
    pub is_common: bool,
    /// Where it stands first in the body.
    pub range: Range<usize>,
}

/// Most readings of one body.
const MOST_READINGS: usize = 8;

/// Most bytes that all readings of `body` may have.
fn most_bytes(body: &[u8]) -> usize {
    body.len().saturating_mul(4).saturating_add(1 << 20)
}

/// `body` without `encoding` in the most common reading. Borrowed where there is nothing to take off.
pub fn decode(encoding: Encoding, body: &[u8]) -> Cow<'_, [u8]> {
    let decoded = match encoding {
        Encoding::Identity => return Cow::Borrowed(body),
        Encoding::Base64 => base64::decode(body),
        Encoding::QuotedPrintable => quoted_printable::decode(body),
        Encoding::Uuencode => uuencode::next(body, 0).map_or_else(|| uuencode::lines(body), |file| file.content),
        Encoding::Yenc => yenc::next(body, 0).map_or_else(|| yenc::lines(body), |file| file.content),
        Encoding::BinHex => binhex::unpack(&binhex::whole(body).content, most_bytes(body)).data,
        Encoding::Gzip64 => gzip64(body).0,
        Encoding::Utf7 => crate::utf7::decode(body),
    };
    // A body in which none of the encodings from outside MIME is found is shown as it is.
    if decoded.is_empty() && is_foreign(encoding) { Cow::Borrowed(body) } else { Cow::Owned(decoded) }
}

/// Every way in which readers take `encoding` off `body`.
pub fn readings(encoding: Encoding, body: &[u8]) -> Readings<'_> {
    readings_within(encoding, body, usize::MAX)
}

/// The same, of which no more than `most` bytes are kept.
pub(super) fn readings_within(encoding: Encoding, body: &[u8], most: usize) -> Readings<'_> {
    let most = most.min(most_bytes(body));
    let first = decode(encoding, body);
    if is_regular(encoding, body) {
        return Readings { first, others: Vec::new(), flaw: None, has_more: false };
    }
    match encoding {
        Encoding::Base64 => {
            let (flaw, others) = base64::others(body);
            collect(most, first, flaw, others)
        }
        Encoding::QuotedPrintable => {
            let (flaw, others) = quoted_printable::others(body);
            collect(most, first, flaw, others)
        }
        Encoding::Uuencode => files(body, most, first, uuencode::next),
        Encoding::Yenc => files(body, most, first, yenc::next),
        Encoding::BinHex => forks(body, most, first),
        Encoding::Gzip64 => gzip_file(body, most, first),
        Encoding::Identity | Encoding::Utf7 => collect(most, first, None, std::iter::empty()),
    }
}

/// Whether RFC 2045 does not know it: most readers show such a body as it is, which makes that a reading too.
fn is_foreign(encoding: Encoding) -> bool {
    matches!(encoding, Encoding::Uuencode | Encoding::Yenc | Encoding::BinHex | Encoding::Gzip64)
}

/// Whether there is one way to take `encoding` off `body`. Nothing is decoded for it.
pub fn is_regular(encoding: Encoding, body: &[u8]) -> bool {
    is_regular_behind(encoding, body, None)
}

/// The same where the [`regular_prefix`] is known.
pub(super) fn is_regular_behind(encoding: Encoding, body: &[u8], known: Option<usize>) -> bool {
    match encoding {
        Encoding::Base64 => regular::is_base64(body, known.filter(|known| *known <= body.len()).unwrap_or_else(|| regular_prefix(body))),
        Encoding::QuotedPrintable => regular::is_quoted_printable(body),
        _ => !is_foreign(encoding),
    }
}

/// How many encoded bytes are enough to decode to `count`, but for what is passed over: base64 writes four for three, quoted-printable
/// three for one, and both break lines.
pub(super) fn enough_for(encoding: Encoding, count: usize) -> usize {
    match encoding {
        Encoding::Base64 => count.saturating_mul(3) / 2 + 64,
        _ => count.saturating_mul(4).saturating_add(1024),
    }
}

/// Takes readings while there is room for them, each once.
fn collect<'a>(most: usize, first: Cow<'a, [u8]>, flaw: Option<Flaw>, all: impl Iterator<Item = Vec<u8>>) -> Readings<'a> {
    let mut size = first.len();
    let mut readings = Readings { first, others: Vec::new(), flaw, has_more: false };
    for reading in all {
        if reading.is_empty() || reading == *readings.first || readings.others.contains(&reading) {
            continue;
        }
        size = size.saturating_add(reading.len());
        readings.has_more = size > most || readings.others.len() + 1 >= MOST_READINGS;
        if readings.has_more {
            break;
        }
        readings.others.push(reading);
    }
    readings
}

fn flaw(body: &[u8], is_whole: bool, what: &'static str) -> Option<Flaw> {
    (!is_whole).then_some(Flaw { what, is_common: false, range: 0..body.len() })
}

/// Bodies that hold files: some readers show the first, others all of them in a row.
fn files<'a>(body: &[u8], most: usize, first: Cow<'a, [u8]>, next: impl Fn(&[u8], usize) -> Option<Inline>) -> Readings<'a> {
    let mut from = 0;
    let mut is_whole = true;
    let files: Vec<Vec<u8>> = std::iter::from_fn(|| {
        let file = next(body, from)?;
        from = file.end;
        is_whole &= file.is_whole;
        Some(file.content)
    })
    .take(MOST_READINGS + 1)
    .collect();
    let what = if files.is_empty() { "no first line" } else { "no last line" };
    let flaw = flaw(body, is_whole && !files.is_empty(), what);
    let all = files.concat();
    let has_more = files.len() > MOST_READINGS;
    collect(most, first, flaw, [body.to_vec(), all].into_iter().chain(files.into_iter().skip(1))).or_more(has_more)
}

fn forks<'a>(body: &[u8], most: usize, first: Cow<'a, [u8]>) -> Readings<'a> {
    let forks = binhex::unpack(&binhex::whole(body).content, most_bytes(body));
    let is_whole = forks.is_whole;
    let flaw = flaw(body, is_whole, "a BinHex file that cannot be unpacked");
    collect(most, first, flaw, [body.to_vec(), forks.resources].into_iter()).or_more(!is_whole)
}

/// A reader that knows base64 and not this shows the file.
fn gzip_file<'a>(body: &[u8], most: usize, first: Cow<'a, [u8]>) -> Readings<'a> {
    let is_whole = gzip64(body).1;
    let flaw = flaw(body, is_whole, "a gzip file that cannot be unpacked");
    collect(most, first, flaw, [body.to_vec(), base64::decode(body)].into_iter()).or_more(!is_whole)
}

/// The gzip file that is in base64, unpacked, and whether it is whole. What is no such file is shown as base64.
fn gzip64(body: &[u8]) -> (Vec<u8>, bool) {
    let file = base64::decode(body);
    let inflated = gzip::inflate(&file, most_bytes(body));
    inflated.map_or((file, false), |inflated| (inflated.content, inflated.is_whole))
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
