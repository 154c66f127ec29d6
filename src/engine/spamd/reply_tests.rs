//! Tables of what spamd may answer, and of what is made of it.

use super::*;

const HEAD: &str = "SPAMD/1.1 0 EX_OK\r\nContent-length: 5\r\nSpam: True ; 15.0 / 5.0\r\n\r\n";

#[test]
fn a_whole_answer_is_a_rating() {
    let table = [
        (HEAD.to_owned(), 15.0, 5.0, true),
        (HEAD.replace("True ; 15.0", "False ; -1.9"), -1.9, 5.0, false),
        (HEAD.replace("True", "Yes"), 15.0, 5.0, true),
        (HEAD.replace("Content-length", "CONTENT-LENGTH").replace("1.1 0 EX_OK", "1.5 0"), 15.0, 5.0, true),
        (HEAD.replace("\r\n\r\n", "\r\nX-New: y\r\n\r\n"), 15.0, 5.0, true),
    ];
    for (head, score, threshold, is_spam) in table {
        let rating = Rating { score, threshold, is_spam, tests: Vec::new() };
        assert_eq!(parse(format!("{head}GTUBE").as_bytes()).unwrap(), Reply { rating, body: b"GTUBE".to_vec() }, "{head}");
    }
}

#[test]
fn everything_else_is_none() {
    let table = [
        ("", "closed"),
        ("S", "unknown-answer"),
        ("SPAMD/1.1 0 EX_OK\r\n", "closed"),
        ("SPAMD/1.1 0 EX_OK\r\nSpam: False ; 0.0 / 5.0\r\n", "closed"),
        ("HTTP/1.1 200 OK\r\n\r\n", "unknown-answer"),
        ("SPAMD/2.0 0 EX_OK\r\n\r\n", "unknown-answer"),
        ("SPAMD/1. 0 EX_OK\r\n\r\n", "unknown-answer"),
        ("SPAMD/1.1 x EX_OK\r\n\r\n", "unknown-answer"),
        ("SPAMD/1.1 -0 EX_OK\r\n\r\n", "unknown-answer"),
        ("SPAMD/1.0 76 Bad header line: (x)\r\n", "error"),
        ("SPAMD/1.0 79 Timeout: x\r\n", "error"),
        (&HEAD.replace(" 0 ", " 75 "), "error"),
        (HEAD, "closed"),
        (&format!("{HEAD}GTUB"), "closed"),
        (&format!("{HEAD}GTUBE,"), "unknown-answer"),
        (&format!("{}GTUBE", HEAD.replace("Content-length: 5\r\n", "")), "unknown-answer"),
        (&format!("{}GTUBE", HEAD.replace("length: 5", "length: -5")), "unknown-answer"),
        (&format!("{}GTUBE", HEAD.replace("Spam: ", "Spam: False ; 0.0 / 5.0\r\nSpam: ")), "unknown-answer"),
        (&format!("{}GTUBE", HEAD.replace("True", "Maybe")), "unknown-answer"),
        (&format!("{}GTUBE", HEAD.replace("15.0", "NaN")), "unknown-answer"),
        (&format!("{}GTUBE", HEAD.replace("15.0", "inf")), "unknown-answer"),
        (&format!("{}GTUBE", HEAD.replace("15.0", "1e300")), "unknown-answer"),
        (&format!("{}GTUBE", HEAD.replace("True ; 15.0 / 5.0", "False ; 0 / 0")), "unknown-answer"),
        (&format!("{}GTUBE", HEAD.replace(" / 5.0", "")), "unknown-answer"),
    ];
    for (text, word) in table {
        assert_eq!(parse(text.as_bytes()).map_err(|trouble| trouble.word()), Err(word), "{text:?}");
    }
}

#[test]
fn only_names_of_tests_are_kept() {
    assert_eq!(tests("GTUBE,NO_RECEIVED\r\n"), ["GTUBE", "NO_RECEIVED"]);
    assert_eq!(tests(",none,A B,x\r\nX-Forged: y,\u{e9},OK"), ["OK"]);
    assert_eq!(tests(&"A,".repeat(999)).len(), MOST_TESTS);
    assert!(tests(&"A".repeat(LONGEST_TEST + 1)).is_empty());
}

#[test]
fn the_tests_stand_in_the_status_too() {
    let table = [
        ("Yes, score=1000.0 required=5.0 tests=GTUBE,\r\n\tNO_RECEIVED autolearn=no version=4.0.0", vec!["GTUBE", "NO_RECEIVED"]),
        ("No, score=-1.9 required=5.0 tests=A", vec!["A"]),
        ("No, score=0.0 required=5.0 tests=none autolearn=ham", vec![]),
        ("No", vec![]),
    ];
    for (status, expected) in table {
        assert_eq!(tests_of_status(status), expected, "{status}");
    }
}

#[test]
fn a_pong_tells_the_protocol() {
    assert_eq!(pong(b"SPAMD/1.5 0 PONG\r\n").unwrap(), "SPAMD/1.5");
    for text in ["", "SPAMD/1.5 0 PONG", "SPAMD/1.5 76 PONG\r\n", "PONG\r\n", "x 0 PONG\r\n"] {
        assert!(pong(text.as_bytes()).is_err(), "{text:?}");
    }
}
