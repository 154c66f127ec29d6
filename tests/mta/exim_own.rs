//! What is Exim's own: frozen mail, its time limit, Debian's unsplit configuration, recipients in capitals, and who may say that a message
//! was scanned.
use crate::clamd::Clamd;
use crate::delivery::engine;
use crate::exim::{Configuration, Exim, Layout, PACKAGES};
use crate::host::{self, DOMAIN, RECIPIENT, SENDER};
use crate::mails::{self, take_tag};
use crate::server::{Attempt, Server};
use crate::site::Site;
use crate::wait;

/// What hands in again, in both directions.
const EXIM: &str = "exec /usr/sbin/exim4 \"$@\"";

/// A site with a clamd, and procmail behind mailward.
fn open() -> Option<(Site, Clamd)> {
    let site = Site::with(&PACKAGES)?;
    site.write_mda(&format!("exec {}", site.procmail()));
    let clamd = site.start_clamd();
    site.configure(&engine(&[clamd.unix_address()]));
    Some((site, clamd))
}

#[test]
fn frozen_mail_comes_back_by_itself_once_it_is_old_enough() {
    let Some((site, _clamd)) = open() else { return };
    let mut configuration = Configuration::incoming(&site);
    configuration.main = configuration.main.replace("auto_thaw = 15m", "auto_thaw = 1s");
    let exim = Exim::start(&site, &configuration, Layout::Split);
    site.write_mda("kill -KILL $$");

    let id = exim.accept(&mails::plain("to be frozen", "clean\n"));
    wait::until("the message to be frozen", || exim.log().contains(&format!(" {id} Frozen")).then_some(()));

    site.write_mda(&format!("exec {}", site.procmail()));
    wait::until("the message to be thawed", || {
        exim.run_queue_of_what_is_not_frozen();
        exim.is_done(&id).then_some(())
    });
    site.inbox.only();
    assert_eq!((exim.attempts(&id, Attempt::Sent), exim.attempts(&id, Attempt::Bounced)), (1, 0), "{}", exim.log());
}

#[test]
fn a_time_limit_of_exim_keeps_a_message_queued() {
    let Some((site, clamd)) = open() else { return };
    let mut configuration = Configuration::incoming(&site);
    configuration.transports = configuration.transports.replace("  timeout_defer\n", "  timeout_defer\n  timeout = 1s\n");
    let exim = Exim::start(&site, &configuration, Layout::Split);
    clamd.freeze();

    let id = exim.accept(&mails::plain("out of time", "clean\n"));
    exim.wait_until_deferred(&id, 1);
    assert!(exim.log().contains("pipe delivery process timed out"), "{}", exim.log());

    clamd.thaw();
    exim.flush_until_done(&id);
    site.inbox.only();
    assert_eq!(exim.attempts(&id, Attempt::Bounced), 0, "{}", exim.log());
}

#[test]
fn what_a_delivery_agent_says_when_it_puts_mail_off_is_no_reason_to_bounce() {
    let Some((site, _clamd)) = open() else { return };
    let exim = Exim::start(&site, &Configuration::incoming(&site), Layout::Split);
    site.write_mda("cat > /dev/null; echo the mailbox is busy; exit 75");

    let id = exim.accept(&mails::plain("busy", "clean\n"));
    exim.wait_until_deferred(&id, 1);

    site.write_mda(&format!("exec {}", site.procmail()));
    exim.flush_until_done(&id);
    site.inbox.only();
    assert!(site.outbox.is_empty(), "{}", exim.log());
}

#[test]
fn the_snippet_for_incoming_mail_fits_into_an_unsplit_configuration() {
    let Some((site, _clamd)) = open() else { return };
    let exim = Exim::start(&site, &Configuration::incoming(&site), Layout::Unsplit);

    assert_replaces_what_is_infected(&site, &exim);
}

#[test]
fn the_snippets_for_both_directions_fit_into_an_unsplit_configuration() {
    let Some((site, _clamd)) = open() else { return };
    site.write_mda(EXIM);
    let exim = Exim::start(&site, &Configuration::both(&site), Layout::Unsplit);

    assert_replaces_what_is_infected(&site, &exim);
}

fn assert_replaces_what_is_infected(site: &Site, exim: &Exim) {
    exim.deliver(&mails::with_attachment("unsplit", "readme.txt", &mails::eicar()));

    let (tag, _) = take_tag(&site.inbox.next());
    assert!(tag.starts_with("infected;"), "{tag}");
}

#[test]
fn a_recipient_in_capitals_keeps_them_when_a_message_is_handed_in_again() {
    let Some((site, _clamd)) = open() else { return };
    site.write_mda(EXIM);
    let exim = Exim::start(&site, &Configuration::both(&site), Layout::Split);

    exim.accept_from(&host::address_of(SENDER), &[&format!("MwTest@{DOMAIN}")], &mails::plain("to capitals", "clean\n"));

    site.inbox.next();
    let scanned = wait::until("the second delivery", || exim.log().lines().find(|line| line.contains("T=to_inbox")).map(str::to_owned));
    assert!(scanned.contains("<MwTest@"), "{scanned}");
}

#[test]
fn nobody_but_a_trusted_user_can_say_that_a_message_was_scanned() {
    let Some((site, _clamd)) = open() else { return };
    site.write_mda(EXIM);
    let exim = Exim::start(&site, &Configuration::both(&site), Layout::Split);
    let sent = mails::with_attachment("forged", "readme.txt", &mails::eicar());

    exim.submit(SENDER, &["-oMr", "mailward-scanned", &host::address_of(RECIPIENT)], &sent);

    let (tag, _) = take_tag(&site.inbox.next());
    assert!(tag.starts_with("infected;"), "{tag}");
}

#[test]
fn a_recipient_in_quotes_stays_one_recipient() {
    let Some((site, _clamd)) = open() else { return };
    site.write_mda(EXIM);
    let exim = Exim::start(&site, &Configuration::both(&site), Layout::Split);
    // Unknown here, and as a list of addresses two that are known.
    let recipient = format!("\"{RECIPIENT},{RECIPIENT}\"@{}", host::DOMAIN);

    exim.submit(SENDER, &[&recipient], &mails::plain("for nobody", "clean\n"));

    let bounce = String::from_utf8_lossy(&site.outbox.next()).into_owned();
    assert!(bounce.contains(&recipient), "{bounce}");
    assert!(site.inbox.is_empty());
}

#[test]
fn a_message_that_begins_here_is_scanned_even_if_it_looks_like_a_bounce() {
    let Some((site, _clamd)) = open() else { return };
    site.write_mda(EXIM);
    let exim = Exim::start(&site, &Configuration::both(&site), Layout::Split);
    let sent = mails::with_attachment("no bounce", "readme.txt", &mails::eicar());

    exim.submit(SENDER, &["-f", "<>", &host::address_of(RECIPIENT)], &sent);

    let (tag, _) = take_tag(&site.inbox.next());
    assert!(tag.starts_with("infected;"), "{tag}");
}
