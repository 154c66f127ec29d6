//! Every default that mailward.toml(5) tells is the one that holds.

use crate::page::{CONFIGURATION, Entry, entries, page, section};
use mailward::config::{Config, Engine, KEYS, Key, Settings};
use std::collections::BTreeSet;
use std::path::Path;

/// Their default is no value that stands alone: a name is wanted, and address or command by kind.
const NEEDED_BY_KIND: [&str; 3] = ["engine.name", "engine.address", "engine.command"];

#[test]
fn every_default_of_the_manual_is_the_programs_own() {
    let page = page(CONFIGURATION);
    let entries = entries(&page, "Ic");
    for key in KEYS.iter().filter(|key| key.name != "attachments.deny") {
        let default = default_of(&entries, key.name);
        let config = parsed(&format!("{} = {default}\n", key.name));
        assert_eq!(shown(key, &config.base().settings), shown(key, &Settings::default()), "{}", key.name);
    }
}

#[test]
fn every_default_of_an_engine_in_the_manual_is_the_programs_own() {
    let page = page(CONFIGURATION);
    let entries: Vec<Entry> = entries(&page, "Ic").into_iter().filter(|entry| entry.name.starts_with("engine.")).collect();
    let plain = "[[engine]]\nname = \"x\"\naddress = [\"unix:/x\"]\n";
    let command = "[[engine]]\nname = \"x\"\ncommand = [\"/x\", \"{file}\"]\n";
    for entry in entries.iter().filter(|entry| !NEEDED_BY_KIND.contains(&entry.name.as_str())) {
        let (_, word) = entry.name.split_once('.').unwrap();
        let default = default_of(&entries, &entry.name);
        let config = parsed(&format!("{plain}{word} = {default}\n"));
        assert_eq!(lines(&config), lines(&parsed(plain)), "{}", entry.name);
    }
    assert_eq!(default_of(&entries, "engine.address"), "[]");
    assert_eq!(default_of(&entries, "engine.command"), "[]");
    assert!(parsed(&format!("{command}kind = \"command\"\n")).base().settings.engines[0].address.is_empty());
    assert!(Engine::default().address.is_empty() && Engine::default().command.is_empty());
}

#[test]
fn every_default_of_a_rule_in_the_manual_is_the_programs_own() {
    let page = page(CONFIGURATION);
    let entries: Vec<Entry> = entries(&page, "Ic").into_iter().filter(|entry| entry.name.starts_with("rule.")).collect();
    let shown = |text: &str| parsed(text).base().settings.rules[0].show_lines();
    let plain = "[[rule]]\nname = \"x\"\n";
    let pattern = "pattern = 'x'\n";
    for entry in entries.iter().filter(|entry| !["rule.name", "rule.pattern"].contains(&entry.name.as_str())) {
        let (_, word) = entry.name.split_once('.').unwrap();
        let default = default_of(&entries, &entry.name);
        assert_eq!(shown(&format!("{plain}{pattern}{word} = {default}\n")), shown(&format!("{plain}{pattern}")), "{}", entry.name);
    }
    assert_eq!(default_of(&entries, "rule.pattern"), "\"\"");
}

#[test]
fn the_list_of_extensions_in_the_manual_is_the_shipped_one() {
    let block = section(&page(CONFIGURATION), "EXTENSIONS");
    let (_, block) = block.split_once(".Bd -filled -offset indent\n").expect("the list in a block");
    let (told, _) = block.split_once(".Ed").unwrap();
    let told: BTreeSet<&str> = told.split_whitespace().collect();
    let shown = shown(Key::named("attachments.deny").unwrap(), &Settings::default());
    let shipped: BTreeSet<&str> = shown.split('"').skip(1).step_by(2).collect();
    assert_eq!(told, shipped);
}

#[test]
fn the_default_path_of_the_configuration_is_told() {
    for path in [CONFIGURATION, crate::page::COMMANDS] {
        assert!(section(&page(path), "FILES").contains(mailward::config::DEFAULT_PATH), "{path}");
    }
}

fn default_of(entries: &[Entry], name: &str) -> String {
    let entry = entries.iter().find(|entry| entry.name == name).unwrap_or_else(|| panic!("{name} is not in the manual"));
    entry.default().unwrap_or_else(|| panic!("{name} has no default in the manual: {}", entry.text))
}

fn parsed(text: &str) -> Config {
    Config::parse(Path::new("f"), text).unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

fn shown(key: &Key, settings: &Settings) -> String {
    (key.show)(settings)
}

fn lines(config: &Config) -> String {
    config.base().settings.engines[0].show_lines()
}
