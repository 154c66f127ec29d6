//! Tables of Postfix (regexp_table(5), pcre_table(5)) as header_checks(5) and body_checks take them.
//!
//! Owns the file and the order of its lines. It must never leave a line out in silence: what mailward does not do is a problem with the
//! line of the table. A table that cannot be read is a problem too.

mod action;
mod expression;
mod line;
mod step;

pub use step::{Effect, Piece, Step};

use super::setting::Node;
use super::{OwnRule, Pattern, Problem, Problems};
use expression::Dialect;
use std::path::Path;

/// The steps of the table that `import` names.
pub(super) fn read(import: &str, rule: &OwnRule, node: Node<'_>, problems: &mut Problems<'_>) -> Vec<Step> {
    let (dialect, path) = named(import);
    if !path.is_absolute() {
        let expected = "a path as Postfix has it: import = \"regexp:/etc/postfix/header_checks\", or pcre: before it";
        problems.add(&node.span(), "rule.import", format!("expected {expected}, found {import:?}"));
        return Vec::new();
    }
    let text = match text_of(path) {
        Ok(text) => text,
        Err(fault) => {
            problems.add(&node.span(), "rule.import", format!("the table {} cannot be read: {fault}", path.display()));
            return Vec::new();
        }
    };
    let (steps, faults) = parse(&text, dialect, rule);
    for (line, text) in faults {
        problems.add_elsewhere(Problem { file: path.to_owned(), place: (line, 1), key: String::new(), text });
    }
    steps
}

fn named(import: &str) -> (Dialect, &Path) {
    match import.split_once(':') {
        Some(("pcre", path)) => (Dialect::Perl, Path::new(path)),
        Some(("regexp", path)) => (Dialect::Posix, Path::new(path)),
        _ => (Dialect::Posix, Path::new(import)),
    }
}

/// A pipe that nobody writes to would hold up all mail.
fn text_of(path: &Path) -> std::io::Result<String> {
    if std::fs::metadata(path)?.is_file() { super::read_file(path) } else { Err(std::io::Error::other("no regular file")) }
}

/// What is wrong, and on which line.
type Fault = (usize, String);

fn parse(text: &str, dialect: Dialect, rule: &OwnRule) -> (Vec<Step>, Vec<Fault>) {
    let mut table = Table { dialect, rule, steps: Vec::new(), open: Vec::new() };
    let (lines, mut faults) = line::logical(text);
    for (number, text) in &lines {
        faults.extend(table.add(*number, text).err().map(|fault| (*number, fault)));
    }
    let unended = table.open.iter().filter_map(|at| table.steps.get(*at)).map(|step| (step.line, "no endif ends this if".to_owned()));
    faults.extend(unended);
    (table.steps, faults)
}

struct Table<'a> {
    dialect: Dialect,
    rule: &'a OwnRule,
    steps: Vec<Step>,
    /// The places of what no endif has ended yet.
    open: Vec<usize>,
}

impl Table<'_> {
    fn add(&mut self, line: usize, text: &str) -> Result<(), String> {
        match line::keyword(text) {
            Some(("if", rest)) => self.add_if(line, rest),
            Some(("endif", "")) => self.end_if(),
            Some(("endif", _)) => Err("nothing may stand behind endif".to_owned()),
            Some(_) => Err(format!("expected /pattern/flags action, if or endif, found {text:?}")),
            None => self.add_line(line, text),
        }
    }

    /// An `if` that is wrong keeps its place, so that its endif is not wrong as well.
    fn add_if(&mut self, line: usize, text: &str) -> Result<(), String> {
        self.open.push(self.steps.len());
        let read = line::question(text).and_then(|question| {
            let (pattern, _) = expression::pattern(self.dialect, question.source, question.flags)?;
            if question.action.is_empty() { Ok((pattern, question.is_negated)) } else { Err("nothing may stand behind an if".to_owned()) }
        });
        let (pattern, is_negated) = read.clone().unwrap_or_else(|_| (Pattern::default(), false));
        self.steps.push(Step { line, pattern, is_negated, effect: Effect::If(0) });
        read.map(|_| ())
    }

    fn end_if(&mut self) -> Result<(), String> {
        let end = self.steps.len();
        let begin = self.open.pop().and_then(|at| self.steps.get_mut(at)).ok_or("no if stands before this endif")?;
        begin.effect = Effect::If(end);
        Ok(())
    }

    fn add_line(&mut self, line: usize, text: &str) -> Result<(), String> {
        let question = line::question(text)?;
        let (pattern, groups) = expression::pattern(self.dialect, question.source, question.flags)?;
        // Where a pattern did not match its groups hold nothing.
        let groups = if question.is_negated { 0 } else { groups };
        let effect = action::effect(question.action, self.rule, groups)?;
        self.steps.push(Step { line, pattern, is_negated: question.is_negated, effect });
        Ok(())
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
