//! What the administrator looks for: patterns on header fields and on lines of bodies.
//!
//! Owns the walk over the steps of a rule, and that each step tells once of each part. Of a text every form is asked, and each by itself: a
//! form that a table lets pass hides no other. A pattern that cannot be compiled is a finding of class unscanned, which is the safe side.
//! Nothing here fails.

mod subject;

use super::place;
use crate::config::{Effect, OwnRule, Piece, Scope, Settings, Step};
use crate::finding::{Class, Finding, Place};
use crate::message::Message;
use crate::sanitize::printable;
use regex::bytes::Regex;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use subject::Subject;

/// Name of the check.
pub(super) const NAME: &str = "rule";

/// What all rules find.
pub(super) fn run(message: &Message<'_>, settings: &Settings) -> Vec<Finding> {
    let mut asked: Vec<Asked<'_>> = settings.rules.iter().map(|rule| Asked::new(rule, message)).collect();
    for scope in Scope::ALL {
        let mut rules: Vec<&mut Asked<'_>> = asked.iter_mut().filter(|asked| asked.rule.scope == scope).collect();
        if !rules.is_empty() {
            subject::each(message, scope, &mut |subject| rules.iter_mut().for_each(|rule| rule.ask(subject)));
        }
    }
    asked.into_iter().flat_map(Asked::into_findings).collect()
}

/// A rule that is being asked of a message.
struct Asked<'a> {
    rule: &'a OwnRule,
    message: &'a Message<'a>,
    /// Of each step, compiled when it is first asked; none where that failed.
    patterns: Vec<OnceCell<Option<Regex>>>,
    /// Step and part.
    told: BTreeSet<(usize, usize)>,
    findings: Vec<Finding>,
}

impl<'a> Asked<'a> {
    fn new(rule: &'a OwnRule, message: &'a Message<'a>) -> Self {
        let patterns = rule.steps.iter().map(|_| OnceCell::new()).collect();
        Self { rule, message, patterns, told: BTreeSet::new(), findings: Vec::new() }
    }

    fn ask(&mut self, subject: &Subject<'_>) {
        for text in subject.forms(self.rule.field.as_deref()) {
            subject::pieces(&text, subject.longest()).for_each(|piece| self.walk(subject.part, piece));
        }
    }

    /// The first step that holds decides; an `if` leads on.
    fn walk(&mut self, part: usize, text: &[u8]) {
        let rule = self.rule;
        let mut at = 0;
        while let Some(step) = rule.steps.get(at) {
            let holds = self.holds(at, step, text);
            at = match &step.effect {
                Effect::If(end) if !holds => *end,
                Effect::If(_) => at + 1,
                _ if !holds => at + 1,
                Effect::Pass => return,
                Effect::Tell { class, text: words } => return self.tell((at, part), *class, words, text),
            };
        }
    }

    /// A pattern that cannot be compiled holds nowhere, and is told.
    fn holds(&self, at: usize, step: &Step, text: &[u8]) -> bool {
        self.pattern(at, step).is_some_and(|pattern| pattern.is_match(text) != step.is_negated)
    }

    fn pattern(&self, at: usize, step: &Step) -> Option<&Regex> {
        self.patterns.get(at)?.get_or_init(|| step.pattern.compile_for_bytes().ok()).as_ref()
    }

    fn tell(&mut self, (at, part): (usize, usize), class: Class, words: &[Piece], text: &[u8]) {
        let place = place(self.message, part);
        if !self.told.insert((at, place.part.unwrap_or(part))) {
            return;
        }
        let what = Some(self.filled(at, words, text)).filter(|what| !what.trim().is_empty());
        let what = what.map_or_else(|| self.rule.name.clone(), |what| printable(what.trim()).into_owned());
        let evidence = self.rule.text.clone().unwrap_or_else(|| self.evidence(at, text));
        self.findings.push(Finding { class, engine: NAME.to_owned(), what, evidence, place });
    }

    /// The words with what the groups have matched.
    fn filled(&self, at: usize, words: &[Piece], text: &[u8]) -> String {
        let pattern = self.patterns.get(at).and_then(|pattern| pattern.get()?.as_ref());
        let captures =
            pattern.filter(|_| words.iter().any(|piece| matches!(piece, Piece::Group(_)))).and_then(|found| found.captures(text));
        let group = |number: usize| captures.as_ref().and_then(|captures| captures.get(number)).map_or(&[][..], |found| found.as_bytes());
        let filled = words.iter().map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Group(number) => printable(&String::from_utf8_lossy(group(*number))).into_owned(),
        });
        filled.collect()
    }

    fn evidence(&self, at: usize, text: &[u8]) -> String {
        let text = String::from_utf8_lossy(text);
        format!("{} matches {:?}", self.describe(at), printable(&text))
    }

    fn describe(&self, at: usize) -> String {
        match (&self.rule.import, self.rule.steps.get(at)) {
            (Some(table), Some(step)) => format!("line {} of {table}", step.line),
            _ => format!("the rule {:?}", self.rule.name),
        }
    }

    fn into_findings(mut self) -> Vec<Finding> {
        let failed = self.patterns.iter().enumerate().filter(|(_, pattern)| pattern.get().is_some_and(Option::is_none));
        let failed: Vec<Finding> = failed.map(|(at, _)| self.too_large(at)).collect();
        self.findings.extend(failed);
        self.findings
    }

    fn too_large(&self, at: usize) -> Finding {
        Finding {
            class: Class::Unscanned,
            engine: NAME.to_owned(),
            what: self.rule.name.clone(),
            evidence: format!("{}: its pattern is too large to be compiled", self.describe(at)),
            place: Place::MESSAGE,
        }
    }
}

#[cfg(test)]
#[path = "rule/rule_tests.rs"]
mod tests;
