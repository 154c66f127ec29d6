//! The notice that stands in for a message: whom it is from and to, what it says, and that nothing in it is the attacker's to shape.

use crate::harness::{Site, eicar, infected, with_crlf};
use std::fs;

/// An infected message with these header lines.
fn with_header(lines: &str) -> String {
    format!("{lines}\n\n{}", eicar())
}

fn replaced(site: &Site, message: impl AsRef<[u8]>) -> String {
    let ended = site.deliver().pipe(message).run();
    ended.exits(0).is_silent();
    String::from_utf8(ended.message()).unwrap()
}

fn header(message: &str) -> String {
    message.replace("\r\n", "\n").split_once("\n\n").unwrap().0.to_owned()
}

#[test]
fn it_keeps_from_to_subject_date_and_what_it_answers() {
    let lines = "From: Ann <ann@a.example>\nTo: bob@b.example, \"Eve, E.\" <eve@b.example>\nSubject: the bill\n\
                 Date: Mon, 1 Jan 2024 10:00:00 +0100\nMessage-ID: <original@a>\nIn-Reply-To: <question@b>\nX-Other: y";
    let got = replaced(&Site::new(), with_header(lines));
    for line in [
        "From: \"Ann\" <ann@a.example>",
        "Subject: {Virus?} the bill",
        "In-Reply-To: <question@b>",
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
    ] {
        assert!(header(&got).lines().any(|own| own == line), "{line:?} in\n{got}");
    }
    assert!(header(&got).contains("<bob@b.example>") && header(&got).contains("\"Eve, E.\" <eve@b.example>"), "{got}");
    // The same moment, in whatever zone.
    assert!(header(&got).contains("Mon, 1 Jan 2024 09:00:00 +0000") || header(&got).contains("Mon, 1 Jan 2024 10:00:00 +0100"), "{got}");
    assert!(!got.contains("X-Other") && !got.contains("original@a"), "{got}");
    assert!(got.contains("Eicar-Test-Signature") && got.contains("From:     Ann <ann@a.example>"), "{got}");
}

#[test]
fn no_byte_of_what_was_found_is_in_it() {
    let got = replaced(&Site::new(), infected());
    assert!(!got.contains("STANDARD") && !got.contains("X5O!") && !got.contains("Hello."));
}

#[test]
fn it_stands_behind_the_lines_that_the_mta_put_on_top() {
    let on_top = "From a@b Mon Jan  1 00:00:00 2024\nReturn-Path: <a@b>\nDelivered-To: c@d\n";
    let got = replaced(&Site::new(), format!("{on_top}{}", infected()));
    assert!(got.starts_with(&format!("{on_top}X-Mailward: infected;")), "{got}");
    assert_eq!(got.matches("Subject:").count(), 2, "one in the header and one in the text\n{got}");
}

#[test]
fn a_message_without_a_header_is_replaced_by_one_with_a_header() {
    let config = "policy.unscanned = { action = \"accept\", treatment = \"replace\", quarantine = true }\nlimits.message_size = \"10\"";
    for message in ["only text\nand more of it\n", "From here on\nonly text\n", " folded text\nmore\n", "\nonly a body\n"] {
        let got = replaced(&Site::with(config), message);
        assert!(got.starts_with("X-Mailward: unscanned;") && header(&got).contains("Message-ID: <"), "{got}");
        assert!(!got.contains("text\n") && !got.contains("only a body"), "{got}");
    }
}

#[test]
fn it_says_whether_the_original_was_kept() {
    let got = replaced(&Site::new(), infected());
    assert!(got.contains("The original was kept unchanged."), "{got}");
    let got = replaced(&Site::with("policy.infected = { action = \"accept\", treatment = \"replace\" }"), infected());
    assert!(got.contains("No copy of the original was kept.") && !got.contains("ask your"), "{got}");
}

#[test]
fn it_has_the_line_ends_of_the_message() {
    let got = replaced(&Site::new(), with_crlf(&infected()));
    assert_eq!(got.matches('\n').count(), got.matches("\r\n").count());
    let got = replaced(&Site::new(), infected());
    assert!(!got.contains('\r'));
}

#[test]
fn it_speaks_spanish_where_that_is_asked_for() {
    let site = Site::with("notice.language = \"es\"");
    let got = replaced(&site, infected());
    // The text is encoded, as it has letters beyond ASCII.
    assert!(got.contains("Este aviso sustituye a un mensaje") && !got.contains("This notice"), "{got}");
}

#[test]
fn a_match_chooses_the_language() {
    let config = "[profile.es]\nnotice.language = \"es\"\n[[match]]\nrecipient = \"*@es.example\"\nprofile = \"es\"\n";
    for (recipient, word) in [("a@es.example", "Este aviso"), ("a@en.example", "This notice")] {
        let site = Site::with(config);
        let ended = site.deliver().option("--recipient", recipient).pipe(infected()).run();
        assert!(String::from_utf8(ended.message()).unwrap().contains(word));
    }
}

#[test]
fn a_template_of_the_administrators_own_replaces_the_shipped_one() {
    let site = Site::new();
    fs::create_dir_all(site.path("templates/en")).unwrap();
    let template = "Subject: {mark}gone: {subject}\n\n{class}|{name}|{engine}|{sender}|{recipients}|{id}|{nonsense}|{\n";
    site.write("templates/en/replaced.txt", template);
    site.configure(&format!("notice.templates = {:?}", site.path("templates")));
    let ended = site.deliver().option("--sender", "s@a").option("--recipient", "r@b").pipe(infected()).run();
    let got = String::from_utf8(ended.message()).unwrap();
    let line = format!("infected|Eicar-Test-Signature|eicar|<s@a>|r@b|{}|{{nonsense}}|{{", site.id());
    assert!(got.contains("Subject: {Virus?} gone: with parts\n") && unfolded(&got).contains(&line), "{got}");
}

/// A quoted-printable text without its soft line ends.
fn unfolded(text: &str) -> String {
    text.replace("=\n", "").replace("=3D", "=")
}

#[test]
fn what_looks_like_a_variable_in_the_message_stays_what_it_is() {
    let got = replaced(&Site::new(), with_header("From: a@b\nSubject: {id} {mark} {hostname}"));
    assert!(got.contains("Subject: {Virus?} {id} {mark} {hostname}\n"), "{got}");
}

#[test]
fn encoded_line_ends_cannot_begin_a_field() {
    let evil = "=?utf-8?Q?x=0D=0AX-Evil:_1=0D=0A=0D=0Abody?=";
    let lines =
        format!("From: {evil} <a@b>\nTo: {evil} <c@d>\nSubject: {evil}\nIn-Reply-To: <{evil}>\nDate: Mon, 1 Jan 2024 10:00:00 +0000");
    let got = replaced(&Site::new(), with_header(&lines));
    assert!(header(&got).lines().all(|line| !line.trim_start().to_lowercase().starts_with("x-evil")), "{got}");
    assert!(header(&got).contains("Auto-Submitted"), "the header did not end early\n{got}");
}

#[test]
fn hostile_fields_leave_a_header_that_can_be_read() {
    let long = "x".repeat(5000);
    let table = [
        "From: \"a\\\" <evil@x>\" <a@b>\nSubject: \"quoted\\\\\"".to_owned(),
        "From: <a@b>, <c@d>, e@f\nTo: undisclosed-recipients:;".to_owned(),
        "From: a@b\r\nX: bare CR in \rX-Evil: 1 a field".to_owned(),
        format!("From: {long}@{long}\nSubject: {long}"),
        format!("From: {}\nSubject: many", "a@b, ".repeat(5000)),
        "From: \u{202e}moc.knab <a@b>\nSubject: \u{202e}\u{200b}fdp".to_owned(),
        "Subject: \0\u{1}\u{1b}[31m red".to_owned(),
        "Date: not a date\nFrom: =?x-unknown?Z?!?=\nTo: =?utf-8?B?////?=".to_owned(),
        "X: no fields that are known".to_owned(),
    ];
    for lines in table {
        let got = replaced(&Site::new(), with_header(&lines));
        assert!(got.contains("This notice stands in"), "{got}");
        for line in header(&got).lines() {
            let is_fold = line.starts_with([' ', '\t']);
            let is_field =
                line.split_once(':').is_some_and(|(name, _)| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic()));
            assert!(is_fold || is_field, "{line:?} in\n{got}");
            assert!(line.len() <= 998 && line.is_ascii() && !line.contains('\r'), "{line:?}");
            assert!(!line.starts_with("X-Evil"), "{got}");
        }
    }
}

#[test]
fn a_subject_with_letters_beyond_ascii_is_encoded_and_marked() {
    let got = replaced(&Site::new(), with_header("Subject: =?utf-8?Q?a=C3=B1o?="));
    let header = header(&got);
    let subject = header.lines().find(|line| line.starts_with("Subject:")).unwrap();
    assert!(subject.is_ascii() && subject.contains("=?utf-8?"), "{subject}");
    assert!(got.contains("a=C3=B1o") || got.contains("año"), "{got}");
}
