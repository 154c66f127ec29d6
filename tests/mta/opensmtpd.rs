//! An OpenSMTPD in a root of its own, configured by the recipes in contrib/opensmtpd, to the letter but for folders and ports.
//!
//! It listens on 127.0.0.1 and sends what leaves it to a `Sink`. Mail for SENDER goes past mailward.
use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::thread;

use crate::host::{self, RECIPIENT, SENDER};
use crate::server::{Attempt, Server, id_behind_status};
use crate::sink::Sink;
use crate::site::Site;
use crate::syslog::Syslog;
use crate::view::View;
use crate::{smtp, wait};

/// What its root holds. smtp(1) wants the last two.
pub(crate) const PACKAGES: [&str; 4] = ["opensmtpd", "procmail", "openssl", "ca-certificates"];

const INCOMING: &str = include_str!("../../contrib/opensmtpd/incoming.conf");
const BOTH: &str = include_str!("../../contrib/opensmtpd/both.conf");
const RESUBMIT: &str = include_str!("../../contrib/opensmtpd/resubmit");
const RESUBMIT_PATH: &str = "/usr/local/libexec/mailward-resubmit";

/// The server, until it is dropped.
pub(crate) struct OpenSmtpd {
    view: View,
    syslog: Syslog,
    port: u16,
}

impl OpenSmtpd {
    /// Starts an OpenSMTPD with mailward in front of local delivery, which is to the MDA.
    pub(crate) fn start_incoming(site: &Site) -> OpenSmtpd {
        OpenSmtpd::start_with(site, &format!("mda \"{}\"", site.mda().display()))
    }

    /// The same with another way of delivery.
    pub(crate) fn start_with(site: &Site, delivery: &str) -> OpenSmtpd {
        let conf = replace(&site.adapt(INCOMING), "action \"local\" maildir", &format!("action \"local\" {delivery}"));
        OpenSmtpd::prepare(site).run(site, &conf)
    }

    /// Starts an OpenSMTPD with mailward in front of mail that leaves, which is all mail; it leaves for the inbox.
    pub(crate) fn start_outgoing(site: &Site) -> OpenSmtpd {
        let server = OpenSmtpd::prepare(site);
        let conf = server.write_both(&site.adapt(BOTH));
        let conf = replace(&conf, "\"@\" = mailward", &format!("\"@\" = {RECIPIENT}"));
        let conf = replace(&conf, "\"relay\" relay\n", &format!("\"relay\" mda \"{}\"\n", site.procmail()));
        let conf = replace(&conf, "match for local action \"local\"\n", "");
        server.run(site, &conf)
    }

    /// Starts an OpenSMTPD with mailward in front of local delivery and of mail that leaves, which goes to `sink`.
    pub(crate) fn start_both(site: &Site, sink: &Sink) -> OpenSmtpd {
        let server = OpenSmtpd::prepare(site);
        host::run(&mut server.view.command("sh", &["-c", command_of(BOTH, "useradd ")]));
        let conf = server.write_both(BOTH);
        let conf = replace(&conf, "\"relay\" relay\n", &format!("\"relay\" relay host smtp+notls://127.0.0.1:{}\n", sink.port()));
        let conf = replace(&conf, "maildir alias", &format!("{} alias", maildir(site)));
        server.run(site, &conf)
    }

    /// Its root.
    pub(crate) fn view(&self) -> &View {
        &self.view
    }

    /// Writes the .forward of RECIPIENT.
    pub(crate) fn forward(&self, line: &str) {
        host::write_file(&self.view.path("/home/.forward"), RECIPIENT, 0o600, format!("{line}\n").as_bytes());
    }

    /// A root with mailward, in which no server runs yet.
    fn prepare(site: &Site) -> OpenSmtpd {
        let view = site.view();
        site.install(&view);
        let syslog = Syslog::listen(&view, &site.path().join("syslog"));
        OpenSmtpd { view, syslog, port: wait::free_port() }
    }

    /// Puts resubmit in its place, and gives the configuration for both directions, both with a port that is free.
    fn write_both(&self, conf: &str) -> String {
        let port = wait::free_port().to_string();
        fs::create_dir_all(self.view.path("/usr/local/libexec")).unwrap();
        self.view.write(RESUBMIT_PATH, &replace(RESUBMIT, "10026", &port));
        fs::set_permissions(self.view.path(RESUBMIT_PATH), Permissions::from_mode(0o755)).unwrap();
        replace(conf, "10026", &port)
    }

    fn run(self, site: &Site, recipe: &str) -> OpenSmtpd {
        let conf = replace(recipe, "listen on localhost\n", &format!("listen on 127.0.0.1 port {}\n", self.port));
        let past = format!("match for rcpt-to \"{}\" action \"past\"\n", host::address_of(SENDER));
        let first = conf.find("\nmatch").expect("a rule") + 1;
        let (actions, rules) = conf.split_at(first);
        let action = format!("action \"past\" mda \"{}\"\n", site.procmail_to_outbox());
        self.view.write("/etc/smtpd.conf", &format!("{actions}{action}{past}{rules}"));
        host::run(&mut self.view.command("smtpd", &[]));
        wait::until("OpenSMTPD's greeting", || smtp::Client::connect(self.port).ok());
        self
    }
}

impl Server for OpenSmtpd {
    fn port(&self) -> u16 {
        self.port
    }

    fn queue_id(&self, reply: &str) -> Option<String> {
        id_behind_status(reply)
    }

    fn attempts(&self, id: &str, attempt: Attempt) -> usize {
        let result = match attempt {
            Attempt::Sent => " result=Ok ",
            Attempt::Deferred => " result=TempFail ",
            Attempt::Bounced => " result=PermFail ",
        };
        let envelope = format!(" evpid={id}");
        // For another host it writes the result in quotes.
        self.log().replace('"', "").lines().filter(|line| line.contains(&envelope) && line.contains(result)).count()
    }

    /// Its log does not say so, and a message is not in the queue's listing at once.
    fn is_done(&self, id: &str) -> bool {
        self.attempts(id, Attempt::Sent) + self.attempts(id, Attempt::Bounced) > 0 && !self.queue().iter().any(|queued| queued == id)
    }

    fn queue(&self) -> Vec<String> {
        let listing = host::run(&mut self.view.command("smtpctl", &["show", "queue"]));
        // A line for each envelope, whose name begins with that of its message.
        listing.lines().filter_map(|line| Some(line.get(..8)?.to_owned())).collect()
    }

    fn flush(&self) {
        host::run(&mut self.view.command("smtpctl", &["schedule", "all"]));
    }

    fn log(&self) -> String {
        self.syslog.text()
    }
}

impl Drop for OpenSmtpd {
    fn drop(&mut self) {
        if thread::panicking() {
            let _ = writeln!(std::io::stderr(), "OpenSMTPD's log:\n{}", self.log());
        }
    }
}

/// Delivery into the inbox by OpenSMTPD's own program.
pub(crate) fn maildir(site: &Site) -> String {
    format!("maildir \"{}\"", site.inbox.path().display())
}

/// Replaces what has to be there, so that a recipe that changes does not leave its test behind.
fn replace(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "{old:?} in {text}");
    text.replace(old, new)
}

/// The command in a recipe's remark that begins with this word.
fn command_of<'a>(recipe: &'a str, word: &str) -> &'a str {
    let lines = recipe.lines().filter_map(|line| line.strip_prefix("#     "));
    lines.into_iter().find(|line| line.starts_with(word)).expect("the command in a remark")
}
