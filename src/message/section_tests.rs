//! What comes out of the constructions that matter most of each section of the evasion matrix, A to G: the readings with their grade.

use super::shown::{doubts, parts};

/// A construction: its row, the message, the parts, the doubts.
type Case<'c> = (&'c str, &'c str, &'c [&'c str], &'c [&'c str]);

fn check(table: &[Case<'_>]) {
    for (row, text, expected, doubtful) in table {
        assert_eq!(parts(text), *expected, "{row}");
        assert_eq!(doubts(text), *doubtful, "{row}");
        // CRLF makes no difference to what is read; what it holds has other line ends.
        let crlf = text.replace('\n', "\r\n");
        assert_eq!(parts(&crlf).len(), expected.len(), "{row} with CRLF");
        assert_eq!(doubts(&crlf), *doubtful, "{row} with CRLF");
    }
}

#[test]
fn a_fields_that_contradict_or_are_written_oddly() {
    check(&[
        (
            "E001 the first encoding, or the last",
            "Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n\naGVsbG8h\n",
            &["0: text/plain, base64 \"hello!\"", "1 as 0: text/plain \"aGVsbG8h\\n\""],
            &["Hard Twice(\"Content-Transfer-Encoding\") of 0"],
        ),
        (
            "E005 a leaf, or parts",
            "Content-Type: a/b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n",
            &["0: multipart/mixed between \"b\"", "1 in 0: text/plain \"one\"", "2 as 0: a/b \"--b\\n\\none\\n--b--\\n\""],
            &["Hard Twice(\"Content-Type\") of 0"],
        ),
        (
            "E012 a fold, or a field",
            "Content-Type: a/b\nX-A: c\n Content-Transfer-Encoding: base64\n\naGVsbG8h\n",
            &["0: a/b \"aGVsbG8h\\n\"", "1 as 0: a/b, base64 \"hello!\""],
            &["Hard Encoding of 0"],
        ),
        (
            "E015 a comment in a word",
            "Content-Transfer-Encoding: bas(x)e64\n\naGVsbG8h\n",
            &["0: text/plain, base64 \"hello!\"", "1 as 0: text/plain \"aGVsbG8h\\n\""],
            &["Hard Encoding of 0"],
        ),
    ]);
    // The header ends at the blanks, or behind them.
    let text = "Content-Type: a/b\n \nContent-Transfer-Encoding: base64\n\naGVsbG8h\n";
    assert_eq!(parts(text)[0], "0: a/b, base64 \"hello!\"");
    assert!(doubts(text).contains(&"Hard HeaderEnd of 0".to_owned()), "E026");
}

#[test]
fn b_types_and_boundaries_that_are_several() {
    let two = "--x\n\none\n--x--\n--y\n\ntwo\n--y--\n";
    let expected: &[&str] = &[
        "0: multipart/mixed between \"x\"",
        "1 in 0: text/plain \"one\"",
        "2 as 0: multipart/mixed between \"y\"",
        "3 in 2: text/plain \"two\"",
    ];
    let of = |fields: &str| format!("Content-Type: multipart/mixed; boundary=x{fields}\n\n{two}");
    check(&[
        ("E033 two parameters", &of("; boundary=y"), expected, &["Hard Boundary of 0"]),
        ("E034 two fields", &of("\nContent-Type: multipart/mixed; boundary=y"), expected, &["Hard Twice(\"Content-Type\") of 0"]),
        ("E035 RFC 2231, or not", &of("; boundary*=''y"), expected, &["Hard Boundary of 0"]),
        ("E041 in the other field", &of("\nContent-Disposition: inline; boundary=y"), expected, &["Hard Boundary of 0"]),
        (
            "E050 no boundary",
            "Content-Type: multipart/mixed; oundary=b\n\n--b\n\none\n--b--\n",
            &["0: multipart/mixed", "1 as 0: multipart/mixed between \"b\"", "2 in 1: text/plain \"one\""],
            &["Hard NoParts of 0", "Hard Boundary of 0"],
        ),
        (
            "E052 a leaf with a boundary",
            "Content-Type: text/html; boundary=b\n\n--b\n\none\n--b--\n",
            &["0: text/html \"--b\\n\\none\\n--b--\\n\"", "1 as 0: multipart/mixed between \"b\"", "2 in 1: text/plain \"one\""],
            &["Hard Boundary of 0"],
        ),
    ]);
}

#[test]
fn c_lines_that_are_delimiters_to_some() {
    let mixed = |body: &str| format!("Content-Type: multipart/mixed; boundary=b\n\n{body}");
    let two = ["0: multipart/mixed between \"b\"", "1 in 0: text/plain \"one\"", "2 in 0: text/plain \"two\""];
    check(&[
        (
            "E055 more behind it",
            &mixed("--b\n\none\n--bX\n\ntwo\n--b--\n"),
            &[
                "0: multipart/mixed between \"b\"",
                "1 in 0: text/plain \"one\\n--bX\\n\\ntwo\"",
                "2 as 0: multipart/mixed between \"b\"",
                "3 in 2: text/plain \"one\"",
                "4 in 2: text/plain \"two\"",
            ],
            &["Hard Delimiter of 0"],
        ),
        ("E058 none at the end", &mixed("--b\n\none\n--b\n\ntwo"), &two, &[]),
        (
            "E059 the same inside",
            &mixed("--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n--b\n\ntwo\n--b--\n"),
            &[
                "0: multipart/mixed between \"b\"",
                "1 in 0: multipart/mixed between \"b\"",
                "2 in 1: text/plain \"one\"",
                "3 in 0: text/plain \"two\"",
            ],
            &[],
        ),
        (
            "E060 behind the last",
            &mixed("--b\n\none\n--b--\nContent-Type: a/b\nContent-Transfer-Encoding: base64\n\naGVsbG8h\n"),
            &[
                "0: multipart/mixed between \"b\"",
                "1 in 0: text/plain \"one\"",
                "2 in 0: message/rfc822, hidden",
                "3 in 2: a/b, base64, hidden \"hello!\"",
            ],
            &[],
        ),
    ]);
}

#[test]
fn d_base64_that_is_decoded_differently() {
    let table = [
        ("E066 blanks", "aGVs\n\n bG8h\n", "hello!", &["Soft Decoding of 0"][..]),
        ("E067 signs in it", "aG#Vs#bG8h\n", "hello!", &["Hard Decoding of 0"]),
        ("E071 padding in it", "aGVsbG8=\nYWdhaW4=\n", "helloagain", &["Hard Decoding of 0"]),
        ("E077 no padding", "QQ\n", "A", &["Soft Decoding of 0"]),
        ("by the rules", "QQ==\n", "A", &[]),
    ];
    for (row, body, first, doubtful) in table {
        let text = format!("Content-Type: a/b\nContent-Transfer-Encoding: base64\n\n{body}");
        assert_eq!(parts(&text), [format!("0: a/b, base64 {first:?}")], "{row}");
        assert_eq!(doubts(&text), doubtful, "{row}");
    }
    let encoded = "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\nLS1iCgpvbmUKLS1iLS0K\n";
    check(&[("E078 a container", encoded, &["0: multipart/mixed, base64 between \"b\"", "1 in 0: text/plain \"one\""], &[])]);
}

#[test]
fn e_quoted_printable_that_is_decoded_differently() {
    let table = [
        ("E079 small letters", "=4d=4D\n", "MM\n", &[][..]),
        ("E080 no escape", "a==4Db=XX\n", "a=Mb=XX\n", &["Hard Decoding of 0"]),
        ("E084 a bare CR", "a=\rb\n", "a=\rb\n", &["Hard Decoding of 0"]),
    ];
    for (row, body, first, doubtful) in table {
        let text = |media_type: &str| format!("Content-Type: {media_type}\nContent-Transfer-Encoding: quoted-printable\n\n{body}");
        assert_eq!(parts(text("a/b")), [format!("0: a/b, quoted-printable {first:?}")], "{row}");
        assert_eq!(doubts(text("a/b")), doubtful, "{row}");
        // In a text an escape that is none hides nothing.
        let soft: Vec<String> = doubtful.iter().map(|doubt| doubt.replace("Hard", "Soft")).collect();
        assert_eq!(doubts(text("text/html")), soft, "{row}");
    }
    let escaped = "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: quoted-printable\n\n=2D=2Db\n\none\n=2D=2Db--\n";
    check(&[(
        "E086 escaped delimiters",
        escaped,
        &["0: multipart/mixed, quoted-printable between \"b\"", "1 in 0: text/plain \"one\""],
        &[],
    )]);
}

#[test]
fn f_other_encodings_and_what_is_packed() {
    let uu = "begin 644 a.exe\n#:&DA\n`\nend\n";
    let text = format!("Content-Type: a/b\nContent-Transfer-Encoding: x-uuencode\n\n{uu}");
    assert_eq!(parts(&text)[..2], ["0: a/b, uuencode \"hi!\"".to_owned(), format!("1 as 0: a/b {uu:?}")], "E087");
    assert_eq!(doubts(&text), ["Hard Encoding of 0"], "E087");
    let text = format!("A: b\n\n{uu}");
    assert_eq!(parts(&text)[1..], ["1 in 0: application/octet-stream \"hi!\""], "E088");
    assert_eq!(doubts(&text), [""; 0], "E088");
    let text = "Content-Type: application/ms-tnef\n\nnone\n";
    assert_eq!(doubts(text), ["Hard Package of 0"], "E092");
    let text = "Content-Type: application/octet-stream; name=a.eml\n\nFrom: a\nContent-Type: a/b\n\nhi";
    assert_eq!(parts(text)[1..], ["1 in 0: message/rfc822, hidden", "2 in 1: a/b, hidden \"hi\""], "E094");
}

#[test]
fn g_messages_in_messages() {
    let encoded = "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nQTogYgoKeA==\n";
    check(&[
        ("E099 under an encoding", encoded, &["0: message/rfc822, base64", "1 in 0: text/plain \"x\""], &[]),
        (
            "E106 another multipart",
            "Content-Type: multipart/x-mixed-replace; boundary=b\n\n--b\n\none\n--b--\n",
            &["0: multipart/x-mixed-replace between \"b\"", "1 in 0: text/plain \"one\""],
            &[],
        ),
        (
            "E107 in a text",
            "A: b\n\nFrom: a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--",
            &[
                "0: text/plain \"From: a\\nContent-Type: multipart/mixed; boundary=b\\n\\n--b\\n\\none\\n--b--\"",
                "1 in 0: message/rfc822, hidden",
                "2 in 1: multipart/mixed, hidden between \"b\"",
                "3 in 2: text/plain, hidden \"one\"",
            ],
            &[],
        ),
    ]);
    let doubled = "Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n\naGVsbG8h";
    let text = format!("Content-Type: multipart/signed; boundary=s\n\n--s\nContent-Type: message/rfc822\n\n{doubled}\n--s--\n");
    assert_eq!(parts(&text)[2..], ["2 in 1: text/plain, base64 \"hello!\"", "3 in 1 as 2: text/plain \"aGVsbG8h\""], "E108");
    assert_eq!(doubts(&text), ["Hard Twice(\"Content-Transfer-Encoding\") of 2"], "E108");
}
