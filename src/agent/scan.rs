//! The middle of every run: the message and the settings in, findings and a plan out.
//!
//! Owns the order in which checks, engines and policy are asked, for each group of recipients with settings of its own. But for
//! the engines it is pure: `explain` uses the very same. Nothing here can fail; what cannot be looked at is a finding.

use crate::check;
use crate::config::{Limits, Resolved};
use crate::edit::{self, Edit, Edits, PartText, Tag};
use crate::engine::{self, Call, View};
use crate::finding::Finding;
use crate::intake::Intake;
use crate::message::{Bounds, Message};
use crate::policy::{self, Plan};
use std::fs::File;
use std::time::Instant;

/// What was found and decided.
#[derive(Debug)]
pub struct Judgement {
    /// What was found under the settings that decided.
    pub findings: Vec<Finding>,
    /// What was decided.
    pub plan: Plan,
    /// Which group of recipients decided.
    pub group: usize,
    /// What the engines said.
    pub calls: Vec<Call>,
}

/// How far a message is looked into.
pub fn bounds(limits: &Limits) -> Bounds {
    Bounds { nesting: limits.nesting, parts: limits.parts, header_size: limits.header_size.0, decoded_size: limits.decoded_size.0 }
}

/// The message, looked into unless it is too large for that.
pub fn read<'a>(intake: &'a Intake, limits: &Limits) -> Message<'a> {
    let bounds = bounds(limits);
    if intake.is_oversize() { Message::unread(intake.bytes(), &bounds) } else { Message::read(intake.bytes(), &bounds) }
}

/// The message for the engines, which are not asked about what is empty or too large.
pub fn file_for_engines(intake: &Intake) -> Option<&File> {
    (!intake.is_oversize() && !intake.bytes().is_empty()).then(|| intake.file())
}

/// Looks and decides. `file` is the message for the engines, if they are to be asked.
pub fn judge(groups: &[Resolved], message: &Message<'_>, file: Option<&File>, until: Instant) -> Judgement {
    let early: Vec<Option<Plan>> = groups.iter().map(|group| policy::before_scan(&group.settings.policy)).collect();
    if early.iter().all(Option::is_some) {
        let (group, plan) = policy::strictest(early.into_iter().flatten().collect());
        return Judgement { findings: Vec::new(), plan, group, calls: Vec::new() };
    }
    let engines = groups.first().map_or(&[][..], |group| &group.settings.engines);
    let look = || groups.iter().map(|group| check::run(message, &group.settings)).collect::<Vec<_>>();
    let (own, calls) = match file {
        Some(file) if !engines.is_empty() => engine::ask_all(engines, View { file, message }, until, look),
        _ => (look(), Vec::new()),
    };
    let theirs = engine::findings(engines, &calls);
    let findings: Vec<Vec<Finding>> = groups.iter().zip(own).map(|(group, own)| wanted(group, own, &theirs)).collect();
    let plans = groups
        .iter()
        .zip(early)
        .zip(&findings)
        .map(|((group, early), findings)| early.unwrap_or_else(|| policy::decide(&group.settings.policy, findings)));
    let (group, plan) = policy::strictest(plans.collect());
    Judgement { findings: findings.into_iter().nth(group).unwrap_or_default(), plan, group, calls }
}

fn wanted(group: &Resolved, own: Vec<Finding>, theirs: &[Finding]) -> Vec<Finding> {
    own.into_iter().chain(theirs.iter().cloned()).filter(|finding| !group.settings.skip.contains(&finding.class)).collect()
}

/// The words that edits put into a message.
#[derive(Debug, Default)]
pub struct Words {
    /// The mark in header and subject.
    pub tag: Tag,
    /// What stands in for parts.
    pub parts: Vec<PartText>,
    /// What stands in for the message.
    pub replacement: Option<Vec<u8>>,
}

/// The edits that carry a plan out.
pub fn edits(message: &Message<'_>, words: &Words) -> Edits {
    let mut edits = edit::tag(message, &words.tag);
    edits.extend(edit::strip(message, &words.parts));
    if let Some(replacement) = &words.replacement {
        let range = edit::entry(message)..message.bytes().len();
        edits.push(Edit { range, with: message.line_end().apply(replacement) });
    }
    Edits::new(edits, message.bytes().len())
}
