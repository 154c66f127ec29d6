//! The lines of a table, and what stands on one: `/pattern/flags action`.
//!
//! Owns what a line is: one that begins with a blank goes on with the one before it, whatever remarks stand between. It must never look into
//! a pattern. What is wrong is said in words.

use super::Fault;

/// The logical lines, each with the number of its first.
pub(super) fn logical(text: &str) -> (Vec<(usize, String)>, Vec<Fault>) {
    let (mut lines, mut faults): (Vec<(usize, String)>, _) = (Vec::new(), Vec::new());
    let is_said = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    for (number, line) in text.lines().enumerate().filter(|(_, line)| is_said(line)) {
        match lines.last_mut() {
            _ if !line.starts_with([' ', '\t']) => lines.push((number + 1, line.to_owned())),
            Some((_, before)) => before.push_str(line),
            None => faults.push((number + 1, "it begins with a blank, and there is no line that it goes on with".to_owned())),
        }
    }
    (lines, faults)
}

/// The word that `text` begins with, empty where Postfix knows none, and what stands behind it; none where it begins with a pattern.
pub(super) fn keyword(text: &str) -> Option<(&'static str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    match word.to_ascii_lowercase().as_str() {
        "" => None,
        "if" => Some(("if", rest.trim())),
        "endif" => Some(("endif", rest.trim())),
        _ => Some(("", rest)),
    }
}

/// What a line asks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Question<'a> {
    pub(super) is_negated: bool,
    pub(super) source: &'a str,
    pub(super) flags: &'a str,
    /// What follows; empty where nothing does.
    pub(super) action: &'a str,
}

/// Takes `[!]/pattern/flags action` apart; any sign may stand for the slash.
pub(super) fn question(text: &str) -> Result<Question<'_>, String> {
    let positive = text.strip_prefix('!').map(str::trim_start);
    let quoted = positive.unwrap_or(text);
    let mut letters = quoted.char_indices();
    let delimiter = letters.next().map(|(_, c)| c).filter(|c| c.is_ascii_punctuation() && *c != '\\');
    let delimiter = delimiter.ok_or("expected a pattern between two slashes or other signs")?;
    let mut is_escaped = false;
    let is_end = |c: char| {
        let ends = !is_escaped && c == delimiter;
        is_escaped = !is_escaped && c == '\\';
        ends
    };
    let (source, rest) = quoted.get(1..).unwrap_or_default().split_once(is_end).ok_or(format!("no {delimiter} ends the pattern"))?;
    let (flags, action) = rest.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((rest, ""));
    Ok(Question { is_negated: positive.is_some(), source, flags, action: action.trim() })
}
