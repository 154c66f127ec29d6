//! A machine with one mail server as Debian installs it, mailward beside it, and nobody else in its network.
use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output, Stdio};
use std::thread;

use tempfile::TempDir;

use crate::debian::Debian;
use crate::host::{self, RECIPIENT, SENDER};
use crate::setup::snapshot::Snapshot;
use crate::setup::stock::Stock;
use crate::view::{Network, View};
use crate::wait;

const SMTP: &str = include_str!("smtp.sh");

/// Where a person would install it.
const PROGRAM: &str = "/usr/local/sbin/mailward";
/// The folder that setup keeps its copies in.
pub(crate) const JOURNAL: &str = "/var/lib/mailward/setup";
pub(crate) const QUARANTINE: &str = "/var/spool/mailward/quarantine";
const LOG: &str = "/var/log/mailward.log";
/// Where stock configurations put mail for an account whose home is /home.
const MAILBOXES: &str = "/var/mail/mwtest /home/Maildir/new/*";

/// The machine, until it is dropped.
pub(crate) struct Mailhost {
    view: View,
    stock: &'static Stock,
    _folder: TempDir,
}

/// What setup said.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Mailhost {
    /// A machine on which the server does not run yet, or None where these tests cannot run.
    pub(crate) fn prepare(stock: &'static Stock) -> Option<Mailhost> {
        if !host::is_ready() {
            return None;
        }
        let debian = Debian::with(stock.packages)?;
        let folder = tempfile::tempdir().unwrap();
        let mailhost = Mailhost { view: debian.view(folder.path(), Network::Own), stock, _folder: folder };
        mailhost.settle();
        Some(mailhost)
    }

    /// A machine whose server listens.
    pub(crate) fn start(stock: &'static Stock) -> Option<Mailhost> {
        let mailhost = Mailhost::prepare(stock)?;
        mailhost.start_server();
        Some(mailhost)
    }

    /// Starts the server, and waits until it listens.
    pub(crate) fn start_server(&self) {
        (self.stock.start)(self);
        wait::until("somebody to listen", || {
            self.view.command("bash", &["-c", "exec 3<>/dev/tcp/127.0.0.1/25"]).output().ok().filter(is_well)
        });
    }

    pub(crate) fn view(&self) -> &View {
        &self.view
    }

    /// Runs a program in here to its end, which must be a good one.
    pub(crate) fn run(&self, program: &str, arguments: &[&str]) -> String {
        host::run(&mut self.view.command(program, arguments))
    }

    /// Puts a script in here that everybody may run.
    pub(crate) fn write_program(&self, path: &str, script: &str) {
        self.view.write(path, script);
        fs::set_permissions(self.view.path(path), Permissions::from_mode(0o755)).unwrap();
    }

    /// Rewrites a file as somebody with an editor would, and gives what it was.
    pub(crate) fn edit(&self, path: &str, edit: impl FnOnce(&str) -> String) -> String {
        let before = self.view.read(path);
        let after = edit(&before);
        assert_ne!(before, after, "{path}");
        self.view.write(path, &after);
        before
    }

    /// mailward's configuration, with its log where setup and these tests find it.
    pub(crate) fn configure(&self, rest: &str) {
        self.view.write("/etc/mailward/mailward.toml", &format!("log.to = \"{LOG}\"\n{rest}"));
    }

    /// `mailward setup SERVER` with these options.
    pub(crate) fn set_up(&self, options: &[&str]) -> Told {
        self.answer("", &[&[self.stock.name], options].concat())
    }

    /// `mailward setup` with these words, and somebody who answers.
    pub(crate) fn answer(&self, answer: &str, words: &[&str]) -> Told {
        Told::of(&mut self.command(words), answer)
    }

    /// `mailward setup` with these words.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        self.view.command(PROGRAM, &[&["setup"], words].concat())
    }

    /// Setup that does not ask.
    pub(crate) fn apply(&self, mode: &str) -> Told {
        self.set_up(&["--mode", mode, "--yes", "--recipient", &recipient()])
    }

    /// What the server's configuration and the machine's are now.
    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot::of(&self.view, &["/etc", "/usr/local", self.stock.generated])
    }

    /// Sends a message by SMTP, and waits for it in the mailbox.
    pub(crate) fn deliver(&self, name: &str) -> String {
        let id = format!("<{name}@mailward.test>");
        let message = format!("From: {SENDER}@localhost\r\nTo: {}\r\nSubject: {name}\r\nMessage-ID: {id}\r\n\r\n{name}\r\n", recipient());
        let mut command = self.view.command("bash", &["-c", SMTP, "smtp", &format!("{SENDER}@localhost"), &recipient()]);
        let told = Told::of(&mut command, &message);
        assert_eq!(told.status, Some(0), "{told:?}");
        wait::until(&format!("{id} in the mailbox"), || self.mailbox().into_iter().find(|seen| seen.contains(&id)))
    }

    /// Every message that was delivered.
    fn mailbox(&self) -> Vec<String> {
        let script = format!("for file in {MAILBOXES}; do echo; cat $file 2>/dev/null; done; exit 0");
        // A message in a maildir has no line before it.
        self.run("sh", &["-c", &script]).split("\nFrom ").flat_map(|text| text.split("\nReturn-Path: ")).map(str::to_owned).collect()
    }

    fn settle(&self) {
        // The home of the recipient.
        host::make_folder(&self.view.path("/home"), RECIPIENT, 0o755);
        host::copy_program(env!("CARGO_BIN_EXE_mailward"), &self.view.path(PROGRAM));
        fs::create_dir_all(self.view.path("/etc/mailward")).unwrap();
        self.configure("");
        host::write_file(&self.view.path(LOG), "root", 0o666, b"");
        // The smallest Debian lacks the package procps.
        self.write_program("/usr/bin/kill", "#!/bin/sh\nkill \"$@\"\n");
    }
}

impl Drop for Mailhost {
    fn drop(&mut self) {
        if thread::panicking() {
            let logs = ["/var/log/exim4/mainlog", "/var/log/exim4/paniclog", LOG].map(|path| self.view.read(path)).concat();
            let _ = writeln!(std::io::stderr(), "the logs of {}:\n{logs}", self.stock.name);
        }
    }
}

impl From<Output> for Told {
    fn from(output: Output) -> Told {
        let [stdout, stderr] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        Told { status: output.status.code(), stdout, stderr }
    }
}

impl Told {
    /// Runs a program that reads `input`.
    pub(crate) fn of(command: &mut Command, input: &str) -> Told {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A program may leave without having read it.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Told::from(child.wait_with_output().unwrap())
    }

    /// That it was done.
    pub(crate) fn assert_done(&self) {
        assert_eq!(self.status, Some(0), "{self:?}");
    }

    /// That it was refused for this reason.
    pub(crate) fn assert_refused(&self, reason: &str) {
        assert_eq!(self.status, Some(1), "{self:?}");
        assert!(self.stderr.contains(reason), "{reason:?} in {self:?}");
    }
}

/// Who gets mail. Every stock configuration takes localhost for its own.
pub(crate) fn recipient() -> String {
    format!("{RECIPIENT}@localhost")
}

fn is_well(output: &Output) -> bool {
    output.status.success()
}
