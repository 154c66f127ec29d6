//! Properties of edits that must hold for any message, and tables of what tags and cuts make of one.

use super::*;
use crate::finding::Class;
use crate::message::{Bounds, Construct, Grade, Message, trace_end};
use crate::policy::{Plan, Reason};
use proptest::prelude::*;
use proptest::sample::Index;

pub(super) const BOUNDS: Bounds = Bounds { nesting: 64, parts: 1000, header_size: 262_144, decoded_size: 1_000_000 };

fn a_tag() -> TagText {
    TagText {
        field: Some(("X-Mailward".into(), "infected; id=1".into())),
        reserved: vec!["X-Mailward".into()],
        mark: Some("{Virus?} ".into()),
        ..TagText::default()
    }
}

/// The same with the fields of a spam engine, one of them folded.
fn a_spam_tag() -> TagText {
    let fields = vec![("X-Spam-Flag", "YES".to_owned()), ("X-Spam-Status", "Yes, tests=A,\n\tB".to_owned())];
    a_tag().with_spam(fields).reserving(["X-Spam-Flag", "X-Spam-Status"].into_iter())
}

fn tagged(bytes: &[u8], with: &TagText) -> Vec<u8> {
    let message = Message::read(bytes, &BOUNDS);
    Edits::new(tag(&message, with, &[]), bytes.len()).apply(bytes)
}

fn stripped_bytes(bytes: &[u8], part: usize) -> Vec<u8> {
    let message = Message::read(bytes, &BOUNDS);
    let edits = change(&message, &Changes::of(&[], &[PartText { part, text: "gone\n".into() }]));
    Edits::new(edits, bytes.len()).apply(bytes)
}

fn stripped(bytes: &[u8], part: usize) -> String {
    String::from_utf8(stripped_bytes(bytes, part)).unwrap()
}

/// Bytes that look enough like mail to get far.
pub(super) fn mail_like() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        Just(b"Subject: x".to_vec()),
        Just(b"Subject:".to_vec()),
        Just(b" folded".to_vec()),
        Just(b"From a@b Mon".to_vec()),
        Just(b"Return-Path: <a@b>".to_vec()),
        Just(b"X-Mailward: clean".to_vec()),
        Just(b"x-spam-flag : NO".to_vec()),
        Just(b"Content-Type: multipart/mixed; boundary=b".to_vec()),
        Just(b"Content-Type: message/rfc822".to_vec()),
        Just(b"Content-Type: a/b; name=x.exe".to_vec()),
        Just(b"--b".to_vec()),
        Just(b"--b--".to_vec()),
        Just(Vec::new()),
        proptest::collection::vec(any::<u8>(), 0..12),
    ];
    let end = prop_oneof![4 => Just(&b"\n"[..]), 2 => Just(&b"\r\n"[..]), 1 => Just(&b""[..])];
    proptest::collection::vec((line, end), 0..14)
        .prop_map(|lines| lines.into_iter().flat_map(|(line, end)| [line, end.to_vec()].concat()).collect())
}

/// The parts that an edit can be about: no other readings, and nothing that only who looks for it sees.
fn first_reading(message: &Message<'_>) -> Vec<usize> {
    let is_declared = |index: &usize| message.primary(*index) == *index && !message.parts()[*index].is_hidden;
    (0..message.parts().len()).filter(is_declared).collect()
}

proptest! {
    #[test]
    fn without_edits_the_bytes_are_identical(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(Edits::default().apply(&bytes), bytes);
    }

    #[test]
    fn every_byte_outside_the_edits_stays(bytes in proptest::collection::vec(any::<u8>(), 0..80), raw in proptest::collection::vec((0..90usize, 0..90usize, any::<u8>()), 0..12)) {
        let edits = Edits::new(raw.into_iter().map(|(start, end, byte)| Edit { range: start..end, with: vec![byte] }).collect(), bytes.len());
        let mut rebuilt = Vec::new();
        let mut at = 0;
        for edit in edits.list() {
            prop_assert!(at <= edit.range.start && edit.range.end <= bytes.len());
            rebuilt.extend_from_slice(&bytes[at..edit.range.start]);
            rebuilt.extend_from_slice(&edit.with);
            at = edit.range.end;
        }
        rebuilt.extend_from_slice(&bytes[at..]);
        prop_assert_eq!(edits.apply(&bytes), rebuilt);
    }

    #[test]
    fn tagging_twice_is_tagging_once(bytes in mail_like()) {
        let once = tagged(&bytes, &a_spam_tag());
        prop_assert_eq!(tagged(&once, &a_spam_tag()), once);
    }

    #[test]
    fn a_tag_does_not_touch_the_body(bytes in mail_like()) {
        let message = Message::read(&bytes, &BOUNDS);
        let after = tagged(&bytes, &a_spam_tag());
        prop_assert!(after.ends_with(message.body(&message.parts()[0])));
    }

    #[test]
    fn a_cut_stays_inside_its_part(bytes in mail_like(), which in any::<Index>()) {
        let message = Message::read(&bytes, &BOUNDS);
        let part = *which.get(&first_reading(&message));
        let edits = Edits::new(change(&message, &Changes::of(&[], &[PartText { part, text: "gone".into() }])), bytes.len());
        for edit in edits.list() {
            let whole = message.parts()[part].whole();
            prop_assert!(whole.start <= edit.range.start && edit.range.end <= whole.end);
        }
    }

    #[test]
    fn after_a_cut_the_text_stands_where_the_part_was_and_every_other_part_is_there(bytes in mail_like(), which in any::<Index>()) {
        let message = Message::read(&bytes, &BOUNDS);
        let part = *which.get(&first_reading(&message));
        let text = stripped_bytes(&bytes, part);
        let after = Message::read(&text, &BOUNDS);
        let inside = |index: usize| std::iter::successors(Some(index), |index| message.parts()[*index].parent).any(|holder| holder == part);
        let others: Vec<usize> = first_reading(&message).into_iter().filter(|index| *index == part || !inside(*index)).collect();
        let now = first_reading(&after);
        prop_assert_eq!(now.len(), others.len(), "{:?}", String::from_utf8_lossy(&text));
        for (old, new) in others.into_iter().zip(now) {
            let (is_cut, new) = (old == part, after.body(&after.parts()[new]));
            if is_cut {
                prop_assert_eq!(new.trim_ascii_end(), b"gone");
            } else if old > part {
                prop_assert_eq!(message.body(&message.parts()[old]), new, "part {}", old);
            }
        }
    }

    #[test]
    fn a_replaced_message_keeps_nothing_below_the_mtas_fields(bytes in mail_like()) {
        let message = Message::read(&bytes, &BOUNDS);
        let after = Edits::new(replace(&message, &a_spam_tag(), b"Subject: notice\n\nwords\n"), bytes.len()).apply(&bytes);
        prop_assert!(after.starts_with(&bytes[..trace_end(&bytes)]));
        let read = Message::read(&after, &BOUNDS);
        prop_assert_eq!(read.body(&read.parts()[0]).trim_ascii_end(), b"words");
        prop_assert!(read.field("X-Mailward").is_some() && read.field("Subject").is_some());
    }
}

#[test]
fn a_text_is_set_off_where_the_part_left_no_room_for_it() {
    let fields = "Content-Type: text/plain; charset=\"utf-8\"\nContent-Transfer-Encoding: 7bit\n";
    let of = "Content-Type: multipart/mixed; boundary=b\n\n";
    let table = [
        // Nothing between two delimiters, not even a blank line.
        (format!("{of}--b\n--b--\n"), 1, format!("{of}--b\n{fields}\ngone\n--b--\n")),
        (format!("{of}--b\n\n--b--\n"), 1, format!("{of}--b\n{fields}\ngone\n--b--\n")),
        // A header that ends with the message, or with its part.
        ("A: b\nContent-Type: a/b; name=x.exe".into(), 0, format!("A: b\n{fields}\ngone\n")),
        ("Content-Type: a/b; name=x.exe\nA: b".into(), 0, format!("{fields}A: b\n\ngone\n")),
        ("A: b".into(), 0, format!("A: b\n{fields}\ngone\n")),
        (
            format!("{of}--b\nContent-Type: message/rfc822\n\nA: b\nContent-Type: a/b; name=x.exe\n--b--\n"),
            2,
            format!("{of}--b\nContent-Type: message/rfc822\n\nA: b\n{fields}\ngone\n--b--\n"),
        ),
        ("\nMZ".into(), 0, format!("{fields}\ngone\n")),
    ];
    for (bytes, part, expected) in table {
        assert_eq!(stripped(bytes.as_bytes(), part), expected, "{bytes:?}");
    }
}

#[test]
fn the_field_stands_behind_what_the_mta_put_on_top() {
    let table: [(&str, &str); 7] = [
        ("A: b\n\nx", "X-Mailward: infected; id=1\nA: b\n\nx"),
        (
            "From a Mon\nReturn-Path: <a@b>\nDelivered-To: c\nA: b\n\nx",
            "From a Mon\nReturn-Path: <a@b>\nDelivered-To: c\nX-Mailward: infected; id=1\nA: b\n\nx",
        ),
        ("A: b\r\n\r\nx", "X-Mailward: infected; id=1\r\nA: b\r\n\r\nx"),
        ("A: b\nX-MAILWARD : clean\n\tmore\nC: d\n\n", "X-Mailward: infected; id=1\nA: b\nC: d\n\n"),
        ("\nbody", "X-Mailward: infected; id=1\n\nbody"),
        ("only text\nand more", "X-Mailward: infected; id=1\n\nonly text\nand more"),
        ("", ""),
    ];
    for (bytes, expected) in table {
        let tag = TagText { mark: None, ..a_tag() };
        assert_eq!(String::from_utf8(tagged(bytes.as_bytes(), &tag)).unwrap(), expected, "{bytes:?}");
    }
}

#[test]
fn a_subject_keeps_its_bytes_behind_the_mark() {
    let table = [
        ("Subject: hi\n\n", "Subject: {Virus?} hi\n\n"),
        ("Subject:hi\n\n", "Subject: {Virus?} hi\n\n"),
        ("subject: =?utf-8?Q?a_b?=\r\n =?utf-8?Q?c?=\r\n\r\n", "subject: {Virus?} =?utf-8?Q?a_b?=\r\n =?utf-8?Q?c?=\r\n\r\n"),
        ("Subject:\n folded\n\n", "Subject: {Virus?}\n folded\n\n"),
        ("Subject: {Virus?} hi\n\n", "Subject: {Virus?} hi\n\n"),
        ("Subject: a\nSubject: b\n\n", "Subject: {Virus?} a\nSubject: {Virus?} b\n\n"),
        ("A: b\n\n", "Subject: {Virus?}\nA: b\n\n"),
    ];
    for (bytes, expected) in table {
        let tag = TagText { field: None, reserved: Vec::new(), ..a_tag() };
        assert_eq!(String::from_utf8(tagged(bytes.as_bytes(), &tag)).unwrap(), expected, "{bytes:?}");
    }
}

#[test]
fn the_field_says_class_engine_name_action_id_and_the_other_classes() {
    let lead = Reason { class: Class::Banned, engine: "attachment".into(), what: "a\"b\r\nX: y.exe".into(), evidence: String::new() };
    let plan = Plan { lead: Some(lead), also: vec![Class::Spam], ..Plan::default() };
    let tag = TagText::new("X-Mailward", None, &plan, Some("abc"));
    let value = r#"banned; engine=attachment; name="a'b??X: y.exe"; action=accept; id=abc; also=spam"#;
    assert_eq!(tag.field, Some(("X-Mailward".into(), value.into())));
    assert_eq!(TagText::new("X-Mailward", None, &Plan::default(), None).field.unwrap().1, "clean");
    assert_eq!(TagText::new("", None, &Plan::default(), None).field, None);
}

#[test]
fn the_field_of_ambiguities_says_the_worst_and_what_was_done() {
    let (hard, soft) = ((Construct::Twice("Content-Type"), Grade::Hard), (Construct::NoParts, Grade::Soft));
    let table = [
        (vec![], "result=none"),
        (vec![soft, soft], "result=soft; constructs=\"multipart without parts\"; action=accept"),
        (vec![soft, hard], "result=hard; constructs=\"Content-Type twice,multipart without parts\"; action=accept"),
    ];
    for (doubts, expected) in table {
        let message = Message::with_doubts(b"A: b\n\nx", &doubts);
        let tag = TagText::default().with_ambiguity("mx.example.org", &message, &Plan::default());
        assert_eq!(tag.ambiguity, Some(format!("mx.example.org; {expected}")));
    }
    // What was not looked at may be anything.
    let unread = Message::unread(b"A: b\n\nx", &BOUNDS);
    let tag = TagText::default().with_ambiguity("m x;", &unread, &Plan::default());
    assert_eq!(tag.ambiguity.as_deref(), Some("m_x_; result=unknown"));
}

#[test]
fn a_part_gives_way_to_a_text_and_its_neighbours_stay() {
    let bytes = "Content-Type: multipart/mixed; boundary=b\n\npre\n--b\n\none\n--b\nContent-Type: a/b; name=x.exe\n\nMZ\n--b--\npost\n";
    let expected = "Content-Type: multipart/mixed; boundary=b\n\npre\n--b\n\none\n--b\nContent-Type: text/plain; charset=\"utf-8\"\nContent-Transfer-Encoding: 7bit\n\ngone\n--b--\npost\n";
    assert_eq!(stripped(bytes.as_bytes(), 2), expected);
    let crlf = bytes.replace('\n', "\r\n");
    assert_eq!(stripped(crlf.as_bytes(), 2), expected.replace('\n', "\r\n"));
}

#[test]
fn a_message_that_is_itself_the_part_keeps_its_other_fields() {
    let bytes = "From: a@b\nContent-Type: a/b;\n name=x.exe\nSubject: s\nContent-Disposition: attachment\n\nMZ\n";
    let expected = "From: a@b\nContent-Type: text/plain; charset=\"utf-8\"\nContent-Transfer-Encoding: 7bit\nSubject: s\n\ngone\n";
    assert_eq!(stripped(bytes.as_bytes(), 0), expected);
    assert_eq!(
        stripped(b"From: a@b\n\nMZ\n", 0),
        "From: a@b\nContent-Type: text/plain; charset=\"utf-8\"\nContent-Transfer-Encoding: 7bit\n\ngone\n"
    );
}

#[test]
fn what_lies_in_a_part_that_is_cut_goes_with_it() {
    let bytes = b"Content-Type: message/rfc822; name=x.exe\n\nContent-Type: a/b; name=y.exe\n\nMZ\n";
    let message = Message::read(bytes, &BOUNDS);
    let texts = [0, 1].map(|part| PartText { part, text: "gone\n".into() });
    let text = String::from_utf8(Edits::new(change(&message, &Changes::of(&[], &texts)), bytes.len()).apply(bytes)).unwrap();
    assert_eq!(text, stripped(bytes, 0));
}

#[test]
fn no_line_of_a_text_is_a_delimiter() {
    let bytes = b"Content-Type: multipart/mixed; boundary=b.exe\n\n--b.exe\n\nMZ\n--b.exe\n\nneighbour\n--b.exe--\n";
    let message = Message::read(bytes, &BOUNDS);
    for text in ["--b.exe\ninside\n".to_owned(), format!("Removed: \u{e9}{}--b.exe\n", "x".repeat(57)), "a\n--b.exe--\n".to_owned()] {
        let edits = change(&message, &Changes::of(&[], &[PartText { part: 1, text: text.clone() }]));
        let after = Edits::new(edits, bytes.len()).apply(bytes);
        let read = Message::read(&after, &BOUNDS);
        assert_eq!(read.parts().len(), 3, "{}", String::from_utf8_lossy(&after));
        assert_eq!(read.decoded(&read.parts()[1]).next().unwrap().trim_ascii_end(), text.trim_end().as_bytes());
        assert_eq!(read.body(&read.parts()[2]), b"neighbour");
    }
}

#[test]
fn a_part_under_a_signature_is_not_touched() {
    let bytes = "Content-Type: multipart/signed; boundary=b\n\n--b\n\nx\n--b--\n";
    assert_eq!(stripped(bytes.as_bytes(), 1), bytes);
}

#[test]
fn the_fields_of_spam_stand_behind_our_own_and_those_that_came_in_go() {
    let tag = TagText { mark: None, ..a_spam_tag() };
    let after = |bytes: &str| String::from_utf8(tagged(bytes.as_bytes(), &tag)).unwrap();
    let fields = "X-Mailward: infected; id=1\nX-Spam-Flag: YES\nX-Spam-Status: Yes, tests=A,\n\tB\n";
    assert_eq!(after("A: b\nX-SPAM-flag: NO\n\tx\nC: d\n\nx"), format!("{fields}A: b\nC: d\n\nx"));
    assert_eq!(after("A: b\r\n\r\nx"), format!("{fields}A: b\n\n").replace('\n', "\r\n") + "x");
}
