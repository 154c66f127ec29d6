use crate::message::shown::{BOUNDS, doubts};
use crate::message::{Ambiguity, Construct, DoubtKind, Message};

const TWICE: &str = "Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n";

/// What is ambiguous about a message.
fn ambiguities(text: &str) -> Vec<Ambiguity> {
    let message = Message::read(text.as_bytes(), &BOUNDS);
    let known = message.doubts().iter().filter_map(|doubt| match &doubt.kind {
        DoubtKind::Ambiguous(ambiguity) => Some(ambiguity.clone()),
        DoubtKind::Limit(_) => None,
    });
    known.filter(|ambiguity| ambiguity.construct != Construct::Header).collect()
}

#[test]
fn readings_that_hold_different_content_are_hard() {
    let table = [
        ("Content-Type: a/b\n X: y\n Content-Transfer-Encoding: base64\n\naGVsbG8h\n", "Hard Encoding of 0"),
        ("Content-Type: a/b\njunk\nC: d\n\nx\n", "Hard HeaderEnd of 0"),
        ("Content-Type: multipart/mixed; boundary=x; boundary=y\n\n--x\n\na\n--x--\n--y\n\nb\n--y--\n", "Hard Boundary of 0"),
        ("Content-Type: multipart/mixed; boundary=b\n\n--b\n\na\n --b\n\nc\n--b--\n", "Hard Delimiter of 0"),
    ];
    for (text, expected) in table {
        assert_eq!(doubts(text), [expected], "{text:?}");
    }
}

#[test]
fn readings_that_hold_the_same_are_soft() {
    // The same part by either boundary: blanks at its ends are nothing.
    let text = "Content-Type: multipart/mixed; boundary=x; boundary=y\n\n--x\n\none\n\n--x--\n--y\n\none\n--y--\n";
    assert_eq!(doubts(text), ["Soft Boundary of 0"]);
    assert_eq!(doubts(text.replace("one\n--y--", "two\n--y--")), ["Hard Boundary of 0"]);
    // No engine goes by the type, and our checks look at both.
    assert_eq!(doubts("Content-Type: a/b, c/d\n\nx\n"), ["Soft Type of 0"]);
}

#[test]
fn lines_more_or_less_of_a_text_are_soft() {
    assert_eq!(doubts("A: b\njunk\nC: d\n\nx\n"), ["Soft HeaderEnd of 0"]);
    assert_eq!(doubts("Content-Type: text/html\njunk\nC: d\n\nx\n"), ["Soft Type of 0"]);
    assert_eq!(doubts("Content-Type: a/b\njunk\nC: d\n\nx\n"), ["Hard HeaderEnd of 0"]);
}

#[test]
fn what_only_who_looks_into_a_body_sees_is_soft() {
    assert_eq!(doubts("Content-Type: a/b\n\nContent-Type: c/d\n\nx\n"), ["Soft HeaderEnd of 0"]);
}

#[test]
fn in_a_container_that_shows_its_parts_decoded_doubts_about_it_as_it_is_are_soft() {
    let text = |encoding: &str| {
        let part = "--b\nContent-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\naGVsbG8h\n--b--\n";
        doubts(format!("Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: {encoding}\n\n{part}"))
    };
    let twice = |grade: &str, part: usize| format!("{grade} Twice(\"Content-Transfer-Encoding\") of {part}");
    assert_eq!(text("7bit"), [twice("Hard", 1)]);
    let told = text("quoted-printable");
    assert!(told.contains(&twice("Soft", 1)) && told.iter().any(|doubt| doubt.starts_with("Hard Twice")), "{told:?}");
}

#[test]
fn a_field_that_stands_twice_takes_the_readings() {
    let known = ambiguities(&format!("Content-Type: a/b\n{TWICE}\naGVsbG8h\n"));
    let [ambiguity] = known.as_slice() else { panic!("{known:?}") };
    assert_eq!(ambiguity.construct, Construct::Twice("Content-Transfer-Encoding"));
    assert_eq!(ambiguity.readings, ["a/b as base64 at 85..94", "a/b as it is at 85..94"]);
}

#[test]
fn each_reading_is_described_by_type_boundary_encoding_and_place() {
    let known = ambiguities("Content-Type: text/html; boundary=b\n\n--b\n\none\n--b--\n");
    let readings = ["text/html as it is at 37..52", "multipart/mixed between \"b\" as it is at 37..52"];
    assert_eq!(known.into_iter().map(|ambiguity| ambiguity.readings).collect::<Vec<_>>(), [readings]);
}

#[test]
fn one_reading_is_no_doubt() {
    for text in ["A: b\n\nx\n", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n"] {
        assert_eq!(doubts(text), [""; 0], "{text:?}");
    }
    // Malformed, and that is all.
    let odd = Message::read(b"Content-Type : a/b\n\nx\n", &BOUNDS);
    assert!(odd.doubts().iter().all(|doubt| doubt.kind == DoubtKind::soft(Construct::Header)) && odd.doubts().len() == 1);
}
