//! Mails about a finding: to whom, what they say, and once however often the message is tried.

use crate::harness::{Clamd, Site, infected, is_alive, run_helper};

#[test]
fn the_administrators_are_told_once_over_all_retries() {
    let site = Site::new();
    site.mda_exits(75);
    for _ in 0..5 {
        site.deliver().option("--sender", "s@a").option("--recipient", "r@b").pipe(infected()).run().exits(75);
    }
    let sent = site.sent();
    assert_eq!(sent.len(), 1, "{sent:?}");
    let (words, letter) = sent[0].split_once('\n').unwrap();
    assert_eq!(words, "-f <> -- postmaster");
    for text in
        ["To: <postmaster>", "Subject: [mailward] infected: Eicar-Test-Signature", "Auto-Submitted: auto-generated", "Sender:     <s@a>"]
    {
        assert!(letter.contains(text), "{text:?} in\n{letter}");
    }
    assert!(letter.contains(&site.id()) && letter.contains("Recipients: r@b"), "{letter}");
    assert!(!letter.contains("X5O!"), "no part of the original");
}

#[test]
fn every_administrator_and_the_sender_of_notices_can_be_configured() {
    let site = Site::with("notice.admin = [\"one@a\", \"two@b\"]\nnotice.from = \"Filter <filter@{hostname}>\"");
    site.deliver().pipe(infected()).run().exits(0);
    let letter = &site.sent()[0];
    assert!(letter.starts_with("-f <> -- one@a two@b\n") && letter.contains("From: \"Filter\" <filter@"), "{letter}");
    assert!(!letter.contains("{hostname}"));
}

#[test]
fn a_recipient_is_told_where_the_policy_says_so() {
    let site = Site::with("policy.infected = { action = \"discard\", notice = [\"recipient\"] }");
    site.deliver().option("--recipient", "r@b").option("--recipient", "s@b").pipe(infected()).run().exits(0).hands_on_nothing();
    let sent = site.sent();
    assert_eq!(sent.len(), 1);
    assert!(sent[0].starts_with("-f <> -- r@b s@b\n") && sent[0].contains("Ann <ann@example.org>"), "{}", sent[0]);
}

#[test]
fn nobody_is_told_when_nobody_is_known_or_named() {
    let site = Site::with("policy.infected = { action = \"accept\", notice = [\"recipient\"] }");
    site.deliver().pipe(infected()).run().exits(0);
    let site2 = Site::with("notice.admin = []");
    site2.deliver().pipe(infected()).run().exits(0);
    assert!(site.sent().is_empty() && site2.sent().is_empty());
}

#[test]
fn a_message_that_is_deferred_by_policy_again_and_again_tells_once_at_most() {
    for (config, most) in [
        ("policy.infected = { action = \"defer\", notice = [\"admin\"] }", 0),
        ("policy.infected = { action = \"defer\", quarantine = true, notice = [\"admin\"] }", 1),
    ] {
        let site = Site::with(config);
        for _ in 0..4 {
            site.deliver().pipe(infected()).run().defers(75);
        }
        assert_eq!(site.sent().len(), most, "{config}");
    }
}

#[test]
fn a_notice_that_cannot_be_sent_holds_nothing_up_and_is_logged() {
    for sendmail in ["[\"/nonexistent/sendmail\"]", "[\"/bin/false\"]", "[]", "[\"/bin/sh\", \"-c\", \"kill -9 $$\"]"] {
        let site = Site::with(&format!("notice.sendmail = {sendmail}"));
        let ended = site.deliver().pipe(infected()).run();
        ended.exits(0).is_silent();
        assert!(ended.verdict().starts_with("infected;"));
        assert!(site.read("log").contains("notice="), "{sendmail}: {}", site.read("log"));
    }
}

#[test]
fn what_sendmail_goes_on_with_in_the_background_is_not_killed() {
    // Sendmail and Exim take a mail, say so, and deliver it in a child of theirs.
    let site = Site::new();
    let here = site.path("").display().to_string();
    let script = format!("cat >/dev/null; sleep 50 >/dev/null 2>&1 & echo $! > {here}/background");
    site.configure(&format!("notice.sendmail = [\"/bin/sh\", \"-c\", {script:?}]"));
    site.deliver().pipe(infected()).run().exits(0);
    let background = site.read("background");
    assert!(is_alive(&background), "it was killed");
    run_helper("kill", [background.trim()]);
}

#[test]
fn nobody_is_told_before_the_original_is_kept() {
    let site = Site::new();
    let script = format!("ls {} > {}", site.path("quarantine/new").display(), site.path("kept").display());
    site.configure(&format!("notice.sendmail = [\"/bin/sh\", \"-c\", {script:?}]"));
    site.deliver().pipe(infected()).run().exits(0);
    assert_eq!(site.read("kept").trim(), site.id());
}

#[test]
fn clean_mail_tells_nobody() {
    let site = Site::new();
    site.deliver().pipe(crate::harness::PLAIN).run().exits(0);
    assert!(site.sent().is_empty());
}

#[test]
fn a_hostile_recipient_or_name_stays_an_argument_and_a_line() {
    let site = Site::new();
    let clamd = Clamd::that_says(&site.path("clamd"), "fd[9]: x\r\nBcc: evil@x FOUND");
    site.configure(&format!(
        "policy.unscanned = {{ action = \"accept\", quarantine = true, notice = [\"admin\", \"recipient\"] }}\n{}",
        clamd.engine()
    ));
    site.deliver().option("--recipient", "-oQ/tmp $(touch X)\nBcc: evil@x").pipe("Subject: a\n\nb\n").run().exits(0);
    assert_eq!(site.sent().len(), 2);
    for letter in site.sent() {
        let letter = letter.split_once("\nMessage-ID").map(|(_, rest)| rest.to_owned()).unwrap_or(letter);
        let header = letter.split("\n\n").next().unwrap().to_lowercase();
        assert!(!header.lines().any(|line| line.starts_with("bcc")), "{letter}");
    }
    assert!(!site.path("X").exists());
}
