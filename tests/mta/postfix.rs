//! A Postfix in a root of its own: one port on 127.0.0.1, no DNS, no way out.
//!
//! Mail for RECIPIENT goes to the command under test. Mail for SENDER goes to procmail alone, since a bounce carries the refused message
//! and would be refused again.
use std::fs::File;
use std::io::Write;
use std::thread;
use std::time::{Duration, SystemTime};

use crate::host::{self, DOMAIN, SENDER};
use crate::server::{Attempt, Server};
use crate::site::Site;
use crate::view::View;
use crate::{smtp, wait};

/// What its root holds.
pub(crate) const PACKAGES: [&str; 3] = ["postfix", "procmail", "maildrop"];

const MAIN: &str = include_str!("../../contrib/postfix/main.cf");
const SERVICE: &str = include_str!("../../contrib/postfix/master.cf");
const CONTENT_FILTER: &str = include_str!("../../contrib/postfix/content_filter");

const LOG: &str = "/var/log/postfix.log";

/// The server, until it is dropped.
pub(crate) struct Postfix {
    view: View,
    port: u16,
}

/// What is set beyond the tests' own configuration.
#[derive(Default)]
struct Settings {
    /// Lines of main.cf.
    main: String,
    /// Services of master.cf.
    services: String,
    /// An option of the SMTP server.
    smtpd: &'static str,
    /// Options of pickup, with blanks in front.
    pickup: &'static str,
}

impl Postfix {
    /// Starts a Postfix that pipes mail for RECIPIENT into `command`.
    pub(crate) fn start(site: &Site, command: &str) -> Postfix {
        Postfix::start_with(site, &Settings { main: format!("mailbox_command = {command}\n"), ..Settings::default() })
    }

    /// Starts a Postfix that does with mail for RECIPIENT what contrib's main.cf says.
    pub(crate) fn start_mailbox_command(site: &Site) -> Postfix {
        Postfix::start_with(site, &Settings { main: site.adapt(MAIN), ..Settings::default() })
    }

    /// Starts a Postfix that has all mail from SMTP scanned and handed in again.
    pub(crate) fn start_content_filter(site: &Site) -> Postfix {
        Postfix::start_content_filter_with(site, "")
    }

    /// The same with more in main.cf.
    pub(crate) fn start_content_filter_with(site: &Site, more: &str) -> Postfix {
        let main = format!("mailbox_command = {}\n{more}\n", site.procmail());
        let option = |name: &str| {
            let line = CONTENT_FILTER.lines().find(|line| line.contains(&format!("-o {name}="))).expect("the option is in contrib");
            line.trim_start_matches('#')
        };
        let (smtpd, pickup) = (option("content_filter"), option("smtputf8_autodetect_classes"));
        Postfix::start_with(site, &Settings { main, services: site.adapt(CONTENT_FILTER), smtpd, pickup })
    }

    /// Starts a Postfix with the pipe(8) service of contrib's master.cf, and this setting, which main.cf has as a remark.
    pub(crate) fn start_service(site: &Site, setting: &str, more: &str) -> Postfix {
        let setting = MAIN.lines().find_map(|line| line.strip_prefix('#').filter(|line| line.starts_with(setting)));
        let main = format!("{}\n{more}\n", setting.expect("the setting is in contrib"));
        Postfix::start_with(site, &Settings { main, services: site.adapt(SERVICE), ..Settings::default() })
    }

    /// Starts a Postfix with these settings.
    fn start_with(site: &Site, settings: &Settings) -> Postfix {
        let postfix = Postfix { view: site.view(), port: wait::free_port() };
        let main = main_cf(&site.procmail_to_outbox()) + &settings.main;
        let master = master_cf(postfix.port, settings.smtpd, settings.pickup) + &settings.services;
        postfix.write_settled("/etc/postfix/main.cf", &main);
        postfix.write_settled("/etc/postfix/master.cf", &master);
        host::run(&mut postfix.view.command("postfix", &["start"]));
        wait::until("Postfix's greeting", || smtp::Client::connect(postfix.port).ok());
        postfix
    }

    /// Writes a file that looks an hour old. One just written makes each of Postfix's programs wait until its time stamp is a second old.
    fn write_settled(&self, path: &str, text: &str) {
        self.view.write(path, text);
        let file = File::options().write(true).open(self.view.path(path)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_hours(1)).unwrap();
    }
}

impl Server for Postfix {
    fn port(&self) -> u16 {
        self.port
    }

    fn queue_id(&self, reply: &str) -> Option<String> {
        reply.split_once("queued as ").map(|(_, id)| id.to_owned())
    }

    fn attempts(&self, id: &str, attempt: Attempt) -> usize {
        let status = match attempt {
            Attempt::Sent => "status=sent",
            Attempt::Deferred => "status=deferred",
            Attempt::Bounced => "status=bounced",
        };
        let id = format!(" {id}: ");
        self.log().lines().filter(|line| line.contains(&id) && line.contains(status)).count()
    }

    fn is_done(&self, id: &str) -> bool {
        self.log().contains(&format!("{id}: removed"))
    }

    fn queue(&self) -> Vec<String> {
        let listing = host::run(&mut self.view.command("postqueue", &["-j"]));
        let ids = listing.lines().filter_map(|line| line.split_once("\"queue_id\": \"")?.1.split_once('"'));
        ids.map(|(id, _)| id.to_owned()).collect()
    }

    fn flush(&self) {
        host::run(&mut self.view.command("postqueue", &["-f"]));
    }

    fn log(&self) -> String {
        self.view.read(LOG)
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        if thread::panicking() {
            let _ = writeln!(std::io::stderr(), "Postfix's log:\n{}", self.log());
        }
    }
}

fn main_cf(sender_command: &str) -> String {
    format!(
        "compatibility_level = 3.6
maillog_file = {LOG}
myhostname = mx.{DOMAIN}
mydestination = {DOMAIN}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
# Nothing is looked up and nothing leaves this machine.
disable_dns_lookups = yes
smtpd_peername_lookup = no
default_transport = error:5.1.2 no mail leaves this machine
relay_transport = error:5.1.2 no mail leaves this machine
alias_maps =
alias_database =
local_recipient_maps =
forward_path =
biff = no
notify_classes =
# The message is to arrive as it was sent.
local_header_rewrite_clients =
message_size_limit = 100000000
mailbox_size_limit = 0
bounce_size_limit = 1000
enable_long_queue_ids = yes
minimal_backoff_time = 2s
maximal_backoff_time = 2s
queue_run_delay = 2s
mailbox_command_maps = inline:{{ {{ {SENDER} = {sender_command} }} }}
"
    )
}

fn master_cf(port: u16, smtpd: &str, pickup: &str) -> String {
    format!(
        "127.0.0.1:{port} inet n - n - - smtpd
{smtpd}
pickup unix n - n 60 1 pickup
{pickup}
smtp unix - - n - - smtp
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"
    )
}
