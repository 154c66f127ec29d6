//! A configuration that is missing or broken is our fault: the message stays with the MTA, and the log or `check` says why.

use crate::harness::{NOBODY, PLAIN, Site, is_root};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

/// Something that makes the configuration at this site unusable.
type Spoil = fn(&Site);

const SPOILED: [(&str, Spoil); 12] = [
    ("missing", |site| fs::remove_file(site.path("mailward.toml")).unwrap()),
    ("no TOML", |site| drop(site.write("mailward.toml", "[limits\nparts ="))),
    ("unknown key", |site| drop(site.write("mailward.toml", "limits.partz = 3"))),
    ("unknown section", |site| drop(site.write("mailward.toml", "[limit]\nparts = 3"))),
    ("wrong value", |site| drop(site.write("mailward.toml", "limits.parts = \"three\""))),
    ("wrong pattern", |site| drop(site.write("mailward.toml", "attachments.rules = [ { name = '(', action = \"deny\" } ]"))),
    ("no such profile", |site| drop(site.write("mailward.toml", "[[match]]\nsender = \"*\"\nprofile = \"x\""))),
    ("not UTF-8", |site| drop(site.write("mailward.toml", b"log.to = \"\xff\""))),
    ("NUL", |site| drop(site.write("mailward.toml", b"log.to = \"a\0b\"\n\0"))),
    ("10 MB of remarks", |site| drop(site.write("mailward.toml", "# x\n".repeat(2_500_000)))),
    ("10 MB of keys", |site| drop(site.write("mailward.toml", "x = 1\n".repeat(1_700_000)))),
    ("a directory", |site| {
        fs::remove_file(site.path("mailward.toml")).unwrap();
        fs::create_dir(site.path("mailward.toml")).unwrap();
    }),
];

#[test]
fn whatever_is_wrong_with_it_the_message_is_deferred() {
    for (name, spoil) in SPOILED {
        for (mta, status) in [("postfix", 75), ("qmail-command", 111), ("qmail-queue", 71)] {
            let site = Site::new();
            spoil(&site);
            println!("{name}, {mta}");
            site.deliver().option("--mta", mta).pipe(PLAIN).run().defers(status);
        }
    }
}

#[test]
fn whatever_is_wrong_with_it_check_says_so() {
    for (name, spoil) in SPOILED {
        let site = Site::new();
        spoil(&site);
        let ended = site.command("check").run();
        ended.exits(1);
        let said = ended.stdout() + &ended.stderr();
        assert!(said.contains("mailward.toml"), "{name}: {}", ended.context());
    }
}

#[test]
fn one_that_may_not_be_read_defers() {
    if !is_root() {
        return;
    }
    let site = Site::new();
    let program = site.open_to_all();
    fs::set_permissions(site.path("mailward.toml"), Permissions::from_mode(0o600)).unwrap();
    site.deliver().program(&program).by_user(NOBODY).pipe(PLAIN).run().defers(75);
    fs::set_permissions(site.path("mailward.toml"), Permissions::from_mode(0o644)).unwrap();
    site.deliver().program(&program).by_user(NOBODY).pipe(PLAIN).run().exits(0);
}

#[test]
fn templates_of_the_administrator_that_cannot_be_read_defer_and_keep_nothing() {
    let site = Site::new();
    fs::create_dir_all(site.path("templates/en/replaced.txt")).unwrap();
    site.configure(&format!("notice.templates = {:?}", site.path("templates")));
    site.deliver().pipe(crate::harness::infected()).run().defers(75);
    assert!(site.names("quarantine/new").is_empty());
    assert!(site.read("log").contains("notice.templates"), "{}", site.read("log"));
}

#[test]
fn a_log_that_cannot_be_written_holds_nothing_up() {
    for log in ["/nonexistent/folder/log", "/", "/dev/full"] {
        let site = Site::with(&format!("log.to = \"{log}\"\ntag.header = \"\""));
        site.deliver().pipe(PLAIN).run().exits(0).is_silent().hands_on(PLAIN);
    }
}

#[test]
fn a_log_that_is_a_pipe_nobody_reads_holds_nothing_up() {
    let site = Site::with("tag.header = \"\"\nlimits.deadline = \"2s\"");
    rustix::fs::mkfifoat(rustix::fs::CWD, site.path("log"), rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
    let ended = site.deliver().pipe(PLAIN).run();
    std::fs::remove_file(site.path("log")).unwrap();
    ended.exits(0).hands_on(PLAIN);
}

#[test]
fn a_log_on_stderr_is_all_that_is_there_and_comes_with_an_error_too() {
    let site = Site::with("log.to = \"stderr\"");
    let ended = site.deliver().pipe(PLAIN).run();
    ended.exits(0).says("");
    assert!(ended.stderr().starts_with("mailward: id="), "{}", ended.context());
    let ended = site.deliver().mda(["/nonexistent/mda"]).pipe(PLAIN).run();
    ended.exits(75).says("");
    assert!(ended.stderr().contains("/nonexistent/mda"), "{}", ended.context());
}

#[test]
fn only_a_missing_default_file_means_the_built_in_values() {
    let site = Site::new();
    // Without --config; the machine that runs the tests may have a file there.
    if !std::path::Path::new("/etc/mailward/mailward.toml").exists() {
        let message = "Subject: x\n\nbody\n";
        site.bare("deliver")
            .mda([site.path("mda")])
            .pipe(message)
            .run()
            .exits(0)
            .is_silent()
            .hands_on(format!("X-Mailward: clean\n{message}"));
    }
}
