//! What a header field says of spam, by the administrator's patterns.
//!
//! Owns which text of a field is spam and where its score stands. It must never take a field without the score that is asked for, or a
//! pattern that is too large, for clean: those are a [`Trouble`].

use super::command::class_of;
use super::{Answer, Rating, Threat, Trouble};
use crate::config::{Engine, Finds, Pattern};
use regex::Regex;

/// Longest value that is looked at; no filter writes more.
const LONGEST: usize = 16 << 10;

/// A score beyond this is none.
const HIGHEST_SCORE: f64 = 1e9;

/// What the values of the field say, of which there is one at least: spam if any of them does, as whoever wrote the others gains nothing
/// by that.
pub(super) fn of_fields(engine: &Engine, values: &[String]) -> Result<Answer, Trouble> {
    let Some(first) = values.first() else { return Err(Trouble::Unknown("no verdict".to_owned())) };
    if values.iter().any(|value| value.len() > LONGEST) {
        return Err(Trouble::Unknown("a verdict of too great length".to_owned()));
    }
    let spam = compiled(engine.spam.as_ref())?;
    let says_spam = values.iter().find(|value| spam.as_ref().is_some_and(|spam| spam.is_match(value)));
    of_text(engine, says_spam.is_some(), says_spam.unwrap_or(first))
}

/// The same where `text` alone is known, and whether it means spam.
pub(super) fn of_text(engine: &Engine, is_spam: bool, text: &str) -> Result<Answer, Trouble> {
    let Some(score) = compiled(engine.score.as_ref())?.filter(|_| engine.finds == Finds::Spam) else {
        return Ok(Answer::of(is_spam.then(|| Threat::whole(class_of(engine), text.trim())).into_iter().collect()));
    };
    let score = number(&score, text).ok_or_else(|| Trouble::Unknown(format!("no score: {text}")))?;
    let rating = Rating { score, threshold: threshold(engine, score, is_spam), is_spam, tests: Vec::new() };
    Ok(Answer { rating: Some(rating), ..Answer::default() })
}

/// From where on the message is spam. Filters do not say that beside the score: without `mark` it is that of a certainty, or less where
/// the filter is content with less.
fn threshold(engine: &Engine, score: f64, is_spam: bool) -> f64 {
    engine.mark.map_or(if is_spam { score.min(1.0) } else { 1.0 }, |mark| mark.0)
}

fn number(pattern: &Regex, text: &str) -> Option<f64> {
    let captures = pattern.captures(text)?;
    let found = captures.get(1).or_else(|| captures.get(0))?;
    found.as_str().trim().parse().ok().filter(|score: &f64| score.abs() <= HIGHEST_SCORE)
}

fn compiled(pattern: Option<&Pattern>) -> Result<Option<Regex>, Trouble> {
    pattern.map(Pattern::compile).transpose().map_err(|why| Trouble::Unknown(format!("the pattern: {why}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use std::path::Path;

    fn engine(keys: &str) -> Engine {
        let text = format!("[[engine]]\nname = \"x\"\nkind = \"header\"\nheader = \"X-Spam\"\nspam = '(?i)^yes'\n{keys}");
        Config::parse(Path::new("f"), &text).unwrap_or_else(|problems| panic!("{problems:?}")).base().settings.engines[0].clone()
    }

    fn judged(keys: &str, values: &[&str]) -> Result<Answer, &'static str> {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        of_fields(&engine(keys), &values).map_err(|trouble| trouble.word())
    }

    #[test]
    fn any_field_that_says_spam_makes_it_spam() {
        for (values, name) in [(&["No"][..], None), (&["Yes, sure"], Some("Yes, sure")), (&["No", "YES"], Some("YES")), (&["x yes"], None)]
        {
            let threats = judged("", values).unwrap().threats;
            assert_eq!(threats.first().map(|threat| threat.name.as_str()), name, "{values:?}");
        }
        assert_eq!(judged("", &[]), Err("unknown-answer"));
        assert_eq!(judged("", &[&"x".repeat(LONGEST + 1)]), Err("unknown-answer"));
    }

    #[test]
    fn a_score_makes_a_rating() {
        let table = [
            ("Yes, 0.995", "", 0.995, 0.995, true),
            ("Yes, 7", "", 7.0, 1.0, true),
            ("No, 0.1", "", 0.1, 1.0, false),
            ("No, -3.5", "mark = 6", -3.5, 6.0, false),
        ];
        for (value, mark, score, threshold, is_spam) in table {
            let answer = judged(&format!("score = '[-0-9.]+'\n{mark}"), &[value]).unwrap();
            assert_eq!((answer.rating, answer.threats), (Some(Rating { score, threshold, is_spam, tests: vec![] }), vec![]), "{value}");
        }
    }

    #[test]
    fn the_score_is_the_first_group_and_where_it_is_no_number_there_is_no_answer() {
        assert_eq!(judged("score = 'p=(\\S+)'", &["No, q=9 p=0.25"]).unwrap().rating.map(|rating| rating.score), Some(0.25));
        for value in ["No", "No, p=x", "No, p=NaN", "No, p=inf", "No, p=1e99", "Yes"] {
            assert_eq!(judged("score = 'p=(\\S+)'", &[value]), Err("unknown-answer"), "{value}");
        }
    }
}
