//! Mail with something in it: replaced by a notice, cut, or refused, as the policy says, and never lost.
use crate::delivery::engine;
use crate::mails::{self, assert_same_but_for_trace, cut_at_delimiters, take_tag};
use crate::server::{Attempt, Server};
use crate::site::Site;
use crate::wait;

#[test]
fn an_attached_eicar_file_becomes_a_notice_and_its_message_is_kept_as_it_came() {
    let Some(site) = Site::open() else { return };
    site.configure("");
    let postfix = site.start_postfix(&site.procmail());
    let sent = mails::with_attachment("eicar inside", "readme.txt", &mails::eicar());

    postfix.deliver(&sent);

    assert_replaced_and_kept(&site, &sent, "eicar inside", &mails::base64(&mails::eicar()));
}

#[test]
fn what_only_clamd_finds_becomes_a_notice_too() {
    let Some(site) = Site::open() else { return };
    let clamd = site.start_clamd();
    site.configure(&engine(&[clamd.unix_address()]));
    let postfix = site.start_postfix(&site.procmail());
    let sent = mails::plain("marker inside", &format!("some text\nand {} amid it\n", mails::MARKER));

    postfix.deliver(&sent);

    let tag = assert_replaced_and_kept(&site, &sent, "marker inside", mails::MARKER);
    assert!(tag.contains("engine=clamav") && tag.contains(mails::MARKER_NAME), "{tag}");
}

#[test]
fn clamd_looks_into_attachments_by_tcp_as_well() {
    let Some(site) = Site::open() else { return };
    let clamd = site.start_clamd();
    site.configure(&engine(&[clamd.tcp_address()]));
    let postfix = site.start_postfix(&site.procmail());
    let attached = format!("{} {}", "x".repeat(300_000), mails::MARKER).into_bytes();
    let sent = mails::with_attachment("marker attached", "big.txt", &attached);

    postfix.deliver(&sent);

    assert_replaced_and_kept(&site, &sent, "marker attached", "eHh4eHh4eHh4eHh4");
}

#[test]
fn a_denied_attachment_is_cut_out_and_the_rest_of_the_message_stays() {
    let Some(site) = Site::open() else { return };
    let clamd = site.start_clamd();
    site.configure(&engine(&[clamd.unix_address()]));
    let postfix = site.start_postfix(&site.procmail());
    let sent = mails::with_attachment("a program inside", "setup.exe", &mails::program());

    postfix.deliver(&sent);

    let (tag, rest) = take_tag(&site.inbox.only());
    assert!(tag.starts_with("banned;"), "{tag}");
    assert_only_the_attachment_changed(&cut_at_delimiters(&rest), &cut_at_delimiters(&sent));
    assert_same_but_for_trace(&site.quarantine.only(), &sent);
}

#[test]
fn a_refused_message_goes_back_to_its_sender_with_our_reason() {
    let Some(site) = Site::open() else { return };
    site.configure("[policy]\ninfected = { action = \"reject\" }\n");
    let postfix = site.start_postfix(&site.procmail());
    let sent = mails::with_attachment("to be refused", "readme.txt", &mails::eicar());

    let id = postfix.deliver(&sent);

    assert_eq!(postfix.attempts(&id, Attempt::Bounced), 1, "{}", postfix.log());
    let bounce = String::from_utf8_lossy(&site.outbox.next()).into_owned();
    assert!(bounce.contains("Status: 5.7.1\n"), "{bounce}");
    let reason = bounce.lines().find_map(|line| line.strip_prefix("Diagnostic-Code: x-unix; ")).expect("a reason in the bounce");
    assert!(reason.to_ascii_lowercase().contains("eicar"), "{reason}");
    assert!(site.inbox.is_empty());
}

/// The recipient has a notice in place of the message, the admin has one, and the quarantine holds the message. Gives the tag.
fn assert_replaced_and_kept(site: &Site, sent: &[u8], subject: &str, poison: &str) -> String {
    let (tag, notice) = take_tag(&site.inbox.only());
    assert!(tag.starts_with("infected;"), "{tag}");
    let notice = String::from_utf8_lossy(&notice).into_owned();
    assert!(notice.contains("Delivered-To: mwtest@mailward.test\n"), "{notice}");
    assert!(notice.lines().any(|line| line.starts_with("Subject:") && line.contains(subject)), "{notice}");
    assert!(!notice.contains(poison), "{notice}");
    assert_same_but_for_trace(&site.quarantine.only(), sent);
    let told = wait::until("the notice to the admin", || site.notices().pop());
    assert!(told.contains("postmaster") && !told.contains(poison), "{told}");
    assert_eq!(site.notices().len(), 1);
    tag
}

/// Header, first part, last part and epilogue are as they were; the subject may have got a mark in front.
pub(crate) fn assert_only_the_attachment_changed(seen: &[String], sent: &[String]) {
    let [seen_head, seen_text, seen_attachment, seen_last, seen_end] = seen else { panic!("parts were lost: {seen:?}") };
    let [sent_head, sent_text, sent_attachment, sent_last, sent_end] = sent else { panic!("five pieces expected: {sent:?}") };
    let (seen_head, sent_head) = (without_subject(seen_head), without_subject(sent_head));
    assert!(seen_head.ends_with(&sent_head), "{seen_head}");
    assert_eq!([seen_text, seen_last, seen_end], [sent_text, sent_last, sent_end]);
    assert_ne!(seen_attachment, sent_attachment);
    assert!(seen_attachment.contains("text/plain"), "{seen_attachment}");
    assert!(!seen_attachment.contains(&mails::base64(&mails::program()[..57])), "{seen_attachment}");
}

fn without_subject(header: &str) -> String {
    header.split_inclusive('\n').filter(|line| !line.starts_with("Subject:")).collect()
}
