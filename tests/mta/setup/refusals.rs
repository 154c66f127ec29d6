//! What setup does not understand, or what would lose mail, it names and leaves as it is.
use crate::setup::mailhost::Mailhost;
use crate::setup::stock::{EXIM, OPENSMTPD, POSTFIX, SENDMAIL, Stock};

const MAIN: &str = "/etc/postfix/main.cf";
const MASTER: &str = "/etc/postfix/master.cf";
const TEMPLATE: &str = "/etc/exim4/exim4.conf.template";
const MC: &str = "/etc/mail/sendmail.mc";
const CF: &str = "/etc/mail/sendmail.cf";
const SMTPD: &str = "/etc/smtpd.conf";

#[test]
fn settings_of_postfix_that_lead_past_mailward_are_refused_by_name() {
    let Some(mailhost) = Mailhost::prepare(&POSTFIX) else { return };
    for setting in [
        "content_filter = smtp-amavis:[127.0.0.1]:10024",
        "mailbox_transport = lmtp:unix:private/dovecot-lmtp",
        "mailbox_transport_maps = hash:/etc/postfix/transport",
        "mailbox_command_maps = hash:/etc/postfix/commands",
        "local_transport = lmtp:unix:private/dovecot-lmtp",
        "mailbox_command = /usr/bin/formail -A X-Mine:y | /usr/bin/procmail",
        "multi_instance_directories = /etc/postfix-out",
    ] {
        assert_refused(&mailhost, "incoming", MAIN, |stock| format!("{stock}{setting}\n"), &format!("{setting}: "));
    }
}

#[test]
fn a_mailbox_command_that_is_no_program_is_refused() {
    let Some(mailhost) = Mailhost::prepare(&POSTFIX) else { return };
    for command in ["exec /usr/bin/procmail", "HOME=/srv /usr/bin/procmail", "/usr/bin/no-such-agent", "$agents"] {
        let setting = format!("mailbox_command = {command}");
        assert_refused(
            &mailhost,
            "incoming",
            MAIN,
            |stock| format!("{stock}{setting}\n"),
            &format!("{setting}: it does not begin with a program"),
        );
    }
}

#[test]
fn what_local_of_postfix_is_told_in_master_cf_is_refused() {
    let Some(mailhost) = Mailhost::prepare(&POSTFIX) else { return };
    let edit = |stock: &str| stock.replace(" local\n", " local\n  -o mailbox_transport=lmtp:unix:private/dovecot-lmtp\n");
    assert_refused(&mailhost, "incoming", MASTER, edit, "local/unix/mailbox_transport = lmtp:unix:private/dovecot-lmtp");
}

#[test]
fn a_configuration_of_mailward_is_named_so_that_every_mail_server_finds_it() {
    let Some(mailhost) = Mailhost::prepare(&POSTFIX) else { return };
    mailhost.run("cp", &["/etc/mailward/mailward.toml", "/home/odd name.toml"]);
    mailhost.run("cp", &["/etc/mailward/mailward.toml", "/home/other.toml"]);
    let before = mailhost.snapshot();
    mailhost.set_up(&["--config", "/home/odd name.toml", "--yes"]).assert_refused("/home/odd name.toml: move it");
    before.assert_same(&mailhost.snapshot());
    // The tests' programs run at the root.
    let told = mailhost.set_up(&["--config", "home/other.toml", "--dry-run"]);
    assert!(told.stdout.contains("+mailbox_command = /usr/local/sbin/mailward deliver --config /home/other.toml -- "), "{told:?}");
}

#[test]
fn a_postfix_that_gives_mailward_too_little_time_is_refused() {
    let Some(mailhost) = Mailhost::prepare(&POSTFIX) else { return };
    for mode in ["incoming", "both"] {
        assert_refused(&mailhost, mode, MAIN, |stock| format!("{stock}command_time_limit = 10s\n"), "below command_time_limit, 10 s");
    }
}

#[test]
fn a_filter_of_one_listener_of_postfix_is_refused() {
    let Some(mailhost) = Mailhost::prepare(&POSTFIX) else { return };
    let other = "10025 inet n - y - - smtpd\n  -o content_filter=amavis:[127.0.0.1]:10024\n";
    assert_refused(&mailhost, "both", MASTER, |stock| format!("{stock}{other}"), "content_filter = amavis:[127.0.0.1]:10024");
    assert_refused(&mailhost, "both", MASTER, |stock| stock.replace("smtpd\n", "postscreen\n"), "no smtpd listens");
}

#[test]
fn a_home_mailbox_needs_a_maildir_of_mailward_and_gets_mail_then() {
    let Some(mailhost) = Mailhost::prepare(&POSTFIX) else { return };
    let edit = |stock: &str| format!("{stock}mailbox_command =\nhome_mailbox = Maildir/\n");
    assert_refused(&mailhost, "incoming", MAIN, edit, "add to mailward.toml: [delivery] maildir = \"~/Maildir\"");

    mailhost.edit(MAIN, edit);
    mailhost.configure("[delivery]\nmaildir = \"~/Maildir\"\n");
    mailhost.start_server();
    mailhost.apply("incoming").assert_done();
    let seen = mailhost.deliver("maildir");
    assert!(seen.contains("\nX-Mailward: clean"), "{seen}");
    assert_ne!(mailhost.run("ls", &["/home/Maildir/new"]), "");
}

#[test]
fn an_exim_with_another_filter_is_refused() {
    let Some(mailhost) = Mailhost::prepare(&EXIM) else { return };
    let router =
        "begin routers\n\nspam:\n  driver = accept\n  condition = ${if !eq{$received_protocol}{spam-scanned}}\n  transport = remote_smtp\n";
    let stock = mailhost.edit(TEMPLATE, |stock| stock.replace("begin routers\n", router));
    mailhost.run("update-exim4.conf", &[]);
    assert_nothing_happens(&mailhost, "both", "$received_protocol}{spam-scanned}}`: another filter hands mail in again");
    // A remark on another filter is none.
    mailhost.edit(TEMPLATE, |_| stock.replace("begin routers\n", "begin routers\n# not by $received_protocol, nor mailward deliver\n"));
    mailhost.run("update-exim4.conf", &[]);
    mailhost.apply("both").assert_done();
}

#[test]
fn a_sendmail_whose_local_mailer_speaks_lmtp_is_refused() {
    let Some(mailhost) = Mailhost::prepare(&SENDMAIL) else { return };
    mailhost.edit(MC, |stock| stock.replace("MAILER_DEFINITIONS\n", "FEATURE(`local_lmtp')dnl\nMAILER_DEFINITIONS\n"));
    mailhost.run("sh", &["-c", &format!("m4 {MC} > {CF}")]);
    assert_nothing_happens(&mailhost, "incoming", "FEATURE(`local_lmtp')dnl: mailward speaks no LMTP");
}

#[test]
fn a_sendmail_that_chooses_its_local_mailer_behind_ours_is_refused() {
    let Some(mailhost) = Mailhost::prepare(&SENDMAIL) else { return };
    let mailer = "MAILER_DEFINITIONS\ndefine(`LOCAL_MAILER_PATH', `/usr/bin/procmail')dnl\n";
    mailhost.edit(MC, |stock| stock.replace("MAILER_DEFINITIONS\n", mailer));
    mailhost.run("sh", &["-c", &format!("m4 {MC} > {CF}")]);
    assert_nothing_happens(&mailhost, "both", "sendmail.mc: behind our lines it makes /usr/bin/procmail the local mailer");
}

#[test]
fn a_sendmail_cf_edited_by_hand_is_refused() {
    let Some(mailhost) = Mailhost::prepare(&SENDMAIL) else { return };
    assert_refused(&mailhost, "incoming", CF, |stock| format!("{stock}O MaxDaemonChildren=3\n"), "undo somebody's work");
}

#[test]
fn an_smtpd_conf_that_is_not_all_there_is_refused() {
    let Some(mailhost) = Mailhost::prepare(&OPENSMTPD) else { return };
    let (include, wrapper) = ("include \"/etc/smtpd.more\"", "mda wrapper \"spam\" \"/usr/bin/spamc %{mda}\"");
    assert_refused(&mailhost, "incoming", SMTPD, |stock| format!("{include}\n{stock}"), &format!("{include}: what it includes"));
    assert_refused(&mailhost, "incoming", SMTPD, |stock| format!("{wrapper}\n{stock}"), &format!("{wrapper}: another wrapper"));
}

#[test]
fn a_server_that_is_not_there_is_refused() {
    let Some(mailhost) = Mailhost::prepare(&POSTFIX) else { return };
    let before = mailhost.snapshot();
    let others: [&Stock; 3] = [&EXIM, &SENDMAIL, &OPENSMTPD];
    for name in others.map(|stock| stock.name).iter().chain(&["qmail"]) {
        mailhost.answer("", &[name, "--yes"]).assert_refused("mailward: ");
        before.assert_same(&mailhost.snapshot());
    }
}

/// That setup refuses a server with a file of its configuration edited, for this reason. The file is as it was behind that.
fn assert_refused(mailhost: &Mailhost, mode: &str, path: &str, edit: impl Fn(&str) -> String, reason: &str) {
    let stock = mailhost.edit(path, edit);
    assert_nothing_happens(mailhost, mode, reason);
    mailhost.edit(path, |_| stock.clone());
}

fn assert_nothing_happens(mailhost: &Mailhost, mode: &str, reason: &str) {
    let before = mailhost.snapshot();
    mailhost.apply(mode).assert_refused(reason);
    before.assert_same(&mailhost.snapshot());
}
