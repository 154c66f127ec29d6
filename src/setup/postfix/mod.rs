//! Postfix: mailbox_command, or a content filter for both directions.
//!
//! Owns which settings of Postfix are looked at. It must never guess where mail goes: whatever sends it past local(8), and every filter
//! that is there already, is refused. postconf(1) edits copies of the files, so that its idea of them holds. What fails is a [`Refusal`].

mod both;
mod incoming;

use super::change::Change;
use super::proposal::{Proposal, Surveyor};
use super::step::Step;
use super::{Refusal, Result, host, itself};
use crate::cli::Mode;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

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

/// The parameters of main.cf, as postconf(5) calls them.
type Parameters = BTreeMap<String, String>;

/// The proposal for the Postfix of this machine.
pub(super) fn propose(surveyor: &Surveyor<'_>) -> Result<Proposal> {
    let parameters = parameters()?;
    let folder = PathBuf::from(of(&parameters, "config_directory"));
    ensure_understood(&parameters)?;
    match surveyor.mode {
        Mode::Incoming => incoming::propose(surveyor, &parameters, &folder),
        Mode::Both => both::propose(surveyor, &parameters, &folder),
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

/// The change of main.cf or master.cf, `name`, that postconf(1) would make of these edits.
fn edited(folder: &Path, name: &str, edits: &[&[String]]) -> Result<Change> {
    let copies = TempDir::new()?;
    for file in ["main.cf", "master.cf"] {
        fs::write(copies.path().join(file), host::text(&folder.join(file))?)?;
    }
    let place = copies.path().display().to_string();
    for edit in edits {
        let words: Vec<&str> = ["postconf", "-c", &place].into_iter().chain(edit.iter().map(String::as_str)).collect();
        host::ask(&words)?;
    }
    Change::of(&folder.join(name), |_| host::text(&copies.path().join(name)))
}

fn version(parameters: &Parameters, folder: &Path) -> String {
    format!("Postfix {}, configured in {}", of(parameters, "mail_version"), folder.display())
}

/// That mailward gives up before Postfix does. pipe(8) goes by the same time, unless its service has one of its own.
fn time(surveyor: &Surveyor<'_>, parameters: &Parameters) -> Result<String> {
    let name = "command_time_limit";
    surveyor.ensure_time(name, seconds(of(parameters, name))?)
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
