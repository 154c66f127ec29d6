//! Properties of what engines change, for any message and any advice, and tables of names, values and subjects.

use super::super::tests::{BOUNDS, mail_like};
use super::super::{Edits, tag};
use super::*;
use crate::message::Fields;
use proptest::prelude::*;

fn advice(added: &[(&str, &str)], removed: &[&str], subject: Option<&str>) -> Advice {
    Advice {
        added: added.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        removed: removed.iter().map(|name| (*name).to_owned()).collect(),
        subject: subject.map(str::to_owned),
        body: None,
    }
}

fn a_tag(mark: Option<&str>) -> TagText {
    let field = Some(("X-Own".to_owned(), "clean".to_owned()));
    TagText { field, reserved: vec!["X-Own".to_owned()], mark: mark.map(str::to_owned), ..TagText::default() }
}

fn followed(bytes: &[u8], with: &TagText) -> Vec<u8> {
    let message = Message::read(bytes, &BOUNDS);
    Edits::new(tag(&message, with, &[]), bytes.len()).apply(bytes)
}

/// The message with these changes and nothing else.
fn changed(text: &str, advice: &Advice) -> String {
    String::from_utf8(followed(text.as_bytes(), &TagText::default().following(advice))).unwrap()
}

/// Names and values as an engine may send them, good and bad.
fn any_advice() -> impl Strategy<Value = Advice> {
    let name = prop_oneof![
        Just("X-Spam-Flag".to_owned()),
        Just("x-own".to_owned()),
        Just("Subject".to_owned()),
        Just("Content-Type".to_owned()),
        Just("DKIM-Signature".to_owned()),
        "\\PC{0,9}",
    ];
    let piece = prop_oneof![
        Just("\n".to_owned()),
        Just("\r\n\t".to_owned()),
        Just(" Content-Type: a/b".to_owned()),
        Just("YES".to_owned()),
        "[ -~]{0,20}",
        any::<String>(),
        (1..1500_usize).prop_map(|count| "x".repeat(count)),
    ];
    let value = proptest::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat());
    let fields = proptest::collection::vec((name.clone(), value.clone()), 0..4);
    (fields, proptest::collection::vec(name, 0..3), proptest::option::of(value)).prop_map(|(added, removed, subject)| Advice {
        added,
        removed,
        subject,
        body: None,
    })
}

proptest! {
    #[test]
    fn no_advice_is_no_change(bytes in mail_like()) {
        prop_assert_eq!(followed(&bytes, &TagText::default().following(&Advice::default())), bytes);
    }

    #[test]
    fn twice_is_once(bytes in mail_like(), advice in any_advice(), marked in any::<bool>()) {
        let with = a_tag(marked.then_some("{Spam?} ")).following(&advice);
        let once = followed(&bytes, &with);
        prop_assert_eq!(followed(&once, &with), once);
    }

    #[test]
    fn a_removed_field_goes_whole_and_the_others_and_the_body_stay(bytes in mail_like()) {
        let message = Message::read(&bytes, &BOUNDS);
        let after = followed(&bytes, &TagText::default().following(&advice(&[], &["X-A", "DKIM-Signature"], None)));
        let goes = |field: &Field| field.is_named(&bytes, "X-A") || field.is_named(&bytes, "DKIM-Signature");
        let gone: usize = message.fields().filter(goes).map(|field| field.whole.len()).sum();
        prop_assert_eq!(after.len(), bytes.len() - gone);
        prop_assert!(after.ends_with(message.body(&message.parts()[0])));
    }

    #[test]
    fn whatever_it_says_only_its_own_fields_and_the_subject_change(bytes in mail_like(), advice in any_advice()) {
        let with = a_tag(None).following(&advice);
        let before = followed(&bytes, &a_tag(None));
        let after = followed(&bytes, &with);
        let is_theirs = |bytes: &[u8], field: &Field| {
            let name = String::from_utf8_lossy(&bytes[field.name.clone()]).into_owned();
            let named = with.advice.added.iter().map(|(added, _)| added).chain(&with.advice.removed).any(|own| own.eq_ignore_ascii_case(&name));
            named || name.eq_ignore_ascii_case("subject")
        };
        let others = |bytes: &[u8]| {
            let header = Message::read(bytes, &BOUNDS).parts()[0].header.clone();
            let fields = Fields::new(bytes, header).filter(|field| !is_theirs(bytes, field));
            fields.map(|field| bytes[field.whole].trim_ascii_end().to_vec()).collect::<Vec<_>>()
        };
        prop_assert_eq!(others(&before), others(&after));
        for (name, value) in &with.advice.added {
            prop_assert!(may_change(name), "{}", name);
            prop_assert!(value.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t' | b'\n')), "{:?}", value);
            let lines: Vec<String> = format!("{name}: {value}").lines().map(str::to_owned).collect();
            prop_assert!(lines.iter().all(|line| line.len() <= LONGEST_LINE && !(line.trim().is_empty())), "{:?}", value);
            prop_assert!(lines.iter().skip(1).all(|line| line.starts_with('\t')), "{:?}", value);
        }
    }
}

#[test]
fn names_that_an_engine_may_change() {
    let may = ["X-Spam-Flag", "Authentication-Results", "DKIM-Signature", "ARC-Seal", "Received-SPF", "X-1"];
    for name in may {
        assert!(may_change(name), "{name}");
    }
    let long = "x".repeat(77);
    let may_not = [
        "",
        "From",
        "received",
        "SUBJECT",
        "X-Mailward",
        "MIME-Ambiguity-Results",
        "Return-Path",
        "Resent-To",
        "Content-Type",
        "content-x",
        "MIME-Version",
        "X-Content-Type",
        "A b",
        "A:",
        "A_b",
        "A\r\nB",
        "\u{c4}",
        "-A",
        "List-Id",
        "Bcc",
        &long,
    ];
    for name in may_not {
        assert!(!may_change(name), "{name}");
    }
}

#[test]
fn added_fields_stand_below_our_own_with_the_messages_line_ends_and_a_like_one_goes() {
    let with =
        a_tag(None).following(&advice(&[("X-B", "1"), ("X-A", "2\r\n\t3"), ("X-Own", "forged"), ("From", "x@y")], &["X-Own", "X-c"], None));
    let message = "Return-Path: <a@b>\r\nX-a: 2\r\n\t3\r\nX-A: 4\r\nX-C: 5\r\n\t6\r\nSubject: x\r\n\r\nbody";
    let after = String::from_utf8(followed(message.as_bytes(), &with)).unwrap();
    let expected = "Return-Path: <a@b>\r\nX-Own: clean\r\nX-B: 1\r\nX-A: 2\r\n\t3\r\nX-A: 4\r\nSubject: x\r\n\r\nbody";
    assert_eq!(after, expected);
    assert_eq!(changed("no header at all", &advice(&[("X-B", "1")], &[], None)), "X-B: 1\n\nno header at all");
    assert_eq!(changed("", &advice(&[("X-B", "1")], &[], Some("x"))), "");
}

#[test]
fn a_value_is_printable_and_its_lines_are_short() {
    let words = |count: usize| vec!["word"; count].join(" ");
    let table = [
        ("YES", Some("YES".to_owned())),
        ("", Some(String::new())),
        ("a\r\nX-Mailward: clean", Some("a\n\tX-Mailward: clean".into())),
        ("a\r\n\r\nbody\r\n", Some("a\n\tbody".into())),
        ("a\n \n\tb\n", Some("a\n\tb".into())),
        ("a\r\n Content-Type: text/html", Some("a Content-Type: text/html".into())),
        ("a\rb\0c\u{7f}\u{e9}\td", Some("a?b?c?? d".into())),
        (&words(300), Some(format!("{}\n\t{}", words(199), words(101)))),
        (&"x".repeat(995), Some("x".repeat(995))),
        (&"x".repeat(996), None),
        (&words(5000), None),
    ];
    for (value, expected) in table {
        assert_eq!(folded("A", value), expected, "{value:.40}");
    }
}

#[test]
fn a_subject_is_written_anew_under_our_own_mark() {
    let table = [
        ("*** SPAM *** x", "*** SPAM *** x"),
        ("gr\u{fc}n", "=?utf-8?B?Z3LDvG4=?="),
        ("=?utf-8?B?Z3LDvG4=?=", "=?utf-8?B?Z3LDvG4=?="),
        (" a\r\nX-Evil: b\0 ", "a  X-Evil: b"),
    ];
    for (subject, written) in table {
        let new = advice(&[], &[], Some(subject));
        assert_eq!(changed("A: b\nSubject: old\n folded\nC: d\n\nx", &new), format!("A: b\nSubject: {written}\nC: d\n\nx"));
        assert_eq!(changed("A: b\n\nx", &new), format!("Subject: {written}\nA: b\n\nx"));
        let marked = a_tag(Some("{Spam?} ")).following(&new);
        let after = followed(b"Subject: old", &marked);
        assert_eq!(String::from_utf8(after).unwrap(), format!("X-Own: clean\nSubject: {{Spam?}} {written}"));
    }
    for nothing in ["", " \r\n ", &"x".repeat(1500)] {
        let after = changed("Subject: old\n\nx", &advice(&[], &[], Some(nothing)));
        assert!(!after.contains("Subject: \n") && after.ends_with("\n\nx"), "{after:.99}");
    }
}

#[test]
fn a_body_gives_way_where_all_agree_on_its_beginning_and_nothing_is_sealed() {
    let table = [
        ("A: b\n\nold", Some("A: b\n\nnew")),
        ("A: b\r\n\r\nold\r\n", Some("A: b\r\n\r\nnew")),
        ("A: b\n\n", Some("A: b\n\nnew")),
        ("A: b\n", None),
        ("no header", None),
        ("", None),
        ("A: b\n \n\nold", None),
        ("Content-Type: multipart/signed; boundary=b\n\n--b\n\nx\n--b--\n", None),
        ("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/encrypted; boundary=c\n\n--c\n\n--c--\n--b--\n", None),
    ];
    for (text, expected) in table {
        let message = Message::read(text.as_bytes(), &BOUNDS);
        let edits: Vec<Edit> = body(&message, b"new").into_iter().collect();
        let after = expected.map_or(text, |expected| expected);
        assert_eq!((edits.len(), expected.is_some()), (usize::from(expected.is_some()), body_can_give_way(&message)), "{text:?}");
        assert_eq!(String::from_utf8(Edits::new(edits, text.len()).apply(text.as_bytes())).unwrap(), after);
    }
    assert!(body(&Message::unread(b"A: b\n\nold", &BOUNDS), b"new").is_none());
}
