//! What follows from the answers of engines.

use super::*;
use crate::message::{Encoding, Origin};

fn engine(name: &str, backup: bool) -> Engine {
    Engine { name: name.into(), backup, ..Engine::default() }
}

fn call_of(name: &str, answer: Result<Vec<Threat>, Trouble>) -> Call {
    Call { engine: name.into(), finds: Finds::Infected, answer: answer.map(Answer::of), took: Duration::ZERO }
}

#[test]
fn an_engine_that_fails_is_unscanned_and_never_clean() {
    let found = findings(&[engine("a", false)], &[call_of("a", Err(Trouble::Timeout))], 1);
    assert_eq!((found[0].class, found[0].what.as_str()), (Class::Unscanned, "timeout"));
}

#[test]
fn a_backup_that_answers_stands_in_for_one_that_failed() {
    let engines = [engine("a", false), engine("b", true)];
    assert!(findings(&engines, &[call_of("a", Err(Trouble::Timeout)), call_of("b", Ok(vec![]))], 1).is_empty());
    assert_eq!(findings(&engines, &[call_of("a", Err(Trouble::Timeout)), call_of("b", Err(Trouble::Timeout))], 1).len(), 2);
}

#[test]
fn one_engine_that_answers_does_not_stand_in_for_another() {
    let engines = [engine("a", false), engine("b", false)];
    assert_eq!(findings(&engines, &[call_of("a", Err(Trouble::Timeout)), call_of("b", Ok(vec![]))], 1).len(), 1);
}

#[test]
fn malware_counts_once_enough_engines_have_found_some() {
    let threat = |name: &str| Ok(vec![Threat::whole(Class::Infected, name), Threat::whole(Class::Encrypted, "zip")]);
    let engines = [engine("a", false), engine("b", false), engine("c", false)];
    for (quorum, voters, expected) in [(1, 1, 1), (2, 1, 0), (2, 2, 2), (3, 2, 0), (0, 1, 1)] {
        let answer = |index: usize| if index < voters { threat("x") } else { Ok(vec![]) };
        let calls: Vec<Call> = engines.iter().enumerate().map(|(index, engine)| call_of(&engine.name, answer(index))).collect();
        let found = findings(&engines, &calls, quorum);
        assert_eq!(found.iter().filter(|finding| finding.class == Class::Infected).count(), expected, "{quorum} {voters}");
        assert_eq!(found.iter().filter(|finding| finding.class == Class::Encrypted).count(), voters, "the rest counts anyway");
    }
}

#[test]
fn who_has_no_answer_has_no_vote() {
    let engines = [engine("a", false), Engine { required: false, ..engine("b", false) }, engine("c", true)];
    let calls = [call_of("a", Ok(vec![Threat::whole(Class::Infected, "x")])), call_of("b", Err(Trouble::Closed))];
    assert_eq!(findings(&engines, &calls, 2).len(), 1, "one failed and one was not asked");
}

#[test]
fn an_engine_that_is_not_required_may_fail() {
    let engines = [Engine { required: false, ..engine("a", false) }];
    assert!(findings(&engines, &[call_of("a", Err(Trouble::Timeout))], 1).is_empty());
}

#[test]
fn what_an_engine_says_is_made_printable() {
    let threat = Threat { class: Class::Infected, name: "x\r\nX-Mailward: clean".into(), origin: None };
    let found = findings(&[engine("a", false)], &[call_of("a", Ok(vec![threat]))], 1);
    assert_eq!(found[0].what, "x??X-Mailward: clean");
}

#[test]
fn the_evidence_says_in_which_view_a_threat_is() {
    let table = [(None, "a says x"), (Some(Origin { part: 3, encoding: Encoding::Base64 }), "a says x in part 3, read as base64")];
    for (origin, evidence) in table {
        let threat = Threat { class: Class::Infected, name: "x".into(), origin };
        assert_eq!(findings(&[engine("a", false)], &[call_of("a", Ok(vec![threat]))], 1)[0].evidence, evidence);
    }
}

#[test]
fn only_a_virus_ends_the_looking_and_each_thing_is_told_once() {
    let threat = |class, name: &str| Threat { class, name: name.into(), origin: None };
    let looks = || {
        let found = [threat(Class::Encrypted, "Zip"), threat(Class::Encrypted, "Zip"), threat(Class::Infected, "Worm")];
        found.into_iter().map(|threat| Ok(vec![threat])).chain([Err(Trouble::Timeout)])
    };
    let all = up_to_a_virus(looks()).unwrap();
    assert_eq!(all, [threat(Class::Encrypted, "Zip"), threat(Class::Infected, "Worm")]);
    assert_eq!(call_of("a", Ok(all)).verdict(), "Worm");
    assert!(matches!(up_to_a_virus(looks().filter(|look| !matches!(look, Ok(found) if found[0].name == "Worm"))), Err(Trouble::Timeout)));
}
