//! A quarantine that cannot be trusted or written: the message is deferred, and nothing of it leaves.

use crate::harness::{NOBODY, Site, infected, is_root};
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};

/// Makes something at the place of the quarantine, then expects that mail is deferred and nobody told.
fn defers_where(make: impl Fn(&Site), reason: &str) {
    let site = Site::new();
    make(&site);
    site.deliver().pipe(infected()).run().defers(75);
    assert!(site.sent().is_empty());
    assert!(site.read("log").contains(reason), "expected {reason:?} in the log\n{}", site.read("log"));
}

fn folder(site: &Site, name: &str, mode: u32) {
    fs::create_dir_all(site.path(name)).unwrap();
    fs::set_permissions(site.path(name), Permissions::from_mode(mode)).unwrap();
}

#[test]
fn it_is_a_file() {
    defers_where(|site| drop(site.write("quarantine", "")), "not a directory");
}

#[test]
fn it_is_a_link() {
    defers_where(
        |site| {
            folder(site, "elsewhere", 0o700);
            symlink(site.path("elsewhere"), site.path("quarantine")).unwrap();
        },
        "not a directory",
    );
    defers_where(|site| symlink(site.path("nowhere"), site.path("quarantine")).unwrap(), "quarantine");
}

#[test]
fn it_is_a_link_with_a_slash_behind_it() {
    for end in ["/", "/.", "//"] {
        let site = Site::new();
        folder(&site, "elsewhere", 0o700);
        symlink(site.path("elsewhere"), site.path("link")).unwrap();
        site.configure(&format!("quarantine.path = \"{}{end}\"", site.path("link").display()));
        site.deliver().pipe(infected()).run().defers(75);
        assert!(site.names("elsewhere").is_empty());
    }
}

#[test]
fn it_belongs_to_another_user() {
    if is_root() {
        defers_where(
            |site| {
                folder(site, "quarantine", 0o700);
                chown(site.path("quarantine"), Some(NOBODY), None).unwrap();
            },
            "belongs to uid 65534",
        );
    }
}

#[test]
fn everybody_may_write_there_and_nothing_keeps_what_others_wrote() {
    defers_where(|site| folder(site, "quarantine", 0o777), "sticky");
    defers_where(
        |site| {
            folder(site, "quarantine", 0o755);
            folder(site, "quarantine/new", 0o777);
        },
        "sticky",
    );
}

#[test]
fn one_of_its_folders_is_not_what_it_should_be() {
    for inner in ["new", "tmp", "records", "cur"] {
        defers_where(
            |site| {
                folder(site, "quarantine", 0o700);
                site.write(&format!("quarantine/{inner}"), "");
            },
            "quarantine",
        );
        defers_where(
            |site| {
                folder(site, "quarantine", 0o700);
                folder(site, "elsewhere", 0o700);
                symlink(site.path("elsewhere"), site.path("quarantine").join(inner)).unwrap();
            },
            "not a directory",
        );
    }
}

#[test]
fn it_cannot_be_made_or_written() {
    let site = Site::new();
    site.write("file", "");
    site.configure(&format!("quarantine.path = {:?}", site.path("file/quarantine")));
    site.deliver().pipe(infected()).run().defers(75);
    site.configure("quarantine.path = \"/proc/quarantine\"");
    site.deliver().pipe(infected()).run().defers(75);
}

#[test]
fn too_little_space_is_left() {
    let site = Site::with("limits.free_space = \"1000T\"");
    site.deliver().pipe(infected()).run().defers(75);
    assert!(site.read("log").contains("limits.free_space"), "{}", site.read("log"));
    assert!(site.names("quarantine/new").is_empty());
}

#[test]
fn it_needs_a_user_and_none_is_known() {
    for path in ["~/quarantine", "/tmp/{user}/quarantine"] {
        let site = Site::with(&format!("quarantine.path = \"{path}\""));
        site.deliver().pipe(infected()).run().defers(75);
        assert!(site.read("log").contains("whose home or name is meant"), "{}", site.read("log"));
    }
}

#[test]
fn clean_mail_does_not_need_it() {
    let site = Site::with("tag.header = \"\"");
    site.write("quarantine", "a file");
    site.deliver().pipe(crate::harness::PLAIN).run().exits(0).hands_on(crate::harness::PLAIN);
}

#[test]
fn every_action_that_keeps_a_copy_waits_for_it() {
    for action in ["accept", "discard", "reject", "defer"] {
        let site = Site::with(&format!("policy.infected = {{ action = \"{action}\", quarantine = true }}"));
        site.write("quarantine", "a file");
        site.deliver().pipe(infected()).run().defers(75);
    }
}
