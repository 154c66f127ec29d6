//! Attachments that the administrator does not want, by extension, by name and by declared type.
//!
//! Owns the order: rules first, then the allow-list, then the deny-list; and that every name a part carries counts, because each
//! reader shows another. It must never look at what is inside. A rule whose pattern cannot be compiled counts as matching when it
//! denies and as not matching when it allows, which is the safe side.

use super::place;
use crate::config::{AttachmentRule, Attachments, Settings, Wanted, holds};
use crate::finding::{Class, Finding};
use crate::message::{Content, Message};
use crate::sanitize::is_safe;
use regex::Regex;

/// Name of the check.
pub(super) const NAME: &str = "attachment";

/// A finding for each part that is not wanted.
pub(super) fn run(message: &Message<'_>, settings: &Settings) -> Vec<Finding> {
    let is_named = |content: &Content| !content.names.is_empty();
    let has_rules = !settings.attachments.rules.is_empty();
    let mut parts = message.parts().iter().enumerate().filter(|(_, part)| has_rules || is_named(&part.content)).peekable();
    if parts.peek().is_none() {
        return Vec::new();
    }
    let rules: Vec<Compiled<'_>> = settings.attachments.rules.iter().map(Compiled::new).collect();
    parts
        .filter_map(|(index, part)| {
            let (what, evidence) = judge(&part.content, &settings.attachments, &rules)?;
            Some(Finding { class: Class::Banned, engine: NAME.to_owned(), what, evidence, place: place(index, part) })
        })
        .collect()
}

/// Name and reason, if the part is banned.
fn judge(content: &Content, lists: &Attachments, rules: &[Compiled<'_>]) -> Option<(String, String)> {
    if let Some(rule) = rules.iter().find(|rule| rule.matches(content)) {
        let name = content.names.first().unwrap_or(&content.media_type);
        return (rule.rule.action == Wanted::Deny).then(|| (name.clone(), format!("the rule {} denies it", rule.describe())));
    }
    let finding = |name: &String, extension: String, why: &str| Some((name.clone(), format!("its extension {extension:?} {why}")));
    for name in &content.names {
        if let Some(extension) = extensions(name).into_iter().find(|extension| lists.deny.contain(extension)) {
            return finding(name, extension, "is in attachments.deny");
        }
    }
    // Of what only a lenient reader takes for a name much is none, and would be on no list.
    let proper = if content.proper_names == 0 { content.names.len() } else { content.proper_names };
    let unknown = content.names.iter().take(proper).find(|name| !lists.allow.is_empty() && !holds(&lists.allow, &extension(name)));
    unknown.and_then(|name| finding(name, extension(name), "is not in attachments.allow"))
}

/// A NUL ends a name for programs in C, and is left out or made a blank by others.
fn extensions(name: &str) -> Vec<String> {
    let pieces: Vec<&str> = name.split('\0').collect();
    let whole = (pieces.len() > 1).then(|| extension(&pieces.concat()));
    pieces.first().map(|first| extension(first)).into_iter().chain(whole).collect()
}

/// What stands behind the last dot, in lower case. Dots, spaces and controls at the end do not count: Windows drops them. Nor do
/// quotes, commas and semicolons, which some readers take for the end of a name that was written without care.
fn extension(name: &str) -> String {
    let is_sign = |c: char| matches!(c, '.' | ',' | ';' | ':' | '"' | '\'' | '/' | '\\' | '>' | ')' | '\u{fffd}');
    let is_nothing = |c: char| is_sign(c) || c.is_whitespace() || !is_safe(c);
    let visible = name.trim_end_matches(is_nothing).to_lowercase();
    // The content of a file for Windows.
    let visible = visible.strip_suffix("::$data").unwrap_or(&visible).trim_end_matches(is_nothing);
    visible.rsplit_once('.').map(|(_, extension)| extension.to_owned()).unwrap_or_default()
}

struct Compiled<'a> {
    rule: &'a AttachmentRule,
    pattern: Option<Result<Regex, regex::Error>>,
}

impl<'a> Compiled<'a> {
    fn new(rule: &'a AttachmentRule) -> Self {
        Self { rule, pattern: rule.name.as_ref().map(crate::config::Pattern::compile) }
    }

    fn matches(&self, content: &Content) -> bool {
        let fits_type = self.rule.media_type.as_ref().is_none_or(|wanted| wanted.is_like(&content.media_type));
        let fits_name = match &self.pattern {
            None => true,
            Some(Ok(pattern)) => self.fits_names(&content.names, |name| pattern.is_match(name)),
            Some(Err(_)) => self.rule.action == Wanted::Deny,
        };
        fits_type && fits_name
    }

    /// To deny a part one name is enough; to let it pass every name must fit, as a reader may show any of them.
    fn fits_names(&self, names: &[String], fits: impl Fn(&str) -> bool) -> bool {
        match self.rule.action {
            Wanted::Deny => names.iter().any(|name| fits(name)),
            Wanted::Allow => !names.is_empty() && names.iter().all(|name| fits(name)),
        }
    }

    fn describe(&self) -> String {
        let name = self.rule.name.as_ref().map(|name| format!("name {:?}", name.source()));
        let media_type = self.rule.media_type.as_ref().map(|media_type| format!("type {:?}", media_type.source()));
        name.into_iter().chain(media_type).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use std::path::Path;

    fn banned(config: &str, media_type: &str, names: &[&str]) -> Option<String> {
        let config = Config::parse(Path::new("f"), config).unwrap_or_else(|problems| panic!("{problems:?}"));
        let content =
            Content { media_type: media_type.into(), names: names.iter().map(ToString::to_string).collect(), ..Content::default() };
        let lists = &config.base().settings.attachments;
        let rules: Vec<_> = lists.rules.iter().map(Compiled::new).collect();
        judge(&content, lists, &rules).map(|(name, _)| name)
    }

    #[test]
    fn the_extension_is_what_windows_would_see() {
        let table = [
            ("a.exe", "exe"),
            ("a.exe,", "exe"),
            ("'a.exe'", "exe"),
            ("a.EXE", "exe"),
            ("a.exe. . ", "exe"),
            ("a.exe\u{200b}", "exe"),
            ("a.exe::$DATA", "exe"),
            ("a.pdf.scr", "scr"),
            ("exe", ""),
            ("", ""),
        ];
        for (name, expected) in table {
            assert_eq!(extension(name), expected, "{name:?}");
        }
    }

    #[test]
    fn any_name_of_a_part_can_ban_it() {
        assert_eq!(banned("", "a/b", &["a.png", "b.exe"]).as_deref(), Some("b.exe"));
        assert_eq!(banned("", "a/b", &["a.png"]), None);
    }

    #[test]
    fn a_nul_hides_no_name() {
        assert!(banned("", "a/b", &["a.exe\0.txt"]).is_some() && banned("", "a/b", &["a\0.exe"]).is_some());
        assert_eq!(banned("", "a/b", &["a.txt\0"]), None);
    }

    #[test]
    fn with_an_allow_list_everything_else_is_banned() {
        let config = "attachments.allow = [\"pdf\"]";
        assert_eq!(banned(config, "a/b", &["a.pdf"]), None);
        assert_eq!(banned(config, "a/b", &["a.txt"]).as_deref(), Some("a.txt"));
        assert_eq!(banned(config, "a/b", &["README"]).as_deref(), Some("README"));
    }

    #[test]
    fn the_first_rule_that_matches_decides_before_the_lists() {
        let config =
            "attachments.rules = [ { name = '^setup\\.exe$', action = \"allow\" }, { type = \"application/x-*\", action = \"deny\" } ]";
        assert_eq!(banned(config, "application/x-msdownload", &["setup.exe"]), None);
        assert_eq!(banned(config, "application/x-msdownload", &["a.txt"]).as_deref(), Some("a.txt"));
        assert_eq!(banned(config, "application/x-msdownload", &[]).as_deref(), Some("application/x-msdownload"));
        assert_eq!(banned(config, "text/plain", &["other.exe"]).as_deref(), Some("other.exe"));
        assert_eq!(banned(config, "text/plain", &["setup.exe", "other.exe"]).as_deref(), Some("setup.exe"));
        assert_eq!(banned("attachments.rules = [ { name = 'x', action = \"deny\" } ]", "a/b", &["y", "x"]).as_deref(), Some("y"));
    }
}
