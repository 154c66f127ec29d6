//! A message that an engine hands back with fields of its own.
//!
//! Owns what of it is the engine's. It must never take over a field that says what the message is, from whom or for whom: of the header
//! only what begins with `X-`, and the subject; and a body only where the fields of MIME say the same of it as of the old one. Nothing here
//! can fail: what is too much is left out.

use super::Advice;
use crate::config::{Changes, Engine};
use crate::message::{Bounds, Fields, Message};
use std::collections::{BTreeMap, BTreeSet};

/// Most fields that an engine adds.
const MOST_FIELDS: usize = 100;

/// Longest header that is looked at.
const BOUNDS: Bounds = Bounds { nesting: 0, parts: 1, header_size: 1 << 20, decoded_size: 0 };

/// The copy.
pub(super) struct Rewritten<'a>(Message<'a>);

impl<'a> Rewritten<'a> {
    /// The copy that lies in `bytes`.
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self(Message::unread(bytes, &BOUNDS))
    }

    /// The values of the fields of that name, without folds.
    pub(super) fn values(&self, name: &str) -> Vec<String> {
        let bytes = self.0.bytes();
        self.0.fields().filter(|field| field.is_named(bytes, name)).map(|field| unfolded(field.value(bytes))).collect()
    }

    /// That of the first.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        self.values(name).into_iter().next()
    }

    /// Whether its body is that of `message`, whose line ends may have changed on the way.
    pub(super) fn has_body_of(&self, message: &Message<'_>) -> bool {
        lines(body(&self.0)).eq(lines(body(message)))
    }
}

impl Rewritten<'_> {
    /// Whether its body is the beginning of that of `message` and no more, as of a filter that was killed while it wrote.
    pub(super) fn is_cut_short(&self, message: &Message<'_>) -> bool {
        let (own, whole) = (body(&self.0), body(message));
        !self.has_body_of(message) && (whole.starts_with(own) || own.trim_ascii().is_empty())
    }
}

/// What the engine would change, as far as it is asked for that.
pub(super) fn advice(engine: &Engine, message: &Message<'_>, copy: &Rewritten<'_>) -> Advice {
    let wants = |change| engine.changes.contains(&change);
    // The header that goes on is the old one: another Content-Type would make noise of what is there.
    let has_own_body = wants(Changes::Body) && !copy.has_body_of(message) && about_body(message) == about_body(&copy.0);
    let is_its_own = |name: &str| wants(Changes::Headers) && name.starts_with("x-");
    let (old, new) = (by_name(message, &is_its_own), by_name(&copy.0, &is_its_own));
    // Compared once a name: a sender may have written one a hundred thousand times.
    let differing: BTreeSet<&String> = old.keys().chain(new.keys()).filter(|name| old.get(*name) != new.get(*name)).collect();
    let values =
        |all: &BTreeMap<String, Vec<String>>, name: &str| -> BTreeSet<String> { all.get(name).into_iter().flatten().cloned().collect() };
    let stay = |name: &str| values(&old, name).is_subset(&values(&new, name));
    // Where SpamAssassin puts the message into a report of its own, the fields that are missing are in there.
    let is_gone = |name: &&String| differing.contains(name) && !stay(name) && (new.contains_key(*name) || name.starts_with("x-spam-"));
    let removed: BTreeSet<String> = old.keys().filter(is_gone).cloned().collect();
    // What the sender has written as often as he liked is not added once more.
    let known: BTreeMap<&String, BTreeSet<String>> =
        differing.iter().filter(|name| !removed.contains(**name)).map(|name| (*name, values(&old, name))).collect();
    let is_added = |(name, value): &(String, String)| {
        let name = name.to_ascii_lowercase();
        differing.contains(&name) && !known.get(&name).is_some_and(|values| values.contains(value))
    };
    let added: Vec<(String, String)> = fields(&copy.0).filter(is_added).take(MOST_FIELDS).collect();
    let subject = if wants(Changes::Subject) { subject(message, copy) } else { None };
    Advice { added, removed: removed.into_iter().collect(), subject, body: has_own_body.then(|| body(&copy.0).to_vec()) }
}

/// The subject, if it is another.
fn subject(message: &Message<'_>, copy: &Rewritten<'_>) -> Option<String> {
    let old = message.field("Subject").map(|field| unfolded(field.value(message.bytes())));
    copy.value("Subject").filter(|new| old.as_ref() != Some(new))
}

/// The values of the fields whose names, in small letters, are among these.
fn by_name(message: &Message<'_>, is_among: &impl Fn(&str) -> bool) -> BTreeMap<String, Vec<String>> {
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in fields(message) {
        let name = name.to_ascii_lowercase();
        if is_among(&name) {
            values.entry(name).or_default().push(value);
        }
    }
    values
}

fn fields(message: &Message<'_>) -> impl Iterator<Item = (String, String)> {
    let bytes = message.bytes();
    let name = move |range| String::from_utf8_lossy(bytes.get(range).unwrap_or_default()).into_owned();
    message.fields().map(move |field| (name(field.name.clone()), unfolded(field.value(bytes))))
}

/// What the header says of the body, without regard to where the fields are folded.
pub(super) fn about_body(message: &Message<'_>) -> Vec<Vec<u8>> {
    let bytes = message.bytes();
    let header = message.parts().first().map(|part| part.header.clone()).unwrap_or_default();
    let is_about = |field: &crate::message::Field| field.is_content(bytes) || field.is_named(bytes, "MIME-Version");
    let words = |whole: &[u8]| whole.iter().filter(|byte| !byte.is_ascii_whitespace()).copied().collect();
    Fields::new(bytes, header).filter(is_about).map(|field| words(bytes.get(field.whole).unwrap_or_default())).collect()
}

/// A value without the line ends of its folds (RFC 5322 section 2.2.3).
fn unfolded(value: &[u8]) -> String {
    String::from_utf8_lossy(value).replace(['\r', '\n'], "")
}

fn body<'a>(message: &Message<'a>) -> &'a [u8] {
    let start = message.parts().first().map_or(0, |part| part.header.end);
    message.bytes().get(start..).unwrap_or_default()
}

/// The lines without their ends; whether the last one has an end, and blank lines behind it, say nothing.
fn lines(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    body.trim_ascii_end().split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advised(changes: &[Changes], message: &str, copy: &str) -> Advice {
        let engine = Engine { changes: changes.to_vec(), ..Engine::default() };
        let copy = Rewritten::of(copy.as_bytes());
        advice(&engine, &Message::unread(message.as_bytes(), &BOUNDS), &copy)
    }

    fn pairs(fields: &[(&str, &str)]) -> Vec<(String, String)> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    const MESSAGE: &str = "X-Spam-Flag: NO\nFrom: a\nX-Mine: 1\nSubject: hi\n\nbody\n";

    #[test]
    fn fields_that_differ_go_and_come() {
        let copy =
            "X-Spam-Flag: YES\nX-Spam-Level: **\n\t*\nFrom: b\nReply-To: c\nContent-Type: d\nX-Mine: 1\nSubject: {Spam} hi\n\nbody\n";
        let advice = advised(&[Changes::Headers], MESSAGE, copy);
        assert_eq!(advice.added, pairs(&[("X-Spam-Flag", "YES"), ("X-Spam-Level", "**\t*")]));
        assert_eq!((advice.removed, advice.subject, advice.body), (vec!["x-spam-flag".to_owned()], None, None));
        let advice = advised(&[Changes::Subject], MESSAGE, copy);
        assert_eq!((advice.added, advice.removed, advice.subject), (vec![], vec![], Some("{Spam} hi".to_owned())));
    }

    #[test]
    fn only_what_replaces_a_field_or_is_spamassassins_takes_it_away() {
        let message = "X-Spam-Old: 1\nX-Mailer: mine\nX-Bogosity: Ham\nSubject: hi\n\nbody\n";
        let advice = advised(&[Changes::Headers], message, "X-Bogosity: Spam\nSubject: hi\n\nbody\n");
        assert_eq!(advice.removed, ["x-bogosity", "x-spam-old"]);
        assert_eq!(advice.added, pairs(&[("X-Bogosity", "Spam")]));
    }

    #[test]
    fn a_body_of_its_own_counts_where_the_old_header_says_what_it_is() {
        let copy = "X-Spam-Flag: YES\nFrom: b\nSubject: hi\n\nwrapped\n";
        let advice = advised(&[Changes::Body], MESSAGE, copy);
        assert_eq!((advice.added, advice.removed, advice.body), (vec![], vec![], Some(b"wrapped\n".to_vec())));
        assert_eq!(advised(&[Changes::Body], MESSAGE, &copy.replace("wrapped\n", "body\r\n")), Advice::default());
        // As SpamAssassin's report, which has the message as an attachment.
        assert_eq!(advised(&[Changes::Body], MESSAGE, &format!("Content-Type: multipart/mixed; boundary=b\n{copy}")), Advice::default());
    }

    #[test]
    fn what_a_sender_has_written_often_does_not_hide_what_the_filter_adds() {
        let old = "X-Many: z\n".repeat(2 * MOST_FIELDS);
        let advice = advised(&[Changes::Headers], &format!("{old}\nbody\n"), &format!("X-Many: new\n{old}\nbody\n"));
        assert_eq!((advice.added, advice.removed), (pairs(&[("X-Many", "new")]), vec![]));
    }

    #[test]
    fn nothing_changes_unasked_or_where_nothing_is_changed() {
        let all = [Changes::Headers, Changes::Subject, Changes::Body];
        assert_eq!(advised(&[], MESSAGE, "X-Spam-Flag: YES\n\nother\n"), Advice::default());
        assert_eq!(advised(&all, MESSAGE, MESSAGE), Advice::default());
        assert_eq!(advised(&all, MESSAGE, &MESSAGE.replace('\n', "\r\n")), Advice::default());
    }

    #[test]
    fn of_a_header_full_of_fields_only_the_first_are_taken() {
        let copy = (0..=MOST_FIELDS).map(|number| format!("X-{number}: x\n")).collect::<String>();
        assert_eq!(advised(&[Changes::Headers], "A: b\n\nx", &copy).added.len(), MOST_FIELDS);
    }

    #[test]
    fn a_body_is_the_same_whatever_ends_its_lines() {
        let is_same = |one: &str, other: &str| {
            let (one, other) = (format!("A: b\n\n{one}"), format!("C: d\r\n\r\n{other}"));
            Rewritten::of(one.as_bytes()).has_body_of(&Message::unread(other.as_bytes(), &BOUNDS))
        };
        for (one, other) in [("a\nb\n", "a\r\nb\r\n"), ("a", "a\n\n"), ("", "\n")] {
            assert!(is_same(one, other) && is_same(other, one), "{one:?} {other:?}");
        }
        for (one, other) in [("a\nb\n", "a\nc\n"), ("a\nb", "ab"), ("a", ""), ("a\n\nb", "a\nb")] {
            assert!(!is_same(one, other) && !is_same(other, one), "{one:?} {other:?}");
        }
    }
}
