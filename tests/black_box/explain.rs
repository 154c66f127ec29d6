//! `mailward explain`: what would be done with a message, and why, for people and for programs; nothing is changed.

use crate::harness::{Clamd, PLAIN, Site, attachment, base64, infected, multipart};
use serde_json::{Value, json};

fn explained(site: &Site, message: &str) -> Value {
    let ended = site.command("explain").word("--json").pipe(message).run();
    ended.exits(0).warns("");
    serde_json::from_str(&ended.stdout()).unwrap_or_else(|why| panic!("{why}{}", ended.context()))
}

#[test]
fn it_shows_parts_findings_the_rule_with_its_place_and_the_edits() {
    let site = Site::with("tag.header = \"X-Checked\"\npolicy.banned = { action = \"accept\", treatment = \"strip\", quarantine = true }");
    let message = multipart(&[&attachment("setup.exe", "MZ"), &attachment("fine.pdf", "%PDF")]);
    let ended = site.command("explain").pipe(&message).run();
    ended.exits(0).warns("");
    let line = site.read("mailward.toml").lines().position(|line| line.starts_with("policy.banned")).unwrap() + 1;
    let origin = format!("# {}:{line}", site.path("mailward.toml").display());
    ended.mentions(&[
        "Envelope\n",
        "Parts\n",
        "multipart/mixed",
        "application/octet-stream",
        "\"setup.exe\"",
        "\"fine.pdf\"",
        "Findings\n",
        "banned: setup.exe (by attachment, part 2 at ",
        "policy.banned = { action = \"accept\", treatment = \"strip\", quarantine = true }",
        &origin,
        "Edits\n",
        "+ X-Checked: banned; engine=attachment; name=\"setup.exe\"; action=strip; id=",
        "- MZ",
        "+ An attachment was removed here",
    ]);
}

#[test]
fn nothing_is_kept_sent_or_delivered() {
    let site = Site::new();
    site.command("explain").pipe(infected()).run().exits(0).hands_on_nothing();
    assert!(site.names("quarantine").is_empty() && site.sent().is_empty() && site.read("log").is_empty());
}

#[test]
fn the_json_has_the_same() {
    let site = Site::new();
    let message = multipart(&[&attachment("setup.exe", "MZ")]);
    let value = explained(&site, &message);
    assert_eq!(value["size"], message.len());
    let types: Vec<&str> = value["parts"].as_array().unwrap().iter().map(|part| part["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["multipart/mixed", "text/plain", "application/octet-stream"]);
    assert_eq!(value["parts"][2]["names"], json!(["setup.exe"]));
    assert_eq!(
        (&value["parts"][2]["parent"], &value["parts"][2]["depth"], &value["parts"][2]["cuttable"]),
        (&json!(0), &json!(1), &json!(true))
    );
    assert_eq!((&value["findings"][0]["class"], &value["findings"][0]["what"]), (&json!("banned"), &json!("setup.exe")));
    assert_eq!((&value["plan"]["rule"], &value["rule_origin"]), (&json!("policy.banned"), &json!("default")));
    assert_eq!(value["quarantine"].as_str().unwrap().len(), 32);
}

#[test]
fn its_ranges_are_those_of_the_message() {
    let site = Site::new();
    let message = multipart(&[&attachment("setup.exe", "MZ")]);
    let value = explained(&site, &message);
    let at = |range: &Value| {
        let bound = |index: usize| usize::try_from(range[index].as_u64().unwrap()).unwrap();
        message[bound(0)..bound(1)].to_owned()
    };
    let part = &value["parts"][2];
    assert_eq!((at(&part["header"]) + &at(&part["body"])), attachment("setup.exe", "MZ"));
    assert_eq!(at(&value["parts"][1]["body"]), "Hello.\n");
}

#[test]
fn its_edits_make_of_the_message_what_a_delivery_hands_on() {
    for message in [PLAIN.to_owned(), infected(), multipart(&[&attachment("a.exe", "MZ"), &attachment("b.exe", "MZ")])] {
        let site = Site::new();
        let value = explained(&site, &message);
        let mut edited = message.clone();
        for edit in value["edits"].as_array().unwrap().iter().rev() {
            let bound = |index: usize| usize::try_from(edit["range"][index].as_u64().unwrap()).unwrap();
            edited.replace_range(bound(0)..bound(1), edit["with"].as_str().unwrap());
        }
        site.deliver().pipe(&message).run().exits(0).hands_on(edited);
    }
}

#[test]
fn it_asks_the_engines_and_says_what_they_said() {
    let site = Site::new();
    let clamd = Clamd::that_says(&site.path("clamd"), "fd[9]: Win.Trojan.X FOUND");
    let bad = "[[engine]]\nname = \"bad\"\nkind = \"clamd\"\naddress = [\"unix:/nonexistent\"]\nretry = \"0s\"\n";
    site.configure(&format!("{}{bad}", clamd.engine()));
    site.command("explain").pipe(PLAIN).run().exits(0).mentions(&[
        "clamav: Win.Trojan.X (",
        "bad: failed: no connection to /nonexistent",
        "infected: Win.Trojan.X (by clamav): clamav says Win.Trojan.X",
        "unscanned: refused (by bad)",
    ]);
    let value = explained(&site, PLAIN);
    assert_eq!((&value["engines"][0]["verdict"], &value["engines"][1]["verdict"]), (&json!("Win.Trojan.X"), &json!("failed")));
    assert!(value["engines"][1]["error"].as_str().unwrap().contains("/nonexistent"));
}

#[test]
fn it_reads_a_file_and_says_what_it_cannot_read() {
    let site = Site::new();
    let file = site.write("mail", PLAIN);
    site.command("explain").word(&file).run().exits(0).mentions(&["clean: accept"]);
    for missing in [site.path("missing"), site.path("")] {
        let ended = site.command("explain").word(missing).run();
        ended.exits(1).says("");
        assert!(ended.stderr().starts_with("mailward: "), "{}", ended.context());
    }
}

#[test]
fn the_envelope_and_its_profiles_are_shown() {
    let site = Site::with("[profile.p]\ntag.header = \"\"\n[[match]]\nsender = \"a@*\"\nprofile = \"p\"\n");
    let call = site.command("explain").option("--sender", "a@b").option("--recipient", "c@d");
    call.pipe(PLAIN).run().exits(0).mentions(&["sender <a@b>", "recipients c@d", "profiles p"]);
}

#[test]
fn parts_in_an_encoded_parent_are_shown_as_not_to_be_cut() {
    let inner = base64(multipart(&[&attachment("setup.exe", "MZ")]).as_bytes());
    let message = format!("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{inner}\n");
    Site::new().command("explain").pipe(message).run().exits(0).mentions(&["(cannot be cut)", "uncleanable", "by attachment, part 3)"]);
}

#[test]
fn what_an_attacker_wrote_does_not_reach_the_terminal() {
    let site = Site::with("policy.banned = { action = \"accept\", treatment = \"tag\" }");
    let message = "Content-Type: text/plain\x1b[31m; name=\"=?utf-8?Q?=1B[31m=E2=80=AEred.exe?=\"\nSubject: \x1b]0;title\x07\n\n\x1b[2J\n";
    let site_stripping = Site::new();
    for site in [&site, &site_stripping] {
        for word in ["--json", "--mta=postfix"] {
            let ended = site.command("explain").word(word).pipe(message).run();
            ended.exits(0);
            assert!(!ended.stdout().contains(['\x1b', '\u{202e}', '\x07']), "{}", ended.context());
        }
    }
}

#[test]
fn a_broken_configuration_is_said_on_stderr() {
    let site = Site::new();
    site.write("mailward.toml", "limits.partz = 3\n");
    let ended = site.command("explain").pipe(PLAIN).run();
    ended.exits(1).says("");
    assert!(ended.stderr().contains("mailward.toml:1:") && ended.stderr().contains("limits.parts"), "{}", ended.context());
}

#[test]
fn what_different_readers_see_in_a_part_stands_side_by_side() {
    let body = "SGVsbG8hISE=";
    let message = format!("Content-Type: a/b; name=x.doc\nContent-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n\n{body}\n");
    let site = Site::new();
    site.command("explain").pipe(&message).run().exits(0).mentions(&[
        "      reading 1: a/b  base64 ->  8 bytes  \"Hello!!!\"  names \"x.doc\"",
        "      reading 2: a/b  it is  -> 13 bytes  \"SGVsbG8hISE=?\"  names \"x.doc\"",
        "ambiguous: Content-Transfer-Encoding twice (by structure, part 0 at ",
        "policy.ambiguous = { action = \"accept\", treatment = \"canonical\", quarantine = true }",
        "+ Content-Disposition: attachment; filename=\"x.doc\"",
    ]);
    let value = explained(&site, &message);
    assert_eq!((&value["parts"][0]["reading_of"], &value["readings"][0]["part"]), (&Value::Null, &json!(0)));
    let readings = &value["readings"][0]["readings"];
    assert_eq!((&readings[0]["encoding"], &readings[0]["size"]), (&json!("base64"), &json!(8)));
    assert_eq!((&readings[1]["encoding"], &readings[1]["head"]), (&json!("it is"), &json!("SGVsbG8hISE=?")));
    let ambiguity = &value["ambiguities"][0];
    assert_eq!((&ambiguity["construct"], &ambiguity["grade"]), (&json!("Content-Transfer-Encoding twice"), &json!("hard")));
    assert_eq!(value["plan"]["rewrites"][0]["part"], 0);
}

#[test]
fn a_message_that_all_readers_take_alike_has_no_readings() {
    let value = explained(&Site::new(), PLAIN);
    assert_eq!((&value["readings"], &value["ambiguities"]), (&json!([]), &json!([])));
}
