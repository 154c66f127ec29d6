//! mailward(1) has every command and option that `--help` prints, and no other; and whatever calls mailward in a text uses these.

use crate::blocks::{fenced, files, literal, text};
use crate::page::{COMMANDS, names, page, section};
use crate::program::mailward;
use std::collections::BTreeSet;

#[test]
fn the_commands_of_the_manual_are_those_of_the_program() {
    let page = page(COMMANDS);
    assert_eq!(names(&section(&page, "Commands"), "Cm"), commands());
    let synopsis = section(&page, "SYNOPSIS");
    let told: Vec<&str> = synopsis.lines().filter_map(|line| line.strip_prefix(".Cm ")).collect();
    assert_eq!(told, commands());
}

#[test]
fn the_synopsis_of_each_command_has_its_options() {
    let synopsis = section(&page(COMMANDS), "SYNOPSIS");
    for command in commands() {
        let (_, after) = synopsis.split_once(&format!(".Cm {command}\n")).unwrap();
        let lines = after.lines().take_while(|line| *line != ".Nm").filter_map(|line| line.strip_prefix(".Op Fl -"));
        // `--` alone comes before the MDA.
        let told: BTreeSet<String> = lines.filter(|line| !line.starts_with(' ')).map(|line| first_word(line).to_owned()).collect();
        assert_eq!(told, options(&command), "{command}");
    }
}

#[test]
fn every_option_has_its_entry_and_every_entry_is_an_option() {
    let told: BTreeSet<String> = names(&page(COMMANDS), "Fl").iter().map(|name| name.trim_start_matches('-').to_owned()).collect();
    let mut known: BTreeSet<String> = commands().iter().flat_map(|command| options(command)).collect();
    known.extend(["help".to_owned(), "version".to_owned()]);
    assert_eq!(told, known);
}

#[test]
fn whoever_calls_mailward_in_a_text_uses_commands_and_options_that_there_are() {
    let mut calls = 0;
    for (place, line) in lines_that_may_call() {
        for call in line.split("mailward ").skip(1) {
            ensure_known(&place, call);
            calls += 1;
        }
    }
    assert!(calls > 20, "only {calls} calls were found");
}

/// What a reader may type or copy: examples, snippets, and what stands between back quotes.
fn lines_that_may_call() -> Vec<(String, String)> {
    let blocks = ["console", "sh"].iter().flat_map(|kind| fenced("README.md", kind).into_iter().chain(literal(COMMANDS, kind)));
    let mut lines: Vec<(String, String)> =
        blocks.flat_map(|block| block.text.lines().map(|line| (block.place.clone(), line.to_owned())).collect::<Vec<_>>()).collect();
    for path in ["README.md", "SECURITY.md", "CHANGELOG.md"] {
        let text = text(path);
        let quoted = text.split('`').skip(1).step_by(2).filter(|quoted| !quoted.contains('\n'));
        lines.extend(quoted.map(|quoted| (path.to_owned(), quoted.to_owned())));
    }
    for path in ["contrib/postfix", "contrib/exim", "contrib/sendmail", "contrib/opensmtpd"].into_iter().flat_map(files) {
        let path = path.to_str().unwrap();
        let calls = text(path);
        let calls = calls.lines().filter_map(|line| line.get(line.find("mailward deliver")?..));
        lines.extend(calls.map(|call| (path.to_owned(), call.to_owned())));
    }
    lines
}

/// `call` is what stands behind the name of the program.
fn ensure_known(place: &str, call: &str) {
    let command = first_word(call);
    if let Some(option) = command.strip_prefix("--") {
        return assert!(["help", "version"].contains(&option), "{place}: {call}");
    }
    assert!(commands().iter().any(|known| known == command), "{place}: no command {command} in {call}");
    let words = call.split_whitespace().skip(1);
    let own: Vec<&str> = if command == "mda" {
        words.skip_while(|word| *word != "--").skip(1).collect()
    } else {
        words.take_while(|word| *word != "--").collect()
    };
    for option in own.iter().filter_map(|word| word.strip_prefix("--")) {
        let name = option.split(['=', ')', '\'']).next().unwrap();
        assert!(options(command).contains(name), "{place}: no option --{name} in {call}");
    }
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

/// The commands, in the order of the help.
fn commands() -> Vec<String> {
    let help = mailward(&["--help"]);
    let (_, list) = help.split_once("Commands:\n").unwrap();
    list.lines().take_while(|line| !line.is_empty()).map(|line| first_word(line).to_owned()).collect()
}

/// The options of a command but `--help`.
fn options(command: &str) -> BTreeSet<String> {
    let help = mailward(&[command, "--help"]);
    let (_, list) = help.split_once("Options:\n").unwrap();
    let names = list.lines().filter_map(|line| line.split_once("--")).map(|(_, rest)| first_word(rest).to_owned());
    names.filter(|name| name != "help").collect()
}
