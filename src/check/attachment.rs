//! Attachments that the administrator does not want, by extension, by name, by declared type, and by their first bytes.
//!
//! Owns the order: rules first, then the deny-list, then the allow-list; and that every name a part carries counts, because each
//! reader shows another. It must never look further into a file than its first bytes. A rule whose pattern cannot be compiled counts as matching when it
//! denies and as not matching when it allows, which is the safe side.

use super::extension::{device, extensions};
use super::{is_shown, magic, place};
use crate::config::{AttachmentRule, Attachments, Settings, Wanted, holds};
use crate::finding::{Class, Finding};
use crate::message::{Content, Message, Part};
use regex::Regex;

/// Name of the check.
pub(super) const NAME: &str = "attachment";

/// A finding for each part that is not wanted.
pub(super) fn run(message: &Message<'_>, settings: &Settings) -> Vec<Finding> {
    let lists = &settings.attachments;
    let rules: Vec<Compiled<'_>> = lists.rules.iter().map(Compiled::new).collect();
    let banned = |part: &Part| match judge(&part.content, lists, &rules) {
        Verdict::Banned(what, evidence) => Some((what, evidence)),
        Verdict::Allowed => None,
        Verdict::Open => by_content(message, part, lists),
    };
    // What is only quoted in a text is no attachment to any reader.
    let parts = message.parts().iter().enumerate().filter(|(_, part)| is_shown(message, part));
    parts
        .filter_map(|(index, part)| {
            let (what, evidence) = banned(part)?;
            Some(Finding { class: Class::Banned, engine: NAME.to_owned(), what, evidence, place: place(message, index) })
        })
        .collect()
}

/// What rules and lists say of a part by what it is called.
enum Verdict {
    /// Name and reason.
    Banned(String, String),
    /// A rule lets it pass.
    Allowed,
    /// Neither.
    Open,
}

fn judge(content: &Content, lists: &Attachments, rules: &[Compiled<'_>]) -> Verdict {
    if let Some(rule) = rules.iter().find(|rule| rule.matches(content)) {
        let name = content.names.first().unwrap_or(&content.media_type);
        return match rule.rule.action {
            Wanted::Allow => Verdict::Allowed,
            Wanted::Deny => Verdict::Banned(name.clone(), format!("the rule {} denies it", rule.describe())),
        };
    }
    let banned = |name: &String, extension: String, why: &str| Verdict::Banned(name.clone(), format!("its extension {extension:?} {why}"));
    // Of what only a lenient reader takes for a name much is none: it would be on no list, and its first word may be that of a device.
    let proper = || content.names.iter().take(content.proper_names);
    let all = content.names.iter().flat_map(|name| extensions(name).into_iter().map(move |extension| (name, extension)));
    let devices = proper().filter_map(|name| Some((name, device(name)?)));
    if let Some((name, extension)) = all.chain(devices).find(|(_, extension)| lists.deny.contain(extension)) {
        return banned(name, extension, "is in attachments.deny");
    }
    if lists.allow.is_empty() {
        return Verdict::Open;
    }
    let mut named = proper().flat_map(|name| extensions(name).into_iter().map(move |extension| (name, extension)));
    match named.find(|(_, extension)| !holds(&lists.allow, extension)) {
        Some((name, extension)) => banned(name, extension, "is not in attachments.allow"),
        None => Verdict::Open,
    }
}

/// Whatever it is called: what it is by its first bytes, if the lists deny that.
fn by_content(message: &Message<'_>, part: &Part, lists: &Attachments) -> Option<(String, String)> {
    if part.content.is_multipart() || part.content.is_message() {
        return None;
    }
    let mut kinds = message.heads(part, magic::HEAD).filter_map(|head| magic::extension(&head, &part.content.media_type));
    let unwanted = |kind: &&str| lists.deny.contain(kind) || (!lists.allow.is_empty() && !holds(&lists.allow, kind));
    let kind = kinds.find(unwanted)?;
    let name = part.content.names.first().unwrap_or(&part.content.media_type).clone();
    let why = if lists.deny.contain(kind) { "is in attachments.deny" } else { "is not in attachments.allow" };
    Some((name, format!("it begins as a file with the extension {kind:?}, which {why}")))
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
    use crate::message::Bounds;
    use std::path::Path;

    fn banned(config: &str, media_type: &str, names: &[&str]) -> Option<String> {
        let config = Config::parse(Path::new("f"), config).unwrap_or_else(|problems| panic!("{problems:?}"));
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let content = Content { media_type: media_type.into(), proper_names: names.len(), names, ..Content::default() };
        let lists = &config.base().settings.attachments;
        let rules: Vec<_> = lists.rules.iter().map(Compiled::new).collect();
        match judge(&content, lists, &rules) {
            Verdict::Banned(name, _) => Some(name),
            Verdict::Allowed | Verdict::Open => None,
        }
    }

    fn finds(config: &str, header: &str, body: &[u8]) -> Vec<String> {
        let config = Config::parse(Path::new("f"), config).unwrap_or_else(|problems| panic!("{problems:?}"));
        let bounds = Bounds { nesting: 9, parts: 9, header_size: 9999, decoded_size: 9999 };
        let bytes = [header.as_bytes(), b"\n\n", body].concat();
        run(&Message::read(&bytes, &bounds), &config.base().settings).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn what_begins_as_a_program_is_banned_whatever_it_is_called() {
        let program = b"MZ\x90\0\x03\0\0\0";
        let none: [&str; 0] = [];
        assert_eq!(finds("", "Content-Type: image/png; name=a.png", program), ["a.png"]);
        assert_eq!(finds("", "Content-Type: image/png", program), ["image/png"]);
        assert_eq!(finds("", "Content-Type: image/png\nContent-Transfer-Encoding: base64", b"TVqQAAMAAAA="), ["image/png"]);
        assert_eq!(
            finds("attachments.allow = [\"png\"]\nattachments.deny = []", "Content-Type: image/png; name=a.png", program),
            ["a.png"]
        );
        assert_eq!(finds("attachments.deny = [\"scr\"]", "Content-Type: image/png; name=a.png", program), none);
        let allowed = "attachments.rules = [ { name = '^a\\.png$', action = \"allow\" } ]";
        assert_eq!(finds(allowed, "Content-Type: image/png; name=a.png", program), none);
        assert_eq!(finds("", "Content-Type: text/plain", b"MZ is text"), none);
    }

    #[test]
    fn a_class_identifier_and_a_device_are_in_the_shipped_list() {
        for (name, expected) in [("a.txt.{00000000-0000-0000-0000-000000000000}", true), ("nul.txt", true), ("null.txt", false)] {
            assert_eq!(banned("", "a/b", &[name]).is_some(), expected, "{name}");
        }
        assert_eq!(banned("attachments.deny = []", "a/b", &["nul.txt"]), None);
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

    #[test]
    fn what_is_quoted_in_a_text_is_no_attachment_and_what_is_packed_in_it_is_one() {
        let none: [&str; 0] = [];
        let quoted = b"He wrote:\n\nContent-Type: application/x-a; name=a.exe\n\nMZ\n";
        assert_eq!(finds("", "A: b", quoted), none);
        assert_eq!(finds("", "Content-Type: text/html", quoted), none);
        assert_eq!(finds("", "Content-Type: message/rfc822", b"Content-Type: application/x-a; name=a.exe\n\nx\n"), ["a.exe"]);
        assert_eq!(finds("", "A: b", b"hi\nbegin 644 a.exe\n#:&DA\n`\nend\n"), ["a.exe"]);
    }

    #[test]
    fn what_only_another_reading_calls_by_a_name_is_an_attachment() {
        let part = b"--y\nContent-Type: a/b; name=a.exe\n\nx\n--y--\n--x\n\none\n--x--\n";
        assert_eq!(finds("", "Content-Type: multipart/mixed; boundary=x; boundary=y", part), ["a.exe"]);
        // The fields stand behind a blank line, and readers that pass over it show the file.
        let behind = b"Content-Disposition: attachment; filename=a.exe\n\nx\n";
        assert_eq!(finds("", "Content-Type: a/b\n ", behind), ["a.exe"]);
        assert_eq!(finds("", "Content-Type: a/b\n", behind), ["a.exe"]);
    }
}
