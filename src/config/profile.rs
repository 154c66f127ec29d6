//! `[profile.NAME]` and `[[match]]`: other settings for some envelopes.
//!
//! Owns which profiles hold for an envelope. It must never let a profile switch the search for viruses off: `skip` takes spam,
//! phishing and active content only, because whoever forges a sender chooses the profile. What is wrong is a problem of the
//! configuration.

use super::glob::Glob;
use super::keys::{Assign, Key, TableKey, read_table, show_table, table_keys};
use super::setting::{Node, Setting};
use super::{Origin, Problems};
use crate::envelope::{Envelope, Sender};
use crate::finding::Class;

/// What may be switched off for some envelopes.
const SKIPPABLE: [Class; 6] = [Class::HighSpam, Class::Spam, Class::Greylisted, Class::SpamUnscanned, Class::Active, Class::Phishing];

/// A value that a section sets.
pub(super) struct Assignment {
    pub key: &'static Key,
    pub assign: Assign,
    pub origin: Origin,
}

/// One `[profile.NAME]`.
#[derive(Default)]
pub(super) struct Profile {
    pub inherit: Option<String>,
    pub skip: Vec<Class>,
    pub assignments: Vec<Assignment>,
}

/// Reads `skip`.
pub(super) fn read_skip(node: Node<'_>, problems: &mut Problems<'_>) -> Vec<Class> {
    let classes: Vec<Class> = Setting::read(node, problems).unwrap_or_default();
    if classes.iter().any(|class| !SKIPPABLE.contains(class)) {
        node.expected("only high_spam, spam, greylisted, spam_unscanned, active and phishing (the rest is always looked for)", problems);
        return Vec::new();
    }
    classes
}

/// One `[[match]]`.
#[derive(Clone, Debug, Default)]
pub(super) struct Match {
    sender: Option<Glob>,
    recipient: Option<Glob>,
    authenticated: Option<bool>,
    pub profile: String,
}

impl Setting for Option<bool> {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        bool::read(node, problems).map(Some)
    }

    fn show(&self) -> String {
        self.unwrap_or_default().show()
    }
}

const TABLE: &[TableKey<Match>] = table_keys![Match: sender, recipient, authenticated, profile];

/// The keys of `[[match]]`, for the manual.
pub fn match_keys() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|key| key.name)
}

impl Setting for Match {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let found: Self = read_table(node, "match", TABLE, problems)?;
        if found.profile.is_empty() {
            node.expected("a profile: profile = \"NAME\"", problems);
            return None;
        }
        Some(found)
    }

    fn show(&self) -> String {
        format!("{{ {} }}", show_table(self, TABLE, ", "))
    }
}

impl Match {
    /// Whether it holds for mail of `envelope` to `recipient`. A key that is not given holds for all; one that is given does not
    /// hold for what nobody knows.
    pub(super) fn holds(&self, envelope: &Envelope, recipient: Option<&str>) -> bool {
        let sender = match &envelope.sender {
            Some(Sender::Address(address)) => Some(address.as_str()),
            Some(Sender::Null) => Some(""),
            None => None,
        };
        let fits = |pattern: &Option<Glob>, value: Option<&str>| {
            pattern.as_ref().is_none_or(|glob| value.is_some_and(|value| glob.is_like(value)))
        };
        fits(&self.sender, sender)
            && fits(&self.recipient, recipient)
            && self.authenticated.is_none_or(|wanted| wanted == envelope.is_authenticated)
    }
}
