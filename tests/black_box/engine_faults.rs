//! An engine that fails in any way is never taken for clean: class unscanned, by default deferred, within its time.

use crate::harness::{Clamd, PLAIN, Site, Talk, until};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

type Serve = fn(&mut Talk) -> io::Result<()>;

/// What goes wrong, the word for it, and how.
const FAULTS: [(&str, &str, Serve); 16] = [
    ("accepts and never reads", "timeout", |talk| talk.sleep()),
    ("reads and never answers", "timeout", |talk| talk.listen().and_then(|_| talk.hold())),
    ("resets at once", "closed", |_| Ok(())),
    ("resets before it has read all", "closed", |talk| talk.command().map(drop)),
    ("closes without an answer", "closed", |talk| talk.listen().map(drop)),
    ("closes after half an answer", "unknown-answer", |talk| talk.listen().and_then(|_| talk.say("fd[9]: O"))),
    ("closes before the NUL", "unknown-answer", |talk| talk.listen().and_then(|_| talk.say("fd[9]: OK"))),
    ("an empty answer", "unknown-answer", |talk| talk.listen().and_then(|_| talk.say("\0"))),
    ("says garbage", "unknown-answer", |talk| talk.listen().and_then(|_| talk.write(b"\xff\x01\x7f garbage\r\n\0"))),
    ("says OK and nothing else", "unknown-answer", |talk| talk.listen().and_then(|_| talk.say("OK\0"))),
    ("says two things", "unknown-answer", |talk| talk.listen().and_then(|_| talk.say("fd[9]: X FOUND\nfd[9]: OK\0"))),
    ("does not know the command", "unknown-answer", |talk| talk.listen().and_then(|_| talk.say("UNKNOWN COMMAND\0"))),
    ("has it switched off", "unknown-answer", |talk| talk.listen().and_then(|_| talk.say("COMMAND UNAVAILABLE\0"))),
    ("is over its size", "error", |talk| talk.listen().and_then(|_| talk.say("INSTREAM size limit exceeded. ERROR\0"))),
    ("cannot read the file", "error", |talk| talk.listen().and_then(|_| talk.say("fd[9]: Can't create temporary directory ERROR\0"))),
    ("never ends", "unknown-answer", |talk| {
        talk.listen()?;
        let block = vec![b'x'; 1 << 16];
        // Until the other side has had enough.
        (0..1 << 14).try_for_each(|_| talk.write(&block))
    }),
];

fn check(clamd: &Clamd, site: &Site, word: &str) {
    site.configure(&clamd.engine());
    let ended = site.deliver().pipe(PLAIN).run();
    ended.defers(75);
    assert!(ended.took < Duration::from_secs(4), "took {:?}", ended.took);
    let expected = format!(" engines=\"clamav=failed({word})/");
    assert!(site.read("log").contains(&expected), "expected {expected}{}", ended.context());
    assert!(site.read("log").contains(&format!(" class=unscanned name={word} action=defer ")), "{}", ended.context());
}

#[test]
fn on_a_unix_socket() {
    for (name, word, serve) in FAULTS {
        println!("{name}");
        let site = Site::new();
        check(&Clamd::at(&site.path("clamd"), serve), &site, word);
    }
}

#[test]
fn on_tcp() {
    for (name, word, serve) in FAULTS {
        println!("{name}");
        let site = Site::new();
        check(&Clamd::on_tcp(serve), &site, word);
    }
}

#[test]
fn a_byte_a_moment_does_not_keep_us_beyond_the_time_of_the_engine() {
    let site = Site::new();
    let clamd = Clamd::at(&site.path("clamd"), |talk| {
        talk.listen()?;
        "fd[9]: ".chars().chain(std::iter::repeat('x')).try_for_each(|c| {
            std::thread::sleep(Duration::from_millis(100));
            talk.say(&c.to_string())
        })
    });
    check(&clamd, &site, "timeout");
}

#[test]
fn nobody_listens() {
    let site = Site::new();
    for address in ["unix:/nonexistent/clamd.ctl", "tcp:127.0.0.1:1", "tcp:no-such-host.invalid:3310"] {
        site.configure(&format!("[[engine]]\nname = \"clamav\"\nkind = \"clamd\"\naddress = [\"{address}\"]\nretry = \"0s\""));
        site.deliver().pipe(PLAIN).run().defers(75);
        assert!(site.read("log").contains("failed(refused)"), "{}", site.read("log"));
    }
}

#[test]
fn a_queue_of_connections_that_is_full_does_not_keep_us() {
    let site = Site::new();
    let listener = std::os::unix::net::UnixListener::bind(site.path("clamd")).unwrap();
    rustix::net::listen(&listener, 0).unwrap();
    // One waits in the queue, and nobody takes it out.
    let _waiting = std::os::unix::net::UnixStream::connect(site.path("clamd")).unwrap();
    let address = format!("unix:{}", site.path("clamd").display());
    site.configure(&format!("[[engine]]\nname = \"clamav\"\nkind = \"clamd\"\naddress = [{address:?}]\ntimeout = \"1s\"\nretry = \"0s\""));
    let ended = site.deliver().pipe(PLAIN).run();
    ended.defers(75);
    assert!(ended.took < Duration::from_secs(4), "took {:?}", ended.took);
}

#[test]
fn the_deadline_of_the_run_ends_the_time_of_an_engine() {
    let site = Site::new();
    let clamd = Clamd::at(&site.path("clamd"), |talk| talk.listen().and_then(|_| talk.hold()));
    let config = "limits.deadline = \"1s\"\npolicy.unscanned = { action = \"accept\" }\n";
    site.configure(&format!("{config}{}", clamd.engine_with("timeout = \"50s\"")));
    let ended = site.deliver().pipe(PLAIN).run();
    ended.exits(0);
    assert_eq!(ended.verdict(), "unscanned; engine=clamav; name=\"timeout\"; action=accept");
}

#[test]
fn the_policy_may_let_it_pass_with_a_mark() {
    let site = Site::new();
    let clamd = Clamd::that_says(&site.path("clamd"), "fd[9]: lstat() failed: x ERROR");
    site.configure(&format!("policy.unscanned = {{ action = \"accept\", treatment = \"tag\" }}\n{}", clamd.engine()));
    let ended = site.deliver().pipe(PLAIN).run();
    let field = "X-Mailward: unscanned; engine=clamav; name=\"error\"; action=tag\n";
    ended.exits(0).hands_on(format!("{field}{}", PLAIN.replace("Subject: hello", "Subject: {Unscanned} hello")));
}

#[test]
fn what_a_failed_engine_says_is_not_in_the_mail_and_cannot_end_a_log_line() {
    let site = Site::new();
    let clamd = Clamd::that_says(&site.path("clamd"), "fd[9]: x\r\nid=forged ERROR");
    site.configure(&format!("policy.unscanned = {{ action = \"accept\" }}\n{}", clamd.engine()));
    let ended = site.deliver().pipe(PLAIN).run();
    ended.exits(0);
    assert!(!String::from_utf8_lossy(&ended.message()).contains("forged"));
    assert_eq!(site.read("log").lines().count(), 1);
}

#[test]
fn an_engine_that_fails_does_not_hide_what_our_own_checks_find() {
    let site = Site::new();
    let clamd = Clamd::that_says(&site.path("clamd"), "ERROR");
    site.configure(&format!("policy.unscanned = {{ action = \"accept\" }}\n{}", clamd.engine()));
    let ended = site.deliver().pipe(crate::harness::infected()).run();
    assert!(ended.verdict().starts_with("infected; engine=eicar;") && ended.verdict().ends_with("; also=unscanned"), "{}", ended.verdict());
}

#[test]
fn a_message_that_waits_for_an_engine_is_not_handed_on_meanwhile() {
    let site = Site::new();
    let may_go = Arc::new(AtomicBool::new(false));
    let own = Arc::clone(&may_go);
    let clamd = Clamd::at(&site.path("clamd"), move |talk| {
        talk.listen()?;
        until("it may answer", || own.load(SeqCst));
        talk.say("fd[9]: OK\0")
    });
    site.configure(&clamd.engine_with("timeout = \"50s\""));
    let started = site.deliver().pipe(PLAIN).start();
    until("clamd is asked", || !clamd.asked().is_empty());
    assert!(site.delivered().is_empty());
    may_go.store(true, SeqCst);
    started.wait().exits(0).hands_on(format!("X-Mailward: clean\n{PLAIN}"));
}
