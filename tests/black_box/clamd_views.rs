//! What clamd gets besides the message: nothing for ordinary mail, each decoded body where readers understand a mail differently, and
//! a field before what it would not take for a mail. A clamd that fails about any of it has not said clean.

mod real;

use crate::harness::{Asked, Clamd, PLAIN, Site, Talk, attachment, base64, multipart};
use std::io;
use std::time::Duration;

const ACCEPTING: &str = "policy.infected = { action = \"accept\" }\npolicy.ambiguous = { action = \"accept\" }\n\
                         policy.unscanned = { action = \"accept\" }\n";

/// Enough time for a busy machine.
const PATIENT: &str = "timeout = \"50s\"\nretry = \"0s\"";

/// Well-formed, with an attachment under an encoding.
fn well_formed() -> String {
    multipart(&[&format!("Content-Transfer-Encoding: base64\n{}", attachment("a.bin", &base64(b"some bytes")))])
}

/// With an attachment that is base64 to one reader and what it is to another.
fn ambiguous(body: &str) -> String {
    multipart(&[&format!("Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n\n{body}")])
}

/// What INSTREAM gets on the wire: chunks of 64 KiB, each piece begun anew, and an empty one.
fn streamed(pieces: &[&[u8]]) -> Asked {
    let chunk = |chunk: &[u8]| [&u32::try_from(chunk.len()).unwrap().to_be_bytes(), chunk].concat();
    Asked::Stream(pieces.iter().flat_map(|piece| piece.chunks(64 * 1024)).flat_map(chunk).chain([0; 4]).collect())
}

/// A clamd that finds something in what holds `mark`.
fn finding(mark: &'static str) -> impl Fn(&mut Talk) -> io::Result<()> {
    move |talk| {
        let (Asked::Descriptor(bytes) | Asked::Stream(bytes)) = talk.listen()? else { return talk.say("ClamAV 1.4.3\0") };
        let is_there = bytes.windows(mark.len()).any(|window| window == mark.as_bytes());
        talk.say(if is_there { "stream: Marked FOUND\0" } else { "stream: OK\0" })
    }
}

#[test]
fn about_mail_that_all_readers_understand_alike_it_is_asked_once() {
    let forwarded =
        multipart(&[&format!("Content-Type: message/rfc822\n\n{}", well_formed().replace("\"b\"", "\"c\"").replace("--b", "--c"))]);
    let report = multipart(&["Content-Type: message/delivery-status\n\nReporting-MTA: dns; a\n\nFinal-Recipient: rfc822; b@c\n"]);
    for message in [PLAIN.to_owned(), well_formed(), format!("Received: by x\n{}", well_formed()), forwarded, report] {
        let site = Site::new();
        let clamd = Clamd::that_says(&site.path("clamd"), "fd[9]: OK");
        site.configure(&clamd.engine_with(PATIENT));
        assert_eq!(site.deliver().pipe(&message).run().verdict(), "clean");
        assert_eq!((clamd.asked(), clamd.connections()), (vec![Asked::Descriptor(message.into_bytes())], 1));
    }
}

#[test]
fn where_readers_differ_it_gets_each_body_under_each_reading_after_the_message() {
    let site = Site::new();
    let clamd = Clamd::that_says(&site.path("clamd"), "fd[9]: OK");
    site.configure(&format!("{ACCEPTING}{}", clamd.engine_with(PATIENT)));
    let message = ambiguous(&base64(b"some bytes"));
    assert!(site.deliver().pipe(&message).run().verdict().starts_with("ambiguous;"));
    let views = [&b"Hello.\n"[..], b"some bytes", base64(b"some bytes").as_bytes()].map(|view| streamed(&[view]));
    assert_eq!(clamd.asked(), [vec![Asked::Descriptor(message.into_bytes())], views.to_vec()].concat());
}

#[test]
fn with_parts_it_gets_the_message_and_each_body_always() {
    let site = Site::new();
    let clamd = Clamd::on_tcp(|talk| talk.scan_and_say("stream: OK"));
    site.configure(&clamd.engine_with("input = \"parts\""));
    assert_eq!(site.deliver().pipe(well_formed()).run().verdict(), "clean");
    assert_eq!(clamd.asked(), [well_formed().as_bytes(), b"Hello.\n", b"some bytes"].map(|bytes| streamed(&[bytes])));
}

#[test]
fn what_is_in_a_view_is_found_and_ends_the_asking() {
    let site = Site::new();
    let clamd = Clamd::at(&site.path("clamd"), finding("some bytes"));
    site.configure(&format!("{ACCEPTING}{}", clamd.engine_with(PATIENT)));
    let message = ambiguous(&base64(b"some bytes"));
    let verdict = site.deliver().pipe(&message).run().verdict();
    assert_eq!(verdict, "infected; engine=clamav; name=\"Marked\"; action=accept; also=ambiguous");
    assert_eq!(clamd.asked().len(), 3);
    site.command("explain").pipe(&message).run().mentions(&["clamav says Marked in part 2, read as base64"]);
}

#[test]
fn what_is_no_virus_does_not_end_the_asking() {
    let site = Site::new();
    let clamd = Clamd::at(&site.path("clamd"), |talk| match talk.listen()? {
        Asked::Descriptor(_) => talk.say("fd[9]: Heuristics.Encrypted.Zip FOUND\0"),
        Asked::Stream(wire) if wire.windows(4).any(|word| word == b"some") => talk.say("stream: Worm FOUND\0"),
        _ => talk.say("stream: OK\0"),
    });
    site.configure(&format!("{ACCEPTING}policy.encrypted = {{ action = \"accept\" }}\n{}", clamd.engine_with(PATIENT)));
    let verdict = site.deliver().pipe(ambiguous(&base64(b"some bytes"))).run().verdict();
    assert_eq!(verdict, "infected; engine=clamav; name=\"Worm\"; action=accept; also=encrypted,ambiguous");
}

#[test]
fn what_is_in_the_message_itself_ends_it_at_once() {
    let site = Site::new();
    let clamd = Clamd::at(&site.path("clamd"), finding("Subject"));
    site.configure(&format!("{ACCEPTING}{}", clamd.engine_with(PATIENT)));
    let message = ambiguous("hi");
    assert!(site.deliver().pipe(&message).run().verdict().starts_with("infected;"));
    assert_eq!(clamd.asked(), [Asked::Descriptor(message.clone().into_bytes())]);
    let explained = site.command("explain").pipe(&message).run();
    assert!(!explained.stdout().contains("Marked in part"), "{}", explained.context());
}

#[test]
fn what_it_would_not_take_for_a_mail_gets_a_field_before_it_and_goes_on_as_it_came() {
    let field = [&b"Received: by localhost"[..], &[b'.'; 600], b"\n"];
    for first in ["X-Any: x\n", "received: x\n", "\u{feff}", "\n", "From a@b\nSubject: x\n\nFrom x\n\n"] {
        let message = format!("{first}{PLAIN}");
        let site = Site::new();
        let clamd = Clamd::that_says(&site.path("clamd"), "stream: OK");
        site.configure(&format!("tag.header = \"\"\n{ACCEPTING}{}", clamd.engine_with(PATIENT)));
        site.deliver().pipe(&message).run().exits(0).hands_on(&message);
        assert_eq!(clamd.asked(), [streamed(&[&field[..], &[message.as_bytes()]].concat())], "{first:?}");
    }
}

type Serve = fn(&mut Talk) -> io::Result<()>;

/// What goes wrong after the message itself was said to be clean, and the word for it.
const FAULTS: [(&str, Serve); 8] = [
    ("closed", |_| Ok(())),
    ("closed", |talk| talk.listen().map(drop)),
    ("unknown-answer", |talk| talk.listen().and_then(|_| talk.say("garbage\0"))),
    ("unknown-answer", |talk| talk.listen().and_then(|_| talk.say("stream: O"))),
    ("unknown-answer", |talk| talk.listen().and_then(|_| talk.say("stream: X FOUND\nstream: OK\0"))),
    ("error", |talk| talk.listen().and_then(|_| talk.say("INSTREAM size limit exceeded. ERROR\0"))),
    ("timeout", |talk| talk.listen().and_then(|_| talk.hold())),
    ("timeout", Talk::sleep),
];

#[test]
fn one_that_fails_about_a_view_has_not_said_clean() {
    for (word, fail) in FAULTS {
        for last_good in [0, 2] {
            let site = Site::new();
            let clamd = Clamd::at(
                &site.path("clamd"),
                move |talk| {
                    if talk.number <= last_good { talk.scan_and_say("stream: OK") } else { fail(talk) }
                },
            );
            let keys = if word == "timeout" { "timeout = \"1s\"\nretry = \"0s\"" } else { PATIENT };
            site.configure(&format!("policy.ambiguous = {{ action = \"accept\" }}\n{}", clamd.engine_with(keys)));
            let ended = site.deliver().pipe(ambiguous(&base64(b"some bytes"))).run();
            ended.defers(75);
            assert!(site.read("log").contains(&format!(" engines=\"clamav=failed({word})/")), "{word}{}", ended.context());
        }
    }
}

#[test]
fn all_views_together_have_the_time_of_one_message() {
    let site = Site::new();
    let clamd = Clamd::at(&site.path("clamd"), |talk| {
        std::thread::sleep(Duration::from_millis(400));
        talk.scan_and_say("stream: OK")
    });
    site.configure(&format!("{ACCEPTING}{}", clamd.engine()));
    // Four questions, of which the time is enough for two.
    let verdict = site.deliver().pipe(ambiguous(&base64(b"some bytes"))).run().verdict();
    assert_eq!(verdict, "unscanned; engine=clamav; name=\"timeout\"; action=accept; also=ambiguous");
}

#[test]
fn one_that_closes_in_the_middle_is_asked_again_about_all() {
    let site = Site::new();
    let clamd = Clamd::at(&site.path("clamd"), |talk| if talk.number == 1 { Ok(()) } else { talk.scan_and_say("stream: OK") });
    site.configure(&format!("{ACCEPTING}{}", clamd.engine_with("timeout = \"50s\"\nretry = \"40s\"")));
    assert!(site.deliver().pipe(ambiguous("hi")).run().verdict().starts_with("ambiguous;"));
    let messages = clamd.asked().iter().filter(|asked| matches!(asked, Asked::Descriptor(_))).count();
    assert_eq!(messages, 2);
}
