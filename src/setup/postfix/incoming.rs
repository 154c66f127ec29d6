//! mailbox_command: Postfix delivers as the recipient, with mailward before the delivery agent that was there.
//!
//! Owns which ways of local delivery are understood. It must never guess where mail goes: what sends it past mailbox_command, and what
//! is more than one command, is refused. What fails is a [`Refusal`].

use super::{Parameters, edited, of, time, version};
use crate::cli::Server;
use crate::setup::proposal::{Proposal, Surveyor};
use crate::setup::step::Step;
use crate::setup::{Refusal, Result, host};
use std::path::Path;

/// What master.cf may say to local(8) besides main.cf.
const LOCALS_OWN: [&str; 2] = ["local/unix/mailbox_", "local/unix/command_time_limit "];

/// Where Postfix writes mailboxes and procmail does too.
const MAILBOXES: [&str; 2] = ["/var/mail", "/var/spool/mail"];

/// mailbox_command: as the recipient, before the delivery agent that was there.
pub(super) fn propose(surveyor: &Surveyor<'_>, parameters: &Parameters, folder: &Path) -> Result<Proposal> {
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
    let time = time(surveyor, parameters)?;
    let edit = ["-e".to_owned(), format!("mailbox_command = {command}")];
    Ok(Proposal {
        remarks: [vec![version(parameters, folder), found, time], goes_past(parameters)].concat(),
        quarantine: surveyor.quarantine(None)?,
        changes: vec![edited(folder, "main.cf", &[&edit])?],
        steps: vec![Step::of("postfix check")],
        ..surveyor.begin(Server::Postfix)
    })
}

/// What goes past mailbox_command.
fn goes_past(parameters: &Parameters) -> Vec<String> {
    let mut remarks = vec![
        "Mail for root is not delivered by mailbox_command: an alias must send it to a person.".to_owned(),
        "Nor is what aliases and .forward files give to a program or a file; --mode both scans it.".to_owned(),
    ];
    let virtual_domains = of(parameters, "virtual_mailbox_domains");
    if !virtual_domains.is_empty() && virtual_domains != "$virtual_mailbox_maps" {
        remarks.push(format!("Mail for virtual_mailbox_domains ({virtual_domains}) does not pass mailbox_command; --mode both scans it."));
    }
    remarks
}

/// Where mail goes now, in words, and the command that has mailward before it.
fn delivery(surveyor: &Surveyor<'_>, parameters: &Parameters) -> Result<(String, String)> {
    let (now, home) = (of(parameters, "mailbox_command"), of(parameters, "home_mailbox"));
    if !now.is_empty() {
        if !host::begins_with_program(now) {
            let why = "it does not begin with a program that is installed; put it into a script, and name that";
            return Err(Refusal::new(format!("mailbox_command = {now}: {why}")));
        }
        if host::is_more_than_one_command(now) {
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
