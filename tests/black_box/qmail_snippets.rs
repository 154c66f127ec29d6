//! The files of contrib/qmail do what they say, with the paths of a test in the place of the system's.

use super::qmail_local::{Host, Way};
use super::qmail_queue::{ENVELOPE, queue};
use crate::harness::{PLAIN, Site, infected};
use crate::qmail::Fate;
use std::process::Command;

const DOT_QMAIL: &str = include_str!("../../contrib/qmail/dot-qmail");
const RC: &str = include_str!("../../contrib/qmail/rc");
const RULES: &str = include_str!("../../contrib/qmail/tcp.smtp");
const QMAIL_QUEUE: &str = include_str!("../../contrib/qmail/qmail-queue");

/// What a delivered message looks like that is clean and went through preline.
fn delivered() -> String {
    format!("Return-Path: <ann@a.example>\nDelivered-To: bob@b.example\nX-Mailward: clean\n{PLAIN}")
}

/// With the paths of a test.
fn here(host: &Host, text: &str) -> String {
    let at = |name: &str| host.site.path(name).display().to_string();
    let call = format!("{} deliver --config {}", at("mailward"), at("mailward.toml"));
    let text = text.replace("/usr/local/sbin/mailward deliver", &call).replace("/var/qmail", &at("qmail"));
    ["/usr/bin/maildrop", "/usr/bin/procmail -t"].iter().fold(text, |text, mda| text.replace(mda, &at("mda")))
}

#[test]
fn each_line_for_a_dot_qmail_file_delivers_with_return_path_and_delivered_to() {
    let lines: Vec<&str> = DOT_QMAIL.lines().map(|line| line.trim_start_matches('#')).filter(|line| line.starts_with('|')).collect();
    assert_eq!(lines.len(), 3);
    for line in lines {
        let host = Host::new("delivery.maildir = \"~/Maildir\"", Way::DotQmail, "true");
        host.dot_qmail("", &here(&host, line));
        assert_eq!(host.receives(PLAIN).fate, Fate::Delivered, "{line}: {}", host.site.read("log"));
        let got: Vec<String> = host.site.delivered().iter().map(|message| String::from_utf8_lossy(message).into_owned()).collect();
        let got = [got, host.in_maildir()].concat().concat();
        let without_from = got.strip_prefix("From ").and_then(|rest| rest.split_once('\n')).map_or(got.as_str(), |(_, rest)| rest);
        assert_eq!(without_from, delivered(), "{line}");
        assert_eq!(got.starts_with("From "), line.contains("procmail"), "{line}");
    }
}

#[test]
fn the_dot_qmail_file_as_it_is_answers_as_qmail_understands() {
    for (config, message, fate) in [
        ("", PLAIN.to_owned(), Fate::Delivered),
        ("policy.infected = { action = \"reject\" }", infected(), Fate::Bounced),
        ("policy.infected = { action = \"defer\" }", infected(), Fate::Queued),
    ] {
        let host = Host::new(config, Way::DotQmail, "true");
        host.dot_qmail("", &here(&host, DOT_QMAIL));
        assert_eq!(host.receives(&message).fate, fate, "{config}");
    }
}

#[test]
fn the_start_script_gives_qmail_start_a_default_delivery_that_works() {
    let mut host = Host::new("", Way::DefaultDelivery, "true");
    let script = format!("#!/bin/sh\nprintf '%s\\n' \"$1\" >{0}/default; shift; echo \"$@\" >{0}/logger\n", host.site.path("").display());
    host.site.write_program("qmail/bin/qmail-start", &script);
    assert!(Command::new("/bin/sh").arg(host.site.write("rc", here(&host, RC))).status().unwrap().success());
    assert_eq!(host.site.read("logger"), "splogger qmail\n");
    host.default = host.site.read("default").trim_end().to_owned();
    assert_eq!(host.receives(PLAIN).fate, Fate::Delivered);
    assert_eq!(host.site.delivered(), [delivered().into_bytes()]);
}

/// A site with a real qmail-queue, and the script that the rules name.
fn with_qmail_queue(mailward: &str) -> (Site, Command) {
    let site = Site::new();
    std::fs::create_dir_all(site.path("qmail/bin")).unwrap();
    let real = format!("#!/bin/sh\ncat <&0 >{0}/message; cat <&1 >{0}/envelope\n", site.path("").display());
    site.write_program("qmail/bin/qmail-queue", &real);
    let call = format!("{mailward} qmail-queue --config {}", site.path("mailward.toml").display());
    let script = QMAIL_QUEUE.replace("/usr/local/sbin/mailward qmail-queue", &call);
    let script = site.write_program("mailward-qmail-queue", &script.replace("/var/qmail", site.path("qmail").to_str().unwrap()));
    (site, Command::new(script))
}

#[test]
fn each_rule_of_tcpserver_names_one_program_that_scans_and_queues() {
    let rules: Vec<&str> = RULES.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(rules.len() == 2 && rules.iter().all(|rule| rule.contains(":allow,")), "{rules:?}");
    for rule in rules {
        let (_, value) = rule.split_once("QMAILQUEUE=\"").unwrap();
        assert_eq!(value, "/usr/local/sbin/mailward-qmail-queue\"");
    }
    let (site, script) = with_qmail_queue(env!("CARGO_BIN_EXE_mailward"));
    let queued = queue(&site, script, PLAIN.as_bytes(), ENVELOPE, None);
    assert_eq!((queued.status, queued.envelope.as_deref()), (Some(0), Some(ENVELOPE)), "{}", site.read("log"));
    assert_eq!(queued.message.unwrap(), format!("X-Mailward: clean\n{PLAIN}").into_bytes());
}

#[test]
fn without_mailward_the_script_says_what_qmails_programs_take_for_try_again_later() {
    let (site, mut script) = with_qmail_queue("/nonexistent/mailward");
    site.write("message", PLAIN);
    script.stdin(std::fs::File::open(site.path("message")).unwrap()).stderr(std::process::Stdio::null());
    // 11 to 40 are for good, all else but 0 is for now (qmail.c).
    assert_eq!(script.status().unwrap().code(), Some(127));
}
