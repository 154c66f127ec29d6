//! Setup on a stock configuration, mail through it, and back to what was there before.
use crate::setup::mailhost::{JOURNAL, Mailhost};
use crate::setup::stock::{EXIM, OPENSMTPD, POSTFIX, SENDMAIL, SPLIT_EXIM, Stock};
use crate::wait;

const TAG: &str = "\nX-Mailward: clean";

#[test]
fn stock_postfix_gets_mailward_for_incoming_mail_and_loses_it_again() {
    assert_goes_in_and_out(&POSTFIX, "incoming");
}

#[test]
fn stock_postfix_gets_mailward_for_both_directions_and_loses_it_again() {
    assert_goes_in_and_out(&POSTFIX, "both");
}

#[test]
fn stock_exim_gets_mailward_for_incoming_mail_and_loses_it_again() {
    assert_goes_in_and_out(&EXIM, "incoming");
}

#[test]
fn stock_exim_gets_mailward_for_both_directions_and_loses_it_again() {
    assert_goes_in_and_out(&EXIM, "both");
}

#[test]
fn exim_in_pieces_gets_mailward_for_incoming_mail_and_loses_it_again() {
    assert_goes_in_and_out(&SPLIT_EXIM, "incoming");
}

#[test]
fn exim_in_pieces_gets_mailward_for_both_directions_and_loses_it_again() {
    assert_goes_in_and_out(&SPLIT_EXIM, "both");
}

#[test]
fn stock_sendmail_gets_mailward_for_incoming_mail_and_loses_it_again() {
    assert_goes_in_and_out(&SENDMAIL, "incoming");
}

#[test]
fn stock_sendmail_gets_mailward_for_both_directions_and_loses_it_again() {
    assert_goes_in_and_out(&SENDMAIL, "both");
}

#[test]
fn stock_opensmtpd_gets_mailward_for_incoming_mail_and_loses_it_again() {
    assert_goes_in_and_out(&OPENSMTPD, "incoming");
}

#[test]
fn stock_opensmtpd_gets_mailward_for_both_directions_and_loses_it_again() {
    assert_goes_in_and_out(&OPENSMTPD, "both");
}

fn assert_goes_in_and_out(stock: &'static Stock, mode: &str) {
    let Some(mailhost) = Mailhost::start(stock) else { return };
    let before = mailhost.snapshot();

    let told = mailhost.apply(mode);
    told.assert_done();
    for (name, class) in [("clean", "clean"), ("eicar", "infected")] {
        let line = told.stdout.lines().find(|line| line.starts_with(&format!("test message {name}, to ")));
        assert!(line.is_some_and(|line| line.contains(&format!(": class={class} "))), "{told:?}");
    }
    let seen = mailhost.deliver("through");
    assert_eq!(seen.matches(TAG).count(), 1, "{seen}");

    let set_up = mailhost.snapshot();
    mailhost.apply(mode).assert_refused(&format!("setup was run for {} before", stock.name));
    set_up.assert_same(&mailhost.snapshot());

    mailhost.set_up(&["--undo", "--yes"]).assert_done();
    before.assert_same(&mailhost.snapshot());
    assert_eq!(mailhost.run("ls", &[JOURNAL]), "");
    assert_mail_goes_past(&mailhost);
}

/// A server that was told to read its configuration again may take one more message by the old one.
fn assert_mail_goes_past(mailhost: &Mailhost) {
    let mut count = 0;
    wait::until("mail that goes past mailward", || {
        count += 1;
        (!mailhost.deliver(&format!("past.{count}")).contains(TAG)).then_some(())
    });
}
