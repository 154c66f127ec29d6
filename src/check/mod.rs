//! Our own looks at a message: each a pure function from the message to findings.
//!
//! Owns the table of checks. A check must never decide what happens, do I/O, or decode more than it needs. Nothing here fails:
//! what cannot be looked at is a finding.

mod attachment;
mod efail;
mod eicar;
mod extension;
mod html;
mod link;
mod magic;
mod opaque;
mod rule;
mod structure;

pub use eicar::test_file as eicar_test_file;
pub use html::removals;
pub use link::{Lure, hosts, lures};
pub use structure::{construct, constructs, malformed};

use crate::config::Settings;
use crate::finding::{Finding, Place};
use crate::message::{Message, Part};

/// One check.
pub struct Check {
    /// Its name in findings, header and log.
    pub name: &'static str,
    /// What it looks for, in one line.
    pub about: &'static str,
    /// Looks.
    pub run: fn(&Message<'_>, &Settings) -> Vec<Finding>,
}

/// Every check, in the order in which they look.
pub const CHECKS: &[Check] = &[
    Check { name: structure::NAME, about: "limits that were reached, and what readers take differently", run: structure::run },
    Check { name: opaque::NAME, about: "what no engine can look into", run: opaque::run },
    Check { name: eicar::NAME, about: "the test file of EICAR at the start of a part", run: eicar::run },
    Check {
        name: attachment::NAME,
        about: "attachments that the administrator does not want, by name, type and first bytes",
        run: attachment::run,
    },
    Check { name: html::NAME, about: "what acts or fetches in pages", run: html::run },
    Check { name: efail::NAME, about: "pages beside what is encrypted", run: efail::run },
    Check { name: link::NAME, about: "links that do not lead where they seem to, and senders who borrow a name", run: link::run },
    Check { name: rule::NAME, about: "what the administrator looks for in fields and bodies", run: rule::run },
];

/// What all checks find.
pub fn run(message: &Message<'_>, settings: &Settings) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for finding in CHECKS.iter().flat_map(|check| (check.run)(message, settings)) {
        // Several readings of the same bytes say the same.
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    findings
}

/// The place of a whole part: the one that an edit would work on, where a part is read in several ways.
fn place(message: &Message<'_>, index: usize) -> Place {
    let primary = message.primary(index);
    let Some(part) = message.parts().get(primary) else { return Place::MESSAGE };
    let rewritable = part.is_cuttable() && !message.holds_seal(primary);
    Place {
        part: Some(primary),
        range: (part.layer == 0).then(|| part.whole()),
        cuttable: part.is_cuttable(),
        rewritable,
        // Where another reading of the part is the page, an edit would not find it.
        disarmable: rewritable && is_page(part),
    }
}

/// Whether some reader shows `part` as one: what some reader shows although the header is odd is another reading, and what was only
/// looked for in a text is none.
fn is_shown(message: &Message<'_>, part: &Part) -> bool {
    let around = std::iter::successors(Some(part), |part| message.parts().get(part.parent?));
    !part.is_hidden || around.filter(|part| part.is_hidden).last().is_some_and(|outermost| outermost.reading_of.is_some())
}

fn is_page(part: &Part) -> bool {
    !part.content.is_container() && crate::html::is_page(&part.content.media_type, &part.content.names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Class;
    use crate::message::Bounds;

    #[test]
    fn every_check_has_its_own_name_and_a_line_about_it() {
        for (index, check) in CHECKS.iter().enumerate() {
            assert!(!check.about.is_empty() && check.about.len() < 80);
            assert!(CHECKS.iter().skip(index + 1).all(|other| other.name != check.name));
        }
    }

    fn found(text: &str) -> Vec<(Class, String, Option<usize>)> {
        let bounds = Bounds { nesting: 9, parts: 99, header_size: 9999, decoded_size: 9999 };
        let findings = run(&Message::read(text.as_bytes(), &bounds), &Settings::default());
        findings.into_iter().map(|finding| (finding.class, finding.what, finding.place.part)).collect()
    }

    #[test]
    fn what_several_readings_of_the_same_bytes_say_is_told_once() {
        let twice = "Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n";
        let text = format!("Content-Type: a/b; name=x.exe\n{twice}\naGVsbG8h\n");
        let message = Message::read(text.as_bytes(), &Bounds { nesting: 9, parts: 99, header_size: 9999, decoded_size: 9999 });
        assert_eq!(message.parts().len(), 2);
        let expected =
            [(Class::Ambiguous, "Content-Transfer-Encoding twice".to_owned(), Some(0)), (Class::Banned, "x.exe".to_owned(), Some(0))];
        assert_eq!(found(&text), expected);
    }

    #[test]
    fn the_same_in_two_parts_is_told_twice() {
        let part = "--b\nContent-Type: a/b; name=x.exe\n\nx\n";
        let text = format!("Content-Type: multipart/mixed; boundary=b\n\n{part}{part}--b--\n");
        assert_eq!(found(&text), [1, 2].map(|part| (Class::Banned, "x.exe".to_owned(), Some(part))));
    }

    #[test]
    fn what_another_reading_finds_is_told_of_the_part_that_an_edit_works_on() {
        let parts = "--y\nContent-Type: a/b; name=x.exe\n\nx\n--y--\n--x\n\none\n--x--\n";
        let text = format!("Content-Type: multipart/mixed; boundary=x; boundary=y\n\n{parts}");
        assert_eq!(found(&text), [(Class::Ambiguous, "boundary".to_owned(), Some(0)), (Class::Banned, "x.exe".to_owned(), Some(0))]);
    }
}
