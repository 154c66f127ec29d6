//! A set-user-ID procmail and a set-group-ID maildrop still get their rights behind us, and no more than without us.

use super::site;
use crate::harness::{OTHER, PLAIN, Site, is_root, run_helper};
use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The owner of the MDA, and its group.
const MAIL: u32 = 65532;

/// A program of the system with another owner and mode.
fn copied(site: &Site, program: &str, mode: &str) -> PathBuf {
    let name = Path::new(program).file_name().unwrap().to_str().unwrap();
    let to = site.path(&format!("{name}-{mode}"));
    run_helper("install", [Path::new("--mode=755"), Path::new(program), &to]);
    chown(&to, Some(MAIL), Some(MAIL)).unwrap();
    run_helper("chmod", [Path::new(mode), &to]);
    to
}

/// What `program` says behind the words `before` it, started by a user without rights.
fn said(site: &Site, before: &[OsString], program: &Path, words: &[&str]) -> String {
    let user = format!("--reuid={OTHER}");
    let mut command = Command::new("setpriv");
    command.args([user.as_str(), "--regid=65531", "--clear-groups"]).args(before).arg(program).args(words);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("TMPDIR", site.path("tmp")).current_dir("/");
    let ended = command.stdin(File::open(site.path("message")).unwrap()).output().unwrap();
    assert!(ended.status.success() && ended.stderr.is_empty(), "{program:?}: {ended:?}\n{}", site.read("log"));
    String::from_utf8(ended.stdout).unwrap()
}

/// Of /proc/self/status what a set-ID program gets, and what would keep it from that.
fn rights(status: &str) -> Vec<String> {
    let names = ["Uid:", "Gid:", "Groups:", "NoNewPrivs:", "CapEff:", "Seccomp:"];
    status.lines().filter(|line| names.iter().any(|name| line.starts_with(name))).map(|line| line.replace('\t', " ")).collect()
}

#[test]
fn a_set_id_mda_has_the_rights_of_its_owner() {
    if !is_root() {
        return;
    }
    let (site, mailward) = site("");
    let table = [
        ("4755", "Uid: 65533 65532 65532 65532", "Gid: 65531 65531 65531 65531"),
        ("2755", "Uid: 65533 65533 65533 65533", "Gid: 65531 65532 65532 65532"),
        ("6755", "Uid: 65533 65532 65532 65532", "Gid: 65531 65532 65532 65532"),
    ];
    for (mode, uid, gid) in table {
        let mda = copied(&site, "/bin/cat", mode);
        let behind = rights(&said(&site, &mailward, &mda, &["/proc/self/status"]));
        assert_eq!(behind, rights(&said(&site, &[], &mda, &["/proc/self/status"])), "{mode}");
        assert!(behind.contains(&uid.to_owned()) && behind.contains(&gid.to_owned()), "{mode}: {behind:?}");
        assert!(behind.contains(&"NoNewPrivs: 0".to_owned()), "{behind:?}");
    }
}

#[test]
fn the_c_library_of_a_set_id_mda_knows_that_it_is_one() {
    if !is_root() {
        return;
    }
    let (site, mailward) = site("");
    // AT_SECURE: the loader takes TMPDIR out of the environment of a program that has more rights than its caller (ld.so(8)).
    for (mode, is_kept) in [("755", true), ("2755", false), ("4755", false)] {
        let mda = copied(&site, "/usr/bin/env", mode);
        let behind = said(&site, &mailward, &mda, &[]);
        assert_eq!((behind.contains("TMPDIR="), behind.as_str()), (is_kept, said(&site, &[], &mda, &[]).as_str()), "{mode}");
    }
}

#[test]
fn a_set_group_id_mda_writes_where_only_its_group_may() {
    if !is_root() {
        return;
    }
    let (site, mailward) = site("tag.header = \"\"");
    let spool = site.path("spool");
    fs::create_dir(&spool).unwrap();
    chown(&spool, Some(0), Some(MAIL)).unwrap();
    run_helper("chmod", [Path::new("770"), &spool]);
    let mda = copied(&site, "/usr/bin/tee", "2755");
    said(&site, &mailward, &mda, &[spool.join("inbox").to_str().unwrap()]);
    assert_eq!(site.read("spool/inbox"), PLAIN);
}
