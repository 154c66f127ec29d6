//! Our own delivery: whole, in new, named as maildir(5) says, and nothing left in tmp.

use crate::harness::{PLAIN, Site, infected};
use std::fs;
use std::os::unix::fs::PermissionsExt;

fn in_maildir(config: &str) -> Site {
    let site = Site::new();
    site.configure(&format!("delivery.maildir = \"{}\"\n{config}", site.path("Maildir").display()));
    site
}

#[test]
fn a_message_is_in_new_with_our_field_and_tmp_is_empty() {
    let site = in_maildir("");
    site.command("deliver").pipe(PLAIN).run().exits(0).is_silent();
    let file = site.only("Maildir/new");
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("X-Mailward: clean\n{PLAIN}"));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o600);
    assert!(site.names("Maildir/tmp").is_empty() && site.path("Maildir/cur").is_dir());
}

#[test]
fn every_message_has_a_name_of_its_own() {
    let site = in_maildir("");
    for _ in 0..20 {
        site.command("deliver").pipe(PLAIN).run().exits(0);
    }
    assert_eq!(site.names("Maildir/new").len(), 20);
    assert!(site.names("Maildir/new").iter().all(|name| !name.contains([':', '/'])));
}

#[test]
fn home_and_user_are_the_recipients() {
    let site = Site::with("delivery.maildir = \"~/mail/{user}\"");
    site.command("deliver").env("HOME", site.path("home")).option("--user", "ann").pipe(PLAIN).run().exits(0);
    assert_eq!(site.names("home/mail/ann/new").len(), 1);
}

#[test]
fn without_a_home_or_with_a_user_that_leads_elsewhere_it_is_deferred() {
    for (path, user) in [("~/mail", "ann"), ("/tmp/x/{user}", "../ann"), ("/tmp/x/{user}", ".."), ("/tmp/x/{user}", "a/b")] {
        let site = Site::with(&format!("delivery.maildir = \"{path}\""));
        site.command("deliver").option("--user", user).pipe(PLAIN).run().defers(75);
    }
}

#[test]
fn a_maildir_that_cannot_be_made_defers_and_leaves_nothing() {
    let site = in_maildir("");
    site.write("Maildir", "a file");
    site.command("deliver").pipe(PLAIN).run().defers(75);
    let site = in_maildir("");
    fs::create_dir(site.path("Maildir")).unwrap();
    site.write("Maildir/new", "a file");
    site.command("deliver").pipe(PLAIN).run().defers(75);
    assert!(site.names("Maildir/tmp").is_empty());
}

#[test]
fn a_notice_is_delivered_in_the_place_of_what_is_infected() {
    let site = in_maildir("");
    site.command("deliver").pipe(infected()).run().exits(0);
    let delivered = fs::read_to_string(site.only("Maildir/new")).unwrap();
    assert!(delivered.starts_with("X-Mailward: infected;") && delivered.contains("This notice stands in"), "{delivered}");
    assert_eq!(fs::read_to_string(site.only("quarantine/new")).unwrap(), infected());
}

#[test]
fn an_mda_on_the_command_line_goes_before_the_maildir() {
    let site = in_maildir("tag.header = \"\"");
    site.deliver().pipe(PLAIN).run().exits(0).hands_on(PLAIN);
    assert!(!site.path("Maildir").exists());
}
