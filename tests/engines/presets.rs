//! The presets of ClamAV's programs, with the real ones: the words that the preset has, and one more that says where the test's own
//! signatures are.

use crate::harness::{PLAIN, Site};
use crate::icap::{clamd, marked, sign};
use crate::samples::of_corpus;
use crate::server::is_installed;
use mailward::config::presets;
use std::fs;

const FOUND: &str = "infected; engine=clam; name=\"Mailward.Test.UNOFFICIAL\"; action=tag";

/// An engine of this preset, with these keys besides.
fn configure(site: &Site, preset: &str, keys: &str) {
    let policy = "policy.infected = { action = \"accept\", treatment = \"tag\" }\npolicy.ambiguous = { action = \"accept\" }";
    site.configure(&format!("{policy}\n[[engine]]\nname = \"clam\"\npreset = \"{preset}\"\nretry = \"0s\"\n{keys}\n"));
}

/// The preset's command with one more word behind the program.
fn command(preset: &str, word: &str) -> String {
    let all = presets();
    let mut words = all.iter().find(|known| known.name == preset).unwrap().engine.command.clone();
    words.insert(1, word.to_owned());
    format!("command = {words:?}")
}

fn verdict(site: &Site, message: impl AsRef<[u8]>) -> String {
    clear(site);
    site.deliver().pipe(message).run().exits(0).verdict()
}

fn clear(site: &Site) {
    for name in site.names("delivered") {
        fs::remove_dir_all(site.path("delivered").join(name)).unwrap();
    }
}

#[track_caller]
fn defers(site: &Site, word: &str) {
    clear(site);
    let ended = site.deliver().pipe(PLAIN).run();
    ended.defers(75);
    let log = site.read("log");
    assert!(log.contains(&format!(" class=unscanned name={word} action=defer ")), "{word}{}", ended.context());
}

#[track_caller]
fn tells_apart(site: &Site) {
    assert_eq!(verdict(site, PLAIN), "clean");
    assert_eq!(verdict(site, marked(0)), FOUND);
    // ClamAV itself would not take this for a mail.
    assert_eq!(verdict(site, format!("X-Any: x\n{}", marked(0))), FOUND);
    for (name, message) in of_corpus("spamassassin-public/ham-easy-1", 3) {
        let verdict = verdict(site, message);
        assert!(!verdict.contains("engine=clam"), "{name}: {verdict}");
    }
}

#[test]
fn clamscan() {
    if !is_installed("/usr/bin/clamscan") {
        return;
    }
    let site = Site::new();
    sign(&site);
    configure(&site, "clamscan", &command("clamscan", &format!("--database={}", site.path("signatures").display())));
    tells_apart(&site);
    configure(&site, "clamscan", &command("clamscan", "--database=/nonexistent"));
    defers(&site, "exit-code");
}

#[test]
fn clamdscan() {
    if !["/usr/bin/clamdscan", "/usr/sbin/clamd"].iter().all(|program| is_installed(program)) {
        return;
    }
    let site = Site::new();
    let server = clamd(&site);
    configure(&site, "clamdscan", &command("clamdscan", &format!("--config-file={}", site.path("clamd.conf").display())));
    tells_apart(&site);
    drop(server);
    defers(&site, "exit-code");
}

#[test]
fn clamd_by_its_socket() {
    if !is_installed("/usr/sbin/clamd") {
        return;
    }
    let site = Site::new();
    let server = clamd(&site);
    configure(&site, "clamd", &format!("address = [\"unix:{}\"]", site.path("clamd.sock").display()));
    tells_apart(&site);
    drop(server);
    defers(&site, "refused");
}
