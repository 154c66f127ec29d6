//! The snippets for Courier do what they say: its own courierdeliver reads them. What its local module makes of the status is a table
//! here (localmail.c): all of Courier is a mail server with a daemon for users.

use crate::blocks::text;
use crate::program::{MAILWARD, Scratch, both};
use crate::trouble::{BROKEN, CLEAN, DOWN, KILLS_US, configure, delivered, infected, infected_is, log};
use crate::unpacked::with_package;
use std::fs;

const COURIERDELIVER: &str = "/usr/lib/courier/courier/modules/local/courierdeliver";

#[derive(Debug, PartialEq, Eq)]
enum Fate {
    Delivered,
    Queued,
    Bounced,
}

/// A user with a .courier file or a default delivery.
struct User {
    home: Scratch,
    before: Vec<String>,
    default: String,
    shell: &'static str,
}

impl User {
    fn new() -> Option<Self> {
        let before = with_package("courier-mta")?;
        Some(Self { home: Scratch::new(), before, default: String::new(), shell: "/bin/sh" })
    }

    /// With programs that are here; what the delivery agent gets is in `copy`.
    fn here(&self, snippet: &str, config: &str) -> String {
        let tee = format!("/usr/bin/preline.courier /usr/bin/tee {}", self.home.path().join("copy").display());
        let call = configure(&self.home, config);
        snippet.replace("/usr/bin/preline /usr/bin/maildrop", &tee).replace("/usr/local/sbin/mailward deliver", &call)
    }

    fn receives(&self, message: &str) -> (Fate, String) {
        let home = self.home.path().to_str().unwrap();
        let (default, shell) = (format!("DEFAULTDELIVERY={}", self.default), format!("SHELL={}", self.shell));
        let words = ["env", &default, &shell, COURIERDELIVER, "bob", home, "", "bob@b.example", "ann@a.example", "", ""];
        let words: Vec<&str> = self.before.iter().map(String::as_str).chain(words).collect();
        let ended = self.home.run(words[0], &words[1..], message);
        let fate = match ended.status.code() {
            Some(0 | 99) => Fate::Delivered,
            Some(64 | 65 | 67..=70 | 76..=78 | 100 | 112) | None => Fate::Bounced,
            Some(_) => Fate::Queued,
        };
        (fate, both(&ended))
    }

    fn copy(&self) -> String {
        fs::read_to_string(self.home.path().join("copy")).unwrap_or_default()
    }
}

#[test]
fn the_dot_courier_file_delivers_defers_and_bounces() {
    let Some(user) = User::new() else { return };
    let table = [
        ("", CLEAN.to_owned(), Fate::Delivered),
        (DOWN, CLEAN.to_owned(), Fate::Queued),
        (KILLS_US, CLEAN.to_owned(), Fate::Queued),
        (BROKEN, CLEAN.to_owned(), Fate::Queued),
        (&infected_is("reject"), infected(), Fate::Bounced),
        (&infected_is("discard"), infected(), Fate::Delivered),
        (&infected_is("defer"), infected(), Fate::Queued),
    ];
    for (config, message, fate) in table {
        let _ = fs::remove_file(user.home.path().join("copy"));
        user.home.write(".courier", &user.here(&text("contrib/courier/dot-courier"), config));
        let (found, said) = user.receives(&message);
        assert_eq!(found, fate, "{config}: {said}\n{}", log(&user.home));
        assert_eq!(user.copy().is_empty(), !config.is_empty(), "{config}: {said}");
    }
    assert!(log(&user.home).contains("from=ann@a.example to=bob@b.example"), "{}", log(&user.home));
}

#[test]
fn the_message_is_whole_and_has_return_path_and_delivered_to() {
    let Some(user) = User::new() else { return };
    user.home.write(".courier", &user.here(&text("contrib/courier/dot-courier"), ""));
    user.receives(CLEAN);
    let copy = user.copy();
    let (from, rest) = copy.split_once('\n').unwrap();
    assert!(from.starts_with("From ann@a.example "), "{from}");
    let trace = ["Delivered-To: bob@b.example\n", "Return-Path: <ann@a.example>\n"];
    let rest = trace.iter().fold(rest.to_owned(), |rest, line| rest.replacen(line, "", 1));
    assert_eq!(rest, format!("X-Mailward: clean\n{CLEAN}"), "{copy}");
}

#[test]
fn the_line_without_a_delivery_agent_delivers_into_the_maildir() {
    let Some(user) = User::new() else { return };
    let snippet = text("contrib/courier/dot-courier");
    let line = snippet.lines().find_map(|line| line.strip_prefix('#').filter(|line| line.starts_with("| "))).unwrap();
    user.home.write(".courier", &user.here(line, ""));
    assert_eq!(user.receives(CLEAN).0, Fate::Delivered);
    assert_eq!(delivered(&user.home), [format!("X-Mailward: clean\n{CLEAN}")]);
}

#[test]
fn the_default_delivery_is_the_same_line() {
    let Some(mut user) = User::new() else { return };
    let courierd = user.home.write("courierd", &text("contrib/courier/courierd"));
    let line = user.home.sh("contrib/courier/courierd", &format!(". {}; printf %s \"$DEFAULTDELIVERY\"", courierd.display()));
    assert!(text("contrib/courier/dot-courier").contains(&format!("\n{line}\n")), "{line}");
    user.default = user.here(&line, "");
    assert_eq!(user.receives(CLEAN).0, Fate::Delivered);
    assert!(user.copy().ends_with(CLEAN));
}

#[test]
fn the_rest_of_the_line_is_needed_where_the_shell_becomes_a_single_command() {
    let Some(mut user) = User::new() else { return };
    user.shell = "/bin/bash";
    let line = user.here(&text("contrib/courier/dot-courier"), KILLS_US);
    user.home.write(".courier", &line);
    assert_eq!(user.receives(CLEAN).0, Fate::Queued);
    user.home.write(".courier", &line.replace("; exit $?", ""));
    assert_eq!(user.receives(CLEAN).0, Fate::Bounced);
}

#[test]
fn without_mailward_the_message_stays_in_the_queue() {
    let Some(user) = User::new() else { return };
    let line = user.here(&text("contrib/courier/dot-courier"), "");
    user.home.write(".courier", &line.replace(MAILWARD, "/nonexistent/mailward"));
    assert_eq!(user.receives(CLEAN).0, Fate::Queued);
}
