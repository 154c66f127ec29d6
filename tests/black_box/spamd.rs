//! How spamd is asked, byte for byte, and that nothing but its clear word counts.

use super::fake::{Fake, Heard};
use crate::harness::{PLAIN, Site};
use miniz_oxide::inflate::decompress_to_vec_zlib;
use std::io;
use std::time::Duration;

/// An answer with this verdict and body.
fn answer(verdict: &str, body: &str) -> String {
    format!("SPAMD/1.1 0 EX_OK\r\nContent-length: {}\r\nSpam: {verdict}\r\n\r\n{body}", body.len())
}

fn engine(fake: &Fake, keys: &str) -> String {
    format!("[[engine]]\nname = \"sa\"\nkind = \"spamd\"\naddress = [{:?}]\ntimeout = \"1s\"\nretry = \"0s\"\n{keys}", fake.address)
}

/// One that gives this answer to everything.
fn that_says(site: &Site, text: String) -> Fake {
    Fake::at(&site.path("spamd"), move |link| link.all().and_then(|_| link.say(&text)))
}

const TAGGING: &str = "policy.spam = { action = \"accept\", treatment = \"tag\" }\npolicy.high_spam = { action = \"discard\" }\n\
                       policy.spam_unscanned = { action = \"accept\" }\n";

#[test]
fn it_is_asked_for_no_more_than_what_is_wanted() {
    let table = [
        ("", "SYMBOLS"),
        ("changes = [\"headers\"]", "HEADERS"),
        ("changes = [\"subject\"]", "HEADERS"),
        ("changes = [\"headers\", \"body\"]", "PROCESS"),
    ];
    for (keys, command) in table {
        let site = Site::new();
        let fake = that_says(&site, answer("False ; 1.0 / 5.0", "X-Spam-Status: No, score=1.0 required=5.0 tests=A\n\n"));
        site.configure(&format!("tag.header = \"\"\n{}", engine(&fake, keys)));
        site.deliver().pipe(PLAIN).run().exits(0).is_silent();
        let expected = format!("{command} SPAMC/1.5\r\nContent-length: {}\r\n\r\n{PLAIN}", PLAIN.len());
        assert_eq!(String::from_utf8_lossy(&fake.heard()[0]), expected);
    }
}

#[test]
fn the_user_is_the_only_recipient_and_a_plain_name() {
    let table: [(&str, &[&str], &str, &str); 6] = [
        ("{user}", &["ann@example.org"], "ann", "User: ann\r\n"),
        ("{recipient}", &["ann@example.org"], "", "User: ann@example.org\r\n"),
        ("{domain}", &["ann@example.org"], "", "User: example.org\r\n"),
        ("{recipient}", &["ann@example.org", "bob@example.org"], "", ""),
        ("{recipient}", &["ann@example.org\r\nCompress: zlib"], "", ""),
        ("{user}", &[], "../../root", ""),
    ];
    for (template, recipients, user, line) in table {
        let site = Site::new();
        let fake = that_says(&site, answer("False ; 1.0 / 5.0", ""));
        site.configure(&format!("tag.header = \"\"\n{}", engine(&fake, &format!("user = {template:?}"))));
        let call = recipients.iter().fold(site.deliver(), |call, recipient| call.option("--recipient", recipient));
        let call = if user.is_empty() { call } else { call.option("--user", user) };
        call.pipe(PLAIN).run().exits(0);
        let expected = format!("SYMBOLS SPAMC/1.5\r\nContent-length: {}\r\n{line}\r\n{PLAIN}", PLAIN.len());
        assert_eq!(String::from_utf8_lossy(&fake.heard()[0]), expected);
    }
}

fn large() -> String {
    format!("{PLAIN}{}", "A line like many others.\n".repeat(2000))
}

#[test]
fn a_large_message_goes_packed_to_another_host() {
    let site = Site::new();
    let fake = Fake::on_tcp(|link| link.all().and_then(|_| link.say(answer("False ; 1.0 / 5.0", "A"))));
    site.configure(&format!("tag.header = \"\"\n{}", engine(&fake, "user = \"filter\"")));
    site.deliver().pipe(large()).run().exits(0).hands_on(large());
    let heard = fake.heard().remove(0);
    let at = heard.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    let (head, body) = heard.split_at(at);
    let expected = format!("SYMBOLS SPAMC/1.5\r\nContent-length: {}\r\nUser: filter\r\nCompress: zlib\r\n\r\n", body.len());
    assert_eq!(String::from_utf8_lossy(head), expected);
    assert_eq!(decompress_to_vec_zlib(body).unwrap(), large().as_bytes());
    assert!(body.len() < large().len() / 10);
}

#[test]
fn one_that_cannot_unpack_gets_it_plain() {
    for (refusal, is_asked_again) in [("76 Bad header line: (x)", true), ("69 Service Unavailable: zlib", true), ("79 Timeout: x", false)] {
        let site = Site::new();
        let fake = Fake::on_tcp(move |link| {
            let is_packed = link.all()?.windows(9).any(|window| window == b"Compress:");
            link.say(if is_packed { format!("SPAMD/1.0 {refusal}\r\n") } else { answer("True ; 9.0 / 5.0", "A") })
        });
        site.configure(&format!("{TAGGING}{}", engine(&fake, "")));
        let verdict = site.deliver().pipe(large()).run().verdict();
        let expected = if is_asked_again { "spam; engine=sa; name=\"score 9 of 5\"" } else { "spam_unscanned; engine=sa; name=\"error\"" };
        assert!(verdict.starts_with(expected), "{refusal}: {verdict}");
    }
}

#[test]
fn what_it_says_is_spam_by_the_levels() {
    let table = [
        ("True ; 15.0 / 5.0", "", "spam; engine=sa; name=\"score 15 of 5\"; action=tag"),
        ("False ; 4.9 / 5.0", "", "clean"),
        ("False ; 4.9 / 5.0", "mark = 4.5", "spam; engine=sa; name=\"score 4.9 of 5\"; action=tag"),
        ("True ; 5.1 / 5.0", "mark = 6", "clean"),
    ];
    for (verdict, keys, expected) in table {
        let site = Site::new();
        let fake = that_says(&site, answer(verdict, "A,B"));
        site.configure(&format!("{TAGGING}{}", engine(&fake, keys)));
        assert_eq!(site.deliver().pipe(PLAIN).run().verdict(), expected, "{verdict} {keys}");
    }
    let site = Site::new();
    let fake = that_says(&site, answer("True ; 15.0 / 5.0", "A"));
    site.configure(&format!("{TAGGING}{}", engine(&fake, "kill = 10")));
    site.deliver().pipe(PLAIN).run().exits(0).hands_on_nothing();
}

type Serve = fn(&mut Heard<'_>) -> io::Result<()>;

/// What goes wrong, and the word for it.
const FAULTS: [(&str, &str, Serve); 12] = [
    ("closes at once", "closed", |_| Ok(())),
    ("closes without an answer", "closed", |link| link.all().map(drop)),
    ("never answers", "timeout", |link| link.hold()),
    ("says garbage", "unknown-answer", |link| link.all().and_then(|_| link.say(b"\xff\0 garbage\r\n\r\n"))),
    ("speaks another protocol", "unknown-answer", |link| link.all().and_then(|_| link.say("HTTP/1.1 200 OK\r\n\r\n"))),
    ("half a line", "unknown-answer", |link| link.all().and_then(|_| link.say("SPAMD/1.1 0 EX"))),
    ("only the first line", "closed", |link| link.all().and_then(|_| link.say("SPAMD/1.1 0 EX_OK\r\n"))),
    ("half a body", "closed", |link| link.all().and_then(|_| link.say(answer("False ; 0.0 / 5.0", "A,B").trim_end_matches('B')))),
    ("more than its length", "unknown-answer", |link| link.all().and_then(|_| link.say(answer("False ; 0.0 / 5.0", "A") + "B"))),
    ("an error", "error", |link| link.all().and_then(|_| link.say("SPAMD/1.0 69 Service Unavailable: x\r\n"))),
    ("no verdict", "unknown-answer", |link| link.all().and_then(|_| link.say("SPAMD/1.1 0 EX_OK\r\nContent-length: 0\r\n\r\n"))),
    ("never ends", "unknown-answer", |link| {
        link.all()?;
        (0..1 << 14).try_for_each(|_| link.say([b'x'; 1 << 12]))
    }),
];

#[test]
fn whatever_goes_wrong_is_never_clean() {
    for (name, word, serve) in FAULTS {
        let site = Site::new();
        let unix = Fake::at(&site.path("spamd"), serve);
        for fake in [unix, Fake::on_tcp(serve)] {
            site.configure(&format!("policy.spam_unscanned = {{ action = \"defer\" }}\n{}", engine(&fake, "")));
            let ended = site.deliver().pipe(PLAIN).run();
            ended.defers(75);
            assert!(ended.took < Duration::from_secs(4), "{name} took {:?}", ended.took);
            let expected = format!(" class=spam_unscanned name={word} action=defer ");
            assert!(site.read("log").lines().last().unwrap().contains(&expected), "{name}: expected {expected}{}", ended.context());
        }
    }
}

#[test]
fn clean_is_not_believed_of_what_it_did_not_take() {
    let site = Site::new();
    let fake = Fake::on_tcp(|link| link.say(answer("False ; 0.0 / 5.0", "")));
    site.configure(&format!(
        "limits.message_size = \"100M\"\npolicy.spam_unscanned = {{ action = \"defer\" }}\n{}",
        engine(&fake, "timeout = \"20s\"").replacen("timeout = \"1s\"\n", "", 1)
    ));
    // Not to be packed: 20 MB of the digits of a generator.
    let noise: Vec<u8> = (0..20_000_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0] | 1).collect();
    site.deliver().pipe([PLAIN.as_bytes(), &noise].concat()).run().defers(75);
}

#[test]
fn its_version_is_that_of_the_protocol() {
    let site = Site::new();
    let fake = Fake::at(&site.path("spamd"), |link| {
        let asked = link.all()?;
        link.say(if asked == b"PING SPAMC/1.5\r\n\r\n" {
            "SPAMD/1.5 0 PONG\r\n".to_owned()
        } else {
            answer("True ; 1000.0 / 5.0", "GTUBE")
        })
    });
    site.configure(&engine(&fake, ""));
    let ended = site.command("check").word("--live").run();
    ended.exits(0).mentions(&["SPAMD/1.5; test file found: score 1000 of 5"]);
}
