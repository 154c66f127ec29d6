//! Postfix: mailbox_command, or a content filter for both directions.
//!
//! Owns which parameters of Postfix are understood. It must never guess where mail goes: whatever sends it past local(8), and every filter
//! that is there already, is refused. postconf(1) edits copies of the files, so that its idea of them holds. What fails is a [`Refusal`].

use super::change::Change;
use super::proposal::{Proposal, Surveyor, Way};
use super::step::Step;
use super::{Refusal, Result, account, host, itself};
use crate::cli::{Mode, Server};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// The service that scans both directions, and its name.
const CONTENT_FILTER: &str = include_str!("../../contrib/postfix/content_filter");
const SERVICE: &str = "mailward_scan";

/// What each listener gets. Aliases and always_bcc are for what comes back: before the filter too, they would double mail.
const OPTIONS: [&str; 2] = ["content_filter=mailward_scan:", "receive_override_options=no_address_mappings"];

/// Settings that are looked at.
const LOOKED_AT: [&str; 14] = [
    "mail_version",
    "config_directory",
    "mailbox_command",
    "mailbox_command_maps",
    "mailbox_transport",
    "mailbox_transport_maps",
    "local_transport",
    "home_mailbox",
    "mail_spool_directory",
    "receive_override_options",
    "command_time_limit",
    "content_filter",
    "virtual_mailbox_domains",
    "multi_instance_directories",
];

/// What stands between a word and the shell: Postfix runs a command with one of these by a shell, and ours would be but its first part.
const OPERATORS: [char; 9] = ['|', ';', '&', '<', '>', '(', ')', '`', '\n'];

/// What master.cf may say to local(8) besides main.cf.
const LOCALS_OWN: [&str; 2] = ["local/unix/mailbox_", "local/unix/command_time_limit "];

/// Where Postfix writes mailboxes and procmail does too.
const MAILBOXES: [&str; 2] = ["/var/mail", "/var/spool/mail"];

/// The parameters of main.cf, as postconf(5) calls them.
type Parameters = BTreeMap<String, String>;

/// The proposal for the Postfix of this machine.
pub(super) fn propose(surveyor: &Surveyor<'_>) -> Result<Proposal> {
    let parameters = parameters()?;
    let folder = PathBuf::from(of(&parameters, "config_directory"));
    ensure_understood(&parameters)?;
    match surveyor.mode {
        Mode::Incoming => incoming(surveyor, &parameters, &folder),
        Mode::Both => both(surveyor, &parameters, &folder),
    }
}

/// The command that has a running Postfix read its configuration.
pub(super) fn reload() -> Option<Step> {
    host::succeeds(&["postfix", "status"]).then(|| Step::of("postfix reload"))
}

fn parameters() -> Result<Parameters> {
    if host::program("postconf").is_none() {
        return Err(Refusal::new("Postfix is not installed: there is no postconf"));
    }
    let printed = host::ask(&[&["postconf"][..], &LOOKED_AT].concat())?;
    Ok(printed.lines().filter_map(|line| line.split_once('=')).map(|(name, value)| (name.trim().into(), value.trim().into())).collect())
}

fn of<'a>(parameters: &'a Parameters, name: &str) -> &'a str {
    parameters.get(name).map_or("", String::as_str)
}

fn ensure_understood(parameters: &Parameters) -> Result<()> {
    let refused = |name: &str, why: &str| Refusal::new(format!("{name} = {}: {why}", of(parameters, name)));
    if itself::is_called_in(of(parameters, "mailbox_command")) {
        return Err(refused("mailbox_command", "mailward is there already"));
    }
    if !of(parameters, "content_filter").is_empty() {
        return Err(refused("content_filter", "another filter is in the way; take it out, or put mailward behind it by hand"));
    }
    if !of(parameters, "multi_instance_directories").is_empty() {
        return Err(refused("multi_instance_directories", "several instances are not understood; see contrib/postfix"));
    }
    Ok(())
}

/// mailbox_command: as the recipient, before the delivery agent that was there.
fn incoming(surveyor: &Surveyor<'_>, parameters: &Parameters, folder: &Path) -> Result<Proposal> {
    for name in ["mailbox_transport", "mailbox_transport_maps", "mailbox_command_maps"] {
        if !of(parameters, name).is_empty() {
            let why = "mail goes there and not to mailbox_command; see contrib/postfix, or try --mode both";
            return Err(Refusal::new(format!("{name} = {}: {why}", of(parameters, name))));
        }
    }
    if !of(parameters, "local_transport").starts_with("local") {
        let why = "mail for local users does not go to local(8); try --mode both";
        return Err(Refusal::new(format!("local_transport = {}: {why}", of(parameters, "local_transport"))));
    }
    let options = host::ask(&["postconf", "-P"])?;
    if let Some(option) = options.lines().find(|line| LOCALS_OWN.iter().any(|name| line.starts_with(name))) {
        return Err(Refusal::new(format!("master.cf: {option}: settings of local(8) there are not understood; move it to main.cf")));
    }
    let (found, command) = delivery(surveyor, parameters)?;
    let limit = seconds(of(parameters, "command_time_limit"))?;
    let time = surveyor.ensure_time("command_time_limit", limit)?;
    let edit = ["-e".to_owned(), format!("mailbox_command = {command}")];
    let after = edited(folder, &[&edit])?;
    let main = Change::of(&folder.join("main.cf"), |_| Ok(after.main))?;
    let mut remarks = vec![time, "Mail for root is not delivered by mailbox_command: an alias must send it to a person.".to_owned()];
    let virtual_domains = of(parameters, "virtual_mailbox_domains");
    if !virtual_domains.is_empty() && virtual_domains != "$virtual_mailbox_maps" {
        remarks.push(format!("Mail for virtual_mailbox_domains ({virtual_domains}) does not pass mailbox_command; --mode both scans it."));
    }
    Ok(Proposal {
        server: Server::Postfix,
        found: vec![version(parameters, folder), found],
        remarks,
        account: None,
        quarantine: surveyor.quarantine(None)?,
        changes: vec![main],
        generated: Vec::new(),
        steps: vec![Step::of("postfix check")],
        way: Way::Sendmail,
        recipient: surveyor.recipient.clone(),
    })
}

/// Where mail goes now, in words, and the command that has mailward before it.
fn delivery(surveyor: &Surveyor<'_>, parameters: &Parameters) -> Result<(String, String)> {
    let (now, home) = (of(parameters, "mailbox_command"), of(parameters, "home_mailbox"));
    if !now.is_empty() {
        if !host::begins_with_program(now) {
            let why = "it does not begin with a program that is installed; put it into a script, and name that";
            return Err(Refusal::new(format!("mailbox_command = {now}: {why}")));
        }
        if now.contains(OPERATORS) {
            let why = "it is more than one command; put it into a script, and name that";
            return Err(Refusal::new(format!("mailbox_command = {now}: {why}")));
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
    ensure_procmail_writes_there(parameters)?;
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

/// That procmail, put in the place of local(8), writes the mailboxes that local(8) has written.
fn ensure_procmail_writes_there(parameters: &Parameters) -> Result<()> {
    let refused = |name: &str, why: &str| Err(Refusal::new(format!("{name} = {}: {why}", of(parameters, name))));
    let why = "procmail would write another mailbox; name a delivery agent in mailbox_command, and run setup again";
    if !of(parameters, "home_mailbox").is_empty() {
        return refused("home_mailbox", why);
    }
    // With a slash at its end it is a folder of maildirs.
    if !MAILBOXES.contains(&of(parameters, "mail_spool_directory")) {
        return refused("mail_spool_directory", why);
    }
    let rules = host::read(Path::new("/etc/procmailrc"))?.unwrap_or_default();
    let sets = |line: &str| ["DEFAULT", "ORGMAIL"].iter().any(|name| line.trim_start().starts_with(name));
    if String::from_utf8_lossy(&rules).lines().any(sets) {
        return Err(Refusal::new(format!("/etc/procmailrc says where mail goes: {why}")));
    }
    Ok(())
}

/// A content filter for all that comes in by SMTP.
fn both(surveyor: &Surveyor<'_>, parameters: &Parameters, folder: &Path) -> Result<Proposal> {
    let services = host::ask(&["postconf", "-M"])?;
    if services.lines().any(|line| line.split_whitespace().next() == Some(SERVICE)) {
        return Err(Refusal::new(format!("master.cf has a service {SERVICE} already")));
    }
    let options = host::ask(&["postconf", "-P"])?;
    let is_taken = |line: &&str| ["/content_filter ", "/receive_override_options "].iter().any(|name| line.contains(name));
    if let Some(option) = options.lines().find(is_taken) {
        return Err(Refusal::new(format!("master.cf: {option}: it is in the way of our own")));
    }
    if !of(parameters, "receive_override_options").is_empty() {
        let value = of(parameters, "receive_override_options");
        return Err(Refusal::new(format!("receive_override_options = {value}: it is in the way of our own; see contrib/postfix")));
    }
    let listeners: Vec<String> = services.lines().filter_map(listener).collect();
    if listeners.is_empty() {
        return Err(Refusal::new("master.cf: no smtpd listens, so that no mail would be scanned"));
    }
    let service = ["-M".to_owned(), "-e".to_owned(), format!("{SERVICE}/unix={}", service(&surveyor.command))];
    let filters = listeners.iter().flat_map(|name| OPTIONS.map(|option| format!("{name}/{option}")));
    let filters: Vec<String> = ["-P".to_owned(), "-e".to_owned()].into_iter().chain(filters).collect();
    let after = edited(folder, &[&service, &filters])?;
    let main = Change::of(&folder.join("main.cf"), |_| Ok(after.main))?;
    let master = Change::of(&folder.join("master.cf"), |_| Ok(after.master))?;
    let limit = host::ask(&["postconf", "-h", "command_time_limit"]).and_then(|text| seconds(text.trim()))?;
    Ok(Proposal {
        server: Server::Postfix,
        found: vec![version(parameters, folder), format!("Mail comes in by {}", listeners.join(", "))],
        remarks: vec![
            surveyor.ensure_time("command_time_limit", limit)?,
            "What programs of this machine send by sendmail(1) is not scanned: that is how scanned mail comes back.".to_owned(),
        ],
        account: account::missing(),
        quarantine: surveyor.quarantine(Some(account::NAME))?,
        changes: [main, master].into_iter().filter(|change| change.before.as_ref() != Some(&change.after)).collect(),
        generated: Vec::new(),
        steps: vec![Step::of("postfix check")],
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
    // postscreen(8) hands what it lets through to a service of type pass.
    (["inet", "pass"].contains(kind) && *program == "smtpd").then(|| format!("{name}/{kind}"))
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

fn version(parameters: &Parameters, folder: &Path) -> String {
    format!("Postfix {}, configured in {}", of(parameters, "mail_version"), folder.display())
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
        assert_eq!(listener("smtpd     pass  -       -       y       -       -       smtpd").as_deref(), Some("smtpd/pass"));
        for other in ["smtp unix - - y - - smtp", "smtp inet n - y - 1 postscreen", ""] {
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

    fn with(name: &str, value: &str) -> Parameters {
        Parameters::from([(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn procmail_takes_the_place_of_local_only_where_it_writes_the_same() {
        for (spool, home, is_accepted) in
            [("/var/mail", "", true), ("/srv/mail/", "", false), ("/var/mail/", "", false), ("/var/mail", "Mailbox", false)]
        {
            let parameters =
                [("mail_spool_directory", spool), ("home_mailbox", home)].map(|(name, value)| (name.to_owned(), value.to_owned()));
            let refusal = ensure_procmail_writes_there(&Parameters::from(parameters)).err();
            // This machine may have a procmailrc of its own.
            let is_ours = refusal.is_none_or(|Refusal(why)| why[0].starts_with("/etc/procmailrc"));
            assert_eq!(is_ours, is_accepted, "{spool} {home}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_by_name() {
        for (name, value) in
            [("content_filter", "smtp-amavis:[127.0.0.1]:10024"), ("mailbox_command", "/usr/local/sbin/mailward deliver -- x")]
        {
            let Err(Refusal(why)) = ensure_understood(&with(name, value)) else { panic!("{name} was accepted") };
            assert!(why[0].starts_with(&format!("{name} = {value}: ")), "{why:?}");
        }
        assert!(ensure_understood(&Parameters::new()).is_ok());
    }
}
