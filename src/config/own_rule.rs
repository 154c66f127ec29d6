//! `[[rule]]`: what the administrator looks for in fields and bodies, by a pattern or by a table that was written for Postfix.
//!
//! Owns the keys of a rule and the steps that follow from them. It must never look at a message: `check/rule` does. What is wrong is a
//! problem of the configuration, or of the table that it names.

use super::Problems;
use super::keys::{TableKey, read_table, show_table, table_keys};
use super::pattern::Pattern;
use super::setting::{Node, Setting, words};
use super::table::{self, Effect, Step};
use crate::finding::Class;

/// One `[[rule]]`.
#[derive(Clone, Debug, Default)]
pub struct OwnRule {
    /// What its findings are called where a table does not say it.
    pub name: String,
    /// What it looks at.
    pub scope: Scope,
    /// What it looks for; none where a table says it.
    pub pattern: Option<Pattern>,
    /// The fields that it is about, by their name; all where there is none.
    pub field: Option<String>,
    /// The class of what it finds.
    pub class: RuleClass,
    /// The evidence; what was matched where there is none.
    pub text: Option<String>,
    /// The table that it is read from.
    pub import: Option<String>,
    /// The class of what the table holds.
    pub hold: Option<RuleClass>,
    /// The class of what the table discards.
    pub discard: Option<RuleClass>,
    /// What is asked, in order.
    pub steps: Vec<Step>,
    /// Where it was set, in words.
    pub origin: String,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// The header fields of the message.
    #[default]
    Header,
    /// The fields that describe bodies.
    Mime,
    /// The header fields of attached messages.
    Nested,
    /// The lines of the body.
    Body,
}
words!(Scope { "header" => Self::Header, "mime" => Self::Mime, "nested" => Self::Nested, "body" => Self::Body });

impl Scope {
    /// All that can be looked at.
    pub const ALL: [Self; 4] = [Self::Header, Self::Mime, Self::Nested, Self::Body];
}

/// The class of a rule's findings. The others say something that no pattern can know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleClass(pub Class);

impl RuleClass {
    const ALL: [Class; 6] = [Class::Banned, Class::Infected, Class::Phishing, Class::Spam, Class::HighSpam, Class::Active];
}

impl Default for RuleClass {
    fn default() -> Self {
        Self(Class::Banned)
    }
}

impl Setting for RuleClass {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let class = node.value.get_ref().as_str().and_then(Class::named).filter(|class| Self::ALL.contains(class));
        if class.is_none() {
            let names: Vec<String> = Self::ALL.iter().map(Setting::show).collect();
            node.expected(&format!("one of {}", names.join(" ")), problems);
        }
        class.map(Self)
    }

    fn show(&self) -> String {
        self.0.show()
    }
}

impl Setting for Option<RuleClass> {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let is_empty = node.value.get_ref().as_str() == Some("");
        if is_empty { Some(None) } else { RuleClass::read(node, problems).map(Some) }
    }

    fn show(&self) -> String {
        self.map_or_else(|| "\"\"".to_owned(), |class| class.show())
    }
}

const TABLE: &[TableKey<OwnRule>] = table_keys![OwnRule:
    "name" => name, "where" => scope, "pattern" => pattern, "field" => field, "class" => class, "text" => text, "import" => import,
    "hold" => hold, "discard" => discard
];

/// The keys of `[[rule]]`, for the manual.
pub fn rule_keys() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|key| key.name)
}

impl Setting for OwnRule {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let before = problems.count();
        let mut rule: Self = read_table(node, "rule", TABLE, problems)?;
        // An empty pattern matches anything: it is what `mailward config` writes where there is none.
        rule.pattern = rule.pattern.filter(|pattern| !pattern.source().is_empty());
        if problems.count() > before {
            return Some(rule);
        }
        if let Some(missing) = rule.missing() {
            node.expected(missing, problems);
            return Some(rule);
        }
        rule.steps = match (&rule.import, &rule.pattern) {
            (Some(import), _) => table::read(import, &rule, node, problems),
            (None, Some(pattern)) => vec![rule.step(pattern)],
            (None, None) => Vec::new(),
        };
        rule.origin = problems.origin(&node.span());
        Some(rule)
    }

    fn show(&self) -> String {
        format!("{{ {} }}", show_table(self, TABLE, ", "))
    }
}

impl OwnRule {
    /// Its keys, a line each.
    pub fn show_lines(&self) -> String {
        show_table(self, TABLE, "\n")
    }

    fn step(&self, pattern: &Pattern) -> Step {
        let effect = Effect::Tell { class: self.class.0, text: Vec::new() };
        Step { line: 0, pattern: pattern.clone(), is_negated: false, effect }
    }

    /// What it asks for and does not have.
    fn missing(&self) -> Option<&'static str> {
        if self.name.is_empty() {
            return Some("a name for what it finds: name = \"invoice\"");
        }
        if self.import.is_some() == self.pattern.is_some() {
            return Some("either a pattern or an import: pattern = '(?i)^subject:.*invoice'");
        }
        if self.field.is_some() && (self.import.is_some() || self.scope == Scope::Body) {
            return Some("no field beside an import or where = \"body\": a table sees whole fields, and a body has none");
        }
        if self.import.is_none() && (self.hold.is_some() || self.discard.is_some()) {
            return Some("hold and discard beside an import only: they are actions of a table");
        }
        None
    }
}

#[cfg(test)]
#[path = "own_rule_tests.rs"]
mod tests;
