//! What a check or an engine has to say: class, evidence and place.
//!
//! Owns the words that stand between looking and deciding. A finding must never carry an action: what to do about it is the
//! policy's word alone. Nothing here can fail.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// What kind of trouble a finding is; the order is the policy's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// A virus or other malware.
    Infected,
    /// Something to be removed that cannot be cut out of the message.
    Uncleanable,
    /// A virus engine failed, or a limit kept us from looking.
    Unscanned,
    /// An attachment that the administrator does not want.
    Banned,
    /// Content that no engine can look into.
    Encrypted,
    /// Readers will see different content.
    Ambiguous,
    /// Content that acts by itself: macros, scripts.
    Active,
    /// A lure.
    Phishing,
    /// Unwanted bulk beyond doubt: above an engine's level `kill`.
    HighSpam,
    /// Unwanted bulk.
    Spam,
    /// A spam engine asks to see it again later.
    Greylisted,
    /// A spam engine failed.
    SpamUnscanned,
}

impl Class {
    /// Every class in the policy's order, with the word for it in config, header and log.
    pub const ALL: [(&str, Self); 12] = [
        ("infected", Self::Infected),
        ("uncleanable", Self::Uncleanable),
        ("unscanned", Self::Unscanned),
        ("banned", Self::Banned),
        ("encrypted", Self::Encrypted),
        ("ambiguous", Self::Ambiguous),
        ("active", Self::Active),
        ("phishing", Self::Phishing),
        ("high_spam", Self::HighSpam),
        ("spam", Self::Spam),
        ("greylisted", Self::Greylisted),
        ("spam_unscanned", Self::SpamUnscanned),
    ];

    /// The word for this class.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, class)| *class == self).map_or("unscanned", |(name, _)| name)
    }

    /// The class of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, class)| *class)
    }
}

/// Where in the message a finding is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Index of the part; none where the finding is about the message as a whole.
    pub part: Option<usize>,
    /// The bytes it is about, in the message as it came in; none inside a decoded parent.
    pub range: Option<Range<usize>>,
    /// Whether an edit can take the part out: it lies in the open, and under no signature or encryption.
    pub cuttable: bool,
    /// Whether an edit can write it anew: the same, and no signature or encryption in it either.
    pub rewritable: bool,
    /// Whether an edit can take out of it what acts: the same, and it is a page.
    pub disarmable: bool,
}

impl Place {
    /// The message as a whole.
    pub const MESSAGE: Self = Self { part: None, range: None, cuttable: false, rewritable: false, disarmable: false };
}

/// One thing that a check or engine found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind of trouble it is.
    pub class: Class,
    /// Name of the check or engine that says so.
    pub engine: String,
    /// What it is: a virus name, a file name, the limit that was hit.
    pub what: String,
    /// How it was told, for people.
    pub evidence: String,
    /// Where it is.
    pub place: Place,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_and_the_order_of_the_classes_agree() {
        assert!(Class::ALL.windows(2).all(|pair| pair[0].1 < pair[1].1));
        for (name, class) in Class::ALL {
            assert_eq!(Class::named(name), Some(class));
            assert_eq!(class.name(), name);
        }
    }
}
