//! Setup of qmail, which Debian does not carry: its files as qmail has them, and a tcprules(1) that keeps what it reads.
use std::fs;

use crate::setup::mailhost::{JOURNAL, Mailhost, Told};
use crate::setup::stock::POSTFIX;

const DELIVERY: &str = "/var/qmail/control/defaultdelivery";
const RULES: &str = "/etc/tcp.smtp";
const MADE: &str = "/etc/tcp.smtp.cdb";

/// A machine with qmail's files.
fn prepare() -> Option<Mailhost> {
    let mailhost = Mailhost::prepare(&POSTFIX)?;
    for folder in ["/var/qmail/bin", "/var/qmail/control"] {
        fs::create_dir_all(mailhost.view().path(folder)).unwrap();
    }
    for program in ["qmail-queue", "preline"] {
        mailhost.write_program(&format!("/var/qmail/bin/{program}"), "#!/bin/sh\n");
    }
    mailhost.write_program("/usr/local/bin/tcprules", "#!/bin/sh\ncat >\"$2\" && mv \"$2\" \"$1\"\n");
    mailhost.view().write(DELIVERY, "./Maildir/\n");
    mailhost.view().write(RULES, "127.:allow,RELAYCLIENT=\"\"\n");
    mailhost.view().write(MADE, "127.:allow,RELAYCLIENT=\"\"\n");
    mailhost.configure("[delivery]\nmaildir = \"~/Maildir\"\n");
    Some(mailhost)
}

fn set_up(mailhost: &Mailhost, mode: &str) {
    mailhost.answer("", &["qmail", "--mode", mode, "--yes"]).assert_done();
}

fn undo(mailhost: &Mailhost) {
    mailhost.answer("", &["qmail", "--undo", "--yes"]).assert_done();
    assert_eq!(mailhost.run("ls", &[JOURNAL]), "");
}

#[test]
fn the_default_delivery_of_qmail_goes_through_mailward_and_back() {
    let Some(mailhost) = prepare() else { return };
    let before = mailhost.snapshot();
    set_up(&mailhost, "incoming");
    assert_eq!(mailhost.view().read(DELIVERY), "|/var/qmail/bin/preline -f /usr/local/sbin/mailward deliver\n");
    undo(&mailhost);
    assert_eq!(mailhost.view().read(DELIVERY), "./Maildir/\n");
    before.assert_same(&mailhost.snapshot());
}

#[test]
fn every_client_of_qmail_smtpd_gets_the_queue_that_scans_and_loses_it_again() {
    let Some(mailhost) = prepare() else { return };
    let before = mailhost.snapshot();
    set_up(&mailhost, "both");
    let queue = "/usr/local/sbin/mailward-qmail-queue";
    let rules = format!("127.:allow,RELAYCLIENT=\"\",QMAILQUEUE=\"{queue}\"\n:allow,QMAILQUEUE=\"{queue}\"\n");
    assert_eq!([mailhost.view().read(RULES), mailhost.view().read(MADE)], [rules.clone(), rules]);
    let script = format!("printf 'Fann@a\\0Tbob@b\\0\\0' >/tmp/envelope && exec {queue} 1</tmp/envelope");
    let told = Told::of(&mut mailhost.view().command("sh", &["-c", &script]), "Subject: x\n\n");
    assert_eq!(told.status, Some(0), "{told:?}");
    assert!(mailhost.view().read("/var/log/mailward.log").contains("to=bob@b "), "{}", mailhost.view().read("/var/log/mailward.log"));
    undo(&mailhost);
    before.assert_same(&mailhost.snapshot());
}

#[test]
fn what_is_not_understood_of_qmail_is_refused() {
    for (path, text, reason) in [
        (DELIVERY, "./Mailbox\n", "mbox form"),
        (DELIVERY, "|one | two\n", "more than one command"),
        (DELIVERY, "./Maildir/\n|two\n", "expected one delivery instruction"),
    ] {
        let Some(mailhost) = prepare() else { return };
        mailhost.view().write(path, text);
        let before = mailhost.snapshot();
        mailhost.answer("", &["qmail", "--yes"]).assert_refused(reason);
        before.assert_same(&mailhost.snapshot());
    }
    let Some(mailhost) = prepare() else { return };
    mailhost.view().write(RULES, ":allow,QMAILQUEUE=\"/var/qmail/bin/simscan\"\n");
    mailhost.answer("", &["qmail", "--mode", "both", "--yes"]).assert_refused("another filter is in the way");
}
