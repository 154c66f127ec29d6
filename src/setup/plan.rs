//! What setup is going to do, before any of it is done.
//!
//! Owns the plan: how it is shown, and the order in which it is carried out. It must never do what it has not shown. What fails is a
//! [`Refusal`]; whoever calls puts back what was there.

use super::change::Change;
use super::step::Step;
use super::{Refusal, Result, account, exim, opensmtpd, postfix, program, qmail, sendmail, surroundings};
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
pub(super) struct Plan {
    /// The mail server.
    pub server: Server,
    /// What was found, a line each.
    pub found: Vec<String>,
    /// What the administrator has to know or do, a line each.
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
    pub commands: Vec<Step>,
    /// How it is tried.
    pub way: Way,
    /// Who gets the two test messages.
    pub recipient: String,
}

impl Plan {
    /// Shows all that will be done.
    pub(super) fn show(&self, out: &mut dyn Write) -> Result<()> {
        let mut text = String::new();
        let lines = self.found.iter().chain(&self.remarks);
        lines.for_each(|line| text.push_str(&format!("{line}\n")));
        self.changes.iter().for_each(|change| text.push_str(&change.difference()));
        text.push_str("These commands will be run, in this order:\n");
        self.steps().for_each(|step| text.push_str(&format!("  {step}\n")));
        Ok(out.write_all(text.as_bytes())?)
    }

    /// What is done besides changing files, in words that a shell understands.
    fn steps(&self) -> impl Iterator<Item = String> {
        let account = self.account.map(|name| account::making(name).to_string());
        let folder = self.quarantine.as_ref().map(account::making_folder);
        let commands = self.commands.iter().cloned().chain(reload(self.server)).map(|step| step.to_string());
        account.into_iter().chain(folder).chain(commands)
    }

    /// Does it.
    pub(super) fn carry_out(&self, out: &mut dyn Write) -> Result<()> {
        if let Some(name) = self.account {
            account::making(name).run()?;
        }
        if let Some(folder) = &self.quarantine {
            account::make_folder(folder)?;
        }
        for change in &self.changes {
            change.apply()?;
            writeln!(out, "changed {}", change.path.display())?;
        }
        for step in self.commands.iter().cloned().chain(reload(self.server)) {
            step.run()?;
            writeln!(out, "ran {step}")?;
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

/// What all mail servers' plans begin from.
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
        if !call.dry_run && !rustix::process::geteuid().is_root() {
            return Err(Refusal::new("setup changes the configuration of a mail server: run it as root, or with --dry-run"));
        }
        let program = program::own()?;
        let config = call.config.as_ref().map(|path| program::named(path)).transpose()?;
        let told = config.map(|path| format!(" --config {path}")).unwrap_or_default();
        let caller = || std::env::var("SUDO_USER").ok().filter(|name| name != "root");
        let recipient = call.recipient.clone().or_else(caller).unwrap_or_else(|| "postmaster".to_owned());
        Ok(Self { mode: call.mode, settings, command: format!("{program} deliver{told}"), recipient })
    }

    /// The plan for a mail server.
    pub(super) fn plan(&self, server: Server) -> Result<Plan> {
        let plan = match server {
            Server::Postfix => postfix::plan(self)?,
            Server::Sendmail => sendmail::plan(self)?,
            Server::Exim => exim::plan(self)?,
            Server::Qmail => qmail::plan(self)?,
            Server::Opensmtpd => opensmtpd::plan(self)?,
        };
        let remarks = plan.remarks.iter().cloned().chain(surroundings::remarks(server)).collect();
        Ok(Plan { remarks, ..plan })
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

    /// The quarantine for mail that is delivered as its recipient, or by `owner` for all.
    pub(super) fn quarantine(&self, owner: Option<&'static str>) -> Option<Folder> {
        let path = &self.settings.quarantine.path;
        // Each recipient makes their own there.
        if path.contains(['~', '{']) || std::path::Path::new(path).exists() {
            return None;
        }
        Some(Folder { path: path.into(), mode: if owner.is_some() { 0o700 } else { 0o1733 }, owner: owner.unwrap_or("root") })
    }
}
