//! A part that is written anew: tables of what comes out, and what must hold for any message.

use super::super::{Changes, Edits, PartText, TagText, change, tag};
use super::*;
use crate::message::{Bounds, DoubtKind, Grade};
use proptest::prelude::*;
use proptest::sample::Index;

const BOUNDS: Bounds = Bounds { nesting: 64, parts: 1000, header_size: 262_144, decoded_size: 1_000_000 };

fn read(bytes: &[u8]) -> Message<'_> {
    Message::read(bytes, &BOUNDS)
}

fn rewritten_with(bytes: &[u8], parts: &[usize], texts: &[PartText]) -> Vec<u8> {
    let message = read(bytes);
    Edits::new(change(&message, &Changes::of(parts, texts)), bytes.len()).apply(bytes)
}

fn rewritten(bytes: &[u8], part: usize) -> Vec<u8> {
    rewritten_with(bytes, &[part], &[])
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What the parts of the first reading hold, those in `top` alone.
fn leaves(message: &Message<'_>, top: usize) -> Vec<Vec<u8>> {
    let children = primary_children(message);
    let mut found = Vec::new();
    let mut open = vec![top];
    while let Some(index) = open.pop() {
        let part = &message.parts()[index];
        if children[index].is_empty() || !(part.content.is_multipart() || part.content.is_message()) {
            found.push(message.decoded(part).next().unwrap().into_owned());
        } else if part.content.is_multipart() {
            open.extend(children[index].iter().rev());
        } else {
            open.push(children[index][0]);
        }
    }
    found
}

/// The parts that an edit can be about.
fn declared(message: &Message<'_>) -> Vec<usize> {
    (0..message.parts().len()).filter(|index| message.primary(*index) == *index).collect()
}

fn is_doubtful(message: &Message<'_>) -> bool {
    let is_soft = |kind: &DoubtKind| matches!(kind, DoubtKind::Ambiguous(ambiguity) if ambiguity.grade == Grade::Soft);
    message.doubts().iter().any(|doubt| !is_soft(&doubt.kind))
}

/// Lines that readers differ on, among others.
const LINES: [&[u8]; 40] = [
    b"",
    b"Subject: x",
    b"Subject : \rContent-Type: text/html",
    b" folded",
    b" \t",
    b" Content-Type: multipart/mixed; boundary=c",
    b"From a@b Mon",
    b"X-Mailward: clean",
    b"MIME-Version: 1.0",
    b"Content-Type: multipart/mixed; boundary=b",
    b"Content-Type: multipart/mixed; boundary=b; boundary=c",
    b"Content-Type: multipart/alternative; boundary=\"c\"",
    b"Content-Type: multipart/digest; boundary=b",
    b"Content-Type: message/rfc822",
    b"Content-Type: message/delivery-status",
    b"Content-Type: text/html; charset=utf-8; name=\"=?utf-8?Q?=C3=A9.exe?=\"",
    b"Content-Type: text/plain; charset=\xff",
    b"Content-Type: a/b; name=\"a;b (1).exe\"; name*=utf-8''%41.exe",
    b"Content-Type(c): text/html",
    b"Content-Type text/html",
    b"cOntent-tYpe:image/png",
    b"Content-Transfer-Encoding: base64",
    b"Content-Transfer-Encoding: quoted-printable",
    b"Content-Transfer-Encoding: x-base64",
    b"Content-Transfer-Encoding: 8bit",
    b"Content-Disposition: attachment; filename=../x.exe",
    b"Content-Disposition: inline",
    b"Content-ID: <a@b>",
    b"Content-Location: x.exe",
    b"\0Content-Type: text/html",
    b"TVqQAAMAAAAEAAAA",
    b"TVqQ=AAMAA!!AAEA",
    b"a=3Db=",
    b"--b",
    b"--c",
    b"--b--",
    b"--c--",
    b"--b ",
    b"--=_1_",
    b"begin 644 x",
];

/// Bytes that look enough like mail to get far.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let line =
        prop_oneof![9 => (0..LINES.len()).prop_map(|index| LINES[index].to_vec()), 1 => proptest::collection::vec(any::<u8>(), 0..12)];
    let end = prop_oneof![6 => Just(&b"\n"[..]), 3 => Just(&b"\r\n"[..]), 1 => Just(&b""[..]), 1 => Just(&b"\r"[..])];
    proptest::collection::vec((line, end), 0..24)
        .prop_map(|lines| lines.into_iter().flat_map(|(line, end)| [line, end.to_vec()].concat()).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn twice_is_once(bytes in hostile()) {
        let once = rewritten(&bytes, 0);
        prop_assert_eq!(shown(&rewritten(&once, 0)), shown(&once));
    }

    #[test]
    fn a_part_written_twice_is_that_part_written_once(bytes in hostile(), which in any::<Index>()) {
        let part = *which.get(&declared(&read(&bytes)));
        let once = rewritten(&bytes, part);
        prop_assert_eq!(shown(&rewritten(&once, part)), shown(&once));
    }

    #[test]
    fn all_readers_see_the_same_in_it(bytes in hostile()) {
        let once = rewritten(&bytes, 0);
        let after = read(&once);
        prop_assert!(!is_doubtful(&after), "{:?} in {}", after.doubts(), shown(&once));
        for part in declared(&after).into_iter().map(|index| &after.parts()[index]) {
            prop_assert_eq!((part.reading_of, part.layer, after.decoded(part).count()), (None, 0, 1), "{}", shown(&once));
            prop_assert!(part.content.names.len() <= 1, "{:?}", part.content.names);
            prop_assert!(!after.header(part).iter().any(|byte| byte.is_ascii_control() && !b"\r\n\t".contains(byte)));
        }
    }

    #[test]
    fn what_its_parts_hold_is_the_same_before_and_after(bytes in hostile(), which in any::<Index>()) {
        let message = read(&bytes);
        let part = *which.get(&declared(&message));
        let once = rewritten(&bytes, part);
        prop_assert_eq!(leaves(&read(&once), part), leaves(&message, part), "{}", shown(&once));
    }

    #[test]
    fn a_byte_outside_the_part_stays(bytes in hostile(), which in any::<Index>()) {
        let message = read(&bytes);
        let index = *which.get(&declared(&message));
        let whole = message.parts()[index].whole();
        for edit in Edits::new(change(&message, &Changes::of(&[index], &[])), bytes.len()).list() {
            prop_assert!(whole.start <= edit.range.start && edit.range.end <= whole.end);
        }
    }

    #[test]
    fn a_text_stands_where_a_part_in_it_was(first in hostile(), second in hostile(), which in any::<Index>()) {
        let top = b"Content-Type: multipart/mixed; boundary=\"b\"\n\n--b\n";
        let bytes = [&top[..], &first, b"\n--b\n", &second, b"\n--b--\n"].concat();
        let message = read(&bytes);
        let children = primary_children(&message);
        let is_in_first_reading = |part: &usize| {
            let around: Vec<usize> = std::iter::successors(Some(*part), |part| message.parts()[*part].parent).collect();
            around.windows(2).all(|pair| children[pair[1]].contains(&pair[0]) && !children[pair[1]].is_empty())
        };
        let parts: Vec<usize> = (1..message.parts().len()).filter(is_in_first_reading).collect();
        let part = *which.get(&parts);
        let after = rewritten_with(&bytes, &[0], &[PartText { part, text: "gone\n".into() }]);
        let after = read(&after);
        let texts = declared(&after).into_iter().map(|part| &after.parts()[part]).filter(|part| after.decoded(part).next().unwrap().trim_ascii_end() == b"gone").count();
        prop_assert_eq!(texts, 1, "{}", shown(after.bytes()));
        prop_assert!(!is_doubtful(&after));
    }

    #[test]
    fn a_mark_and_a_rewritten_message_go_together(bytes in hostile()) {
        let with = TagText { field: Some(("X-Mailward".into(), "ambiguous".into())), reserved: vec!["X-Mailward".into()], mark: Some("(!) ".into()), ..TagText::default() };
        let message = read(&bytes);
        prop_assume!(!message.parts()[0].whole().is_empty());
        let edits = [tag(&message, &with, &[0]), change(&message, &Changes::of(&[0], &[]))].concat();
        let after = Edits::new(edits, bytes.len()).apply(&bytes);
        let after = read(&after);
        let fields: Vec<_> = after.fields().filter(|field| field.is_named(after.bytes(), "X-Mailward")).collect();
        prop_assert_eq!(fields.len(), 1, "{}", shown(after.bytes()));
        prop_assert_eq!(fields[0].value(after.bytes()), b"ambiguous");
        prop_assert!(after.field("Subject").unwrap().value(after.bytes()).starts_with(b"(!)"));
        prop_assert!(after.field("MIME-Version").is_some() && after.field("Content-Type").is_some(), "{}", shown(after.bytes()));
        prop_assert_eq!(leaves(&after, 0), leaves(&message, 0));
    }
}

/// The result as text, each boundary without its digits.
fn told(bytes: &[u8], part: usize) -> String {
    let after = shown(&rewritten(bytes, part));
    let mut pieces = after.split("=_");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |told, piece| {
        let (number, rest) = piece.split_once('_').unwrap();
        let (digits, rest) = rest.split_at(32);
        assert!(digits.bytes().all(|byte| byte.is_ascii_hexdigit()), "{digits}");
        format!("{told}={number}{rest}")
    })
}

macro_rules! plain {
    () => {
        "MIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"
    };
}

/// What it is, a message, and what comes of it.
const FORMS: [(&str, &str, &str); 10] = [
    (
        "two types",
        "Subject: x\nContent-Type: text/plain; charset=utf-8\nContent-Type: text/html\n\nx\n",
        "Subject: x\nMIME-Version: 1.0\nContent-Type: text/plain; charset=\"utf-8\"\nContent-Transfer-Encoding: base64\n\neAo=\n",
    ),
    ("two encodings", "Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n\neA==\n", concat!(plain!(), "eA==\n")),
    ("an encoding that nobody knows", "Content-Transfer-Encoding: x-base64\n\neA==\n", concat!(plain!(), "ZUE9PQo=\n")),
    ("broken base64", "Content-Transfer-Encoding: base64\n\ne!!A\n=\n=\n", concat!(plain!(), "eA==\n")),
    (
        "a bare CR in the header",
        "Subject: x\rContent-Type: text/html\n\nx",
        concat!("Subject: x Content-Type: text/html\n", plain!(), "eA==\n"),
    ),
    (
        "a multipart without its delimiters",
        "Content-Type: multipart/mixed; boundary=z\n\n--b\n\nx\n--b--\n",
        concat!(plain!(), "LS1iCgp4Ci0tYi0tCg==\n"),
    ),
    (
        "two boundaries, a preamble and an epilogue",
        "A: b\nContent-Type: multipart/related; boundary=c; boundary=b\n\nbefore\n--b\n\nx\n--b\nContent-Type: image/png; name=y.png\nContent-ID: <i@d>\n\ny\n--b--\nbehind\n",
        "A: b\nMIME-Version: 1.0\nContent-Type: multipart/related;\n boundary=\"=1\"\nContent-Transfer-Encoding: 8bit\n\n\
         --=1\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\neA==\n\
         --=1\nContent-Type: image/png\nContent-Disposition: inline; filename=\"y.png\"\nContent-ID: <i@d>\nContent-Transfer-Encoding: base64\n\neQ==\n--=1--\n",
    ),
    (
        "a message in it",
        "Content-Type: message/rfc822\nContent-Type: text/plain\n\nFrom: c@d\nContent-Type: text/html\n\n<b>\n",
        "MIME-Version: 1.0\nContent-Type: message/rfc822\nContent-Transfer-Encoding: 8bit\n\nFrom: c@d\nMIME-Version: 1.0\n\
         Content-Type: text/html\nContent-Transfer-Encoding: base64\n\nPGI+Cg==\n",
    ),
    (
        "several names",
        "Content-Type: a/b; name=\"../x.txt\"\nContent-Disposition: ATTACHMENT; filename=y.exe\n\nx",
        "MIME-Version: 1.0\nContent-Type: a/b\nContent-Disposition: attachment; filename=\"_x.txt\"\nContent-Transfer-Encoding: base64\n\neA==\n",
    ),
    (
        "a name beyond ASCII",
        "Content-Type: a/b; name=\"=?utf-8?Q?=C3=A9.txt?=\"\n\nx",
        "MIME-Version: 1.0\nContent-Type: a/b\nContent-Disposition: attachment; filename*=UTF-8''%C3%A9.txt\n\
         Content-Transfer-Encoding: base64\n\neA==\n",
    ),
];

#[test]
fn what_readers_differ_on_gives_way_to_one_form() {
    for (what, bytes, expected) in FORMS {
        assert_eq!(told(bytes.as_bytes(), 0), expected, "{what}");
        let crlf = |text: &str| text.replace('\n', "\r\n");
        let (after, again) = (told(crlf(bytes).as_bytes(), 0), told(expected.as_bytes(), 0));
        assert!(!after.replace("\r\n", "").contains(['\r', '\n']), "{what}: {after:?}");
        assert_eq!(again.len(), expected.len(), "{what}");
    }
}

#[test]
fn of_several_readings_the_first_is_written() {
    let bytes = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--c\n\ny\n--b--\n";
    let other = |parent, reading_of| {
        let part = read(bytes).parts()[1].clone();
        crate::message::Part { parent, reading_of, header: 48..49, body: 53..54, ..part }
    };
    // Part 2 is another reading of part 1, part 3 lies in it.
    let message = read(bytes).with_part(other(Some(0), Some(1))).with_part(other(Some(2), None));
    let after = Edits::new(change(&message, &Changes::of(&[0], &[])), bytes.len()).apply(bytes);
    assert_eq!(shown(&after), shown(&rewritten(bytes, 0)));
    // A change that is asked for in another reading is one of the first.
    let [first, in_other] = [1, 3].map(|part| Edits::new(change(&message, &Changes::of(&[part], &[])), bytes.len()).apply(bytes));
    assert_eq!(shown(&in_other), shown(&first));
    assert_ne!(first, bytes);
}

#[test]
fn a_part_among_others_is_written_where_it_stood() {
    let (before, behind) = ("A: b\nContent-Type: multipart/mixed; boundary=b\n\npre\n--b\n\none\n--b\n", "\n--b\n\nthree\n--b--\npost\n");
    let part = "X: y\nContent-Type: text/plain\nContent-Type: text/html\n\nx";
    let new = "X: y\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\neA==";
    assert_eq!(told(format!("{before}{part}{behind}").as_bytes(), 2), format!("{before}{new}{behind}"));
    // A part of no bytes has no place to stand in.
    let empty = format!("{before}--b--\n");
    assert_eq!(told(empty.as_bytes(), 2), empty);
}

#[test]
fn a_part_that_gives_way_to_a_text_is_not_written_anew_and_one_in_it_neither() {
    let bytes = b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nx\n--c--\n--b--\n";
    let texts = [PartText { part: 1, text: "gone\n".into() }];
    let stripped = rewritten_with(bytes, &[], &texts);
    assert_eq!(shown(&rewritten_with(bytes, &[1, 2], &texts)), shown(&stripped));
    assert!(shown(&stripped).contains("gone"));
    // What lies in another that is written anew goes with it.
    assert_eq!(shown(&rewritten_with(bytes, &[2, 1, 0], &[])), shown(&rewritten(bytes, 0)));
}

#[test]
fn nothing_that_holds_a_signature_or_lies_under_one_is_written_anew() {
    let bytes = b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/signed; boundary=c\n\n--c\n\nx\n--c--\n--b--\n";
    for part in 0..3 {
        assert_eq!(shown(&rewritten(bytes, part)), shown(bytes), "{part}");
    }
}

#[test]
fn a_boundary_is_none_that_stands_around_it() {
    // Whoever knows how it is made may have put it there: with the boundary around it the digits change too.
    let of = |around: &str| {
        let bytes = format!(
            "Content-Type: multipart/mixed; boundary=\"{around}\"\n\n--{around}\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nx\n--c--\n--{around}--\n"
        );
        let after = rewritten(bytes.as_bytes(), 1);
        shown(&read(&after).parts()[1].content.boundary.clone().unwrap())
    };
    let first = of("b");
    assert_eq!(of("b"), first);
    assert_ne!(of(&first), first);
}
