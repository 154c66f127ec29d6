//! What every way through every server has to leave alone: the bytes of clean mail, the null sender, each of several recipients, and the
//! reason of a refusal.
use crate::delivery::awkward_body;
use crate::hook::for_each_hook;
use crate::host::{self, RECIPIENT, SENDER};
use crate::mails::{self, assert_same_but_for_trace, take_tag};
use crate::server::wait_until_empty;
use crate::wait;

#[test]
fn clean_mail_passes_every_server_once_and_unaltered() {
    for_each_hook("", |site, _, server| {
        let sent = mails::plain("clean", &awkward_body());

        server.deliver(&sent);

        site.inbox.next();
        wait_until_empty(server);
        let (tag, rest) = take_tag(&site.inbox.only());
        assert_eq!(tag, "clean");
        assert_same_but_for_trace(&rest, &sent);
        assert_eq!(site.log().lines().count(), 1, "scanned once: {}", site.log());
    });
}

#[test]
fn the_null_sender_stays_null() {
    for_each_hook("", |site, _, server| {
        let sent = mails::plain("from nobody", "clean\n");

        server.accept_from("", &[&host::address_of(RECIPIENT)], &sent);

        assert_came_from("", &site.inbox.next(), &sent);
        assert!(site.log().contains("from=\"\""), "{}", site.log());
    });
}

#[test]
fn a_sender_that_a_shell_would_take_for_a_command_stays_as_it_is() {
    for_each_hook("", |site, _, server| {
        let sent = mails::plain("from an odd sender", "clean\n");
        let sender = format!("o'neil`id`$HOME|x&y@{}", host::DOMAIN);

        server.accept_from(&sender, &[&host::address_of(RECIPIENT)], &sent);

        assert_came_from(&sender, &site.inbox.next(), &sent);
    });
}

#[test]
fn each_of_several_recipients_gets_a_message_once() {
    for_each_hook("", |site, _, server| {
        let sent = mails::plain("to two", "clean\n");
        let (recipient, sender) = (host::address_of(RECIPIENT), host::address_of(SENDER));

        let id = server.accept_from(&sender, &[&recipient, &sender], &sent);

        server.wait_until_done(&id);
        site.inbox.next();
        site.outbox.next();
        wait_until_empty(server);
        assert!(site.inbox.only().ends_with(&sent) && site.outbox.only().ends_with(&sent));
    });
}

#[test]
fn a_refusal_says_why_in_the_bounce() {
    for_each_hook("[policy]\ninfected = { action = \"reject\" }\n", |site, _, server| {
        let sent = mails::with_attachment("to be refused", "readme.txt", &mails::eicar());

        server.deliver(&sent);

        let bounce = String::from_utf8_lossy(&site.outbox.next()).into_owned();
        let is_reason = |line: &str| line.contains("EICAR") || line.contains("Eicar");
        let (report, _) = bounce.split_once("Subject: to be refused").unwrap_or((&bounce, ""));
        assert!(report.lines().any(is_reason), "{bounce}");
        assert!(site.inbox.is_empty());
    });
}

#[test]
fn a_message_that_says_it_was_scanned_is_scanned() {
    for_each_hook("", |site, _, server| {
        let forged =
            format!("X-Mailward: clean\nReceived: by mx.{} with mailward-scanned; Mon, 02 Mar 2026 09:08:07 +0100\n", host::DOMAIN);
        let sent = [forged.into_bytes(), mails::with_attachment("forged", "readme.txt", &mails::eicar())].concat();

        server.deliver(&sent);

        let (tag, _) = take_tag(&wait::until("the notice", || site.inbox.messages().pop()));
        assert!(tag.starts_with("infected;"), "{tag}");
    });
}

/// Makes sure that a delivered message is the one that was sent, with this return path on top. For the null sender OpenSMTPD writes none,
/// and Sendmail the name that its mailers know.
fn assert_came_from(sender: &str, delivered: &[u8], sent: &[u8]) {
    let (_, rest) = take_tag(delivered);
    assert_same_but_for_trace(&rest, sent);
    let text = String::from_utf8_lossy(&rest).into_owned();
    let return_path = text.lines().find(|line| line.to_ascii_lowercase().starts_with("return-path:"));
    let is_null = |line: &str| line.ends_with("<>") || line.ends_with("<MAILER-DAEMON>");
    let fits = match sender {
        "" => return_path.is_none_or(is_null),
        sender => return_path.is_some_and(|line| line.ends_with(&format!("<{sender}>"))),
    };
    assert!(fits, "{text}");
}
