//! Many messages at once, and a clamd that goes away twice meanwhile: each is delivered, each once.
use std::collections::BTreeMap;
use std::thread;

use crate::clamd::Clamd;
use crate::hook::for_each_hook;
use crate::host::{self, RECIPIENT, SENDER};
use crate::mails::{self, assert_same_but_for_trace, take_tag};
use crate::server::flush_until_empty;
use crate::site::Site;
use crate::{smtp, wait};

const CONNECTIONS: usize = 20;
const MESSAGES_EACH: usize = 10;
const MESSAGES: usize = CONNECTIONS * MESSAGES_EACH;

#[test]
fn of_200_messages_at_once_none_is_lost_and_none_is_doubled_while_clamd_restarts() {
    for_each_hook("", |site, clamd, server| {
        let port = server.port();
        thread::scope(|scope| {
            for connection in 0..CONNECTIONS {
                scope.spawn(move || send(port, connection));
            }
            restart_after(clamd, site, MESSAGES / 5);
            restart_after(clamd, site, MESSAGES / 2);
        });
        flush_until_empty(server);
        wait::until("all messages", || (site.inbox.messages().len() >= MESSAGES).then_some(()));
        flush_until_empty(server);
        assert_each_came_once(site);
        assert!(site.outbox.is_empty(), "a bounce");
    });
}

/// Hands in the messages of one connection, while the others hand in theirs.
fn send(port: u16, connection: usize) {
    let (sender, recipient) = (host::address_of(SENDER), host::address_of(RECIPIENT));
    let mut client = smtp::Client::connect_amid_others(port);
    for number in connection * MESSAGES_EACH..(connection + 1) * MESSAGES_EACH {
        client.send(&sender, &[&recipient], &message(number)).expect("the server accepts the message");
    }
}

fn message(number: usize) -> Vec<u8> {
    mails::plain(&subject(number), &format!("message {number}\n"))
}

fn subject(number: usize) -> String {
    format!("load-{number:03}")
}

/// Once so many messages were scanned, takes clamd away until it was missed, and brings it back.
fn restart_after(clamd: &mut Clamd, site: &Site, scanned: usize) {
    wait::until("some messages to be scanned", || (site.log().lines().count() >= scanned).then_some(()));
    clamd.stop();
    let missed = || site.log().matches("failed(").count();
    let before = missed();
    wait::until("clamd to be missed", || (missed() > before).then_some(()));
    clamd.start_again();
}

fn assert_each_came_once(site: &Site) {
    let mut came = BTreeMap::new();
    for delivered in site.inbox.messages() {
        let (tag, rest) = take_tag(&delivered);
        assert_eq!(tag, "clean");
        let number = (0..MESSAGES).find(|number| rest.ends_with(&message(*number))).expect("a message as it was sent");
        assert_same_but_for_trace(&rest, &message(number));
        *came.entry(number).or_insert(0) += 1;
    }
    let expected: BTreeMap<usize, i32> = (0..MESSAGES).map(|number| (number, 1)).collect();
    assert_eq!(came, expected);
}
