//! Parameters of a MIME field (RFC 2045 section 5.1, RFC 2231) as any reader takes them.
//!
//! Owns the set of values that a parameter may be taken to have, and in `strict` the fields that leave no choice. It must never
//! choose between two values: it tells all, those by the rules first. Nothing here can fail; where a field holds more than any mail
//! program writes, that is told too.

mod comment;
mod continued;
mod form;
mod key;
mod strict;

pub(crate) use continued::percents_undone;
pub(super) use continued::without_charset;
pub(super) use form::LONGEST;
pub(super) use strict::{Parameter, strict};

use key::Key;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Most values that are told of the fields of one part.
const MOST_VALUES: usize = 64;

/// How many bytes the values may take, for each byte of the fields: what they have in common is copied for each, and an attacker may
/// have any number of them overlap.
const MOST_COPIES: usize = 16;

/// For fields so short that the factor alone would be a bound on ordinary ones.
const ENOUGH_ROOM: usize = 4096;

/// Every value that a parameter may be taken to have.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Values {
    /// Each once, those by the rules first; none is empty.
    pub all: Vec<Vec<u8>>,
    /// Whether there were more than are told.
    pub has_more: bool,
}

/// The values that a parameter of one of `names` may be taken to have in `field`.
#[cfg(test)]
pub(super) fn values(field: &[u8], names: &[&str]) -> Values {
    values_of(&[field], names)
}

/// The same for several fields of one part: a value may begin in one of them and go on in the next.
pub(super) fn values_of(fields: &[&[u8]], names: &[&str]) -> Values {
    let size: usize = fields.iter().map(|field| field.len()).sum();
    let mut found = Found { values: Values::default(), seen: BTreeSet::new(), room: size.saturating_mul(MOST_COPIES) + ENOUGH_ROOM };
    for texts in comment::readings(fields) {
        found.add_texts(&texts, names);
    }
    found.values
}

/// Whether the field begins with parameters at once, where a type or disposition should stand.
pub(super) fn lacks_its_value(field: &[u8]) -> bool {
    let first = field.split(|byte| *byte == b';').next().unwrap_or_default();
    first.trim_ascii().is_empty() || first.contains(&b'=')
}

/// What has been found, and the room that is left.
struct Found {
    values: Values,
    seen: BTreeSet<Vec<u8>>,
    room: usize,
}

impl Found {
    fn add_texts(&mut self, texts: &[Cow<'_, [u8]>], names: &[&str]) {
        let mut keys = Vec::new();
        for text in texts {
            self.values.has_more |= !key::push_all(&mut keys, text, names);
        }
        // What stands in quotes is the value of something else by the rules.
        let (hidden, open): (Vec<_>, Vec<_>) = keys.iter().partition(|key: &&Key<'_, '_>| key.is_quoted);
        self.add_keys(&open, names);
        self.add_keys(&hidden, names);
        if !hidden.is_empty() && !open.is_empty() {
            self.add_joined(&keys.iter().collect::<Vec<_>>(), names);
        }
        if !keys.is_empty() && texts.iter().any(|text| text.len() > LONGEST) {
            self.add_tails(texts);
        }
    }

    fn add_keys(&mut self, keys: &[&Key<'_, '_>], names: &[&str]) {
        for key in keys.iter().filter(|key| key.digits.is_none()) {
            if !self.has_room_to_look_at(key) {
                return;
            }
            if key.is_encoded {
                let texts = form::encoded(key.text);
                self.add_forms(texts.iter().map(|text| continued::decoded(text)));
                // Some readers know nothing of the encoding.
                self.add_forms(texts);
            } else {
                self.add_forms(form::ends(key.text));
            }
        }
        self.add_joined(keys, names);
    }

    /// To look for the end of a value takes as long as to copy it.
    fn has_room_to_look_at(&mut self, key: &Key<'_, '_>) -> bool {
        let text = key.text.get(..LONGEST).unwrap_or(key.text);
        self.room = self.room.saturating_sub(memchr::memchr(b';', text).unwrap_or(text.len()));
        self.values.has_more |= self.room == 0;
        self.room > 0
    }

    fn add_tails(&mut self, texts: &[Cow<'_, [u8]>]) {
        // Whether a value is as long, or only what stands beside it: no mail program writes either.
        self.values.has_more = true;
        self.add_forms(texts.iter().flat_map(|text| form::tails(text)).map(<[u8]>::to_vec));
    }

    fn add_joined(&mut self, keys: &[&Key<'_, '_>], names: &[&str]) {
        let numbered: Vec<_> = keys.iter().filter(|key| key.digits.is_some() && self.has_room_to_look_at(key)).collect();
        let pieces = |text| numbered.iter().filter_map(|key| continued::piece(key, text)).collect::<Vec<_>>();
        let (whole, words) = (pieces(form::first), pieces(form::first_word));
        if !whole.is_empty() {
            self.add_forms(continued::joined(&whole, names));
        }
        if whole != words {
            self.add_forms(continued::joined(&words, names));
        }
    }

    fn add_forms(&mut self, texts: impl IntoIterator<Item = Vec<u8>>) {
        for text in texts {
            if self.room == 0 {
                self.values.has_more = true;
                return;
            }
            let forms = form::expanded(&text);
            self.values.has_more |= forms.len() > form::MOST_FORMS;
            for form in forms {
                self.room = self.room.saturating_sub(form.len());
                self.add(form);
            }
        }
    }

    fn add(&mut self, value: Vec<u8>) {
        if value.is_empty() || self.seen.contains(&value) {
            return;
        }
        if self.values.all.len() >= MOST_VALUES {
            self.values.has_more = true;
            self.room = 0;
            return;
        }
        self.seen.insert(value.clone());
        self.values.all.push(value);
    }
}

#[cfg(test)]
#[path = "../parameter_tests.rs"]
mod tests;
