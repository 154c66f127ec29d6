//! How Rspamd is talked to, byte for byte, and that no failure of it is ever taken for clean.

use crate::harness::{Exchange, Http, PLAIN, Site};
use std::io;
use std::time::Duration;

const CLEAN: &str = r#"{"is_skipped":false,"score":0.5,"required_score":15.0,"action":"no action","symbols":{}}"#;

/// An `[[engine]]` for it that waits a second and does not try again.
fn engine(server: &Http, keys: &str) -> String {
    format!(
        "[[engine]]\nname = \"rspamd\"\nkind = \"rspamd\"\naddress = [{:?}]\ntimeout = \"1s\"\nretry = \"0s\"\n{keys}",
        server.address()
    )
}

fn that_says(json: &'static str) -> Http {
    Http::new(move |exchange| exchange.listen().and_then(|_| exchange.answer("", json)))
}

#[test]
fn the_request_tells_what_is_known_of_the_envelope_and_has_the_message_as_its_body() {
    let (site, server) = (Site::new(), that_says(CLEAN));
    site.configure(&format!("tag.header = \"\"\n{}", engine(&server, "user = \"{recipient}\"\nchanges = [\"body\"]")));
    let call = site.deliver().option("--sender", "ann@example.org").option("--recipient", "b\r\nUser: x@example.net");
    call.env("CLIENT_ADDRESS", "192.0.2.1").env("SASL_USERNAME", "ann").pipe(PLAIN).run().exits(0).is_silent().hands_on(PLAIN);
    let expected = format!(
        "POST /checkv2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nFrom: <ann@example.org>\r\nRcpt: <b??User: x@example.net>\r\n\
         IP: 192.0.2.1\r\nUser: ann\r\nFlags: body_block\r\nContent-Length: {}\r\n\r\n{PLAIN}",
        PLAIN.len()
    );
    assert_eq!(server.requests(), [expected]);
}

#[test]
fn nobody_is_said_to_have_logged_in_who_has_not_and_nothing_is_said_that_nobody_told() {
    let (site, server) = (Site::new(), that_says(CLEAN));
    site.configure(&engine(&server, "user = \"{recipient}\"\nservice = \"/custom\""));
    let call = site.deliver().option("--sender", "").option("--recipient", "b@example.net").option("--recipient", "c@example.net");
    call.pipe(PLAIN).run().exits(0);
    let head =
        "POST /custom HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nFrom: <>\r\nRcpt: <b@example.net>\r\nRcpt: <c@example.net>\r\n";
    let expected = format!("{head}Content-Length: {}\r\n\r\n{PLAIN}", PLAIN.len());
    assert_eq!(server.requests(), [expected]);
}

#[test]
fn its_word_decides_the_class_unless_a_level_does() {
    let table = [
        (r#"{"score":7.5,"required_score":15,"action":"add header"}"#, "", "spam; engine=rspamd; name=\"score 7.5 of 15\"; action=tag"),
        (r#"{"score":7.5,"required_score":15,"action":"add header","thresholds":{"add header":6.0}}"#, "mark = 8", "clean"),
        (
            r#"{"score":4.5,"required_score":15,"action":"no action"}"#,
            "mark = 4",
            "spam; engine=rspamd; name=\"score 4.5 of 15\"; action=tag",
        ),
        (r#"{"score":0,"required_score":15,"action":"no action"}"#, "", "clean"),
    ];
    for (json, keys, verdict) in table {
        let (site, server) = (Site::new(), that_says(json));
        site.configure(&engine(&server, keys));
        assert_eq!(site.deliver().pipe(PLAIN).run().verdict(), verdict, "{json}");
    }
}

#[test]
fn what_it_wants_to_see_again_is_put_off() {
    let json = r#"{"score":4.5,"required_score":15,"action":"soft reject"}"#;
    let (site, server) = (Site::new(), that_says(json));
    site.configure(&engine(&server, ""));
    site.deliver().pipe(PLAIN).run().defers(75);
    assert!(site.read("log").contains("class=greylisted"), "{}", site.read("log"));
}

#[test]
fn mail_that_nobody_would_take_off_the_grey_list_is_delivered() {
    let json = r#"{"score":4.5,"required_score":15,"action":"greylist"}"#;
    let (site, server) = (Site::new(), that_says(json));
    site.configure(&engine(&server, ""));
    assert_eq!(site.deliver().pipe(PLAIN).run().verdict(), "clean");
}

type Serve = fn(&mut Exchange) -> io::Result<()>;

/// What goes wrong, the word for it, and how.
const FAULTS: [(&str, &str, Serve); 16] = [
    ("reads and never answers", "timeout", |exchange| exchange.listen().and_then(|_| exchange.hold())),
    ("never ends its header", "timeout", |exchange| {
        exchange.listen().and_then(|_| exchange.say("HTTP/1.1 200 OK\r\n")).and_then(|()| exchange.hold())
    }),
    ("a byte a moment", "timeout", |exchange| {
        exchange.listen()?;
        "HTTP/1.1 200 OK\r\nA: ".chars().chain(std::iter::repeat('x')).try_for_each(|c| {
            std::thread::sleep(Duration::from_millis(50));
            exchange.say(c.to_string())
        })
    }),
    ("resets at once", "closed", |_| Ok(())),
    ("closes without an answer", "closed", |exchange| exchange.listen().map(drop)),
    ("closes in the body", "closed", |exchange| {
        exchange.listen().and_then(|_| exchange.say(format!("HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{CLEAN}")))
    }),
    ("closes before the last chunk", "closed", |exchange| {
        exchange.listen()?;
        exchange.say(format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{CLEAN}\r\n", CLEAN.len()))
    }),
    ("cut off without a length", "unknown-answer", |exchange| {
        exchange.listen().and_then(|_| exchange.say(format!("HTTP/1.1 200 OK\r\n\r\n{}", &CLEAN[..40])))
    }),
    ("garbage", "unknown-answer", |exchange| exchange.listen().and_then(|_| exchange.say(b"\xff\x01\x7f garbage\r\n\0"))),
    ("no JSON", "unknown-answer", |exchange| exchange.listen().and_then(|_| exchange.answer("", "<html>OK</html>"))),
    ("JSON of another kind", "unknown-answer", |exchange| {
        exchange.listen().and_then(|_| exchange.answer("", "{\"action\":\"no action\"}"))
    }),
    ("an action that nobody knows", "unknown-answer", |exchange| {
        exchange.listen().and_then(|_| exchange.answer("", &CLEAN.replace("no action", "my own")))
    }),
    ("says an error", "error", |exchange| exchange.listen().and_then(|_| exchange.answer("", "{\"error\":\"no memory\\r\\nid=forged\"}"))),
    ("skips the message", "error", |exchange| exchange.listen().and_then(|_| exchange.answer("", &CLEAN.replace("false", "true")))),
    ("fails", "error", |exchange| exchange.listen().and_then(|_| exchange.say("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"))),
    ("never ends", "unknown-answer", |exchange| {
        exchange.listen()?;
        exchange.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
        let chunk = format!("{:x}\r\n{}\r\n", 16 << 20, "x".repeat(16 << 20));
        // Until the other side has had enough.
        (0..64).try_for_each(|_| exchange.say(&chunk))
    }),
];

#[test]
fn no_failure_is_taken_for_clean_nor_takes_longer_than_its_time() {
    for (name, word, serve) in FAULTS {
        println!("{name}");
        let (site, server) = (Site::new(), Http::new(serve));
        let time = if name == "never ends" { "timeout = \"30s\"" } else { "timeout = \"1s\"" };
        let engine = engine(&server, "").replace("timeout = \"1s\"", time);
        site.configure(&format!("policy.spam_unscanned = {{ action = \"defer\" }}\n{engine}"));
        let ended = site.deliver().pipe(PLAIN).run();
        ended.defers(75);
        let log = site.read("log");
        assert!(log.contains(&format!("class=spam_unscanned name={word} ")), "{name}{}", ended.context());
        assert_eq!(log.lines().count(), 1, "{log}");
    }
}

#[test]
fn by_default_mail_is_delivered_when_it_fails_and_says_so() {
    let (site, server) = (Site::new(), Http::new(|_| Ok(())));
    site.configure(&engine(&server, ""));
    assert_eq!(site.deliver().pipe(PLAIN).run().verdict(), "spam_unscanned; engine=rspamd; name=\"closed\"; action=accept");
}

#[test]
fn an_answer_in_chunks_is_an_answer() {
    let server = Http::new(|exchange| {
        exchange.listen()?;
        let (one, other) = CLEAN.split_at(10);
        let chunks = format!("a\r\n{one}\r\n{:x};x=y\r\n{other}\r\n0\r\nA: b\r\n\r\n", other.len());
        exchange.say(format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}"))
    });
    let site = Site::new();
    site.configure(&engine(&server, ""));
    assert_eq!(site.deliver().pipe(PLAIN).run().verdict(), "clean");
}
