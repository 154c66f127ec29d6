//! `mailward deliver` and `mailward mda`: the wrapper around a delivery agent.
//!
//! Owns the order of the stages. It must never let a message go on before what the policy asks for is durable, nor end in
//! anything but an outcome: an error, a panic and a signal all mean "try again later".

use super::caller::{Caller, Ending};
use super::case::Case;
use super::conclude::{Conclusion, Fate, conclude};
use super::split::{Share, Whole};
use super::{Handed, Handover, Outcome, qmail_queue, report, scan, split};
use crate::cli::Deliver;
use crate::config::{Config, Engine, Limits, Settings};
use crate::deliver::{self, Destination, Written};
use crate::edit;
use crate::engine::Memory;
use crate::envelope::{Envelope, Queued};
use crate::error::Error;
use crate::exit::Meaning;
use crate::intake::Intake;
use crate::message::LineEnd;
use crate::notice::hostname;
use crate::os;
use crate::quarantine::Slot;
use crate::state::State;
use std::io;
use std::os::fd::AsFd;
use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};

/// Scans the message on stdin and hands it on.
pub(super) fn run(call: &Deliver, handed: Handed, mut caller: Caller) -> Outcome {
    let ending = without_panic(|| attempt(call, handed, &mut caller)).unwrap_or_else(|error| caller.failed(&error));
    caller.end(ending)
}

/// A panic is an error like others.
fn without_panic<T>(attempt: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    panic::catch_unwind(AssertUnwindSafe(attempt)).unwrap_or_else(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref::<&str>().copied());
        Err(Error::Bug(text.unwrap_or("panic").to_owned()))
    })
}

fn attempt(call: &Deliver, handed: Handed, caller: &mut Caller) -> Result<Ending, Error> {
    let start = Instant::now();
    // Reading the configuration may hang too, and nobody knows yet what it says of the deadline.
    os::set_deadline(Limits::default().deadline);
    if os::stdin_was_closed() {
        return Err(Error::StdinClosed);
    }
    let config = Config::load(call.options.config.as_deref())?;
    let base = &config.base().settings;
    caller.adopt(call.options.mta, base);
    #[cfg(feature = "fault-injection")]
    crate::crash::on_demand();
    os::set_deadline(base.limits.deadline);
    let intake = Intake::read(io::stdin().as_fd(), base.limits.message_size.0, &|first| room(base, first))?;
    let queued = match handed {
        Handed::Message => None,
        Handed::MessageAndEnvelope => Some(qmail_queue::read_envelope()?),
    };
    let run = Run { call, config: &config, intake: &intake, queued: queued.as_ref(), start };
    let (decision, _slot) = decide(&run, caller)?;
    match decision {
        Decision::Together(conclusion) => finish(caller, intake, queued.as_ref(), conclusion, &base.limits),
        Decision::Apart(shares) => split::finish(&intake, shares, &base.limits),
    }
}

/// Bytes of the line that clean mail gets, if nobody else will have the file before it is written.
fn room(settings: &Settings, first: &[u8]) -> usize {
    let name = &settings.tag.header.0;
    let is_one_line = !name.is_empty() && !settings.tag.ambiguity_results;
    if !is_one_line || !settings.engines.is_empty() { 0 } else { edit::clean_line(name).len() + LineEnd::of(first).bytes().len() }
}

/// What a decision needs.
struct Run<'a> {
    call: &'a Deliver,
    config: &'a Config,
    intake: &'a Intake,
    queued: Option<&'a Queued>,
    start: Instant,
}

/// What becomes of the message.
enum Decision {
    /// The same for all its recipients.
    Together(Conclusion),
    /// A share for each group of recipients.
    Apart(Vec<Share>),
}

fn decide(run: &Run<'_>, caller: &mut Caller) -> Result<(Decision, Option<Slot>), Error> {
    let base = &run.config.base().settings;
    let limits = &base.limits;
    let message = scan::read(run.intake, limits);
    let told = scan::envelope(&run.call.options, &message);
    let envelope = match run.queued {
        Some(queued) => told.with(queued),
        None => told,
    };
    caller.note(report::known(&message, &envelope));
    let (engines_until, until) = (run.start + share(limits.deadline, 8), run.start + share(limits.deadline, 9));
    let slot = take_slot(base, &envelope, engines_until)?;
    let groups = run.config.resolve(&envelope);
    let verdicts = scan::judge(&groups, &message, &envelope, scan::file_for_engines(run.intake), &memory(base), engines_until);
    if let Some((queued, judgements)) = run.queued.filter(|_| base.delivery.split).zip(verdicts.apart()) {
        let whole = Whole { call: run.call, message: &message, envelope: &envelope, queued, limits, until };
        return Ok((Decision::Apart(split::conclude(caller, &whole, &groups, &judgements)?), slot));
    }
    let judgement = verdicts.together();
    let resolved = groups.get(judgement.group).unwrap_or(run.config.base());
    let case = Case {
        message: &message,
        envelope: &envelope,
        is_queued: run.queued.is_some(),
        judgement: &judgement,
        resolved,
        groups: &groups,
        limits,
        until,
    };
    Ok((Decision::Together(conclude(run.call, caller, &case, caller.known())?), slot))
}

/// Where engines remember, if one of them is to. Without such a folder they do all their work anew.
fn memory(base: &Settings) -> Memory {
    let remembers = |engine: &Engine| !engine.cache.is_zero() || (engine.address.len() > 1 && !engine.rest.is_zero());
    let state = base.engines.iter().any(remembers).then(|| State::open(&base.state.path).ok()).flatten();
    Memory::in_state(state, base.cache.clone())
}

/// One of the runs that this host may do at once, if they are counted.
fn take_slot(base: &Settings, envelope: &Envelope, until: Instant) -> Result<Option<Slot>, Error> {
    if base.limits.parallel == 0 {
        return Ok(None);
    }
    let path = deliver::expand(&base.quarantine.path, envelope)?;
    Slot::take(&path, base.limits.parallel, until).map(Some)
}

/// So many tenths of the deadline: what is asked of others must end before the alarm does.
fn share(deadline: Duration, tenths: u32) -> Duration {
    deadline / 10 * tenths
}

/// Hands the message on, or gives it up.
fn finish(caller: &Caller, intake: Intake, queued: Option<&Queued>, conclusion: Conclusion, limits: &Limits) -> Result<Ending, Error> {
    let Conclusion { fate, level, line } = conclusion;
    let (outcome, exit) = match fate {
        Fate::Leave(farewell) => {
            let exit = farewell.status.to_string();
            (Outcome::Exit(farewell), exit)
        }
        Fate::HandOn(Destination::Maildir(path), edits) => {
            let written = Written::write(&path, &hostname(), |file| deliver::write(&edits, &intake, file))?;
            let done = caller.profile.status(Meaning::Done);
            // From the commit on a signal must find the message delivered, before it not.
            let _held = os::hold_signals();
            written.commit()?;
            os::guard(done);
            (Outcome::silent(done), "maildir".to_owned())
        }
        Fate::HandOn(Destination::Mda(program, words), edits) => {
            let message = deliver::for_mda(&edits, intake, limits.message_size.0)?;
            let envelope = queued.map(qmail_queue::as_file).transpose()?;
            let (profile, log, known) = (caller.profile, caller.log.clone(), caller.known());
            (Outcome::Exec(Handover { program, words, message, envelope, profile, log, known }), "exec".to_owned())
        }
    };
    Ok(Ending { outcome, said: vec![(level, line.with("exit", &exit))] })
}
