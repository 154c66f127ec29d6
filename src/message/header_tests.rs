use super::*;

fn read_text(header: &str) -> Header {
    read(header.as_bytes(), 0..header.len(), "text/plain")
}

/// What all readers take out of a header, if they agree.
fn agreed(header: &str) -> Option<Content> {
    let read = read_text(header);
    read.is_regular.then_some(read.content)
}

fn candidates(header: &str) -> Candidates {
    Candidates::of(header.as_bytes(), 0..header.len(), "text/plain")
}

/// Each structure as `type` or `type boundary`.
fn structures(header: &str) -> Vec<String> {
    let told = |structure: Structure| {
        let boundary = structure.boundary.map(|boundary| format!(" {}", String::from_utf8_lossy(&boundary)));
        format!("{}{}", structure.media_type, boundary.unwrap_or_default())
    };
    candidates(header).structures.into_iter().map(told).collect()
}

#[test]
fn a_header_that_all_readers_agree_on_is_regular() {
    let table = [
        "",
        "\n",
        "A: b\nC: d\n e\n\n",
        "A: b\r\n\r\n",
        "A: b",
        "Content-Type: text/plain\n\n",
        "content-type: TEXT/Plain; charset=\"utf-8\"\nCONTENT-TRANSFER-ENCODING: Base64\n\n",
        "Content-Type: multipart/mixed;\n\tboundary=\"a b\"\n\n",
        "Content-Type: a/b; name=x.png\nContent-Disposition: attachment; filename=\"x.png\"\nContent-ID: <x>\n\n",
        "Content-Transfer-Encoding: 8bit\n\n",
    ];
    for header in table {
        assert!(read_text(header).is_regular, "{header:?}");
    }
}

#[test]
fn a_header_that_a_reader_takes_otherwise_is_not() {
    let table = [
        ("a line that is no field", "A: b\njunk\nC: d\n\n"),
        ("a fold before any field", " a\nB: c\n\n"),
        ("a line of blanks", "A: b\n \nC: d\n\n"),
        ("a bare CR", "A: b\rC: d\n\n"),
        ("a NUL", "A: b\0\n\n"),
        ("a blank before the colon", "Content-Type : a/b\n\n"),
        ("no colon", "Content-Type a/b\n\n"),
        ("two colons", "Content-Type:: a/b\n\n"),
        ("a field in a fold", "A: b\n Content-Type: a/b\n\n"),
        ("a sign in a name", "(x)Content-Type: a/b\n\n"),
        ("a type twice", "Content-Type: a/b\nContent-Type: a/b\n\n"),
        ("an encoding twice", "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: 8bit\n\n"),
        ("a disposition twice", "Content-Disposition: inline\nContent-Disposition: attachment\n\n"),
        ("an unknown encoding", "Content-Transfer-Encoding: x-base64\n\n"),
        ("an encoding from outside MIME", "Content-Transfer-Encoding: x-uuencode\n\n"),
        ("a comment", "Content-Transfer-Encoding: base64 (x)\n\n"),
        ("no boundary", "Content-Type: multipart/mixed\n\n"),
        ("a boundary where none belongs", "Content-Type: text/plain; boundary=b\n\n"),
        ("a boundary of RFC 2231 where none belongs", "Content-Type: text/plain; boundary*=''b\n\n"),
        ("a boundary in the disposition", "Content-Type: multipart/mixed; boundary=a\nContent-Disposition: inline; boundary=b\n\n"),
        ("a long boundary", &format!("Content-Type: multipart/mixed; boundary={}\n\n", "b".repeat(71))),
        ("an encoded boundary", "Content-Type: multipart/mixed; boundary=\"=?us-ascii?Q?b?=\"\n\n"),
        ("a boundary that ends in a blank", "Content-Type: multipart/mixed; boundary=\"b \"\n\n"),
        ("two boundaries", "Content-Type: multipart/mixed; boundary=a; boundary=b\n\n"),
        ("a parameter without a name", "Content-Type: a/b; =x\n\n"),
    ];
    for (what, header) in table {
        assert!(!read_text(header).is_regular, "{what}");
    }
}

#[test]
fn of_a_regular_header_type_boundary_encoding_and_names_are_told() {
    let header =
        "Content-Type: Multipart/Mixed; boundary=\"a b\"\nContent-Transfer-Encoding: BASE64\nContent-Disposition: x; filename=n\n\n";
    let expected = Content {
        media_type: "multipart/mixed".into(),
        boundary: Some(b"a b".to_vec()),
        encoding: Encoding::Base64,
        names: vec!["n".into()],
        proper_names: 1,
    };
    assert_eq!(agreed(header), Some(expected));
    assert_eq!(agreed("A: b\n\n").map(|content| content.media_type).as_deref(), Some("text/plain"));
}

#[test]
fn a_file_without_a_name_is_called_after_another_field_and_that_is_no_proper_name() {
    let content = agreed("Subject: a.exe\nContent-Type: a/b\n\n").unwrap();
    assert_eq!((content.names, content.proper_names), (vec!["a.exe".to_owned()], 0));
    assert_eq!(agreed("Subject: a.exe\nContent-Type: text/html\n\n").unwrap().names, [""; 0]);
    assert_eq!(agreed("Subject: a.exe\nContent-Type: a/b; name=b\n\n").unwrap().names, ["b"]);
}

#[test]
fn every_structure_that_a_reader_may_see_is_told_the_most_plausible_first() {
    let table: [(&str, &[&str]); 10] = [
        ("A: b\n\n", &["text/plain"]),
        ("Content-Type: a/b\nContent-Type: c/d\n\n", &["a/b", "c/d"]),
        ("Content-Type: a/b\nContent-Type: multipart/mixed; boundary=x\n\n", &["multipart/mixed x", "a/b"]),
        ("Content-Type: multipart/mixed; boundary=x; boundary=y\n\n", &["multipart/mixed x", "multipart/mixed y"]),
        ("Content-Type: text/html; boundary=x\n\n", &["text/html", "multipart/mixed x"]),
        ("Content-Type: multipart/related\n\n", &["multipart/related"]),
        (
            "Content-Type: multipart/mixed; boundary=x\nContent-Disposition: inline; boundary=y\n\n",
            &["multipart/mixed x", "multipart/mixed y"],
        ),
        // Who knows no such field goes by the default.
        ("Content-Type a/b\n\n", &["text/plain", "a/b"]),
        ("A: b\n Content-Type: a/b\n\n", &["text/plain", "a/b"]),
        // A signature lists names of fields.
        ("A: b\n Content-Type: x\n\n", &["text/plain"]),
    ];
    for (header, expected) in table {
        assert_eq!(structures(header), expected, "{header:?}");
    }
}

#[test]
fn every_encoding_that_a_reader_may_see_is_told_the_most_plausible_first() {
    use Encoding::{Base64, Identity, QuotedPrintable};
    let line = |value: &str| format!("Content-Transfer-Encoding: {value}\n");
    let table: [(String, &[Encoding]); 6] = [
        ("A: b\n".into(), &[Identity]),
        (line("base64"), &[Base64]),
        (line("base64") + &line("quoted-printable"), &[Base64, QuotedPrintable]),
        (line("quoted-printable") + &line("base64"), &[QuotedPrintable, Base64]),
        (line("7bit") + &line("base64") + &line("8bit"), &[Identity, Base64]),
        ("Content-Transfer-Encoding base64\n".into(), &[Identity, Base64]),
    ];
    for (header, expected) in table {
        assert_eq!(candidates(&header).encodings, expected, "{header:?}");
    }
}

#[test]
fn fields_without_end_are_said_to_be_more_than_is_read() {
    assert!(candidates(&"Content-Type: a/b\n".repeat(lenient::MOST_FIELDS + 1)).has_more);
    assert!(!candidates(&"Content-Type: a/b\n".repeat(lenient::MOST_FIELDS)).has_more);
}

#[test]
fn only_fields_with_different_values_contradict_each_other() {
    let contradicted = |header: &str| {
        let found = contradictions(header.as_bytes(), 0..header.len()).into_iter();
        found.map(|(name, range)| (name, header.get(range).unwrap().to_owned())).collect::<Vec<_>>()
    };
    let both = "Content-Type: a/b\nA: b\nContent-Type: c/d\n";
    assert_eq!(contradicted(&format!("X: y\n{both}Z: z\n\n")), [(TYPE, both.to_owned())]);
    assert_eq!(contradicted("Content-Type: a/b; x=y\ncontent-type: A/B;\n x=y\n\n"), []);
    let three = "Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n";
    assert_eq!(contradicted(three), [(TRANSFER_ENCODING, three.to_owned())]);
    assert_eq!(contradicted("X-A: b\nX-A: c\n\n"), []);
}

#[test]
fn every_prefix_of_a_strange_header_is_read() {
    let header =
        b"Content-Type(: multipart/mixed; boundary*0=\"a\0;\r Content-Type:: =?x?B?YQ==?=\n \nContent-Transfer-Encoding\xaa: b(\n\n";
    for end in 0..=header.len() {
        let read = read(header, 0..end, "text/plain");
        assert!(!read.content.media_type.is_empty(), "{end}");
    }
}
