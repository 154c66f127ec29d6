//! The host that the text of a link shows.
//!
//! Owns what reads as a host. It must never take for one what is a word, a file or a number. Nothing here can fail.

use super::brand;
use crate::html::host::{Host, Target, is_known, organisation, own_label, target};

/// Suffixes of files that are suffixes of hosts too.
const FILES: &[&str] =
    &["ai", "app", "cab", "cc", "com", "doc", "gz", "java", "md", "mov", "mp", "pl", "pm", "ps", "py", "rs", "sc", "sh", "so", "st", "zip"];

/// The host of the address that `text` shows.
pub(super) fn host(text: &str) -> Option<String> {
    // What browsers take for a dot in a host (UTS 46), and what looks like one.
    let text = text.replace(['\u{ff0e}', '\u{3002}', '\u{ff61}', '\u{2024}'], ".");
    let mut words = text.split(|c: char| c.is_whitespace() || brand::is_unseen(c)).map(trimmed).filter(|word| !word.is_empty());
    let first = words.next()?;
    if is_url(first) {
        return named(first);
    }
    // Of several words a host is only mentioned.
    (words.next().is_none() && is_host(first)).then(|| named(&format!("http://{first}"))).flatten()
}

fn trimmed(word: &str) -> &str {
    word.trim_matches(|c: char| {
        c.is_ascii_punctuation() && c != '/' && c != '%' || matches!(c, '\u{ab}' | '\u{bb}' | '\u{2018}'..='\u{201f}')
    })
}

fn is_url(word: &str) -> bool {
    ["http://", "https://", "www."].iter().any(|start| word.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start)))
}

/// Whether a word is a host, perhaps with a path. Organisations write their names with capitals, and addresses without.
fn is_host(word: &str) -> bool {
    let (name, path) = word.split_once('/').map_or((word, None), |(name, path)| (name, Some(path)));
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_plain = name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'));
    let may_be_file = FILES.contains(&last) && path.is_none() && last != "com" && name.matches('.').count() == 1;
    is_plain && name.contains('.') && !name.contains("..") && !may_be_file && is_known(name)
}

fn named(url: &str) -> Option<String> {
    match target(url.as_bytes(), None) {
        // What is not whole yet, as `http://www.`, is no host.
        Target::Host(host) if is_known(&host.name) || host.is_number => Some(host.name),
        _ => None,
    }
}

/// Whether two hosts are of one organisation, as far as their names and what is known tell.
pub(super) fn are_related(one: &str, other: &str) -> bool {
    let (one, other) = (organisation(one), organisation(other));
    one == other || is_like(own_label(one), own_label(other)) || brand::own_both(one, other)
}

/// Whether a label is the other, or is in it.
fn is_like(one: &str, other: &str) -> bool {
    const LONG_ENOUGH: usize = 4;
    one == other || (one.len().min(other.len()) >= LONG_ENOUGH && (one.contains(other) || other.contains(one)))
}

/// Whether the link leads to the host that is shown, or on to it.
pub(super) fn leads_to(target: &Host, shown: &str) -> bool {
    are_related(&target.name, shown) || target.onward.iter().any(|host| are_related(host, shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_and_a_word_is_not() {
        let table = [
            ("https://example.com/a", Some("example.com")),
            ("HTTP://Example.com", Some("example.com")),
            ("<www.example.com>", Some("www.example.com")),
            ("\u{201c}https://example.com\u{201d}", Some("example.com")),
            ("example.com", Some("example.com")),
            ("www\u{ff0e}example\u{2024}com", Some("www.example.com")),
            ("example.com/login", Some("example.com")),
            ("https://example.com to log in", Some("example.com")),
            ("http://192.0.2.1/", Some("192.0.2.1")),
            ("Example.com", None),
            ("see example.com", None),
            ("2.0", None),
            ("v1.2.3", None),
            ("readme.md", None),
            ("main.rs", None),
            ("a.zip", None),
            ("report.pdf", None),
            ("node.js", None),
            ("me@example.com", None),
            ("e.g.", None),
            ("Click here", None),
            ("http://www.", None),
            ("...", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(host(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn what_belongs_together_is_related() {
        let table = [
            ("www.example.com", "mail.example.com", true),
            ("example.com", "example.co.uk", true),
            ("example.com", "examplemail.com", true),
            ("youtube.com", "google.com", true),
            ("example.com", "evil.example", false),
            ("abc.com", "abcd.com", false),
            ("a.github.io", "b.github.io", false),
        ];
        for (one, other, expected) in table {
            assert_eq!(are_related(one, other), expected, "{one} {other}");
        }
    }
}
