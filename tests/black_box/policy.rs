//! What the policy says is done: the four actions, the first class that ends the run, what is decided before anything is scanned.

use crate::harness::{Clamd, PLAIN, Site, attachment, infected, multipart};

#[test]
fn the_four_actions() {
    let table = [("accept", 0, "", true), ("defer", 75, "", false), ("discard", 0, "", false)];
    for (action, status, said, goes_on) in table {
        let site = Site::with(&format!("policy.infected = {{ action = \"{action}\" }}"));
        let ended = site.deliver().pipe(infected()).run();
        ended.exits(status).says(said).warns("");
        assert_eq!(site.delivered().len(), usize::from(goes_on), "{action}");
        assert!(site.names("quarantine").is_empty() && site.sent().is_empty());
    }
    let site = Site::with("policy.infected = { action = \"reject\" }");
    let line = "5.7.1 mail refused by policy: infected: Eicar-Test-Signature\n";
    site.deliver().pipe(infected()).run().exits(77).says(line).warns("").hands_on_nothing();
}

#[test]
fn every_action_can_keep_a_copy() {
    for (action, status) in [("accept", 0), ("defer", 75), ("discard", 0), ("reject", 77)] {
        let site = Site::with(&format!("policy.infected = {{ action = \"{action}\", quarantine = true }}"));
        site.deliver().pipe(infected()).run().exits(status);
        assert_eq!(std::fs::read_to_string(site.only("quarantine/new")).unwrap(), infected(), "{action}");
    }
}

#[test]
fn a_rule_that_is_written_replaces_its_default_whole() {
    let site = Site::with("policy.infected = { action = \"accept\" }");
    let field = "X-Mailward: infected; engine=eicar; name=\"Eicar-Test-Signature\"; action=accept\n";
    site.deliver().pipe(infected()).run().exits(0).hands_on(format!("{field}{}", infected()));
    assert!(site.names("quarantine").is_empty() && site.sent().is_empty());
}

#[test]
fn the_first_class_in_policy_order_that_is_not_accepted_ends_the_run() {
    let message = infected().replace("eicar.txt", "eicar.exe");
    let table = [
        ("accept", "reject", 77, "5.7.1 mail refused by policy: banned: eicar.exe\n"),
        ("reject", "defer", 77, "5.7.1 mail refused by policy: infected: Eicar-Test-Signature\n"),
        ("defer", "reject", 75, ""),
        ("discard", "reject", 0, ""),
        ("accept", "discard", 0, ""),
    ];
    for (infected, banned, status, said) in table {
        let site = Site::with(&format!("policy.infected = {{ action = \"{infected}\" }}\npolicy.banned = {{ action = \"{banned}\" }}"));
        site.deliver().pipe(&message).run().exits(status).says(said).warns("").hands_on_nothing();
    }
}

#[test]
fn a_rule_for_all_mail_ends_the_run_before_any_engine_is_asked() {
    for (action, status, said) in [("reject", 77, "5.7.1 mail refused by policy\n"), ("discard", 0, ""), ("defer", 75, "")] {
        let site = Site::new();
        let clamd = Clamd::that_says(&site.path("clamd"), "fd[9]: OK");
        site.configure(&format!("policy.processed = {{ action = \"{action}\" }}\n{}", clamd.engine()));
        site.deliver().pipe(infected()).run().exits(status).says(said).warns("").hands_on_nothing();
        assert_eq!(clamd.connections(), 0);
    }
}

#[test]
fn a_rule_for_all_mail_can_keep_what_it_refuses() {
    let site = Site::with("policy.processed = { action = \"reject\", quarantine = true, notice = [\"admin\"] }");
    site.deliver().pipe(PLAIN).run().exits(77);
    assert_eq!(std::fs::read_to_string(site.only("quarantine/new")).unwrap(), PLAIN);
    assert_eq!(site.sent().len(), 1);
}

#[test]
fn what_is_refused_or_discarded_is_read_to_its_end_first() {
    for action in ["reject", "discard"] {
        let site = Site::with(&format!("policy.processed = {{ action = \"{action}\" }}"));
        let call = site.deliver().feed(|mut pipe| {
            use std::io::Write;
            // Fails with a broken pipe when the other side has not read it.
            (0..200).for_each(|_| pipe.write_all(&[b'x'; 10_000]).unwrap());
        });
        call.run().hands_on_nothing();
    }
}

#[test]
fn treatments_add_up_and_replace_goes_before_all() {
    let parts = [attachment("a.txt", &crate::harness::eicar()), attachment("b.exe", "MZ")];
    let message = multipart(&[&parts[0], &parts[1]]);
    let site = Site::with("policy.infected = { action = \"accept\", treatment = \"tag\" }");
    let ended = site.deliver().pipe(&message).run();
    let got = String::from_utf8(ended.message()).unwrap();
    assert!(ended.verdict().starts_with("infected;") && ended.verdict().contains("; action=strip; id="), "{got}");
    assert!(got.contains("Subject: {Virus?} with parts") && !got.contains("MZ") && got.contains("An attachment was removed"), "{got}");
    let site = Site::with(
        "policy.banned = { action = \"accept\", treatment = \"replace\" }\npolicy.infected = { action = \"accept\", treatment = \"tag\" }",
    );
    let got = String::from_utf8(site.deliver().pipe(&message).run().message()).unwrap();
    assert!(got.contains("action=replace") && got.contains("This notice stands in") && !got.contains("MZ"), "{got}");
}

#[test]
fn one_finding_that_asks_for_a_copy_is_enough_for_one_copy() {
    let site = Site::with("policy.infected = { action = \"accept\" }\npolicy.banned = { action = \"accept\", quarantine = true }");
    site.deliver().pipe(infected().replace("eicar.txt", "eicar.exe")).run().exits(0);
    assert_eq!(site.names("quarantine/new").len(), 1);
}

#[test]
fn by_default_an_unwanted_attachment_is_cut_out_and_the_original_kept() {
    let site = Site::new();
    let message = multipart(&[&attachment("setup.exe", "MZ")]);
    let ended = site.deliver().pipe(&message).run();
    let verdict = format!("banned; engine=attachment; name=\"setup.exe\"; action=strip; id={}", site.id());
    assert_eq!(ended.verdict(), verdict);
    assert_eq!(std::fs::read_to_string(site.only("quarantine/new")).unwrap(), message);
    assert!(site.sent().is_empty());
}

#[test]
fn fields_that_contradict_each_other_are_never_passed_on_as_they_are() {
    let message = "Subject: x\nContent-Type: text/plain\nContent-Type: text/html\n\n<b>x</b>\n";
    let site = Site::new();
    let ended = site.deliver().pipe(message).run();
    let verdict = format!("ambiguous; engine=structure; name=\"Content-Type twice\"; action=canonical; id={}", site.id());
    let anew = "Subject: x\nMIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\nPGI+eDwvYj4K\n";
    ended.exits(0).hands_on(format!("X-Mailward: {verdict}\n{anew}"));
    assert_eq!(std::fs::read_to_string(site.only("quarantine/new")).unwrap(), message);

    let site = Site::with("policy.ambiguous = { action = \"accept\", treatment = \"strip\" }");
    let ended = site.deliver().pipe(message).run();
    assert_eq!(ended.exits(0).verdict(), "ambiguous; engine=structure; name=\"Content-Type twice\"; action=strip");
    let stripped = String::from_utf8(ended.message()).unwrap();
    assert!(stripped.contains("Subject: x\n") && stripped.contains("An attachment was removed here"), "{stripped}");

    let site = Site::with("policy.ambiguous = { action = \"reject\" }");
    site.deliver().pipe(message).run().exits(77).says("5.7.1 mail refused by policy: ambiguous: Content-Type twice\n");
}

#[test]
fn what_is_written_anew_and_tried_again_is_the_same() {
    let message = "A: b\nContent-Type: multipart/mixed; boundary=c; boundary=b\n\n--b\n\nx\n--c\n\ny\n--b--\n";
    let handed_on = || {
        let site = Site::new();
        String::from_utf8(site.deliver().pipe(message).run().exits(0).message()).unwrap()
    };
    let first = handed_on();
    assert!(first.contains("action=canonical; id=") && first.contains(" boundary=\"=_1_"), "{first}");
    assert_eq!(handed_on(), first);
}

#[test]
fn a_banned_part_in_one_that_is_written_anew_gives_way_to_its_text() {
    let message = multipart(&[&attachment("setup.exe", "MZ")]).replacen("Content-Type", "Content-Type: text/plain\nContent-Type", 1);
    let site = Site::new();
    let ended = site.deliver().pipe(&message).run();
    let verdict = format!("banned; engine=attachment; name=\"setup.exe\"; action=strip; id={}; also=ambiguous", site.id());
    assert_eq!(ended.exits(0).verdict(), verdict);
    assert!(String::from_utf8(ended.message()).unwrap().contains("Content-Type: multipart/mixed;\n boundary=\"=_1_"));
    let again = Site::new();
    assert_eq!(again.deliver().pipe(ended.message()).run().exits(0).verdict(), "clean");
}
