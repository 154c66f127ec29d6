//! What the policy makes of findings: tables of findings and the plans that must come out.

use super::*;
use crate::config::Settings;
use crate::finding::Place;

fn shipped() -> Policy {
    Settings::default().policy
}

fn whole(class: Class) -> Finding {
    Finding { class, engine: "e".into(), what: "w".into(), evidence: String::new(), place: Place::MESSAGE }
}

fn part(class: Class, part: usize, cuttable: bool) -> Finding {
    Finding { place: Place { part: Some(part), range: Some(0..1), cuttable, rewritable: cuttable, disarmable: false }, ..whole(class) }
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
        (part(Class::Ambiguous, 1, true), "canonical", true, "policy.ambiguous"),
        (part(Class::Ambiguous, 1, false), "replace", true, "policy.uncleanable"),
        (whole(Class::Ambiguous), "replace", true, "policy.uncleanable"),
        (whole(Class::Active), "replace", true, "policy.uncleanable"),
    ];
    for (finding, outcome, quarantine, rule) in table {
        let plan = decide(&shipped(), std::slice::from_ref(&finding));
        assert_eq!((plan.in_a_word(), plan.quarantine, plan.rule.as_deref()), (outcome, quarantine, Some(rule)), "{finding:?}");
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
    assert_eq!(plan.in_a_word(), "strip");
}

#[test]
fn a_part_that_readers_take_differently_is_written_anew_once() {
    let plan = decide(&shipped(), &[part(Class::Ambiguous, 2, true), part(Class::Banned, 3, true), part(Class::Ambiguous, 2, true)]);
    assert_eq!(plan.treatments, [Treatment::Canonical, Treatment::Strip]);
    let parts = |changes: &[Change]| changes.iter().map(|change| (change.part, change.reason.class)).collect::<Vec<_>>();
    assert_eq!((parts(&plan.rewrites), parts(&plan.removals)), (vec![(2, Class::Ambiguous)], vec![(3, Class::Banned)]));
}

#[test]
fn what_holds_a_signature_is_cut_by_the_word_strip_and_cannot_be_written_anew() {
    let holder = Finding { place: Place { rewritable: false, ..part(Class::Ambiguous, 1, true).place }, ..whole(Class::Ambiguous) };
    let mut policy = shipped();
    assert_eq!(decide(&policy, std::slice::from_ref(&holder)).rule.as_deref(), Some("policy.uncleanable"));
    policy.ambiguous.treatment = Some(Treatment::Strip);
    assert_eq!(decide(&policy, &[holder]).removals.len(), 1);
}

#[test]
fn a_rule_for_uncleanable_mail_that_wants_it_written_anew_does_so_where_it_can() {
    let mut policy = shipped();
    policy.active.treatment = Some(Treatment::Rename);
    policy.uncleanable.treatment = Some(Treatment::Canonical);
    assert_eq!(decide(&policy, &[part(Class::Active, 1, true)]).rewrites.len(), 1);
    assert!(decide(&policy, &[part(Class::Active, 1, false)]).replaces());
}

#[test]
fn a_page_is_disarmed_and_what_is_none_is_cut_out_or_replaced() {
    let page = |class: Class| {
        let found = part(class, 1, true);
        Finding { place: Place { disarmable: true, ..found.place.clone() }, ..found }
    };
    let plan = decide(&shipped(), &[page(Class::Active), page(Class::Active)]);
    assert_eq!((plan.in_a_word(), plan.disarms.len(), plan.removals.len()), ("disarm", 1, 0));
    let mut policy = shipped();
    policy.phishing.treatment = Some(Treatment::Disarm);
    let plan = decide(&policy, &[page(Class::Phishing), page(Class::Active), page(Class::Phishing)]);
    assert_eq!(plan.disarms.iter().map(|change| change.reason.class).collect::<Vec<_>>(), [Class::Active, Class::Phishing]);
    let plan = decide(&shipped(), &[part(Class::Active, 1, true)]);
    assert_eq!((plan.in_a_word(), plan.disarms.len(), plan.removals.len()), ("strip", 0, 1));
    assert!(decide(&shipped(), &[part(Class::Active, 1, false)]).replaces());
}

#[test]
fn replace_wins_over_the_rest() {
    let plan = decide(&shipped(), &[part(Class::Banned, 2, true), part(Class::Infected, 1, true)]);
    assert!(plan.replaces());
    assert_eq!(plan.in_a_word(), "replace");
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
        assert_eq!(strictest(&actions.iter().copied().map(of).collect::<Vec<_>>()).1.action, expected, "{actions:?}");
    }
}

#[test]
fn what_any_recipient_wants_removed_kept_or_told_is_removed_kept_and_told() {
    let removal = |part, class| Change { part, reason: reason(class, &whole(class)) };
    let of = |class, part, treatment| Plan {
        lead: Some(reason(class, &whole(class))),
        treatments: vec![treatment],
        removals: vec![removal(part, class)],
        rewrites: vec![removal(part + 10, class)],
        ..Plan::default()
    };
    let one = Plan { notice: vec![Told::Admin], ..of(Class::Banned, 1, Treatment::Strip) };
    let other = Plan { quarantine: true, ..of(Class::Active, 2, Treatment::Tag) };
    for plans in [[one.clone(), other.clone()], [other, one]] {
        let (_, plan) = strictest(&plans);
        assert_eq!(plan.lead.as_ref().map(|lead| lead.class), Some(Class::Banned));
        assert_eq!((plan.also, plan.treatments), (vec![Class::Active], vec![Treatment::Tag, Treatment::Strip]));
        let parts = |changes: &[Change]| changes.iter().map(|change| change.part).collect::<BTreeSet<_>>();
        assert_eq!((parts(&plan.removals), parts(&plan.rewrites)), ([1, 2].into(), [11, 12].into()));
        assert_eq!((plan.quarantine, plan.notice), (true, vec![Told::Admin]));
    }
}

#[test]
fn a_stricter_action_keeps_a_copy_and_does_nothing_else_of_a_milder_one() {
    let milder = Plan { quarantine: true, treatments: vec![Treatment::Replace], notice: vec![Told::Recipient], ..Plan::default() };
    let (index, plan) = strictest(&[milder, Plan { action: Action::Reject, ..Plan::default() }]);
    assert_eq!((index, plan.action, plan.quarantine), (1, Action::Reject, true));
    assert!(plan.treatments.is_empty() && plan.notice.is_empty());
}
