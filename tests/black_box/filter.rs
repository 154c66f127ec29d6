//! A spam filter as a program: its verdict in a field of what comes out, or in its exit code.

use crate::harness::{PLAIN, Site, sh};

/// A site whose filter is this script; HERE is the site's folder.
fn filtered_by(script: &str, keys: &str) -> Site {
    let site = Site::new();
    let command = sh(script).replace("HERE", &site.path("").display().to_string());
    let policy = "policy.spam = { action = \"accept\", treatment = \"tag\" }\npolicy.spam_unscanned = { action = \"accept\" }";
    site.configure(&format!("{policy}\n[[engine]]\nname = \"bogo\"\nkind = \"filter\"\ntimeout = \"2s\"\ncommand = {command}\n{keys}"));
    site
}

const BY_FIELD: &str = "header = \"X-Bogosity\"\nspam = '^(Spam|Yes)'\n";

#[test]
fn the_verdict_is_a_field_of_what_comes_out() {
    let table = [
        ("echo 'X-Bogosity: Spam, p=1'; cat", "", "spam; engine=bogo; name=\"Spam, p=1\"; action=tag"),
        ("echo 'X-Bogosity: Ham, Spam'; cat", "", "clean"),
        ("sed 's/^To:/x-bogosity: Spam,\\n folded\\nTo:/'", "", "spam; engine=bogo; name=\"Spam, folded\"; action=tag"),
        ("echo 'X-Bogosity: Spam, p=0.75'; cat", "score = 'p=(\\S+)'", "spam; engine=bogo; name=\"score 0.75 of 0.75\"; action=tag"),
        (
            "echo 'X-Bogosity: Ham, p=0.75'; cat",
            "score = 'p=(\\S+)'\nmark = 0.5",
            "spam; engine=bogo; name=\"score 0.75 of 0.5\"; action=tag",
        ),
        ("echo 'X-Bogosity: Ham, p=0.25'; cat", "score = 'p=(\\S+)'\nmark = 0.5", "clean"),
        ("echo 'X-Bogosity: Spam'; cat; exit 4", "clean_codes = [0, 4]", "spam; engine=bogo; name=\"Spam\"; action=tag"),
        ("echo 'X-Bogosity: Ham'; tr a-z A-Z", "changes = [\"body\"]", "clean"),
        ("echo 'X-Bogosity: Ham'; echo noise >&2; cat", "", "clean"),
    ];
    for (script, keys, expected) in table {
        let site = filtered_by(script, &format!("{BY_FIELD}{keys}"));
        let ended = site.deliver().pipe(PLAIN).run();
        assert_eq!(ended.verdict(), expected, "{script}{}", ended.context());
    }
}

#[test]
fn the_verdict_is_the_exit_code() {
    let codes = "clean_codes = [1, 2]\ninfected_codes = [0]\nvirus_name = 'p=\\S+'\n";
    let table = [
        ("cat >/dev/null; echo p=1", "", "spam; engine=bogo; name=\"p=1\"; action=tag"),
        ("exit 1", "", "clean"),
        ("exit 2", "", "clean"),
        ("exit 3", "", "spam_unscanned; engine=bogo; name=\"exit-code\"; action=accept"),
        ("kill -9 $$", "", "spam_unscanned; engine=bogo; name=\"killed\"; action=accept"),
        ("echo p=0.9", "score = 'p=(\\S+)'", "spam; engine=bogo; name=\"score 0.9 of 0.9\"; action=tag"),
        ("exit 0", "score = 'p=(\\S+)'", "spam_unscanned; engine=bogo; name=\"unknown-answer\"; action=accept"),
    ];
    for (script, keys, expected) in table {
        let site = filtered_by(script, &format!("{codes}{keys}"));
        let ended = site.deliver().pipe(PLAIN).run();
        assert_eq!(ended.verdict(), expected, "{script}{}", ended.context());
    }
}

#[test]
fn what_is_not_the_message_with_a_verdict_is_never_clean() {
    let table = [
        ("cat", "unknown-answer"),
        ("true", "unknown-answer"),
        ("echo 'X-Bogosity: Ham'", "unknown-answer"),
        ("echo 'X-Bogosity: Ham'; head -c 40", "unknown-answer"),
        ("echo 'X-Bogosity: Ham'; sed 's/How/Who/'", "unknown-answer"),
        ("echo 'X-Bogosity: Ham'; cat; echo more", "unknown-answer"),
        ("echo 'X-Bogosity: Ham'; cat; yes | head -c 90000", "unknown-answer"),
        ("cat; echo; echo 'X-Bogosity: Ham'", "unknown-answer"),
        ("echo 'X-Bogosity: Ham'; cat; exit 1", "exit-code"),
        ("echo 'X-Bogosity: Ham'; cat; exit 3", "exit-code"),
        ("echo 'X-Bogosity: Ham'; cat; kill -9 $$", "killed"),
        ("echo 'X-Bogosity: Ham'; cat; sleep 60", "timeout"),
        ("yes", "timeout"),
    ];
    for (script, word) in table {
        let ended_site = filtered_by(script, BY_FIELD);
        let ended = ended_site.deliver().pipe(PLAIN).run();
        let expected = format!("spam_unscanned; engine=bogo; name=\"{word}\"; action=accept");
        assert_eq!(ended.verdict(), expected, "{script}{}", ended.context());
    }
}

#[test]
fn a_verdict_that_came_in_with_the_message_does_not_count() {
    let site = filtered_by("tee HERE/copy", BY_FIELD);
    let message = format!("X-Bogosity: Ham\nx-bogosity: Spam\n{PLAIN}");
    let ended = site.deliver().pipe(&message).run();
    assert!(ended.verdict().starts_with("spam_unscanned; "), "{}", ended.context());
    assert_eq!(site.read("copy"), PLAIN);
}

#[test]
fn a_large_message_goes_through_it_whole() {
    let site = filtered_by("echo 'X-Bogosity: Spam'; cat", BY_FIELD);
    let message = format!("{PLAIN}{}", "A line like many others.\n".repeat(100_000));
    let verdict = site.deliver().pipe(&message).run().verdict();
    assert_eq!(verdict, "spam; engine=bogo; name=\"Spam\"; action=tag");
}
