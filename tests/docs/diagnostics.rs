//! Every failure that the program can tell is under DIAGNOSTICS in the words that stand in the log, so that it can be looked up.

use crate::page::{COMMANDS, page, section};
use mailward::error::{Error, QuarantineFault};
use std::io;
use std::path::PathBuf;

#[test]
fn every_failure_is_in_the_manual_in_the_words_of_the_log() {
    let told: Vec<String> = diagnostics();
    for error in errors() {
        let said = error.to_string().replace(" 7 ", " N ");
        let is_told = told.iter().any(|told| told.strip_suffix("...").map_or(*told == said, |begin| said.starts_with(begin)));
        assert!(is_told, "{said}");
    }
    // One more: the form of an error in the configuration.
    assert_eq!(told.len(), errors().len() + 1, "{told:#?}");
}

#[test]
fn an_error_in_the_configuration_has_the_form_of_the_manual() {
    let problems = crate::keys::problems("limits.nosuch = 1\n");
    assert!(problems.starts_with("f:1:8: limits.nosuch: "), "{problems}");
    assert!(diagnostics().contains(&"FILE:LINE:COLUMN: KEY: ...".to_owned()));
}

fn diagnostics() -> Vec<String> {
    let section = section(&page(COMMANDS), "DIAGNOSTICS");
    let entries = section.lines().filter_map(|line| line.strip_prefix(".It \""));
    entries.map(|entry| entry.trim_end_matches('"').to_owned()).collect()
}

/// One of each, but for errors in the configuration.
fn errors() -> Vec<Error> {
    let why = || io::Error::from(io::ErrorKind::NotFound);
    let path = || PathBuf::from("PATH");
    vec![
        Error::Usage("a wrong word".to_owned()),
        Error::ConfigUnreadable(PathBuf::from("FILE"), why()),
        Error::StdinClosed,
        Error::Envelope("expected F and the sender"),
        Error::EnvelopeUnreadable(why()),
        Error::Intake(why()),
        Error::Quarantine(path(), QuarantineFault::NotSticky),
        Error::Spool(why()),
        Error::Maildir(path(), why()),
        Error::Busy(7),
        Error::NoDelivery,
        Error::SeveralDestinations,
        Error::NoHome("PATH".to_owned()),
        Error::Template(path(), why()),
        Error::Exec(path(), why()),
        Error::Bug("a panic".to_owned()),
    ]
}
