//! Postfix: mailbox_command, or a content filter for both directions.
//!
//! Owns which settings of Postfix are understood. It must never guess where mail goes: whatever sends it past local(8), and every filter
//! that is there already, is refused. postconf(1) edits copies of the files, so that its idea of them holds. What fails is a [`Refusal`].

use super::change::Change;
use super::plan::{Plan, Surveyor, Way};
use super::step::Step;
use super::{Refusal, Result, account, host, program};
use crate::cli::{Mode, Server};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// The service that scans both directions, and its name.
const CONTENT_FILTER: &str = include_str!("../../contrib/postfix/content_filter");
const SERVICE: &str = "mailward_scan";

/// Settings that are looked at.
const LOOKED_AT: [&str; 12] = [
    "mail_version",
    "config_directory",
    "mailbox_command",
    "mailbox_command_maps",
    "mailbox_transport",
    "mailbox_transport_maps",
    "local_transport",
    "home_mailbox",
    "command_time_limit",
    "content_filter",
    "virtual_mailbox_domains",
    "multi_instance_directories",
];

/// Settings that master.cf may give local(8) besides those of main.cf.
const LOCALS_OWN: [&str; 2] = ["local/unix/mailbox_", "local/unix/command_time_limit "];

/// What stands between a word and the shell: Postfix runs a command with one of these by a shell, and ours would be but its first part.
const OPERATORS: [char; 9] = ['|', ';', '&', '<', '>', '(', ')', '`', '\n'];

type Settings = BTreeMap<String, String>;

/// The plan for the Postfix of this machine.
pub(super) fn plan(surveyor: &Surveyor<'_>) -> Result<Plan> {
    let settings = settings()?;
    let folder = PathBuf::from(of(&settings, "config_directory"));
    ensure_understood(&settings)?;
    match surveyor.mode {
        Mode::Incoming => incoming(surveyor, &settings, &folder),
        Mode::Both => both(surveyor, &settings, &folder),
    }
}

/// The command that has a running Postfix read its configuration.
pub(super) fn reload() -> Option<Step> {
    host::succeeds(&["postfix", "status"]).then(|| Step::of("postfix reload"))
}

fn settings() -> Result<Settings> {
    if host::program("postconf").is_none() {
        return Err(Refusal::new("Postfix is not installed: there is no postconf"));
    }
    let printed = host::ask(&[&["postconf"][..], &LOOKED_AT].concat())?;
    Ok(printed.lines().filter_map(|line| line.split_once('=')).map(|(name, value)| (name.trim().into(), value.trim().into())).collect())
}

fn of<'a>(settings: &'a Settings, name: &str) -> &'a str {
    settings.get(name).map_or("", String::as_str)
}

fn ensure_understood(settings: &Settings) -> Result<()> {
    let refused = |name: &str, why: &str| Refusal::new(format!("{name} = {}: {why}", of(settings, name)));
    if program::is_called_in(of(settings, "mailbox_command")) {
        return Err(refused("mailbox_command", "mailward is there already"));
    }
    if !of(settings, "content_filter").is_empty() {
        return Err(refused("content_filter", "another filter is in the way; take it out, or put mailward behind it by hand"));
    }
    if !of(settings, "multi_instance_directories").is_empty() {
        return Err(refused("multi_instance_directories", "several instances are not understood; see contrib/postfix"));
    }
    Ok(())
}

/// mailbox_command: as the recipient, before the delivery agent that was there.
fn incoming(surveyor: &Surveyor<'_>, settings: &Settings, folder: &Path) -> Result<Plan> {
    for name in ["mailbox_transport", "mailbox_transport_maps", "mailbox_command_maps"] {
        if !of(settings, name).is_empty() {
            let why = "mail goes there and not to mailbox_command; see contrib/postfix, or try --mode both";
            return Err(Refusal::new(format!("{name} = {}: {why}", of(settings, name))));
        }
    }
    if !of(settings, "local_transport").starts_with("local") {
        let why = "mail for local users does not go to local(8); try --mode both";
        return Err(Refusal::new(format!("local_transport = {}: {why}", of(settings, "local_transport"))));
    }
    let options = host::ask(&["postconf", "-P"])?;
    if let Some(option) = options.lines().find(|line| LOCALS_OWN.iter().any(|name| line.starts_with(name))) {
        return Err(Refusal::new(format!("master.cf: {option}: settings of local(8) there are not understood; move it to main.cf")));
    }
    let (found, command) = delivery(surveyor, settings)?;
    let limit = seconds(of(settings, "command_time_limit"))?;
    let time = surveyor.ensure_time("command_time_limit", limit)?;
    let edit = ["-e".to_owned(), format!("mailbox_command = {command}")];
    let after = edited(folder, &[&edit])?;
    let main = Change::of(&folder.join("main.cf"), |_| Ok(after.main))?;
    let mut remarks = vec![time, "Mail for root is not delivered by mailbox_command: an alias must send it to a person.".to_owned()];
    let virtual_domains = of(settings, "virtual_mailbox_domains");
    if !virtual_domains.is_empty() && virtual_domains != "$virtual_mailbox_maps" {
        remarks.push(format!("Mail for virtual_mailbox_domains ({virtual_domains}) does not pass mailbox_command; --mode both scans it."));
    }
    Ok(Plan {
        server: Server::Postfix,
        found: vec![version(settings, folder), found],
        remarks,
        account: None,
        quarantine: surveyor.quarantine(None),
        changes: vec![main],
        generated: Vec::new(),
        commands: vec![Step::of("postfix check")],
        way: Way::Sendmail,
        recipient: surveyor.recipient.clone(),
    })
}

/// Where mail goes now, in words, and the command that has mailward before it.
fn delivery(surveyor: &Surveyor<'_>, settings: &Settings) -> Result<(String, String)> {
    let (now, home) = (of(settings, "mailbox_command"), of(settings, "home_mailbox"));
    if !now.is_empty() {
        if let Some(why) = objection(now) {
            return Err(Refusal::new(format!("mailbox_command = {now}: {why}; put it into a script, and name that")));
        }
        return Ok((format!("Local mail goes to: {now}"), format!("{} -- {now}", surveyor.command)));
    }
    if home.ends_with('/') {
        let maildir = format!("~/{}", home.trim_end_matches('/'));
        if surveyor.settings.delivery.maildir.as_deref() == Some(maildir.as_str()) && surveyor.settings.delivery.mda.is_empty() {
            return Ok((format!("Local mail goes to the maildir {maildir}"), surveyor.command.clone()));
        }
        let advice = format!("add to mailward.toml: [delivery] maildir = \"{maildir}\"");
        return Err(Refusal::new(format!("home_mailbox = {home}: mailward has to know of it; {advice}, and run setup again")));
    }
    match host::program("procmail") {
        // As Debian's own installation writes it; procmail's own default is the mailbox that local(8) writes.
        Some(path) => Ok((
            "Local mail goes to mailboxes that Postfix writes itself; procmail will write the same ones".to_owned(),
            format!("{} -- {} -t -a \"$EXTENSION\"", surveyor.command, path.display()),
        )),
        None => Err(Refusal::new(
            "Postfix writes mailboxes itself, and mailward needs somebody who does: install procmail, or set home_mailbox = Maildir/",
        )),
    }
}

/// Why a command cannot stand behind ours, if so: there no shell reads it.
fn objection(command: &str) -> Option<&'static str> {
    let first = command.split_whitespace().next().unwrap_or_default();
    match () {
        () if command.contains(OPERATORS) => Some("it is more than one command"),
        () if host::program(first).is_none() => Some("its first word is no program"),
        () => None,
    }
}

/// A content filter for all that comes in by SMTP.
fn both(surveyor: &Surveyor<'_>, settings: &Settings, folder: &Path) -> Result<Plan> {
    let services = host::ask(&["postconf", "-M"])?;
    if services.lines().any(|line| line.split_whitespace().next() == Some(SERVICE)) {
        return Err(Refusal::new(format!("master.cf has a service {SERVICE} already")));
    }
    let options = host::ask(&["postconf", "-P"])?;
    if let Some(option) = options.lines().find(|line| line.contains("/content_filter ")) {
        return Err(Refusal::new(format!("master.cf: {option}: another filter is in the way")));
    }
    let listeners: Vec<String> = services.lines().filter_map(listener).collect();
    if listeners.is_empty() {
        return Err(Refusal::new("master.cf: no smtpd listens, so that no mail would be scanned"));
    }
    let service = ["-M".to_owned(), "-e".to_owned(), format!("{SERVICE}/unix={}", service(&surveyor.command))];
    let filters = listeners.iter().map(|name| format!("{name}/content_filter={SERVICE}:"));
    let filters: Vec<String> = ["-P".to_owned(), "-e".to_owned()].into_iter().chain(filters).collect();
    let after = edited(folder, &[&service, &filters])?;
    let main = Change::of(&folder.join("main.cf"), |_| Ok(after.main))?;
    let master = Change::of(&folder.join("master.cf"), |_| Ok(after.master))?;
    let limit = host::ask(&["postconf", "-h", "command_time_limit"]).and_then(|text| seconds(text.trim()))?;
    Ok(Plan {
        server: Server::Postfix,
        found: vec![version(settings, folder), format!("Mail comes in by {}", listeners.join(", "))],
        remarks: vec![
            surveyor.ensure_time("command_time_limit", limit)?,
            "What programs of this machine send by sendmail(1) is not scanned: that is how scanned mail comes back.".to_owned(),
        ],
        account: account::missing(),
        quarantine: surveyor.quarantine(Some(account::NAME)),
        changes: [main, master].into_iter().filter(|change| change.before.as_ref() != Some(&change.after)).collect(),
        generated: Vec::new(),
        commands: vec![Step::of("postfix check")],
        way: Way::Smtp,
        recipient: surveyor.recipient.clone(),
    })
}

/// The service of contrib/postfix, on one line.
fn service(command: &str) -> String {
    let lines = CONTENT_FILTER.lines().skip_while(|line| !line.starts_with(SERVICE));
    let line: Vec<&str> = lines.flat_map(str::split_whitespace).collect();
    line.join(" ").replace("/usr/local/sbin/mailward deliver", command)
}

/// `smtp/inet` of a line of `postconf -M` whose service is smtpd.
fn listener(line: &str) -> Option<String> {
    let columns: Vec<&str> = line.split_whitespace().collect();
    let (name, kind, program) = (columns.first()?, columns.get(1)?, columns.get(7)?);
    (*kind == "inet" && *program == "smtpd").then(|| format!("{name}/{kind}"))
}

/// main.cf and master.cf as postconf(1) would leave them.
struct Edited {
    main: String,
    master: String,
}

fn edited(folder: &Path, edits: &[&[String]]) -> Result<Edited> {
    let copies = TempDir::new()?;
    for name in ["main.cf", "master.cf"] {
        fs::write(copies.path().join(name), host::text(&folder.join(name))?)?;
    }
    let place = copies.path().display().to_string();
    for edit in edits {
        let words: Vec<&str> = ["postconf", "-c", &place].into_iter().chain(edit.iter().map(String::as_str)).collect();
        host::ask(&words)?;
    }
    Ok(Edited { main: host::text(&copies.path().join("main.cf"))?, master: host::text(&copies.path().join("master.cf"))? })
}

fn version(settings: &Settings, folder: &Path) -> String {
    format!("Postfix {}, configured in {}", of(settings, "mail_version"), folder.display())
}

/// A time as Postfix writes it (postconf(5)): a number and a letter, seconds without one.
fn seconds(text: &str) -> Result<Duration> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match text.strip_prefix(digits) {
        Some("" | "s") => Some(1),
        Some("m") => Some(60),
        Some("h") => Some(3600),
        Some("d") => Some(86_400),
        Some("w") => Some(7 * 86_400),
        _ => None,
    };
    let number = digits.parse::<u64>().ok();
    let wrong = || Refusal::new(format!("command_time_limit = {text}: expected a time as 1000s"));
    number.zip(unit).map(|(number, unit)| Duration::from_secs(number.saturating_mul(unit))).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners_are_told_from_other_services() {
        assert_eq!(listener("smtp       inet  n       -       y       -       -       smtpd").as_deref(), Some("smtp/inet"));
        assert_eq!(listener("127.0.0.1:587 inet  n - y - - smtpd -o x=y").as_deref(), Some("127.0.0.1:587/inet"));
        for other in ["smtp unix - - y - - smtp", "smtp inet n - y - 1 postscreen", "smtpd pass - - y - - smtpd", ""] {
            assert_eq!(listener(other), None, "{other}");
        }
    }

    #[test]
    fn the_service_is_that_of_contrib_with_our_command() {
        let service = service("/opt/mailward deliver --config x");
        assert!(
            service.starts_with("mailward_scan unix - n n - 10 pipe flags=q user=mailward null_sender= argv=/opt/mailward "),
            "{service}"
        );
        assert!(
            service.ends_with(
                " --config x --sender=${sender} --recipient=${recipient} -- /usr/sbin/sendmail -G -i -f ${sender} -- ${recipient}"
            )
        );
    }

    #[test]
    fn times_are_read_as_postfix_writes_them() {
        for (text, expected) in [("1000s", 1000), ("1000", 1000), ("10m", 600), ("1h", 3600), ("1d", 86_400), ("2w", 1_209_600)] {
            assert_eq!(seconds(text).unwrap(), Duration::from_secs(expected), "{text}");
        }
        for text in ["", "s", "1y", "$other", "-1s"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }

    fn with(name: &str, value: &str) -> Settings {
        Settings::from([(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn what_is_not_understood_is_refused_by_name() {
        for (name, value) in
            [("content_filter", "smtp-amavis:[127.0.0.1]:10024"), ("mailbox_command", "/usr/local/sbin/mailward deliver -- x")]
        {
            let Err(Refusal(why)) = ensure_understood(&with(name, value)) else { panic!("{name} was accepted") };
            assert!(why[0].starts_with(&format!("{name} = {value}: ")), "{why:?}");
        }
        assert!(ensure_understood(&Settings::new()).is_ok());
    }
}
