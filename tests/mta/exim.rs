//! An Exim 4 in a root of its own: Debian's split configuration with the files of contrib/exim dropped in, one port on 127.0.0.1.
//!
//! Mail for SENDER, and what was scanned already, is delivered by transports of the tests' own.
use std::fs;
use std::io::Write;
use std::process::Stdio;
use std::thread;

use crate::host::{self, DOMAIN, RECIPIENT, SENDER};
use crate::server::{Attempt, Server};
use crate::site::Site;
use crate::view::View;
use crate::{smtp, wait};

/// What its root holds.
pub(crate) const PACKAGES: [&str; 2] = ["exim4-daemon-light", "procmail"];

/// Lines of any length, as other servers take them. The socket would lie in the network, which all tests share.
const OWN: &str = "IGNORE_SMTP_LINE_LENGTH_LIMIT = true\nnotifier_socket =\n";

/// The server, until it is dropped.
pub(crate) struct Exim {
    view: View,
    port: u16,
}

/// What goes into Debian's configuration, by its sections.
pub(crate) struct Configuration {
    pub(crate) main: String,
    routers: String,
    pub(crate) transports: String,
    /// The transport of mail for local users.
    local_delivery: &'static str,
}

/// Debian's two ways to keep the configuration: in pieces, or as a template in one.
#[derive(Clone, Copy)]
pub(crate) enum Layout {
    Split,
    Unsplit,
}

impl Configuration {
    /// Local mail is delivered through mailward.
    pub(crate) fn incoming(site: &Site) -> Configuration {
        Configuration {
            main: OWN.to_owned() + include_str!("../../contrib/exim/incoming/main"),
            routers: router_to("outbox", SENDER),
            transports: site.adapt(include_str!("../../contrib/exim/incoming/transport"))
                + &transport_to("outbox", &site.procmail_to_outbox()),
            local_delivery: "mailward_local",
        }
    }

    /// All mail is scanned and handed in again.
    pub(crate) fn both(site: &Site) -> Configuration {
        let inbox = transport_to("inbox", &site.procmail());
        Configuration {
            main: OWN.to_owned() + &site.adapt(include_str!("../../contrib/exim/both/main")),
            routers: include_str!("../../contrib/exim/both/router").to_owned()
                + &router_to("outbox", SENDER)
                + &router_to("inbox", RECIPIENT),
            transports: site.adapt(include_str!("../../contrib/exim/both/transport"))
                + &inbox
                + &transport_to("outbox", &site.procmail_to_outbox()),
            local_delivery: "mail_spool",
        }
    }
}

impl Exim {
    /// Starts an Exim with Debian's configuration and this in it.
    pub(crate) fn start(site: &Site, configuration: &Configuration, layout: Layout) -> Exim {
        let exim = Exim { view: site.view(), port: wait::free_port() };
        match layout {
            Layout::Split => exim.add_pieces(configuration),
            Layout::Unsplit => exim.edit_template(configuration),
        }
        exim.view.write("/etc/exim4/update-exim4.conf.conf", &debian_settings(exim.port, configuration.local_delivery, layout));
        // Who is told of frozen mail; it is not what is tested.
        exim.view.write("/etc/aliases", "postmaster: :blackhole:\nroot: :blackhole:\n");
        host::run(&mut exim.view.command("update-exim4.conf", &[]));
        host::run(&mut exim.view.command("exim4", &["-bd"]));
        wait::until("Exim's greeting", || smtp::Client::connect(exim.port).ok());
        exim
    }

    /// Hands in a message on this machine, as `account` and with these words for Exim.
    pub(crate) fn submit(&self, account: &str, words: &[&str], message: &[u8]) {
        let mut command = self.view.command("setpriv", &["--reuid", account, "--clear-groups", "exim4", "-oi"]);
        let mut child = command.args(words).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(message).unwrap();
        let status = child.wait().unwrap();
        assert!(status.success(), "{status}: {}", self.log());
    }

    /// Runs the queue without regard to retry times, and leaves frozen mail alone.
    pub(crate) fn run_queue_of_what_is_not_frozen(&self) {
        host::run(&mut self.view.command("exim4", &["-qf"]));
    }

    fn add_pieces(&self, configuration: &Configuration) {
        let pieces = "/etc/exim4/conf.d";
        self.view.write(&format!("{pieces}/main/01_mailward"), &configuration.main);
        self.view.write(&format!("{pieces}/router/050_mailward"), &configuration.routers);
        self.view.write(&format!("{pieces}/transport/30_mailward"), &configuration.transports);
    }

    fn edit_template(&self, configuration: &Configuration) {
        self.view.write("/etc/exim4/exim4.conf.localmacros", &configuration.main);
        let template = "/etc/exim4/exim4.conf.template";
        let text = self.view.read(template);
        let text = text.replace("\nbegin routers\n", &format!("\nbegin routers\n{}", configuration.routers));
        let text = text.replace("\nbegin transports\n", &format!("\nbegin transports\n{}", configuration.transports));
        self.view.write(template, &text);
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
fn debian_settings(port: u16, local_delivery: &str, layout: Layout) -> String {
    let is_split = matches!(layout, Layout::Split);
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
dc_use_split_config='{is_split}'
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
