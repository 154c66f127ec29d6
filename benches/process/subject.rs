//! What is compared: one command line each, how it gets the message, and how one sees that it did its work.
//!
//! Nothing here measures. A new subject is one variant, one line in `name` and one in `Subjects::all`.

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use crate::clamd::Clamd;
use crate::message::Kind;
use crate::workshop::{Tools, Workshop};

/// The subjects, in the order of the report.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Id {
    Cat,
    Procmail,
    Own,
    Defaults,
    Configured,
    Maildir,
    Clamd,
    Clamdscan,
    ProcmailFile,
    DefaultsFile,
    /// The same with nothing changed, so that the very file is handed on.
    HandedOn,
    OwnClamd,
}

impl Id {
    pub(crate) const ALL: [Self; 12] = [
        Self::Cat,
        Self::Procmail,
        Self::Own,
        Self::OwnClamd,
        Self::Defaults,
        Self::Configured,
        Self::Maildir,
        Self::Clamd,
        Self::Clamdscan,
        Self::ProcmailFile,
        Self::DefaultsFile,
        Self::HandedOn,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Cat => "cat > /dev/null",
            Self::Procmail => "procmail alone",
            Self::Own => "mailward's own share (its MDA is refused by the kernel)",
            Self::Defaults => "mailward, built-in defaults, then procmail",
            Self::Configured => "mailward, a config file, no engine, then procmail",
            Self::Maildir => "mailward, a config file, its own maildir delivery",
            Self::Clamd => "mailward with clamd, then procmail",
            Self::Clamdscan => "procmail with the clamdscan recipe",
            Self::ProcmailFile => "procmail alone, message in a file",
            Self::DefaultsFile => "mailward, built-in defaults, then procmail, message in a file",
            Self::HandedOn => "mailward without a tag, then procmail, message in a file that is handed on",
            Self::OwnClamd => "mailward's own share with clamd",
        }
    }

    pub(crate) fn scans(self) -> bool {
        matches!(self, Self::Clamd | Self::Clamdscan | Self::OwnClamd)
    }

    pub(crate) fn reads_a_file(self) -> bool {
        matches!(self, Self::ProcmailFile | Self::DefaultsFile | Self::HandedOn)
    }

    /// Whether it takes part in that timed round. clamd needs a second for 20 MB, so scanners take part in every third round there.
    pub(crate) fn takes_part(self, kind: Kind, round: usize) -> bool {
        match kind {
            Kind::Large => self != Self::OwnClamd && (!self.scans() || round.is_multiple_of(3)),
            Kind::Text | Kind::Html | Kind::Document => self != Self::OwnClamd && !self.reads_a_file(),
        }
    }
}

/// How a run that did its work ends.
#[derive(Clone, Copy)]
enum End {
    /// Exit 0, nothing to see.
    Quiet,
    /// Exit 0 and one message in the maildir, not shorter than what came in.
    Delivered,
    /// Exit 75, because the MDA could not be executed.
    Deferred,
}

/// One command line.
pub(crate) struct Subject {
    pub(crate) id: Id,
    pub(crate) argv: Vec<OsString>,
    end: End,
}

impl Subject {
    /// All that this machine has the tools for.
    pub(crate) fn all(tools: &Tools, shop: &Workshop, clamd: Option<&Clamd>) -> Vec<Self> {
        let procmail = [os(&tools.procmail), "-m".into(), os(&shop.path("plain.rc"))];
        let refused = [os(&shop.path("not-a-program"))];
        let mailward = |config: &str, mda: &[OsString]| deliver(tools, shop, config, mda);
        let mut all = vec![
            Self { id: Id::Cat, argv: vec![os(&tools.cat)], end: End::Quiet },
            Self { id: Id::Procmail, argv: procmail.to_vec(), end: End::Delivered },
            Self { id: Id::Own, argv: mailward("", &refused), end: End::Deferred },
            Self { id: Id::Defaults, argv: mailward("", &procmail), end: End::Delivered },
            Self { id: Id::Configured, argv: mailward("config.toml", &procmail), end: End::Delivered },
            Self { id: Id::Maildir, argv: mailward("maildir.toml", &[]), end: End::Delivered },
            Self { id: Id::ProcmailFile, argv: procmail.to_vec(), end: End::Delivered },
            Self { id: Id::DefaultsFile, argv: mailward("", &procmail), end: End::Delivered },
            Self { id: Id::HandedOn, argv: mailward("untagged.toml", &procmail), end: End::Delivered },
        ];
        if clamd.is_some() {
            let recipe = vec![os(&tools.procmail), "-m".into(), os(&shop.path("clamdscan.rc"))];
            all.push(Self { id: Id::Clamd, argv: mailward("clamd.toml", &procmail), end: End::Delivered });
            all.push(Self { id: Id::Clamdscan, argv: recipe, end: End::Delivered });
            all.push(Self { id: Id::OwnClamd, argv: mailward("clamd.toml", &refused), end: End::Deferred });
        }
        all.sort_by_key(|subject| subject.id);
        all
    }

    /// The command without its standard input, in the environment that Postfix's local(8) gives.
    pub(crate) fn command(&self, shop: &Workshop) -> io::Result<Command> {
        let (program, arguments) = self.argv.split_first().ok_or_else(|| io::Error::other("empty command"))?;
        let mut command = Command::new(program);
        command.args(arguments);
        in_postfix_environment(&mut command, shop);
        command.stdout(Stdio::null()).stderr(File::options().append(true).create(true).open(shop.path("stderr"))?);
        Ok(command)
    }

    /// Says what is wrong with how a run ended, and leaves the maildir empty.
    pub(crate) fn complaint(&self, status: ExitStatus, shop: &Workshop, size: usize) -> io::Result<Option<String>> {
        let (count, largest) = shop.clear()?;
        let expected = match self.end {
            End::Quiet | End::Delivered => 0,
            End::Deferred => 75,
        };
        if status.code() != Some(expected) {
            return Ok(Some(format!("{status}, expected {expected}; {}", shop.last_words())));
        }
        let delivered = count == 1 && largest >= size as u64;
        let complaint = matches!(self.end, End::Delivered) && !delivered;
        Ok(complaint.then(|| format!("{count} messages in the maildir, the largest of {largest} bytes, expected one of {size}")))
    }
}

/// Gives a command nothing of our own environment but what Postfix would set.
pub(crate) fn in_postfix_environment(command: &mut Command, shop: &Workshop) {
    let user = env::var("USER").or_else(|_| env::var("LOGNAME")).unwrap_or_else(|_| "root".to_owned());
    let home = shop.path("");
    command.env_clear().env("HOME", &home).env("PATH", "/usr/bin:/bin").env("SHELL", "/bin/sh");
    command.env("USER", &user).env("LOGNAME", &user).env("LOCAL", &user).env("DOMAIN", "example.org").env("LANG", "C");
    command.env("SENDER", "anna@sender.example").env("RECIPIENT", "bob@example.org");
    command.env("ORIGINAL_RECIPIENT", "bob@example.org").env("CLIENT_ADDRESS", "192.0.2.7").env("CLIENT_PROTOCOL", "ESMTP");
    command.env("CLIENT_HELO", "out.sender.example").env("CLIENT_HOSTNAME", "out.sender.example");
}

fn deliver(tools: &Tools, shop: &Workshop, config: &str, mda: &[OsString]) -> Vec<OsString> {
    let mut argv = vec![os(&tools.mailward), "deliver".into()];
    if !config.is_empty() {
        argv.extend(["--config".into(), os(&shop.path(config))]);
    }
    if !mda.is_empty() {
        argv.push("--".into());
        argv.extend_from_slice(mda);
    }
    argv
}

fn os(path: &std::path::Path) -> OsString {
    PathBuf::from(path).into_os_string()
}
