//! Setup that does not get to its end: what it has changed by then is put back, by itself or by `--undo`.
use crate::setup::mailhost::{JOURNAL, Mailhost, QUARANTINE};
use crate::setup::prompt::Asking;
use crate::setup::stock::{EXIM, POSTFIX};

#[test]
fn what_exim_does_not_accept_is_put_back() {
    let Some(mailhost) = Mailhost::prepare(&EXIM) else { return };
    mailhost.view().write("/etc/exim4/exim4.conf.localmacros", "MAIN_TRUSTED_USERS = uucp\n");
    mailhost.run("update-exim4.conf", &[]);
    let before = mailhost.snapshot();

    let told = mailhost.apply("incoming");

    told.assert_refused("macro \"MAIN_TRUSTED_USERS\" is already defined");
    assert!(told.stdout.contains("That failed; what was there is put back.\n"), "{told:?}");
    before.assert_same(&mailhost.snapshot());
    assert_eq!(mailhost.run("ls", &[JOURNAL]), "");
    assert!(!mailhost.view().path(QUARANTINE).exists());
}

#[test]
fn a_setup_killed_before_its_first_change_is_undone() {
    assert_undone_when_killed_by("useradd");
}

#[test]
fn a_setup_killed_after_its_last_change_is_undone() {
    assert_undone_when_killed_by("postfix");
}

#[test]
fn a_folder_that_cannot_be_written_is_left_without_a_trace() {
    let Some(mailhost) = Mailhost::prepare(&POSTFIX) else { return };
    let before = mailhost.snapshot();
    let folder = "/etc/postfix";
    mailhost.run("mount", &["--bind", folder, folder]);
    mailhost.run("mount", &["-o", "remount,bind,ro", folder]);
    mailhost.apply("both").assert_refused("Read-only file system");
    mailhost.run("umount", &[folder]);
    before.assert_same(&mailhost.snapshot());
    assert_eq!(mailhost.run("ls", &[JOURNAL]), "");
}

#[test]
fn a_setup_whose_terminal_goes_away_comes_to_its_end() {
    let Some(mailhost) = Mailhost::prepare(&POSTFIX) else { return };
    let before = mailhost.snapshot();
    let mut asking = Asking::start(&mailhost, &["postfix", "--mode", "both"]);
    asking.close_stdout();
    asking.agree().assert_done();
    assert!(mailhost.view().read("/etc/postfix/master.cf").contains("content_filter=mailward_scan:"));
    mailhost.set_up(&["--undo", "--yes"]).assert_done();
    before.assert_same(&mailhost.snapshot());
    assert_eq!(mailhost.run("ls", &[JOURNAL]), "");
}

/// Kills setup when it runs this program, which it does in both directions.
fn assert_undone_when_killed_by(program: &str) {
    let Some(mailhost) = Mailhost::prepare(&POSTFIX) else { return };
    let before = mailhost.snapshot();
    let (path, real) = (format!("/usr/sbin/{program}"), format!("/usr/sbin/{program}.real"));
    // Setup asks whether Postfix is running before it changes anything.
    let script = format!("#!/bin/sh\ncase $1 in status) exec {real} status ;; esac\nkill -9 $PPID\n");
    mailhost.run("mv", &[&path, &real]);
    mailhost.write_program(&path, &script);

    assert_ne!(mailhost.apply("both").status, Some(0));
    assert!(mailhost.view().path(&format!("{JOURNAL}/postfix/setup.json")).exists());

    mailhost.run("mv", &[&real, &path]);
    mailhost.set_up(&["--undo", "--yes"]).assert_done();
    before.assert_same(&mailhost.snapshot());
    assert_eq!(mailhost.run("ls", &[JOURNAL]), "");
}
