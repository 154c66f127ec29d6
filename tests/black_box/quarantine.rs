//! The original is kept: every byte of it, once however often it is tried, with a record of what was found and decided.

use crate::harness::{Clamd, PLAIN, Site, infected, with_crlf};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs;
use std::os::unix::fs::PermissionsExt;

const KEEPING: &str = "policy.infected = { action = \"accept\", quarantine = true }";

fn record(site: &Site) -> Value {
    serde_json::from_str(&site.read(&format!("quarantine/records/{}.json", site.id()))).unwrap()
}

#[test]
fn every_byte_of_the_original_is_kept_for_us_alone() {
    let messages = [
        infected().into_bytes(),
        with_crlf(&infected()).into_bytes(),
        [b"From a@b Mon Jan  1 00:00:00 2024\nX-Mailward: clean\n".as_slice(), infected().as_bytes(), b"\0\xff no end"].concat(),
    ];
    for message in messages {
        for by_file in [false, true] {
            let site = Site::with(KEEPING);
            let call = if by_file { site.deliver().file(&message) } else { site.deliver().pipe(&message) };
            call.behind("umask 0").run().exits(0);
            let kept = site.only("quarantine/new");
            assert_eq!(Sha256::digest(fs::read(&kept).unwrap()), Sha256::digest(&message));
            assert_eq!(fs::metadata(&kept).unwrap().permissions().mode() & 0o7777, 0o600);
            assert_eq!(fs::metadata(site.only("quarantine/records")).unwrap().permissions().mode() & 0o7777, 0o600);
            assert_eq!(fs::metadata(site.path("quarantine")).unwrap().permissions().mode() & 0o7777, 0o700);
            assert!(site.names("quarantine/tmp").is_empty() && site.path("quarantine/cur").is_dir());
        }
    }
}

#[test]
fn fifty_retries_leave_one_file_and_one_record() {
    let site = Site::new();
    site.mda_exits(75);
    for _ in 0..50 {
        site.deliver().option("--recipient", "a@b").pipe(infected()).run().exits(75);
    }
    assert_eq!((site.names("quarantine/new").len(), site.names("quarantine/records").len()), (1, 1));
    assert!(site.names("quarantine/tmp").is_empty());
}

#[test]
fn a_retry_with_another_time_in_its_mailbox_line_is_the_same_message() {
    let site = Site::with(KEEPING);
    for time in ["Mon Jan  1 00:00:00 2024", "Tue Jan  2 00:00:00 2024"] {
        site.deliver().pipe(format!("From a@b {time}\n{}", infected())).run().exits(0);
    }
    let names = site.names("quarantine/new");
    assert_eq!(names.len(), 1, "{names:?}: MTAs write the time of the try there");
}

#[test]
fn a_retry_with_another_time_in_the_fields_that_exim_puts_on_top_is_the_same_message() {
    let site = Site::with(KEEPING);
    for time in ["10:00:00", "10:15:00", "11:00:00"] {
        let on_top = format!("Return-path: <a@b>\nEnvelope-to: c@d\nDelivery-date: Mon, 01 Jan 2024 {time} +0000\n");
        site.deliver().option("--recipient", "c@d").pipe(format!("From a@b Mon Jan  1 {time} 2024\n{on_top}{}", infected())).run().exits(0);
    }
    assert_eq!(site.names("quarantine/new").len(), 1, "{:?}", site.names("quarantine/new"));
}

#[test]
fn another_recipient_or_another_byte_is_another_message() {
    let site = Site::with(KEEPING);
    site.deliver().option("--recipient", "a@b").pipe(infected()).run().exits(0);
    site.deliver().option("--recipient", "c@b").pipe(infected()).run().exits(0);
    site.deliver().option("--recipient", "a@b").pipe(infected() + "\n").run().exits(0);
    assert_eq!(site.names("quarantine/new").len(), 3);
}

#[test]
fn the_record_says_what_is_known() {
    let site = Site::new();
    let call =
        site.deliver().option("--sender", "ann@a").option("--recipient", "bob@b").option("--recipient", "eve@b").option("--user", "bob");
    let call = call.env("HOME", "/home/bob").env("CLIENT_ADDRESS", "192.0.2.1").env("SASL_USERNAME", "ann");
    call.mda_words(["-d", "bob"]).pipe(infected()).run().exits(0);
    let record = record(&site);
    assert_eq!(record["id"], site.id());
    assert_eq!(record["size"], infected().len());
    assert_eq!(record["version"], env!("CARGO_PKG_VERSION"));
    assert!(record["time"].as_str().unwrap().starts_with("20"));
    let envelope = json!({
        "sender": { "address": "ann@a" }, "recipients": ["bob@b", "eve@b"], "user": "bob", "home": "/home/bob",
        "client": "192.0.2.1", "is_authenticated": true,
    });
    assert_eq!(record["envelope"], envelope);
    assert_eq!(record["mda"], json!([site.path("mda").to_str().unwrap(), "-d", "bob"]));
    let finding = &record["findings"][0];
    assert_eq!(
        (&finding["class"], &finding["engine"], &finding["what"]),
        (&json!("infected"), &json!("eicar"), &json!("Eicar-Test-Signature"))
    );
    assert_eq!(finding["place"]["part"], 2);
    let plan = &record["plan"];
    assert_eq!((&plan["action"], &plan["treatments"], &plan["rule"]), (&json!("accept"), &json!(["replace"]), &json!("policy.infected")));
    assert_eq!(record["engines"], json!([]));
}

#[test]
fn a_null_sender_and_an_unknown_one_are_told_apart_in_the_record() {
    for (call, expected) in [("", json!("null")), ("none", Value::Null)] {
        let site = Site::with(KEEPING);
        let deliver = if call.is_empty() { site.deliver().env("SENDER", "") } else { site.deliver() };
        deliver.pipe(infected()).run().exits(0);
        assert_eq!(record(&site)["envelope"]["sender"], expected);
    }
}

#[test]
fn the_record_holds_no_byte_of_the_body_and_each_engine() {
    let site = Site::new();
    let clamd = Clamd::that_says(&site.path("clamd"), "fd[9]: OK");
    site.configure(&format!("{KEEPING}\n{}", clamd.engine()));
    site.deliver().pipe(infected()).run().exits(0);
    assert_eq!(record(&site)["engines"], json!([{ "name": "clamav", "version": "ClamAV 1.4.3/27000/Mon Jan  1 00:00:00 2024" }]));
    assert!(!record(&site).to_string().contains("Hello."));
}

#[test]
fn home_and_user_are_the_recipients() {
    let site = Site::with(&format!("{KEEPING}\nquarantine.path = \"~/kept/{{user}}\""));
    site.deliver().env("HOME", site.path("home")).env("USER", "ann").pipe(infected()).run().exits(0);
    assert_eq!(site.names("home/kept/ann/new").len(), 1);
    let site = Site::with(&format!("{KEEPING}\nquarantine.path = \"~/kept/{{user}}\""));
    for user in ["../ann", "..", "a/b", ""] {
        site.deliver().env("HOME", site.path("home")).option("--user", user).pipe(infected()).run().defers(75);
    }
    assert!(!site.path("home").exists());
}

#[test]
fn the_same_message_tried_many_times_at_once_is_kept_and_told_once() {
    let site = Site::new();
    let runs: Vec<_> = (0..12).map(|_| site.deliver().mda_script("exit 75").pipe(infected()).start()).collect();
    for run in runs {
        run.wait().exits(75);
    }
    assert_eq!((site.names("quarantine/new").len(), site.names("quarantine/records").len(), site.sent().len()), (1, 1, 1));
    assert!(site.names("quarantine/tmp").is_empty());
}

#[test]
fn what_is_too_large_to_be_looked_at_is_kept_whole() {
    for by_file in [false, true] {
        let site = Site::with(
            "limits.message_size = \"1K\"\npolicy.unscanned = { action = \"accept\", treatment = \"replace\", quarantine = true }",
        );
        let message = [PLAIN.as_bytes(), &vec![b'x'; 300_000]].concat();
        let call = if by_file { site.deliver().file(&message) } else { site.deliver().pipe(&message) };
        let ended = call.run();
        ended.exits(0);
        assert_eq!(fs::read(site.only("quarantine/new")).unwrap(), message);
        assert!(String::from_utf8(ended.message()).unwrap().contains("Subject: {Unscanned} hello"), "{}", ended.context());
    }
}

#[test]
fn it_is_kept_before_the_mda_starts() {
    let site = Site::with(KEEPING);
    let script = format!("cat >/dev/null; ls {}", site.path("quarantine/new").display());
    let ended = site.deliver().mda_script(&script).pipe(infected()).run();
    ended.exits(0).says(&format!("{}\n", site.id()));
}

#[test]
fn nothing_is_kept_of_clean_mail() {
    let site = Site::new();
    site.deliver().pipe(PLAIN).run().exits(0);
    assert!(!site.path("quarantine").exists());
}

#[test]
fn a_file_of_somebody_else_with_its_name_is_neither_overwritten_nor_taken_for_it() {
    let site = Site::with(KEEPING);
    site.deliver().pipe(infected()).run().exits(0);
    let kept = site.only("quarantine/new");
    fs::write(&kept, "something else").unwrap();
    site.deliver().mda_script("cat >/dev/null").pipe(infected()).run().exits(0);
    assert_eq!(fs::read_to_string(&kept).unwrap(), "something else");
    let names = site.names("quarantine/new");
    assert_eq!(names.len(), 2);
    assert_eq!(fs::read_to_string(site.path("quarantine/new").join(&names[1])).unwrap(), infected());
}

#[test]
fn the_id_in_header_notice_log_and_record_is_the_name_of_the_file() {
    let site = Site::new();
    let ended = site.deliver().pipe(infected()).run();
    let id = site.id();
    let message = String::from_utf8(ended.message()).unwrap();
    assert!(ended.verdict().ends_with(&format!("; id={id}")));
    assert!(message.contains(&format!("\n  {id}")), "{message}");
    assert!(site.read("log").contains(&format!(" quarantine={id} ")));
    assert!(site.sent()[0].contains(&id));
}
