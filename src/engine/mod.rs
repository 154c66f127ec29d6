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
use crate::message::{Message, Origin};
use crate::sanitize::printable;
use std::fs::File;
use std::panic::{self, AssertUnwindSafe};
use std::thread;
use std::time::{Duration, Instant};

/// What an engine is to look at.
#[derive(Clone, Copy)]
pub struct Sample<'a> {
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
    /// The view that it is in; none where it was found in the message as it came in.
    pub origin: Option<Origin>,
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
    /// The answer in one word for the log: clean, the name of the worst, or failed.
    pub fn verdict(&self) -> String {
        match &self.answer {
            Ok(threats) => threats
                .iter()
                .min_by_key(|threat| threat.class)
                .map_or_else(|| "clean".to_owned(), |threat| printable(&threat.name).into_owned()),
            Err(_) => "failed".to_owned(),
        }
    }
}

/// A single engine is asked about a message of this size without a thread: starting one takes longer than our own looks.
const SMALL: usize = 16 * 1024;

/// Asks every engine, does `meanwhile` while they work, and asks the backups of those that failed.
pub fn ask_all<T>(engines: &[Engine], sample: Sample<'_>, until: Instant, meanwhile: impl FnOnce() -> T) -> (T, Vec<Call>) {
    let (backups, primaries): (Vec<&Engine>, Vec<&Engine>) = engines.iter().partition(|engine| engine.backup);
    let (done, mut calls) = side_by_side(&primaries, sample, until, meanwhile);
    let stand_ins: Vec<&Engine> = backups.into_iter().filter(|backup| has_failed(&calls, backup.finds)).collect();
    let ((), more) = side_by_side(&stand_ins, sample, until, || ());
    calls.extend(more);
    (done, calls)
}

/// Asks one engine.
///
/// # Errors
/// Whatever kept it from a clear answer.
pub fn ask(engine: &Engine, sample: Sample<'_>, until: Instant) -> Result<Vec<Threat>, Trouble> {
    let until = until.min(Instant::now() + engine.timeout);
    match engine.kind {
        Kind::Clamd => clamd::scan(engine, sample, until),
        Kind::Command => command::scan(engine, sample, until),
    }
}

/// What is found by looking again and again, each thing once, up to the first virus. Anything else must not end the looking: an
/// archive under a password in the message would keep an engine from the views.
fn up_to_a_virus(looks: impl Iterator<Item = Result<Vec<Threat>, Trouble>>) -> Result<Vec<Threat>, Trouble> {
    let mut all: Vec<Threat> = Vec::new();
    for found in looks {
        for threat in found? {
            if !all.iter().any(|known| (known.class, &known.name) == (threat.class, &threat.name)) {
                all.push(threat);
            }
        }
        if all.iter().any(|threat| threat.class == Class::Infected) {
            break;
        }
    }
    Ok(all)
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

fn side_by_side<T>(engines: &[&Engine], sample: Sample<'_>, until: Instant, meanwhile: impl FnOnce() -> T) -> (T, Vec<Call>) {
    if let ([engine], true) = (engines, sample.message.bytes().len() <= SMALL) {
        let done = meanwhile();
        return (done, vec![call(engine, Ok(timed(engine, sample, until)))]);
    }
    thread::scope(|scope| {
        let asked: Vec<_> = engines.iter().map(|engine| (*engine, spawn(scope, engine, sample, until))).collect();
        let done = meanwhile();
        let calls = asked.into_iter().map(|(engine, thread)| call(engine, thread.map(answer_of))).collect();
        (done, calls)
    })
}

type Answer = (Result<Vec<Threat>, Trouble>, Duration);
type Asked<'scope> = std::io::Result<thread::ScopedJoinHandle<'scope, Answer>>;

fn spawn<'scope>(
    scope: &'scope thread::Scope<'scope, '_>,
    engine: &'scope Engine,
    sample: Sample<'scope>,
    until: Instant,
) -> Asked<'scope> {
    thread::Builder::new().spawn_scoped(scope, move || timed(engine, sample, until))
}

/// A bug on the way is an engine that failed.
fn timed(engine: &Engine, sample: Sample<'_>, until: Instant) -> Answer {
    let start = Instant::now();
    let answer = panic::catch_unwind(AssertUnwindSafe(|| ask(engine, sample, until))).unwrap_or(Err(Trouble::Bug));
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
        Ok(threats) => threats.iter().map(|threat| finding(threat.class, &threat.name, said(&call.engine, threat))).collect(),
        Err(trouble) => vec![finding(failure(call.finds), trouble.word(), trouble.to_string())],
    }
}

fn said(engine: &str, threat: &Threat) -> String {
    let place = threat.origin.map(|origin| format!(" in {origin}")).unwrap_or_default();
    format!("{engine} says {}{place}", printable(&threat.name))
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
    use crate::message::Encoding;

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
        let threat = Threat { class: Class::Infected, name: "x\r\nX-Mailward: clean".into(), origin: None };
        let found = findings(&[engine("a", false)], &[call_of("a", Ok(vec![threat]))]);
        assert_eq!(found[0].what, "x??X-Mailward: clean");
    }

    #[test]
    fn the_evidence_says_in_which_view_a_threat_is() {
        let table = [(None, "a says x"), (Some(Origin { part: 3, encoding: Encoding::Base64 }), "a says x in part 3, read as base64")];
        for (origin, evidence) in table {
            let threat = Threat { class: Class::Infected, name: "x".into(), origin };
            assert_eq!(findings(&[engine("a", false)], &[call_of("a", Ok(vec![threat]))])[0].evidence, evidence);
        }
    }

    #[test]
    fn only_a_virus_ends_the_looking_and_each_thing_is_told_once() {
        let threat = |class, name: &str| Threat { class, name: name.into(), origin: None };
        let looks = || {
            let found = [threat(Class::Encrypted, "Zip"), threat(Class::Encrypted, "Zip"), threat(Class::Infected, "Worm")];
            found.into_iter().map(|threat| Ok(vec![threat])).chain([Err(Trouble::Timeout)])
        };
        let all = up_to_a_virus(looks()).unwrap();
        assert_eq!(all, [threat(Class::Encrypted, "Zip"), threat(Class::Infected, "Worm")]);
        assert_eq!(call_of("a", Ok(all)).verdict(), "Worm");
        assert!(matches!(
            up_to_a_virus(looks().filter(|look| !matches!(look, Ok(found) if found[0].name == "Worm"))),
            Err(Trouble::Timeout)
        ));
    }
}
