//! What setup is going to do, before any of it is done.
//!
//! Owns the proposal: how it is shown, and the order in which it is carried out. It must never do what it has not shown. What fails is a
//! [`Refusal`]; whoever calls puts back what was there.

use super::change::Change;
use super::journal::{Journal, Made};
use super::step::Step;
use super::{Refusal, Result, account, exim, host, itself, opensmtpd, postfix, qmail, say, sendmail, surroundings};
use crate::cli::{self, Mode, Server};
use crate::config::Settings;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

/// A folder that is to be made.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Folder {
    pub path: PathBuf,
    pub mode: u32,
    pub owner: &'static str,
}

/// By which way a test message gets to mailward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// sendmail(1), as any program of this machine sends mail.
    Sendmail,
    /// SMTP to this machine, because what it sends itself is not scanned.
    Smtp,
}

/// What setup is going to do.
#[derive(Debug)]
pub(super) struct Proposal {
    /// The mail server.
    pub server: Server,
    /// What was found, and what the administrator has to know or do, a line each.
    pub remarks: Vec<String>,
    /// An account that is missing.
    pub account: Option<&'static str>,
    /// The quarantine, if it is missing.
    pub quarantine: Option<Folder>,
    /// The files that are changed.
    pub changes: Vec<Change>,
    /// Files that commands write anew.
    pub generated: Vec<PathBuf>,
    /// What makes the changes count, and what says whether they are right; undoing runs them too.
    pub steps: Vec<Step>,
    /// How it is tried.
    pub way: Way,
    /// Who gets the two test messages.
    pub recipient: String,
}

impl Proposal {
    /// All that will be done.
    pub(super) fn text(&self) -> String {
        let lines: String = self.remarks.iter().map(|line| format!("{line}\n")).collect();
        let changes: String = self.changes.iter().map(Change::difference).collect();
        let steps: String = self.all_steps().map(|step| format!("  {step}\n")).collect();
        format!("{lines}{changes}These commands will be run, in this order:\n{steps}")
    }

    /// What is done besides changing files, in words that a shell understands.
    fn all_steps(&self) -> impl Iterator<Item = String> {
        let account = self.account.map(|name| account::making(name).to_string());
        let folder = self.quarantine.as_ref().map(account::making_folder);
        let steps = self.steps.iter().cloned().chain(reload(self.server)).map(|step| step.to_string());
        account.into_iter().chain(folder).chain(steps)
    }

    /// Does it.
    pub(super) fn carry_out(&self, journal: &Journal, out: &mut dyn Write) -> Result<()> {
        if let Some(name) = self.account {
            account::making(name).run()?;
            journal.note(Made::Account)?;
        }
        if let Some(folder) = &self.quarantine {
            account::make_folder(folder)?;
            journal.note(Made::Quarantine(folder.path.clone()))?;
        }
        for change in &self.changes {
            change.apply()?;
            say(out, &format!("changed {}\n", change.path.display()));
        }
        for step in &self.steps {
            step.run()?;
            say(out, &format!("ran {step}\n"));
        }
        self.ensure_generated()?;
        if let Some(step) = reload(self.server) {
            step.run()?;
            say(out, &format!("ran {step}\n"));
        }
        Ok(())
    }

    /// That what the commands have made knows of us: a tool may look at other files than we think.
    fn ensure_generated(&self) -> Result<()> {
        for path in &self.generated {
            let text = host::read(path)?.unwrap_or_default();
            if memchr::memmem::find(&text, b"mailward").is_none() {
                return Err(Refusal::new(format!("{}: the change has not come to it", path.display())));
            }
        }
        Ok(())
    }
}

/// What has a mail server read its configuration again, if it is running.
pub(super) fn reload(server: Server) -> Option<Step> {
    match server {
        Server::Postfix => postfix::reload(),
        Server::Sendmail => sendmail::reload(),
        Server::Exim => exim::reload(),
        // Its programs read their files anew for each message.
        Server::Qmail => None,
        Server::Opensmtpd => opensmtpd::reload(),
    }
}

/// What all mail servers' proposals begin from.
pub(super) struct Surveyor<'a> {
    pub mode: Mode,
    pub settings: &'a Settings,
    /// mailward itself, and how it is told of its configuration.
    pub command: String,
    pub recipient: String,
}

impl<'a> Surveyor<'a> {
    /// Looks at what does not depend on the mail server.
    pub(super) fn new(call: &cli::Setup, settings: &'a Settings) -> Result<Self> {
        let program = itself::path()?;
        let told = itself::configuration(call.config.as_deref())?.map(|path| format!(" --config {path}")).unwrap_or_default();
        let caller = || std::env::var("SUDO_USER").ok().filter(|name| name != "root");
        let recipient = call.recipient.clone().or_else(caller).unwrap_or_else(|| "postmaster".to_owned());
        Ok(Self { mode: call.mode, settings, command: format!("{program} deliver{told}"), recipient })
    }

    /// A proposal that changes nothing yet.
    pub(super) fn begin(&self, server: Server) -> Proposal {
        Proposal {
            server,
            remarks: Vec::new(),
            account: None,
            quarantine: None,
            changes: Vec::new(),
            generated: Vec::new(),
            steps: Vec::new(),
            way: Way::Sendmail,
            recipient: self.recipient.clone(),
        }
    }

    /// The proposal for a mail server.
    pub(super) fn propose(&self, server: Server) -> Result<Proposal> {
        let mut proposal = match server {
            Server::Postfix => postfix::propose(self)?,
            Server::Sendmail => sendmail::propose(self)?,
            Server::Exim => exim::propose(self)?,
            Server::Qmail => qmail::propose(self)?,
            Server::Opensmtpd => opensmtpd::propose(self)?,
        };
        proposal.remarks.extend(surroundings::remarks(server));
        Ok(proposal)
    }

    /// That mailward gives up before the mail server gives mailward up.
    pub(super) fn ensure_time(&self, name: &str, limit: Duration) -> Result<String> {
        let deadline = self.settings.limits.deadline;
        if deadline < limit {
            return Ok(format!("limits.deadline, {} s, is below {name}, {} s", deadline.as_secs(), limit.as_secs()));
        }
        Err(Refusal::new(format!(
            "limits.deadline is {} s and must be below {name}, {} s: behind that the mail would bounce",
            deadline.as_secs(),
            limit.as_secs()
        )))
    }

    /// The quarantine, if it is missing, for mail that is delivered as its recipient, or by `owner` for all.
    pub(super) fn quarantine(&self, owner: Option<&'static str>) -> Result<Option<Folder>> {
        let path = &self.settings.quarantine.path;
        // Each recipient makes their own there.
        if path.contains(['~', '{']) {
            return Ok(None);
        }
        let mode = if owner.is_some() { 0o700 } else { 0o1733 };
        let folder = Folder { path: path.into(), mode, owner: owner.unwrap_or("root") };
        if !folder.path.exists() {
            return Ok(Some(folder));
        }
        account::ensure_fits(&folder).map(|()| None)
    }
}
