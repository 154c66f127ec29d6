//! What readers take for the value behind an equals sign: where it ends, and what is undone in it.
//!
//! Owns the ends and the steps. It must never look at a name or at the marks of RFC 2231. Nothing here can fail; a value that is
//! longer than any mail program writes is cut, and its end told too, where the extension of a file name is.

use super::key::is_blank;
use crate::message::word;

/// Most bytes of one value that are looked at.
pub(in crate::message) const LONGEST: usize = 4096;

/// How much of the end of a longer one: no file system has longer names.
const TAIL: usize = 255;

/// Most forms of one value; each step may double them.
pub(super) const MOST_FORMS: usize = 16;

/// The values of a parameter in which percent signs are to be undone: quotes and folds are taken off, and nothing else. A parenthesis
/// does not end it: senders forget to encode it, and what stands before is another name.
pub(super) fn encoded(text: &[u8]) -> Vec<Vec<u8>> {
    let whole: Vec<u8> = ends(text).into_iter().next().map(|value| without_line_ends(&value)).unwrap_or_default();
    let word = up_to(&whole, |byte| is_blank(byte) || byte == b',').to_vec();
    let special = up_to(&whole, |byte| is_blank(byte) || b"<>@,;:\\\"/[]?=".contains(&byte)).to_vec();
    vec![whole, word, special]
}

/// The value by the rules.
pub(super) fn first(text: &[u8]) -> Vec<u8> {
    ends(text).into_iter().next().map(|value| expanded(&value).into_iter().next().unwrap_or_default()).unwrap_or_default()
}

/// The same up to the first blank.
pub(super) fn first_word(text: &[u8]) -> Vec<u8> {
    let value = first(text);
    token(&value).to_vec()
}

/// The text of the value, up to each place where a reader may see its end.
pub(super) fn ends(text: &[u8]) -> Vec<Vec<u8>> {
    let start = text.iter().position(|byte| !is_blank(*byte)).unwrap_or(text.len());
    let text = text.get(start..).unwrap_or_default();
    let text = text.get(..LONGEST).unwrap_or(text);
    let mut ends: Vec<&[u8]> = match text.strip_prefix(b"\"") {
        Some(inside) => quoted_ends(text, inside),
        None => plain_ends(text),
    };
    ends.dedup();
    ends.into_iter().map(<[u8]>::to_vec).collect()
}

/// The ends of what stands between semicolons and is longer than a value may be: the extension of a file name stands there.
pub(super) fn tails(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| is_semicolon(*byte))
        .filter(|segment| segment.len() > LONGEST)
        .filter_map(|segment| segment.get(segment.len() - TAIL..))
}

/// Of a quoted value: the closing quote, by the rules and where a backslash means nothing; the semicolon, where quotes mean nothing.
fn quoted_ends<'t>(text: &'t [u8], inside: &'t [u8]) -> Vec<&'t [u8]> {
    let closing = closing_quote(inside);
    let value = inside.get(..closing.unwrap_or(inside.len())).unwrap_or_default();
    let behind = up_to(inside.get(value.len() + 1..).unwrap_or_default(), is_semicolon);
    let mut ends = vec![value];
    if closing.is_none() {
        ends.extend([trimmed(up_to(inside, is_semicolon)), token(inside), up_to(text, is_semicolon)]);
    }
    if value.contains(&b'\\') {
        ends.push(up_to(inside, |byte| byte == b'"'));
    }
    if !behind.iter().all(|byte| is_blank(*byte)) && !behind.starts_with(b",") {
        ends.push(trimmed(text.get(..value.len() + 2 + behind.len()).unwrap_or(text)));
        ends.push(token(text));
    }
    if value.contains(&b';') {
        ends.push(up_to(inside, is_semicolon));
    }
    ends
}

/// Of one without quotes: the semicolon, unless no parameter follows it; a blank, comma or parenthesis; a quote.
fn plain_ends(text: &[u8]) -> Vec<&[u8]> {
    let value = trimmed(up_to(text, is_semicolon));
    let mut ends = vec![value, token(value), up_to(value, |byte| byte == b'"'), strict_token(value)];
    let behind = text.get(up_to(text, is_semicolon).len()..).and_then(|rest| rest.strip_prefix(b";")).unwrap_or_default();
    let next = up_to(behind, is_semicolon);
    if !next.contains(&b'=') && !trimmed(next).is_empty() {
        let length = up_to(text, is_semicolon).len() + 1 + next.len();
        ends.push(trimmed(text.get(..length).unwrap_or(text)));
    }
    ends
}

fn is_semicolon(byte: u8) -> bool {
    byte == b';'
}

fn up_to(text: &[u8], is_end: impl Fn(u8) -> bool) -> &[u8] {
    text.iter().position(|byte| is_end(*byte)).and_then(|end| text.get(..end)).unwrap_or(text)
}

fn token(text: &[u8]) -> &[u8] {
    up_to(text, |byte| is_blank(byte) || matches!(byte, b';' | b',' | b'(' | b')'))
}

/// Up to any sign that a token may not hold (RFC 2045 section 5.1), as Python has it; the next parameter may lack its semicolon.
fn strict_token(text: &[u8]) -> &[u8] {
    up_to(text, |byte| is_blank(byte) || b"()<>@,;:\\\"/[]?=".contains(&byte))
}

fn trimmed(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|byte| !is_blank(*byte)).unwrap_or(text.len());
    let end = text.iter().rposition(|byte| !is_blank(*byte)).map_or(start, |last| last + 1);
    text.get(start..end).unwrap_or_default()
}

fn closing_quote(inside: &[u8]) -> Option<usize> {
    let mut is_escaped = false;
    inside.iter().position(|byte| {
        let is_plain = !std::mem::take(&mut is_escaped);
        is_escaped = *byte == b'\\' && is_plain;
        *byte == b'"' && is_plain
    })
}

/// Something that one reader undoes in a value and another does not.
type Step = fn(Vec<u8>) -> Vec<Vec<u8>>;

/// The value with each of the steps done or not, as readers differ in them; where it is the rule to do one, that comes first. One
/// more than `MOST_FORMS` tells that there were others.
pub(super) fn expanded(value: &[u8]) -> Vec<Vec<u8>> {
    let steps: [Step; 6] = [folds, escapes, quotes, nothing, blanks, words];
    steps.into_iter().fold(vec![value.to_vec()], |forms, step| forms.into_iter().flat_map(step).take(MOST_FORMS + 1).collect())
}

/// A fold inside: without its line end, without its blanks too, or the end of the value. Words in a row are folded by the rules.
fn folds(value: Vec<u8>) -> Vec<Vec<u8>> {
    if !value.iter().any(is_line_end) {
        return vec![value];
    }
    let joined = value.split(is_line_end).map(trimmed).collect::<Vec<_>>().concat();
    let cut = trimmed(up_to(&value, |byte| is_line_end(&byte))).to_vec();
    let has_word = memchr::memmem::find(&cut, b"=?").is_some();
    [without_line_ends(&value), joined].into_iter().chain((!has_word).then_some(cut)).collect()
}

fn without_line_ends(value: &[u8]) -> Vec<u8> {
    value.iter().copied().filter(|byte| !is_line_end(byte)).collect()
}

fn is_line_end(byte: &u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// RFC 5322 section 3.2.4: a backslash is taken off the character behind it; programs for Windows write paths with it.
fn escapes(value: Vec<u8>) -> Vec<Vec<u8>> {
    if !value.contains(&b'\\') {
        return vec![value];
    }
    let mut is_escaped = false;
    let is_kept = |byte: &u8| {
        is_escaped = *byte == b'\\' && !is_escaped;
        !is_escaped
    };
    vec![value.iter().copied().filter(is_kept).collect(), value]
}

/// Quotes in the midst of a value, and single ones around it.
fn quotes(value: Vec<u8>) -> Vec<Vec<u8>> {
    let single = value.strip_prefix(b"'").map(|rest| rest.strip_suffix(b"'").unwrap_or(rest).to_vec());
    let double = value.contains(&b'"').then(|| value.iter().copied().filter(|byte| *byte != b'"').collect());
    std::iter::once(value).chain(double).chain(single).collect()
}

/// A NUL ends the value for programs in C.
fn nothing(value: Vec<u8>) -> Vec<Vec<u8>> {
    let cut = value.contains(&0).then(|| up_to(&value, |byte| byte == 0).to_vec());
    std::iter::once(value).chain(cut).collect()
}

fn blanks(value: Vec<u8>) -> Vec<Vec<u8>> {
    let cut = trimmed(&value);
    if cut.len() == value.len() { vec![value] } else { vec![value.clone(), cut.to_vec()] }
}

/// RFC 2047 section 5 forbids words in parameters, and all mail readers undo them.
fn words(value: Vec<u8>) -> Vec<Vec<u8>> {
    let decoded = word::decoded(&value);
    std::iter::once(value).chain(decoded).collect()
}
