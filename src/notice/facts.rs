//! The facts that a template can name.
//!
//! Owns the variables and that each value is harmless: no control characters, bounded length. It must never hold a byte of
//! the body. Nothing here can fail.

use super::Original;
use crate::envelope::Envelope;
use crate::policy::{Plan, Reason};
use crate::quarantine::Id;
use crate::sanitize::readable;

/// Variables and their values.
#[derive(Clone, Debug, Default)]
pub struct Facts(Vec<(&'static str, String)>);

/// Every variable, for the manual.
pub const VARIABLES: [&str; 18] = [
    "from",
    "to",
    "subject",
    "date",
    "sender",
    "recipients",
    "class",
    "name",
    "engine",
    "evidence",
    "action",
    "also",
    "id",
    "kept",
    "mark",
    "size",
    "hostname",
    "version",
];

impl Facts {
    /// The facts about a message.
    pub fn new(original: &Original, envelope: &Envelope, plan: &Plan, id: Option<&Id>, size: usize) -> Self {
        let sender = envelope.sender.as_ref().map_or("?", |sender| sender.address());
        let also: Vec<&str> = plan.also.iter().map(|class| class.name()).collect();
        let mut facts = Self(vec![
            ("from", original.from_text()),
            ("to", original.to_text()),
            ("subject", original.subject.clone()),
            ("date", original.date_text()),
            ("sender", format!("<{sender}>")),
            ("recipients", envelope.recipients.join(", ")),
            ("action", plan.in_a_word().to_owned()),
            ("also", also.join(", ")),
            ("id", id.map_or_else(|| "-".to_owned(), ToString::to_string)),
            ("kept", String::new()),
            ("mark", String::new()),
            ("size", size.to_string()),
            ("hostname", hostname()),
            ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ]);
        facts.set_reason(plan.lead.as_ref());
        facts.0.iter_mut().for_each(|(_, value)| *value = readable(value));
        facts
    }

    /// The same facts about another finding.
    pub fn about(&self, reason: &Reason) -> Self {
        let mut facts = self.clone();
        facts.set_reason(Some(reason));
        facts
    }

    /// The same facts with the mark that goes before the subject.
    pub fn with_mark(mut self, mark: Option<&str>) -> Self {
        self.set("mark", mark.map(|mark| format!("{} ", mark.trim())).unwrap_or_default());
        self
    }

    /// The same facts with the words that say whether the original was kept: lines of a template of ours.
    pub fn with_kept(mut self, kept: &str) -> Self {
        self.set("kept", kept.trim_end().to_owned());
        self
    }

    /// The value of a variable.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_str())
    }

    fn set_reason(&mut self, reason: Option<&Reason>) {
        self.set("class", reason.map_or("-", |reason| reason.class.name()).to_owned());
        self.set("name", reason.map_or_else(|| "-".to_owned(), |reason| readable(&reason.what)));
        self.set("engine", reason.map_or_else(|| "-".to_owned(), |reason| readable(&reason.engine)));
        self.set("evidence", reason.map_or_else(|| "-".to_owned(), |reason| readable(&reason.evidence)));
    }

    fn set(&mut self, name: &'static str, value: String) {
        self.0.retain(|(own, _)| *own != name);
        self.0.push((name, value));
    }

    #[cfg(test)]
    pub(super) fn of(pairs: &[(&'static str, &str)]) -> Self {
        Self(pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect())
    }

    #[cfg(test)]
    pub(super) fn for_tests() -> Self {
        Self::new(&Original::default(), &Envelope::default(), &Plan::default(), None, 0)
    }
}

/// The name of this host.
pub fn hostname() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_of_the_list_has_a_value_and_no_other() {
        let facts = Facts::for_tests();
        assert!(VARIABLES.iter().all(|name| facts.value(name).is_some()));
        assert_eq!(facts.0.len(), VARIABLES.len());
    }
}
