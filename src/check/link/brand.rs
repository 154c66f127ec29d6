//! Whether a name, or that of a host, borrows that of a known organisation.
//!
//! Owns how names are compared: as a reader sees them, in whole words. It must never take a part of a word for a name. Nothing here can
//! fail.

use super::brands::{BRANDS, Brand, LURES, ROLES};
use crate::html::host::{is_below, organisation, own_label, shown};
use std::borrow::Cow;
use unicode_security::confusable_detection::skeleton;

/// Most letters of a name that are compared.
const LONGEST: usize = 200;

/// Shortest name that a look-alike is told of: short ones are like many words.
const LONG_ENOUGH: usize = 5;

/// A name without blanks.
fn compact(name: &str) -> Cow<'_, str> {
    if name.contains(' ') { Cow::Owned(name.replace(' ', "")) } else { Cow::Borrowed(name) }
}

/// Whether the host is the organisation's own.
pub(super) fn owns(brand: &Brand, host: &str) -> bool {
    owns_label(brand, host, own_label(organisation(host)))
}

/// The same of a host whose own label is known.
fn owns_label(brand: &Brand, host: &str, own: &str) -> bool {
    brand.domains().any(|domain| match domain.strip_suffix(".*") {
        Some(label) => own == label && !is_given_away(host),
        None => is_below(host, domain),
    })
}

/// Suffixes under which names cost nothing.
fn is_given_away(host: &str) -> bool {
    ["tk", "ml", "ga", "cf", "gq"].iter().any(|suffix| is_below(host, suffix))
}

/// Whether one of the known organisations owns both hosts.
pub(super) fn own_both(one: &str, other: &str) -> bool {
    let (own, others) = (own_label(organisation(one)), own_label(organisation(other)));
    BRANDS.iter().any(|brand| owns_label(brand, one, own) && owns_label(brand, other, others))
}

/// The organisation that a sender's name is that of. A name that means something else too has to stand alone, or with words that
/// senders put beside it; the others have to stand first.
pub(super) fn named(name: &str) -> Option<&'static Brand> {
    let words = words(name);
    let skipped = words.iter().take_while(|word| is_role(word)).count();
    let is_at_word = |brand: &&Brand| {
        let name = compact(brand.name);
        [0, skipped].iter().any(|from| {
            let behind = behind(words.get(*from..).unwrap_or_default(), &name);
            behind.is_some_and(|behind| !brand.is_common || behind.iter().all(|word| is_role(word)))
        })
    };
    // The longest name says most.
    BRANDS.iter().filter(is_at_word).max_by_key(|brand| compact(brand.name).len())
}

/// Whether a sender has this word beside its name.
pub(super) fn is_role(word: &str) -> bool {
    let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
    word.is_empty() || ROLES.split(' ').any(|role| role == word)
}

/// The words behind the name, if they begin with it, however the blanks are set.
fn behind<'w>(words: &'w [String], name: &str) -> Option<&'w [String]> {
    let mut rest = name;
    for (index, word) in words.iter().enumerate() {
        rest = rest.strip_prefix(word.as_str())?;
        if rest.is_empty() {
            return words.get(index + 1..);
        }
    }
    None
}

/// The words of a text as a reader sees them: in lower case, without marks, the letters that look like Latin ones as these. Letters that
/// stand apart are one word.
pub(super) fn words(text: &str) -> Vec<String> {
    let plain = plain(text);
    let words: Vec<String> = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let is_spaced = words.len() >= 4 && words.iter().all(|word| word.chars().count() == 1);
    if is_spaced { vec![words.concat()] } else { words }
}

/// Small capitals from a to z, which the table of confusables leaves out; x and q have none.
const SMALL_CAPITALS: &str = concat!(
    "\u{1d00}\u{299}\u{1d04}\u{1d05}\u{1d07}\u{a730}\u{262}\u{29c}\u{26a}\u{1d0a}\u{1d0b}\u{29f}\u{1d0d}",
    "\u{274}\u{1d0f}\u{1d18}\u{1eb}\u{280}\u{a731}\u{1d1b}\u{1d1c}\u{1d20}\u{1d21}x\u{28f}\u{1d22}"
);

/// The text with each letter as the plain one that it looks like.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut is_behind_small = false;
    for letter in text.chars().take(LONGEST) {
        if letter.is_ascii() {
            // In the middle of a word a capital i stands for an l.
            plain.push(if letter == 'I' && is_behind_small { 'l' } else { letter.to_ascii_lowercase() });
        } else if let Some(index) = SMALL_CAPITALS.chars().position(|small| small == letter) {
            plain.extend(u8::try_from(index).ok().map(|index| char::from(b'a' + index)));
        } else {
            let alike = skeleton(letter.encode_utf8(&mut [0; 4])).collect::<String>();
            plain.extend(alike.chars().filter(|c| !is_unseen(*c) && !is_mark(*c)).flat_map(char::to_lowercase));
        }
        is_behind_small = letter.is_lowercase();
    }
    plain
}

/// Letters that nobody sees, but for those in a row.
const UNSEEN: &str = "\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{17b4}\u{17b5}\u{180e}\u{3164}\u{feff}\u{ffa0}";

/// Whether a reader sees nothing of the letter.
pub(super) fn is_unseen(letter: char) -> bool {
    let is_in_row = matches!(letter, '\u{180b}'..='\u{180d}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}');
    is_in_row || matches!(letter, '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}') || UNSEEN.contains(letter)
}

fn is_mark(letter: char) -> bool {
    let is_over_letters = matches!(letter, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}');
    is_over_letters || matches!(letter, '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}' | '\u{ae}' | '\u{2122}')
}

/// What a host that is not the organisation's own has of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Borrowed {
    /// Its whole domain, in front of another.
    Domain(&'static str),
    /// Its name, beside a word that promises something.
    Name(&'static str),
    /// What looks like its name.
    Look(&'static str),
}

/// What the name of a host borrows.
pub(super) fn borrowed(host: &str) -> Option<Borrowed> {
    let organisation = organisation(host);
    if host.len() > LONGEST {
        return None;
    }
    let own = own_label(organisation);
    let front = host.strip_suffix(organisation).unwrap_or_default();
    let plain = plain(&shown(own));
    let label = Label { own, front, has_lure: pieces(own).any(is_lure), plain: &plain };
    BRANDS.iter().find_map(|brand| label.borrows(brand).filter(|_| !owns_label(brand, host, own)))
}

/// The name of a host, taken apart.
struct Label<'h> {
    /// That which tells its organisation from others.
    own: &'h str,
    /// All labels in front of the organisation.
    front: &'h str,
    has_lure: bool,
    /// Its own label as a reader sees it.
    plain: &'h str,
}

impl Label<'_> {
    fn borrows(&self, brand: &Brand) -> Option<Borrowed> {
        let name = brand.name;
        // A domain has two labels at least, and something stands behind them.
        if self.front.matches('.').nth(1).is_some() && brand.domains().any(|domain| stands_in(self.front, domain)) {
            return Some(Borrowed::Domain(name));
        }
        if brand.is_common {
            return None;
        }
        let compact = compact(name);
        let is_named = || pieces(self.own).chain(self.front.split('.').flat_map(pieces)).any(|piece| piece == compact);
        if (self.has_lure && is_named()) || is_glued(self.own, &compact) || is_apart(self.own, name) {
            return Some(Borrowed::Name(name));
        }
        let is_look = |piece: &str| piece != compact && folded(piece).eq(folded(&compact));
        (compact.len() >= LONG_ENOUGH && pieces(self.plain).any(is_look)).then_some(Borrowed::Look(name))
    }
}

/// Whether the domain stands in the labels in front of that which counts.
fn stands_in(front: &str, domain: &str) -> bool {
    let (name, end) = domain.strip_suffix('*').map_or((domain, ""), |start| (start, "com"));
    name.len() < front.len()
        && name.contains('.')
        && memchr::memmem::find_iter(front.as_bytes(), name).any(|at| {
            let before = front.get(..at).unwrap_or_default();
            let behind = front.get(at + name.len()..).and_then(|rest| rest.strip_prefix(end)).unwrap_or_default();
            (before.is_empty() || before.ends_with(['.', '-'])) && behind.starts_with(['.', '-'])
        })
}

/// The words of a label.
fn pieces(label: &str) -> impl Iterator<Item = &str> {
    label.split('-').filter(|piece| !piece.is_empty())
}

fn is_lure(word: &str) -> bool {
    LURES.split(' ').any(|lure| lure == word.trim_end_matches(|c: char| c.is_ascii_digit()))
}

/// Whether a label is the name and such a word in one.
fn is_glued(label: &str, name: &str) -> bool {
    let rest = [label.strip_prefix(name), label.strip_suffix(name)].into_iter().flatten();
    name.len() >= LONG_ENOUGH && rest.map(|rest| rest.trim_matches('-')).any(|rest| !rest.is_empty() && is_lure(rest))
}

/// Whether a label is a name of several words as the organisation does not write it.
fn is_apart(label: &str, name: &str) -> bool {
    name.contains(' ') && name.len() > LONG_ENOUGH && label == name.replace(' ', "-")
}

/// Letters and digits that look alike as one of them.
fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(|letter| {
        let (one, other) = match letter {
            'm' => ('r', Some('n')),
            'w' => ('v', Some('v')),
            '0' => ('o', None),
            '1' | '|' => ('l', None),
            '3' => ('e', None),
            '5' => ('s', None),
            letter => (letter, None),
        };
        std::iter::once(one).chain(other)
    })
}

/// The label of a host in which letters of another script stand for Latin ones, so that it reads as another.
pub(super) fn mimicry(host: &str) -> Option<String> {
    let shown = shown(host);
    let is_foreign = |letter: char| letter.is_alphabetic() && !matches!(letter, '\0'..='\u{24f}' | '\u{1e00}'..='\u{1eff}');
    let is_latin = shown.rsplit('.').next().is_some_and(str::is_ascii);
    let label = shown.split('.').find(|label| label.chars().any(is_foreign) && plain(label).is_ascii())?;
    is_latin.then(|| plain(label))
}

/// Whether a text is written so that programs do not read what people do: letters with something between them that nobody sees, or
/// words that mix letters of several scripts which look alike.
pub(super) fn is_scrambled(text: &str) -> bool {
    const ENOUGH: usize = 3;
    let letters: Vec<char> = text.chars().take(LONGEST).collect();
    let hides = |three: &&[char]| matches!(three, [before, unseen, _] if before.is_ascii_alphanumeric() && is_unseen(*unseen));
    letters.windows(3).filter(hides).count() >= ENOUGH || text.split(|c: char| !c.is_alphanumeric()).any(is_mixed)
}

fn is_mixed(word: &str) -> bool {
    let is_foreign = |letter: char| matches!(letter, '\u{370}'..='\u{52f}' | '\u{13a0}'..='\u{13ff}');
    word.chars().any(|letter| letter.is_ascii_alphabetic())
        && word.chars().any(is_foreign)
        && word.chars().take(LONGEST).count() >= 4
        && plain(word).is_ascii()
}

#[cfg(test)]
#[path = "brand_tests.rs"]
mod tests;
