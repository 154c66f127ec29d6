//! An Exim 4 in a root of its own: Debian's split configuration with the files of contrib/exim dropped in, one port on 127.0.0.1.
//!
//! Mail for SENDER, and what was scanned already, is delivered by transports of the tests' own.
use std::fs;
use std::io::Write;
use std::thread;

use crate::host::{self, DOMAIN, RECIPIENT, SENDER};
use crate::server::{Attempt, Server};
use crate::site::Site;
use crate::view::View;
use crate::{smtp, wait};

/// What its root holds.
pub(crate) const PACKAGES: [&str; 2] = ["exim4-daemon-light", "procmail"];

const MAIN: &str = include_str!("../../contrib/exim/main");
const TRANSPORT: &str = include_str!("../../contrib/exim/transport");
const ROUTER: &str = include_str!("../../contrib/exim/router");

/// Lines of any length, as other servers take them. The socket would lie in the network, which all tests share.
const OWN: &str = "IGNORE_SMTP_LINE_LENGTH_LIMIT = true\nnotifier_socket =\n";

/// Where the configuration of Debian's package lies in pieces.
const PIECES: &str = "/etc/exim4/conf.d";

/// The server, until it is dropped.
pub(crate) struct Exim {
    view: View,
    port: u16,
}

impl Exim {
    /// Starts an Exim that has local mail delivered through mailward.
    pub(crate) fn start_incoming(site: &Site) -> Exim {
        let exim = Exim::with_transports(site);
        exim.view.write(&format!("{PIECES}/router/060_test"), &router_to("outbox", SENDER));
        exim.start("mailward_local")
    }

    /// Starts an Exim that has all mail scanned and handed in again.
    pub(crate) fn start_both(site: &Site) -> Exim {
        let exim = Exim::with_transports(site);
        exim.view.write(&format!("{PIECES}/router/050_mailward"), ROUTER);
        let routers = router_to("outbox", SENDER) + &router_to("inbox", RECIPIENT);
        exim.view.write(&format!("{PIECES}/router/060_test"), &routers);
        exim.start("mail_spool")
    }

    fn with_transports(site: &Site) -> Exim {
        let exim = Exim { view: site.view(), port: wait::free_port() };
        exim.view.write(&format!("{PIECES}/main/00_test"), OWN);
        exim.view.write(&format!("{PIECES}/main/01_mailward"), &site.adapt(MAIN));
        exim.view.write(&format!("{PIECES}/transport/30_mailward"), &site.adapt(TRANSPORT));
        let transports = transport_to("outbox", &site.procmail_to_outbox()) + &transport_to("inbox", &site.procmail());
        exim.view.write(&format!("{PIECES}/transport/30_test"), &transports);
        exim
    }

    fn start(self, local_delivery: &str) -> Exim {
        self.view.write("/etc/exim4/update-exim4.conf.conf", &debian_settings(self.port, local_delivery));
        // Who is told of frozen mail; it is not what is tested.
        self.view.write("/etc/aliases", "postmaster: :blackhole:\nroot: :blackhole:\n");
        host::run(&mut self.view.command("update-exim4.conf", &[]));
        host::run(&mut self.view.command("exim4", &["-bd"]));
        wait::until("Exim's greeting", || smtp::Client::connect(self.port).ok());
        self
    }
}

impl Server for Exim {
    fn port(&self) -> u16 {
        self.port
    }

    fn queue_id(&self, reply: &str) -> Option<String> {
        reply.split_once("OK id=").map(|(_, id)| id.to_owned())
    }

    fn attempts(&self, id: &str, attempt: Attempt) -> usize {
        let mark = match attempt {
            Attempt::Sent => " => ",
            Attempt::Deferred => " == ",
            Attempt::Bounced => " ** ",
        };
        let mark = format!(" {id}{mark}");
        self.log().lines().filter(|line| line.contains(&mark)).count()
    }

    fn is_done(&self, id: &str) -> bool {
        self.log().contains(&format!(" {id} Completed"))
    }

    fn queue(&self) -> Vec<String> {
        let files = fs::read_dir(self.view.path("/var/spool/exim4/input")).unwrap().map(|entry| entry.unwrap().file_name());
        files.filter_map(|name| Some(name.to_str()?.strip_suffix("-H")?.to_owned())).collect()
    }

    fn flush(&self) {
        host::run(&mut self.view.command("exim4", &["-qff"]));
    }

    fn log(&self) -> String {
        self.view.read("/var/log/exim4/mainlog")
    }
}

impl Drop for Exim {
    fn drop(&mut self) {
        if thread::panicking() {
            let _ = writeln!(std::io::stderr(), "Exim's logs:\n{}{}", self.log(), self.view.read("/var/log/exim4/paniclog"));
        }
    }
}

/// What Debian's package asks at its installation.
fn debian_settings(port: u16, local_delivery: &str) -> String {
    format!(
        "dc_eximconfig_configtype='internet'
dc_other_hostnames='{DOMAIN}'
dc_local_interfaces='127.0.0.1.{port}'
dc_readhost=''
dc_relay_domains=''
dc_minimaldns='true'
dc_relay_nets=''
dc_smarthost=''
CFILEMODE='644'
dc_use_split_config='true'
dc_hide_mailname=''
dc_mailname_in_oh='true'
dc_localdelivery='{local_delivery}'
"
    )
}

fn router_to(name: &str, account: &str) -> String {
    format!(
        "to_{name}:\n  driver = accept\n  domains = +local_domains\n  local_parts = {account}\n  check_local_user\n  transport = to_{name}\n"
    )
}

fn transport_to(name: &str, command: &str) -> String {
    format!("to_{name}:\n  driver = pipe\n  command = {command}\n  return_path_add\n  message_prefix =\n  message_suffix =\n")
}
