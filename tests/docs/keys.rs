//! mailward.toml(5) has every key, and none besides; and every word that a key takes.

use crate::page::{CONFIGURATION, entries, page};
use crate::program::mailward;
use mailward::config::{Config, KEYS, engine_keys, match_keys, rule_keys};
use std::path::Path;

/// The keys of `[profile.NAME]` that no table holds.
const OF_PROFILES: [&str; 2] = ["profile.inherit", "profile.skip"];

#[test]
fn every_key_is_in_the_manual_once_and_the_manual_has_no_other() {
    let mut known: Vec<String> = KEYS.iter().map(|key| key.name.to_owned()).collect();
    known.extend(engine_keys().map(|key| format!("engine.{key}")));
    known.extend(match_keys().map(|key| format!("match.{key}")));
    known.extend(rule_keys().map(|key| format!("rule.{key}")));
    known.extend(OF_PROFILES.map(str::to_owned));
    known.sort();
    let mut told: Vec<String> = entries(&page(CONFIGURATION), "Ic").into_iter().map(|entry| entry.name).collect();
    told.sort();
    assert_eq!(told, known);
}

#[test]
fn the_command_config_shows_the_keys_of_the_table() {
    let shown = mailward(&["config", "--config", "/dev/null"]);
    let shown: Vec<&str> = shown.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key).collect();
    assert_eq!(shown, KEYS.iter().map(|key| key.name).collect::<Vec<_>>());
}

#[test]
fn the_keys_of_profiles_are_known_to_the_program() {
    for key in OF_PROFILES {
        let (_, word) = key.split_once('.').unwrap();
        let problems = problems(&format!("[profile.x]\n{word} = 1\n"));
        assert!(!problems.is_empty() && !problems.contains("no such key"), "{key}: {problems}");
    }
}

#[test]
fn every_word_that_a_key_takes_is_told_with_the_key() {
    let page = page(CONFIGURATION);
    let mut told = 0;
    for entry in entries(&page, "Ic") {
        let configuration = match entry.name.split_once('.').unwrap() {
            (array @ ("engine" | "rule"), word) => format!("[[{array}]]\n{word} = \"no-such-word\"\n"),
            _ => format!("{} = \"no-such-word\"\n", entry.name),
        };
        for word in words_expected(&problems(&configuration), &entry.name) {
            assert!(entry.tells(&word), "{} takes {word}, which its entry does not tell", entry.name);
            told += 1;
        }
    }
    assert!(told > 30, "only {told} words were looked at: has the form of problems changed?");
}

/// What is wrong with a configuration, a line each.
pub(crate) fn problems(configuration: &str) -> String {
    let problems = Config::parse(Path::new("f"), configuration).err().unwrap_or_default();
    problems.iter().map(|problem| format!("{problem}\n")).collect()
}

/// The words that a problem of this key says it takes.
pub(crate) fn words_expected(problems: &str, key: &str) -> Vec<String> {
    let about = format!("{key}: expected one of ");
    let Some((_, rest)) = problems.split_once(&about) else { return Vec::new() };
    let (words, _) = rest.split_once(", found ").expect("what was found instead");
    words.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}
