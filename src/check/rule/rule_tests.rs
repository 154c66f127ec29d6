use super::*;
use crate::config::Config;
use crate::message::Bounds;
use std::path::Path;

const BOUNDS: Bounds = Bounds { nesting: 9, parts: 99, header_size: 1 << 20, decoded_size: 1 << 20 };

fn findings(rule: &str, mail: &[u8]) -> Vec<Finding> {
    let config = Config::parse(Path::new("f"), rule).unwrap_or_else(|problems| panic!("{problems:?}"));
    run(&Message::read(mail, &BOUNDS), &config.base().settings)
}

/// The parts of which a rule with this pattern and these lines tells.
fn parts(pattern: &str, lines: &str, mail: &[u8]) -> Vec<usize> {
    let rule = format!("[[rule]]\nname = \"x\"\npattern = '{pattern}'\n{lines}\n");
    findings(&rule, mail).into_iter().map(|finding| finding.place.part.unwrap_or(99)).collect()
}

fn matches(pattern: &str, lines: &str, mail: &[u8]) -> bool {
    !parts(pattern, lines, mail).is_empty()
}

const NESTED: &[u8] = b"Subject: outer\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\nbefore\n--b\n\
    X-Part: one\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\nc2VjcmV0IHdvcmQK\n--b\n\
    Content-Type: message/rfc822\n\nSubject: inner\nContent-Type: text/html\n\n<p>page</p>\n--b--\nafter\n";

#[test]
fn each_kind_of_rule_sees_its_own_texts_with_their_part() {
    let table: [(&str, &str, &[usize]); 17] = [
        ("^Subject: outer$", "header", &[0]),
        ("^Subject: inner$", "header", &[]),
        ("multipart", "header", &[0]),
        ("^X-Part: one$", "header", &[]),
        ("^X-Part: one$", "mime", &[1]),
        ("^Content-Type: text/html$", "mime", &[3]),
        ("^Content-Type: multipart/mixed; boundary=b$", "mime", &[0]),
        ("^MIME-Version", "mime", &[0]),
        ("^Subject", "mime", &[]),
        ("^Subject: inner$", "nested", &[3]),
        ("outer|X-Part|Content-Type", "nested", &[]),
        ("^secret word$", "body", &[1]),
        ("^c2VjcmV0IHdvcmQK$", "body", &[1]),
        ("^<p>page</p>$", "body", &[3]),
        ("^--b$", "body", &[0]),
        ("^before$|^after$", "body", &[0]),
        ("^Subject: outer", "body", &[]),
    ];
    for (pattern, scope, expected) in table {
        assert_eq!(parts(pattern, &format!("where = \"{scope}\""), NESTED), expected, "{pattern} {scope}");
    }
}

#[test]
fn a_field_is_looked_at_unfolded_decoded_and_as_it_stands() {
    let table: [(&str, &[u8], bool); 11] = [
        ("^Subject: cheap pills$", b"Subject: cheap\n pills\n\n", true),
        ("^Subject: cheap\tpills$", b"Subject: cheap\r\n\tpills\r\n\r\n", true),
        ("^Subject: cheap pills$", b"Subject: =?utf-8?B?Y2hlYXA=?=\n =?utf-8?Q?_pills?=\n\n", true),
        ("=\\?utf-8\\?B\\?", b"Subject: =?utf-8?B?Y2hlYXA=?=\n\n", true),
        ("größe", b"Subject: =?iso-8859-1?Q?gr=F6=DFe?=\n\n", true),
        ("привет", b"Subject: =?koi8-r?B?0NLJ18XU?=\n\n", true),
        ("^Subject: .*pills", b"Subject: \xff cheap \xfe pills\n\n", true),
        ("(?i)^subject: CHEAP", b"Subject: cheap\n\n", true),
        ("^subject: cheap", b"Subject: cheap\n\n", false),
        ("cheap", b"Subject: x\n\ncheap\n", false),
        ("\\w+: x\\d", b"A: x\xd9\xa3\n\n", true),
    ];
    for (pattern, mail, expected) in table {
        assert_eq!(matches(pattern, "", mail), expected, "{pattern} {}", String::from_utf8_lossy(mail));
    }
}

#[test]
fn of_the_fields_of_a_name_the_value_alone_is_looked_at() {
    let mail = b"X-Mailer:  The Bat\nSubject: The Bat\n\n";
    assert!(matches("^The Bat$", "field = \"x-mailer\"", mail) && matches("^The Bat$", "field = \"Subject\"", mail));
    assert!(!matches("^The Bat$", "field = \"X-Mail\"", mail) && !matches("^The Bat$", "", mail));
}

#[test]
fn a_body_is_looked_at_in_each_encoding_and_charset() {
    let table: [(&str, &[u8]); 4] = [
        ("^cheap pills$", b"Content-Transfer-Encoding: quoted-printable\n\nch=65ap =\npills\n"),
        ("größe", b"Content-Type: text/plain; charset=iso-8859-1\n\ngr\xf6\xdfe\n"),
        ("^pills", b"Content-Type: text/html; charset=utf-16le\n\nx\0\n\0p\0i\0l\0l\0s\0"),
        ("^pills$", b"Content-Type: image/png\n\npills\r\n"),
    ];
    for (pattern, mail) in table {
        assert!(matches(pattern, "where = \"body\"", mail), "{pattern}");
    }
}

#[test]
fn nothing_hides_behind_the_end_of_a_piece() {
    for at in [0, 2040, 2047, 2048, 4000, 9999] {
        let mail = format!("A: b\n\n{}pills{}\n", "x".repeat(at), "y".repeat(7000));
        assert!(matches("pills", "where = \"body\"", mail.as_bytes()), "{at}");
    }
    let mail = format!("A: {}pills\n\n", "x".repeat(59_994));
    assert!(matches("pills", "", mail.as_bytes()));
}

#[test]
fn pieces_overlap_and_together_are_the_text() {
    let text: Vec<u8> = (0..100).collect();
    for length in [0, 1, 15, 16, 17, 30, 100] {
        let text = &text[..length];
        let pieces: Vec<&[u8]> = subject::pieces(text, 16).collect();
        assert!(!pieces.is_empty() && pieces.iter().all(|piece| piece.len() <= 16));
        let joined = pieces.iter().skip(1).fold(pieces[0].to_vec(), |joined, piece| {
            assert!(piece.len() > 2 && joined.ends_with(&piece[..2]));
            [joined, piece[2..].to_vec()].concat()
        });
        assert_eq!(joined, text);
    }
}

#[test]
fn a_rule_tells_once_of_a_part_and_every_rule_that_matches_tells() {
    let rules = "[[rule]]\nname = \"a\"\npattern = 'x'\n[[rule]]\nname = \"b\"\npattern = 'x'\nclass = \"spam\"\ntext = \"why\"\n";
    let told: Vec<_> = findings(rules, b"A: x\nB: x\n\n").into_iter().map(|found| (found.what, found.class, found.evidence)).collect();
    let first = "the rule \"a\" matches \"A: x\"".to_owned();
    assert_eq!(told, [("a".into(), Class::Banned, first), ("b".into(), Class::Spam, "why".into())]);
}

#[test]
fn what_is_matched_is_told_printable_and_cut_short() {
    let told = findings("[[rule]]\nname = \"a\"\npattern = 'x'\n", &[b"A: \x1b\xff".as_slice(), &b"x".repeat(5000), b"\n\n"].concat());
    assert!(told[0].evidence.len() < 200 && told[0].evidence.is_ascii() && told[0].evidence.contains("A: ??xx"), "{}", told[0].evidence);
}

#[test]
fn a_pattern_that_is_too_large_is_unscanned() {
    let rule = "[[rule]]\nname = \"a\"\npattern = '(?:\\w{500}){500}'\n";
    let told = findings(rule, b"A: x\nB: y\n\n");
    assert_eq!(told.iter().map(|found| (found.class, found.what.as_str())).collect::<Vec<_>>(), [(Class::Unscanned, "a")]);
    assert!(findings(&rule.replace("name", "where = \"nested\"\nname"), b"A: x\n\n").is_empty());
}

#[test]
fn what_is_only_quoted_in_a_text_is_no_field() {
    assert!(!matches("X-Bad", "where = \"mime\"", b"A: b\n\nHe wrote:\n\nContent-Type: text/plain\nX-Bad: 1\n\nx\n"));
}
