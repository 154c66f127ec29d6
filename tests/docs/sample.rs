//! contrib/mailward.toml has every key, and its defaults are those that hold.

use crate::blocks::text;
use mailward::config::{Config, Engine, KEYS, OwnRule, Settings, engine_keys, match_keys, rule_keys};
use std::collections::BTreeSet;
use std::path::Path;

const SAMPLE: &str = "contrib/mailward.toml";

#[test]
fn the_sample_as_it_is_changes_nothing() {
    let config = parsed(&text(SAMPLE));
    assert!(config.base().origins.is_empty());
    assert!(config.base().settings.engines.is_empty() && config.base().settings.rules.is_empty());
}

#[test]
fn every_key_stands_in_the_sample_with_its_default() {
    let config = parsed(&uncommented());
    for key in KEYS {
        assert!(config.base().origins.contains_key(key.name), "{} is missing", key.name);
        let (told, shipped) = ((key.show)(&config.base().settings), (key.show)(&Settings::default()));
        // The shipped list has some words twice, one for each of its groups.
        let (told, shipped): (BTreeSet<&str>, BTreeSet<&str>) =
            (told.split(", ").map(word).collect(), shipped.split(", ").map(word).collect());
        assert_eq!(told, shipped, "{}", key.name);
    }
}

#[test]
fn every_key_of_an_engine_stands_in_the_sample_with_its_default() {
    let config = parsed(&uncommented());
    let default = Engine::default().show_lines();
    let examples = ["name", "kind", "address", "command", "finds", "header", "spam", "score", "zones"];
    for engine in &config.base().settings.engines {
        let lines = engine.show_lines();
        for (told, known) in lines.lines().zip(default.lines()).filter(|(told, _)| !examples.contains(&key_of(told))) {
            assert_eq!(told, known, "engine {}", engine.name);
        }
    }
    assert_eq!(keys_under("[[engine]]"), engine_keys().map(str::to_owned).collect());
}

#[test]
fn every_key_of_a_rule_stands_in_the_sample_with_its_default() {
    let config = parsed(&uncommented());
    let default = OwnRule::default().show_lines();
    assert!(!config.base().settings.rules.is_empty());
    for rule in &config.base().settings.rules {
        let lines = rule.show_lines();
        let pairs = lines.lines().zip(default.lines()).filter(|(told, _)| !["name", "pattern"].contains(&key_of(told)));
        pairs.for_each(|(told, known)| assert_eq!(told, known, "rule {}", rule.name));
    }
    assert_eq!(keys_under("[[rule]]"), rule_keys().map(str::to_owned).collect());
}

#[test]
fn every_key_of_a_match_and_a_profile_stands_in_the_sample() {
    assert_eq!(keys_under("[[match]]"), match_keys().map(str::to_owned).collect());
    let profiles: BTreeSet<String> = ["[profile.lenient]", "[profile.spanish]"].iter().flat_map(|header| keys_under(header)).collect();
    assert!(["inherit", "skip"].iter().all(|key| profiles.contains(*key)), "{profiles:?}");
}

/// The sample with its settings switched on: a `#` that something other than a space or a `#` follows is taken away.
fn uncommented() -> String {
    let is_setting = |line: &str| line.starts_with('#') && !matches!(line.as_bytes().get(1), None | Some(b' ' | b'#'));
    text(SAMPLE).lines().map(|line| if is_setting(line) { &line[1..] } else { line }).map(|line| format!("{line}\n")).collect()
}

/// The keys that stand under a header, in all tables that have it.
fn keys_under(header: &str) -> BTreeSet<String> {
    let mut is_inside = false;
    let mut keys = BTreeSet::new();
    for line in uncommented().lines() {
        if line.starts_with("[") {
            is_inside = line == header;
        } else if is_inside && !line.starts_with('#') && line.contains(" = ") {
            keys.insert(key_of(line).to_owned());
        }
    }
    keys
}

fn key_of(line: &str) -> &str {
    line.split(" = ").next().unwrap_or_default()
}

fn word(shown: &str) -> &str {
    shown.trim_matches(['[', ']'])
}

fn parsed(text: &str) -> Config {
    Config::parse(Path::new(SAMPLE), text).unwrap_or_else(|problems| panic!("{problems:?}"))
}
