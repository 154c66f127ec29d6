//! What is wrong in a configuration, and where.
//!
//! Owns the form of a configuration error: file, line, column, key, what was expected. It must never stop at the first one: an
//! administrator wants them all. Nothing here can fail.

use crate::sanitize::readable;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// One fault of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// Line and column in it, from 1.
    pub place: (usize, usize),
    /// The key, or the text that is no TOML.
    pub key: String,
    /// What was expected, and what to do.
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.place;
        write!(out, "{}:{line}:{column}: ", self.file.display())?;
        if !self.key.is_empty() {
            write!(out, "{}: ", readable(&self.key))?;
        }
        write!(out, "{}", readable(&self.text))
    }
}

/// The faults of one file, as they are found.
#[derive(Debug)]
pub struct Problems<'a> {
    file: &'a Path,
    text: &'a str,
    list: Vec<Problem>,
}

impl<'a> Problems<'a> {
    /// No faults yet in `text`, which was read from `file`.
    pub fn new(file: &'a Path, text: &'a str) -> Self {
        Self { file, text, list: Vec::new() }
    }

    /// Notes that `key`, whose bytes lie at `span`, has a fault.
    pub fn add(&mut self, span: &Range<usize>, key: &str, text: impl Into<String>) {
        let place = self.place(span.start);
        self.list.push(Problem { file: self.file.to_owned(), place, key: key.to_owned(), text: text.into() });
    }

    /// Notes that there is no key of that name behind `context`, with the nearest of those that there are.
    pub fn unknown<'k>(&mut self, span: &Range<usize>, context: &str, name: &str, known: impl Iterator<Item = &'k str>) {
        let text = match nearest(name, known) {
            Some(near) => format!("no such key; did you mean {near}?"),
            None => "no such key; mailward.toml(5) lists them all".to_owned(),
        };
        self.add(span, &format!("{context}{name}"), text);
    }

    /// Notes that `key` names a profile that there is not, with the nearest of those that there are.
    pub fn no_profile<'k>(&mut self, span: &Range<usize>, key: &str, name: &str, known: impl Iterator<Item = &'k str>) {
        let text = match nearest(name, known) {
            Some(near) => format!("no profile {name:?}; did you mean {near:?}?"),
            None => format!("no profile {name:?}; write [profile.{name}]"),
        };
        self.add(span, key, text);
    }

    /// Notes that an engine names a preset that there is not, with the nearest of those that there are.
    pub fn no_preset<'k>(&mut self, span: &Range<usize>, name: &str, known: impl Iterator<Item = &'k str>) {
        let text = match nearest(name, known) {
            Some(near) => format!("no preset {name:?}; did you mean {near:?}?"),
            None => format!("no preset {name:?}; mailward.toml(5) lists them all"),
        };
        self.add(span, "engine.preset", text);
    }

    /// Notes a fault of another file, which this one names.
    pub fn add_elsewhere(&mut self, problem: Problem) {
        self.list.push(problem);
    }

    /// How many there are so far.
    pub fn count(&self) -> usize {
        self.list.len()
    }

    /// Line and column of a byte, from 1.
    pub fn place(&self, at: usize) -> (usize, usize) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let column = before.get(line_start..).map_or(0, |line| line.chars().count());
        (before.matches('\n').count() + 1, column + 1)
    }

    /// Where a byte stands, in words.
    pub fn origin(&self, span: &Range<usize>) -> String {
        format!("{}:{}", self.file.display(), self.place(span.start).0)
    }

    /// All faults, in the order of their places; those of other files behind.
    pub fn into_list(mut self) -> Vec<Problem> {
        self.list.sort_by(|one, other| {
            let key = |problem: &Problem| (problem.file != self.file, problem.place);
            key(one).cmp(&key(other)).then_with(|| one.file.cmp(&other.file))
        });
        self.list
    }
}

/// The name most like `name`, if any is like it at all.
fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    known
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_counted_in_lines_and_characters_from_one() {
        let problems = Problems::new(Path::new("f"), "a\nñb");
        assert_eq!(problems.place(0), (1, 1));
        assert_eq!(problems.place(4), (2, 2));
    }

    #[test]
    fn the_nearest_name_is_told_and_a_far_one_is_not() {
        let known = || ["limits.deadline", "limits.parts"].into_iter();
        assert_eq!(nearest("limits.deadlin", known()), Some("limits.deadline"));
        assert_eq!(nearest("zzz", known()), None);
    }
}
