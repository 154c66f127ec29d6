//! What is Postfix's own: the pipe(8) service that delivers for all users, and the status of a refusal in a bounce.
use crate::clamd::Clamd;
use crate::delivery::{awkward_body, engine};
use crate::host::{self, RECIPIENT, SENDER};
use crate::mails::{self, assert_same_but_for_trace, take_tag};
use crate::postfix::Postfix;
use crate::server::{Server, wait_until_empty};
use crate::sink::Sink;
use crate::site::Site;

/// A site with a clamd, where mailward delivers to the inbox itself.
fn open() -> Option<(Site, Clamd)> {
    let site = Site::open()?;
    let clamd = site.start_clamd();
    let inbox = site.inbox.path().display();
    site.configure(&format!("[delivery]\nmaildir = \"{inbox}\"\n{}", engine(&[clamd.unix_address()])));
    Some((site, clamd))
}

#[test]
fn mail_for_local_users_goes_to_the_service_by_mailbox_transport() {
    let Some((site, _clamd)) = open() else { return };
    let postfix = Postfix::start_service(&site, "mailbox_transport", "");

    assert_delivers(&site, &postfix, &host::address_of(RECIPIENT));
}

#[test]
fn mail_for_virtual_users_goes_to_the_service_by_virtual_transport() {
    let Some((site, _clamd)) = open() else { return };
    let domain = "virtual.mailward.test";
    let postfix = Postfix::start_service(&site, "virtual_transport", &format!("virtual_mailbox_domains = {domain}"));

    assert_delivers(&site, &postfix, &format!("anybody@{domain}"));
}

#[test]
fn the_status_of_a_refusal_by_a_content_filter_is_in_the_bounce() {
    let Some(site) = Site::open() else { return };
    site.configure("[policy]\ninfected = { action = \"reject\" }\n");
    let postfix = Postfix::start_content_filter(&site);

    postfix.deliver(&mails::with_attachment("to be refused", "readme.txt", &mails::eicar()));

    let bounce = String::from_utf8_lossy(&site.outbox.next()).into_owned();
    assert!(bounce.contains("Status: 5.7.1\n"), "{bounce}");
    assert!(site.inbox.is_empty());
}

#[test]
fn a_content_filter_doubles_no_mail_that_postfix_copies_to_somebody_else() {
    let Some(site) = Site::open() else { return };
    site.configure("");
    site.write_mda("exec /usr/sbin/sendmail \"$@\"");
    let postfix = Postfix::start_content_filter_with(&site, &format!("always_bcc = {}", host::address_of(SENDER)));

    postfix.deliver(&mails::plain("with a copy", "clean\n"));

    wait_until_empty(&postfix);
    assert_eq!((site.inbox.messages().len(), site.outbox.messages().len()), (1, 1), "{}", postfix.log());
}

#[test]
fn a_header_in_utf_8_leaves_by_a_content_filter_for_a_server_without_smtputf8() {
    let Some(site) = Site::open() else { return };
    site.configure("");
    site.write_mda("exec /usr/sbin/sendmail \"$@\"");
    let sink = Sink::open();
    let way_out = format!("default_transport = smtp:[127.0.0.1]:{}", sink.port());
    let postfix = Postfix::start_content_filter_with(&site, &way_out);
    let sent = mails::plain("Gr\u{fc}\u{df}e", "clean\n");

    postfix.accept_from(&host::address_of(SENDER), &["stranger@outside.test"], &sent);

    let seen = sink.next();
    assert!(String::from_utf8_lossy(&seen.message).contains("\nSubject: Gr\u{fc}\u{df}e\n"), "{}", postfix.log());
    assert!(site.outbox.is_empty(), "a bounce");
}

fn assert_delivers(site: &Site, postfix: &Postfix, recipient: &str) {
    let sent = mails::plain("by the service", &awkward_body());

    let id = postfix.accept_from(&host::address_of(SENDER), &[recipient], &sent);
    postfix.wait_until_done(&id);

    let (tag, rest) = take_tag(&site.inbox.only());
    assert_eq!(tag, "clean");
    assert_same_but_for_trace(&rest, &sent);
    assert!(site.log().contains(&format!("to={recipient} ")), "{}", site.log());
}
