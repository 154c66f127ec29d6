//! What Rspamd would change in a message: it happens as far as `engine.changes` says, and nothing else changes.

use crate::harness::{Http, PLAIN, Site, attachment, infected, multipart};
use std::path::Path;

const ADVICE: &str = r#"{"score":7,"required_score":15,"action":"rewrite subject","subject":"*** SPAM *** grün",
"milter":{"add_headers":{"X-Test":"a\r\n\tb","X-Mailward":"clean","Received":"forged","X-Evil":"x\r\n\r\nbody"},"remove_headers":{"X-Old":0,"From":0}}}"#;

const MESSAGE: &str = "Received: by mx\nX-Old: 1\nFrom: Ann <ann@example.org>\nSubject: hello\nX-OLD: 2\n\t3\n\nHow are you?\n";

/// A site whose Rspamd says `json`, with `rewritten` behind it where that is asked for.
fn site(json: &str, rewritten: Option<&str>, changes: &str) -> (Site, Http) {
    let (json, rewritten) = (json.to_owned(), rewritten.map(str::to_owned));
    let server = Http::new(move |exchange| {
        if exchange.listen()?.starts_with("GET /ping ") {
            return exchange.answer("", "pong\r\n");
        }
        match &rewritten {
            Some(rewritten) => exchange.answer(&format!("Message-Offset: {}\r\n", json.len()), &format!("{json}{rewritten}")),
            None => exchange.answer("", &json),
        }
    });
    let site = Site::new();
    configure(&site, &server, "", changes);
    (site, server)
}

fn configure(site: &Site, server: &Http, config: &str, changes: &str) {
    let engine = format!("[[engine]]\nname = \"rspamd\"\nkind = \"rspamd\"\naddress = [{:?}]\nchanges = {changes}", server.address());
    site.configure(&format!("policy.spam = {{ action = \"accept\", treatment = \"tag\" }}\n{config}{engine}\n"));
}

const FIELD: &str = "X-Mailward: spam; engine=rspamd; name=\"score 7 of 15\"; action=tag\n";

#[test]
fn only_what_the_configuration_allows_is_changed() {
    let fields = "X-Evil: x\n\tbody\nX-Test: a\n\tb\n";
    let anew = "Subject: {Spam?} =?utf-8?Q?***_SPAM_***_gr=C3=BCn?=";
    let table = [
        ("[]", format!("{FIELD}{}", MESSAGE.replace("Subject: ", "Subject: {Spam?} "))),
        ("[\"body\"]", format!("{FIELD}{}", MESSAGE.replace("Subject: ", "Subject: {Spam?} "))),
        ("[\"subject\"]", format!("{FIELD}{}", MESSAGE.replace("Subject: hello", anew))),
        (
            "[\"headers\", \"subject\"]",
            format!("{FIELD}{fields}{}", MESSAGE.replace("Subject: hello", anew).replace("X-Old: 1\n", "").replace("X-OLD: 2\n\t3\n", "")),
        ),
    ];
    for (changes, expected) in table {
        let (site, _server) = site(ADVICE, None, changes);
        site.deliver().pipe(MESSAGE).run().exits(0).is_silent().hands_on(&expected);
        assert!(site.names("quarantine/new").is_empty(), "{changes}");
    }
}

#[test]
fn the_line_ends_are_those_of_the_message() {
    let (site, _server) = site(ADVICE, None, "[\"headers\"]");
    let ended = site.deliver().pipe(MESSAGE.replace('\n', "\r\n")).run();
    assert!(!String::from_utf8(ended.message()).unwrap().replace("\r\n", "").contains('\n'));
}

#[test]
fn all_recipients_get_the_same() {
    let (site, server) = site(ADVICE, None, "[]");
    let strict = "[profile.strict]\ntag.header = \"X-Other\"\n[[match]]\nrecipient = \"b@example.net\"\nprofile = \"strict\"\n";
    configure(&site, &server, strict, "[\"headers\"]");
    let call = site.deliver().option("--recipient", "a@example.net").option("--recipient", "b@example.net");
    let message = String::from_utf8(call.pipe(MESSAGE).run().message()).unwrap();
    assert!(message.contains("\nX-Test: a\n\tb\n") && !message.contains("X-Old"), "{message}");
}

const CLEAN: &str = r#"{"score":0,"required_score":15,"action":"no action"}"#;

#[test]
fn a_rewritten_body_takes_the_place_of_the_old_one_and_the_original_is_kept() {
    let (site, _server) = site(CLEAN, Some("Changed: header\nX: y\n\nRewritten.\n"), "[\"body\"]");
    site.command("explain").pipe(PLAIN).run().exits(0).mentions(&["  rspamd writes a body of 11 bytes\n", "  clean: accept, quarantine "]);
    site.deliver().pipe(PLAIN).run().exits(0).hands_on(format!("X-Mailward: clean\n{}", PLAIN.replace("How are you?", "Rewritten.")));
    assert_eq!(site.read(&format!("quarantine/new/{}", site.id())), PLAIN);
    assert!(site.read(&format!("quarantine/records/{}.json", site.id())).contains("fake/1.0"));
}

#[test]
fn a_body_is_not_rewritten_where_it_may_not_be_or_something_else_is_changed_in_it() {
    let signed = "Content-Type: multipart/signed; boundary=\"b\"\nMIME-Version: 1.0\n\n--b\n\nx\n--b--\n".to_owned();
    let table = [
        ("[\"body\"]", multipart(&[]), "", true),
        ("[\"headers\", \"subject\"]", multipart(&[]), "", false),
        ("[\"body\"]", multipart(&[&attachment("setup.exe", "MZ")]), "", false),
        ("[\"body\"]", infected(), "", false),
        ("[\"body\"]", signed, "", false),
        // The header of the rewritten message says something else of the body than that which goes on.
        ("[\"body\"]", multipart(&[]), "Content-Transfer-Encoding: base64\n", false),
    ];
    for (changes, message, more, is_rewritten) in table {
        let (header, _) = message.split_once("\n\n").unwrap();
        let (site, _server) = site(CLEAN, Some(&format!("{header}\n{more}\nRewritten.\n")), changes);
        let ended = site.deliver().pipe(&message).run();
        ended.exits(0);
        assert_eq!(String::from_utf8_lossy(&ended.message()).contains("Rewritten."), is_rewritten, "{message}{}", ended.context());
    }
}

#[test]
fn where_the_original_cannot_be_kept_no_rewritten_body_leaves() {
    let (site, server) = site(CLEAN, Some("A: b\n\nRewritten.\n"), "[\"body\"]");
    let nowhere = Path::new("/proc/nonexistent/quarantine");
    configure(&site, &server, &format!("quarantine.path = {:?}\n", nowhere.display().to_string()), "[\"body\"]");
    site.deliver().pipe(PLAIN).run().defers(75);
}

#[test]
fn explain_shows_the_advice_and_why_it_is_not_followed() {
    let (site, _server) = site(ADVICE, None, "[\"headers\"]");
    site.command("explain").pipe(MESSAGE).run().exits(0).mentions(&[
        "Advice\n",
        "  rspamd adds X-Test: a",
        "  rspamd adds Received: forged (no field of an engine's)\n",
        "  rspamd removes X-Old\n",
        "  rspamd removes From (no field of an engine's)\n",
        "  rspamd writes the subject *** SPAM *** grün (not in engine.changes)\n",
    ]);
}
