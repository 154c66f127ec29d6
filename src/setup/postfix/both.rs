//! A content filter: all that comes in by SMTP is scanned and handed in again.
//!
//! Owns which services of master.cf get it. It must never put a second filter beside one that is there. What fails is a [`Refusal`].

use super::{Parameters, edited, of, time, version};
use crate::cli::Server;
use crate::setup::proposal::{Proposal, Surveyor, Way};
use crate::setup::step::Step;
use crate::setup::{Refusal, Result, account, host, itself};
use std::path::Path;

/// The service that scans both directions, and its name.
const CONTENT_FILTER: &str = include_str!("../../../contrib/postfix/content_filter");
const SERVICE: &str = "mailward_scan";

/// What pickup(8) gets, by which scanned mail comes back: it must not be taken for mail that only a server with SMTPUTF8 may have.
const PICKUP: &str = "pickup/unix/smtputf8_autodetect_classes=verify";

/// What each listener gets. Aliases and always_bcc are for what comes back: before the filter too, they would double mail.
const OPTIONS: [&str; 2] = ["content_filter=mailward_scan:", "receive_override_options=no_address_mappings"];

/// A content filter for all that comes in by SMTP.
pub(super) fn propose(surveyor: &Surveyor<'_>, parameters: &Parameters, folder: &Path) -> Result<Proposal> {
    let services = host::ask(&["postconf", "-M"])?;
    if services.lines().any(|line| line.split_whitespace().next() == Some(SERVICE)) {
        return Err(Refusal::new(format!("master.cf has a service {SERVICE} already")));
    }
    let options = host::ask(&["postconf", "-P"])?;
    let is_taken =
        |line: &&str| ["/content_filter ", "/receive_override_options ", "pickup/unix/smtputf8_"].iter().any(|name| line.contains(name));
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
    let filters = listeners.iter().flat_map(|name| OPTIONS.map(|option| format!("{name}/{option}"))).chain([PICKUP.to_owned()]);
    let filters: Vec<String> = ["-P".to_owned(), "-e".to_owned()].into_iter().chain(filters).collect();
    Ok(Proposal {
        remarks: vec![
            version(parameters, folder),
            format!("Mail comes in by {}", listeners.join(", ")),
            time(surveyor, parameters)?,
            "What programs of this machine send by sendmail(1) is not scanned: that is how scanned mail comes back.".to_owned(),
        ],
        account: account::missing(),
        quarantine: surveyor.quarantine(Some(account::NAME))?,
        changes: vec![edited(folder, "master.cf", &[&service, &filters])?],
        steps: vec![Step::of("postfix check")],
        way: Way::Smtp,
        ..surveyor.begin(Server::Postfix)
    })
}

/// The service of contrib/postfix, on one line.
fn service(command: &str) -> String {
    let lines = CONTENT_FILTER.lines().skip_while(|line| !line.starts_with(SERVICE));
    let line: Vec<&str> = lines.flat_map(str::split_whitespace).collect();
    itself::adapted(&line.join(" "), command)
}

/// `smtp/inet` of a line of `postconf -M` whose program takes mail.
fn listener(line: &str) -> Option<String> {
    let columns: Vec<&str> = line.split_whitespace().collect();
    let (name, kind, program) = (columns.first()?, columns.get(1)?, columns.get(7)?);
    // postscreen(8) hands what it lets through to a service of type pass; qmqpd(8) takes mail too, and knows the same options.
    (["inet", "pass"].contains(kind) && ["smtpd", "qmqpd"].contains(program)).then(|| format!("{name}/{kind}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners_are_told_from_other_services() {
        assert_eq!(listener("smtp       inet  n       -       y       -       -       smtpd").as_deref(), Some("smtp/inet"));
        assert_eq!(listener("127.0.0.1:587 inet  n - y - - smtpd -o x=y").as_deref(), Some("127.0.0.1:587/inet"));
        assert_eq!(listener("smtpd     pass  -       -       y       -       -       smtpd").as_deref(), Some("smtpd/pass"));
        assert_eq!(listener("628       inet  n       -       y       -       -       qmqpd").as_deref(), Some("628/inet"));
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
}
