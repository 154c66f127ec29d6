//! Walks a TOML document and makes a [`Config`] of it.
//!
//! Owns the order of sections, profiles and matches, and every check that needs more than one value. It must never stop at the
//! first fault. What is wrong is a problem.

use super::keys::{KEYS, Key};
use super::profile::{Assignment, Match, Profile, read_skip};
use super::setting::{Node, Setting};
use super::{Config, Origin, OwnRule, Problem, Problems};
use std::borrow::Cow;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

type Name<'a> = Spanned<Cow<'a, str>>;

/// Reads `text`, the content of `file`.
pub(super) fn read(file: &Path, text: &str) -> Result<Config, Vec<Problem>> {
    let mut reading = Reading { file, problems: Problems::new(file, text), config: Config::default() };
    let (document, faults) = DeTable::parse_recoverable(text);
    for fault in faults {
        let span = fault.span().unwrap_or(0..0);
        reading.problems.add(&span, "", format!("not TOML: {}", fault.message().replace('\n', "; ")));
    }
    reading.document(document.get_ref());
    let problems = reading.problems.into_list();
    if problems.is_empty() { Ok(reading.config) } else { Err(problems) }
}

struct Reading<'a> {
    file: &'a Path,
    problems: Problems<'a>,
    config: Config,
}

impl Reading<'_> {
    fn document(&mut self, document: &DeTable<'_>) {
        let mut base = Profile::default();
        for (name, value) in document {
            let node = Node { value, key: name.get_ref() };
            match name.get_ref().as_ref() {
                "profile" => self.profiles(node),
                "engine" => self.engines(node),
                "match" => self.matches(node),
                "rule" => self.rules(node),
                _ => self.section(name, node, None, &mut base),
            }
        }
        self.config.base.apply(&base);
        self.check_limits(document);
        self.check_names(document);
    }

    /// Reads one section of the file or of a profile.
    fn section(&mut self, name: &Name<'_>, node: Node<'_>, profile: Option<&str>, into: &mut Profile) {
        let sections = || KEYS.iter().filter_map(|key| key.name.split_once('.')).map(|(section, _)| section);
        if !sections().any(|section| section == name.get_ref()) {
            let others = ["profile", "engine", "match", "rule", "inherit", "skip"];
            return self.problems.unknown(&name.span(), "", node.key, sections().chain(others));
        }
        let Some(table) = node.table("a table", &mut self.problems) else { return };
        for (word, value) in table {
            let whole = format!("{}.{}", name.get_ref(), word.get_ref());
            self.key(word, Node { value, key: &whole }, profile, into);
        }
    }

    fn key(&mut self, word: &Name<'_>, node: Node<'_>, profile: Option<&str>, into: &mut Profile) {
        let Some(key) = Key::named(node.key) else {
            return self.problems.unknown(&word.span(), "", node.key, KEYS.iter().map(|key| key.name));
        };
        if profile.is_some() && !key.is_for_profiles() {
            return self.problems.add(&word.span(), node.key, "cannot be set in a profile: it is needed before the envelope is known");
        }
        if let Some(assign) = (key.read)(node, &mut self.problems) {
            let (line, _) = self.problems.place(word.span().start);
            let origin = Origin { file: self.file.to_owned(), line, profile: profile.map(str::to_owned) };
            into.assignments.push(Assignment { key, assign, origin });
        }
    }

    fn profiles(&mut self, node: Node<'_>) {
        let Some(table) = node.table("tables: [profile.NAME]", &mut self.problems) else { return };
        for (name, value) in table {
            let node = Node { value, key: name.get_ref() };
            let Some(content) = node.table("a table: [profile.NAME]", &mut self.problems) else { continue };
            let profile = self.profile(name.get_ref(), content);
            self.config.profiles.insert(name.get_ref().clone().into_owned(), profile);
        }
    }

    fn profile(&mut self, profile_name: &str, content: &DeTable<'_>) -> Profile {
        let mut profile = Profile::default();
        for (name, value) in content {
            let node = Node { value, key: name.get_ref() };
            match name.get_ref().as_ref() {
                "inherit" => profile.inherit = String::read(node, &mut self.problems),
                "skip" => profile.skip = read_skip(node, &mut self.problems),
                _ => self.section(name, node, Some(profile_name), &mut profile),
            }
        }
        profile
    }

    fn engines(&mut self, node: Node<'_>) {
        if let Some(engines) = Setting::read(node, &mut self.problems) {
            self.config.base.settings.engines = engines;
        }
        let names: Vec<&str> = self.config.base.settings.engines.iter().map(|engine| engine.name.as_str()).collect();
        if names.iter().enumerate().any(|(index, name)| names.iter().skip(index + 1).any(|other| other == name)) {
            self.problems.add(&node.span(), "engine.name", "expected a different name for each engine");
        }
    }

    fn rules(&mut self, node: Node<'_>) {
        let Some(entries) = node.entries("tables: [[rule]]", &mut self.problems) else { return };
        for entry in entries {
            self.config.base.settings.rules.extend(OwnRule::read(entry, &mut self.problems));
        }
    }

    fn matches(&mut self, node: Node<'_>) {
        let Some(entries) = node.entries("tables: [[match]]", &mut self.problems) else { return };
        for entry in entries {
            self.config.matches.extend(Match::read(entry, &mut self.problems));
        }
    }

    /// Without time there is no run, and an alarm of no time is none at all (setitimer(2)); a message is one part at least.
    fn check_limits(&mut self, document: &DeTable<'_>) {
        let limits = &self.config.base.settings.limits;
        let too_small = [
            ("deadline", limits.deadline.is_zero(), "more than 0s; an hour is as good as no limit"),
            ("parts", limits.parts == 0, "1 or more: a message is a part itself"),
        ];
        let table = document.get("limits").and_then(|limits| limits.get_ref().as_table());
        for (name, _, expected) in too_small.into_iter().filter(|(_, is_too_small, _)| *is_too_small) {
            if let Some(value) = table.and_then(|table| table.get(name)) {
                Node { value, key: &format!("limits.{name}") }.expected(expected, &mut self.problems);
            }
        }
    }

    /// Every profile that is named must be there, and none may inherit from itself.
    fn check_names(&mut self, document: &DeTable<'_>) {
        let spans = |section: &str| document.get(section).map_or(0..0, Spanned::span);
        let known = || self.config.profiles.keys().map(String::as_str);
        for found in self.config.matches.iter().filter(|found| !self.config.profiles.contains_key(&found.profile)) {
            let span = match_span(document, &found.profile).unwrap_or_else(|| spans("match"));
            self.problems.no_profile(&span, "match.profile", &found.profile, known());
        }
        for (name, profile) in &self.config.profiles {
            let Some(parent) = &profile.inherit else { continue };
            if !self.config.profiles.contains_key(parent) {
                self.problems.no_profile(&spans("profile"), &format!("profile.{name}.inherit"), parent, known());
            } else if self.inherits_from_itself(name) {
                self.problems.add(
                    &spans("profile"),
                    &format!("profile.{name}.inherit"),
                    "the profile inherits from itself; end the line with one that does not inherit",
                );
            }
        }
    }

    fn inherits_from_itself(&self, name: &str) -> bool {
        let parent = |name: &str| self.config.profiles.get(name).and_then(|profile| profile.inherit.as_deref());
        std::iter::successors(parent(name), |name| parent(name)).take(self.config.profiles.len()).any(|ancestor| ancestor == name)
    }
}

/// Where the first `[[match]]` that names `profile` says so.
fn match_span(document: &DeTable<'_>, profile: &str) -> Option<std::ops::Range<usize>> {
    let tables = document.get("match")?.get_ref().as_array()?.iter().filter_map(|entry| entry.get_ref().as_table());
    let mut named = tables.filter_map(|table| table.get("profile")).filter(|value| value.get_ref().as_str() == Some(profile));
    named.next().map(Spanned::<DeValue<'_>>::span)
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
