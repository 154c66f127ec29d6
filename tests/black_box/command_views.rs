//! What a program gets besides the message where readers understand a mail differently: each decoded body, by a run of its own.

use crate::harness::{Site, base64, multipart, sh, sh_on_file};

const ACCEPTING: &str = "policy.infected = { action = \"accept\" }\npolicy.ambiguous = { action = \"accept\" }\n\
                         policy.unscanned = { action = \"accept\" }\npolicy.spam = { action = \"accept\" }\n";

fn scanned_by(command: &str, keys: &str) -> Site {
    let site = Site::new();
    let command = command.replace("HERE", &site.path("").display().to_string());
    site.configure(&format!("{ACCEPTING}[[engine]]\nname = \"vendor\"\nkind = \"command\"\ncommand = {command}\n{keys}"));
    site
}

/// With an attachment that is base64 to one reader and what it is to another.
fn ambiguous() -> String {
    multipart(&[&format!("Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n\n{}", base64(b"some bytes"))])
}

#[test]
fn it_runs_once_for_the_message_and_once_for_each_view() {
    let site = scanned_by(&sh_on_file("echo ${1##*/} >> HERE/runs; grep -q '^some bytes' \"$1\" && exit 1; exit 0"), "");
    let verdict = site.deliver().pipe(ambiguous()).run().verdict();
    assert_eq!(verdict, "infected; engine=vendor; name=\"unnamed\"; action=accept; also=ambiguous");
    // Not the last view: something was found already.
    assert_eq!(site.read("runs"), "message.eml\npart-0001\npart-0002\n");
    assert!(site.names("tmp").is_empty(), "{:?} was left", site.names("tmp"));
    site.command("explain").pipe(ambiguous()).run().mentions(&["vendor says unnamed in part 2, read as base64"]);
}

#[test]
fn on_its_stdin_too() {
    let site = scanned_by(&sh("cat >> HERE/copy; echo >> HERE/copy; echo run >> HERE/runs"), "input = \"stdin\"");
    assert!(site.deliver().pipe(ambiguous()).run().verdict().starts_with("ambiguous;"));
    assert_eq!(site.read("copy"), format!("{}\nHello.\n\nsome bytes\n{}\n", ambiguous(), base64(b"some bytes")));
    assert_eq!(site.read("runs"), "run\n".repeat(4));
}

#[test]
fn in_a_folder_of_parts_each_reading_has_a_file() {
    let site = scanned_by(&sh_on_file("ls \"$1\" >> HERE/runs"), "input = \"parts\"");
    assert!(site.deliver().pipe(ambiguous()).run().verdict().starts_with("ambiguous;"));
    assert_eq!(site.read("runs"), "part-0001\npart-0002\npart-0003\n");
}

#[test]
fn a_folder_of_parts_is_never_empty() {
    let site = scanned_by(&sh_on_file("ls \"$1\" >> HERE/runs"), "input = \"parts\"");
    assert_eq!(site.deliver().pipe("Subject: nothing else\n\n").run().verdict(), "clean");
    assert_eq!(site.read("runs"), "part-0000\n");
}

#[test]
fn a_code_on_no_list_about_a_view_is_not_clean() {
    for (script, word, time) in [("exit 2", "exit-code", "50s"), ("kill -KILL $$", "killed", "50s"), ("sleep 50", "timeout", "1s")] {
        let site = scanned_by(&sh_on_file(&format!("case $1 in *0002) {script};; esac")), &format!("timeout = \"{time}\""));
        let verdict = site.deliver().pipe(ambiguous()).run().verdict();
        assert_eq!(verdict, format!("unscanned; engine=vendor; name=\"{word}\"; action=accept; also=ambiguous"));
    }
}

#[test]
fn a_spam_filter_gets_the_message_alone() {
    let site = scanned_by(&sh_on_file("echo ${1##*/} >> HERE/runs"), "finds = \"spam\"");
    assert!(site.deliver().pipe(ambiguous()).run().verdict().starts_with("ambiguous;"));
    assert_eq!(site.read("runs"), "message.eml\n");
}
