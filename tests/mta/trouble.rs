//! What breaks on our side keeps the message queued; once it is mended the message is delivered, once.
use std::os::unix::fs::symlink;

use crate::delivery::engine;
use crate::host::RECIPIENT;
use crate::mails::{self, assert_same_but_for_trace, take_tag};
use crate::postfix::Postfix;
use crate::server::{Attempt, Server};
use crate::site::{PROCMAIL, Site};
use crate::tmpfs::Tmpfs;

#[test]
fn while_the_engine_is_down_a_message_stays_queued_and_is_then_delivered_once() {
    let Some(site) = Site::open() else { return };
    let mut clamd = site.start_clamd();
    site.configure(&engine(&[clamd.unix_address(), clamd.tcp_address()]));
    let postfix = site.start_postfix(&site.procmail());
    let sent = mails::plain("the engine is down", "clean\n");
    clamd.stop();

    let id = postfix.accept(&sent);
    postfix.wait_until_deferred(&id, 2);
    assert!(site.inbox.is_empty());

    clamd.start_again();
    assert_delivered_once(&site, &postfix, &id, &sent);
}

#[test]
fn while_the_engine_does_not_answer_a_message_stays_queued_and_is_then_delivered_once() {
    let Some(site) = Site::open() else { return };
    let clamd = site.start_clamd();
    site.configure(&engine(&[clamd.unix_address()]).replace("20s", "1s"));
    let postfix = site.start_postfix(&site.procmail());
    let sent = mails::plain("the engine hangs", "clean\n");
    clamd.freeze();

    let id = postfix.accept(&sent);
    postfix.wait_until_deferred(&id, 1);
    assert!(site.inbox.is_empty());

    clamd.thaw();
    assert_delivered_once(&site, &postfix, &id, &sent);
}

#[test]
fn while_the_disk_of_the_quarantine_is_full_a_message_stays_queued_and_is_then_delivered_once() {
    let Some(site) = Site::open() else { return };
    let Some(disk) = Tmpfs::mount(site.quarantine.path(), RECIPIENT, "64k") else { return };
    // No reserve: the write itself is to fail.
    site.configure("[limits]\nfree_space = \"0\"\n");
    let postfix = site.start_postfix(&site.procmail());
    let sent = infected_and_larger_than_the_disk();

    let id = postfix.accept(&sent);
    postfix.wait_until_deferred(&id, 2);
    assert!(site.inbox.is_empty());
    assert!(site.quarantine.is_empty(), "half a message in the quarantine");
    assert!(site.notices().is_empty(), "the admin is told of a message that is not decided yet");

    disk.grow("50m");
    postfix.flush_until_done(&id);
    let (tag, _) = take_tag(&site.inbox.only());
    assert!(tag.starts_with("infected;"), "{tag}");
    assert_same_but_for_trace(&site.quarantine.only(), &sent);
    assert_eq!(postfix.attempts(&id, Attempt::Sent), 1, "{}", postfix.log());
}

#[test]
fn too_little_space_left_for_the_quarantine_keeps_a_message_queued() {
    let Some(site) = Site::open() else { return };
    let Some(disk) = Tmpfs::mount(site.quarantine.path(), RECIPIENT, "1m") else { return };
    site.configure("[limits]\nfree_space = \"10M\"\n");
    let postfix = site.start_postfix(&site.procmail());
    let sent = mails::with_attachment("little space", "readme.txt", &mails::eicar());

    let id = postfix.accept(&sent);
    postfix.wait_until_deferred(&id, 1);
    assert!(site.inbox.is_empty());

    disk.grow("50m");
    postfix.flush_until_done(&id);
    site.inbox.only();
    assert_same_but_for_trace(&site.quarantine.only(), &sent);
}

#[test]
fn a_broken_configuration_keeps_a_message_queued_until_it_is_mended() {
    let Some(site) = Site::open() else { return };
    site.write_configuration("[policy\ninfected = accept\n");
    let postfix = site.start_postfix(&site.procmail());
    let sent = mails::plain("a broken configuration", "clean\n");

    let id = postfix.accept(&sent);
    postfix.wait_until_deferred(&id, 1);
    assert!(site.inbox.is_empty());

    site.configure("");
    assert_delivered_once(&site, &postfix, &id, &sent);
}

#[test]
fn a_missing_mda_keeps_a_message_queued_until_it_is_there() {
    let Some(site) = Site::open() else { return };
    site.configure("");
    // Under its own name: called by another one, procmail reads its arguments differently.
    let mda = site.path().join("procmail");
    let postfix = site.start_postfix(&site.procmail().replace(PROCMAIL, &mda.display().to_string()));
    let sent = mails::plain("a missing MDA", "clean\n");

    let id = postfix.accept(&sent);
    postfix.wait_until_deferred(&id, 1);

    symlink(PROCMAIL, &mda).unwrap();
    assert_delivered_once(&site, &postfix, &id, &sent);
}

fn assert_delivered_once(site: &Site, postfix: &Postfix, id: &str, sent: &[u8]) {
    postfix.flush_until_done(id);
    let (tag, rest) = take_tag(&site.inbox.only());
    assert_eq!(tag, "clean");
    assert_same_but_for_trace(&rest, sent);
    assert_eq!(postfix.attempts(id, Attempt::Sent), 1, "{}", postfix.log());
    assert_eq!(postfix.attempts(id, Attempt::Bounced), 0, "{}", postfix.log());
}

/// EICAR in one part, and more text than the small disk holds.
fn infected_and_larger_than_the_disk() -> Vec<u8> {
    let mut message = mails::with_attachment("a full disk", "readme.txt", &mails::eicar());
    message.extend_from_slice("more of the epilogue\n".repeat(10_000).as_bytes());
    message
}
