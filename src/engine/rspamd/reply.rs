//! What Rspamd answers.
//!
//! Owns which answers are clear. It must never take one for clean that lacks its score or its action, whose action nobody knows, or that
//! says that the message was skipped. Such an answer is a [`Trouble`].

use super::added::Milter;
use crate::engine::http;
use crate::engine::rewritten::about_body;
use crate::engine::{Advice, Answer, Rating, Threat, Trouble};
use crate::finding::Class;
use crate::message::{Bounds, Message};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Longest answer in JSON; those of real mail are some kilobytes.
const LONGEST: usize = 4 << 20;

/// Most symbols that are told of.
const MOST_SYMBOLS: usize = 200;

#[derive(Debug, Deserialize)]
struct Reply {
    error: Option<String>,
    #[serde(default)]
    is_skipped: bool,
    score: Option<f64>,
    required_score: Option<f64>,
    action: Option<String>,
    #[serde(default)]
    thresholds: BTreeMap<String, Option<f64>>,
    #[serde(default)]
    symbols: BTreeMap<String, Symbol>,
    subject: Option<String>,
    #[serde(default)]
    messages: BTreeMap<String, String>,
    #[serde(default)]
    milter: Milter,
}

#[derive(Debug, Deserialize)]
struct Symbol {
    #[serde(default)]
    score: f64,
}

/// What an action means.
enum Meaning {
    Wanted,
    Spam,
    Later,
}

impl Meaning {
    /// An action of the administrator's own is unknown: it may mean anything. `greylist` alone says that the score is that of mail which
    /// the module of that name would have wait: it makes `soft reject` of it while it does. Where it is off nobody would ever take the
    /// action back, and the mail would bounce.
    fn of(action: &str) -> Option<Self> {
        Some(match action {
            "no action" | "greylist" => Self::Wanted,
            "add header" | "rewrite subject" | "reject" | "quarantine" | "discard" => Self::Spam,
            "soft reject" => Self::Later,
            _ => return None,
        })
    }
}

/// The answer about `message`.
pub(super) fn read(answer: &http::Answer, message: &Message<'_>) -> Result<Answer, Trouble> {
    let (json, rewritten) = split(answer)?;
    let reply = parse(json);
    if let Ok(Reply { error: Some(error), .. }) = &reply {
        return Err(Trouble::Reported(error.clone()));
    }
    if answer.status != 200 {
        return Err(Trouble::Reported(format!("HTTP status {}", answer.status)));
    }
    let reply = reply?;
    judged(reply, rewritten.and_then(|rewritten| body_of(rewritten, message)))
}

/// The JSON, and the message that stands behind it where Rspamd has rewritten that.
fn split(answer: &http::Answer) -> Result<(&[u8], Option<&[u8]>), Trouble> {
    let Some(offset) = answer.field("Message-Offset") else { return Ok((&answer.body, None)) };
    // A body without a length may be cut off, and a message does not show by its form where it ends.
    let is_whole = ["Content-Length", "Transfer-Encoding"].iter().any(|name| answer.field(name).is_some());
    let offset = offset.trim().parse().ok().filter(|_| is_whole);
    let pieces = offset.and_then(|offset| answer.body.split_at_checked(offset));
    pieces.map(|(json, rewritten)| (json, Some(rewritten))).ok_or_else(|| Trouble::Unknown("a message at no place".to_owned()))
}

fn parse(json: &[u8]) -> Result<Reply, Trouble> {
    if json.is_empty() {
        return Err(Trouble::Closed);
    }
    if json.len() > LONGEST {
        return Err(Trouble::Unknown("an answer without end".to_owned()));
    }
    serde_json::from_slice(json).map_err(|why| Trouble::Unknown(format!("JSON: {why}")))
}

fn judged(reply: Reply, body: Option<Vec<u8>>) -> Result<Answer, Trouble> {
    let missing = |what: &str| Trouble::Unknown(format!("an answer without {what}"));
    let score = reply.score.ok_or_else(|| missing("score"))?;
    let action = reply.action.ok_or_else(|| missing("action"))?;
    let meaning = Meaning::of(&action).ok_or_else(|| Trouble::Unknown(format!("action {action}")))?;
    // What it judged without a scan, as GTUBE, is called skipped too; then its action says so.
    if reply.is_skipped && matches!(meaning, Meaning::Wanted) {
        return Err(Trouble::Reported("it skipped the message".to_owned()));
    }
    let threshold = reply.thresholds.get("add header").copied().flatten().or(reply.required_score);
    let threshold = threshold.ok_or_else(|| missing("required_score"))?;
    let rating = Rating { score, threshold, is_spam: matches!(meaning, Meaning::Spam), tests: tests(reply.symbols) };
    let later = matches!(meaning, Meaning::Later).then(|| {
        let why = reply.messages.get("smtp_message").filter(|why| !why.is_empty());
        Threat::whole(Class::Greylisted, why.unwrap_or(&action).as_str())
    });
    let (added, removed) = reply.milter.fields();
    let subject = reply.subject.filter(|_| action == "rewrite subject");
    Ok(Answer { threats: later.into_iter().collect(), rating: Some(rating), advice: Advice { added, removed, subject, body } })
}

/// The names of the symbols, from the one that weighs most.
fn tests(symbols: BTreeMap<String, Symbol>) -> Vec<String> {
    let mut symbols: Vec<(String, f64)> = symbols.into_iter().map(|(name, symbol)| (name, symbol.score)).collect();
    symbols.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    symbols.into_iter().take(MOST_SYMBOLS).map(|(name, _)| name).collect()
}

/// All behind the header of the rewritten message, if what the header says of it is still so: the header that goes on is the old one.
fn body_of(rewritten: &[u8], message: &Message<'_>) -> Option<Vec<u8>> {
    let bounds = Bounds { nesting: 0, parts: 1, header_size: LONGEST as u64, decoded_size: 0 };
    let new = Message::unread(rewritten, &bounds);
    let header = new.parts().first()?.header.clone();
    let stays = about_body(&new) == about_body(message);
    stays.then(|| rewritten.get(header.end..).unwrap_or_default().to_vec())
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
