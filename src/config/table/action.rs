//! What a line of a table does where it matches (header_checks(5)).
//!
//! Owns which actions mailward has a word for. It must never take one for another: what it does not do is said in words.

use super::step::{Effect, Piece};
use crate::config::{OwnRule, RuleClass};

/// What Postfix does by these, and mailward does not.
const NOT_OURS: [&str; 11] = ["BCC", "DELAY", "FILTER", "IGNORE", "PASS", "PREPEND", "REDIRECT", "REPLACE", "SENDER", "STRIP", "TRANSPORT"];

/// The effect of an action with the text behind it, whose pattern has so many groups.
pub(super) fn effect(text: &str, rule: &OwnRule, groups: usize) -> Result<Effect, String> {
    let (word, rest) = text.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((text, ""));
    let action = word.to_ascii_uppercase();
    let class = match action.as_str() {
        "DUNNO" | "OK" | "WARN" | "INFO" => return Ok(Effect::Pass),
        "REJECT" => rule.class,
        "HOLD" => told(rule.hold, "HOLD", "hold")?,
        "DISCARD" => told(rule.discard, "DISCARD", "discard")?,
        "" => return Err("expected an action behind the pattern".to_owned()),
        known if NOT_OURS.contains(&known) => {
            return Err(format!("mailward does not do {known}; keep this line in Postfix and import a table without it"));
        }
        _ => return Err(format!("no such action: {word:?}")),
    };
    Ok(Effect::Tell { class: class.0, text: pieces(without_status(rest.trim()), groups)? })
}

fn told(class: Option<RuleClass>, action: &str, key: &str) -> Result<RuleClass, String> {
    class.ok_or_else(|| format!("{action} needs a class: write {key} = \"banned\", or another, in the [[rule]] that imports the table"))
}

/// The text without the enhanced status code that it may begin with (RFC 3463): it is meant for another server.
fn without_status(text: &str) -> &str {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let numbers: Vec<&str> = word.split('.').collect();
    let is_number = |number: &&str| !number.is_empty() && number.len() < 4 && number.bytes().all(|digit| digit.is_ascii_digit());
    if numbers.len() == 3 && numbers.iter().all(is_number) { rest.trim_start() } else { text }
}

/// Takes `$1`, `${1}` and `$(1)` out of a text; `$$` is the sign.
fn pieces(text: &str, groups: usize) -> Result<Vec<Piece>, String> {
    let mut texts = text.split('$');
    let mut pieces: Vec<Piece> =
        texts.next().filter(|text| !text.is_empty()).map(|text| Piece::Text(text.to_owned())).into_iter().collect();
    while let Some(text) = texts.next() {
        if text.is_empty() {
            let behind = texts.next().ok_or("expected a number behind $; $$ is the sign alone")?;
            pieces.push(Piece::Text(format!("${behind}")));
            continue;
        }
        let (number, behind) = group(text).ok_or(format!("expected a number behind $, found {text:?}; $$ is the sign alone"))?;
        if number == 0 || number > groups {
            return Err(format!("${number} stands for nothing: there are {groups} groups that match"));
        }
        pieces.extend([Piece::Group(number), Piece::Text(behind.to_owned())]);
    }
    Ok(pieces)
}

/// The number that `text` begins with, in brackets or not, and what stands behind it.
fn group(text: &str) -> Option<(usize, &str)> {
    let brackets = [('{', '}'), ('(', ')')];
    let opened = brackets.iter().find_map(|(open, close)| text.strip_prefix(*open)?.split_once(*close));
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, behind) = opened.unwrap_or_else(|| text.split_at(end));
    Some((number.parse().ok()?, behind))
}
