//! OpenSMTPD: a wrapper around every local delivery, and a delivery to the scanner before every relay.
//!
//! Owns which lines of smtpd.conf are understood. It must never put a wrapper where one is, nor read past an include. What fails is a
//! [`Refusal`].

use super::change::Change;
use super::proposal::{Proposal, Surveyor};
use super::step::Step;
use super::{Refusal, Result, account, host, itself};
use crate::cli::{Mode, Server};
use std::path::Path;
use std::time::Duration;

const BOTH: &str = include_str!("../../contrib/opensmtpd/both.conf");
const RESUBMIT: &str = include_str!("../../contrib/opensmtpd/resubmit");
const CONTRIBS_RESUBMIT: &str = "/usr/local/libexec/mailward-resubmit";

/// Where systems keep smtpd.conf: Debian, Fedora, Arch and Alpine, OpenBSD.
const FILES: [&str; 4] = ["/etc/smtpd.conf", "/etc/opensmtpd/smtpd.conf", "/etc/smtpd/smtpd.conf", "/etc/mail/smtpd.conf"];

/// What smtpd gives a delivery (MTA_TIMEOUT of its sources).
const LIMIT: Duration = Duration::from_mins(5);

/// The ways to deliver that run a command, for which a wrapper holds (smtpd.conf(5)).
const DELIVERIES: [&str; 4] = ["maildir", "mbox", "lmtp", "mda"];

/// The ways that run none.
const OTHERS: [&str; 3] = ["relay", "expand-only", "forward-only"];

/// The proposal for the OpenSMTPD of this machine.
pub(super) fn propose(surveyor: &Surveyor<'_>) -> Result<Proposal> {
    let path = FILES.iter().map(Path::new).find(|path| path.exists());
    let path = path.ok_or_else(|| Refusal::new(format!("OpenSMTPD is not configured: there is no {}", FILES.join(", no "))))?;
    let folder = itself::folder()?;
    let script = folder.join("mailward-resubmit");
    let change = Change::of(path, |text| edited(text, surveyor, &script.display().to_string()))?;
    let both = surveyor.mode == Mode::Both;
    let script = both.then(|| Change::program(&script, RESUBMIT.replace(CONTRIBS_RESUBMIT, &script.display().to_string())));
    Ok(Proposal {
        remarks: vec![format!("OpenSMTPD, configured in {}", path.display()), surveyor.ensure_time("what smtpd gives a delivery", LIMIT)?],
        account: if both { account::missing() } else { None },
        quarantine: surveyor.quarantine(None)?,
        changes: [Ok(change)].into_iter().chain(script).collect::<Result<_>>()?,
        steps: vec![Step::of(&format!("smtpd -n -f {}", path.display()))],
        ..surveyor.begin(Server::Opensmtpd)
    })
}

/// The command that has a running smtpd read its configuration: it has to start anew.
pub(super) fn reload() -> Option<Step> {
    // Debian's other script for it starts the new one before the old one is gone.
    host::active_unit(&["opensmtpd", "smtpd"]).map(|unit| Step::of(&format!("systemctl restart {unit}")))
}

fn edited(text: &str, surveyor: &Surveyor<'_>, script: &str) -> Result<String> {
    ensure_understood(text)?;
    if surveyor.mode == Mode::Incoming && !text.lines().any(is_delivery) {
        return Err(Refusal::new("smtpd.conf: no action delivers here, so that --mode incoming has nothing to scan"));
    }
    let contribs = |start: &str| contribs(start, &surveyor.command, script);
    let both = surveyor.mode == Mode::Both;
    let relay = if both { Some(relay(text)?) } else { None };
    let before_actions =
        [Some(contribs("mda wrapper")), both.then(|| contribs("table scanner")), both.then(|| contribs("action \"scan\""))];
    let last_listener = text.lines().enumerate().filter(|(_, line)| begins(line, "listen")).last().map(|(number, _)| number);
    let (first_action, first_match) = (position(text, "action")?, position(text, "match")?);
    let (mut lines, mut relayed) = (Vec::new(), 0);
    for (number, line) in text.lines().enumerate() {
        if number == first_action {
            lines.extend(before_actions.iter().flatten().cloned());
        }
        if let Some(relay) = relay.as_ref().filter(|_| number == first_match) {
            lines.push(format!("match tag SCANNED for any action {relay}"));
        }
        let scanned = relay.as_ref().filter(|_| begins(line, "match")).and_then(|relay| with_scan(line, relay));
        relayed += usize::from(scanned.is_some());
        lines.push(match scanned {
            Some(scanned) => scanned,
            None if is_delivery(line) => format!("{line} wrapper \"mailward\""),
            None => line.to_owned(),
        });
        if both && Some(number) == last_listener {
            lines.push(contribs("listen on 127.0.0.1 port"));
        }
    }
    if both && relayed == 0 {
        return Err(Refusal::new("smtpd.conf: no match names the action that relays, so that nothing would be scanned"));
    }
    Ok(lines.iter().map(|line| format!("{line}\n")).collect())
}

/// The line with the action "scan" in the place of this one; none where it names another.
fn with_scan(line: &str, relay: &str) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let place = words.iter().position(|word| *word == "action")? + 1;
    let name = words.get(place).filter(|name| without_quotes(name) == without_quotes(relay))?;
    // A match ends with its action (smtpd.conf(5)).
    let before = line.trim_end().strip_suffix(name)?;
    Some(format!("{before}\"scan\""))
}

fn without_quotes(name: &str) -> &str {
    name.trim_matches('"')
}

fn ensure_understood(text: &str) -> Result<()> {
    let refused = |line: &str, why: &str| Err(Refusal::new(format!("smtpd.conf: {}: {why}", line.trim())));
    for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
        let is_rule = begins(line, "action") || begins(line, "match");
        match () {
            () if itself::is_called_in(line) => return refused(line, "mailward is there already"),
            () if begins(line, "include") => return refused(line, "what it includes is not looked at; see contrib/opensmtpd"),
            () if line.contains("wrapper") => return refused(line, "another wrapper is in the way"),
            () if begins(line, "action") && !way(line).is_some_and(|way| DELIVERIES.contains(&way) || OTHERS.contains(&way)) => {
                return refused(line, "the way it delivers is not understood");
            }
            () if is_rule && (line.ends_with('\\') || line.contains('#')) => {
                return refused(line, "write it on a line of its own, without a remark");
            }
            () => {}
        }
    }
    Ok(())
}

/// The name, as it is written, of the one action that relays.
fn relay(text: &str) -> Result<String> {
    let mut actions = text.lines().filter(|line| begins(line, "action") && way(line) == Some("relay"));
    match (actions.next().and_then(|line| line.split_whitespace().nth(1)), actions.next()) {
        (Some(name), None) => Ok(name.to_owned()),
        (None, _) => Err(Refusal::new("smtpd.conf: no action relays, so that --mode both has nothing to scan")),
        (Some(_), Some(line)) => Err(Refusal::new(format!("smtpd.conf: {line}: several actions relay; see contrib/opensmtpd"))),
    }
}

fn begins(line: &str, word: &str) -> bool {
    line.split_whitespace().next() == Some(word)
}

/// How an action delivers, behind its name.
fn way(line: &str) -> Option<&str> {
    line.split_whitespace().nth(2)
}

fn is_delivery(line: &str) -> bool {
    begins(line, "action") && way(line).is_some_and(|way| DELIVERIES.contains(&way))
}

fn position(text: &str, word: &str) -> Result<usize> {
    text.lines().position(|line| begins(line, word)).ok_or_else(|| Refusal::new(format!("smtpd.conf: it has no {word}")))
}

/// The line of contrib/opensmtpd that begins so, for our own command.
fn contribs(start: &str, command: &str, script: &str) -> String {
    let line = BOTH.lines().find(|line| line.starts_with(start)).unwrap_or_default();
    itself::adapted(line, command).replace(CONTRIBS_RESUBMIT, script)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    const STOCK: &str = "table aliases file:/etc/aliases\nlisten on localhost\naction \"local\" maildir alias <aliases>\naction \"relay\" relay\n\
         match for local action \"local\"\nmatch from local for any action \"relay\"\n";

    fn edit(text: &str, mode: Mode) -> Result<String> {
        let settings = Settings::default();
        let surveyor = Surveyor { mode, settings: &settings, command: "/usr/local/sbin/mailward deliver".into(), recipient: "ann".into() };
        edited(text, &surveyor, CONTRIBS_RESUBMIT)
    }

    /// The lines that count.
    fn settings(text: &str) -> Vec<&str> {
        let mut lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
        // Where a table or a listener stands among others says nothing.
        lines.sort_unstable();
        lines
    }

    #[test]
    fn the_stock_configuration_becomes_that_of_contrib() {
        assert_eq!(settings(&edit(STOCK, Mode::Incoming).unwrap()), settings(include_str!("../../contrib/opensmtpd/incoming.conf")));
        assert_eq!(settings(&edit(STOCK, Mode::Both).unwrap()), settings(BOTH));
    }

    #[test]
    fn scanned_mail_is_matched_first() {
        let text = edit(STOCK, Mode::Both).unwrap();
        let first = text.lines().find(|line| line.starts_with("match"));
        assert_eq!(first, Some("match tag SCANNED for any action \"relay\""));
    }

    #[test]
    fn every_match_that_relays_is_scanned_however_it_writes_the_name() {
        for (action, is_scanned) in [("\"relay\"", true), ("relay", true), (" \"relay\"", true), ("\"relay2\"", false)] {
            let text = STOCK.replace("any action \"relay\"", &format!("any action {action}"));
            let edited = edit(&text, Mode::Both);
            assert_eq!(edited.as_ref().is_ok_and(|text| text.ends_with("\"scan\"\n")), is_scanned, "{action}");
            assert_eq!(edited.is_ok(), is_scanned, "{action}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for line in [
            "include \"/etc/x\"",
            "mda wrapper w \"x\"",
            "action \"a\" mbox \\",
            "action \"a\" mbox # old",
            "action \"a\" mda \"/usr/sbin/mailward deliver\"",
        ] {
            assert!(edit(&format!("{STOCK}{line}\n"), Mode::Incoming).is_err(), "{line}");
        }
        assert!(edit(&format!("{STOCK}action \"out\" relay host smtp://x\n"), Mode::Both).is_err());
        assert!(edit("listen on localhost\n", Mode::Incoming).is_err());
        assert!(edit(&format!("{STOCK}action \"of ann\" maildir\n"), Mode::Incoming).is_err());
        assert!(edit(&STOCK.replace(" maildir ", " relay "), Mode::Incoming).is_err());
    }
}
