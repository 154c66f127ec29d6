//! One line of the policy: what to do about a class.
//!
//! Owns the words for actions, treatments and who is told, and their defaults. It must never decide anything: `policy` does. A
//! rule that is written replaces its default whole, so that nobody has to know the default to read it.

use super::Problems;
use super::setting::{Node, Setting, words};
use crate::finding::Class;
use serde::Serialize;

/// What becomes of the message as a whole; the order is from lenient to strict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It goes on, treated if a treatment is set.
    #[default]
    Accept,
    /// It is taken and dropped.
    Discard,
    /// The MTA keeps it and tries again.
    Defer,
    /// The MTA refuses it, and the sender is told.
    Reject,
}
words!(Action { "accept" => Self::Accept, "discard" => Self::Discard, "defer" => Self::Defer, "reject" => Self::Reject });

impl Action {
    /// Its word in header and log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Discard => "discard",
            Self::Defer => "defer",
            Self::Reject => "reject",
        }
    }
}

/// How an accepted message is changed; the order is from mild to strong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// Marked in header and subject.
    Tag,
    /// The part gets a name that nothing opens.
    Rename,
    /// What acts is taken out of the part.
    Disarm,
    /// The part is written so that all readers see the same.
    Canonical,
    /// The part gives way to a text.
    Strip,
    /// The message gives way to a notice.
    Replace,
}
words!(Treatment {
    "tag" => Self::Tag, "rename" => Self::Rename, "disarm" => Self::Disarm, "canonical" => Self::Canonical, "strip" => Self::Strip,
    "replace" => Self::Replace,
});

impl Treatment {
    /// Its word in header and log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Rename => "rename",
            Self::Disarm => "disarm",
            Self::Canonical => "canonical",
            Self::Strip => "strip",
            Self::Replace => "replace",
        }
    }
}

/// Who gets a mail about a finding. The sender is not among them: senders of viruses are forged, and the notice would be spam.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// Those of `notice.admin`.
    Admin,
    /// The recipients.
    Recipient,
}
words!(Told { "admin" => Self::Admin, "recipient" => Self::Recipient });

/// What to do about a class.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// What becomes of the message.
    pub action: Action,
    /// How it is changed if it is accepted.
    pub treatment: Option<Treatment>,
    /// Whether the original is kept.
    pub quarantine: bool,
    /// Who is told.
    pub notice: Vec<Told>,
}

const WORDS: [&str; 4] = ["action", "treatment", "quarantine", "notice"];

impl Setting for Rule {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let table = node.table("a table such as { action = \"accept\", treatment = \"tag\" }", problems)?;
        let mut rule = Self::default();
        for (name, value) in table {
            let key = format!("{}.{}", node.key, name.get_ref());
            let entry = Node { value, key: &key };
            match name.get_ref().as_ref() {
                "action" => rule.action = Setting::read(entry, problems).unwrap_or_default(),
                "treatment" => rule.treatment = Setting::read(entry, problems),
                "quarantine" => rule.quarantine = Setting::read(entry, problems).unwrap_or_default(),
                "notice" => rule.notice = Setting::read(entry, problems).unwrap_or_default(),
                other => problems.unknown(&name.span(), &format!("{}.", node.key), other, WORDS.into_iter()),
            }
        }
        Some(rule)
    }

    fn show(&self) -> String {
        let treatment = self.treatment.map(|treatment| format!(", treatment = {}", treatment.show())).unwrap_or_default();
        let quarantine = if self.quarantine { ", quarantine = true" } else { "" };
        let notice = if self.notice.is_empty() { String::new() } else { format!(", notice = {}", self.notice.show()) };
        format!("{{ action = {}{treatment}{quarantine}{notice} }}", self.action.show())
    }
}

/// `[policy]`: one rule a class, and one before anything is scanned.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each field is the rule of the class of that name, see finding::Class")]
pub struct Policy {
    pub processed: Rule,
    pub infected: Rule,
    pub uncleanable: Rule,
    pub unscanned: Rule,
    pub banned: Rule,
    pub encrypted: Rule,
    pub ambiguous: Rule,
    pub active: Rule,
    pub phishing: Rule,
    pub high_spam: Rule,
    pub spam: Rule,
    pub greylisted: Rule,
    pub spam_unscanned: Rule,
}

impl Policy {
    /// The rule of `class`.
    pub fn rule(&self, class: Class) -> &Rule {
        match class {
            Class::Infected => &self.infected,
            Class::Uncleanable => &self.uncleanable,
            Class::Unscanned => &self.unscanned,
            Class::Banned => &self.banned,
            Class::Encrypted => &self.encrypted,
            Class::Ambiguous => &self.ambiguous,
            Class::Active => &self.active,
            Class::Phishing => &self.phishing,
            Class::HighSpam => &self.high_spam,
            Class::Spam => &self.spam,
            Class::Greylisted => &self.greylisted,
            Class::SpamUnscanned => &self.spam_unscanned,
        }
    }
}

/// The policy that holds when no file says otherwise.
impl Default for Policy {
    fn default() -> Self {
        let accept = |treatment| Rule { treatment: Some(treatment), ..Rule::default() };
        let keep = |treatment| Rule { quarantine: true, ..accept(treatment) };
        let tell = |treatment| Rule { notice: vec![Told::Admin], ..keep(treatment) };
        Self {
            processed: Rule::default(),
            infected: tell(Treatment::Replace),
            uncleanable: tell(Treatment::Replace),
            unscanned: Rule { action: Action::Defer, ..Rule::default() },
            banned: keep(Treatment::Strip),
            encrypted: accept(Treatment::Tag),
            ambiguous: keep(Treatment::Canonical),
            active: accept(Treatment::Disarm),
            phishing: accept(Treatment::Tag),
            high_spam: keep(Treatment::Tag),
            spam: accept(Treatment::Tag),
            greylisted: Rule { action: Action::Defer, ..Rule::default() },
            spam_unscanned: Rule::default(),
        }
    }
}
