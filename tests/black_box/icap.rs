//! How a scanner behind ICAP is talked to, byte for byte as RFC 3507 says, and what its answers come to.

use crate::harness::{PLAIN, Site};
use crate::scripted::{Fake, Talk};
use std::io;
use std::time::Duration;

const KEYS: &str = "kind = \"icap\"\nservice = \"avscan\"\n";
const OFFER: &str = "ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nService: Fake/1\r\nISTag: \"F-42\"\r\nEncapsulated: null-body=0\r\n";
const CLEAN: &str = "ICAP/1.0 204 No modifications needed\r\nISTag: \"F-42\"\r\n\r\n";
const ASKED: &str = "GET http://localhost/mail HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Offers these fields besides, and then gives the same answer to each question.
fn serve(fields: &'static str, answer: &'static str) -> impl Fn(&mut Talk) -> io::Result<()> + Send + Sync {
    move |talk| loop {
        let head = talk.until("\r\n\r\n")?;
        if head.starts_with(b"OPTIONS") {
            talk.say(format!("{OFFER}{fields}\r\n"))?;
        } else {
            talk.until("\r\n0\r\n\r\n")?;
            talk.say(answer)?;
        }
    }
}

fn run(fake: &Fake, keys: &str, message: impl AsRef<[u8]>) -> String {
    let site = Site::with(&format!(
        "policy.unscanned = {{ action = \"accept\" }}\npolicy.ambiguous = {{ action = \"accept\" }}\npolicy.infected = {{ action = \"accept\", treatment = \"tag\" }}\n{}",
        fake.engine(&format!("{KEYS}{keys}"))
    ));
    site.deliver().pipe(message).run().exits(0).verdict()
}

fn agent() -> String {
    format!("User-Agent: mailward/{}\r\n", env!("CARGO_PKG_VERSION"))
}

fn options(fake: &Fake) -> String {
    let host = fake.host();
    format!("OPTIONS icap://{host}/avscan ICAP/1.0\r\nHost: {host}\r\n{}Encapsulated: null-body=0\r\n\r\n", agent())
}

/// The header of a question, with the exchange of HTTP in it.
fn respmod(fake: &Fake, preview: &str, kind: &str, length: usize) -> String {
    let (host, agent) = (fake.host(), agent());
    let answered = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n");
    let places = format!("req-hdr=0, res-hdr={}, res-body={}", ASKED.len(), ASKED.len() + answered.len());
    format!(
        "RESPMOD icap://{host}/avscan ICAP/1.0\r\nHost: {host}\r\n{agent}Allow: 204\r\n{preview}Encapsulated: {places}\r\n\r\n{ASKED}{answered}"
    )
}

fn chunk(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n", text.len())
}

#[test]
fn the_message_is_the_body_of_an_answer_of_http() {
    let site = Site::new();
    for fake in [Fake::on_tcp(serve("", CLEAN)), Fake::at(&site.path("icap"), serve("", CLEAN))] {
        assert_eq!(run(&fake, "", PLAIN), "clean");
        let question = respmod(&fake, "", "message/rfc822", PLAIN.len());
        assert_eq!(fake.texts(), [format!("{}{question}{}0\r\n\r\n", options(&fake), chunk(PLAIN))]);
    }
}

#[test]
fn a_preview_that_is_all_says_so() {
    let fake = Fake::on_tcp(|talk| {
        talk.until("\r\n\r\n")?;
        talk.say(format!("{OFFER}Preview: 1024\r\n\r\n"))?;
        talk.until("0; ieof\r\n\r\n")?;
        talk.say(CLEAN)
    });
    assert_eq!(run(&fake, "", PLAIN), "clean");
    let question = respmod(&fake, &format!("Preview: {}\r\n", PLAIN.len()), "message/rfc822", PLAIN.len());
    assert_eq!(fake.texts(), [format!("{}{question}{}0; ieof\r\n\r\n", options(&fake), chunk(PLAIN))]);
}

#[test]
fn what_is_behind_a_preview_follows_when_it_is_asked_for() {
    for is_asked_for in [true, false] {
        let fake = Fake::on_tcp(move |talk| {
            talk.until("\r\n\r\n")?;
            talk.say(format!("{OFFER}Preview: 30\r\n\r\n"))?;
            talk.until("\r\n0\r\n\r\n")?;
            if is_asked_for {
                talk.say("ICAP/1.0 100 Continue\r\n\r\n")?;
                talk.until("\r\n0\r\n\r\n")?;
            }
            talk.say(CLEAN)
        });
        assert_eq!(run(&fake, "", PLAIN), "clean");
        let question = respmod(&fake, "Preview: 30\r\n", "message/rfc822", PLAIN.len());
        let rest = if is_asked_for { format!("{}0\r\n\r\n", chunk(&PLAIN[30..])) } else { String::new() };
        assert_eq!(fake.texts(), [format!("{}{question}{}0\r\n\r\n{rest}", options(&fake), chunk(&PLAIN[..30]))]);
    }
}

#[test]
fn a_service_that_offers_nothing_else_gets_a_request() {
    let fake = Fake::on_tcp(|talk| {
        talk.until("\r\n\r\n")?;
        talk.say("ICAP/1.0 200 OK\r\nMethods: REQMOD\r\nEncapsulated: null-body=0\r\n\r\n")?;
        talk.until("\r\n0\r\n\r\n")?;
        talk.say(CLEAN)
    });
    assert_eq!(run(&fake, "", PLAIN), "clean");
    let (host, length) = (fake.host(), PLAIN.len());
    let http = format!(
        "POST http://localhost/mail HTTP/1.1\r\nHost: localhost\r\nContent-Type: message/rfc822\r\nContent-Length: {length}\r\n\r\n"
    );
    let head = format!("REQMOD icap://{host}/avscan ICAP/1.0\r\nHost: {host}\r\n{}Allow: 204\r\n", agent());
    let question = format!("{head}Encapsulated: req-hdr=0, req-body={}\r\n\r\n{http}{}0\r\n\r\n", http.len(), chunk(PLAIN));
    assert_eq!(fake.texts(), [format!("{}{question}", options(&fake))]);
}

#[test]
fn views_and_bodies_follow_on_the_same_connection_while_it_is_kept() {
    let twice = "Subject: x\nContent-Transfer-Encoding: base64\nContent-Transfer-Encoding: quoted-printable\n\nYT1iYz1kZWY9\n";
    for (fields, connections) in [("", 1), ("Connection: close\r\n", 4)] {
        let answer = if fields.is_empty() { CLEAN } else { "ICAP/1.0 204 x\r\nConnection: close\r\n\r\n" };
        let fake = Fake::on_tcp(serve(fields, answer));
        let verdict = run(&fake, "", twice);
        assert!(!verdict.contains("unscanned"), "{verdict}");
        assert_eq!(fake.sent().len(), connections);
        let kind = "application/octet-stream";
        let all = fake.texts().concat();
        for (body, kind) in [(twice, "message/rfc822"), ("a=bc=def=", kind), ("YT1iYz1kZWY9\n", kind)] {
            assert!(all.contains(&format!("{}{}0\r\n\r\n", respmod(&fake, "", kind, body.len()), chunk(body))), "{all}");
        }
    }
    let fake = Fake::on_tcp(serve("", CLEAN));
    run(&fake, "input = \"parts\"", PLAIN);
    let body = "How are you?\n";
    assert!(fake.texts()[0].ends_with(&format!("{}{}0\r\n\r\n", respmod(&fake, "", "application/octet-stream", body.len()), chunk(body))));
}

#[test]
fn what_it_finds_is_in_the_header_with_its_name() {
    let page = "Encapsulated: res-hdr=0, res-body=26\r\n\r\nHTTP/1.1 403 Forbidden\r\n\r\n3\r\nno!\r\n0\r\n\r\n";
    let table = [
        (format!("ICAP/1.0 200 OK\r\nX-Infection-Found: Type=0; Resolution=2; Threat=Eicar-Test;\r\n{page}"), "Eicar-Test"),
        (format!("ICAP/1.0 200 OK\r\nX-Violations-Found: 1\r\n\t-\r\n\tEICAR\r\n\t0\r\n\t0\r\n{page}"), "EICAR"),
        (format!("ICAP/1.0 200 OK\r\n{page}"), "unnamed"),
        (
            "ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=19\r\n\r\nHTTP/1.0 200 OK\r\n\r\n2\r\nhi\r\n0\r\n\r\n".to_owned(),
            "unnamed",
        ),
        ("ICAP/1.0 204 x\r\nX-Virus-ID: \u{e9}\u{1b}[31m\"; id=\"forged\r\n\r\n".to_owned(), "??[31m'; id='forged"),
    ];
    for (answer, name) in table {
        let fake = Fake::on_tcp(serve("", answer.clone().leak()));
        assert_eq!(run(&fake, "", PLAIN), format!("infected; engine=fake; name=\"{name}\"; action=tag"), "{answer}");
    }
}

#[test]
fn the_same_body_sent_back_is_clean() {
    let fake = Fake::on_tcp(serve(
        "",
        format!("ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=19\r\n\r\nHTTP/1.0 200 OK\r\n\r\n{}0\r\n\r\n", chunk(PLAIN)).leak(),
    ));
    assert_eq!(run(&fake, "", PLAIN), "clean");
}

#[test]
fn its_tag_is_written_down_as_the_version() {
    let fake = Fake::on_tcp(serve("", "ICAP/1.0 204 x\r\nX-Virus-ID: Worm\r\n\r\n"));
    let site = Site::with(&fake.engine(KEYS));
    site.deliver().pipe(PLAIN).run().exits(0);
    let record = site.read(&format!("quarantine/records/{}.json", site.id()));
    assert!(record.contains("Fake/1 F-42"), "{record}");
}

/// What goes wrong with the answer to the question, the word for it, and the answer.
const FAULTS: [(&str, &str); 21] = [
    ("", "closed"),
    ("ICAP/1.0 204 No modif", "unknown-answer"),
    ("ICAP/1.0 204 x\r\n", "unknown-answer"),
    ("204 No modifications needed\r\n\r\n", "unknown-answer"),
    ("HTTP/1.1 204 No Content\r\n\r\n", "unknown-answer"),
    ("\r\n\r\n", "unknown-answer"),
    ("\u{ff}\u{1} garbage\r\n\r\n", "unknown-answer"),
    ("ICAP/1.0 204 x\r\nno field\r\n\r\n", "unknown-answer"),
    ("ICAP/1.0 100 Continue\r\n\r\nICAP/1.0 204 x\r\n\r\n", "unknown-answer"),
    ("ICAP/1.0 206 Partial Content\r\n\r\n", "unknown-answer"),
    ("ICAP/1.0 302 Found\r\n\r\n", "unknown-answer"),
    ("ICAP/1.0 200 OK\r\n\r\n", "unknown-answer"),
    ("ICAP/1.0 200 OK\r\nEncapsulated: null-body=0\r\n\r\n", "unknown-answer"),
    ("ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=9, res-body=5\r\n\r\n", "unknown-answer"),
    ("ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=19\r\n\r\nHTTP/1.0 200", "closed"),
    ("ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=19\r\n\r\nHTTP/1.0 200 OK\r\n\r\n44\r\nFrom: Ann", "closed"),
    ("ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=19\r\n\r\nHTTP/1.0 200 OK\r\n\r\nzz\r\n", "unknown-answer"),
    ("ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=19\r\n\r\nHTTP/1.0 502 no\r\n\r\n0\r\n\r\n", "error"),
    ("ICAP/1.0 404 ICAP Service not found\r\n\r\n", "error"),
    ("ICAP/1.0 500 Server error\r\n\r\n", "error"),
    ("ICAP/1.0 539 Aborted - No AV scanning license\r\n\r\n", "error"),
];

#[track_caller]
fn fails(fake: &Fake, word: &str) {
    let site = Site::with(&fake.engine(KEYS));
    let ended = site.deliver().pipe(PLAIN).run();
    ended.defers(75);
    assert!(ended.took < Duration::from_secs(4), "took {:?}", ended.took);
    assert!(site.read("log").contains(&format!(" class=unscanned name={word} action=defer ")), "expected {word}{}", ended.context());
}

#[test]
fn an_answer_that_is_not_clear_is_never_clean() {
    for (answer, word) in FAULTS {
        println!("{answer:?}");
        fails(
            &Fake::on_tcp(move |talk| {
                talk.until("\r\n\r\n")?;
                talk.say(format!("{OFFER}\r\n"))?;
                talk.until("\r\n0\r\n\r\n")?;
                talk.say(answer)
            }),
            word,
        );
    }
}

#[test]
fn a_service_that_cannot_be_asked_is_never_clean() {
    let table = [
        ("", "closed"),
        ("ICAP/1.0 404 ICAP Service not found\r\n\r\n", "error"),
        ("ICAP/1.0 200 OK\r\n\r\n", "unknown-answer"),
        ("ICAP/1.0 200 OK\r\nMethods: LOGMOD\r\n\r\n", "unknown-answer"),
        ("ICAP/1.0 204 x", "unknown-answer"),
    ];
    for (answer, word) in table {
        println!("{answer:?}");
        fails(&Fake::on_tcp(move |talk| talk.until("\r\n\r\n").and_then(|_| talk.say(answer))), word);
    }
}

#[test]
fn silence_and_an_answer_without_end_do_not_keep_us() {
    fails(&Fake::on_tcp(Talk::hold), "timeout");
    fails(&Fake::on_tcp(|talk| talk.until("\r\n\r\n").and_then(|_| talk.flood("X: y\r\n"))), "unknown-answer");
    let offered = |talk: &mut Talk| {
        talk.until("\r\n\r\n")?;
        talk.say(format!("{OFFER}\r\n"))
    };
    fails(&Fake::on_tcp(move |talk| offered(talk).and_then(|()| talk.hold())), "timeout");
    fails(
        &Fake::on_tcp(move |talk| {
            offered(talk)?;
            talk.until("\r\n0\r\n\r\n")?;
            talk.flood("X: y\r\n")
        }),
        "unknown-answer",
    );
}

#[test]
fn a_virus_is_found_and_clean_is_not_believed_while_we_still_send() {
    for (answer, expected) in
        [("204 x\r\n\r\n", "unscanned"), ("204 x\r\nX-Virus-ID: Early\r\n\r\n", "infected"), ("500 x\r\n\r\n", "unscanned")]
    {
        let fake = Fake::on_tcp(move |talk| {
            talk.until("\r\n\r\n")?;
            talk.say(format!("{OFFER}\r\n"))?;
            talk.until("\r\n\r\n")?;
            talk.say(format!("ICAP/1.0 {answer}"))
        });
        let keys = "policy.unscanned = { action = \"accept\" }\npolicy.infected = { action = \"accept\" }\nlimits.message_size = \"100M\"";
        let site = Site::with(&format!("{keys}\n{}", fake.engine(KEYS)));
        let message = [PLAIN.as_bytes(), &vec![b'x'; 20 << 20]].concat();
        let verdict = site.deliver().pipe(&message).run().exits(0).verdict();
        // The reset that comes with closing early may overtake the answer; it never makes it clean.
        assert!(verdict.starts_with(expected) || verdict.starts_with("unscanned"), "{answer}: {verdict}");
    }
}

#[test]
fn a_service_without_a_name_is_told_by_the_check() {
    let site = Site::with("[[engine]]\nname = \"x\"\nkind = \"icap\"\naddress = [\"tcp:localhost:1344\"]\n");
    site.command("check").run().exits(1).mentions(&["service = \"avscan\""]);
}
