//! What mailward(1) says of exit statuses, log lines and the header field is what the program does.

use crate::page::{COMMANDS, names, page, rows, section};
use crate::program::{Scratch, both};
use mailward::exit::{Meaning, Profile};

const MESSAGE: &str = "From: a@example.org\nSubject: x\nContent-Type: application/octet-stream; name=a.exe\n\nMZ\n";

#[test]
fn the_table_of_exit_statuses_is_the_programs_own() {
    let known: Vec<Vec<String>> = Profile::ALL.iter().map(|(name, profile)| row(name, *profile)).collect();
    assert_eq!(rows(&section(&page(COMMANDS), "EXIT STATUS")), known);
}

#[test]
fn the_statuses_of_the_readme_are_the_programs_own() {
    let readme = crate::blocks::text("README.md");
    for (meaning, words) in [(Meaning::Temporary, "| try again later |"), (Meaning::Refuse, "| refused by policy")] {
        let line = readme.lines().find(|line| line.starts_with(words)).unwrap_or_else(|| panic!("no line {words}"));
        let numbers = [Profile::Postfix, Profile::QmailCommand].map(|profile| profile.status(meaning).to_string());
        assert!(line.ends_with(&format!("| {} |", numbers.join(" | "))), "{line}");
    }
}

fn row(name: &str, profile: Profile) -> Vec<String> {
    let statuses = [Meaning::Done, Meaning::Temporary, Meaning::Refuse].map(|meaning| profile.status(meaning).to_string());
    std::iter::once(name.to_owned()).chain(statuses).collect()
}

#[test]
fn the_variables_that_tell_the_caller_are_told() {
    let environment = section(&page(COMMANDS), "ENVIRONMENT");
    for (variables, profile) in [(["DTLINE", "RPLINE"], Profile::QmailCommand), (["LOCAL_PART", "QUALIFY_DOMAIN"], Profile::Exim)] {
        assert_eq!(Profile::detect(|name| variables.contains(&name)), profile);
        assert!(environment.contains(&format!(".It Ev {}", variables.join(" , "))), "{variables:?}");
    }
}

#[test]
fn a_line_of_the_log_has_the_keys_of_the_manual_in_their_order() {
    let told = names(&section(&page(COMMANDS), "The log"), "Cm");
    let scratch = configured("");
    let output = scratch.run("mailward", &["deliver", "--config", "mailward.toml", "--", "/bin/cat"], MESSAGE);
    let printed = String::from_utf8_lossy(&output.stderr);
    let line = printed.lines().find_map(|line| line.strip_prefix("mailward: ")).unwrap_or_else(|| panic!("no line in {printed}"));
    let keys: Vec<&str> = line.split(' ').filter_map(|pair| pair.split_once('=')).map(|(key, _)| key).collect();
    assert_eq!(keys, told);
}

#[test]
fn the_header_field_has_the_words_of_the_manual_in_their_order() {
    let told = names(&section(&page(COMMANDS), "What is added to the mail"), "Cm");
    // It can only be banned and something else if there is something else: two types that contradict each other.
    let scratch = configured("[policy]\nambiguous = { action = \"accept\", treatment = \"tag\" }\n");
    let message = MESSAGE.replace("Content-Type:", "Content-Type: text/plain\nContent-Type:");
    let printed = both(&scratch.run("mailward", &["deliver", "--config", "mailward.toml", "--", "/bin/cat"], &message));
    let field = printed.lines().find_map(|line| line.strip_prefix("X-Mailward: ")).unwrap_or_else(|| panic!("no field in {printed}"));
    let words: Vec<String> = field.split("; ").skip(1).map(|word| format!("{}=", word.split_once('=').unwrap().0)).collect();
    assert_eq!(words, told);
}

#[test]
fn the_folders_of_the_quarantine_are_those_of_the_manual() {
    let told = names(&section(&page(COMMANDS), "The quarantine"), "Pa");
    let scratch = configured("[limits]\nfree_space = 0\nparallel = 1\n");
    let output = scratch.run("mailward", &["deliver", "--config", "mailward.toml", "--", "/bin/cat"], MESSAGE);
    assert!(output.status.success(), "{}", both(&output));
    let mut made: Vec<String> = std::fs::read_dir(scratch.path().join("quarantine"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let mut folders: Vec<&str> = told.iter().map(|path| path.split('/').next().unwrap()).collect();
    made.sort();
    folders.sort_unstable();
    assert_eq!(folders, made);
}

fn configured(rest: &str) -> Scratch {
    let scratch = Scratch::new();
    let quarantine = scratch.path().join("quarantine");
    let free = if rest.contains("[limits]") { "" } else { "[limits]\nfree_space = 0\n" };
    scratch.write("mailward.toml", &format!("log.to = \"stderr\"\nquarantine.path = {quarantine:?}\n{free}{rest}"));
    scratch
}
