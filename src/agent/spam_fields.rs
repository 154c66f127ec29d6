//! The fields of SpamAssassin, which rules of sieve and procmail look for: X-Spam-Flag, X-Spam-Score, X-Spam-Level, X-Spam-Status.
//!
//! Owns what they say, and when there are any. They must never say that a message is no spam that nobody has looked at, nor make scores
//! of several engines one. Nothing here can fail.

use super::scan::Judgement;
use crate::config::{Engine, Finds};
use crate::engine::{Call, Rating};
use crate::finding::Class;
use std::fmt::Write;

/// Their names, which only we may write.
pub(crate) const NAMES: [&str; 4] = ["X-Spam-Flag", "X-Spam-Score", "X-Spam-Level", "X-Spam-Status"];

/// Longest level, as SpamAssassin has it: a header of a thousand stars says no more.
const MOST_STARS: usize = 50;

/// Most tests that are named.
const MOST_TESTS: usize = 100;

/// Longest name of a test.
const LONGEST_TEST: usize = 60;

/// Longest line (RFC 5322 section 2.1.1), without what is still to come behind a test.
const LONGEST_LINE: usize = 76;

/// No filter gives more or less: what does would be a line of digits.
const HIGHEST_SCORE: f64 = 99_999.0;

/// Their values; none where no spam engine gave an answer and nothing else takes the message for spam, or where the score is below the
/// level from which on they are written.
pub(crate) fn of(judgement: &Judgement, engines: &[Engine]) -> Vec<(&'static str, String)> {
    let is_spam = judgement.findings.iter().any(|finding| matches!(finding.class, Class::Spam | Class::HighSpam));
    let told = teller(&judgement.calls);
    if told.is_none() && !is_spam {
        return Vec::new();
    }
    let rating = told.and_then(rating_of);
    let level = told.and_then(|call| engines.iter().find(|engine| engine.name == call.engine)).and_then(|engine| engine.tag);
    if rating.zip(level).is_some_and(|(rating, level)| rating.score < level.0) {
        return Vec::new();
    }
    values(is_spam, rating)
}

/// The engine that says spam, else the first with a rating, else the first with an answer.
fn teller(calls: &[Call]) -> Option<&Call> {
    let says_spam = |call: &&Call| {
        let threats = call.answer.as_ref().map(|answer| answer.threats.as_slice()).unwrap_or_default();
        threats.iter().any(|threat| matches!(threat.class, Class::Spam | Class::HighSpam))
    };
    let is_rated = |call: &&Call| rating_of(call).is_some();
    let has_looked = |call: &&Call| call.finds == Finds::Spam && call.answer.is_ok();
    calls.iter().find(says_spam).or_else(|| calls.iter().find(is_rated)).or_else(|| calls.iter().find(has_looked))
}

fn rating_of(call: &Call) -> Option<&Rating> {
    call.answer.as_ref().ok()?.rating.as_ref()
}

fn values(is_spam: bool, rating: Option<&Rating>) -> Vec<(&'static str, String)> {
    let [flag, score, level, status] = NAMES;
    let mut fields = vec![(flag, if is_spam { "YES" } else { "NO" }.to_owned())];
    let Some(rating) = rating else {
        // A score that nobody gave is not made up.
        fields.push((status, if is_spam { "Yes" } else { "No" }.to_owned()));
        return fields;
    };
    fields.push((score, number(rating.score)));
    // A field without a value is one that some servers refuse.
    let stars = stars(rating.score);
    if !stars.is_empty() {
        fields.push((level, stars));
    }
    fields.push((status, status_text(is_spam, rating)));
    fields
}

/// With one digit, as SpamAssassin writes them and rules compare them.
fn number(score: f64) -> String {
    format!("{:.1}", if score.is_nan() { 0.0 } else { score.clamp(-HIGHEST_SCORE, HIGHEST_SCORE) })
}

/// A star for each whole point.
fn stars(score: f64) -> String {
    let whole = (1..=MOST_STARS).take_while(|points| u32::try_from(*points).is_ok_and(|points| score >= f64::from(points))).count();
    "*".repeat(whole)
}

/// `Yes, score=15.0 required=5.0 tests=A,B`, folded between tests.
fn status_text(is_spam: bool, rating: &Rating) -> String {
    let word = if is_spam { "Yes" } else { "No" };
    let mut text = format!("{word}, score={} required={} tests=", number(rating.score), number(rating.threshold));
    let mut length = "X-Spam-Status: ".len() + text.len();
    let tests = if rating.tests.is_empty() {
        vec!["none".to_owned()]
    } else {
        rating.tests.iter().take(MOST_TESTS).map(|test| name(test)).collect()
    };
    for (index, test) in tests.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        if length + comma.len() + test.len() > LONGEST_LINE {
            let _ = write!(text, "{comma}\n\t{test}");
            length = 1 + test.len();
        } else {
            let _ = write!(text, "{comma}{test}");
            length += comma.len() + test.len();
        }
    }
    text
}

/// A test's name, which an engine says, in the letters that such names have.
fn name(test: &str) -> String {
    test.chars().take(LONGEST_TEST).map(|c| if c.is_ascii_alphanumeric() || "_-.:".contains(c) { c } else { '_' }).collect()
}

#[cfg(test)]
#[path = "spam_fields_tests.rs"]
mod tests;
