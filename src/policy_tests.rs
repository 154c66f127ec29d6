//! What the policy makes of findings: tables of findings and the plans that must come out.

use super::*;
use crate::config::Settings;
use crate::finding::Place;

fn shipped() -> Policy {
    Settings::shipped().policy
}

fn whole(class: Class) -> Finding {
    Finding { class, engine: "e".into(), what: "w".into(), evidence: String::new(), place: Place::MESSAGE }
}

fn part(class: Class, part: usize, cuttable: bool) -> Finding {
    Finding { place: Place { part: Some(part), range: Some(0..1), cuttable }, ..whole(class) }
}

#[test]
fn a_message_without_findings_is_accepted_as_it_is() {
    assert_eq!(decide(&shipped(), &[]), Plan::default());
}

#[test]
fn the_shipped_policy_does_what_its_table_says() {
    let table = [
        (part(Class::Infected, 1, true), "replace", true, "policy.infected"),
        (part(Class::Banned, 1, true), "strip", true, "policy.banned"),
        (part(Class::Banned, 1, false), "replace", true, "policy.uncleanable"),
        (whole(Class::Unscanned), "defer", false, "policy.unscanned"),
        (whole(Class::Encrypted), "tag", false, "policy.encrypted"),
        (whole(Class::Phishing), "tag", false, "policy.phishing"),
        (whole(Class::Spam), "tag", false, "policy.spam"),
        (whole(Class::SpamUnscanned), "accept", false, "policy.spam_unscanned"),
        (part(Class::Ambiguous, 1, true), "replace", true, "policy.uncleanable"),
        (whole(Class::Active), "replace", true, "policy.uncleanable"),
    ];
    for (finding, outcome, quarantine, rule) in table {
        let plan = decide(&shipped(), std::slice::from_ref(&finding));
        assert_eq!((plan.outcome(), plan.quarantine, plan.rule.as_deref()), (outcome, quarantine, Some(rule)), "{finding:?}");
    }
}

#[test]
fn the_first_class_that_is_not_accepted_ends_the_run() {
    let plan = decide(&shipped(), &[whole(Class::Spam), whole(Class::Unscanned), part(Class::Infected, 1, true)]);
    assert_eq!((plan.action, plan.rule.as_deref()), (Action::Defer, Some("policy.unscanned")));
    assert_eq!(plan.also, [Class::Infected, Class::Spam]);
    assert!(plan.treatments.is_empty() && !plan.quarantine);
}

#[test]
fn of_several_accepted_classes_the_first_leads_and_all_are_treated() {
    let plan = decide(&shipped(), &[whole(Class::Spam), part(Class::Banned, 2, true), part(Class::Banned, 2, true)]);
    assert_eq!(plan.lead.as_ref().map(|lead| lead.class), Some(Class::Banned));
    assert_eq!(plan.treatments, [Treatment::Tag, Treatment::Strip]);
    assert_eq!(plan.removals.len(), 1);
    assert_eq!(plan.outcome(), "strip");
}

#[test]
fn replace_wins_over_the_rest() {
    let plan = decide(&shipped(), &[part(Class::Banned, 2, true), part(Class::Infected, 1, true)]);
    assert!(plan.replaces());
    assert_eq!(plan.outcome(), "replace");
}

#[test]
fn a_rule_for_uncleanable_mail_that_wants_to_cut_replaces() {
    let mut policy = shipped();
    policy.uncleanable.treatment = Some(Treatment::Strip);
    assert!(decide(&policy, &[part(Class::Banned, 1, false)]).replaces());
}

#[test]
fn the_rule_for_all_mail_ends_the_run_before_the_scan() {
    let mut policy = shipped();
    assert_eq!(before_scan(&policy), None);
    policy.processed.action = Action::Reject;
    assert_eq!(before_scan(&policy).map(|plan| plan.action), Some(Action::Reject));
}

#[test]
fn of_several_plans_the_strictest_holds_and_nothing_is_dropped_in_silence() {
    let of = |action| Plan { action, ..Plan::default() };
    let table = [
        (vec![Action::Accept, Action::Defer], Action::Defer),
        (vec![Action::Reject, Action::Defer], Action::Reject),
        (vec![Action::Discard, Action::Discard], Action::Discard),
        (vec![Action::Discard, Action::Accept], Action::Reject),
        (vec![], Action::Accept),
    ];
    for (actions, expected) in table {
        assert_eq!(strictest(actions.iter().copied().map(of).collect()).1.action, expected, "{actions:?}");
    }
}
