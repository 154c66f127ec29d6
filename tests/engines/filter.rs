//! bogofilter, taught by messages that are written here: its field, its exit codes, and what it cannot read.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on should stop loudly")]

use super::samples::of_corpus;
use super::server::is_installed;
use crate::harness::Site;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const BOGOFILTER: &str = "/usr/bin/bogofilter";

const SPAM: [&str; 5] = ["pills", "casino", "lottery", "winner", "cheap"];
const HAM: [&str; 5] = ["meeting", "minutes", "garden", "library", "train"];

fn mail(words: [&str; 5], number: usize) -> Vec<u8> {
    let text = format!("{} {} and {}, {} {}\n", words[0], words[number % 5], words[(number + 2) % 5], words[3], words[4]);
    format!("From: a{number}@example.org\nTo: b@example.net\nSubject: {}\n\n{}", words[number % 5], text.repeat(4)).into_bytes()
}

/// A word list that was taught `-n` ham or `-s` spam.
fn teach(folder: &Path, as_what: &str, message: &[u8]) {
    let mut child = Command::new(BOGOFILTER).args([as_what, "-d"]).arg(folder).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(message).unwrap();
    assert!(child.wait().unwrap().success());
}

fn taught() -> Option<Site> {
    if !is_installed(BOGOFILTER) {
        return None;
    }
    let site = Site::new();
    fs::create_dir(site.path("words")).unwrap();
    for number in 0..10 {
        teach(&site.path("words"), "-s", &mail(SPAM, number));
        teach(&site.path("words"), "-n", &mail(HAM, number));
    }
    Some(site)
}

/// Asks with these options and keys.
fn configure(site: &Site, options: &str, keys: &str) {
    let policy = "policy.spam = { action = \"accept\", treatment = \"tag\" }\npolicy.spam_unscanned = { action = \"accept\" }\nspam.headers = true\n";
    let words = site.path("words").display().to_string();
    site.configure(&format!(
        "{policy}[[engine]]\nname = \"bogofilter\"\nkind = \"filter\"\ncommand = [\"{BOGOFILTER}\", {options}, \"-d\", {words:?}]\n{keys}"
    ));
}

/// The verdict on one message; the folder is emptied for the next.
fn judged(site: &Site, message: &[u8]) -> String {
    let verdict = site.deliver().pipe(message).run().verdict();
    fs::remove_dir_all(site.path("delivered")).unwrap();
    fs::create_dir(site.path("delivered")).unwrap();
    verdict
}

const BY_FIELD: &str = "header = \"X-Bogosity\"\nspam = '^Spam'\nscore = 'spamicity=([0-9.]+)'\n";

#[test]
fn its_field_tells_spam_from_ham() {
    let Some(site) = taught() else { return };
    configure(&site, "\"-p\", \"-e\"", BY_FIELD);
    let spam = judged(&site, &mail(SPAM, 77));
    assert!(spam.starts_with("spam; engine=bogofilter; name=\"score ") && spam.ends_with("action=tag"), "{spam}");
    assert_eq!(judged(&site, &mail(HAM, 77)), "clean");
    let forged = [b"X-Bogosity: Ham, tests=bogofilter, spamicity=0.000000, version=1.2.5\n".to_vec(), mail(SPAM, 77)].concat();
    assert_eq!(judged(&site, &forged), spam);
    let crlf = String::from_utf8(mail(SPAM, 77)).unwrap().replace('\n', "\r\n");
    assert!(judged(&site, crlf.as_bytes()).starts_with("spam; "));
    configure(&site, "\"-p\", \"-e\"", &format!("{BY_FIELD}mark = 0.0\nkill = 2"));
    assert!(judged(&site, &mail(HAM, 77)).starts_with("spam; "), "any score is marked");
}

#[test]
fn its_exit_code_does_too() {
    let Some(site) = taught() else { return };
    configure(&site, "\"-v\"", "clean_codes = [1, 2]\ninfected_codes = [0]\nvirus_name = 'spamicity=\\S+'");
    assert!(judged(&site, &mail(SPAM, 77)).starts_with("spam; engine=bogofilter; name=\"spamicity="));
    assert_eq!(judged(&site, &mail(HAM, 77)), "clean");
    configure(&site, "\"-v\"", "clean_codes = [1, 2]\ninfected_codes = [0]\nscore = 'spamicity=([0-9.]+)'");
    assert!(judged(&site, &mail(SPAM, 77)).starts_with("spam; engine=bogofilter; name=\"score "));
}

#[test]
fn without_its_word_list_it_is_never_clean() {
    let Some(site) = taught() else { return };
    for (options, keys) in [("\"-p\", \"-e\"", BY_FIELD), ("\"-v\"", "clean_codes = [1, 2]\ninfected_codes = [0]")] {
        configure(&site, options, keys);
        fs::write(site.path("words/wordlist.db"), "garbage\n".repeat(4096)).unwrap();
        let verdict = judged(&site, &mail(SPAM, 77));
        assert!(verdict.starts_with("spam_unscanned; engine=bogofilter; name=\"exit-code\""), "{options}: {verdict}");
    }
}

#[test]
fn every_message_of_the_corpus_comes_through_with_a_verdict() {
    let Some(site) = taught() else { return };
    configure(&site, "\"-p\", \"-e\"", BY_FIELD);
    let folders =
        ["spamassassin-public/ham-easy-1", "spamassassin-public/spam-2", "mikel-mail", "phishing-pot-nc", "nodemailer-mailparser"];
    for (name, message) in folders.iter().flat_map(|folder| of_corpus(folder, 12)) {
        let verdict = judged(&site, &message);
        assert!(!verdict.contains("spam_unscanned"), "{name}: {verdict}");
    }
}
