//! qmail, which Debian does not have: its queue (qmail_send.rs), its local delivery (tests/qmail) and its side of qmail-queue are the
//! tests' own and do what qmail's sources say. What they start is that of contrib/qmail, to the letter but for folders.
//!
//! Programs run as RECIPIENT in a root with procmail and Perl, so that they end with it.
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use crate::host::{self, DOMAIN, RECIPIENT};
use crate::qmail_lspawn::{self, Delivery, Fate, Report};
use crate::qmail_send::{QmailSend, Queued};
use crate::server::{Attempt, Server};
use crate::site::Site;
use crate::view::View;
use crate::{postfix, sink, wait};

/// What its root holds: what Postfix's does, as that is there anyway.
pub(crate) const PACKAGES: [&str; 3] = postfix::PACKAGES;

const DOT_QMAIL: &str = include_str!("../../contrib/qmail/dot-qmail");
const QMAIL_LOCAL: &str = include_str!("../../contrib/qmail/qmail-local");
const QMAIL_QUEUE: &str = include_str!("../../contrib/qmail/qmail-queue");
const RULES: &str = include_str!("../../contrib/qmail/tcp.smtp");

/// The programs of qmail that are not a part of its local delivery.
const PROGRAMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/qmail");

/// The server, until it is dropped: first its programs, then whoever waits for them.
pub(crate) struct Qmail {
    _view: View,
    send: QmailSend,
    port: u16,
}

impl Qmail {
    /// Starts a qmail whose recipient has mailward in .qmail.
    pub(crate) fn start_dot_qmail(site: &Site) -> Qmail {
        Qmail::start_local(site, &adapt(site, DOT_QMAIL), |_| {})
    }

    /// Starts a qmail with mailward in the place of qmail-local; the MDA is in .qmail.
    pub(crate) fn start_in_place_of_qmail_local(site: &Site) -> Qmail {
        let dot_qmail = format!("|{}/bin/preline -f {}\n", folder(site).display(), site.mda().display());
        Qmail::start_local(site, &dot_qmail, |qmail| qmail.put_before_qmail_local(&adapt(site, QMAIL_LOCAL)))
    }

    /// Starts a qmail that takes mail by mailward in the place of qmail-queue. Its queue is that of the client: each try is a call of
    /// qmail-smtpd. What qmail-queue has taken is delivered.
    pub(crate) fn start_in_place_of_qmail_queue(site: &Site) -> Qmail {
        let view = site.view();
        let bin = folder(site).join("bin");
        fs::create_dir_all(&bin).unwrap();
        for name in ["qmail-smtpd", "qmail-queue"] {
            host::copy_program(&format!("{PROGRAMS}/{name}.pl"), &bin.join(name));
        }
        assert!(RULES.contains("QMAILQUEUE=\"/usr/local/sbin/mailward-qmail-queue\""));
        host::install_script(&bin.join("mailward-qmail-queue"), &adapt(site, QMAIL_QUEUE));
        let through = as_recipient(&view);
        let send = QmailSend::start(site, move |queued| hand_in(&through, &bin, queued));
        Qmail::serve(view, send)
    }

    fn start_local(site: &Site, dot_qmail: &str, change: impl FnOnce(&qmail_lspawn::Qmail)) -> Qmail {
        let view = site.view();
        let programs = qmail_lspawn::Qmail::install(folder(site), as_recipient(&view));
        change(&programs);
        let home = site.path().join("home");
        host::make_folder(&home, RECIPIENT, 0o755);
        host::write_file(&home.join(".qmail"), RECIPIENT, 0o644, dot_qmail.as_bytes());
        let send = QmailSend::start(site, move |queued| {
            let (message, sender) = (queued.file.as_path(), queued.sender.as_str());
            let (user, domain, extension) = (RECIPIENT, DOMAIN, "");
            programs.deliver(&Delivery { message, sender, user, domain, home: &home, extension, default: "", environment: &[] })
        });
        Qmail::serve(view, send)
    }

    fn serve(view: View, send: QmailSend) -> Qmail {
        let (take, port) = (send.taker(), wait::free_port());
        sink::listen(port, move |sent| format!("250 ok qp {}", take(sent)));
        Qmail { _view: view, send, port }
    }
}

impl Server for Qmail {
    fn port(&self) -> u16 {
        self.port
    }

    fn queue_id(&self, reply: &str) -> Option<String> {
        reply.rsplit_once(" qp ").map(|(_, id)| id.to_owned())
    }

    fn attempts(&self, id: &str, attempt: Attempt) -> usize {
        let word = match attempt {
            Attempt::Sent => ": success: ",
            Attempt::Deferred => ": deferral: ",
            Attempt::Bounced => ": failure: ",
        };
        let delivery = format!("delivery {id} ");
        self.log().lines().filter(|line| line.starts_with(&delivery) && line.contains(word)).count()
    }

    fn is_done(&self, id: &str) -> bool {
        self.log().contains(&format!("end msg {id}\n"))
    }

    fn queue(&self) -> Vec<String> {
        self.send.queue()
    }

    fn flush(&self) {
        self.send.flush();
    }

    fn log(&self) -> String {
        self.send.log()
    }
}

impl Drop for Qmail {
    fn drop(&mut self) {
        self.send.stop();
        if thread::panicking() {
            let _ = writeln!(std::io::stderr(), "qmail's log:\n{}", self.log());
        }
    }
}

/// What is /var/qmail elsewhere.
pub(crate) fn folder(site: &Site) -> PathBuf {
    site.path().join("qmail")
}

/// A text of contrib, made to fit a site.
fn adapt(site: &Site, text: &str) -> String {
    let (folder, mda) = (folder(site).display().to_string(), site.mda().display().to_string());
    let text = site.adapt(text).replace("/usr/bin/maildrop", &mda).replace("/var/qmail/bin/qmail-queue", &mda);
    text.replace("/var/qmail", &folder)
}

/// The words that start a program as RECIPIENT in a view.
fn as_recipient(view: &View) -> Vec<String> {
    let (user, group) = host::ids_of(RECIPIENT);
    let command = view.command("setpriv", &[&format!("--reuid={user}"), &format!("--regid={group}"), "--clear-groups"]);
    let words = [command.get_program()].into_iter().chain(command.get_args());
    words.map(|word| word.to_str().expect("the words are ASCII").to_owned()).collect()
}

/// Hands a message to qmail-smtpd, and makes of its reply what a client does.
fn hand_in(through: &[String], bin: &Path, queued: &Queued) -> Report {
    let mut command = Command::new(&through[0]);
    command.args(&through[1..]).arg(bin.join("qmail-smtpd")).args([&queued.sender, &queued.recipient]);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("QMAILQUEUE", bin.join("mailward-qmail-queue"));
    let output = command.stdin(File::open(&queued.file).unwrap()).output().unwrap();
    let fate = match output.stdout.first() {
        Some(b'2') => Fate::Delivered,
        Some(b'5') => Fate::Bounced,
        _ => Fate::Queued,
    };
    let said = [output.stdout, output.stderr].concat();
    Report { fate, text: String::from_utf8_lossy(&said).into_owned() }
}
