//! A private Postfix: configuration, queue and log in a folder of its own, one port on 127.0.0.1, no DNS, no way out.
//!
//! Mail for RECIPIENT goes to the command under test. Mail for SENDER goes to procmail alone, since a bounce carries the refused message
//! and would be refused again.
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::host::{self, POSTFIX, POSTFIX_USER, RECIPIENT, SENDER};
use crate::{smtp, wait};

/// The domain that all test mail stays in; `.test` is reserved (RFC 6761).
pub(crate) const DOMAIN: &str = "mailward.test";

/// How long the master may take to end when asked to.
const PATIENCE: Duration = Duration::from_secs(5);

/// The server, until it is dropped.
pub(crate) struct Postfix {
    folder: PathBuf,
    port: u16,
}

impl Postfix {
    /// Starts a Postfix in `folder` that pipes mail for RECIPIENT into `command` and mail for SENDER into `sender_command`.
    pub(crate) fn start(folder: PathBuf, command: &str, sender_command: &str) -> Postfix {
        let postfix = Postfix { port: wait::free_port(), folder };
        host::make_folder(&postfix.folder, "root", 0o755);
        for (name, owner) in [("etc", "root"), ("spool", "root"), ("data", POSTFIX_USER), ("log", "root")] {
            host::make_folder(&postfix.folder.join(name), owner, 0o755);
        }
        write_settled(&postfix.folder.join("etc/main.cf"), &main_cf(&postfix.folder, command, sender_command));
        write_settled(&postfix.folder.join("etc/master.cf"), &master_cf(postfix.port));
        host::run(&mut postfix.program(POSTFIX, &["start"]));
        wait::until("Postfix's greeting", || smtp::Client::connect(postfix.port).ok());
        postfix
    }

    /// Hands in a message by SMTP and gives its queue id.
    pub(crate) fn accept(&self, message: &[u8]) -> String {
        let sender = format!("{SENDER}@{DOMAIN}");
        let reply = smtp::Client::connect(self.port).and_then(|client| client.send(&sender, &format!("{RECIPIENT}@{DOMAIN}"), message));
        let reply = reply.expect("Postfix accepts the message");
        let (_, id) = reply.split_once("queued as ").expect("a queue id in the reply");
        id.to_owned()
    }

    /// Hands in a message and waits until Postfix is done with it, one way or the other.
    pub(crate) fn deliver(&self, message: &[u8]) -> String {
        let id = self.accept(message);
        self.wait_until_removed(&id);
        id
    }

    /// Waits until a message has left the queue.
    pub(crate) fn wait_until_removed(&self, id: &str) {
        self.wait_for_log(&format!("{id}: removed"));
    }

    /// Waits until `attempts` deliveries of a message were put off, each of them without giving it up or letting it through.
    pub(crate) fn wait_until_deferred(&self, id: &str, attempts: usize) {
        wait::until(&format!("{attempts} deferred deliveries of {id}"), || {
            self.flush();
            assert_eq!(self.attempts(id, "sent") + self.attempts(id, "bounced"), 0, "{id} did not stay queued");
            (self.attempts(id, "deferred") >= attempts).then_some(())
        });
        wait::until(&format!("{id} in the queue"), || self.queue().contains(id).then_some(()));
    }

    /// Has the queue tried again until a message has left it.
    pub(crate) fn flush_until_removed(&self, id: &str) {
        wait::until(&format!("{id} to leave the queue"), || {
            self.flush();
            self.log().contains(&format!("{id}: removed")).then_some(())
        });
    }

    /// How often a delivery of a message ended in this status: sent, deferred or bounced.
    pub(crate) fn attempts(&self, id: &str, status: &str) -> usize {
        let (id, status) = (format!(" {id}: "), format!("status={status}"));
        self.log().lines().filter(|line| line.contains(&id) && line.contains(&status)).count()
    }

    /// Waits for a text in the log.
    pub(crate) fn wait_for_log(&self, text: &str) {
        wait::until(&format!("{text:?} in Postfix's log"), || self.log().contains(text).then_some(()));
    }

    /// The log so far.
    pub(crate) fn log(&self) -> String {
        let bytes = fs::read(self.folder.join("log/postfix.log")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The queue as postqueue prints it, an object a line.
    pub(crate) fn queue(&self) -> String {
        host::run(&mut self.program("/usr/sbin/postqueue", &["-j"]))
    }

    fn flush(&self) {
        host::run(&mut self.program("/usr/sbin/postqueue", &["-f"]));
    }

    /// One of Postfix's own programs, made to work on this instance.
    fn program(&self, path: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(path);
        command.arg("-c").arg(self.folder.join("etc")).args(arguments);
        command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        command
    }

    fn master(&self) -> Option<Pid> {
        let text = fs::read_to_string(self.folder.join("spool/pid/master.pid")).ok()?;
        Pid::from_raw(text.trim().parse().ok()?)
    }
}

impl Drop for Postfix {
    /// Not `postfix stop`, which looks but once a second whether the master is gone. The master takes its children along.
    fn drop(&mut self) {
        if thread::panicking() {
            let _ = writeln!(std::io::stderr(), "Postfix's log:\n{}", self.log());
        }
        let Some(master) = self.master().filter(|pid| is_running(*pid)) else { return };
        let _ = kill_process(master, Signal::TERM);
        // No panic in here, so no wait::until.
        let start = Instant::now();
        while is_running(master) && start.elapsed() < PATIENCE {
            thread::sleep(Duration::from_millis(10));
        }
        if is_running(master) {
            let _ = kill_process_group(master, Signal::KILL);
        }
    }
}

/// Whether this is a master, and not the remains of one that nobody has asked for its status yet: those have no program.
fn is_running(pid: Pid) -> bool {
    let program = fs::read_link(format!("/proc/{}/exe", pid.as_raw_nonzero()));
    program.is_ok_and(|program| program.ends_with("master"))
}

/// Writes a file that looks an hour old. One just written makes each of Postfix's programs wait until its time stamp is a second old.
fn write_settled(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_hours(1)).unwrap();
}

fn main_cf(folder: &Path, command: &str, sender_command: &str) -> String {
    let folder = folder.display();
    format!(
        "compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
maillog_file = {folder}/log/postfix.log
maillog_file_prefixes = {folder}
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
mailbox_command = {command}
mailbox_command_maps = inline:{{ {{ {SENDER} = {sender_command} }} }}
"
    )
}

fn master_cf(port: u16) -> String {
    format!(
        "127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
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
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"
    )
}
