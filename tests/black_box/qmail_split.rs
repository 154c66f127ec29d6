//! `delivery.split`: each group of recipients gets a copy of its own by a run of its own of the real qmail-queue, all or none of them.

use crate::harness::{PLAIN, Site, infected};
use crate::qmail_queue::{ENVELOPE, Queued, mailward_with, queue};
use std::collections::BTreeMap;
use std::fs;

/// Everybody is told; eve is told, and gets infected mail as it is.
const APART: &str = "delivery.split = true\npolicy.infected = { action = \"discard\", quarantine = true }\n\
     [profile.brave]\npolicy.infected = { action = \"accept\", treatment = \"tag\" }\n\
     [[match]]\nrecipient = \"eve@*\"\nprofile = \"brave\"\n";

/// What qmail-queue.c does: the message, then the envelope, and only when that is whole it is queued. Before that it does what `first`
/// says, knowing for whom it is only then.
fn real(site: &Site, first: &str) -> Vec<String> {
    fs::create_dir_all(site.path("queue")).unwrap();
    let here = site.path("").display().to_string();
    let script = format!(
        "cd {here} && {first}cat <&0 >$$.message && cat <&1 >$$.envelope && \
         case $(tail -c 2 $$.envelope | od -An -tx1) in ' 00 00') mv $$.message queue/$$.message && mv $$.envelope queue/$$;; *) exit 91;; esac"
    );
    ["/bin/sh", "-c", &script, "qmail-queue"].map(str::to_owned).to_vec()
}

/// What is queued: the message for each envelope.
fn queued(site: &Site) -> BTreeMap<String, String> {
    let files = fs::read_dir(site.path("queue")).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: &std::path::Path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
    files.filter(|path| path.extension().is_none()).map(|path| (read(&path), read(&path.with_extension("message")))).collect()
}

fn run(site: &Site, message: &str, first: &str) -> Queued {
    queue(site, mailward_with(site, &real(site, first)), message.as_bytes(), ENVELOPE, None)
}

#[test]
fn each_group_of_recipients_gets_its_own_copy() {
    let site = Site::with(
        "delivery.split = true\n[profile.plain]\ntag.header = \"X-Other\"\n[[match]]\nrecipient = \"eve@*\"\nprofile = \"plain\"\n",
    );
    assert_eq!(run(&site, PLAIN, "").status, Some(0), "{}", site.read("log"));
    let expected = BTreeMap::from([
        ("Fann@a.example\0Tbob@b.example\0\0".to_owned(), format!("X-Mailward: clean\n{PLAIN}")),
        ("Fann@a.example\0Teve@b.example\0\0".to_owned(), format!("X-Other: clean\n{PLAIN}")),
    ]);
    assert_eq!(queued(&site), expected);
    let log = site.read("log");
    assert_eq!(log.lines().count(), 2, "a line for each copy: {log}");
    assert!(log.contains("to=bob@b.example ") && log.contains("to=eve@b.example "), "{log}");
}

#[test]
fn recipients_with_the_same_settings_stay_together() {
    let site = Site::with("delivery.split = true\n");
    assert_eq!(run(&site, PLAIN, "").status, Some(0), "{}", site.read("log"));
    assert_eq!(queued(&site).into_keys().collect::<Vec<_>>(), [String::from_utf8_lossy(ENVELOPE)]);
}

#[test]
fn what_one_group_wants_discarded_reaches_the_others() {
    let site = Site::with(APART);
    assert_eq!(run(&site, &infected(), "").status, Some(0), "{}", site.read("log"));
    let queued = queued(&site);
    assert_eq!(queued.keys().collect::<Vec<_>>(), ["Fann@a.example\0Teve@b.example\0\0"]);
    assert!(queued.values().all(|message| message.starts_with("X-Mailward: infected;")), "{queued:?}");
    assert_eq!(fs::read_dir(site.path("quarantine/new")).unwrap().count(), 1, "bob's is kept");
    let log = site.read("log");
    assert!(log.lines().any(|line| line.contains("to=bob@b.example ") && line.contains("action=discard")), "{log}");
}

#[test]
fn a_refusal_or_a_delay_holds_for_all() {
    for (action, status) in [("reject", 31), ("defer", 71)] {
        let site = Site::with(&APART.replace("discard", action));
        assert_eq!(run(&site, &infected(), "").status, Some(status), "{}", site.read("log"));
        assert!(queued(&site).is_empty(), "{action}");
    }
}

#[test]
fn when_one_copy_cannot_be_queued_none_is() {
    // Whoever comes first fails, the other one not: before it reads, while it reads, by a signal, by a status that says nothing.
    let once = |what: &str| format!("if mkdir failed 2>/dev/null; then {what}; fi; ");
    for (what, status) in [("exit 53", 53), ("cat <&0 >/dev/null; exit 31", 31), ("kill -9 $$", 71), ("exit 0", 71)] {
        let site = Site::with(&APART.replace("discard", "accept"));
        assert_eq!(run(&site, &infected(), &once(what)).status, Some(status), "{what}: {}", site.read("log"));
        assert!(queued(&site).is_empty(), "{what}");
        assert_eq!(run(&site, &infected(), &once(what)).status, Some(0), "{what}: {}", site.read("log"));
        assert_eq!(queued(&site).len(), 2, "{what}");
    }
}

#[test]
fn behind_one_that_fails_at_the_last_byte_none_is_queued() {
    let site = Site::with(&APART.replace("discard", "accept"));
    // Whoever is queued first fails then, as on a full disk.
    let real: Vec<String> =
        real(&site, "").iter().map(|word| word.replace("mv $$.message", "mkdir full && exit 53; mv $$.message")).collect();
    let command = || mailward_with(&site, &real);
    assert_eq!(queue(&site, command(), infected().as_bytes(), ENVELOPE, None).status, Some(53), "{}", site.read("log"));
    assert!(queued(&site).is_empty());
}

#[test]
fn of_very_many_groups_the_strictest_settings_hold_for_all() {
    let groups: String = (0..40)
        .map(|number| {
            format!("[profile.p{number}]\ntag.header = \"X-{number}\"\n[[match]]\nrecipient = \"u{number}@*\"\nprofile = \"p{number}\"\n")
        })
        .collect();
    let site = Site::with(&format!("delivery.split = true\n{groups}"));
    let recipients: Vec<u8> = (0..40).flat_map(|number| format!("Tu{number}@b.example\0").into_bytes()).collect();
    let envelope = [b"Fann@a.example\0", recipients.as_slice(), b"\0"].concat();
    let ended = queue(&site, mailward_with(&site, &real(&site, "")), PLAIN.as_bytes(), &envelope, None);
    assert_eq!((ended.status, queued(&site).len()), (Some(0), 1), "{}", site.read("log"));
}

#[test]
fn a_real_one_that_is_missing_or_a_maildir_queues_nothing() {
    let site = Site::with(APART);
    let missing = mailward_with(&site, &["/nonexistent/qmail-queue".to_owned()]);
    assert_eq!(queue(&site, missing, PLAIN.as_bytes(), ENVELOPE, None).status, Some(71));
    let maildir = format!("delivery.maildir = {:?}\n{APART}", site.path("Maildir"));
    site.configure(&maildir);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_mailward"));
    command.arg("qmail-queue").arg("--config").arg(site.path("mailward.toml"));
    assert_eq!(queue(&site, command, PLAIN.as_bytes(), ENVELOPE, None).status, Some(71));
    assert!(!site.path("Maildir").exists());
}
