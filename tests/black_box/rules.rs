//! `[[rule]]`: what the administrator looks for, by patterns of the configuration and by tables that were written for Postfix.

use crate::harness::{PLAIN, Site, base64, multipart};

const REJECT: &str = "policy.banned = { action = \"reject\" }\n";

/// A rule that calls what it finds `told`.
fn rule(lines: &str) -> String {
    format!("{REJECT}[[rule]]\nname = \"told\"\n{lines}\n")
}

/// A site with this table, and a rule that imports it.
fn with_table(table: &str, lines: &str) -> Site {
    let site = Site::new();
    let path = site.write("checks", table);
    site.configure(&rule(&format!("import = \"{}\"\n{lines}", path.display())));
    site
}

fn refused(site: &Site, mail: &str, what: &str) {
    let line = format!("5.7.1 mail refused by policy: banned: {what}\n");
    site.deliver().pipe(mail).run().exits(77).says(&line).hands_on_nothing();
}

fn nested(subject: &str) -> String {
    multipart(&[&format!("Content-Type: message/rfc822\n\nSubject: {subject}\nX: y\n\ninner\n")])
}

#[test]
fn a_rule_of_each_kind_refuses_what_it_matches_and_nothing_else() {
    let encoded = format!("Content-Transfer-Encoding: base64\nContent-Type: text/plain\n\n{}", base64(b"one\ncheap pills\n"));
    let table = [
        ("pattern = '^Subject: cheap pills$'", "Subject: cheap\n pills\n\nx\n".to_owned()),
        ("pattern = 'cheap pills'", "Subject: =?utf-8?B?Y2hlYXA=?=\n =?utf-8?Q?_pills?=\n\nx\n".to_owned()),
        ("pattern = '^Bat$'\nfield = \"X-Mailer\"", "X-Mailer: Bat\n\nx\n".to_owned()),
        ("pattern = '^X-Odd: 1$'\nwhere = \"mime\"", multipart(&["X-Odd: 1\nContent-Type: text/plain\n\nx\n"])),
        ("pattern = '^Subject: cheap'\nwhere = \"nested\"", nested("cheap")),
        ("pattern = '^cheap pills$'\nwhere = \"body\"", multipart(&[&encoded])),
        ("pattern = '^cheap'\nwhere = \"body\"", "A: b\n\ncheap\n".to_owned()),
    ];
    for (lines, mail) in table {
        let site = Site::with(&rule(lines));
        refused(&site, &mail, "told");
        site.deliver().pipe(PLAIN).run().exits(0);
    }
}

#[test]
fn the_class_is_that_of_the_rule_and_the_policy_says_what_happens() {
    let site = Site::with("[[rule]]\nname = \"pills\"\npattern = '(?i)pills'\nclass = \"spam\"\n");
    let mail = "Subject: Pills\n\nx\n";
    let marked = "X-Mailward: spam; engine=rule; name=\"pills\"; action=tag";
    let ended = site.deliver().pipe(mail).run();
    ended.exits(0);
    let delivered = String::from_utf8_lossy(&ended.message()).into_owned();
    assert!(delivered.starts_with(marked), "{delivered}");
}

#[test]
fn an_imported_table_decides_as_postfix_does() {
    let table =
        "# checks\n/^Subject:.*newsletter/ DUNNO\nif /^Subject:/\n/(casino|pills)/\n  REJECT 5.7.1 no $1 here\nendif\n/^X-Held:/ HOLD\n";
    let site = with_table(table, "hold = \"banned\"");
    refused(&site, "Subject: CASINO\n\nx\n", "no CASINO here");
    refused(&site, "X-Held: 1\n\nx\n", "told");
    for passed in ["Subject: newsletter about pills\n\nx\n", "X: pills\n\nx\n", PLAIN] {
        site.deliver().pipe(passed).run().exits(0);
    }
}

#[test]
fn what_a_table_lets_pass_as_it_stands_it_refuses_decoded() {
    let site = with_table("/=\\?utf-8/ DUNNO\n/pills/ REJECT pills\n", "");
    refused(&site, "Subject: =?utf-8?B?cGlsbHM=?=\n\nx\n", "pills");
    site.deliver().pipe("Subject: =?utf-8?B?eA==?= pills\n\nx\n").run().exits(77);
    site.deliver().pipe("Subject: =?utf-8?X?pills?=\n\nx\n").run().exits(0);
}

#[test]
fn what_a_table_asks_for_in_vain_defers_and_is_told_with_its_line() {
    let table = "/a/ REJECT\n/b/ PREPEND X: y\n/c(?=d)/ REJECT\n/e/ HOLD\n";
    let site = with_table(table, "");
    site.deliver().option("--mta", "postfix").pipe(PLAIN).run().defers(75);
    let path = site.path("checks").display().to_string();
    let ended = site.command("check").run();
    ended.exits(1);
    let said = ended.stdout() + &ended.stderr();
    for (line, expected) in [(2, "mailward does not do PREPEND"), (3, "look-around"), (4, "HOLD needs a class")] {
        let told = said.lines().any(|said| said.contains(&format!("{path}:{line}:1: ")) && said.contains(expected));
        assert!(told, "{line}: {said}");
    }
}

#[test]
fn a_table_that_cannot_be_read_is_a_problem_of_the_configuration() {
    for path in ["/nonexistent/table", "/dev/null", "header_checks", "hash:/etc/aliases"] {
        let site = Site::with(&rule(&format!("import = \"{path}\"")));
        site.deliver().option("--mta", "postfix").pipe(PLAIN).run().defers(75);
        let ended = site.command("check").run();
        ended.exits(1);
        assert!((ended.stdout() + &ended.stderr()).contains("rule.import"), "{path}: {}", ended.context());
    }
}

#[test]
fn rules_are_shown_as_they_can_be_written() {
    let site = with_table("/a/ REJECT\n", "where = \"mime\"\n[[rule]]\nname = \"other\"\npattern = 'a\\.b'\nclass = \"spam\"");
    let shown = site.command("config").run();
    shown.exits(0).mentions(&["[[rule]]  # ", "pattern = \"a\\\\.b\"", "where = \"mime\""]);
    site.write("mailward.toml", shown.stdout());
    site.command("check").run().exits(0);
    let values = |text: &str| text.lines().map(|line| line.split("  # ").next().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(values(&site.command("config").run().stdout()), values(&shown.stdout()));
}
