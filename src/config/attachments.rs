//! Which attachments are not wanted: extensions and rules.
//!
//! Owns the values of `[attachments]` and the list that is shipped. It must never match anything itself: `check` does. What is
//! wrong is a problem of the configuration.

use super::Problems;
use super::glob::Glob;
use super::pattern::Pattern;
use super::setting::{Node, Setting, words};

/// The extensions that are denied when nothing else is said.
const SHIPPED: &str = include_str!("../../contrib/attachments/deny.txt");

/// A list of extensions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Extensions {
    /// That of contrib/attachments/deny.txt.
    #[default]
    Shipped,
    /// The administrator's.
    Own(Vec<String>),
}

impl Extensions {
    /// Whether `extension`, in lower case, is on the list.
    pub fn contain(&self, extension: &str) -> bool {
        match self {
            Self::Shipped => shipped().any(|known| known == extension),
            Self::Own(list) => holds(list, extension),
        }
    }
}

/// Whether `list` has `extension`, which is in lower case; a leading dot in the list does not count.
pub fn holds(list: &[String], extension: &str) -> bool {
    list.iter().any(|known| known.trim_start_matches('.').eq_ignore_ascii_case(extension))
}

fn shipped() -> impl Iterator<Item = &'static str> {
    SHIPPED.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace)
}

impl Setting for Extensions {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        Vec::read(node, problems).map(Self::Own)
    }

    fn show(&self) -> String {
        match self {
            Self::Shipped => shipped().map(str::to_owned).collect::<Vec<_>>().show(),
            Self::Own(list) => list.show(),
        }
    }
}

/// What a rule says of an attachment that it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// It may pass, whatever the lists say.
    Allow,
    /// It is banned.
    Deny,
}
words!(Wanted { "allow" => Self::Allow, "deny" => Self::Deny });

/// One entry of `attachments.rules`. All that it names must match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentRule {
    /// A regular expression on each name.
    pub name: Option<Pattern>,
    /// The declared type; `*` stands for anything.
    pub media_type: Option<Glob>,
    /// What it says.
    pub action: Wanted,
}

const WORDS: [&str; 3] = ["name", "type", "action"];

impl Setting for AttachmentRule {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let table = node.table("a table such as { name = '\\.exe$', action = \"deny\" }", problems)?;
        let (mut name, mut media_type, mut action) = (None, None, None);
        for (word, value) in table {
            let key = format!("{}.{}", node.key, word.get_ref());
            let entry = Node { value, key: &key };
            match word.get_ref().as_ref() {
                "name" => name = Pattern::read(entry, problems),
                "type" => media_type = Setting::read(entry, problems).flatten(),
                "action" => action = Wanted::read(entry, problems),
                other => problems.unknown(&word.span(), &format!("{}.", node.key), other, WORDS.into_iter()),
            }
        }
        let has_condition = table.contains_key("name") || table.contains_key("type");
        let (true, true) = (has_condition, table.contains_key("action")) else {
            node.expected("an action and at least one of name and type", problems);
            return None;
        };
        Some(Self { name, media_type, action: action? })
    }

    fn show(&self) -> String {
        let name = self.name.as_ref().map(|name| format!("name = {}, ", name.show())).unwrap_or_default();
        let media_type =
            self.media_type.as_ref().map(|media_type| format!("type = {}, ", media_type.source().to_owned().show())).unwrap_or_default();
        format!("{{ {name}{media_type}action = {} }}", self.action.show())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_list_has_what_runs_and_not_what_is_read() {
        for extension in ["exe", "scr", "js", "lnk", "iso", "jar"] {
            assert!(Extensions::Shipped.contain(extension), "{extension}");
        }
        for extension in ["pdf", "txt", "jpg", "zip", "docx", ""] {
            assert!(!Extensions::Shipped.contain(extension), "{extension}");
        }
    }

    #[test]
    fn an_own_list_may_write_dots_and_capitals() {
        assert!(Extensions::Own(vec![".EXE".into()]).contain("exe"));
    }
}
