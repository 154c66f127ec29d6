//! qmail: the default delivery, or what comes by SMTP.
//!
//! Owns which files of qmail are understood. It must never change a delivery instruction that does more than one thing. What fails is a
//! [`Refusal`].

use super::change::Change;
use super::proposal::{Proposal, Surveyor, Way};
use super::step::Step;
use super::{Refusal, Result, host, itself};
use crate::cli::{Mode, Server};
use std::path::{Path, PathBuf};
use std::time::Duration;

const DEFAULT_DELIVERY: &str = "/var/qmail/control/defaultdelivery";
const QUEUE: &str = "/var/qmail/bin/qmail-queue";

/// Where the rules of tcpserver lie: qmail's own documentation, and vpopmail.
const RULES: [&str; 3] = ["/etc/tcp.smtp", "/etc/tcprules.d/tcp.smtp", "/home/vpopmail/etc/tcp.smtp"];

/// qmail itself waits for ever; a client of qmail-smtpd waits ten minutes for the answer to its message (RFC 5321 section 4.5.3.2.6).
const LIMIT: Duration = Duration::from_mins(10);

/// The proposal for the qmail of this machine.
pub(super) fn propose(surveyor: &Surveyor<'_>) -> Result<Proposal> {
    if host::read(Path::new(QUEUE))?.is_none() {
        return Err(Refusal::new(format!("qmail is not installed: there is no {QUEUE}")));
    }
    let proposal = match surveyor.mode {
        Mode::Incoming => incoming(surveyor)?,
        Mode::Both => by_smtp(surveyor)?,
    };
    let time = surveyor.ensure_time("what an SMTP client waits", LIMIT)?;
    let remarks = proposal.remarks.into_iter().chain([time]).collect();
    Ok(Proposal { remarks, quarantine: surveyor.quarantine(None)?, ..proposal })
}

/// Mail for users without a .qmail file.
fn incoming(surveyor: &Surveyor<'_>) -> Result<Proposal> {
    let path = Path::new(DEFAULT_DELIVERY);
    if host::read(path)?.is_none() {
        let why = "the default delivery stands in /var/qmail/rc alone; see contrib/qmail/rc, or try --mode both";
        return Err(Refusal::new(format!("{DEFAULT_DELIVERY}: there is no such file: {why}")));
    }
    let change = Change::of(path, |text| with_mailward(text, surveyor))?;
    let remarks = vec![
        format!("Mail for users without a .qmail file goes to: {}", change.before.as_deref().unwrap_or_default().trim()),
        "Users with a .qmail file go around it: see contrib/qmail/qmail-local.".to_owned(),
        "qmail-start reads it when qmail is started again.".to_owned(),
    ];
    Ok(Proposal { remarks, changes: vec![change], ..surveyor.begin(Server::Qmail) })
}

/// The one delivery instruction with mailward before it.
fn with_mailward(text: &str, surveyor: &Surveyor<'_>) -> Result<String> {
    let refused = |why: &str| Refusal::new(format!("{DEFAULT_DELIVERY}: {}: {why}", text.trim()));
    let (command, line) = (&surveyor.command, text.trim());
    let is_maildir = line.starts_with("./") && line.ends_with('/');
    match line.strip_prefix('|') {
        _ if itself::is_called_in(line) => Err(refused("mailward is there already")),
        _ if line.lines().count() != 1 => Err(refused("expected one delivery instruction")),
        Some(agent) if host::is_more_than_one_command(agent) => Err(refused("it is more than one command")),
        Some(agent) if !is_program(agent) => Err(refused("it does not begin with a program that is installed")),
        Some(agent) => Ok(format!("|{command} -- {}\n", agent.trim())),
        None if is_maildir => {
            let maildir = format!("~/{}", line.trim_start_matches("./").trim_end_matches('/'));
            if surveyor.settings.delivery.maildir.as_deref() == Some(maildir.as_str()) {
                // preline puts Return-Path and Delivered-To on top, as qmail-local does for a maildir.
                return Ok(format!("|/var/qmail/bin/preline -f {command}\n"));
            }
            Err(refused(&format!("add to mailward.toml: [delivery] maildir = \"{maildir}\", and run setup again")))
        }
        None => Err(refused("mailward writes no mailboxes of the mbox form; name a delivery agent, or a maildir")),
    }
}

/// Whether a delivery instruction begins with a program, which qmail's own may be.
fn is_program(agent: &str) -> bool {
    let word = agent.split_whitespace().next().unwrap_or_default();
    host::begins_with_program(agent) || Path::new("/var/qmail/bin").join(word).is_file()
}

/// What comes by SMTP, in both directions: qmail-smtpd calls what QMAILQUEUE names.
fn by_smtp(surveyor: &Surveyor<'_>) -> Result<Proposal> {
    let path = RULES.iter().map(Path::new).find(|path| path.exists());
    let path = path.ok_or_else(|| Refusal::new(format!("expected the rules of tcpserver in {}", RULES.join(" or "))))?;
    ensure_own_folder(path)?;
    let made = PathBuf::from(format!("{}.cdb", path.display()));
    if host::read(&made)?.is_none() {
        return Err(Refusal::new(format!("{}: there is no such file, so that {} is not in use", made.display(), path.display())));
    }
    let script = itself::folder()?.join("mailward-qmail-queue");
    let rules = Change::of(path, |text| with_queue(text, &script.display().to_string()))?;
    let command = surveyor.command.replacen(" deliver", " qmail-queue", 1);
    let script = Change::program(&script, format!("#!/bin/sh\nexec {command} -- {QUEUE}\n"))?;
    let tcprules = Step::of(&format!("tcprules {} {}.tmp", made.display(), made.display())).reading(path.to_owned());
    Ok(Proposal {
        remarks: vec![
            format!("Mail comes in by tcpserver, with the rules in {}", path.display()),
            "What programs of this machine send is scanned only where QMAILQUEUE is in their environment.".to_owned(),
        ],
        changes: vec![rules, script],
        generated: vec![made],
        steps: vec![tcprules],
        way: Way::Smtp,
        ..surveyor.begin(Server::Qmail)
    })
}

/// The rules with QMAILQUEUE wherever a client is allowed.
fn with_queue(text: &str, script: &str) -> Result<String> {
    if let Some(line) = text.lines().find(|line| line.contains("QMAILQUEUE")) {
        return Err(Refusal::new(format!("{line}: another filter is in the way; put its name behind ours by hand")));
    }
    let mut rules = String::new();
    for line in text.lines() {
        rules += line.trim_end();
        match () {
            () if line.starts_with('#') || line.trim().is_empty() => {}
            () if line.contains(":allow") => rules += &format!(",QMAILQUEUE=\"{script}\""),
            () if line.contains(":deny") => {}
            () => return Err(Refusal::new(format!("{line}: expected ADDRESS:allow or ADDRESS:deny"))),
        }
        rules.push('\n');
    }
    // Whom no rule names tcpserver lets in all the same.
    if !text.lines().any(|line| line.starts_with(':')) {
        rules += &format!(":allow,QMAILQUEUE=\"{script}\"\n");
    }
    Ok(rules)
}

/// That nobody but root can put a link where tcprules(1) writes its new file.
fn ensure_own_folder(path: &Path) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    if host::is_roots_own(folder)? {
        return Ok(());
    }
    Err(Refusal::new(format!("{}: somebody else than root may write to it; put QMAILQUEUE into the rules by hand", folder.display())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    fn delivered(line: &str, maildir: Option<&str>) -> Result<String> {
        let mut settings = Settings::default();
        settings.delivery.maildir = maildir.map(str::to_owned);
        let surveyor = Surveyor { mode: Mode::Incoming, settings: &settings, command: "/m deliver".into(), recipient: "ann".into() };
        with_mailward(line, &surveyor)
    }

    #[test]
    fn one_delivery_instruction_gets_mailward_before_it() {
        assert_eq!(delivered("./Maildir/\n", Some("~/Maildir")).unwrap(), "|/var/qmail/bin/preline -f /m deliver\n");
        assert_eq!(delivered("./.maildir/\n", Some("~/.maildir")).unwrap(), "|/var/qmail/bin/preline -f /m deliver\n");
        assert_eq!(delivered("|env x\n", None).unwrap(), "|/m deliver -- env x\n");
        for line in ["|exec env x", "|A=b env x", "|if", "./Maildir/", "./Mailbox", "|a | b", "|a\n|b", "|/m mailward deliver", ""] {
            assert!(delivered(line, None).is_err(), "{line}");
        }
    }

    #[test]
    fn every_rule_that_allows_gets_the_queue() {
        let rules = "# mine\n127.:allow,RELAYCLIENT=\"\"\n10.1.:deny\n:allow\n";
        let expected = "# mine\n127.:allow,RELAYCLIENT=\"\",QMAILQUEUE=\"/q\"\n10.1.:deny\n:allow,QMAILQUEUE=\"/q\"\n";
        assert_eq!(with_queue(rules, "/q").unwrap(), expected);
        for rules in [":allow,QMAILQUEUE=\"simscan\"\n", "127.allow\n"] {
            assert!(with_queue(rules, "/q").is_err(), "{rules}");
        }
        let alone = "::1:allow\n127.:allow,RELAYCLIENT=\"\"\n";
        let expected = "::1:allow,QMAILQUEUE=\"/q\"\n127.:allow,RELAYCLIENT=\"\",QMAILQUEUE=\"/q\"\n";
        assert_eq!(with_queue(alone, "/q").unwrap(), expected, "an address of IPv6 begins with a colon too");
        let alone = "127.:allow,RELAYCLIENT=\"\"\n";
        assert!(with_queue(alone, "/q").unwrap().ends_with("\n:allow,QMAILQUEUE=\"/q\"\n"));
    }
}
