//! A message whose recipients go apart (`delivery.split`): each group has its own verdict, its own edits, its own copy in quarantine.
//!
//! Owns the shares. It must never let a share go on before all of them are concluded. What fails is an error, and the message stays
//! with whoever called, for all recipients.

use super::caller::{Caller, Ending};
use super::case::Case;
use super::conclude::{self, Conclusion, Fate};
use super::copies::{self, Copy};
use super::scan::Judgement;
use super::{Outcome, report};
use crate::cli::Deliver;
use crate::config::{Action, Limits, Resolved};
use crate::deliver::{self, Destination};
use crate::envelope::{Envelope, Queued};
use crate::error::Error;
use crate::intake::Intake;
use crate::message::Message;
use std::slice;
use std::time::Instant;

/// What all shares have in common.
pub(super) struct Whole<'a> {
    pub call: &'a Deliver,
    pub message: &'a Message<'a>,
    pub envelope: &'a Envelope,
    pub queued: &'a Queued,
    pub limits: &'a Limits,
    pub until: Instant,
}

/// What becomes of the message for one group of recipients.
pub(super) struct Share {
    conclusion: Conclusion,
    envelope: Vec<u8>,
}

/// Does for each group what must be durable before anything goes on.
///
/// # Errors
/// Those of a conclusion; where a destination is at fault nothing is kept and nobody told.
pub(super) fn conclude(caller: &Caller, whole: &Whole<'_>, groups: &[Resolved], judgements: &[Judgement]) -> Result<Vec<Share>, Error> {
    let envelopes: Vec<Envelope> = groups.iter().map(|group| whole.envelope.only(&group.recipients)).collect();
    let case = |((group, judgement), envelope)| Case {
        message: whole.message,
        envelope,
        is_queued: true,
        judgement,
        resolved: group,
        groups: slice::from_ref(group),
        limits: whole.limits,
        until: whole.until,
    };
    let cases: Vec<Case<'_>> = groups.iter().zip(judgements).zip(&envelopes).map(case).collect();
    for case in cases.iter().filter(|case| case.judgement.plan.action == Action::Accept) {
        conclude::destination(whole.call, case)?;
    }
    let share = |(case, group): (&Case<'_>, &Resolved)| {
        let known = report::known(whole.message, case.envelope);
        let conclusion = conclude::conclude(whole.call, caller, case, known)?;
        Ok(Share { conclusion, envelope: whole.queued.only(&group.recipients) })
    };
    cases.iter().zip(groups).map(share).collect()
}

/// Queues what goes on. A line of the log for each share.
pub(super) fn finish(intake: &Intake, shares: Vec<Share>, limits: &Limits) -> Result<Ending, Error> {
    let (mut copies, mut said) = (Vec::new(), Vec::new());
    for Share { conclusion: Conclusion { fate, level, line }, envelope } in shares {
        said.push((level, line));
        match fate {
            Fate::Leave(_) => {}
            // No destination of what is queued, as conclude has made sure.
            Fate::HandOn(Destination::Maildir(_), _) => return Err(Error::NoDelivery),
            Fate::HandOn(Destination::Mda(program, words), edits) => {
                let message = deliver::copy_for_mda(&edits, intake, limits.message_size.0)?;
                copies.push(Copy { program, words, message, envelope });
            }
        }
    }
    let status = copies::queue(copies)?;
    let said = said.into_iter().map(|(level, line)| (level, line.with("exit", &status.to_string()))).collect();
    Ok(Ending { outcome: Outcome::silent(status), said })
}
