//! What mail and mailward meet in the tests of snippets: messages, a configuration for a home, and what can be wrong in it.

use crate::program::Scratch;
use std::fs;

pub(crate) const CLEAN: &str =
    "From: ann@example.org\nTo: bob@example.com\nMessage-ID: <1@example.org>\nSubject: one\n\n.\n..two dots\nSch\u{f6}n\n\nend\n";

/// An engine that nobody answers for.
pub(crate) const DOWN: &str = "[[engine]]\nname = \"x\"\nkind = \"clamd\"\naddress = [\"unix:/nonexistent\"]\nretry = \"0s\"\n";

/// An engine that ends mailward by a signal that nobody can catch.
pub(crate) const KILLS_US: &str =
    "[[engine]]\nname = \"x\"\nkind = \"command\"\ncommand = [\"/bin/sh\", \"-c\", \"kill -KILL $PPID\"]\ninput = \"stdin\"\n";

/// Nothing that mailward understands.
pub(crate) const BROKEN: &str = "no such key = 1\n";

/// The test string is put together when it is needed, so that it never stands in one piece in this file.
pub(crate) fn infected() -> String {
    let eicar = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*"].concat();
    format!("From: eve@example.org\nTo: bob@example.com\nMessage-ID: <3@example.org>\nSubject: three\n\n{eicar}\n")
}

/// What the policy says of that.
pub(crate) fn infected_is(action: &str) -> String {
    format!("policy.infected = {{ action = \"{action}\" }}\n")
}

/// Writes mailward's configuration, and gives the words that call it with that.
pub(crate) fn configure(home: &Scratch, config: &str) -> String {
    let at = |name: &str| home.path().join(name).display().to_string();
    let places = format!(
        "delivery.maildir = \"~/Maildir\"\nquarantine.path = {:?}\nlog.to = {:?}\nlimits.free_space = \"0\"\nnotice.sendmail = [\"/bin/true\"]\n",
        at("quarantine"),
        at("log")
    );
    let path = home.write("mailward.toml", &(places + config));
    format!("{} deliver --config {}", crate::program::MAILWARD, path.display())
}

/// mailward's log.
pub(crate) fn log(home: &Scratch) -> String {
    fs::read_to_string(home.path().join("log")).unwrap_or_default()
}

/// The messages in the maildir.
pub(crate) fn delivered(home: &Scratch) -> Vec<String> {
    let Ok(entries) = fs::read_dir(home.path().join("Maildir/new")) else { return Vec::new() };
    let mut messages: Vec<String> =
        entries.map(|entry| String::from_utf8_lossy(&fs::read(entry.unwrap().path()).unwrap()).into_owned()).collect();
    messages.sort();
    messages
}
