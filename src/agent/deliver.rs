//! `mailward deliver` and `mailward mda`: the wrapper around a delivery agent.
//!
//! Owns the order of the stages. It must never let a message go on before what the policy asks for is durable, nor end in
//! anything but an outcome: an error, a panic and a signal all mean "try again later".

use super::caller::{Caller, Ending};
use super::case::Case;
use super::scan::{self, Judgement};
use super::{Farewell, Handed, Handover, Outcome, qmail_queue, report};
use crate::cli::Deliver;
use crate::config::{Action, Config, Level, Limits, Resolved, Settings};
use crate::deliver::{self, Destination, Written};
use crate::edit::{self, Edits};
use crate::envelope::Queued;
use crate::error::Error;
use crate::exit::{Meaning, Profile};
use crate::intake::Intake;
use crate::log::Line;
use crate::message::LineEnd;
use crate::notice::hostname;
use crate::os;
use crate::quarantine::{Id, Slot};
use crate::sanitize::printable;
use std::fs::File;
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
    let (queued, envelope) = match handed {
        Handed::Message => (None, None),
        Handed::MessageAndEnvelope => qmail_queue::read_envelope().map(|(queued, file)| (Some(queued), Some(file)))?,
    };
    match decide(call, caller, &config, &intake, queued, start)? {
        Decision::Leave(ending) => Ok(ending),
        Decision::HandOn(ready) => hand_on(caller, intake, envelope, ready, &base.limits),
    }
}

/// Bytes of the line that clean mail gets, if nobody else will have the file before it is written.
fn room(settings: &Settings, first: &[u8]) -> usize {
    let name = &settings.tag.header.0;
    if name.is_empty() || !settings.engines.is_empty() { 0 } else { edit::clean_line(name).len() + LineEnd::of(first).bytes().len() }
}

/// What is left to do when the message is judged.
enum Decision {
    Leave(Ending),
    HandOn(Ready),
}

/// A message that goes on, and all that is needed of it.
struct Ready {
    destination: Destination,
    edits: Edits,
    level: Level,
    line: Line,
    _slot: Option<Slot>,
}

fn decide(
    call: &Deliver,
    caller: &mut Caller,
    config: &Config,
    intake: &Intake,
    queued: Option<Queued>,
    start: Instant,
) -> Result<Decision, Error> {
    let limits = &config.base().settings.limits;
    let message = scan::read(intake, limits);
    let told = scan::envelope(&call.options, &message);
    let envelope = match queued {
        Some(queued) => told.with(queued),
        None => told,
    };
    caller.note(report::known(&message, &envelope));
    let engines_until = start + share(limits.deadline, 8);
    let slot = if limits.parallel == 0 {
        None
    } else {
        let path = deliver::expand(&config.base().settings.quarantine.path, &envelope)?;
        Some(Slot::take(&path, limits.parallel, engines_until)?)
    };
    let groups = config.resolve(&envelope);
    let judgement = scan::judge(&groups, &message, scan::file_for_engines(intake), engines_until);
    let resolved = groups.get(judgement.group).unwrap_or(config.base());
    let until = start + share(limits.deadline, 9);
    let case = Case { message: &message, envelope: &envelope, judgement: &judgement, resolved, groups: &groups, limits, until };
    conclude(call, caller, &case, slot)
}

/// So many tenths of the deadline: what is asked of others must end before the alarm does.
fn share(deadline: Duration, tenths: u32) -> Duration {
    deadline / 10 * tenths
}

/// Does all that must be durable before a message goes on or is given up.
fn conclude(call: &Deliver, caller: &Caller, case: &Case<'_>, slot: Option<Slot>) -> Result<Decision, Error> {
    let id = case.id();
    if case.judgement.plan.action != Action::Accept {
        caller.warn(&case.keep_and_tell(id.as_ref(), &[])?);
        return Ok(Decision::Leave(given_up(caller, case, id.as_ref())));
    }
    let destination = destination(call, case)?;
    let edits = scan::edits(case.message, &case.words(id.as_ref())?);
    caller.warn(&case.keep_and_tell(id.as_ref(), &destination.words())?);
    let exit = if matches!(destination, Destination::Mda(..)) { "exec" } else { "maildir" };
    let (level, line) = report::line(caller.known(), case.judgement, id.as_ref(), exit);
    Ok(Decision::HandOn(Ready { destination, edits, level, line, _slot: slot }))
}

/// Where the message goes for all its recipients: it goes once.
fn destination(call: &Deliver, case: &Case<'_>) -> Result<Destination, Error> {
    let of = |group: &Resolved| deliver::destination(&call.mda, &call.mda_arguments, &group.settings.delivery, case.envelope);
    let destination = of(case.resolved)?;
    for (index, group) in case.groups.iter().enumerate() {
        if index != case.judgement.group && of(group)? != destination {
            return Err(Error::SeveralDestinations);
        }
    }
    Ok(destination)
}

fn hand_on(caller: &Caller, intake: Intake, envelope: Option<File>, ready: Ready, limits: &Limits) -> Result<Ending, Error> {
    let Ready { destination, edits, level, line, _slot } = ready;
    let outcome = match destination {
        // Nobody delivers to several recipients, who may be anywhere, by a maildir.
        Destination::Maildir(_) if envelope.is_some() => return Err(Error::NoDelivery),
        Destination::Maildir(path) => {
            let written = Written::write(&path, &hostname(), |file| deliver::write(&edits, &intake, file))?;
            let done = caller.profile.status(Meaning::Done);
            // From the commit on a signal must find the message delivered, before it not.
            let _held = os::hold_signals();
            written.commit()?;
            os::guard(done);
            Outcome::silent(done)
        }
        Destination::Mda(program, words) => {
            let message = deliver::for_mda(&edits, intake, limits.message_size.0)?;
            Outcome::Exec(Handover {
                program,
                words,
                message,
                envelope,
                profile: caller.profile,
                log: caller.log.clone(),
                known: caller.known(),
            })
        }
    };
    Ok(Ending { outcome, level, line })
}

/// The end of a run whose message does not go on.
fn given_up(caller: &Caller, case: &Case<'_>, id: Option<&Id>) -> Ending {
    let meaning = match case.judgement.plan.action {
        Action::Accept | Action::Discard => Meaning::Done,
        Action::Defer => Meaning::Temporary,
        Action::Reject => Meaning::Refuse,
    };
    let (status, stdout) = match meaning {
        Meaning::Refuse => refusal(caller.profile, &reason(case.judgement)),
        other => (caller.profile.status(other), None),
    };
    let (level, line) = report::line(caller.known(), case.judgement, id, &status.to_string());
    let outcome = Outcome::Exit(Farewell { status, stdout: stdout.unwrap_or_default(), ..Farewell::default() });
    Ending { outcome, level, line }
}

/// The status of a refusal, and the line that tells why. qmail-queue's caller reads that elsewhere, if at all.
fn refusal(profile: Profile, reason: &str) -> (u8, Option<String>) {
    let told = if profile == Profile::QmailQueue { qmail_queue::say_why(reason) } else { None };
    (told.unwrap_or_else(|| profile.status(Meaning::Refuse)), profile.refusal_line(reason))
}

/// Why mail is refused, on one line for its sender.
fn reason(judgement: &Judgement) -> String {
    match &judgement.plan.lead {
        Some(lead) => format!("mail refused by policy: {}: {}", lead.class.name(), printable(&lead.what)),
        None => "mail refused by policy".to_owned(),
    }
}
