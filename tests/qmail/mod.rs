//! qmail's side of a local delivery, as qmail 1.03 has it: what qmail-lspawn does and says is here (qmail-lspawn.c, spawn.c), what
//! qmail-local does is in `qmail-local.pl`, and `preline.pl` is preline. `qmail-smtpd.pl` and `qmail-queue.pl` are the way in, before and
//! behind QMAILQUEUE.
//!
//! It knows nothing of other test code, so that any group of tests may use it.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/qmail");

/// Most bytes of a report, and what stands at the end of one that was longer.
const LONGEST_REPORT: usize = 3000;
const CUT: &str = "\nError report too long, sorry.\n";

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// `K`: it is done with.
    Delivered,
    /// `Z`: it stays in the queue.
    Queued,
    /// `D`: it goes back to its sender.
    Bounced,
}

/// What qmail-lspawn tells qmail-send of one delivery.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) fate: Fate,
    /// What qmail-local and all that it started have printed, for the log and the bounce.
    pub(crate) text: String,
}

/// The folder that is /var/qmail elsewhere.
pub(crate) struct Qmail {
    folder: PathBuf,
    /// What its programs are started through.
    through: Vec<String>,
}

impl Qmail {
    /// Makes the folder, with qmail-local and preline in it. Mail is delivered through these words, such as those of `setpriv`.
    pub(crate) fn install(folder: PathBuf, through: Vec<String>) -> Self {
        fs::create_dir_all(folder.join("bin")).unwrap();
        let qmail = Self { folder, through };
        qmail.put(Path::new(HERE).join("qmail-local.pl"), "qmail-local");
        qmail.put(Path::new(HERE).join("preline.pl"), "preline");
        qmail
    }

    /// Puts a script into the place of qmail-local, which is called qmail-local.real from now on.
    pub(crate) fn put_before_qmail_local(&self, script: &str) {
        fs::rename(self.bin("qmail-local"), self.bin("qmail-local.real")).unwrap();
        fs::write(self.bin("script"), script).unwrap();
        self.put(self.bin("script"), "qmail-local");
    }

    /// The path of a program.
    pub(crate) fn bin(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name)
    }

    /// Another process copies it: were it open for writing in this one, a child that another test starts meanwhile would inherit it,
    /// and the kernel would not run it (ETXTBSY).
    fn put(&self, program: PathBuf, name: &str) {
        let status = Command::new("install").arg("--mode=755").arg(program).arg(self.bin(name)).status().unwrap();
        assert!(status.success());
    }

    /// Delivers as qmail-lspawn does: SIGPIPE ignored, SIGCHLD blocked, nothing in the environment but what qmail-start was given,
    /// stdout and stderr one pipe, which is read to its end.
    pub(crate) fn deliver(&self, delivery: &Delivery<'_>) -> Report {
        let (mut reader, writer) = std::io::pipe().unwrap();
        let folder = format!("--chdir={}", self.folder.display());
        let lspawn = ["env", &folder, "--ignore-signal=PIPE", "--block-signal=CHLD", "bin/qmail-local", "--"].map(str::to_owned);
        let words: Vec<String> = self.through.iter().cloned().chain(lspawn).chain(delivery.words()).collect();
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]);
        command.env_clear().envs([("PATH", "/usr/bin:/bin")]).envs(delivery.environment.iter().copied());
        command.stdin(File::open(delivery.message).unwrap()).stderr(writer.try_clone().unwrap()).stdout(writer);
        let mut child = command.spawn().unwrap();
        // Our copies of the write end must go, or there is no end to read to.
        drop(command);
        let mut said = Vec::new();
        reader.read_to_end(&mut said).unwrap();
        report(child.wait().unwrap(), &said)
    }
}

/// One message to one address.
pub(crate) struct Delivery<'a> {
    /// The file in the queue: the message without what qmail-local puts before it.
    pub(crate) message: &'a Path,
    /// The envelope sender; empty for the null sender.
    pub(crate) sender: &'a str,
    /// Whose mailbox it is, and the domain of the address.
    pub(crate) user: &'a str,
    pub(crate) domain: &'a str,
    /// The home with .qmail files.
    pub(crate) home: &'a Path,
    /// What stands behind the user's name and a dash in the address; empty for the name alone.
    pub(crate) extension: &'a str,
    /// The default delivery that qmail-start was given.
    pub(crate) default: &'a str,
    /// What qmail-start was given besides.
    pub(crate) environment: &'a [(&'a str, &'a str)],
}

impl Delivery<'_> {
    /// user, home, local part, dash, extension, domain, sender and default delivery (qmail-local(8)).
    fn words(&self) -> [String; 8] {
        let dash = if self.extension.is_empty() { "" } else { "-" };
        let local = format!("{}{dash}{}", self.user, self.extension);
        let home = self.home.display().to_string();
        [self.user, &home, &local, dash, self.extension, self.domain, self.sender, self.default].map(str::to_owned)
    }
}

/// What qmail-lspawn makes of an end, and of what was printed up to the first NUL. The statuses that are not qmail-local's are
/// its own (qlx.h): it says something else for them, and the fate is this.
fn report(status: ExitStatus, said: &[u8]) -> Report {
    let fate = match status.code() {
        None => return Report { fate: Fate::Queued, text: "qmail-local crashed.\n".to_owned() },
        Some(0) => Fate::Delivered,
        Some(71 | 74 | 75 | 111 | 112 | 113 | 115..=121) => Fate::Queued,
        Some(_) => Fate::Bounced,
    };
    assert!(status.signal().is_none());
    let said = said.split(|byte| *byte == 0).next().unwrap_or_default();
    let mut text = String::from_utf8_lossy(said).into_owned();
    if text.len() > LONGEST_REPORT {
        text = text.chars().take(LONGEST_REPORT - CUT.len() - 3).chain(CUT.chars()).collect();
    }
    Report { fate, text }
}
