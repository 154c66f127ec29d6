//! Values that are encoded or come in pieces (RFC 2231 sections 3 and 4).
//!
//! Owns the order in which readers put pieces together. It must never decide which of two pieces of one number counts. Nothing here
//! can fail.

use super::form;
use super::key::Key;
use crate::message::word;
use std::collections::BTreeMap;

/// A piece of a value that is continued.
#[derive(PartialEq, Eq)]
pub(super) struct Piece<'n> {
    name: &'n str,
    /// None where it is so large that nobody counts that far.
    number: Option<usize>,
    /// Whether the number is written as the rules want it.
    is_regular: bool,
    is_encoded: bool,
    text: Vec<u8>,
}

/// The piece that `key` begins, if it has a number.
pub(super) fn piece<'n>(key: &Key<'_, 'n>, text: fn(&[u8]) -> Vec<u8>) -> Option<Piece<'n>> {
    let digits = String::from_utf8_lossy(key.digits.as_deref()?);
    let number: Option<usize> = digits.parse().ok();
    let is_regular = number.is_some_and(|number| number.to_string() == digits);
    Some(Piece { name: key.name, number, is_regular, is_encoded: key.is_encoded, text: text(key.text) })
}

/// The values that the pieces may make: of each name, and of all together where those of one are not whole.
pub(super) fn joined<'p>(pieces: &'p [Piece<'_>], names: &[&str]) -> impl Iterator<Item = Vec<u8>> + use<'p> {
    let own = |name: &str| pieces.iter().filter(|piece| piece.name == name).collect::<Vec<_>>();
    let mut groups: Vec<Vec<&'p Piece<'_>>> = names.iter().map(|name| own(name)).filter(|group| !group.is_empty()).collect();
    if groups.len() > 1 && groups.iter().any(|group| regular(group, Keep::First).len() < group.len()) {
        groups.push(pieces.iter().collect());
    }
    groups.into_iter().flat_map(|group| orders(&group)).flat_map(|order| texts(&order))
}

/// Which of several pieces of one number counts.
#[derive(Clone, Copy)]
enum Keep {
    First,
    Last,
}

/// By the rules: by number up to the first gap. Then with gaps passed over, and as they stand.
fn orders<'p, 'n>(group: &[&'p Piece<'n>]) -> Vec<Vec<&'p Piece<'n>>> {
    let by_number = |keep| numbered(group.iter().copied(), keep).into_values().collect::<Vec<_>>();
    let mut orders = vec![regular(group, Keep::First), regular(group, Keep::Last), by_number(Keep::First), by_number(Keep::Last)];
    orders.push(group.to_vec());
    // Where one number stands twice, a reader may pass over neither.
    let mut sorted = group.to_vec();
    sorted.sort_by_key(|piece| piece.number);
    orders.push(sorted);
    orders
}

fn regular<'p, 'n>(group: &[&'p Piece<'n>], keep: Keep) -> Vec<&'p Piece<'n>> {
    let pieces = numbered(group.iter().copied().filter(|piece| piece.is_regular), keep);
    pieces.into_iter().enumerate().take_while(|(index, (number, _))| index == number).map(|(_, (_, piece))| piece).collect()
}

fn numbered<'p, 'n: 'p>(group: impl Iterator<Item = &'p Piece<'n>>, keep: Keep) -> BTreeMap<usize, &'p Piece<'n>> {
    let mut pieces = BTreeMap::new();
    for (number, piece) in group.filter_map(|piece| Some((piece.number?, piece))) {
        match keep {
            Keep::First => pieces.entry(number).or_insert(piece),
            Keep::Last => {
                pieces.insert(number, piece);
                continue;
            }
        };
    }
    pieces
}

/// The pieces behind each other: those decoded that are marked, all, or none. What is longer than a value may be ends there.
fn texts(order: &[&Piece<'_>]) -> Vec<Vec<u8>> {
    let lengths = order.iter().scan(0_usize, |sum, piece| Some(std::mem::replace(sum, *sum + piece.text.len())));
    let count = lengths.take_while(|before| *before <= form::LONGEST).count();
    let order = order.get(..count).unwrap_or(order);
    let literal = || order.iter().flat_map(|piece| piece.text.clone()).collect::<Vec<u8>>();
    if !order.iter().any(|piece| piece.is_encoded) {
        return vec![literal()];
    }
    let charset = order.iter().find(|piece| piece.is_encoded).and_then(|piece| split(&piece.text)).map_or(&[][..], |(charset, _)| charset);
    let join = |is_decoded: fn(&Piece<'_>) -> bool| {
        let bytes: Vec<u8> =
            order.iter().flat_map(|piece| if is_decoded(piece) { bytes_of(&piece.text) } else { piece.text.clone() }).collect();
        word::in_utf8(charset, bytes)
    };
    vec![join(|piece| piece.is_encoded), join(|_| true), literal()]
}

/// The value of `charset'language'text`, or of the text alone where nothing stands before it.
pub(super) fn decoded(text: &[u8]) -> Vec<u8> {
    without_charset(text).unwrap_or_else(|| percents_undone(text))
}

/// The same, where a charset stands before it.
pub(in crate::message) fn without_charset(text: &[u8]) -> Option<Vec<u8>> {
    split(text).map(|(charset, rest)| word::in_utf8(charset, percents_undone(rest)))
}

fn bytes_of(text: &[u8]) -> Vec<u8> {
    percents_undone(split(text).map_or(text, |(_, rest)| rest))
}

/// Charset and text; neither charset nor language holds anything but the characters of their names.
fn split(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut fields = text.splitn(3, |byte| *byte == b'\'');
    let (charset, language, rest) = (fields.next()?, fields.next()?, fields.next()?);
    let is_name = |name: &[u8]| name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:+".contains(byte));
    (is_name(charset) && is_name(language)).then_some((charset, rest))
}

/// `%` and two digits stand for a byte; where they do not, the sign stays.
pub(crate) fn percents_undone(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = match tail {
            [high, low, after @ ..]
                if byte == b'%'
                    && let Some(octet) = octet(*high, *low) =>
            {
                out.push(octet);
                after
            }
            _ => {
                out.push(byte);
                tail
            }
        };
    }
    out
}

fn octet(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}
