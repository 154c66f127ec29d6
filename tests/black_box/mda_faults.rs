//! A delivery agent that cannot start is our fault, and the answer of one that started is the answer.

use crate::harness::{PLAIN, Site};
use std::fs;

#[test]
fn what_cannot_be_started_is_try_again_later() {
    let site = Site::new();
    let folder = site.path("").display().to_string();
    let plain_file = site.write("plain", "#!/bin/sh\ntouch ran\n").display().to_string();
    let under_a_file = format!("{plain_file}/x");
    let table = ["/nonexistent/mda", &folder, &plain_file, &under_a_file, "no-such-program-anywhere", "./no-such-program", ""];
    for name in table {
        for (mta, status) in [("postfix", 75), ("qmail-command", 111), ("qmail-queue", 71)] {
            site.deliver().option("--mta", mta).mda([name]).pipe(PLAIN).run().defers(status);
        }
        assert!(site.read("log").contains("starting the MDA"), "{name}: {}", site.read("log"));
        fs::remove_file(site.path("log")).unwrap();
    }
    assert!(!site.path("ran").exists());
}

#[test]
fn a_text_without_an_interpreter_is_not_given_to_a_shell() {
    let site = Site::new();
    let texts =
        [("no line", "touch ran\n"), ("no interpreter", "#!\ntouch ran\n"), ("missing interpreter", "#!/nonexistent/sh\ntouch ran\n")];
    for (name, text) in texts {
        let path = site.write_program(name, text);
        site.deliver().mda([&path]).pipe(PLAIN).run().defers(75);
        assert!(!site.path("ran").exists(), "{name}");
    }
}

#[test]
fn nothing_is_kept_twice_or_told_when_the_mda_is_not_there() {
    let site = Site::new();
    for _ in 0..3 {
        site.deliver().mda(["/nonexistent/mda"]).pipe(crate::harness::infected()).run().defers(75);
    }
    assert!(site.names("quarantine/new").is_empty() && site.sent().is_empty());
}

#[test]
fn the_status_of_the_mda_is_the_answer() {
    let site = Site::new();
    for status in [0, 1, 67, 69, 70, 73, 75, 77, 78, 99, 100, 111, 127, 255] {
        site.mda_exits(status);
        for mta in ["postfix", "qmail-command"] {
            site.deliver().option("--mta", mta).pipe(PLAIN).run().exits(status).is_silent();
        }
    }
}

#[test]
fn the_signal_that_ends_the_mda_is_seen_by_the_mta() {
    let site = Site::new();
    for signal in [libc::SIGTERM, libc::SIGKILL, libc::SIGPIPE, libc::SIGHUP, libc::SIGABRT] {
        site.deliver().mda_script(&format!("cat >/dev/null; kill -{signal} $$")).pipe(PLAIN).run().is_killed_by(signal);
    }
}

#[test]
fn an_mda_that_reads_nothing_is_none_of_our_business() {
    let site = Site::new();
    let large = [b"Subject: x\n\n".as_slice(), &[b'x'; 1_000_000]].concat();
    for status in [0, 75] {
        site.deliver().mda_script(&format!("exit {status}")).pipe(&large).run().exits(status).is_silent();
    }
}

#[test]
fn what_the_mda_prints_is_its_own_and_comes_first() {
    let site = Site::new();
    let ended = site.deliver().mda_script("cat >/dev/null; echo '5.1.1 x'; exit 75").pipe(PLAIN).run();
    ended.exits(75).says("5.1.1 x\n").warns("");
}

#[test]
fn an_mda_through_a_link_is_started() {
    let site = Site::with("tag.header = \"\"");
    std::os::unix::fs::symlink(site.path("mda"), site.path("link")).unwrap();
    fs::create_dir(site.path("x")).unwrap();
    // A relative path is one of the folder that the MTA runs us in.
    site.deliver().mda(["./x/../mda"]).pipe(PLAIN).run().exits(0).hands_on(PLAIN);
    site.deliver().mda(["link"]).env("PATH", format!("/nonexistent:{}:/usr/bin:/bin", site.path("").display())).pipe(PLAIN).run().exits(0);
}
