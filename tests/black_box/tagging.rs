//! Our header field: where it stands, what it says, and that nobody else can write it.

use crate::harness::{Site, infected};

#[test]
fn it_stands_behind_the_lines_that_the_mta_puts_on_top() {
    let on_top = "From a@b Mon Jan  1 00:00:00 2024\nReturn-Path: <a@b>\nX-Original-To: c@d\nDelivered-To: c@d\n";
    let table = [
        (on_top, "Received: by x\nSubject: y\n\nz\n"),
        ("Return-Path: <a@b>\n", "Subject: x\nReturn-Path: <c@d>\n\n"),
        ("return-path: <a@b>\nReturn-Path:\n <folded@x>\n", "Received: by x;\n\tMon\n\n"),
        ("", "Received: by x\nReturn-Path: <a@b>\n\nbody\n"),
        ("", "\nbody alone\n"),
    ];
    for (before, behind) in table {
        let site = Site::new();
        site.deliver().pipe(format!("{before}{behind}")).run().exits(0).hands_on(format!("{before}X-Mailward: clean\n{behind}"));
    }
}

#[test]
fn copies_that_came_in_are_removed_however_they_are_written() {
    let table = [
        ("X-Mailward: clean\nA: b\n\nc\n", "A: b\n\nc\n"),
        ("A: b\nX-MAILWARD: clean\nx-mailward : forged\nC: d\n\ne\n", "A: b\nC: d\n\ne\n"),
        ("A: b\nX-Mailward: clean;\n folded=\"x\"\n\tand more\nC: d\n\ne\n", "A: b\nC: d\n\ne\n"),
        ("A: b\nX-Mailward:\n\nX-Mailward: in the body\n", "A: b\n\nX-Mailward: in the body\n"),
        ("X-Mailward-Other: stays\nA: X-Mailward: stays\n\nc\n", "X-Mailward-Other: stays\nA: X-Mailward: stays\n\nc\n"),
        ("X-Mailward: clean", ""),
    ];
    for (message, rest) in table {
        let site = Site::new();
        site.deliver().pipe(message).run().exits(0).hands_on(format!("X-Mailward: clean\n{rest}"));
    }
}

#[test]
fn a_forged_copy_in_crlf_is_removed_and_ours_ends_in_crlf() {
    let site = Site::new();
    let message = "A: b\r\nX-Mailward: clean;\r\n folded\r\nC: d\r\n\r\ne\r\n";
    site.deliver().pipe(message).run().exits(0).hands_on("X-Mailward: clean\r\nA: b\r\nC: d\r\n\r\ne\r\n");
}

#[test]
fn what_is_all_body_gets_a_blank_line_behind_our_field() {
    let site = Site::new();
    site.deliver().pipe("no header here\nat all\n").run().exits(0).hands_on("X-Mailward: clean\n\nno header here\nat all\n");
}

#[test]
fn another_name_can_be_configured_and_then_ours_is_not_special() {
    let site = Site::with("tag.header = \"X-Virus-Scan\"");
    let message = "X-Mailward: stays\nX-Virus-Scan: goes\n\nbody\n";
    site.deliver().pipe(message).run().exits(0).hands_on("X-Virus-Scan: clean\nX-Mailward: stays\n\nbody\n");
}

#[test]
fn it_says_class_engine_name_action_and_id_in_this_order() {
    let site = Site::new();
    let ended = site.deliver().pipe(infected()).run();
    ended.exits(0);
    let expected = format!("infected; engine=eicar; name=\"Eicar-Test-Signature\"; action=replace; id={}", site.id());
    assert_eq!(ended.verdict(), expected, "{}", ended.context());
}

#[test]
fn it_names_the_other_classes() {
    let site = Site::with("policy.infected = { action = \"accept\", treatment = \"tag\" }\npolicy.banned = { action = \"accept\" }");
    let message = infected().replace("eicar.txt", "eicar.exe");
    let ended = site.deliver().pipe(message).run();
    assert_eq!(ended.verdict(), "infected; engine=eicar; name=\"Eicar-Test-Signature\"; action=tag; also=banned");
}

#[test]
fn a_name_of_the_attackers_cannot_leave_its_quotes_or_its_line() {
    let site = Site::with("policy.banned = { action = \"accept\", treatment = \"tag\" }");
    let name = "=?utf-8?Q?a=0D=0AX-Evil:_1=22;_id=3D=22x=5C=C3=A9.exe?=";
    let message = format!("Subject: x\nContent-Type: text/plain; name=\"{name}\"\n\nbody\n");
    let ended = site.deliver().pipe(message).run();
    assert_eq!(ended.verdict(), "banned; engine=attachment; name=\"a??X-Evil: 1'; id='x/?.exe\"; action=tag");
    assert!(!String::from_utf8_lossy(&ended.message()).contains("\nX-Evil"));
}

#[test]
fn tagging_twice_is_tagging_once() {
    let config = "policy.infected = { action = \"accept\", treatment = \"tag\" }";
    for message in ["Subject: x\n\nbody\n".to_owned(), infected(), infected().replace("Subject: with parts\n", "")] {
        let first = Site::with(config);
        let once = first.deliver().pipe(&message).run().message();
        let second = Site::with(config);
        second.deliver().pipe(&once).run().exits(0).hands_on(&once);
    }
}

const AMBIGUITY: &str = "tag.ambiguity_results = true";

/// Who says so: this host.
fn host() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap().trim().to_owned()
}

#[test]
fn what_readers_differ_on_is_told_in_a_field_of_its_own() {
    let none = format!("MIME-Ambiguity-Results: {}; result=none\n", host());
    for (before, behind) in [("Return-Path: <a@b>\n", "Subject: x\n\ny\n"), ("", "Subject: x\n\ny\n")] {
        // A copy that came in says nothing of what we have seen.
        let forged = behind.replace("Subject", "mime-ambiguity-results: forged;\n result=none\nMIME-Ambiguity-Results: x\nSubject");
        for message in [behind.to_owned(), forged] {
            let site = Site::with(AMBIGUITY);
            let expected = format!("{before}X-Mailward: clean\n{none}{behind}");
            site.deliver().pipe(format!("{before}{message}")).run().exits(0).hands_on(expected);
        }
    }
    let site = Site::with(AMBIGUITY);
    let message = "MIME-Ambiguity-Results: forged\nContent-Type: text/plain\nContent-Type: text/html\n\nx\n";
    let ended = site.deliver().pipe(message).run();
    let verdict = ended.exits(0).verdict();
    let results = format!("MIME-Ambiguity-Results: {}; result=hard; constructs=\"Content-Type twice\"; action=canonical\n", host());
    let anew = "MIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\neAo=\n";
    ended.hands_on(format!("X-Mailward: {verdict}\n{results}{anew}"));
}

#[test]
fn without_its_key_that_field_is_neither_written_nor_removed() {
    let message = "MIME-Ambiguity-Results: mx.example.org; result=none\nSubject: x\n\ny\n";
    Site::new().deliver().pipe(message).run().exits(0).hands_on(format!("X-Mailward: clean\n{message}"));
}

#[test]
fn that_field_stands_alone_where_ours_has_no_name() {
    let site = Site::with(&format!("tag.header = \"\"\n{AMBIGUITY}"));
    site.deliver()
        .pipe("A: b\r\n\r\nc\r\n")
        .run()
        .exits(0)
        .hands_on(format!("MIME-Ambiguity-Results: {}; result=none\r\nA: b\r\n\r\nc\r\n", host()));
}
