//! The log: one line a message, its keys in their order, and nothing in it that an attacker could shape.

use crate::harness::{Clamd, PLAIN, Site, infected};
use serde_json::Value;

const KEYS: [&str; 11] = ["id", "from", "to", "size", "engines", "class", "name", "action", "treatment", "quarantine", "exit"];

/// Key and value of each field, quotes undone.
fn fields(line: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let mut rest = line.trim_end();
    while let Some((key, after)) = rest.split_once('=') {
        let (value, behind) = match after.strip_prefix('"') {
            Some(quoted) => {
                let end = (0..quoted.len()).find(|at| quoted[*at..].starts_with('"') && !quoted[..*at].ends_with('\\')).unwrap();
                (quoted[..end].replace("\\\"", "\"").replace("\\\\", "\\"), &quoted[end + 1..])
            }
            None => after.split_once(' ').map_or((after.to_owned(), ""), |(value, behind)| (value.to_owned(), behind)),
        };
        fields.push((key.trim().to_owned(), value));
        rest = behind.trim_start();
    }
    fields
}

fn one_line(site: &Site) -> String {
    let log = site.read("log");
    assert_eq!(log.matches('\n').count(), 1, "{log}");
    log
}

fn value(line: &str, key: &str) -> String {
    fields(line).into_iter().find(|(own, _)| own == key).map(|(_, value)| value).unwrap_or_else(|| panic!("no {key} in {line}"))
}

#[test]
fn its_keys_stand_in_their_order() {
    let site = Site::new();
    site.deliver().option("--sender", "s@a").option("--recipient", "r@b").pipe(format!("Message-ID: <x@y>\n{PLAIN}")).run().exits(0);
    let line = one_line(&site);
    let fields = fields(&line);
    let keys: Vec<&str> = fields.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys[0], "time");
    assert_eq!(keys[1..], KEYS);
    let size = (PLAIN.len() + "Message-ID: <x@y>\n".len()).to_string();
    let expected = ["<x@y>", "s@a", "r@b", &size, "", "clean", "", "accept", "", "", "exec"];
    let values: Vec<&str> = fields[1..].iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(values, expected);
}

#[test]
fn as_json_it_has_the_same_keys_and_values() {
    let (one, two) = (Site::new(), Site::with("log.format = \"json\""));
    for site in [&one, &two] {
        site.deliver().option("--sender", "s\"\\@a").pipe(infected()).run().exits(0);
    }
    let (line, json) = (one_line(&one), one_line(&two));
    let value_of: Value = serde_json::from_str(&json).unwrap();
    let places: Vec<usize> = KEYS.iter().map(|key| json.find(&format!("\"{key}\":")).unwrap()).collect();
    assert!(places.is_sorted(), "{json}");
    for key in KEYS {
        let text = value_of[key].as_str().map_or_else(|| value_of[key].to_string(), str::to_owned);
        assert_eq!(text, value(&line, key), "{key}");
    }
}

#[test]
fn a_finding_is_in_it_with_what_was_done() {
    let site = Site::new();
    let clamd = Clamd::that_says(&site.path("clamd"), "fd[9]: Eicar FOUND");
    site.configure(&clamd.engine());
    site.deliver().pipe(infected()).run().exits(0);
    let line = one_line(&site);
    for (key, expected) in
        [("class", "infected"), ("name", "Eicar-Test-Signature"), ("action", "accept"), ("treatment", "replace"), ("exit", "exec")]
    {
        assert_eq!(value(&line, key), expected, "{line}");
    }
    assert_eq!(value(&line, "quarantine"), site.id());
    let engines = value(&line, "engines");
    let millis = engines.strip_prefix("clamav=Eicar/").and_then(|rest| rest.strip_suffix("ms")).unwrap_or_else(|| panic!("{line}"));
    assert!(millis.parse::<u32>().is_ok());
}

#[test]
fn the_exit_says_how_the_run_ended() {
    for (action, mta, exit) in
        [("defer", "postfix", "75"), ("defer", "qmail-command", "111"), ("reject", "postfix", "77"), ("discard", "postfix", "0")]
    {
        let site = Site::with(&format!("policy.infected = {{ action = \"{action}\" }}"));
        let _ = site.deliver().option("--mta", mta).pipe(infected()).run();
        assert_eq!((value(&one_line(&site), "action").as_str(), value(&one_line(&site), "exit").as_str()), (action, exit));
    }
    let site = Site::new();
    site.configure(&format!("delivery.maildir = {:?}", site.path("Maildir")));
    site.command("deliver").pipe(PLAIN).run().exits(0);
    assert_eq!(value(&one_line(&site), "exit"), "maildir");
}

#[test]
fn nothing_in_a_message_can_begin_a_line_or_a_field() {
    let evil = "<a@b>\r\n id=forged class=clean\r\n\tclass=clean\u{1b}[31m\u{e9}\0\" class=\"clean";
    let message = format!("Message-ID: {evil}\r\nSubject: x\r\n\r\nbody\r\n");
    for format in ["logfmt", "json"] {
        let site = Site::with(&format!("log.format = \"{format}\""));
        let call = site.deliver().option("--sender", "a@b\n\" class=\"x").option("--recipient", "c@d\r\nx=\"y\" z");
        call.pipe(&message).run().exits(0);
        let line = one_line(&site);
        assert!(line.trim_end().bytes().all(|byte| matches!(byte, b' '..=b'~')), "{line:?}");
        if format == "json" {
            assert_eq!(serde_json::from_str::<Value>(&line).unwrap()["class"], "clean");
        } else {
            let keys: Vec<String> = fields(&line).into_iter().map(|(key, _)| key).collect();
            let mut expected = KEYS.to_vec();
            // Its header holds controls.
            expected.insert(expected.len() - 1, "malformed");
            assert_eq!(keys[1..], expected, "{line}");
        }
    }
}

#[test]
fn a_long_text_is_cut() {
    let site = Site::new();
    site.deliver().pipe(format!("Message-ID: <{}@x>\n\n", "x".repeat(100_000))).run().exits(0);
    assert!(one_line(&site).len() < 1000);
}

#[test]
fn the_level_leaves_clean_mail_out() {
    let site = Site::with("log.level = \"warning\"\npolicy.infected = { action = \"accept\" }");
    site.deliver().pipe(PLAIN).run().exits(0);
    assert_eq!(site.read("log"), "");
    site.deliver().mda_script("cat >/dev/null").pipe(infected()).run().exits(0);
    assert_eq!(value(&one_line(&site), "class"), "infected");
}

#[test]
fn lines_are_added_and_none_is_lost_when_many_write() {
    let site = Site::with("tag.header = \"\"");
    site.write("log", "first\n");
    let runs: Vec<_> = (0..20).map(|_| site.deliver().mda(["/bin/cat"]).pipe(PLAIN).start()).collect();
    for run in runs {
        run.wait().exits(0);
    }
    let log = site.read("log");
    assert!(log.starts_with("first\n") && log.lines().count() == 21, "{log}");
    assert!(log.lines().skip(1).all(|line| line.starts_with("time=") && line.ends_with(" exit=exec")), "{log}");
}

#[test]
fn an_error_of_ours_is_one_line_with_its_cause() {
    let site = Site::new();
    site.deliver().mda(["/nonexistent/mda"]).pipe(PLAIN).run().defers(75);
    assert!(value(&one_line(&site), "error").starts_with("starting the MDA /nonexistent/mda: No such file"), "{}", site.read("log"));
}
