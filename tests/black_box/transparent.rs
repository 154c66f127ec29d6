//! The MDA starts in the same state as if we were not there: what the kernel says of it is compared with a start without mailward, by
//! the same parent in states that are nobody's default.
//!
//! The message lies in a file here, and nothing is changed in it, so that stdin is the same too. `transparent/stdin.rs` has the others.

mod parent;
mod probe;
mod raw;
mod set_id;
mod stdin;

use crate::harness::{PLAIN, Site, is_root, sh};
use parent::{ODD_ENVIRONMENT, STATES, Start};
use probe::Attributes;
use std::ffi::OsString;

/// What is promised by name.
const PROMISED: usize = 25;

/// A site that everybody may enter, and the words that put mailward before the MDA.
fn site(config: &str) -> (Site, Vec<OsString>) {
    let site = Site::with(config);
    site.write("message", PLAIN);
    let (program, config) = (site.open_to_all(), site.path("mailward.toml"));
    let words = [program.as_os_str(), "deliver".as_ref(), "--config".as_ref(), config.as_os_str(), "--".as_ref()];
    let words = words.map(OsString::from).to_vec();
    (site, words)
}

fn attributes(site: &Site, state: Start, before: &[OsString]) -> Attributes {
    probe::attributes(|words| parent::start(site, state, before, words))
}

/// The attributes of both starts, which must be the same ones.
#[track_caller]
fn ensure_same(name: &str, direct: &Attributes, behind: &Attributes) {
    assert!(direct.len() >= PROMISED && direct.keys().eq(behind.keys()), "{name}: {:?}, {:?}", direct.keys(), behind.keys());
    let differing: Vec<_> = direct.iter().filter(|(name, value)| behind[*name] != **value).collect();
    let became: Vec<_> = differing.iter().map(|(name, _)| &behind[*name]).collect();
    assert!(differing.is_empty(), "{name}: {differing:#?} became {became:#?}");
}

#[test]
fn every_attribute_of_the_mda_is_that_of_a_start_without_us() {
    if !is_root() {
        return;
    }
    let (site, mailward) = site("tag.header = \"\"");
    let plain = attributes(&site, STATES[0].2, &[]);
    for (name, shown_by, state) in STATES {
        let direct = attributes(&site, state, &[]);
        let has_taken_hold = direct[shown_by] != plain[shown_by];
        assert!(has_taken_hold || name == STATES[0].0, "{name}: {shown_by} is {}", direct[shown_by]);
        ensure_same(name, &direct, &attributes(&site, state, &mailward));
        println!("{} attributes are equal where {name}", direct.len());
    }
    println!("compared: {}", plain.keys().map(String::as_str).collect::<Vec<_>>().join(", "));
}

#[test]
fn an_environment_that_is_no_list_of_variables_passes_as_it_is() {
    let (site, mailward) = site("tag.header = \"\"");
    let direct = attributes(&site, ODD_ENVIRONMENT, &[]);
    assert_eq!(direct["/proc/self/environ"].matches("SENDER=").count(), 2);
    ensure_same("the environment is odd", &direct, &attributes(&site, ODD_ENVIRONMENT, &mailward));
}

#[test]
fn a_scanner_that_ran_before_leaves_no_trace_on_the_mda() {
    let scanner = format!(
        "[[engine]]\nname = \"x\"\nkind = \"command\"\ncommand = {}\ninput = \"stdin\"\nclean_codes = [0]\n",
        sh("sleep 0 & exit 0")
    );
    let (site, mailward) = site(&format!("tag.header = \"\"\n{scanner}{}", scanner.replace("\"x\"", "\"y\"")));
    let state = Start::Shell("exec env --ignore-signal=CHLD --block-signal=CHLD,USR2 nice -n 5 \"$@\"");
    let (direct, behind) = (attributes(&site, state, &[]), attributes(&site, state, &mailward));
    ensure_same("two scanners", &direct, &behind);
    assert!(site.read("log").contains("x=clean") && site.read("log").contains("y=clean"), "{}", site.read("log"));
}

#[test]
fn descriptors_that_the_caller_has_closed_stay_closed() {
    let (site, mailward) = site("tag.header = \"\"");
    for closed in ["exec 5>&1 >&- \"$@\"", "exec 5>&1 2>&- \"$@\"", "exec 5>&1 >&- 2>&- \"$@\""] {
        let list = ["/bin/sh", "-c", "ls /proc/$$/fd >&5", "sh"].map(std::ffi::OsStr::new);
        let of = |before: &[OsString]| String::from_utf8(parent::start(&site, Start::Shell(closed), before, &list)).unwrap();
        assert_eq!(of(&mailward), of(&[]), "{closed}");
    }
}
