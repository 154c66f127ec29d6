//! What Sendmail alone has: other delivery agents, its command line, programs in aliases, and mail that leaves by SMTP.
use crate::delivery;
use crate::findings;
use crate::mails;
use crate::outgoing::{self, STRANGER};
use crate::sendmail::{INCOMING, PACKAGES, Sendmail};
use crate::server::Server;
use crate::sink::Sink;
use crate::site::Site;
use crate::{host, wait};

#[test]
fn sendmail_delivers_clean_mail_by_maildrop_unaltered() {
    let Some(site) = site() else { return };
    let (procmail, maildrop) = ("/usr/bin/procmail -Y -f $g -a $h -d $u", "/usr/bin/maildrop -d $u -f $g");
    assert!(INCOMING.contains(procmail) && INCOMING.contains(maildrop));
    let recipe = INCOMING.replace(procmail, maildrop);
    delivery::assert_clean_mail_arrives(&site, &Sendmail::start_with(&site, &recipe));
}

#[test]
fn sendmail_takes_a_sender_from_its_command_line_for_no_word_of_ours() {
    let Some(site) = site() else { return };
    let sendmail = Sendmail::start_incoming(&site);
    let message = site.path().join("message");
    host::write_file(&message, "root", 0o644, &mails::plain("by hand", "clean\n"));

    let command = format!("sendmail -Am -i -f {STRANGER} {} < {}", host::RECIPIENT, message.display());
    host::run(&mut sendmail.view().command("sh", &["-c", &command]));

    let seen = String::from_utf8_lossy(&site.inbox.next()).into_owned();
    assert!(seen.starts_with(&format!("Return-Path: <{STRANGER}>\nX-Mailward: clean\n")), "{seen}");
}

#[test]
fn sendmail_scans_mail_for_a_program_too() {
    let Some(site) = site() else { return };
    site.share();
    let sendmail = Sendmail::start_incoming(&site);
    let file = site.path().join("state/program");
    sendmail.alias("list", &format!("\"|cat > {0}.new && mv {0}.new {0}\"", file.display()));

    sendmail.accept_from(STRANGER, &[&host::address_of("list")], &findings::with_eicar("to a program"));

    let seen = wait::until("what the program got", || std::fs::read_to_string(&file).ok());
    assert!(seen.contains("X-Mailward: infected;"), "{seen}");
}

#[test]
fn sendmail_scans_mail_that_leaves_for_each_recipient() {
    let Some((site, sink)) = site_and_sink() else { return };
    outgoing::assert_two_strangers_are_reached(&site, &Sendmail::start_both(&site, &sink), &sink);
}

#[test]
fn sendmail_leaves_the_null_sender_null_on_the_way_out() {
    let Some((site, sink)) = site_and_sink() else { return };
    outgoing::assert_the_null_sender_stays(&site, &Sendmail::start_both(&site, &sink), &sink);
}

#[test]
fn sendmail_passes_awkward_addresses_out_as_they_are() {
    let Some((site, sink)) = site_and_sink() else { return };
    outgoing::assert_awkward_addresses_arrive(&Sendmail::start_both(&site, &sink), &sink);
}

#[test]
fn sendmail_scans_what_claims_to_be_scanned() {
    let Some((site, sink)) = site_and_sink() else { return };
    outgoing::assert_a_claim_is_not_believed(&site, &Sendmail::start_both(&site, &sink), &sink);
}

#[test]
fn sendmail_does_not_scan_again_what_waits_for_another_host() {
    let Some(site) = site() else { return };
    site.share();
    let sink = Sink::closed();
    outgoing::assert_a_retry_is_not_scanned_again(&site, &Sendmail::start_both(&site, &sink), &sink);
}

#[test]
fn sendmail_scans_local_mail_once_in_both_directions_too() {
    let Some((site, sink)) = site_and_sink() else { return };
    outgoing::assert_local_mail_is_scanned_once(&site, &Sendmail::start_both(&site, &sink), &sink);
}

#[test]
fn sendmail_loses_no_mail_that_leaves_while_its_queue_counts_as_full() {
    let Some((site, sink)) = site_and_sink() else { return };
    let sendmail = Sendmail::start_both(&site, &sink);
    // The server has read its own settings; the one that mailward starts reads these.
    sendmail.change_settings_of_new_programs("O MinFreeBlocks=9000000000");

    sendmail.accept_from("", &[STRANGER], &mails::plain("a full queue", "clean\n"));

    assert_eq!(sink.next().recipients, [STRANGER]);
}

fn site() -> Option<Site> {
    let site = Site::with(&PACKAGES)?;
    site.configure("");
    site.write_mda("exec /usr/bin/procmail \"$@\"");
    Some(site)
}

fn site_and_sink() -> Option<(Site, Sink)> {
    let site = site()?;
    site.share();
    Some((site, Sink::open()))
}
