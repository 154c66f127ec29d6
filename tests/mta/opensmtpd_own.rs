//! What OpenSMTPD alone has: other ways of delivery, .forward files, and mail that leaves by SMTP.
use crate::delivery::assert_clean_mail_arrives;
use crate::host;
use crate::mails::{self, take_tag};
use crate::opensmtpd::{OpenSmtpd, PACKAGES, maildir};
use crate::outgoing;
use crate::server::Server;
use crate::sink::Sink;
use crate::site::Site;

#[test]
fn opensmtpd_delivers_clean_mail_to_a_maildir_unaltered() {
    let Some(site) = site() else { return };
    assert_clean_mail_arrives(&site, &OpenSmtpd::start_with(&site, &maildir(&site)));
}

#[test]
fn opensmtpd_delivers_clean_mail_by_procmail_unaltered() {
    let Some(site) = site() else { return };
    let delivery = format!("mda \"{}\"", site.procmail());
    assert_clean_mail_arrives(&site, &OpenSmtpd::start_with(&site, &delivery));
}

#[test]
fn opensmtpd_delivers_clean_mail_to_a_pipe_of_programs_in_a_forward_file_unaltered() {
    let Some(site) = site() else { return };
    let opensmtpd = OpenSmtpd::start_incoming(&site);
    opensmtpd.forward(&format!("|cat | {} # with 'quotes' and $signs", site.procmail()));
    assert_clean_mail_arrives(&site, &opensmtpd);
}

#[test]
fn opensmtpd_keeps_mail_for_a_pipe_of_programs_while_the_configuration_is_broken() {
    let Some(site) = site() else { return };
    let opensmtpd = OpenSmtpd::start_incoming(&site);
    // The last of them would be content with nothing.
    opensmtpd.forward(&format!("|cat | cat > {}/new/piped", site.inbox.path().display()));
    site.write_configuration("[policy\n");

    let id = opensmtpd.accept(&mails::plain("a broken configuration", "clean\n"));
    opensmtpd.wait_until_deferred(&id, 2);
    assert!(site.inbox.is_empty());

    site.configure("");
    opensmtpd.flush_until_done(&id);
    assert_eq!(take_tag(&site.inbox.only()).0, "clean");
}

#[test]
fn opensmtpd_delivers_to_an_mbox_as_well() {
    let Some(site) = site() else { return };
    let opensmtpd = OpenSmtpd::start_with(&site, "mbox");

    opensmtpd.deliver(&mails::plain("to an mbox", "clean\n"));

    let mbox = opensmtpd.view().read(&format!("/var/mail/{}", host::RECIPIENT));
    assert!(mbox.starts_with("From mwsender@mailward.test ") && mbox.contains("\nX-Mailward: clean\n"), "{mbox}");
}

#[test]
fn opensmtpd_scans_mail_that_leaves_for_each_recipient() {
    let Some((site, sink)) = site_and_sink() else { return };
    outgoing::assert_two_strangers_are_reached(&site, &OpenSmtpd::start_both(&site, &sink), &sink);
}

#[test]
fn opensmtpd_leaves_the_null_sender_null_on_the_way_out() {
    let Some((site, sink)) = site_and_sink() else { return };
    outgoing::assert_the_null_sender_stays(&site, &OpenSmtpd::start_both(&site, &sink), &sink);
}

#[test]
fn opensmtpd_passes_awkward_addresses_out_as_they_are() {
    let Some((site, sink)) = site_and_sink() else { return };
    outgoing::assert_awkward_addresses_arrive(&OpenSmtpd::start_both(&site, &sink), &sink);
}

#[test]
fn opensmtpd_scans_what_claims_to_be_scanned() {
    let Some((site, sink)) = site_and_sink() else { return };
    outgoing::assert_a_claim_is_not_believed(&site, &OpenSmtpd::start_both(&site, &sink), &sink);
}

#[test]
fn opensmtpd_does_not_scan_again_what_waits_for_another_host() {
    let Some(site) = site() else { return };
    site.share();
    let sink = Sink::closed();
    outgoing::assert_a_retry_is_not_scanned_again(&site, &OpenSmtpd::start_both(&site, &sink), &sink);
}

#[test]
fn opensmtpd_scans_local_mail_once_in_both_directions_too() {
    let Some((site, sink)) = site_and_sink() else { return };
    outgoing::assert_local_mail_is_scanned_once(&site, &OpenSmtpd::start_both(&site, &sink), &sink);
}

fn site() -> Option<Site> {
    let site = Site::with(&PACKAGES)?;
    site.configure("");
    site.write_mda(&format!("exec {}", site.procmail()));
    Some(site)
}

fn site_and_sink() -> Option<(Site, Sink)> {
    let site = site()?;
    site.share();
    Some((site, Sink::open()))
}
