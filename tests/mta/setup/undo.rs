//! What `--undo` takes back, and what it leaves alone.
use crate::setup::mailhost::{JOURNAL, Mailhost, QUARANTINE};
use crate::setup::prompt::Asking;
use crate::setup::stock::{EXIM, OPENSMTPD, POSTFIX, SENDMAIL};

const MAIN: &str = "/etc/postfix/main.cf";

#[test]
fn undo_refuses_a_file_that_somebody_has_changed_since() {
    let Some(mailhost) = Mailhost::prepare(&POSTFIX) else { return };
    let stock = mailhost.view().read(MAIN);
    mailhost.apply("incoming").assert_done();
    mailhost.edit(MAIN, |text| format!("{text}# somebody's\n"));
    let before = mailhost.snapshot();

    let told = mailhost.set_up(&["--undo", "--yes"]);

    let copy = format!("{JOURNAL}/postfix/0");
    told.assert_refused(&format!("{MAIN}: somebody has changed it since"));
    assert!(told.stderr.contains(&copy), "{told:?}");
    assert_eq!(mailhost.view().read(&copy), stock);
    before.assert_same(&mailhost.snapshot());
}

#[test]
fn undo_overwrites_nothing_that_was_changed_while_it_asked() {
    let Some(mailhost) = Mailhost::prepare(&POSTFIX) else { return };
    mailhost.apply("incoming").assert_done();
    let asking = Asking::start(&mailhost, &["postfix", "--undo"]);
    mailhost.edit(MAIN, |text| format!("{text}# somebody's\n"));
    let told = asking.agree();
    told.assert_refused(&format!("{MAIN}: somebody has changed it since"));
    assert!(mailhost.view().read(MAIN).ends_with("# somebody's\n"));
}

#[test]
fn setup_overwrites_nothing_that_was_changed_while_it_asked() {
    let Some(mailhost) = Mailhost::prepare(&POSTFIX) else { return };
    let asking = Asking::start(&mailhost, &["postfix"]);
    mailhost.edit(MAIN, |text| format!("{text}# somebody's\n"));
    let told = asking.agree();
    told.assert_refused(&format!("{MAIN}: somebody else has changed it meanwhile"));
    assert!(mailhost.view().read(MAIN).ends_with("# somebody's\n"));
}

#[test]
fn one_setup_runs_at_a_time() {
    let Some(mailhost) = Mailhost::prepare(&POSTFIX) else { return };
    let before = mailhost.snapshot();
    let asking = Asking::start(&mailhost, &["postfix"]);
    mailhost.apply("incoming").assert_refused("another setup is running");
    mailhost.set_up(&["--undo", "--yes"]).assert_refused("another setup is running");
    asking.agree().assert_done();
    mailhost.set_up(&["--undo", "--yes"]).assert_done();
    before.assert_same(&mailhost.snapshot());
}

#[test]
fn undo_says_that_nothing_was_set_up() {
    let Some(mailhost) = Mailhost::prepare(&POSTFIX) else { return };
    mailhost.set_up(&["--undo", "--yes"]).assert_refused("there is no setup to take back");
    mailhost.answer("", &["--undo", "--yes"]).assert_refused("there is no setup to take back");
}

#[test]
fn undo_finds_the_one_server_that_was_set_up_and_asks() {
    let Some(mailhost) = Mailhost::prepare(&POSTFIX) else { return };
    let before = mailhost.snapshot();
    mailhost.apply("incoming").assert_done();
    let set_up = mailhost.snapshot();
    assert_eq!(mailhost.answer("n\n", &["--undo"]).status, Some(1));
    mailhost.answer("", &["--undo", "--dry-run"]).assert_done();
    set_up.assert_same(&mailhost.snapshot());
    mailhost.answer("y\n", &["--undo"]).assert_done();
    before.assert_same(&mailhost.snapshot());
}

#[test]
fn a_quarantine_with_mail_in_it_stays_and_an_empty_one_goes() {
    let Some(mailhost) = Mailhost::prepare(&POSTFIX) else { return };
    mailhost.apply("incoming").assert_done();
    mailhost.set_up(&["--undo", "--yes"]).assert_done();
    assert!(!mailhost.view().path(QUARANTINE).exists());

    // Whose mail it is has to be known as long as it is there.
    mailhost.apply("both").assert_done();
    mailhost.run("install", &["-o", "mailward", "/dev/null", &format!("{QUARANTINE}/new/mail")]);
    let told = mailhost.set_up(&["--undo", "--yes"]);
    told.assert_done();
    assert!(told.stdout.contains(QUARANTINE), "{told:?}");
    assert_eq!(mailhost.run("stat", &["-c", "%U", &format!("{QUARANTINE}/new/mail")]), "mailward\n");
}

#[test]
fn the_account_goes_if_setup_made_it_and_stays_if_it_was_there() {
    let Some(mailhost) = Mailhost::prepare(&POSTFIX) else { return };
    mailhost.apply("both").assert_done();
    assert!(mailhost.view().read("/etc/passwd").contains("\nmailward:x:"));
    mailhost.set_up(&["--undo", "--yes"]).assert_done();
    assert!(!mailhost.view().read("/etc/passwd").contains("\nmailward:x:"));

    mailhost.run("useradd", &["--system", "--user-group", "mailward"]);
    let before = mailhost.snapshot();
    mailhost.apply("both").assert_done();
    mailhost.set_up(&["--undo", "--yes"]).assert_done();
    before.assert_same(&mailhost.snapshot());
}

#[test]
fn the_quarantine_belongs_to_whoever_writes_it() {
    for (stock, mode, owned) in [
        (&POSTFIX, "incoming", "1733 root"),
        (&POSTFIX, "both", "700 mailward"),
        (&EXIM, "incoming", "700 mailward"),
        (&SENDMAIL, "both", "1733 root"),
        (&OPENSMTPD, "both", "1733 root"),
    ] {
        let Some(mailhost) = Mailhost::prepare(stock) else { return };
        mailhost.apply(mode).assert_done();
        let script = format!("stat -c '%a %U' {QUARANTINE} {QUARANTINE}/*");
        let seen = mailhost.run("sh", &["-c", &script]);
        assert_eq!(seen, format!("{owned}\n").repeat(6), "{} {mode}", stock.name);
    }
}
