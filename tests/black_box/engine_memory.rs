//! What runs remember of engines: answers for the same message, addresses that did not work; and how several share the work.

use crate::harness::{Asked, Clamd, PLAIN, Site};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::thread;

const CACHED: &str = "retry = \"0s\"\ncache = \"10m\"\n";

/// How often it was asked to scan.
fn scans(clamd: &Clamd) -> usize {
    clamd.asked().iter().filter(|asked| **asked != Asked::Version).count()
}

/// How many of the delivered messages have this in their mark.
fn marked(site: &Site, mark: &str) -> usize {
    site.delivered().iter().filter(|message| String::from_utf8_lossy(message).contains(&format!("X-Mailward: {mark}"))).count()
}

/// The message as it comes to one of many recipients.
fn to(number: usize) -> Vec<u8> {
    [
        format!("Return-Path: <a@sender.example>\nX-Original-To: user{number}@example.org\nDelivered-To: user{number}@example.org\n")
            .as_bytes(),
        PLAIN.as_bytes(),
    ]
    .concat()
}

fn pool(clamds: &[&Clamd], keys: &str) -> String {
    let addresses: Vec<String> = clamds.iter().map(|clamd| format!("{:?}", clamd.address)).collect();
    format!("[[engine]]\nname = \"clamav\"\nkind = \"clamd\"\nretry = \"0s\"\naddress = [{}]\n{keys}", addresses.join(", "))
}

#[test]
fn a_message_to_fifty_recipients_is_scanned_once() {
    let site = Site::new();
    let clamd = Clamd::that_says(&site.path("clamd"), "fd[9]: Worm FOUND");
    site.configure(&format!("policy.infected = {{ action = \"accept\" }}\n{}", clamd.engine_with(CACHED)));
    for number in 0..50 {
        site.deliver().pipe(to(number)).run().exits(0);
    }
    assert_eq!((scans(&clamd), marked(&site, "infected; engine=clamav; name=\"Worm\"")), (1, 50));
    let mode = fs::metadata(site.path("state")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn of_runs_at_the_same_time_one_asks_and_the_others_wait() {
    let site = Site::new();
    let clamd = Clamd::that_says(&site.path("clamd"), "fd[9]: OK");
    site.configure(&clamd.engine_with(CACHED));
    thread::scope(|scope| {
        for number in 0..8 {
            let site = &site;
            scope.spawn(move || {
                site.deliver().pipe(to(number)).run().exits(0);
            });
        }
    });
    assert_eq!(scans(&clamd), 1);
}

#[test]
fn another_message_is_another() {
    let site = Site::new();
    let clamd = Clamd::that_says(&site.path("clamd"), "fd[9]: OK");
    site.configure(&clamd.engine_with(CACHED));
    for body in ["one", "two", "one"] {
        site.deliver().pipe(format!("Subject: x\n\n{body}\n").as_bytes()).run().exits(0);
    }
    assert_eq!(scans(&clamd), 2);
}

#[test]
fn an_answer_does_not_outlive_the_signatures_that_it_rests_on() {
    let site = Site::new();
    let path = site.path("clamd");
    let serve = |version: &'static str| {
        move |talk: &mut crate::harness::Talk| match talk.listen()? {
            Asked::Version => talk.say(version),
            _ => talk.say("fd[9]: OK\0"),
        }
    };
    let old = Clamd::at(&path, serve("ClamAV 1.4.3/27000/Mon Jan  1 00:00:00 2024\0"));
    site.configure(&old.engine_with(CACHED));
    site.deliver().pipe(PLAIN).run().exits(0);
    drop(old);
    fs::remove_file(&path).unwrap();
    let new = Clamd::at(&path, serve("ClamAV 1.4.3/27001/Tue Jan  2 00:00:00 2024\0"));
    site.deliver().pipe(PLAIN).run().exits(0);
    site.deliver().pipe(PLAIN).run().exits(0);
    assert_eq!(scans(&new), 1);
}

#[test]
fn an_answer_goes_by_the_signatures_of_the_address_that_gave_it() {
    let site = Site::new();
    let serve = |version: &'static str, answer: &'static str| {
        move |talk: &mut crate::harness::Talk| match talk.listen()? {
            Asked::Version => talk.say(version),
            _ => talk.say(answer),
        }
    };
    let new = "ClamAV 1.4.3/27001/Tue Jan  2 00:00:00 2024\0";
    let path = site.path("behind");
    let ahead = Clamd::at(&site.path("ahead"), |_| Ok(()));
    let behind = Clamd::at(&path, serve("ClamAV 1.4.3/27000/Mon Jan  1 00:00:00 2024\0", "fd[9]: OK\0"));
    let config =
        |keys: &str| format!("policy.infected = {{ action = \"accept\" }}\n{}{keys}", pool(&[&ahead, &behind], "cache = \"10m\"\n"));
    site.configure(&config("rest = \"0s\"\n"));
    site.deliver().pipe(PLAIN).run().exits(0);
    drop(behind);
    fs::remove_file(&path).unwrap();
    // It has learnt of it meanwhile.
    let _behind = Clamd::at(&path, serve(new, "fd[9]: Worm FOUND\0"));
    site.deliver().pipe(PLAIN).run().exits(0);
    assert_eq!((marked(&site, "clean"), marked(&site, "infected")), (1, 1));
}

#[test]
fn what_is_no_clear_answer_is_not_kept() {
    let site = Site::new();
    let clamd = Clamd::that_says(&site.path("clamd"), "what?");
    site.configure(&clamd.engine_with(CACHED));
    for _ in 0..2 {
        site.deliver().pipe(PLAIN).run().exits(75);
    }
    assert_eq!(scans(&clamd), 2);
}

#[test]
fn a_folder_that_others_may_write_to_is_not_believed() {
    let site = Site::new();
    let clamd = Clamd::that_says(&site.path("clamd"), "fd[9]: Worm FOUND");
    site.configure(&format!("policy.infected = {{ action = \"accept\" }}\n{}", clamd.engine_with(CACHED)));
    site.deliver().pipe(PLAIN).run().exits(0);
    fs::set_permissions(site.path("state"), Permissions::from_mode(0o777)).unwrap();
    for entry in fs::read_dir(site.path("state")).unwrap() {
        // What another user would plant: the message is clean.
        fs::write(entry.unwrap().path(), r#"{"threats":[],"rating":null,"advice":{"added":[],"removed":[],"subject":null,"body":null}}"#)
            .unwrap();
    }
    site.deliver().pipe(PLAIN).run().exits(0);
    assert_eq!((scans(&clamd), marked(&site, "infected")), (2, 2));
}

#[test]
fn explain_neither_keeps_nor_believes_what_is_kept() {
    let site = Site::new();
    let clamd = Clamd::that_says(&site.path("clamd"), "fd[9]: OK");
    site.configure(&clamd.engine_with(CACHED));
    for _ in 0..2 {
        site.command("explain").pipe(PLAIN).run().exits(0);
    }
    assert_eq!(scans(&clamd), 2);
    assert!(!site.path("state").exists());
}

#[test]
fn an_address_that_does_not_work_is_left_alone_for_a_while() {
    let site = Site::new();
    let dropping = Clamd::at(&site.path("dropping"), |_| Ok(()));
    let good = Clamd::that_says(&site.path("good"), "fd[9]: OK");
    site.configure(&pool(&[&dropping, &good], "rest = \"1h\""));
    for _ in 0..3 {
        site.deliver().pipe(PLAIN).run().exits(0);
    }
    assert_eq!(marked(&site, "clean"), 3);
    // Twice: it is asked for a descriptor and for a stream.
    assert_eq!((dropping.connections(), scans(&good)), (2, 3));
}

#[test]
fn where_no_address_works_all_are_asked_all_the_same() {
    let site = Site::new();
    let one = Clamd::at(&site.path("one"), |_| Ok(()));
    let other = Clamd::at(&site.path("other"), |_| Ok(()));
    site.configure(&pool(&[&one, &other], "rest = \"1h\""));
    for _ in 0..2 {
        site.deliver().pipe(PLAIN).run().exits(75);
    }
    assert_eq!((one.connections(), other.connections()), (4, 4));
}

#[test]
fn by_hash_all_addresses_share_the_messages() {
    let site = Site::new();
    let clamds = ["a", "b", "c"].map(|name| Clamd::that_says(&site.path(name), "fd[9]: OK"));
    site.configure(&pool(&clamds.each_ref(), "balance = \"hash\""));
    for number in 0..40 {
        site.deliver().pipe(format!("Subject: {number}\n\nhi\n").as_bytes()).run().exits(0);
    }
    let shares: Vec<usize> = clamds.iter().map(scans).collect();
    assert!(shares.iter().sum::<usize>() == 40 && shares.iter().all(|share| *share >= 4), "{shares:?}");
    // The same message goes to the same.
    for _ in 0..3 {
        site.deliver().pipe(PLAIN).run().exits(0);
    }
    assert_eq!(clamds.iter().map(scans).zip(shares).filter(|(now, then)| now != then).count(), 1);
}

#[test]
fn malware_counts_once_enough_engines_find_some() {
    for (quorum, expected) in [(1, "infected"), (2, "clean")] {
        let site = Site::new();
        let (one, other) = (Clamd::that_says(&site.path("one"), "fd[9]: Worm FOUND"), Clamd::that_says(&site.path("other"), "fd[9]: OK"));
        let engine =
            |name: &str, clamd: &Clamd| format!("[[engine]]\nname = \"{name}\"\nkind = \"clamd\"\naddress = [{:?}]\n", clamd.address);
        let engines = [engine("one", &one), engine("other", &other)].concat();
        site.configure(&format!("scan.quorum = {quorum}\npolicy.infected = {{ action = \"accept\" }}\n{engines}"));
        assert!(site.deliver().pipe(PLAIN).run().verdict().starts_with(expected), "{quorum}");
    }
}
