//! The mail servers as Debian installs them, and how each is started without an init system.
use std::fs;

use crate::setup::mailhost::Mailhost;
use crate::{exim, opensmtpd, postfix, sendmail};

const SYSTEMCTL: &str = include_str!("systemctl.sh");

/// One of them.
pub(crate) struct Stock {
    /// What setup calls it.
    pub(crate) name: &'static str,
    /// What its root holds.
    pub(crate) packages: &'static [&'static str],
    /// Where it keeps what it generates of its configuration; a folder below /etc where it does not.
    pub(crate) generated: &'static str,
    /// Starts it.
    pub(crate) start: fn(&Mailhost),
}

pub(crate) const POSTFIX: Stock = Stock {
    name: "postfix",
    packages: &postfix::PACKAGES,
    generated: "/etc/postfix",
    start: |mailhost| drop(mailhost.run("postfix", &["start"])),
};

pub(crate) const EXIM: Stock =
    Stock { name: "exim", packages: &exim::PACKAGES, generated: "/var/lib/exim4", start: |mailhost| start_exim(mailhost, "false") };

pub(crate) const SPLIT_EXIM: Stock = Stock { start: |mailhost| start_exim(mailhost, "true"), ..EXIM };

pub(crate) const SENDMAIL: Stock = Stock { name: "sendmail", packages: &sendmail::PACKAGES, generated: "/etc/mail", start: start_sendmail };

pub(crate) const OPENSMTPD: Stock =
    Stock { name: "opensmtpd", packages: &opensmtpd::PACKAGES, generated: "/etc/smtpd.conf", start: start_opensmtpd };

fn start_exim(mailhost: &Mailhost, is_split: &str) {
    let settings = "/etc/exim4/update-exim4.conf.conf";
    let stock = mailhost.view().read(settings);
    mailhost.view().write(settings, &stock.replace("dc_use_split_config='false'", &format!("dc_use_split_config='{is_split}'")));
    mailhost.run("update-exim4.conf", &[]);
    let script = "install -d -o Debian-exim -g Debian-exim /run/exim4 && exec exim4 -bd -q30m -oP /run/exim4/exim.pid";
    mailhost.run("sh", &["-c", script]);
}

/// What Debian's script at boot does.
fn start_sendmail(mailhost: &Mailhost) {
    let folders = "install -d -o smmta -g smmsp /run/sendmail/mta /run/sendmail/stampdir && install -d -o smmsp -g smmsp /run/sendmail/msp";
    mailhost.run("sh", &["-c", folders]);
    mailhost.run("/usr/sbin/sendmail", &["-bd", "-q10m", "-L", "sm-mta"]);
}

/// Setup starts it anew by systemctl(1) alone, so that it needs one; the real one needs a systemd.
fn start_opensmtpd(mailhost: &Mailhost) {
    mailhost.write_program("/usr/bin/systemctl", SYSTEMCTL);
    fs::create_dir_all(mailhost.view().path("/run/systemd/system")).unwrap();
    mailhost.run("systemctl", &["restart", "opensmtpd"]);
}
