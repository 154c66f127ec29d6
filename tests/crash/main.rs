//! A crash of any kind in the middle of a run means "try again later" to every MTA, and nothing is printed.
//!
//! The program under test is built with the feature `fault-injection`, by which it crashes when a variable says so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop loudly; clippy.toml covers only the bodies of #[test] functions"
)]

#[path = "../qmail/mod.rs"]
mod qmail;

use qmail::{Delivery, Fate, Qmail};
use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const CRASHES: [&str; 5] = ["panic", "abort", "overflow", "overflow in a thread", "memory"];

fn run(folder: &TempDir, crash: &str, mta: &str) -> Output {
    let config = folder.path().join("mailward.toml");
    let at = |name: &str| folder.path().join(name).display().to_string();
    fs::write(&config, format!("log.to = {:?}\nquarantine.path = {:?}\ndelivery.maildir = {:?}\n", at("log"), at("q"), at("maildir")))
        .unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mailward"));
    command.args(["deliver", "--mta", mta, "--config"]).arg(&config).env("MAILWARD_CRASH", crash);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It may crash before it reads.
    let _ = child.stdin.take().unwrap().write_all(b"Subject: x\n\nbody\n");
    child.wait_with_output().unwrap()
}

#[test]
fn every_crash_is_try_again_later_and_says_nothing() {
    for crash in CRASHES {
        for (mta, status) in [("postfix", 75), ("exim", 75), ("qmail-command", 111), ("qmail-queue", 71)] {
            let folder = TempDir::new().unwrap();
            let ended = run(&folder, crash, mta);
            assert_eq!(ended.status.code(), Some(status), "{crash}, {mta}: {ended:?}");
            assert!(ended.stdout.is_empty() && ended.stderr.is_empty(), "{crash}, {mta}: {ended:?}");
            assert!(!folder.path().join("maildir").exists(), "{crash}, {mta}");
        }
    }
}

#[test]
fn a_panic_is_in_the_log() {
    let folder = TempDir::new().unwrap();
    run(&folder, "panic", "postfix");
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(log.contains("error=\"a bug in mailward, please report it: on demand\" exit=75"), "{log}");
}

#[test]
fn without_a_crash_the_message_is_delivered() {
    let folder = TempDir::new().unwrap();
    assert_eq!(run(&folder, "", "postfix").status.code(), Some(0));
    assert_eq!(fs::read_dir(folder.path().join("maildir/new")).unwrap().count(), 1);
}

#[test]
fn every_crash_under_qmail_keeps_the_message_in_the_queue() {
    for crash in CRASHES {
        let folder = TempDir::new().unwrap();
        let at = |name: &str| folder.path().join(name);
        let qmail = Qmail::install(at("qmail"), Vec::new());
        fs::create_dir(at("home")).unwrap();
        fs::write(at("message"), "Subject: x\n\nbody\n").unwrap();
        fs::write(at("home/.qmail"), format!("|cat > {}\n", at("delivered").display())).unwrap();
        let script = include_str!("../../contrib/qmail/qmail-local").replace("/var/qmail", at("qmail").to_str().unwrap());
        qmail.put_before_qmail_local(&script.replace("/usr/local/sbin/mailward", env!("CARGO_BIN_EXE_mailward")));
        let environment = [("MAILWARD_CRASH", crash)];
        let (message, home) = (at("message"), at("home"));
        let (user, domain) = ("bob", "b.example");
        let (message, environment) = (message.as_path(), environment.as_slice());
        let delivery = Delivery { message, sender: "", user, domain, home: &home, extension: "", default: "", environment };
        let report = qmail.deliver(&delivery);
        assert_eq!((report.fate, report.text.as_str()), (Fate::Queued, ""), "{crash}");
        assert!(!at("delivered").exists(), "{crash}");
        assert!(qmail.bin("qmail-local.real").exists());
    }
}
