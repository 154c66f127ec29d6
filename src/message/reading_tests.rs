use super::*;
use crate::message::Message;
use crate::message::shown::BOUNDS;

/// The first reading of an entity, as the walk has it.
fn first(text: &str) -> Part {
    Message::read(text.as_bytes(), &BOUNDS).parts()[0].clone()
}

/// Each other reading as `origin type boundary, encoding, delimiters "body"`.
fn others(text: &str) -> Vec<String> {
    let told = |reading: Reading| {
        let content = reading.content;
        let boundary = content.boundary.map(|boundary| format!(" {}", String::from_utf8_lossy(&boundary)));
        let body = text.get(reading.body..reading.end).unwrap();
        let loose = if reading.delimiters == Delimiters::Loose { ", loose" } else { "" };
        let boundary = boundary.unwrap_or_default();
        format!("{:?} {}{boundary}, {}{loose} {body:?}", reading.origin, content.media_type, content.encoding.word())
    };
    of(text.as_bytes(), &first(text), text.len(), "text/plain", u64::MAX).list.into_iter().map(told).collect()
}

#[test]
fn a_body_that_may_begin_elsewhere_is_read_from_there() {
    let table: [(&str, &str, &[&str]); 7] = [
        ("nothing odd", "Content-Type: a/b\n\nx", &[]),
        ("junk ends it", "Content-Type: a/b\njunk\nC: d\n\nx", &["HeaderEnd a/b, it is \"junk\\nC: d\\n\\nx\""]),
        ("blanks end it", "Content-Type: a/b\n \nC: d\n\nx", &["HeaderEnd a/b, it is \"C: d\\n\\nx\""]),
        ("CR CR ends it", "Content-Type: a/b\r\rC: d\n\nx", &["HeaderEnd a/b, it is \"C: d\\n\\nx\""]),
        ("fields in the body", "Content-Type: a/b\n\nContent-Type: c/d\n\nx", &["Hidden c/d, it is \"x\""]),
        ("behind junk", "\njunk\nContent-Type: c/d\n\nx", &["Hidden c/d, it is \"x\""]),
        ("a text", "A: b\n\nContent is here.\n\nContent-Type: c/d\n\nx", &[]),
    ];
    for (what, text, expected) in table {
        let told = others(text);
        assert!(expected.iter().all(|one| told.iter().any(|other| other == one)), "{what}: {told:#?}");
        assert_eq!(told.is_empty(), expected.is_empty(), "{what}: {told:#?}");
    }
}

#[test]
fn a_message_inside_begins_with_its_own_header_and_not_with_more_of_the_outer_one() {
    assert_eq!(others("Content-Type: message/rfc822\n\nContent-Type: c/d\n\nx"), [""; 0]);
}

#[test]
fn each_structure_that_the_body_bears_out_is_read_under_each_encoding() {
    let twice = |value: &str| format!("Content-Transfer-Encoding: base64\n{value}");
    let table: [(String, &[&str]); 6] = [
        (twice("Content-Transfer-Encoding: 7bit\n\nx"), &["Header text/plain, it is \"x\""]),
        ("Content-Type: a/b\nContent-Type: c/d\n\nx".into(), &["Header c/d, it is \"x\""]),
        ("Content-Type: text/plain; boundary=b\n\n--b\n".into(), &["Header multipart/mixed b, it is \"--b\\n\""]),
        // No reader finds parts there.
        ("Content-Type: text/plain; boundary=b\n\nx".into(), &[]),
        ("Content-Type: text/plain; boundary=b\n\n--bX\n".into(), &["Header multipart/mixed b, it is, loose \"--bX\\n\""]),
        // Under an encoding they may be there all the same.
        (twice("Content-Type: text/plain; boundary=b\n\nx"), &["Header multipart/mixed b, base64 \"x\""]),
    ];
    for (text, expected) in table {
        assert_eq!(others(&text), expected, "{text:?}");
    }
}

#[test]
fn where_no_boundary_fits_those_that_stand_there_are_tried() {
    let text = "Content-Type: multipart/mixed; oundary=b\n\n--c\nContent-Type: a/b\n\nx\n--d\n\ny\n--c--\n";
    let body = "\"--c\\nContent-Type: a/b\\n\\nx\\n--d\\n\\ny\\n--c--\\n\"";
    assert_eq!(others(text), ["c", "d"].map(|found| format!("Header multipart/mixed {found}, it is {body}")));
}

#[test]
fn a_boundary_is_guessed_from_a_line_before_a_header_or_a_blank_line() {
    let sniffed = |body: &str| -> Vec<String> {
        sniffed_boundaries(body.as_bytes()).into_iter().map(|boundary| String::from_utf8(boundary).unwrap()).collect()
    };
    let none: [&str; 0] = [];
    assert_eq!(sniffed("x\n--b\n\ny\n--c\nContent-Type: a/b\n"), ["b", "c"]);
    assert_eq!(sniffed(" --b \r\n\r\n"), ["b"]);
    assert_eq!(sniffed("x--b\n\n--\n\n--signature\ntext\n--c"), none);
    assert_eq!(sniffed(&format!("--{}\n\n", "b".repeat(201))), none);
    let many: String = (0..9).map(|number| format!("--b{number}\n\n")).collect();
    assert_eq!(sniffed(&many).len(), MOST_SNIFFED);
}

#[test]
fn there_are_eight_readings_at_most_and_more_are_said() {
    let of_many = |count: usize| {
        let boundaries: String = (0..count).map(|number| format!("; boundary=b{number}")).collect();
        let body: String = (0..count).map(|number| format!("--b{number}\n\n")).collect();
        let text = format!("Content-Type: multipart/mixed{boundaries}\n\n{body}");
        let readings = of(text.as_bytes(), &first(&text), text.len(), "text/plain", u64::MAX);
        (readings.list.len() + 1, readings.has_more)
    };
    assert_eq!(of_many(MOST), (MOST, false));
    assert_eq!(of_many(MOST + 1), (MOST, true));
}

#[test]
fn a_header_that_a_delimiter_cuts_off_or_a_body_that_begins_like_one_has_a_late_end() {
    let has = |text: &str, header: usize| has_late_end(text.as_bytes(), 0..header);
    assert!(has("A: b\n--b\n\nx", 5));
    assert!(has("A: b\n\nContent-Type: a/b\n\nx", 6));
    assert!(!has("A: b\n\nB: c\n\nx", 6) && !has("A: b\n\n", 6) && !has("A: b", 4));
}
