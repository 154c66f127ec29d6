//! Clean mail on its way: by each delivery agent, by each way to clamd, once, and byte for byte.
use crate::mails::{self, assert_same_but_for_trace, take_tag};
use crate::server::{Attempt, Server};
use crate::site::Site;

/// 8-bit text, dots, blanks at line ends, a line longer than SMTP's 998, a delimiter of nothing, `From ` at the start of a line.
pub(crate) fn awkward_body() -> String {
    format!("{}From here on\n--=_no_such_boundary\n{}\n\nlast line, after an empty one\n", mails::TEXT, "long ".repeat(800))
}

#[test]
fn clean_mail_passes_mailward_and_procmail_once_and_unaltered() {
    let Some(site) = Site::open() else { return };
    let clamd = site.start_clamd();
    site.configure(&engine(&[clamd.unix_address()]));
    let postfix = site.start_postfix(&site.procmail());
    let sent = mails::plain("clean by procmail", &awkward_body());

    let id = postfix.deliver(&sent);

    let (tag, rest) = take_tag(&site.inbox.only());
    assert_eq!(tag, "clean");
    assert_same_but_for_trace(&rest, &sent);
    assert_eq!(postfix.attempts(&id, Attempt::Sent), 1, "{}", postfix.log());
    assert!(site.quarantine.is_empty());
    assert!(site.notices().is_empty());
    assert_eq!(site.log().lines().count(), 1, "one line a message: {}", site.log());
}

#[test]
fn clean_mail_with_an_attachment_passes_mailward_and_maildrop_unaltered() {
    let Some(site) = Site::open() else { return };
    let clamd = site.start_clamd();
    site.configure(&engine(&[clamd.unix_address()]));
    let postfix = site.start_postfix(&site.maildrop());
    let sent = mails::with_attachment("clean by maildrop", "notes.txt", &[b"some notes\n".as_slice(); 5000].concat());

    postfix.deliver(&sent);

    let (tag, rest) = take_tag(&site.inbox.only());
    assert_eq!(tag, "clean");
    assert_same_but_for_trace(&rest, &sent);
}

#[test]
fn without_an_mda_mailward_delivers_to_the_maildir_itself() {
    let Some(site) = Site::open() else { return };
    let clamd = site.start_clamd();
    let maildir = site.inbox.path().display();
    site.configure(&format!("[delivery]\nmaildir = \"{maildir}\"\n{}", engine(&[clamd.unix_address()])));
    let postfix = site.start_postfix_without_mda();
    let sent = mails::plain("clean by ourselves", &awkward_body());

    postfix.deliver(&sent);

    let (tag, rest) = take_tag(&site.inbox.only());
    assert_eq!(tag, "clean");
    assert_same_but_for_trace(&rest, &sent);
}

#[test]
fn a_dead_address_of_clamd_gives_way_to_the_next() {
    let Some(site) = Site::open() else { return };
    let clamd = site.start_clamd();
    let dead = format!("unix:{}", site.path().join("nobody.sock").display());
    site.configure(&engine(&[dead, clamd.tcp_address()]));
    let postfix = site.start_postfix(&site.procmail());
    let sent = mails::plain("clean by TCP", &awkward_body());

    postfix.deliver(&sent);

    let (tag, rest) = take_tag(&site.inbox.only());
    assert_eq!(tag, "clean");
    assert_same_but_for_trace(&rest, &sent);
}

/// The configuration of a clamd at these addresses.
pub(crate) fn engine(addresses: &[String]) -> String {
    format!("[[engine]]\nname = \"clamav\"\nkind = \"clamd\"\naddress = {addresses:?}\ntimeout = \"20s\"\nretry = \"1s\"\n")
}

/// A clean message is delivered once, as it was sent.
pub(crate) fn assert_clean_mail_arrives(site: &Site, server: &impl Server) {
    let sent = mails::plain("clean", &awkward_body());

    let id = server.deliver(&sent);

    let (tag, rest) = take_tag(&site.inbox.only());
    assert_eq!(tag, "clean");
    assert_same_but_for_trace(&rest, &sent);
    assert_eq!(server.attempts(&id, Attempt::Sent), 1, "{}", server.log());
    assert_eq!(site.log().lines().count(), 1, "one line a message: {}", site.log());
}
