//! The snippets for Postfix, procmail and maildrop do what they say, where these programs are installed.

use crate::blocks::text;
use crate::program::{Scratch, both, has};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

/// The header field of a message, and the folder that it is to go to.
const SORTED: [(&str, &str); 4] = [
    ("X-Mailward: clean", "Maildir"),
    ("X-Mailward: spam; engine=x; name=\"y\"; action=tag", "Maildir/.Junk"),
    ("X-Mailward: infected; engine=x; name=\"y\"; action=replace; id=0", "Maildir"),
    ("X-Other: spam;", "Maildir/.Unscanned"),
];

#[test]
fn procmail_sorts_by_the_header_field() {
    if !has("procmail") {
        return;
    }
    ensure_sorts("contrib/procmail/procmailrc", |scratch, rules, message| {
        let home = format!("HOME={}", scratch.path().display());
        both(&scratch.run("procmail", &["-t", &home, rules], message))
    });
}

#[test]
fn maildrop_sorts_by_the_header_field() {
    if !has("maildrop") {
        return;
    }
    ensure_sorts("contrib/maildrop/mailfilter", |scratch, rules, message| both(&scratch.run("maildrop", &[rules], message)));
}

#[test]
fn postfix_understands_its_snippets_with_every_line_switched_on() {
    if !has("postconf") {
        return;
    }
    let scratch = Scratch::new();
    scratch.write("main.cf", &switched_on(&text("contrib/postfix/main.cf")));
    scratch.write("master.cf", &text("contrib/postfix/master.cf"));
    let settings = both(&scratch.run("postconf", &["-c", ".", "-n"], ""));
    // Alternatives override each other when all of them are on.
    let mut complaints = settings.lines().filter(|line| line.starts_with("postconf: ") && !line.contains("overriding earlier entry"));
    assert_eq!(complaints.next(), None);
    for name in ["mailbox_command", "mailbox_command_maps", "mailbox_transport", "mailward_destination_recipient_limit"] {
        assert!(settings.lines().any(|line| line.starts_with(&format!("{name} = "))), "{name} in {settings}");
    }
    let services = both(&scratch.run("postconf", &["-c", ".", "-M"], ""));
    assert!(services.contains("argv=/usr/local/sbin/mailward deliver --sender=${sender}"), "{services}");
}

/// Delivers each message of the table by `deliver` and looks where it has gone.
fn ensure_sorts(rules: &str, deliver: impl Fn(&Scratch, &str, &str) -> String) {
    for (field, folder) in SORTED {
        let scratch = Scratch::new();
        // maildrop takes the home from the system's list of users, so the folder is written into the rules.
        let rules = text(rules).replace("$HOME", scratch.path().to_str().unwrap());
        let path = scratch.write("rules", &rules);
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        for maildir in ["Maildir", "Maildir/.Junk", "Maildir/.Unscanned"] {
            ["tmp", "new", "cur"].iter().for_each(|inner| fs::create_dir_all(scratch.path().join(maildir).join(inner)).unwrap());
        }
        let said = deliver(&scratch, path.to_str().unwrap(), &format!("{field}\nFrom: a@example.org\n\nx\n"));
        let count = fs::read_dir(scratch.path().join(folder).join("new")).unwrap().count();
        assert_eq!(count, 1, "{field} was not sorted into {folder}: {said}");
    }
}

/// Settings that are remarks become settings: `#name = value`.
fn switched_on(text: &str) -> String {
    let is_setting = |line: &str| line.starts_with('#') && line.as_bytes().get(1).is_some_and(u8::is_ascii_lowercase);
    text.lines().map(|line| if is_setting(line) { &line[1..] } else { line }).map(|line| format!("{line}\n")).collect()
}
