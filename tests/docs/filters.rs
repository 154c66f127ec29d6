//! The snippet for maildrop's xfilter does what it says, and procmail behind mailward answers itself.

use crate::blocks::text;
use crate::program::{Scratch, both, has};
use crate::trouble::{BROKEN, CLEAN, DOWN, KILLS_US, configure, delivered, infected, infected_is, log};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

/// A home with a maildir.
fn home() -> Scratch {
    let home = Scratch::new();
    for folder in ["tmp", "new", "cur"] {
        fs::create_dir_all(home.path().join("Maildir").join(folder)).unwrap();
    }
    home
}

/// maildrop with the snippet before a line that delivers: its status.
fn maildrop(home: &Scratch, snippet: &str, message: &str) -> Option<i32> {
    let rules = format!("{snippet}\nto \"{}/Maildir/\"\n", home.path().display());
    let path = home.write("rules", &rules);
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    home.run("maildrop", &[path.to_str().unwrap()], message).status.code()
}

#[test]
fn maildrop_takes_its_filtered_message_or_says_try_again_later() {
    if !has("maildrop") {
        return;
    }
    let table = [
        ("", CLEAN.to_owned(), Some(0), 1),
        (DOWN, CLEAN.to_owned(), Some(75), 0),
        (KILLS_US, CLEAN.to_owned(), Some(75), 0),
        (BROKEN, CLEAN.to_owned(), Some(75), 0),
        (&infected_is("defer"), infected(), Some(75), 0),
        (&infected_is("reject"), infected(), Some(75), 0),
        (&infected_is("discard"), infected(), Some(0), 0),
    ];
    for (config, message, status, count) in table {
        let home = home();
        let snippet = text("contrib/maildrop/maildroprc").replace("/usr/local/sbin/mailward deliver", &configure(&home, config));
        assert_eq!((maildrop(&home, &snippet, &message), delivered(&home).len()), (status, count), "{config}: {}", log(&home));
        if count == 1 {
            assert_eq!(delivered(&home), [format!("X-Mailward: clean\n{message}")]);
        }
    }
    let home = home();
    assert_eq!(maildrop(&home, &text("contrib/maildrop/maildroprc").replace("/usr/local", "/nonexistent"), CLEAN), Some(75));
    assert!(delivered(&home).is_empty());
}

#[test]
fn a_large_message_passes_the_filter_of_maildrop_whole() {
    if !has("maildrop") {
        return;
    }
    let home = home();
    let message = format!("{CLEAN}{}", "0123456789\n".repeat(300_000));
    let snippet = text("contrib/maildrop/maildroprc").replace("/usr/local/sbin/mailward deliver", &configure(&home, ""));
    assert_eq!(maildrop(&home, &snippet, &message), Some(0));
    assert!(delivered(&home) == [format!("X-Mailward: clean\n{message}")]);
}

#[test]
fn procmail_behind_mailward_delivers_and_its_status_is_the_answer() {
    if !has("procmail") {
        return;
    }
    let home = home();
    let rules = home.write("rules", &text("contrib/procmail/procmailrc"));
    let place = format!("HOME={}", home.path().display());
    let run = |config: &str, words: &[&str], message: &str| {
        let call = configure(&home, config);
        let words: Vec<&str> = call.split(' ').chain(["--", "procmail"]).chain(words.iter().copied()).collect();
        home.run(words[0], &words[1..], message)
    };
    let with_rules = ["-t", &place, rules.to_str().unwrap()];
    assert_eq!(run("", &with_rules, CLEAN).status.code(), Some(0));
    assert_eq!(delivered(&home), [format!("X-Mailward: clean\n{CLEAN}")]);
    // A mailbox that cannot be written: 75 with -t, 73 without, which every mail server but Exim bounces. It need not wait long for it.
    let nowhere = ["SUSPEND=0", "LOCKSLEEP=0", "DEFAULT=/nonexistent/inbox", "ORGMAIL=/nonexistent/inbox", "/dev/null"];
    for (option, status) in [(&["-t"][..], 75), (&[], 73)] {
        let ended = run("", &[option, &nowhere].concat(), CLEAN);
        assert_eq!(ended.status.code(), Some(status), "{}", both(&ended));
    }
    assert_eq!(run(DOWN, &with_rules, CLEAN).status.code(), Some(75));
    assert_eq!(run(&infected_is("reject"), &with_rules, &infected()).status.code(), Some(77));
    assert_eq!(delivered(&home).len(), 1);
}
