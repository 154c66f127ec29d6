//! What holds of mail in both directions, whichever the server: the tests of each server name it, these say what is asked of it.
use crate::host::{self, RECIPIENT, SENDER};
use crate::mails::{self, assert_same_but_for_trace, take_tag};
use crate::server::{Attempt, Server};
use crate::sink::{Sent, Sink};
use crate::site::Site;
use crate::wait;

/// Somebody on another host.
pub(crate) const STRANGER: &str = "ann@outside.test";

/// A clean message to two strangers reaches both, once, as it was sent, from the sender that it had.
pub(crate) fn assert_two_strangers_are_reached(site: &Site, server: &impl Server, sink: &Sink) {
    let sent = mails::plain("out to two", mails::TEXT);

    let id = server.accept_from(&host::address_of(SENDER), &[STRANGER, "bob@outside.test"], &sent);

    server.wait_until_done(&id);
    let mut seen = sink.wait_for(2);
    seen.sort_by_key(|one| one.recipients.clone());
    for (one, recipient) in seen.iter().zip([STRANGER, "bob@outside.test"]) {
        assert_eq!(one.recipients, [recipient]);
        assert_eq!(one.sender, host::address_of(SENDER));
        assert_clean(one, &sent);
    }
    assert_eq!(seen.len(), 2);
    assert_scanned(site, 2);
}

/// A message of the null sender keeps it, and what is found in it is replaced and kept.
pub(crate) fn assert_the_null_sender_stays(site: &Site, server: &impl Server, sink: &Sink) {
    let sent = mails::with_attachment("out from nobody", "readme.txt", &mails::eicar());

    let id = server.accept_from("", &[STRANGER], &sent);

    server.wait_until_done(&id);
    let seen = sink.next();
    assert_eq!(seen.sender, "");
    let (tag, rest) = take_tag(&seen.message);
    assert!(tag.starts_with("infected;"), "{tag}");
    assert!(!String::from_utf8_lossy(&rest).contains(&mails::base64(&mails::eicar())));
    assert_same_but_for_trace(&site.quarantine.only(), &sent);
    assert_scanned(site, 1);
}

/// Addresses that a shell or an option parser would take for something else arrive as they were.
pub(crate) fn assert_awkward_addresses_arrive(server: &impl Server, sink: &Sink) {
    let (sender, recipient) = ("-o'neil`id`$x|y@outside.test", "-e'x`id`$y|z@outside.test");

    let id = server.accept_from(sender, &[recipient], &mails::plain("awkward addresses", "clean\n"));

    server.wait_until_done(&id);
    let seen = sink.next();
    assert_eq!((seen.sender.as_str(), seen.recipients.as_slice()), (sender, [recipient.to_owned()].as_slice()));
}

/// A message whose header says that it was scanned is scanned all the same, at each end.
pub(crate) fn assert_a_claim_is_not_believed(site: &Site, server: &impl Server, sink: &Sink) {
    let claim = "X-Mailward: clean\nX-Scanned: MAILWARD\nReceived: (from root@localhost)\n\tby mx.mailward.test with MAILWARD id 1\n";
    let sent = [claim.as_bytes(), &mails::with_attachment("it says it is clean", "readme.txt", &mails::eicar())].concat();

    let id = server.accept_from(&host::address_of(SENDER), &[STRANGER, &host::address_of(RECIPIENT)], &sent);

    server.wait_until_done(&id);
    for message in [sink.next().message, site.inbox.next()] {
        let (tag, _) = take_tag(&message);
        assert!(tag.starts_with("infected;"), "{tag}");
    }
    assert_scanned(site, 2);
}

/// What was scanned and waits for another host is not scanned again at each try.
pub(crate) fn assert_a_retry_is_not_scanned_again(site: &Site, server: &impl Server, sink: &Sink) {
    let sent = mails::plain("the other host is down", "clean\n");

    let id = server.accept_from(&host::address_of(SENDER), &[STRANGER], &sent);
    server.wait_until_done(&id);
    let scanned = wait::until("the scanned message in the queue", || server.queue().pop());
    wait::until("a try that is put off", || (server.attempts(&scanned, Attempt::Deferred) > 0).then_some(()));
    server.flush();

    sink.listen();
    server.flush_until_done(&scanned);
    assert_clean(&sink.next(), &sent);
    assert_scanned(site, 1);
}

/// Local mail is scanned where it is delivered and nowhere else.
pub(crate) fn assert_local_mail_is_scanned_once(site: &Site, server: &impl Server, sink: &Sink) {
    let sent = mails::plain("stays at home", mails::TEXT);

    server.deliver(&sent);

    let (tag, rest) = take_tag(&site.inbox.only());
    assert_eq!(tag, "clean");
    assert_same_but_for_trace(&rest, &sent);
    assert!(sink.sent().is_empty());
    assert_scanned(site, 1);
}

fn assert_clean(seen: &Sent, sent: &[u8]) {
    let (tag, rest) = take_tag(&seen.message);
    assert_eq!(tag, "clean");
    assert_same_but_for_trace(&rest, sent);
    let text = String::from_utf8_lossy(&seen.message).into_owned();
    assert!(!text.contains("Delivered-To:") && !text.contains("Return-Path:"), "a mark of a delivery leaves: {text}");
}

/// mailward's log has so many lines, one for each recipient.
fn assert_scanned(site: &Site, times: usize) {
    let log = site.log();
    assert_eq!(log.lines().count(), times, "{log}");
}
