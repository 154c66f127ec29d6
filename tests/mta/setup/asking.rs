//! Whoever only looks, or says no, finds everything as it was.
use std::fs;

use crate::host::RECIPIENT;
use crate::setup::mailhost::{JOURNAL, Mailhost, QUARANTINE, Told};
use crate::setup::stock::{EXIM, OPENSMTPD, POSTFIX, SENDMAIL};

#[test]
fn a_dry_run_shows_the_change_and_makes_none() {
    for (stock, line) in [
        (&POSTFIX, "+mailbox_command = /usr/local/sbin/mailward deliver -- procmail -a \"$EXTENSION\"\n"),
        (&EXIM, "+  command = /usr/local/sbin/mailward deliver "),
        (&SENDMAIL, "+define(`LOCAL_MAILER_PATH', `/usr/local/sbin/mailward')dnl\n"),
        (&OPENSMTPD, "+action \"local\" maildir alias <aliases> wrapper \"mailward\"\n"),
    ] {
        let Some(mailhost) = Mailhost::prepare(stock) else { return };
        let before = mailhost.snapshot();
        let told = mailhost.set_up(&["--dry-run"]);
        told.assert_done();
        assert!(told.stdout.contains(line) && told.stdout.ends_with("\nNothing was changed.\n"), "{told:?}");
        before.assert_same(&mailhost.snapshot());
        assert_nothing_was_made(&mailhost);
    }
}

#[test]
fn whoever_does_not_say_yes_has_said_no() {
    let Some(mailhost) = Mailhost::prepare(&POSTFIX) else { return };
    let before = mailhost.snapshot();
    for answer in ["n\n", "\n", "", "yesterday\n"] {
        let told = mailhost.answer(answer, &["postfix"]);
        assert_eq!(told.status, Some(1), "{answer:?}: {told:?}");
        assert!(told.stdout.contains("+mailbox_command = ") && told.stdout.ends_with("Nothing was changed.\n"), "{told:?}");
        before.assert_same(&mailhost.snapshot());
        assert_nothing_was_made(&mailhost);
    }
    mailhost.answer("y\n", &["postfix"]).assert_done();
    assert!(mailhost.view().read("/etc/postfix/main.cf").contains("\nmailbox_command = /usr/local/sbin/mailward "));
}

#[test]
fn only_root_may_set_up_and_everybody_may_look() {
    let Some(mailhost) = Mailhost::prepare(&POSTFIX) else { return };
    let as_somebody = |option: &str| {
        let words = ["--reuid", RECIPIENT, "--clear-groups", "/usr/local/sbin/mailward", "setup", "postfix", option];
        Told::of(&mut mailhost.view().command("setpriv", &words), "")
    };
    as_somebody("--yes").assert_refused("run it as root, or with --dry-run");
    as_somebody("--dry-run").assert_done();
}

fn assert_nothing_was_made(mailhost: &Mailhost) {
    let kept = fs::read_dir(mailhost.view().path(JOURNAL)).map_or(0, Iterator::count);
    assert!(kept == 0 && !mailhost.view().path(QUARANTINE).exists());
}
