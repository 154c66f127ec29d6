//! Other settings for some envelopes: which matches hold, which of them wins, and what holds for several recipients at once.

use crate::harness::{Call, Clamd, PLAIN, Site, attachment, infected, multipart};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// Two profiles that show by the status which of them holds.
const PROFILES: &str = "
[profile.black]
policy.processed = { action = \"reject\" }
[profile.grey]
policy.processed = { action = \"defer\" }
[profile.white]
policy.processed = { action = \"accept\" }
";

fn with_matches(matches: &str) -> Site {
    Site::with(&format!("{PROFILES}{matches}"))
}

const BLACK: i32 = 77;
const GREY: i32 = 75;
const NONE: i32 = 0;

fn status_is(call: Call<'_>, status: i32) {
    call.pipe(PLAIN).run().exits(status);
}

#[test]
fn a_sender_is_matched_with_stars_and_in_any_case() {
    let site = with_matches("[[match]]\nsender = \"*@bad.example\"\nprofile = \"black\"\n");
    for (sender, status) in [
        ("ann@bad.example", BLACK),
        ("Ann@BAD.Example", BLACK),
        ("ann@bad.example.org", NONE),
        ("bad.example", NONE),
        ("@bad.example", BLACK),
        ("", NONE),
    ] {
        status_is(site.deliver().option("--sender", sender), status);
        status_is(site.deliver().env("SENDER", sender), status);
        status_is(site.deliver().option("--sender", format!("<{sender}>")), status);
    }
    status_is(site.deliver(), NONE);
}

#[test]
fn the_null_sender_can_be_matched_and_an_unknown_one_cannot() {
    let site = with_matches("[[match]]\nsender = \"\"\nprofile = \"black\"\n");
    for sender in ["", "<>", "MAILER-DAEMON"] {
        status_is(site.deliver().option("--sender", sender), BLACK);
        status_is(site.deliver().env("SENDER", sender), BLACK);
    }
    status_is(site.deliver(), NONE);
    let site = with_matches("[[match]]\nsender = \"*\"\nprofile = \"black\"\n");
    status_is(site.deliver(), NONE);
    status_is(site.deliver().env("SENDER", ""), BLACK);
}

#[test]
fn a_recipient_is_matched_from_wherever_it_is_known() {
    let site = with_matches("[[match]]\nrecipient = \"ceo@example.com\"\nprofile = \"black\"\n");
    status_is(site.deliver().option("--recipient", "ceo@example.com"), BLACK);
    status_is(site.deliver().env("RECIPIENT", "CEO@example.com"), BLACK);
    status_is(site.deliver().env("RECIPIENT", "ceo@example.com").option("--recipient", "x@example.com"), NONE);
    for trace in ["Delivered-To", "X-Original-To"] {
        site.deliver().pipe(format!("{trace}: ceo@example.com\n{PLAIN}")).run().exits(BLACK);
    }
    site.deliver().pipe("To: ceo@example.com\nFrom: ceo@example.com\n\nx\n").run().exits(NONE);
}

#[test]
fn all_keys_of_a_match_must_hold_and_later_matches_win() {
    let one = "[[match]]\nsender = \"*@a\"\nrecipient = \"x@b\"\nprofile = \"black\"\n";
    let site = with_matches(&format!(
        "{one}[[match]]\nrecipient = \"y@b\"\nprofile = \"grey\"\n[[match]]\nsender = \"z@a\"\nprofile = \"white\"\n"
    ));
    for (sender, recipient, status) in [
        ("s@a", "x@b", BLACK),
        ("s@c", "x@b", NONE),
        ("s@a", "w@b", NONE),
        ("s@a", "y@b", GREY),
        ("z@a", "x@b", NONE),
        ("z@a", "y@b", NONE),
    ] {
        status_is(site.deliver().option("--sender", sender).option("--recipient", recipient), status);
    }
}

#[test]
fn a_sender_that_has_proved_who_it_is_can_be_told_from_one_that_has_not() {
    let site = with_matches("[[match]]\nsender = \"*@own.example\"\nauthenticated = false\nprofile = \"black\"\n");
    let call = || site.deliver().option("--sender", "ann@own.example");
    status_is(call(), BLACK);
    status_is(call().env("SASL_USERNAME", ""), BLACK);
    status_is(call().env("SASL_USERNAME", "ann"), NONE);
    let site = with_matches("[[match]]\nauthenticated = true\nprofile = \"black\"\n");
    status_is(site.deliver().env("SASL_USERNAME", "ann"), BLACK);
    status_is(site.deliver(), NONE);
}

#[test]
fn a_censored_sender_is_matched_as_it_really_is() {
    let site = with_matches("[[match]]\nsender = \"o'neil@a\"\nprofile = \"black\"\n");
    let message = format!("Return-Path: <o'neil@a>\n{PLAIN}");
    site.deliver().env("SENDER", "o_neil@a").pipe(&message).run().exits(BLACK);
    site.deliver().env("SENDER", "o_brien@a").pipe(&message).run().exits(NONE);
}

#[test]
fn an_address_that_is_no_text_is_matched_all_the_same() {
    let site =
        with_matches("[[match]]\nsender = \"*@bad.example\"\nprofile = \"black\"\n[[match]]\nrecipient = \"ceo*@b\"\nprofile = \"grey\"\n");
    let sender = OsStr::from_bytes(b"\xff@bad.example");
    status_is(site.deliver().env("SENDER", sender), BLACK);
    status_is(site.deliver().option("--sender", sender), BLACK);
    let recipient = OsStr::from_bytes(b"ceo\xe9@b");
    status_is(site.deliver().env("RECIPIENT", recipient), GREY);
    status_is(site.deliver().option("--recipient", recipient), GREY);
}

#[test]
fn a_field_below_those_that_the_mta_put_on_top_is_the_senders_and_not_believed() {
    let matches = "[[match]]\nrecipient = \"ceo@b\"\nprofile = \"black\"\n[[match]]\nsender = \"ann@a\"\nprofile = \"grey\"\n";
    for forged in ["Delivered-To: ceo@b\n", "X-Original-To: ceo@b\n", "Return-Path: <ann@a>\n"] {
        let site = with_matches(matches);
        site.deliver().pipe(format!("Received: by mx\n{forged}{PLAIN}")).run().exits(NONE);
        site.deliver().pipe(format!("From x Mon Jan  1 00:00:00 2024\nReceived: by mx\n{forged}{PLAIN}")).run().exits(NONE);
        let status = if forged.starts_with("Return") { GREY } else { BLACK };
        site.deliver().pipe(format!("From x Mon Jan  1 00:00:00 2024\n{forged}Received: by mx\n{PLAIN}")).run().exits(status);
    }
}

#[test]
fn recipients_whose_mail_goes_to_different_places_are_not_served_by_one_delivery() {
    let site = Site::new();
    let maildir = |name: &str| format!("delivery.maildir = {:?}\n", site.path(name));
    site.configure(&format!("{}[profile.other]\n{}[[match]]\nrecipient = \"c@d\"\nprofile = \"other\"\n", maildir("one"), maildir("two")));
    let to = |recipients: &[&str]| recipients.iter().fold(site.command("deliver"), |call, to| call.option("--recipient", to));
    to(&["a@b", "c@d"]).pipe(PLAIN).run().defers(75);
    assert!(site.read("log").contains("different deliveries"), "{}", site.read("log"));
    assert!(site.names("one/new").is_empty() && site.names("two/new").is_empty());
    to(&["c@d"]).pipe(PLAIN).run().exits(0);
    to(&["a@b", "e@f"]).pipe(PLAIN).run().exits(0);
    assert_eq!((site.names("one/new").len(), site.names("two/new").len()), (1, 1));
}

#[test]
fn what_one_recipient_wants_kept_or_removed_is_kept_or_removed_for_all() {
    let strips = "policy.infected = { action = \"accept\", treatment = \"strip\" }\n";
    let keeps = "[profile.keeps]\npolicy.infected = { action = \"accept\", quarantine = true, notice = [\"admin\"] }\n";
    let site = Site::with(&format!("{strips}{keeps}[[match]]\nrecipient = \"c@d\"\nprofile = \"keeps\"\n"));
    let call = site.deliver().option("--recipient", "a@b").option("--recipient", "c@d");
    let ended = call.pipe(multipart(&[&attachment("a.txt", &crate::harness::eicar())])).run();
    ended.exits(0);
    assert!(String::from_utf8(ended.message()).unwrap().contains("An attachment was removed"), "{}", ended.context());
    assert_eq!((site.names("quarantine/new").len(), site.sent().len()), (1, 1));
}

#[test]
fn a_forged_field_goes_whosever_filter_it_is_meant_for() {
    let keys = "tag.header = \"X-Ann\"\n[profile.other]\ntag.header = \"X-Bob\"\npolicy.infected = { action = \"accept\", treatment = \"replace\" }\n";
    let site = Site::with(&format!(
        "policy.infected = {{ action = \"accept\", treatment = \"tag\" }}\n{keys}[[match]]\nrecipient = \"bob@b\"\nprofile = \"other\"\n"
    ));
    let clean = site
        .deliver()
        .option("--recipient", "ann@a")
        .option("--recipient", "bob@b")
        .pipe(format!("X-Bob: clean\nX-Ann: clean; forged\nX-Other: kept\n{PLAIN}"))
        .run();
    let got = String::from_utf8(clean.message()).unwrap();
    assert!(got.contains("X-Other: kept") && !got.contains("forged"), "{got}");
    assert_eq!(got.matches(": clean").count(), 1, "{got}");
}

#[test]
fn a_profile_inherits_and_says_more() {
    let profiles = "
[profile.base]
policy.infected = { action = \"reject\" }
tag.header = \"X-Base\"
[profile.own]
inherit = \"base\"
tag.header = \"X-Own\"
[[match]]
recipient = \"x@b\"
profile = \"own\"
";
    let site = Site::with(profiles);
    site.deliver().option("--recipient", "x@b").pipe(infected()).run().exits(77);
    site.deliver().option("--recipient", "x@b").pipe(PLAIN).run().exits(0).hands_on(format!("X-Own: clean\n{PLAIN}"));
}

#[test]
fn for_several_recipients_the_strictest_holds() {
    let matches: String = [("black@b", "black"), ("grey@b", "grey"), ("white@b", "white")]
        .iter()
        .map(|(recipient, profile)| format!("[[match]]\nrecipient = \"{recipient}\"\nprofile = \"{profile}\"\n"))
        .collect();
    let site = with_matches(&matches);
    for (recipients, status) in [
        (&["white@b", "black@b"][..], BLACK),
        (&["black@b", "white@b"], BLACK),
        (&["grey@b", "white@b", "black@b"], BLACK),
        (&["white@b", "grey@b"], GREY),
        (&["white@b", "other@b"], NONE),
    ] {
        let call = recipients.iter().fold(site.deliver(), |call, recipient| call.option("--recipient", recipient));
        status_is(call, status);
    }
}

#[test]
fn what_one_recipient_wants_dropped_and_another_wants_is_refused() {
    let config = "
[profile.drop]
policy.infected = { action = \"discard\" }
[profile.want]
policy.infected = { action = \"accept\" }
[[match]]
recipient = \"drop@b\"
profile = \"drop\"
[[match]]
recipient = \"want@b\"
profile = \"want\"
";
    let site = Site::with(config);
    let to = |recipients: &[&str]| {
        let call = recipients.iter().fold(site.deliver(), |call, recipient| call.option("--recipient", recipient));
        call.pipe(infected()).run()
    };
    to(&["drop@b", "want@b"]).exits(77).hands_on_nothing();
    to(&["drop@b", "drop@b"]).exits(0).hands_on_nothing();
    to(&["want@b"])
        .exits(0)
        .hands_on(format!("X-Mailward: infected; engine=eicar; name=\"Eicar-Test-Signature\"; action=accept\n{}", infected()));
}

#[test]
fn the_stronger_treatment_of_two_recipients_holds() {
    let config = "
policy.infected = { action = \"accept\", treatment = \"tag\" }
[profile.strict]
policy.infected = { action = \"accept\", treatment = \"replace\" }
[[match]]
recipient = \"strict@b\"
profile = \"strict\"
";
    for recipients in [["strict@b", "other@b"], ["other@b", "strict@b"]] {
        let site = Site::with(config);
        let call = recipients.iter().fold(site.deliver(), |call, recipient| call.option("--recipient", recipient));
        assert!(call.pipe(infected()).run().verdict().ends_with("; action=replace"));
    }
}

#[test]
fn a_profile_can_skip_spam_and_macros_and_no_virus() {
    let skip =
        "\n[profile.trusted]\nskip = [\"spam\", \"active\", \"phishing\"]\n[[match]]\nsender = \"*@partner\"\nprofile = \"trusted\"\n";
    let table: [(&'static str, &str); 3] = [
        ("fd[9]: Heuristics.OLE2.ContainsMacros FOUND", "clean"),
        ("fd[9]: Heuristics.Phishing.Email.X FOUND", "clean"),
        ("fd[9]: Win.Trojan.X FOUND", "infected; engine=clamav; name=\"Win.Trojan.X\"; action=accept"),
    ];
    for (answer, verdict) in table {
        let site = Site::new();
        let clamd = Clamd::that_says(&site.path("clamd"), answer);
        site.configure(&format!("policy.infected = {{ action = \"accept\" }}\n{}{skip}", clamd.engine()));
        assert_eq!(site.deliver().option("--sender", "a@partner").pipe(PLAIN).run().verdict(), verdict);
        assert_eq!(clamd.connections(), 1);
    }
}
