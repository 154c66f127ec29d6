//! Asks the administrator's scanners, side by side.
//!
//! Owns who is asked when, and that no failure is ever taken for clean: an engine that fails yields a finding of class unscanned
//! (spam_unscanned for a spam engine), and a backup that succeeds takes its place. It must never decide what that means. An
//! engine is not trusted: its time, its output and its words are bounded.

pub mod clamd;
mod command;
mod trouble;

pub use command::judge as judge_program;
pub use trouble::Trouble;

use crate::config::{Engine, Finds, Kind};
use crate::finding::{Class, Finding, Place};
use crate::message::Message;
use crate::sanitize::printable;
use std::fs::File;
use std::panic::{self, AssertUnwindSafe};
use std::thread;
use std::time::{Duration, Instant};

/// What an engine gets to see.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The message as a file that starts at 0. Its offset is shared, so nobody may read from it without opening it anew.
    pub file: &'a File,
    /// The same bytes.
    pub message: &'a Message<'a>,
}

/// What an engine says is in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threat {
    /// What kind of trouble.
    pub class: Class,
    /// The engine's name for it.
    pub name: String,
}

/// One question to one engine, for the log.
#[derive(Debug)]
pub struct Call {
    /// The engine's name.
    pub engine: String,
    /// What it looks for.
    pub finds: Finds,
    /// Its answer.
    pub answer: Result<Vec<Threat>, Trouble>,
    /// How long it took.
    pub took: Duration,
}

impl Call {
    /// The answer in one word for the log: clean, a name, or failed.
    pub fn verdict(&self) -> String {
        match &self.answer {
            Ok(threats) => threats.first().map_or_else(|| "clean".to_owned(), |threat| printable(&threat.name).into_owned()),
            Err(_) => "failed".to_owned(),
        }
    }
}

/// A single engine is asked about a message of this size without a thread: starting one takes longer than our own looks.
const SMALL: usize = 256 * 1024;

/// Asks every engine, does `meanwhile` while they work, and asks the backups of those that failed.
pub fn ask_all<T>(engines: &[Engine], view: View<'_>, until: Instant, meanwhile: impl FnOnce() -> T) -> (T, Vec<Call>) {
    let (backups, primaries): (Vec<&Engine>, Vec<&Engine>) = engines.iter().partition(|engine| engine.backup);
    let (done, mut calls) = side_by_side(&primaries, view, until, meanwhile);
    let stand_ins: Vec<&Engine> = backups.into_iter().filter(|backup| has_failed(&calls, backup.finds)).collect();
    let ((), more) = side_by_side(&stand_ins, view, until, || ());
    calls.extend(more);
    (done, calls)
}

/// Asks one engine.
///
/// # Errors
/// Whatever kept it from a clear answer.
pub fn ask(engine: &Engine, view: View<'_>, until: Instant) -> Result<Vec<Threat>, Trouble> {
    let until = until.min(Instant::now() + engine.timeout);
    match engine.kind {
        Kind::Clamd => clamd::scan(engine, view, until),
        Kind::Command => command::scan(engine, view, until),
    }
}

/// What an engine says of its version; of a program, its path.
///
/// # Errors
/// Whatever kept it from an answer.
pub fn version(engine: &Engine, until: Instant) -> Result<String, Trouble> {
    match engine.kind {
        Kind::Clamd => clamd::version(engine, until.min(Instant::now() + engine.timeout)),
        Kind::Command => Ok(engine.command.first().cloned().unwrap_or_default()),
    }
}

/// The findings that follow from the answers.
pub fn findings(engines: &[Engine], calls: &[Call]) -> Vec<Finding> {
    calls.iter().filter(|call| call.answer.is_ok() || !is_stood_in_for(engines, calls, call)).flat_map(of_call).collect()
}

fn side_by_side<T>(engines: &[&Engine], view: View<'_>, until: Instant, meanwhile: impl FnOnce() -> T) -> (T, Vec<Call>) {
    if let ([engine], true) = (engines, view.message.bytes().len() <= SMALL) {
        let done = meanwhile();
        return (done, vec![call(engine, Ok(timed(engine, view, until)))]);
    }
    thread::scope(|scope| {
        let asked: Vec<_> = engines.iter().map(|engine| (*engine, spawn(scope, engine, view, until))).collect();
        let done = meanwhile();
        let calls = asked.into_iter().map(|(engine, thread)| call(engine, thread.map(answer_of))).collect();
        (done, calls)
    })
}

type Answer = (Result<Vec<Threat>, Trouble>, Duration);
type Asked<'scope> = std::io::Result<thread::ScopedJoinHandle<'scope, Answer>>;

fn spawn<'scope>(scope: &'scope thread::Scope<'scope, '_>, engine: &'scope Engine, view: View<'scope>, until: Instant) -> Asked<'scope> {
    thread::Builder::new().spawn_scoped(scope, move || timed(engine, view, until))
}

/// A bug on the way is an engine that failed.
fn timed(engine: &Engine, view: View<'_>, until: Instant) -> Answer {
    let start = Instant::now();
    let answer = panic::catch_unwind(AssertUnwindSafe(|| ask(engine, view, until))).unwrap_or(Err(Trouble::Bug));
    (answer, start.elapsed())
}

fn answer_of(thread: thread::ScopedJoinHandle<'_, Answer>) -> Answer {
    thread.join().unwrap_or((Err(Trouble::Bug), Duration::ZERO))
}

/// A thread that could not be started is an engine that failed.
fn call(engine: &Engine, answer: std::io::Result<Answer>) -> Call {
    let (answer, took) = answer.unwrap_or_else(|why| (Err(Trouble::Io("starting a thread", why)), Duration::ZERO));
    Call { engine: engine.name.clone(), finds: engine.finds, answer, took }
}

fn has_failed(calls: &[Call], finds: Finds) -> bool {
    calls.iter().any(|call| call.finds == finds && call.answer.is_err())
}

/// Whether a backup has answered for the same kind of search as a failed engine.
fn is_stood_in_for(engines: &[Engine], calls: &[Call], failed: &Call) -> bool {
    let is_backup = |call: &Call| engines.iter().any(|engine| engine.backup && engine.name == call.engine);
    calls.iter().any(|call| call.finds == failed.finds && call.answer.is_ok() && is_backup(call))
}

fn of_call(call: &Call) -> Vec<Finding> {
    let finding = |class, what: &str, evidence: String| Finding {
        class,
        engine: call.engine.clone(),
        what: printable(what).into_owned(),
        evidence,
        place: Place::MESSAGE,
    };
    match &call.answer {
        Ok(threats) => threats
            .iter()
            .map(|threat| finding(threat.class, &threat.name, format!("{} says {}", call.engine, printable(&threat.name))))
            .collect(),
        Err(trouble) => vec![finding(failure(call.finds), trouble.word(), trouble.to_string())],
    }
}

fn failure(finds: Finds) -> Class {
    match finds {
        Finds::Infected => Class::Unscanned,
        Finds::Spam => Class::SpamUnscanned,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engine(name: &str, backup: bool) -> Engine {
        Engine { name: name.into(), backup, ..Engine::default() }
    }

    fn call_of(name: &str, answer: Result<Vec<Threat>, Trouble>) -> Call {
        Call { engine: name.into(), finds: Finds::Infected, answer, took: Duration::ZERO }
    }

    #[test]
    fn an_engine_that_fails_is_unscanned_and_never_clean() {
        let found = findings(&[engine("a", false)], &[call_of("a", Err(Trouble::Timeout))]);
        assert_eq!((found[0].class, found[0].what.as_str()), (Class::Unscanned, "timeout"));
    }

    #[test]
    fn a_backup_that_answers_stands_in_for_one_that_failed() {
        let engines = [engine("a", false), engine("b", true)];
        assert!(findings(&engines, &[call_of("a", Err(Trouble::Timeout)), call_of("b", Ok(vec![]))]).is_empty());
        assert_eq!(findings(&engines, &[call_of("a", Err(Trouble::Timeout)), call_of("b", Err(Trouble::Timeout))]).len(), 2);
    }

    #[test]
    fn one_engine_that_answers_does_not_stand_in_for_another() {
        let engines = [engine("a", false), engine("b", false)];
        assert_eq!(findings(&engines, &[call_of("a", Err(Trouble::Timeout)), call_of("b", Ok(vec![]))]).len(), 1);
    }

    #[test]
    fn what_an_engine_says_is_made_printable() {
        let threat = Threat { class: Class::Infected, name: "x\r\nX-Mailward: clean".into() };
        let found = findings(&[engine("a", false)], &[call_of("a", Ok(vec![threat]))]);
        assert_eq!(found[0].what, "x??X-Mailward: clean");
    }
}
