//! Messages that are larger, deeper or wider than any mail: bounded memory and time, and never a crash.

use crate::harness::{Call, Clamd, Ended, Site};
use std::fs::{File, OpenOptions};
use std::io::{PipeWriter, Write};
use std::path::PathBuf;
use std::time::Duration;

const SIZE: u64 = 200 << 20;
const HEADER: &str = "From: a@b\nSubject: large\n\n";

/// 200 MB that take no room: a header, and a hole.
fn large_file(site: &Site, name: &str, header: &str) -> PathBuf {
    let path = site.write(name, header);
    OpenOptions::new().write(true).open(&path).unwrap().set_len(SIZE + header.len() as u64 - HEADER.len() as u64).unwrap();
    path
}

fn feed_large(mut pipe: PipeWriter) {
    let block = vec![0; 1 << 20];
    let mut left = usize::try_from(SIZE).unwrap() - HEADER.len();
    // Whoever stops reading ends it.
    let mut fed = pipe.write_all(HEADER.as_bytes());
    while fed.is_ok() && left > 0 {
        let count = left.min(block.len());
        fed = pipe.write_all(&block[..count]);
        left -= count;
    }
}

/// Runs it and tells the most memory that it had resident, in KiB: the kernel's own high-water mark, looked at until it is gone.
fn peak_memory(call: Call<'_>) -> u64 {
    let started = call.start();
    let mut peak = 0;
    while let Some(mark) = started.proc_file("status").lines().find_map(|line| line.strip_prefix("VmHWM:")) {
        peak = mark.trim().trim_end_matches(" kB").parse().unwrap();
        std::thread::sleep(Duration::from_micros(200));
    }
    started.wait().exits_with_one_of(&[0, 75]);
    peak
}

#[test]
fn two_hundred_megabytes_are_deferred_by_default_and_never_looked_at() {
    let site = Site::new();
    let clamd = Clamd::that_says(&site.path("clamd"), "fd[9]: OK");
    site.configure(&clamd.engine());
    site.deliver().feed(feed_large).run().defers(75);
    site.deliver().given(File::open(large_file(&site, "large", HEADER)).unwrap()).run().defers(75);
    assert!(clamd.asked().is_empty());
    assert!(site.read("log").contains(" class=unscanned name=limits.message_size action=defer "), "{}", site.read("log"));
}

#[test]
fn two_hundred_megabytes_are_delivered_whole_where_the_policy_says_so() {
    let site = Site::with("policy.unscanned = { action = \"accept\" }");
    let field = "X-Mailward: unscanned; engine=structure; name=\"limits.message_size\"; action=accept\n";
    let expected = large_file(&site, "expected", &format!("{field}{HEADER}"));
    let mda = ["cmp", "-", expected.to_str().unwrap()];
    site.deliver().mda(mda).feed(feed_large).run().exits(0).is_silent();
    site.deliver().mda(mda).given(File::open(large_file(&site, "large", HEADER)).unwrap()).run().exits(0).is_silent();
}

#[test]
fn two_hundred_megabytes_do_not_pass_through_memory() {
    let deferring = "policy.unscanned = { action = \"defer\" }";
    let delivering = "policy.unscanned = { action = \"accept\" }";
    for config in [deferring, delivering] {
        for by_file in [false, true] {
            let site = Site::new();
            site.configure(&format!("delivery.maildir = {:?}\n{config}", site.path("Maildir")));
            let call = site.command("deliver");
            let call = if by_file { call.given(File::open(large_file(&site, "large", HEADER)).unwrap()) } else { call.feed(feed_large) };
            let peak = peak_memory(call);
            // Half of it is what of a debug build's own file is touched.
            assert!(peak < 32 << 10, "{peak} KiB resident with {config}, by file: {by_file}");
        }
    }
}

/// Runs `message` under `config` twice: where the policy lets unscanned mail pass it passes whole, and by default it is deferred.
fn unscanned(message: &[u8], limit: &str, config: &str) {
    let site = Site::with(config);
    let ended = site.deliver().pipe(message).run();
    ended.defers(75);
    is_quick(&ended);
    assert!(site.read("log").contains(&format!("class=unscanned name={limit} ")), "{}", site.read("log"));
    let site = Site::with(&format!("{config}\npolicy.unscanned = {{ action = \"accept\" }}\ntag.header = \"\""));
    site.deliver().pipe(message).run().exits(0).is_silent().hands_on(message);
}

fn is_quick(ended: &Ended<'_>) {
    assert!(ended.took < Duration::from_secs(20), "took {:?}", ended.took);
}

fn nested_multiparts(depth: usize) -> Vec<u8> {
    let open: String = (0..depth).map(|level| format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n")).collect();
    let close: String = (0..depth).rev().map(|level| format!("--b{level}--\n")).collect();
    format!("Subject: deep\n{open}\ndeepest\n{close}").into_bytes()
}

fn nested_messages(depth: usize) -> Vec<u8> {
    format!("{}Subject: deepest\n\nx\n", "Content-Type: message/rfc822\n\n".repeat(depth)).into_bytes()
}

fn wide(count: usize) -> Vec<u8> {
    format!("Content-Type: multipart/mixed; boundary=b\n\n{}--b--\n", "--b\n\nx\n".repeat(count)).into_bytes()
}

#[test]
fn ten_thousand_nested_parts_are_unscanned() {
    unscanned(&nested_multiparts(10_000), "limits.nesting", "");
    unscanned(&nested_messages(10_000), "limits.nesting", "");
}

#[test]
fn a_hundred_thousand_nested_messages_are_read_where_the_limits_allow_it() {
    // As many make mail-parser overflow the stack.
    let config = "limits.nesting = 1000000\nlimits.parts = 1000000\ntag.header = \"\"";
    for message in [nested_messages(100_000), nested_multiparts(2_000)] {
        let site = Site::with(config);
        let ended = site.deliver().pipe(&message).run();
        ended.exits(0).is_silent().hands_on(&message);
        is_quick(&ended);
    }
}

#[test]
fn a_million_parts_are_unscanned() {
    unscanned(&wide(1_000_000), "limits.parts", "");
}

#[test]
fn a_hundred_thousand_parts_are_read_where_the_limits_allow_it() {
    let site = Site::with("limits.parts = 1000000\ntag.header = \"\"");
    let message = wide(100_000);
    let ended = site.deliver().pipe(&message).run();
    ended.exits(0).is_silent().hands_on(&message);
    is_quick(&ended);
}

#[test]
fn a_header_of_a_hundred_megabytes_is_unscanned() {
    let one_line = [b"Subject: ".as_slice(), &vec![b'x'; 100 << 20], b"\n\nbody\n"].concat();
    unscanned(&one_line, "limits.message_size", "");
    unscanned(&one_line, "limits.header_size", "limits.message_size = \"200M\"");
    drop(one_line);
    let many_lines = format!("{}\nbody\n", "X-Line: of a header that does not end\n".repeat(2_600_000));
    unscanned(many_lines.as_bytes(), "limits.header_size", "limits.message_size = \"200M\"");
}

#[test]
fn a_header_of_nothing_but_forged_copies_of_our_field_loses_them_all() {
    let site = Site::with("limits.header_size = \"64M\"");
    let forged = "X-Mailward: clean\n".repeat(500_000);
    let ended = site.deliver().pipe(format!("Subject: x\n{forged}To: a@b\n\nbody\n")).run();
    ended.exits(0).hands_on("X-Mailward: clean\nSubject: x\nTo: a@b\n\nbody\n");
    is_quick(&ended);
}

#[test]
fn a_message_of_exactly_the_limit_is_looked_at_and_one_byte_more_is_not() {
    for by_file in [false, true] {
        for (more, status) in [(0, 0), (1, 75)] {
            let site = Site::with("limits.message_size = \"100K\"\ntag.header = \"\"");
            let message = [HEADER.as_bytes(), &vec![b'x'; 100 * 1024 - HEADER.len() + more]].concat();
            let call = if by_file { site.deliver().file(&message) } else { site.deliver().pipe(&message) };
            call.run().exits(status);
            assert_eq!(site.delivered(), if more == 0 { vec![message] } else { Vec::new() });
        }
    }
}

#[test]
fn a_container_that_decodes_to_more_than_the_limit_is_unscanned() {
    let inner = crate::harness::base64(&wide(2_000));
    let message = format!("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{inner}\n");
    unscanned(message.as_bytes(), "limits.decoded_size", "limits.decoded_size = \"1K\"");
}

#[test]
fn containers_in_encoded_containers_end_at_the_limit() {
    let mut message = "Subject: innermost\n\nx\n".to_owned();
    for _ in 0..20 {
        let inner = crate::harness::base64(message.as_bytes());
        message = format!("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{inner}\n");
    }
    unscanned(message.as_bytes(), "limits.nesting", "limits.nesting = 10");
}
