//! Tables of what the fields say, and when there are any.

use super::*;
use crate::config::Score;
use crate::engine::{Answer, Threat, Trouble};
use crate::finding::{Finding, Place};
use crate::policy::Plan;
use std::time::Duration;

fn call(engine: &str, answer: Result<Answer, Trouble>) -> Call {
    Call { engine: engine.into(), finds: Finds::Spam, answer, took: Duration::ZERO }
}

fn rated(score: f64, is_spam: bool) -> Answer {
    let rating = Rating { score, threshold: 5.0, is_spam, tests: vec!["A".into(), "B".into()] };
    Answer { rating: Some(rating), ..Answer::of(is_spam.then(|| Threat::whole(Class::Spam, "x")).into_iter().collect()) }
}

fn judgement(classes: &[Class], calls: Vec<Call>) -> Judgement {
    let finding =
        |class: &Class| Finding { class: *class, engine: "a".into(), what: "x".into(), evidence: "x".into(), place: Place::MESSAGE };
    Judgement { findings: classes.iter().map(finding).collect(), plan: Plan::default(), group: 0, calls: calls.into() }
}

fn said(classes: &[Class], calls: Vec<Call>) -> String {
    let engines = [crate::config::Engine { name: "low".into(), tag: Some(Score(2.0)), ..Default::default() }];
    of(&judgement(classes, calls), &engines)
        .iter()
        .map(|(name, value)| format!("{}: {value}; ", name.trim_start_matches("X-Spam-")))
        .collect()
}

#[test]
fn the_fields_are_in_the_form_that_rules_expect() {
    let table = [
        (&[Class::Spam][..], 15.04, "Flag: YES; Score: 15.0; Level: ***************; Status: Yes, score=15.0 required=5.0 tests=A,B; "),
        (
            &[Class::HighSpam],
            99.0,
            &format!("Flag: YES; Score: 99.0; Level: {}; Status: Yes, score=99.0 required=5.0 tests=A,B; ", "*".repeat(50)),
        ),
        (&[], 1.0, "Flag: NO; Score: 1.0; Level: *; Status: No, score=1.0 required=5.0 tests=A,B; "),
        (&[Class::Phishing], -3.27, "Flag: NO; Score: -3.3; Status: No, score=-3.3 required=5.0 tests=A,B; "),
    ];
    for (classes, score, expected) in table {
        assert_eq!(said(classes, vec![call("a", Ok(rated(score, false)))]), expected);
    }
}

#[test]
fn whoever_skips_spam_is_told_no() {
    let fields = said(&[], vec![call("a", Ok(rated(15.0, true)))]);
    assert!(fields.starts_with("Flag: NO; Score: 15.0; ") && fields.contains("Status: No, score=15.0"), "{fields}");
}

#[test]
fn the_score_is_that_of_the_engine_that_says_spam() {
    let calls = || vec![call("a", Err(Trouble::Timeout)), call("b", Ok(rated(1.0, false))), call("c", Ok(rated(7.0, true)))];
    assert!(said(&[Class::Spam], calls()).contains("score=7.0"));
    assert!(said(&[Class::Spam], calls().into_iter().take(2).collect()).contains("Flag: YES; Score: 1.0"));
}

#[test]
fn without_an_answer_nothing_is_claimed_and_no_score_is_made_up() {
    assert_eq!(said(&[], vec![]), "");
    assert_eq!(said(&[Class::SpamUnscanned], vec![call("a", Err(Trouble::Timeout))]), "");
    assert_eq!(said(&[], vec![Call { finds: Finds::Infected, ..call("a", Ok(Answer::default())) }]), "");
    assert_eq!(said(&[Class::Spam], vec![]), "Flag: YES; Status: Yes; ");
    assert_eq!(said(&[], vec![call("a", Ok(Answer::default()))]), "Flag: NO; Status: No; ");
}

#[test]
fn below_the_level_of_the_engine_there_are_none() {
    assert_eq!(said(&[], vec![call("low", Ok(rated(1.9, false)))]), "");
    assert!(said(&[], vec![call("low", Ok(rated(2.0, false)))]).starts_with("Flag: NO"));
    assert!(said(&[], vec![call("other", Ok(rated(1.9, false)))]).starts_with("Flag: NO"));
}

#[test]
fn a_long_list_is_folded_and_what_an_engine_says_ends_no_line() {
    let hostile = ["x\r\nX-Forged: y".to_owned(), "\u{e9}".repeat(999), String::new()];
    let tests: Vec<String> = (0..999).map(|number| format!("A_TEST_OF_SOME_LENGTH_{number}")).collect();
    for tests in [tests, hostile.to_vec(), vec!["A".repeat(58); 3], Vec::new()] {
        for score in [f64::NAN, f64::INFINITY, f64::MIN, 1e300, -0.0] {
            let rating = Rating { score, threshold: score, is_spam: true, tests: tests.clone() };
            for (name, value) in values(true, Some(&rating)) {
                let lines: Vec<String> = format!("{name}: {value}").split('\n').map(str::to_owned).collect();
                assert!(
                    lines.iter().all(|line| line.len() < 78 && line.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~'))),
                    "{value:?}"
                );
                assert!(lines.iter().skip(1).all(|line| line.starts_with('\t') && !line.trim().is_empty()), "{value:?}");
            }
        }
    }
}
