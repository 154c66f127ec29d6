//! What becomes of a judged message: it goes on with these edits, or we leave with this status.
//!
//! Owns that all is durable which must be so before a message goes on or is given up. It must never hand anything on itself. What
//! fails is an error, and the message stays with the MTA.

use super::caller::Caller;
use super::case::Case;
use super::scan::{self, Judgement};
use super::{Farewell, qmail_queue, report};
use crate::cli::Deliver;
use crate::config::{Action, Level, Resolved};
use crate::deliver::{self, Destination};
use crate::edit::Edits;
use crate::error::Error;
use crate::exit::{Meaning, Profile};
use crate::log::Line;
use crate::sanitize::printable;
use std::env;

/// What is left to do.
pub(super) enum Fate {
    /// Leave so.
    Leave(Farewell),
    /// Hand the message on there.
    HandOn(Destination, Edits),
}

/// What becomes of a message, and what the log says of it but for the exit.
pub(super) struct Conclusion {
    pub fate: Fate,
    pub level: Level,
    pub line: Line,
}

/// Does all that must be durable before a message goes on or is given up. `known` is what the log says of it already.
pub(super) fn conclude(call: &Deliver, caller: &Caller, case: &Case<'_>, known: Line) -> Result<Conclusion, Error> {
    let id = case.id();
    let fate = if case.judgement.plan.action == Action::Accept {
        let destination = destination(call, case)?;
        let edits = scan::edits(case.message, &case.words(id.as_ref())?);
        caller.warn(&case.keep_and_tell(id.as_ref(), &destination.words())?);
        Fate::HandOn(destination, edits)
    } else {
        caller.warn(&case.keep_and_tell(id.as_ref(), &[])?);
        Fate::Leave(farewell(caller.profile, case.judgement))
    };
    let (level, line) = report::line(known, case.message, case.judgement, id.as_ref());
    Ok(Conclusion { fate, level, line })
}

/// Where the message goes for all its recipients: it goes once. Nobody delivers to several, who may be anywhere, by a maildir.
pub(super) fn destination(call: &Deliver, case: &Case<'_>) -> Result<Destination, Error> {
    let of = |group: &Resolved| deliver::destination(&call.mda, &call.mda_arguments, &group.settings.delivery, case.envelope);
    let destination = of(case.resolved)?;
    for (index, group) in case.groups.iter().enumerate() {
        if index != case.judgement.group && of(group)? != destination {
            return Err(Error::SeveralDestinations);
        }
    }
    match destination {
        Destination::Maildir(_) if case.is_queued => Err(Error::NoDelivery),
        destination => Ok(destination),
    }
}

/// The end of a run whose message does not go on.
fn farewell(profile: Profile, judgement: &Judgement) -> Farewell {
    let meaning = match judgement.plan.action {
        // Of a .qmail file the lines behind ours would deliver what is discarded. qmail-lspawn, for whom a wrapper around qmail-local
        // works, bounces on that number; it sets no DTLINE.
        Action::Discard if env::var_os("DTLINE").is_some() => Meaning::Stop,
        Action::Accept | Action::Discard => Meaning::Done,
        Action::Defer => Meaning::Temporary,
        Action::Reject => return refusal(profile, &reason(judgement)),
    };
    Farewell { status: profile.status(meaning), ..Farewell::default() }
}

/// A refusal that tells why. qmail-queue's caller reads that on a pipe of its own, if at all.
fn refusal(profile: Profile, reason: &str) -> Farewell {
    let told = if profile == Profile::QmailQueue { qmail_queue::say_why(reason) } else { None };
    let stdout = profile.refusal_line(reason).unwrap_or_default();
    Farewell { status: told.unwrap_or_else(|| profile.status(Meaning::Refuse)), stdout, ..Farewell::default() }
}

/// Why mail is refused, on one line for its sender.
fn reason(judgement: &Judgement) -> String {
    match &judgement.plan.lead {
        Some(lead) => format!("mail refused by policy: {}: {}", lead.class.name(), printable(&lead.what)),
        None => "mail refused by policy".to_owned(),
    }
}
