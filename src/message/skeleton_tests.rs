//! What the walk makes of whole messages: a table of shapes, each with the parts that must come out.

use super::*;

const BOUNDS: Bounds = Bounds { nesting: 64, parts: 1000, header_size: 262_144, decoded_size: 1_000_000 };

/// Each part as `depth type "body"`.
fn outline(bytes: &[u8]) -> Vec<String> {
    let message = read(bytes, &BOUNDS);
    let describe = |part: &Part| format!("{} {} {:?}", part.depth, part.content.media_type, String::from_utf8_lossy(message.body(part)));
    message.parts().iter().map(describe).collect()
}

const MIXED: &str = "Content-Type: multipart/mixed; boundary=b\n\npre\n--b\n\none\n--b\nContent-Type: a/b\n\ntwo\n\n--b--\npost\n";

#[test]
fn a_message_without_mime_is_one_part() {
    assert_eq!(outline(b"A: b\n\nbody\n"), [r#"0 text/plain "body\n""#]);
    assert_eq!(outline(b""), [r#"0 text/plain """#]);
    assert_eq!(outline(b"A: b"), [r#"0 text/plain """#]);
    assert_eq!(outline(b"From a Mon\nA: b\n\nbody"), [r#"0 text/plain "body""#]);
}

#[test]
fn a_part_ends_before_the_line_end_of_its_delimiter() {
    let parts = outline(MIXED.as_bytes());
    assert_eq!(&parts[1..], [r#"1 text/plain "one""#, r#"1 a/b "two\n""#]);
}

#[test]
fn crlf_and_lf_give_the_same_parts() {
    let crlf = MIXED.replace('\n', "\r\n");
    assert_eq!(outline(crlf.as_bytes())[1..], [r#"1 text/plain "one""#, r#"1 a/b "two\r\n""#]);
}

#[test]
fn without_a_last_delimiter_the_part_goes_to_the_end() {
    assert_eq!(outline(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\none")[1..], [r#"1 text/plain "one""#]);
}

#[test]
fn a_delimiter_of_an_outer_part_ends_the_inner_ones() {
    let bytes =
        b"Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\nx\n--o\n\ny\n--o--\n";
    assert_eq!(outline(bytes)[1..], [r#"1 multipart/mixed "--i\n\nx""#, r#"2 text/plain "x""#, r#"1 text/plain "y""#]);
}

#[test]
fn a_delimiter_inside_a_part_header_ends_it() {
    let bytes = b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b\n--b\n\ny\n--b--\n";
    let to_who_reads_headers_first = r#"1 a/b "--b\n\ny\n--b--\n""#;
    assert_eq!(outline(bytes)[1..], [r#"1 a/b """#, r#"1 text/plain "y""#, to_who_reads_headers_first]);
}

#[test]
fn a_message_inside_is_looked_into() {
    let bytes = b"Content-Type: message/rfc822\n\nSubject: in\nContent-Type: a/b\n\nbody";
    assert_eq!(outline(bytes), [r#"0 message/rfc822 "Subject: in\nContent-Type: a/b\n\nbody""#, r#"1 a/b "body""#]);
}

#[test]
fn the_parts_of_a_digest_are_messages() {
    let bytes = b"Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: in\n\nbody\n--b--\n";
    assert_eq!(outline(bytes)[1..], [r#"1 message/rfc822 "Subject: in\n\nbody""#, r#"2 text/plain "body""#]);
}

#[test]
fn an_encoded_message_is_decoded_and_its_parts_cannot_be_cut() {
    let bytes = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nQ29udGVudC1UeXBlOiBhL2IKCmJvZHk=\n";
    assert_eq!(outline(bytes)[1..], [r#"1 a/b "body""#]);
    let message = read(bytes, &BOUNDS);
    assert_eq!(message.parts().iter().map(Part::is_cuttable).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn an_encoded_multipart_keeps_its_own_range() {
    let bytes = b"Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\nLS1iCgpvbmUKLS1iLS0K\n";
    let message = read(bytes, &BOUNDS);
    assert_eq!(message.body(&message.parts()[0]), b"LS1iCgpvbmUKLS1iLS0K\n");
    assert_eq!(message.body(&message.parts()[1]), b"one");
}

#[test]
fn under_a_signature_nothing_can_be_cut() {
    let bytes = b"Content-Type: multipart/signed; boundary=b\n\n--b\n\nx\n--b--\n";
    assert_eq!(read(bytes, &BOUNDS).parts().iter().map(Part::is_cuttable).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn each_bound_that_is_reached_is_said() {
    let table: [(&str, Bounds, &[u8]); 4] = [
        ("limits.parts", Bounds { parts: 2, ..BOUNDS }, MIXED.as_bytes()),
        ("limits.nesting", Bounds { nesting: 0, ..BOUNDS }, MIXED.as_bytes()),
        ("limits.header_size", Bounds { header_size: 3, ..BOUNDS }, b"A: b\n\nx"),
        (
            "limits.decoded_size",
            Bounds { decoded_size: 3, ..BOUNDS },
            b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nQTogYgoKeA==\n",
        ),
    ];
    for (limit, bounds, bytes) in table {
        let kinds: Vec<DoubtKind> = read(bytes, &bounds).doubts().iter().map(|doubt| doubt.kind.clone()).collect();
        assert_eq!(kinds, [DoubtKind::Limit(limit)]);
    }
}

#[test]
fn a_hundred_thousand_messages_inside_each_other_stop_at_the_bound() {
    let bytes = b"Content-Type: message/rfc822\n\n".repeat(100_000);
    let message = read(&bytes, &BOUNDS);
    assert_eq!(message.parts().len(), 65);
    assert_eq!(message.doubts().len(), 1);
}

#[test]
fn a_million_parts_stop_at_the_bound() {
    let mut bytes = b"Content-Type: multipart/mixed; boundary=x\n\n".to_vec();
    bytes.extend(b"--x\n\na\n".repeat(1_000_000));
    let message = read(&bytes, &BOUNDS);
    assert_eq!((message.parts().len(), message.doubts().len()), (1000, 1));
}

#[test]
fn ranges_of_every_prefix_lie_inside_it_and_nest() {
    let bytes = MIXED.as_bytes();
    for end in 0..bytes.len() {
        let message = read(&bytes[..end], &BOUNDS);
        for part in message.parts() {
            assert!(part.header.start <= part.header.end && part.header.end <= part.body.start && part.body.end <= end, "{end}: {part:?}");
        }
    }
}

#[test]
fn a_container_under_an_encoding_is_decoded_into_a_layer_of_its_own() {
    let bytes = b"Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: quoted-printable\n\n=2D-b\n\none\n=2D-b--\n";
    let message = read(bytes, &BOUNDS);
    let layers: Vec<(usize, Option<usize>)> = message.parts().iter().map(|part| (part.layer, part.parent)).collect();
    assert_eq!(layers, [(0, None), (1, Some(0))]);
}

#[test]
fn the_readings_of_a_part_lie_beside_it_and_their_parts_in_them() {
    let bytes = b"Content-Type: a/b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n";
    let message = read(bytes, &BOUNDS);
    let told: Vec<(Option<usize>, Option<usize>)> = message.parts().iter().map(|part| (part.parent, part.reading_of)).collect();
    assert_eq!(told, [(None, None), (Some(0), None), (None, Some(0))]);
}

#[test]
fn delimiters_that_only_some_see_make_another_reading_that_is_hidden_where_they_are_but_padded() {
    let readings = |delimiter: &str| {
        let text = format!("Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n{delimiter}\n\ntwo\n--b--\n");
        let message = read(text.as_bytes(), &BOUNDS);
        message.parts().iter().filter(|part| part.reading_of.is_some()).map(|part| part.is_hidden).collect::<Vec<_>>()
    };
    assert_eq!(readings("--b"), [false; 0]);
    assert_eq!(readings("--bX"), [false]);
    assert_eq!(readings("--b "), [true]);
}

#[test]
fn a_container_whose_delimiters_go_on_behind_its_end_is_read_beyond_it() {
    let outer = "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\none\n--o--\n";
    assert_eq!(outline(outer.as_bytes()).len(), 3);
    let beyond = outline(format!("{outer}--i\n\ntwo\n--i--\n").as_bytes());
    assert_eq!(
        beyond[3..],
        [r#"1 multipart/mixed "--i\n\none\n--o--\n--i\n\ntwo\n--i--\n""#, r#"2 text/plain "one\n--o--""#, r#"2 text/plain "two""#]
    );
}

#[test]
fn a_message_that_is_too_large_is_its_header_and_that_is_said_first() {
    let bytes = b"Content-Type: a/b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n";
    let message = read_header_only(bytes, &BOUNDS);
    assert_eq!(message.parts().len(), 1);
    assert_eq!(message.parts()[0].body, 61..bytes.len());
    assert_eq!(message.doubts()[0].kind, DoubtKind::Limit("limits.message_size"));
    assert_eq!(crate::message::shown::doubts_of(&message)[1..], ["Hard Twice(\"Content-Type\") of 0"]);
    assert!(!message.is_looked_into() && read(bytes, &BOUNDS).is_looked_into());
}

#[test]
fn more_readings_than_the_message_affords_are_said() {
    // Each of a thousand parts goes on to the end of the message for who looks for the delimiters of its own.
    let part = |number: usize| format!("--o\nContent-Type: multipart/mixed; boundary=i{number}\n\n--i{number}\n\n{}\n", "x".repeat(2000));
    let all: String = (0..400).map(part).collect();
    let ends: String = (0..400).map(|number| format!("--i{number}--\n")).collect();
    let text = format!("Content-Type: multipart/mixed; boundary=o\n\n{all}--o--\n{ends}");
    let message = read(text.as_bytes(), &BOUNDS);
    let is_too_much = |doubt: &Doubt| doubt.kind == DoubtKind::hard(crate::message::Construct::Readings);
    assert!(
        message.doubts().iter().any(is_too_much) || message.doubts().iter().any(|doubt| doubt.kind == DoubtKind::Limit("limits.parts"))
    );
}

#[test]
fn reading_twice_is_reading_once() {
    let bytes = MIXED.replace("--b\n\none", "--b \n\none\n --b\nContent-Type: a/b\nContent-Type: c/d");
    let (one, other) = (read(bytes.as_bytes(), &BOUNDS), read(bytes.as_bytes(), &BOUNDS));
    assert!(one.parts().len() > 3);
    assert_eq!((one.parts(), one.doubts()), (other.parts(), other.doubts()));
}
