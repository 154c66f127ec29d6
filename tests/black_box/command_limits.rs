//! A program as an engine is bounded: no shell reads its words, its time ends it with all that it started, its output goes nowhere.

use crate::harness::{PLAIN, Site, attachment, is_alive, multipart, sh, sh_on_file, until};
use std::time::Duration;

/// A site whose scanner reads stdin and is this script, with a second to do so.
fn scanned_by(script: &str, keys: &str) -> Site {
    let site = Site::new();
    let script = script.replace("HERE", &site.path("").display().to_string());
    let accepting = "policy.infected = { action = \"accept\" }\npolicy.unscanned = { action = \"accept\" }";
    let command = sh(&script);
    site.configure(&format!(
        "{accepting}\n[[engine]]\nname = \"vendor\"\nkind = \"command\"\ncommand = {command}\ninput = \"stdin\"\ntimeout = \"1s\"\n{keys}"
    ));
    site
}

const TIMED_OUT: &str = "unscanned; engine=vendor; name=\"timeout\"; action=accept";

#[test]
fn no_shell_reads_the_words_of_the_configuration_or_a_name_in_the_message() {
    let site = Site::new();
    let words = "[\"/usr/bin/printf\", \"%s|\", \"$(touch X)\", \"`touch X`\", \"; touch X\", \"a b\", \"*\", \"{file}\"]";
    let keys = "virus_name = '(?s)^(.*)message.eml'\ninfected_codes = [0]\nclean_codes = []";
    let accepting = "policy.infected = { action = \"accept\" }\npolicy.banned = { action = \"accept\" }";
    site.configure(&format!("{accepting}\n[[engine]]\nname = \"vendor\"\nkind = \"command\"\ncommand = {words}\n{keys}"));
    let name = "$(touch X); touch X `touch X`.exe";
    let ended = site.deliver().pipe(multipart(&[&attachment(name, "x")])).run();
    assert!(ended.verdict().contains("name=\"$(touch X)|`touch X`|; touch X|a b|*|/"), "{}", ended.verdict());
    let left = [site.names(""), site.names("tmp")].concat();
    assert!(!left.contains(&"X".to_owned()), "{left:?}");
}

#[test]
fn a_name_in_the_message_does_not_reach_its_words_or_files() {
    let site = Site::new();
    let out = site.path("out").display().to_string();
    let command = sh_on_file(&format!("echo \"$@\" > {out}; ls -R \"$1\" >> {out}"));
    site.configure(&format!(
        "policy.banned = {{ action = \"accept\" }}\n[[engine]]\nname = \"v\"\nkind = \"command\"\ncommand = {command}\ninput = \"parts\""
    ));
    site.deliver().pipe(multipart(&[&attachment("../evil.exe", "x")])).run().exits(0);
    assert!(site.read("out").contains("part-0001") && !site.read("out").contains("evil"), "{}", site.read("out"));
}

#[test]
fn its_time_ends_it_and_everything_that_it_started() {
    let script = "sleep 50 & echo $! > HERE/grandchild; (sleep 50 & echo $! > HERE/orphan); echo $$ > HERE/child; wait";
    let site = scanned_by(script, "");
    let ended = site.deliver().pipe(PLAIN).run();
    assert_eq!(ended.verdict(), TIMED_OUT);
    assert!(ended.took < Duration::from_secs(5), "took {:?}", ended.took);
    for process in ["child", "grandchild", "orphan"] {
        assert!(!site.read(process).is_empty());
        until(&format!("{process} has ended"), || !is_alive(&site.read(process)));
    }
}

#[test]
fn what_it_started_ends_with_it_also_when_it_ends_well() {
    let site = scanned_by("sleep 50 >/dev/null 2>&1 & echo $! > HERE/grandchild", "");
    let ended = site.deliver().pipe(PLAIN).run();
    assert_eq!(ended.verdict(), "clean");
    until("what it started has ended", || !is_alive(&site.read("grandchild")));
}

#[test]
fn one_that_ends_while_a_child_of_its_holds_the_output_open_is_not_waited_for() {
    let site = scanned_by("sleep 50 & echo Infection: X; exit 1", "virus_name = 'Infection: (\\S+)'");
    let ended = site.deliver().pipe(PLAIN).run();
    assert_eq!(ended.verdict(), "infected; engine=vendor; name=\"X\"; action=accept");
    assert!(ended.took < Duration::from_secs(5), "took {:?}", ended.took);
}

#[test]
fn one_that_closes_its_output_and_runs_on_is_ended_in_time() {
    let site = scanned_by("exec >&- 2>&-; sleep 50", "");
    assert_eq!(site.deliver().pipe(PLAIN).run().verdict(), TIMED_OUT);
}

#[test]
fn one_that_ignores_signals_is_ended_in_time() {
    let site = scanned_by("trap '' TERM HUP INT PIPE; while :; do sleep 1; done", "");
    assert_eq!(site.deliver().pipe(PLAIN).run().verdict(), TIMED_OUT);
}

#[test]
fn one_that_prints_without_end_is_ended_in_time() {
    for printer in ["exec yes", "exec cat /dev/zero", "while :; do echo x; done"] {
        let site = scanned_by(printer, "");
        let ended = site.deliver().pipe(PLAIN).run();
        assert_eq!(ended.verdict(), TIMED_OUT, "{printer}");
        assert!(ended.took < Duration::from_secs(10), "{printer} took {:?}", ended.took);
    }
}

#[test]
fn one_that_prints_much_does_not_stall_and_its_head_is_searched() {
    let site = scanned_by("echo Infection: Head; yes | head -c 20000000; echo Infection: Tail; exit 1", "virus_name = 'Infection: (\\S+)'");
    let ended = site.deliver().pipe(PLAIN).run();
    assert_eq!(ended.verdict(), "infected; engine=vendor; name=\"Head\"; action=accept", "{}", ended.context());
}

#[test]
fn what_it_prints_is_neither_in_the_mail_nor_on_our_output() {
    let site = scanned_by("echo on stdout; echo on stderr >&2; exit 1", "");
    let ended = site.deliver().pipe(PLAIN).run();
    ended.exits(0).is_silent();
    assert!(!String::from_utf8_lossy(&ended.message()).contains("on std"));
    assert!(!site.read("log").contains("on std"));
}

#[test]
fn it_does_not_read_our_stdin_and_gets_none_of_our_descriptors() {
    let site = scanned_by("ls /proc/$$/fd > HERE/fds", "");
    site.deliver().pipe(PLAIN).run().exits(0);
    // What whoever runs the tests has left open is not ours; dash takes the next free number from 10 on for its script.
    let direct = std::process::Command::new("/bin/sh").args(["-c", "ls /proc/$$/fd"]).output().unwrap();
    let direct = String::from_utf8_lossy(&direct.stdout).into_owned();
    let is_known = |fd: &str| direct.lines().chain(["10", "11"]).any(|known| known == fd);
    assert!(site.read("fds").lines().all(is_known), "{} but directly {direct}", site.read("fds"));
}

#[test]
fn it_does_not_see_that_we_ignore_broken_pipes() {
    let site = scanned_by("grep SigIgn /proc/$$/status > HERE/signals", "");
    site.deliver().pipe(PLAIN).run().exits(0);
    let ignored = u64::from_str_radix(site.read("signals").trim().trim_start_matches("SigIgn:\t"), 16).unwrap();
    assert_eq!(ignored & 1 << (libc::SIGPIPE - 1), 0, "{ignored:x}");
}

#[test]
fn its_folder_goes_when_its_time_is_over() {
    let site = Site::new();
    let command = sh_on_file("sleep 50");
    site.configure(&format!("[[engine]]\nname = \"v\"\nkind = \"command\"\ncommand = {command}\ntimeout = \"300ms\""));
    site.deliver().pipe(PLAIN).run().defers(75);
    assert!(site.names("tmp").is_empty(), "{:?}", site.names("tmp"));
}
