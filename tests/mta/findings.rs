//! What is found in a message is replaced, cut out or gone, in each way through each server, and the original is kept as it came.
use crate::hook::for_each_hook;
use crate::mails::{self, assert_same_but_for_trace, cut_at_delimiters, take_tag};
use crate::server::{Attempt, wait_until_empty};
use crate::verdicts::assert_only_the_attachment_changed;

/// A message with EICAR attached.
pub(crate) fn with_eicar(subject: &str) -> Vec<u8> {
    mails::with_attachment(subject, "readme.txt", &mails::eicar())
}

#[test]
fn a_notice_takes_the_place_of_an_infected_message_which_is_kept() {
    for_each_hook("", |site, _, server| {
        let sent = with_eicar("eicar inside");

        server.deliver(&sent);

        wait_until_empty(server);
        let (tag, notice) = take_tag(&site.inbox.only());
        assert!(tag.starts_with("infected;"), "{tag}");
        assert!(!String::from_utf8_lossy(&notice).contains(&mails::base64(&mails::eicar())));
        assert_same_but_for_trace(&site.quarantine.only(), &sent);
    });
}

#[test]
fn a_denied_attachment_is_cut_out_of_a_message_which_is_kept() {
    for_each_hook("", |site, _, server| {
        let sent = mails::with_attachment("a program inside", "setup.exe", &mails::program());

        server.deliver(&sent);

        wait_until_empty(server);
        let (tag, rest) = take_tag(&site.inbox.only());
        assert!(tag.starts_with("banned;"), "{tag}");
        assert_only_the_attachment_changed(&cut_at_delimiters(&rest), &cut_at_delimiters(&sent));
        assert_same_but_for_trace(&site.quarantine.only(), &sent);
    });
}

#[test]
fn a_discarded_message_is_gone_however_large_it_is() {
    for_each_hook("[policy]\ninfected = { action = \"discard\" }\n", |site, _, server| {
        // More than a pipe holds: what is not read, a server may take for trouble.
        let sent = [with_eicar("to be discarded"), "more of the epilogue\n".repeat(20_000).into_bytes()].concat();

        let id = server.deliver(&sent);

        assert_eq!((server.attempts(&id, Attempt::Sent), server.attempts(&id, Attempt::Deferred)), (1, 0), "{}", server.log());
        assert!(site.inbox.is_empty() && site.outbox.is_empty());
    });
}
