//! A Sendmail in a root of its own, configured by Debian's sendmail.mc and the recipes in contrib/sendmail, to the letter.
//!
//! It listens on 127.0.0.1, looks names up in files alone, and sends what leaves it to a `Sink`. Mail for SENDER goes past mailward.
use std::fs;
use std::io::Write;
use std::thread;

use crate::host::{self, DOMAIN, RECIPIENT, SENDER};
use crate::server::{Attempt, Server, id_behind_status};
use crate::sink::Sink;
use crate::site::Site;
use crate::syslog::Syslog;
use crate::view::View;
use crate::{smtp, wait};

/// What its root holds.
pub(crate) const PACKAGES: [&str; 3] = ["sendmail", "procmail", "maildrop"];

pub(crate) const INCOMING: &str = include_str!("../../contrib/sendmail/incoming.mc");
const OUTGOING: &str = include_str!("../../contrib/sendmail/outgoing.mc");

const MC: &str = "/etc/mail/sendmail.mc";
const CF: &str = "/etc/mail/sendmail.cf";
/// Where sendmail.mc turns from settings to mailers.
const MAILERS: &str = "MAILER_DEFINITIONS\n";

/// What the tests need besides the recipes: names from files alone, senders that nobody can look up, a log that says when a message is
/// done, and no limit on how fast mail comes and how busy the machine is.
const SETTINGS: &str = "define(`confSERVICE_SWITCH_FILE', `/etc/mail/service.switch-nodns')dnl
define(`confTO_IDENT', `0')dnl
define(`confLOG_LEVEL', `10')dnl
define(`confCONNECTION_RATE_THROTTLE', `0')dnl
define(`confQUEUE_LA', `1000')dnl
define(`confREFUSE_LA', `1000')dnl
FEATURE(`accept_unresolvable_domains')dnl
";

/// The server, until it is dropped.
pub(crate) struct Sendmail {
    view: View,
    syslog: Syslog,
    port: u16,
}

impl Sendmail {
    /// Starts a Sendmail with mailward in front of local delivery.
    pub(crate) fn start_incoming(site: &Site) -> Sendmail {
        Sendmail::start_with(site, &site.adapt(INCOMING))
    }

    /// The same with another text in the place of contrib/sendmail/incoming.mc.
    pub(crate) fn start_with(site: &Site, incoming: &str) -> Sendmail {
        let sendmail = Sendmail::prepare(site);
        sendmail.view.write("/etc/mail/local-host-names", &format!("localhost\n{DOMAIN}\n"));
        sendmail.run(incoming, "")
    }

    /// Starts a Sendmail with mailward in front of mail that leaves, which is all mail; it leaves for the inbox.
    pub(crate) fn start_outgoing(site: &Site) -> Sendmail {
        let sendmail = Sendmail::prepare(site);
        sendmail.view.write("/etc/mail/mailertable", &format!("{DOMAIN}\tprocmail:/etc/procmailrc\n"));
        host::run(&mut sendmail.view.command("sh", &["-c", "makemap hash /etc/mail/mailertable < /etc/mail/mailertable"]));
        sendmail.run("FEATURE(`mailertable')dnl\n", &site.adapt(OUTGOING))
    }

    /// Starts a Sendmail with mailward in front of local delivery and of mail that leaves, which goes to `sink`.
    pub(crate) fn start_both(site: &Site, sink: &Sink) -> Sendmail {
        let sendmail = Sendmail::prepare(site);
        sendmail.view.write("/etc/mail/local-host-names", &format!("localhost\n{DOMAIN}\n"));
        let port = sink.port();
        let smart_host = format!("define(`SMART_HOST', `esmtp:[127.0.0.1]')dnl\ndefine(`ESMTP_MAILER_ARGS', `TCP $h {port}')dnl\n");
        sendmail.run(&format!("{smart_host}{INCOMING}"), OUTGOING)
    }

    /// Its root.
    pub(crate) fn view(&self) -> &View {
        &self.view
    }

    /// Has mail for a name go elsewhere.
    pub(crate) fn alias(&self, name: &str, target: &str) {
        self.view.write("/etc/mail/aliases", &format!("{name}: {target}\n"));
        host::run(&mut self.view.command("newaliases", &[]));
    }

    /// Changes sendmail.cf for every sendmail that starts from now on. The server has read its own already.
    pub(crate) fn change_settings_of_new_programs(&self, setting: &str) {
        self.view.write(CF, &format!("{}{setting}\n", self.view.read(CF)));
    }

    /// A root with mailward and the MDA's rules, in which no server runs yet.
    fn prepare(site: &Site) -> Sendmail {
        let view = site.view();
        site.install(&view);
        let syslog = Syslog::listen(&view, &site.path().join("syslog"));
        view.write("/etc/procmailrc", &format!("DEFAULT={}/\n", site.inbox.path().display()));
        view.write("/etc/maildroprc", &format!("to \"{}\"\n", site.inbox.path().display()));
        view.write("/etc/mail/sender.rc", &format!("DEFAULT={}/\n", site.outbox.path().display()));
        // maildrop wants a home that belongs to the recipient.
        host::make_folder(&view.path("/home"), RECIPIENT, 0o755);
        Sendmail { view, syslog, port: wait::free_port() }
    }

    /// Writes sendmail.mc as an administrator would, makes sendmail.cf from it, and starts the server.
    fn run(self, incoming: &str, outgoing: &str) -> Sendmail {
        let stock = self.view.read(MC).replace("Port=smtp", &format!("Port={}", self.port));
        let stock = stock.replace("Port=submission", &format!("Port={}", wait::free_port()));
        assert!(stock.contains(MAILERS), "{stock}");
        let stock = stock.replace(MAILERS, &format!("{SETTINGS}{incoming}{MAILERS}"));
        self.view.write(MC, &format!("{stock}{}{outgoing}", past_mailward()));
        host::run(&mut self.view.command("sh", &["-c", &format!("m4 {MC} > {CF}")]));
        host::run(&mut self.view.command("/usr/sbin/sendmail", &["-bd"]));
        wait::until("Sendmail's greeting", || smtp::Client::connect(self.port).ok());
        self
    }
}

impl Server for Sendmail {
    fn port(&self) -> u16 {
        self.port
    }

    fn queue_id(&self, reply: &str) -> Option<String> {
        id_behind_status(reply)
    }

    fn attempts(&self, id: &str, attempt: Attempt) -> usize {
        let status = match attempt {
            Attempt::Sent => " dsn=2.",
            Attempt::Deferred => " dsn=4.",
            Attempt::Bounced => " dsn=5.",
        };
        let to = format!(" {id}: to=");
        self.log().lines().filter(|line| line.contains(&to) && line.contains(status)).count()
    }

    fn is_done(&self, id: &str) -> bool {
        self.log().contains(&format!("{id}: done;"))
    }

    fn queue(&self) -> Vec<String> {
        let names = fs::read_dir(self.view.path("/var/spool/mqueue")).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter_map(|name| Some(name.to_str()?.strip_prefix("qf")?.to_owned())).collect()
    }

    fn flush(&self) {
        host::run(&mut self.view.command("/usr/sbin/sendmail", &["-q"]));
    }

    fn log(&self) -> String {
        self.syslog.text()
    }
}

impl Drop for Sendmail {
    fn drop(&mut self) {
        if thread::panicking() {
            let _ = writeln!(std::io::stderr(), "Sendmail's log:\n{}", self.log());
        }
    }
}

/// Has mail for SENDER delivered by procmail alone.
fn past_mailward() -> String {
    format!("MAILER(`procmail')dnl\nLOCAL_RULE_0\nR{SENDER} < @ $* >\t$# procmail $@ /etc/mail/sender.rc $: {SENDER}@{DOMAIN}\n")
}
