//! Decides: findings and rules in, a plan out.
//!
//! Owns what follows from what, and nothing else: it must never see a byte of the message, a file or a clock. Doubt goes to the
//! safe side: what a rule wants to cut out and cannot is uncleanable, and of several plans the strictest holds. Nothing here can
//! fail.

use crate::config::{Action, Policy, Rule, Told, Treatment};
use crate::finding::{Class, Finding};
use serde::Serialize;
use std::collections::BTreeSet;

/// What is to be done with a message, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[must_use]
pub struct Plan {
    /// What becomes of it as a whole.
    pub action: Action,
    /// Why: what the first class in policy order rests on. None for a clean message.
    pub lead: Option<Reason>,
    /// The other classes.
    pub also: Vec<Class>,
    /// How it is changed, from mild to strong.
    pub treatments: Vec<Treatment>,
    /// The parts that give way to a text.
    pub removals: Vec<Change>,
    /// The parts that are written anew; one of them may lie in another.
    pub rewrites: Vec<Change>,
    /// The pages that are disarmed: once for what acts, once for lures.
    pub disarms: Vec<Change>,
    /// Whether the original is kept.
    pub quarantine: bool,
    /// Who is told.
    pub notice: Vec<Told>,
    /// The key of the rule that fired.
    pub rule: Option<String>,
}

/// What a plan rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// The class that the policy was asked for.
    pub class: Class,
    /// Who found it.
    pub engine: String,
    /// What it is.
    pub what: String,
    /// How it was told, for people.
    pub evidence: String,
}

/// A part that is changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Its index.
    pub part: usize,
    /// Why.
    pub reason: Reason,
}

impl Change {
    /// What is done once to a part, whatever is found in it: it is disarmed of what acts, and apart from that of lures.
    fn job(&self) -> (usize, bool) {
        (self.part, self.reason.class == Class::Phishing)
    }
}

impl Plan {
    /// What becomes of the message, in one word for header and log: the strongest treatment, else the action.
    pub fn in_a_word(&self) -> &'static str {
        match (self.action, self.treatments.last()) {
            (Action::Accept, Some(treatment)) => treatment.name(),
            (action, _) => action.name(),
        }
    }

    /// Whether the message gives way to a notice.
    pub fn replaces(&self) -> bool {
        self.treatments.contains(&Treatment::Replace)
    }

    /// Whether anything of the message but its header is changed.
    pub fn changes_parts(&self) -> bool {
        self.replaces() || !(self.removals.is_empty() && self.rewrites.is_empty() && self.disarms.is_empty())
    }

    /// Takes over what a plan for other recipients wants. A copy is kept whatever becomes of the message.
    fn adopt(&mut self, other: &Self) {
        self.quarantine |= other.quarantine;
        let lead = self.lead.as_ref().map(|lead| lead.class);
        let classes = other.lead.iter().map(|lead| lead.class).chain(other.also.iter().copied()).filter(|class| Some(*class) != lead);
        self.also = union(&self.also, classes);
        if other.action != self.action {
            return;
        }
        self.treatments = union(&self.treatments, other.treatments.iter().copied());
        self.notice = union(&self.notice, other.notice.iter().copied());
        adopt(&mut self.removals, &other.removals);
        adopt(&mut self.rewrites, &other.rewrites);
        adopt(&mut self.disarms, &other.disarms);
    }
}

/// Takes over the changes to parts that are not changed yet.
fn adopt(own: &mut Vec<Change>, others: &[Change]) {
    for change in others {
        if own.iter().all(|known| known.job() != change.job()) {
            own.push(change.clone());
        }
    }
}

/// Both in their order, each once.
fn union<T: Copy + Ord>(one: &[T], other: impl Iterator<Item = T>) -> Vec<T> {
    one.iter().copied().chain(other).collect::<BTreeSet<T>>().into_iter().collect()
}

/// The plan before anything is scanned, if the rule for all mail ends the run there.
pub fn before_scan(policy: &Policy) -> Option<Plan> {
    let rule = &policy.processed;
    (rule.action != Action::Accept).then(|| Plan {
        action: rule.action,
        quarantine: rule.quarantine,
        notice: rule.notice.clone(),
        rule: Some("policy.processed".to_owned()),
        ..Plan::default()
    })
}

/// The plan for a message with these findings.
pub fn decide(policy: &Policy, findings: &[Finding]) -> Plan {
    let mut asked: Vec<(Class, &Finding)> = findings.iter().map(|finding| (class_to_ask(policy, finding), finding)).collect();
    asked.sort_by_key(|(class, _)| *class);
    let ending = asked.iter().find(|(class, _)| policy.rule(*class).action != Action::Accept);
    match (ending, asked.first()) {
        (Some((class, finding)), _) => end(policy.rule(*class), *class, finding, &asked),
        (None, Some((class, finding))) => accept(policy, *class, finding, &asked),
        (None, None) => Plan::default(),
    }
}

/// What holds of the plans for the recipients of one message, and the index of the one that leads.
///
/// A message is one for all its recipients here. The strictest action holds, with all that any of the plans wants done to an
/// accepted message: what one of them wants removed reaches nobody. What one of them wants discarded is refused instead when
/// another wants it: the sender learns of it, and nothing is lost in silence.
pub fn strictest(plans: &[Plan]) -> (usize, Plan) {
    let strictness = |plan: &Plan| (plan.action, plan.treatments.last().copied(), plan.lead.is_some());
    let leader = plans.iter().enumerate().max_by_key(|(_, plan)| strictness(plan));
    let Some((index, mut plan)) = leader.map(|(index, plan)| (index, plan.clone())) else { return (0, Plan::default()) };
    for (_, other) in plans.iter().enumerate().filter(|(other, _)| *other != index) {
        plan.adopt(other);
    }
    if plan.action == Action::Discard && plans.iter().any(|plan| plan.action != Action::Discard) {
        plan.action = Action::Reject;
    }
    (index, plan)
}

/// The class whose rule is asked: uncleanable, where the finding's own rule wants a change that cannot be made.
fn class_to_ask(policy: &Policy, finding: &Finding) -> Class {
    let rule = policy.rule(finding.class);
    let can_be_done = match rule.treatment {
        None | Some(Treatment::Tag | Treatment::Replace) => true,
        Some(Treatment::Strip) => finding.place.cuttable,
        Some(Treatment::Canonical) => finding.place.rewritable,
        // What is no page is cut out as a whole.
        Some(Treatment::Disarm) => finding.place.disarmable || finding.place.cuttable,
        // Not built yet: the safe side is to do more, not less.
        Some(Treatment::Rename) => false,
    };
    if rule.action == Action::Accept && !can_be_done { Class::Uncleanable } else { finding.class }
}

fn end(rule: &Rule, class: Class, finding: &Finding, asked: &[(Class, &Finding)]) -> Plan {
    Plan { action: rule.action, quarantine: rule.quarantine, notice: rule.notice.clone(), ..plan(class, finding, asked) }
}

fn accept(policy: &Policy, class: Class, finding: &Finding, asked: &[(Class, &Finding)]) -> Plan {
    let rules: Vec<&Rule> = asked.iter().map(|(class, _)| policy.rule(*class)).collect();
    let treatments: BTreeSet<Treatment> = asked.iter().filter_map(|(class, finding)| treatment(policy, *class, finding)).collect();
    let notice: BTreeSet<Told> = rules.iter().flat_map(|rule| rule.notice.iter().copied()).collect();
    Plan {
        treatments: treatments.into_iter().collect(),
        removals: changes(policy, asked, Treatment::Strip),
        rewrites: changes(policy, asked, Treatment::Canonical),
        disarms: changes(policy, asked, Treatment::Disarm),
        quarantine: rules.iter().any(|rule| rule.quarantine),
        notice: notice.into_iter().collect(),
        ..plan(class, finding, asked)
    }
}

/// The treatment that can be carried out. A rule for uncleanable mail that asks for less than a whole replacement where that cannot
/// be done gets the replacement.
fn treatment(policy: &Policy, class: Class, finding: &Finding) -> Option<Treatment> {
    match policy.rule(class).treatment? {
        Treatment::Disarm if finding.place.disarmable => Some(Treatment::Disarm),
        Treatment::Strip | Treatment::Disarm if finding.place.cuttable => Some(Treatment::Strip),
        Treatment::Canonical if finding.place.rewritable => Some(Treatment::Canonical),
        Treatment::Strip | Treatment::Rename | Treatment::Disarm | Treatment::Canonical => Some(Treatment::Replace),
        treatment @ (Treatment::Tag | Treatment::Replace) => Some(treatment),
    }
}

/// The parts that get `wanted`, each once for a job.
fn changes(policy: &Policy, asked: &[(Class, &Finding)], wanted: Treatment) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for (class, finding) in asked {
        let Some(part) = finding.place.part.filter(|_| treatment(policy, *class, finding) == Some(wanted)) else { continue };
        let change = Change { part, reason: reason(*class, finding) };
        if changes.iter().all(|known| known.job() != change.job()) {
            changes.push(change);
        }
    }
    changes
}

fn plan(class: Class, finding: &Finding, asked: &[(Class, &Finding)]) -> Plan {
    // What could not be cleaned keeps the class that it was found as, too.
    let also: BTreeSet<Class> = asked.iter().flat_map(|(asked, finding)| [*asked, finding.class]).filter(|other| *other != class).collect();
    Plan {
        lead: Some(reason(class, finding)),
        also: also.into_iter().collect(),
        rule: Some(format!("policy.{}", class.name())),
        ..Plan::default()
    }
}

fn reason(class: Class, finding: &Finding) -> Reason {
    Reason { class, engine: finding.engine.clone(), what: finding.what.clone(), evidence: finding.evidence.clone() }
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
