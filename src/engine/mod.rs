//! Asks the administrator's scanners, side by side.
//!
//! Owns who is asked when, and that no failure is ever taken for clean: an engine that fails yields a finding of class unscanned
//! (spam_unscanned for a spam engine), and a backup that succeeds takes its place. It must never decide what that means. An
//! engine is not trusted: its time, its output and its words are bounded.

mod answer;
mod cache;
pub mod clamd;
mod command;
mod daemon;
mod dns;
mod early;
mod filter;
mod header;
mod health;
mod http;
mod icap;
mod memory;
mod pool;
mod relay;
mod rewritten;
mod rspamd;
mod shared;
mod spamd;
mod tls;
mod trouble;
mod user;
mod verdict;
mod wire;

pub use answer::{Advice, Answer, Rating, Threat};
pub use command::judge as judge_program;
pub use memory::Memory;
pub use relay::Relay;
pub use trouble::Trouble;

use crate::config::{Balance, Engine, Finds, Kind, Network};
use crate::envelope::Envelope;
use crate::finding::{Class, Finding, Place};
use crate::message::Message;
use crate::sanitize::printable;
use pool::Route;
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
    /// From whom to whom it goes.
    pub envelope: &'a Envelope,
    /// Who handed it to us.
    pub relay: &'a Relay,
    /// Hosts whose trace fields are believed.
    pub trusted: &'a [Network],
    /// What is remembered of others.
    pub memory: &'a Memory,
}

impl<'a> Sample<'a> {
    /// What chooses among the addresses of `engine`.
    fn route(self, engine: &Engine) -> Route<'a> {
        let digest = (engine.balance == Balance::Hash).then(|| self.memory.digest(self.message));
        Route { digest, state: self.memory.state.as_ref() }
    }
}

/// One question to one engine, for the log.
#[derive(Debug)]
pub struct Call {
    /// The engine's name.
    pub engine: String,
    /// What it looks for.
    pub finds: Finds,
    /// Its answer.
    pub answer: Result<Answer, Trouble>,
    /// How long it took.
    pub took: Duration,
}

impl Call {
    /// The answer in one word for the log: clean, perhaps with its score, the name of the worst, or failed.
    pub fn verdict(&self) -> String {
        let Ok(answer) = &self.answer else { return "failed".to_owned() };
        let worst = answer.threats.iter().min_by_key(|threat| threat.class);
        match (worst, &answer.rating) {
            (Some(threat), _) => printable(&threat.name).into_owned(),
            (None, Some(rating)) => format!("clean, {rating}"),
            (None, None) => "clean".to_owned(),
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
pub fn ask(engine: &Engine, sample: Sample<'_>, until: Instant) -> Result<Answer, Trouble> {
    if engine.max_size.0 > 0 && sample.message.bytes().len() as u64 > engine.max_size.0 {
        return Err(Trouble::TooLarge);
    }
    let until = until.min(Instant::now() + engine.timeout);
    let kept = |engine: &Engine, until| cache::answer(engine, sample, until, || ask_now(engine, sample, until));
    let answer = if engine.cache.is_zero() || engine.address.len() < 2 {
        kept(engine, until)
    } else {
        // What is kept goes by the version of the very one that has answered.
        pool::ask(engine, sample.route(engine), until, |address, until| kept(&engine.only_at(address), until))
    };
    answer.map(|answer| answer.rated(engine))
}

fn ask_now(engine: &Engine, sample: Sample<'_>, until: Instant) -> Result<Answer, Trouble> {
    match engine.kind {
        Kind::Clamd => clamd::scan(engine, sample, until).map(Answer::of),
        Kind::Command => command::scan(engine, sample, until).map(Answer::of),
        Kind::Spamd => spamd::scan(engine, sample, until),
        Kind::Rspamd => rspamd::scan(engine, sample, until),
        Kind::Filter => filter::scan(engine, sample, until),
        Kind::Header => header::scan(engine, sample),
        Kind::Dnsbl => dns::relay(engine, sample, until).map(Answer::of),
        Kind::Uribl => dns::hosts(engine, sample, until).map(Answer::of),
        Kind::Icap => icap::scan(engine, sample, until).map(Answer::of),
        Kind::Daemon => daemon::scan(engine, sample, until).map(Answer::of),
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
    let until = until.min(Instant::now() + engine.timeout);
    match engine.kind {
        Kind::Clamd => clamd::version(engine, until),
        Kind::Command | Kind::Filter => Ok(engine.command.first().cloned().unwrap_or_default()),
        Kind::Spamd => spamd::version(engine, until),
        Kind::Rspamd => rspamd::version(engine, until),
        Kind::Header => Ok(engine.header.clone().unwrap_or_default()),
        Kind::Dnsbl | Kind::Uribl => Ok(engine.zones.join(" ")),
        Kind::Icap => icap::version(engine, until),
        Kind::Daemon => daemon::version(engine, until),
    }
}

/// The findings that follow from the answers, where malware counts once `quorum` engines have found some.
pub fn findings(engines: &[Engine], calls: &[Call], quorum: u64) -> Vec<Finding> {
    let has_malware =
        |call: &&Call| call.answer.as_ref().is_ok_and(|answer| answer.threats.iter().any(|threat| threat.class == Class::Infected));
    // Who was not asked, or failed, has no vote: else one that is left would never be heard.
    let voters = calls.iter().filter(|call| call.finds == Finds::Infected && call.answer.is_ok()).count() as u64;
    let is_outvoted = (calls.iter().filter(has_malware).count() as u64) < quorum.min(voters);
    let counts_as_one = |finding: &Finding| finding.class != Class::Infected || !is_outvoted;
    let is_required = |call: &Call| engines.iter().any(|engine| engine.name == call.engine && engine.required);
    let counts = |call: &&Call| call.answer.is_ok() || (is_required(call) && !is_stood_in_for(engines, calls, call));
    calls.iter().filter(counts).flat_map(of_call).filter(counts_as_one).collect()
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

type Timed = (Result<Answer, Trouble>, Duration);
type Asked<'scope> = std::io::Result<thread::ScopedJoinHandle<'scope, Timed>>;

fn spawn<'scope>(
    scope: &'scope thread::Scope<'scope, '_>,
    engine: &'scope Engine,
    sample: Sample<'scope>,
    until: Instant,
) -> Asked<'scope> {
    thread::Builder::new().spawn_scoped(scope, move || timed(engine, sample, until))
}

/// A bug on the way is an engine that failed.
fn timed(engine: &Engine, sample: Sample<'_>, until: Instant) -> Timed {
    let start = Instant::now();
    let answer = panic::catch_unwind(AssertUnwindSafe(|| ask(engine, sample, until))).unwrap_or(Err(Trouble::Bug));
    (answer, start.elapsed())
}

fn answer_of(thread: thread::ScopedJoinHandle<'_, Timed>) -> Timed {
    thread.join().unwrap_or((Err(Trouble::Bug), Duration::ZERO))
}

/// A thread that could not be started is an engine that failed.
fn call(engine: &Engine, answer: std::io::Result<Timed>) -> Call {
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
        Ok(answer) => answer.threats.iter().map(|threat| finding(threat.class, &threat.name, said(&call.engine, threat))).collect(),
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
#[path = "engine_tests.rs"]
mod tests;
