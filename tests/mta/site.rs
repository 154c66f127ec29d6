//! A test's own folder: the program under test, its configuration, and the maildirs that mail ends in.
//!
//! The recipient's account must reach all of it, so the folder is open to all and holds a copy of the program; the build folder may
//! well lie below somebody's closed home.
use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::thread;

use tempfile::TempDir;

use crate::clamd::Clamd;
use crate::debian::Debian;
use crate::host::{self, RECIPIENT, SENDER};
use crate::maildir::Maildir;
use crate::postfix::{self, Postfix};
use crate::view::{Network, View};

/// In the servers' roots.
pub(crate) const PROCMAIL: &str = "/usr/bin/procmail";
const MAILDROP: &str = "/usr/bin/maildrop";

/// The folder, until it is dropped. Declare it before the servers that live in it, so that it goes last.
pub(crate) struct Site {
    folder: TempDir,
    debian: Debian,
    /// Where the MDA puts mail for RECIPIENT.
    pub(crate) inbox: Maildir,
    /// Where mail for SENDER ends: bounces.
    pub(crate) outbox: Maildir,
    /// Where mailward keeps originals; mailward makes it.
    pub(crate) quarantine: Maildir,
}

impl Site {
    /// A new site for a Postfix, or None where these tests cannot run.
    pub(crate) fn open() -> Option<Site> {
        Site::with(&postfix::PACKAGES)
    }

    /// A new site for a server whose root has these packages, or None where these tests cannot run.
    pub(crate) fn with(packages: &[&str]) -> Option<Site> {
        if !host::is_ready() {
            return None;
        }
        let debian = Debian::with(packages)?;
        let folder = tempfile::Builder::new().prefix("mailward-mta-").tempdir_in("/tmp").unwrap();
        host::make_folder(folder.path(), "root", 0o755);
        host::make_folder(&folder.path().join("state"), RECIPIENT, 0o700);
        let site = Site {
            inbox: Maildir::make(folder.path().join("inbox"), RECIPIENT),
            outbox: Maildir::make(folder.path().join("outbox"), SENDER),
            quarantine: Maildir::at(folder.path().join("state/quarantine")),
            folder,
            debian,
        };
        host::copy_program(env!("CARGO_BIN_EXE_mailward"), &site.program());
        site.write_sendmail();
        Some(site)
    }

    /// A text of contrib, made to fit this site: its program and configuration, its user, and its MDA in the place of what the text
    /// hands on to.
    pub(crate) fn adapt(&self, text: &str) -> String {
        let mda = self.mda().display().to_string();
        let replacements = [
            ("/usr/local/sbin/mailward deliver", self.command()),
            ("/usr/local/sbin/mailward qmail-queue", self.command().replace(" deliver ", " qmail-queue ")),
            ("/usr/bin/procmail -t", mda.clone()),
            ("/usr/bin/procmail -Y", format!("{mda} -Y")),
            ("/usr/sbin/sendmail", mda.clone()),
            ("/usr/local/libexec/mailward-resubmit\"", format!("{mda}\"")),
            ("/usr/sbin/exim4", mda),
            ("user=mailward ", format!("user={RECIPIENT} ")),
            ("user=vmail ", format!("user={RECIPIENT} ")),
            ("user = mailward\n", format!("user = {RECIPIENT}\n")),
            ("uucp : mailward", format!("uucp : {RECIPIENT}")),
        ];
        replacements.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    }

    /// Has the MDA of `adapt` be this shell script.
    pub(crate) fn write_mda(&self, script: &str) {
        host::install_script(&self.mda(), script);
    }

    /// Writes mailward's configuration: what a test needs to look inside, and `rest`.
    pub(crate) fn configure(&self, rest: &str) {
        let (state, sendmail) = (self.state(), self.sendmail());
        let (state, sendmail) = (state.display(), sendmail.display());
        let quarantine = self.quarantine.path().display();
        self.write_configuration(&format!(
            "[log]\nto = \"{state}/log\"\n[quarantine]\npath = \"{quarantine}\"\n[notice]\nsendmail = [\"{sendmail}\"]\n{rest}"
        ));
    }

    /// Writes mailward's configuration file as given.
    pub(crate) fn write_configuration(&self, text: &str) {
        host::write_file(&self.configuration(), "root", 0o644, text.as_bytes());
    }

    /// Starts a clamd in this site.
    pub(crate) fn start_clamd(&self) -> Clamd {
        Clamd::start(self.path().join("clamd"))
    }

    /// Starts a Postfix that gives the recipient's mail to `mailward deliver -- mda`.
    pub(crate) fn start_postfix(&self, mda: &str) -> Postfix {
        Postfix::start(self, &format!("{} -- {mda}", self.command()))
    }

    /// Starts a Postfix that gives the recipient's mail to `mailward deliver` alone.
    pub(crate) fn start_postfix_without_mda(&self) -> Postfix {
        Postfix::start(self, &self.command())
    }

    /// A fresh view of the server's root, with this site in it.
    pub(crate) fn view(&self) -> View {
        self.debian.view(self.path(), Network::Machines)
    }

    /// Puts the program and its configuration into a view, where the recipes in contrib expect them.
    pub(crate) fn install(&self, view: &View) {
        symlink(self.program(), view.path("/usr/local/sbin/mailward")).unwrap();
        fs::create_dir(view.path("/etc/mailward")).unwrap();
        symlink(self.configuration(), view.path("/etc/mailward/mailward.toml")).unwrap();
    }

    /// Opens log and quarantine to every account, the way `make install` leaves the quarantine: for servers that run mailward as more
    /// than one.
    pub(crate) fn share(&self) {
        host::make_folder(&self.state(), "root", 0o1777);
        host::write_file(&self.state().join("log"), "root", 0o666, b"");
        for folder in ["", "tmp", "new", "cur", "records", "slots"] {
            host::make_folder(&self.quarantine.path().join(folder), "root", 0o1733);
        }
    }

    /// procmail, which delivers to the inbox.
    pub(crate) fn procmail(&self) -> String {
        procmail_into(&self.inbox)
    }

    /// procmail, which delivers to the outbox.
    pub(crate) fn procmail_to_outbox(&self) -> String {
        procmail_into(&self.outbox)
    }

    /// maildrop, which delivers to the inbox by a filter file.
    pub(crate) fn maildrop(&self) -> String {
        let filter = self.state().join("mailfilter");
        host::write_file(&filter, RECIPIENT, 0o600, format!("to \"{}\"\n", self.inbox.path().display()).as_bytes());
        format!("{MAILDROP} {}", filter.display())
    }

    /// The notices that mailward sent.
    pub(crate) fn notices(&self) -> Vec<String> {
        let files = fs::read_dir(self.state()).unwrap().map(|entry| entry.unwrap().path());
        let notices = files.filter(|path| path.extension().is_some_and(|extension| extension == "notice"));
        notices.map(|path| fs::read_to_string(path).unwrap()).collect()
    }

    /// mailward's log.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.state().join("log")).unwrap_or_default()
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// `mailward deliver` with this site's configuration.
    pub(crate) fn command(&self) -> String {
        format!("{} deliver --config {}", self.program().display(), self.configuration().display())
    }

    /// mailward, as the servers call it.
    pub(crate) fn program(&self) -> PathBuf {
        self.path().join("mailward")
    }

    fn configuration(&self) -> PathBuf {
        self.path().join("mailward.toml")
    }

    /// What contrib's texts hand on to.
    pub(crate) fn mda(&self) -> PathBuf {
        self.path().join("mda")
    }

    /// The one folder that the recipient may write to.
    fn state(&self) -> PathBuf {
        self.path().join("state")
    }

    fn sendmail(&self) -> PathBuf {
        self.path().join("sendmail")
    }

    /// A sendmail that keeps what it is given. The real one asks for its configuration in a place that belongs to the machine.
    fn write_sendmail(&self) {
        let script = format!("#!/bin/sh\nexec cat >\"{}/$$.notice\"\n", self.state().display());
        host::write_file(&self.sendmail(), "root", 0o755, script.as_bytes());
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if thread::panicking() {
            let _ = writeln!(std::io::stderr(), "mailward's log:\n{}", self.log());
        }
    }
}

/// procmail for one maildir; the empty rule file keeps it from reading the account's own.
fn procmail_into(maildir: &Maildir) -> String {
    format!("{PROCMAIL} -t DEFAULT={}/ /dev/null", maildir.path().display())
}
