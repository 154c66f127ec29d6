//! The middle of every run: the message and the settings in, findings and a plan out.
//!
//! Owns the order in which checks, engines and policy are asked, for each group of recipients with settings of its own. It must
//! never write anything: `explain` uses the very same. But for the environment and the engines it is pure. Nothing here can fail;
//! what cannot be looked at is a finding.

use super::advice;
use crate::check;
use crate::cli::Options;
use crate::config::{Action, Limits, Resolved};
use crate::edit::{self, Changes, Edits, TagText};
use crate::engine::{self, Call, Memory, Relay, Sample};
use crate::envelope::{CommandLine, Envelope};
use crate::finding::Finding;
use crate::intake::Intake;
use crate::message::{Bounds, Message};
use crate::policy::{self, Plan};
use std::env;
use std::fs::File;
use std::rc::Rc;
use std::time::Instant;

/// What was found and decided.
#[derive(Debug)]
pub struct Judgement {
    /// What was found.
    pub findings: Vec<Finding>,
    /// What was decided.
    pub plan: Plan,
    /// Which group of recipients decided.
    pub group: usize,
    /// What the engines said.
    pub calls: Rc<[Call]>,
}

/// What was found and decided for each group of recipients.
#[derive(Debug)]
pub struct Verdicts {
    plans: Vec<Plan>,
    findings: Vec<Vec<Finding>>,
    calls: Rc<[Call]>,
}

impl Verdicts {
    /// One for all recipients: the strictest.
    pub fn together(self) -> Judgement {
        let (group, plan) = policy::strictest(&self.plans);
        Judgement { findings: each_once(self.findings), plan, group, calls: self.calls }
    }

    /// One for each group, if each may go its own way: none of them refuses the message or puts it off, which it can only be as a whole,
    /// and there are not too many.
    pub fn apart(&self) -> Option<Vec<Judgement>> {
        let goes_its_way = |plan: &Plan| matches!(plan.action, Action::Accept | Action::Discard);
        if !(2..=MOST_GROUPS).contains(&self.plans.len()) || !self.plans.iter().all(goes_its_way) {
            return None;
        }
        let own = |(plan, findings): (&Plan, &Vec<Finding>)| Judgement {
            findings: findings.clone(),
            plan: plan.clone(),
            group: 0,
            calls: Rc::clone(&self.calls),
        };
        Some(self.plans.iter().zip(&self.findings).map(own).collect())
    }
}

/// Most groups of recipients that go apart: each is a copy of the message and a process.
const MOST_GROUPS: usize = 16;

/// How far a message is looked into.
pub fn bounds(limits: &Limits) -> Bounds {
    Bounds { nesting: limits.nesting, parts: limits.parts, header_size: limits.header_size.0, decoded_size: limits.decoded_size.0 }
}

/// The message, looked into unless it is too large for that.
pub fn read<'a>(intake: &'a Intake, limits: &Limits) -> Message<'a> {
    let bounds = bounds(limits);
    if intake.is_oversize() { Message::unread(intake.bytes(), &bounds) } else { Message::read(intake.bytes(), &bounds) }
}

/// The envelope, from all that tells of it.
pub fn envelope(options: &Options, message: &Message<'_>) -> Envelope {
    let told = CommandLine::of_words(options.sender.as_ref(), &options.recipient, options.user.as_ref());
    let environment = |name: &str| env::var_os(name).map(|value| value.to_string_lossy().into_owned());
    let trace = |name: &str| message.trace_field(name).map(|field| String::from_utf8_lossy(field.value(message.bytes())).into_owned());
    Envelope::gather(&told, environment, trace)
}

/// The message for the engines, which are not asked about what is empty or too large.
pub fn file_for_engines(intake: &Intake) -> Option<&File> {
    (!intake.is_oversize() && !intake.bytes().is_empty()).then(|| intake.file())
}

/// Looks and decides. `file` is the message for the engines, if they are to be asked.
pub fn judge(
    groups: &[Resolved],
    message: &Message<'_>,
    envelope: &Envelope,
    file: Option<&File>,
    memory: &Memory,
    until: Instant,
) -> Verdicts {
    let early: Vec<Option<Plan>> = groups.iter().map(|group| policy::before_scan(&group.settings.policy)).collect();
    if early.iter().all(Option::is_some) {
        let plans: Vec<Plan> = early.into_iter().flatten().collect();
        return Verdicts { findings: vec![Vec::new(); plans.len()], plans, calls: Rc::default() };
    }
    let engines = groups.first().map_or(&[][..], |group| &group.settings.engines);
    let quorum = groups.first().map_or(1, |group| group.settings.scan.quorum);
    let look = || groups.iter().map(|group| check::run(message, &group.settings)).collect::<Vec<_>>();
    let (own, calls) = match file {
        Some(file) if !engines.is_empty() => {
            let trusted = groups.first().map_or(&[][..], |group| &group.settings.relay.trusted);
            let relay = Relay::of(message, envelope, trusted);
            engine::ask_all(engines, Sample { file, message, envelope, relay: &relay, trusted, memory }, until, look)
        }
        _ => (look(), Vec::new()),
    };
    let theirs = engine::findings(engines, &calls, quorum);
    let findings: Vec<Vec<Finding>> = groups.iter().zip(own).map(|(group, own)| wanted(group, own, &theirs)).collect();
    let decide = |((group, early), findings): ((&Resolved, Option<Plan>), &Vec<Finding>)| {
        early.unwrap_or_else(|| policy::decide(&group.settings.policy, findings))
    };
    // The original is durable before a copy with another body leaves.
    let keep = |plan: Plan| Plan { quarantine: plan.quarantine || advice::body(engines, &calls, &plan, message).is_some(), ..plan };
    let plans: Vec<Plan> = groups.iter().zip(early).zip(&findings).map(decide).map(keep).collect();
    Verdicts { plans, findings, calls: calls.into() }
}

/// What was found under the settings of any recipient.
fn each_once(findings: Vec<Vec<Finding>>) -> Vec<Finding> {
    let mut groups = findings.into_iter();
    let mut all = groups.next().unwrap_or_default();
    for finding in groups.flatten() {
        if !all.contains(&finding) {
            all.push(finding);
        }
    }
    all
}

fn wanted(group: &Resolved, own: Vec<Finding>, theirs: &[Finding]) -> Vec<Finding> {
    own.into_iter().chain(theirs.iter().cloned()).filter(|finding| !group.settings.skip.contains(&finding.class)).collect()
}

/// The words that edits put into a message.
#[derive(Debug, Default)]
pub struct Words {
    /// The mark in header and subject.
    pub tag: TagText,
    /// What is done to parts.
    pub changes: Changes,
    /// What stands in for the message.
    pub replacement: Option<Vec<u8>>,
    /// What takes the place of all behind the header.
    pub body: Option<Vec<u8>>,
}

/// The edits that carry a plan out.
pub fn edits(message: &Message<'_>, words: &Words) -> Edits {
    let edits = match &words.replacement {
        Some(notice) => edit::replace(message, &words.tag, notice),
        None => {
            let body = words.body.as_ref().and_then(|body| edit::body(message, body)).into_iter().collect();
            [edit::tag(message, &words.tag, &words.changes.rewrites), edit::change(message, &words.changes), body].concat()
        }
    };
    Edits::new(edits, message.bytes().len())
}
