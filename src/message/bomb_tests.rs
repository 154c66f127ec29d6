//! Messages that are made to cost much: what is made of them stays in proportion, and what was not looked at is said.

use super::*;
use Said::{All, Limit, LongField, Readings};
use std::fmt::Write;

const BOUNDS: Bounds = Bounds { nesting: 8, parts: 50, header_size: 2048, decoded_size: 1 << 22 };
const SIZE: usize = 200_000;
const MIXED: &str = "Content-Type: multipart/mixed; boundary=b\n\n";
const BASE64: &str = "Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n";
const QUOTED: &str = "Content-Type: application/octet-stream\nContent-Transfer-Encoding: quoted-printable\n\n";

fn rows(front: &str, row: &str, end: &str) -> String {
    format!("{front}{}{end}", row.repeat(SIZE / row.len()))
}

fn numbered(front: &str, before: &str, behind: &str) -> String {
    let mut text = front.to_owned();
    for number in 0..SIZE / (before.len() + behind.len() + 4) {
        write!(text, "{before}{number}{behind}").unwrap();
    }
    text
}

fn nested(row: &str) -> String {
    (0..SIZE / row.len()).map(|number| row.replace("{}", &number.to_string())).collect()
}

/// What has to be said of a bomb.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Said {
    Limit(&'static str),
    Readings,
    LongField,
    /// All of it was looked at.
    All,
}

fn is_said(message: &Message<'_>, said: Said) -> bool {
    message.doubts().iter().any(|doubt| match (&doubt.kind, said) {
        (DoubtKind::Limit(key), Said::Limit(expected)) => *key == expected,
        (DoubtKind::Ambiguous(known), Said::Readings) => known.construct == Construct::Readings,
        (DoubtKind::Ambiguous(known), Said::LongField) => known.construct == Construct::LongField,
        _ => false,
    })
}

fn table() -> Vec<(&'static str, String, Said)> {
    let odd = "YWJj-_ZGV\nYQ==#YWJjZGVm\n\nYWJ";
    vec![
        ("messages in each other", rows("", "Content-Type: message/rfc822\n\n", ""), Limit("limits.nesting")),
        ("the same, encoded", rows("", "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n", ""), Limit("limits.nesting")),
        ("multiparts in each other", nested("Content-Type: multipart/mixed; boundary=b{}b\n\n--b{}b\n"), Limit("limits.nesting")),
        ("parts", rows(MIXED, "--b\n\na\n", ""), Limit("limits.parts")),
        ("parts with a field twice", rows(MIXED, "--b\nContent-Type: a/b\nContent-Type: c/d\n\na\n", ""), Limit("limits.parts")),
        ("one long field", rows("Subject: ", "x", "\n\nx"), Limit("limits.header_size")),
        ("fields", rows("", "A: b\n", "\nx"), Limit("limits.header_size")),
        (
            "long fields in all parts",
            numbered(MIXED, &format!("--b\nContent-Type: a/b; name=\"{}", "=?".repeat(900)), "\"\n\nx\n"),
            Limit("limits.header_size"),
        ),
        ("parameters", numbered("Content-Type: a/b", "; name*", "*=x"), Limit("limits.header_size")),
        ("boundaries", numbered("Content-Type: multipart/mixed", "; boundary=x", ""), Limit("limits.header_size")),
        ("fields of one name", numbered("", "Content-Type: multipart/mixed; boundary=b", "\n"), Limit("limits.header_size")),
        ("parentheses", rows("Content-Type: ", "(", "a/b\n\nx"), Limit("limits.header_size")),
        ("marks of encoded words", rows("Content-Type: a/b; name=\"", "=?", "\"\n\nx"), Limit("limits.header_size")),
        ("a hundred fields of one name", format!("{}\nx", "Content-Type: a/b\n".repeat(100)), LongField),
        ("CR in a field", rows("Content-Type: a/b", "\r", "; name=x\n\nx"), Limit("limits.header_size")),
        ("CR in a body", rows("A: b\n\n", "\r", ""), All),
        ("line ends", rows("A: b\n\n", "\r\n", ""), All),
        ("base64 of padding", rows(BASE64, "=", "\n"), All),
        ("base64 of many readings", rows(BASE64, odd, "\n"), All),
        (
            "the same under two encodings",
            rows("Content-Transfer-Encoding: quoted-printable\nContent-Transfer-Encoding: base64\n\n", odd, "\n"),
            All,
        ),
        ("quoted-printable of many readings", rows(QUOTED, "=41=42=43=44=x =\r\n\n=4\n1 \n", ""), All),
        ("uuencode files", rows("A: b\n\n", "begin 644 a\n#86)C\n`\nend\n", ""), Limit("limits.parts")),
        ("yEnc files", rows("A: b\n\n", "=ybegin name=a\nk\n=yend\n", ""), Limit("limits.parts")),
        ("hidden headers", rows("A: b\n\n", "Content-Type: x\n\n", ""), Readings),
        ("hidden parts", rows("A: b\n\n", "--X\nContent-Type: a/b\n", ""), Limit("limits.parts")),
        ("delimiters behind a blank", rows(MIXED, " --b\n\nx\n", "--b--\n"), Limit("limits.parts")),
        ("delimiters before a word", rows(MIXED, "--b X\n\nx\n", "--b--\n"), Limit("limits.parts")),
        ("unclosed multiparts", rows(MIXED, "--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nx\n", ""), Limit("limits.parts")),
        ("dashes", rows(MIXED, "-", "\n--b--\n"), All),
    ]
}

#[test]
fn what_is_made_of_a_bomb_is_bounded() {
    for (row, text, said) in table() {
        let message = Message::read(text.as_bytes(), &BOUNDS);
        let most = 4 * text.len() + (1 << 20);
        let held: usize = message.layers.iter().map(Vec::len).sum();
        assert!(message.parts().len() <= 50, "{row}: {} parts", message.parts().len());
        assert!(held <= most, "{row}: {held} bytes of layers");
        assert!(message.doubts().len() <= 4 * 50, "{row}: {} doubts", message.doubts().len());
        assert!(said == Said::All || is_said(&message, said), "{row}: {said:?} is not among {:?}", message.doubts());
    }
}

#[test]
fn where_there_is_no_room_for_all_readings_of_all_bodies_that_is_said() {
    let body = "YWJj-_ZGV\nYQ==#YWJjZGVm\n\nYWJ".repeat(10_000);
    let part = |number: usize| format!("--b\n{BASE64}{number:04}{body}\n");
    let text = MIXED.to_owned() + &(0..6).map(part).collect::<String>();
    let message = Message::read(text.as_bytes(), &BOUNDS);
    let held: usize = message.layers.iter().map(Vec::len).sum();
    assert!(held <= 4 * text.len() + (1 << 20), "{held}");
    let undecoded = message.parts().iter().filter(|part| part.has_flaw && message.decoded(part).next().is_none_or(|body| body.is_empty()));
    assert_eq!(undecoded.count(), 0);
    let last = message.parts().len() - 1;
    let is_hard = |doubt: &Doubt| matches!(&doubt.kind, DoubtKind::Ambiguous(known) if known.grade == Grade::Hard);
    assert!(message.doubts().iter().any(|doubt| doubt.part == last && is_hard(doubt)), "{:?}", message.doubts());
}

#[test]
fn an_irregular_body_is_decoded_once_for_all_who_ask() {
    let text = format!("{BASE64}YQ==YWJj\n");
    let message = Message::read(text.as_bytes(), &BOUNDS);
    let part = &message.parts()[0];
    assert!(part.decodings.len() > 1 && message.decoded(part).all(|body| matches!(body, Cow::Borrowed(_))), "{part:?}");
    assert!(message.heads(part, 4).eq(message.decoded(part)));
}
