//! `mailward deliver` and `mailward mda`: the wrapper around a delivery agent.
//!
//! Owns the order of the stages. It must never let a message go on before what the policy asks for is durable, nor end in
//! anything but an outcome: an error, a panic and a signal all mean "try again later".

use super::case::Case;
use super::scan::{self, Judgement};
use super::{Farewell, Handover, Outcome, report};
use crate::cli::Deliver;
use crate::config::{Action, Config, Level, Limits, Log, Mta, Settings};
use crate::deliver::{self, Destination};
use crate::edit::{self, Edits};
use crate::envelope::Envelope;
use crate::error::Error;
use crate::exit::{Meaning, Profile};
use crate::intake::{Held, Intake};
use crate::log::{self, Line};
use crate::message::LineEnd;
use crate::notice::hostname;
use crate::os;
use crate::quarantine::{Id, Slot};
use crate::sanitize::printable;
use crate::stderr::Quiet;
use std::env;
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};

/// Whoever called us: how to answer, and where to log.
struct Caller {
    profile: Profile,
    log: Log,
    stderr: Quiet,
}

/// Scans the message on stdin and hands it on.
pub fn run(call: &Deliver) -> Outcome {
    let profile = call.options.mta.unwrap_or_else(detected);
    os::guard(profile.status(Meaning::Temporary));
    let mut caller = Caller { profile, log: Log::default(), stderr: Quiet::start() };
    match without_panic(|| attempt(call, &mut caller)) {
        Ok(outcome) => outcome,
        Err(error) => {
            caller.say(Level::Error, &Line::default().with_words("error", &error.to_string()));
            Outcome::silent(caller.profile.status(error.meaning()))
        }
    }
}

/// Says in the log that the command line is wrong; `profile` is what it says of the caller all the same.
pub fn refuse_usage(profile: Option<Profile>, text: String) -> Outcome {
    let (profile, error) = (profile.unwrap_or_else(detected), Error::Usage(text));
    log::write(&Log::default(), Level::Error, &Line::default().with_words("error", &error.to_string()), &mut io::sink());
    Outcome::silent(profile.status(error.meaning()))
}

fn detected() -> Profile {
    Profile::detect(|name| env::var_os(name).is_some())
}

/// Why the MDA did not start, said where the run logs; the status for it.
pub fn exec_failed(handover: &Handover, why: io::Error) -> Farewell {
    let error = Error::Exec(handover.program.clone(), why);
    let line = Line::default().with_words("error", &error.to_string());
    log::write(&handover.log, Level::Error, &line, &mut io::stderr());
    Farewell { status: handover.profile.status(error.meaning()), ..Farewell::default() }
}

/// A panic is an error like others. It must not print: its words would be the first that Postfix reads.
fn without_panic<T>(attempt: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    panic::set_hook(Box::new(|_| ()));
    panic::catch_unwind(AssertUnwindSafe(attempt)).unwrap_or_else(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref::<&str>().copied());
        Err(Error::Bug(text.unwrap_or("panic").to_owned()))
    })
}

fn attempt(call: &Deliver, caller: &mut Caller) -> Result<Outcome, Error> {
    let start = Instant::now();
    if os::stdin_was_closed() {
        return Err(Error::StdinClosed);
    }
    let config = Config::load(call.options.config.as_deref())?;
    let base = &config.base().settings;
    caller.adopt(call, base);
    os::set_deadline(base.limits.deadline);
    let intake = Intake::read(io::stdin().as_fd(), base.limits.message_size.0, &|end| room(base, end))?;
    let until = start + engine_time(base.limits.deadline);
    match decide(call, caller, &config, &intake, until)? {
        Next::Leave(outcome) => Ok(outcome),
        Next::HandOn(ready) => hand_on(caller, intake, ready, &base.limits),
    }
}

/// The line that clean mail gets, if nobody else will have the file before it is written.
fn room(settings: &Settings, end: LineEnd) -> usize {
    let name = &settings.tag.header.0;
    if name.is_empty() || !settings.engines.is_empty() { 0 } else { edit::clean_line(name).len() + end.bytes().len() }
}

/// What is left to do when the message is judged, and all that it needs of it.
enum Next {
    Leave(Outcome),
    HandOn(Ready),
}

/// A message that goes on.
struct Ready {
    destination: Destination,
    edits: Edits,
    report: (Level, Line),
    _slot: Option<Slot>,
}

fn decide(call: &Deliver, caller: &Caller, config: &Config, intake: &Intake, until: Instant) -> Result<Next, Error> {
    let limits = &config.base().settings.limits;
    let message = scan::read(intake, limits);
    let envelope = Envelope::gather(&call.options.told(), |name| env::var(name).ok(), &message);
    let slot = take_slot(&config.base().settings, &envelope, until)?;
    let groups = config.resolve(&envelope);
    let judgement = scan::judge(&groups, &message, scan::file_for_engines(intake), until);
    let resolved = groups.get(judgement.group).unwrap_or(config.base());
    let case = Case { message: &message, envelope: &envelope, judgement: &judgement, resolved, limits, until };
    conclude(call, caller, &case, slot)
}

/// A tenth of the deadline is for what comes after the engines.
fn engine_time(deadline: Duration) -> Duration {
    deadline - deadline / 10
}

fn take_slot(settings: &Settings, envelope: &Envelope, until: Instant) -> Result<Option<Slot>, Error> {
    if settings.limits.parallel == 0 {
        return Ok(None);
    }
    let path = deliver::expand(&settings.quarantine.path, envelope)?;
    Slot::take(&path, settings.limits.parallel, until).map(Some)
}

/// Does all that must be durable before a message goes on or is given up.
fn conclude(call: &Deliver, caller: &Caller, case: &Case<'_>, slot: Option<Slot>) -> Result<Next, Error> {
    let id = case.id();
    if case.judgement.plan.action != Action::Accept {
        caller.warn(case.keep_and_tell(id.as_ref(), &[])?);
        return Ok(Next::Leave(caller.leave(case, id.as_ref())));
    }
    let delivery = &case.resolved.settings.delivery;
    let destination = deliver::destination(&call.mda, &call.mda_arguments, delivery, case.envelope)?;
    let edits = scan::edits(case.message, &case.words(id.as_ref())?);
    caller.warn(case.keep_and_tell(id.as_ref(), &words_of(&destination))?);
    let exit = if matches!(destination, Destination::Mda(..)) { "exec" } else { "maildir" };
    let report = report::line(case.message, case.envelope, case.judgement, id.as_ref(), exit);
    Ok(Next::HandOn(Ready { destination, edits, report, _slot: slot }))
}

fn hand_on(caller: &mut Caller, intake: Intake, ready: Ready, limits: &Limits) -> Result<Outcome, Error> {
    let (level, line) = &ready.report;
    match ready.destination {
        Destination::Maildir(path) => {
            deliver::into_maildir(&path, &hostname(), |file| deliver::write(&ready.edits, &intake, file))?;
            caller.say(*level, line);
            Ok(Outcome::silent(caller.profile.status(Meaning::Done)))
        }
        Destination::Mda(program, words) => {
            let message = message_to_hand_on(&ready.edits, intake, limits)?;
            caller.say(*level, line);
            caller.stderr.restore();
            Ok(Outcome::Exec(Handover { program, words, message, profile: caller.profile, log: caller.log.clone() }))
        }
    }
}

fn words_of(destination: &Destination) -> Vec<String> {
    match destination {
        Destination::Mda(_, words) => words.iter().map(|word| word.to_string_lossy().into_owned()).collect(),
        Destination::Maildir(path) => vec![format!("maildir:{}", path.display())],
    }
}

/// The file that becomes stdin; none where our stdin is the message already, which nobody has read from.
fn message_to_hand_on(edits: &Edits, intake: Intake, limits: &Limits) -> Result<Option<File>, Error> {
    if edits.is_empty() && intake.held() == Held::Given {
        return Ok(None);
    }
    let intake = match intake.with_line_on_top(edits)? {
        Ok(file) => return Ok(Some(file)),
        Err(intake) => intake,
    };
    if edits.is_empty() && intake.room() == 0 {
        return intake.rewound().map(Some);
    }
    deliver::spooled(edits, &intake, limits.message_size.0).map(Some)
}

impl Caller {
    /// Takes over what the configuration says of exit codes and log.
    fn adopt(&mut self, call: &Deliver, settings: &Settings) {
        self.log = settings.log.clone();
        if let (None, Mta::Of(profile)) = (call.options.mta, settings.delivery.mta) {
            self.profile = profile;
            os::guard(profile.status(Meaning::Temporary));
        }
    }

    fn say(&self, level: Level, line: &Line) {
        log::write(&self.log, level, line, &mut &self.stderr);
    }

    fn warn(&self, notices_that_failed: Vec<String>) {
        for why in notices_that_failed {
            self.say(Level::Warning, &Line::default().with_words("notice", &why));
        }
    }

    /// Ends a run whose message does not go on.
    fn leave(&self, case: &Case<'_>, id: Option<&Id>) -> Outcome {
        let meaning = match case.judgement.plan.action {
            Action::Accept | Action::Discard => Meaning::Done,
            Action::Defer => Meaning::Temporary,
            Action::Reject => Meaning::Refuse,
        };
        let status = self.profile.status(meaning);
        let (level, line) = report::line(case.message, case.envelope, case.judgement, id, &status.to_string());
        self.say(level, &line);
        let line = (meaning == Meaning::Refuse).then(|| self.profile.refusal_line(&reason(case.judgement))).flatten();
        Outcome::Exit(Farewell { status, stdout: line.unwrap_or_default(), ..Farewell::default() })
    }
}

/// Why mail is refused, on one line for its sender.
fn reason(judgement: &Judgement) -> String {
    match &judgement.plan.lead {
        Some(lead) => format!("mail refused by policy: {}: {}", lead.class.name(), printable(&lead.what)),
        None => "mail refused by policy".to_owned(),
    }
}
