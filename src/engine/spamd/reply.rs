//! The answers of spamd.
//!
//! Owns which bytes are a clear one: the protocol's line with code 0, one verdict, and a body of the length that is told. It must never
//! make a score out of anything else. What is not clear is a [`Trouble`].

use super::super::{Rating, Trouble};

/// Most tests that are kept; SpamAssassin has some thousand, and a message hits a few dozen.
const MOST_TESTS: usize = 200;

/// Longest name of a test.
const LONGEST_TEST: usize = 64;

/// A score beyond this is none of SpamAssassin's.
const HIGHEST_SCORE: f64 = 1e6;

/// A clear answer.
#[derive(Debug, PartialEq)]
pub(super) struct Reply {
    /// The verdict; its tests are in the body.
    pub rating: Rating,
    /// What was asked for.
    pub body: Vec<u8>,
}

/// Reads a whole answer.
pub(super) fn parse(bytes: &[u8]) -> Result<Reply, Trouble> {
    let end = head_end(bytes)?;
    let (head, body) = bytes.split_at_checked(end).unwrap_or_default();
    let head = String::from_utf8_lossy(head);
    let fields = || head.lines().skip(1).filter_map(|line| line.split_once(':')).map(|(name, value)| (name.trim(), value.trim()));
    let only = |name: &str| {
        let mut found = fields().filter(|(own, _)| own.eq_ignore_ascii_case(name));
        found.next().filter(|_| found.next().is_none()).map(|(_, value)| value)
    };
    let rating = only("Spam").and_then(verdict).ok_or_else(|| unknown("no clear verdict", &head))?;
    let length = only("Content-length").and_then(|length| length.parse::<usize>().ok());
    match length.ok_or_else(|| unknown("no length", &head))?.cmp(&body.len()) {
        std::cmp::Ordering::Greater => Err(Trouble::Closed),
        std::cmp::Ordering::Less => Err(unknown("more than its length", &head)),
        std::cmp::Ordering::Equal => Ok(Reply { rating, body: body.to_vec() }),
    }
}

/// Reads the answer to PING: which protocol is spoken.
pub(super) fn pong(bytes: &[u8]) -> Result<String, Trouble> {
    let text = String::from_utf8_lossy(bytes);
    let protocol = text.trim_end().strip_suffix(" 0 PONG").filter(|protocol| is_protocol(protocol) && text.ends_with('\n'));
    protocol.map(str::to_owned).ok_or_else(|| unknown("no PONG", &text))
}

/// Where the body begins, if the first line says that all is well. What says that it is not ends behind that line.
fn head_end(bytes: &[u8]) -> Result<usize, Trouble> {
    if bytes.is_empty() {
        return Err(Trouble::Closed);
    }
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let line_end = memchr::memmem::find(bytes, b"\r\n").ok_or_else(|| unknown("half a line", &text(bytes)))?;
    let line = text(bytes.get(..line_end).unwrap_or_default());
    let mut words = line.splitn(3, ' ');
    let (protocol, code, rest) = (words.next().unwrap_or_default(), words.next(), words.next());
    let code = code.filter(|_| is_protocol(protocol)).and_then(|code| code.parse::<u8>().ok());
    match code.ok_or_else(|| unknown("no code", &line))? {
        0 => memchr::memmem::find(bytes, b"\r\n\r\n").map(|at| at + 4).ok_or(Trouble::Closed),
        code => Err(Trouble::Reported(format!("{code} {}", rest.unwrap_or_default()))),
    }
}

fn is_protocol(word: &str) -> bool {
    word.strip_prefix("SPAMD/1.").is_some_and(|minor| !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `True ; 15.0 / 5.0`. With `0 / 0` spamc says that nobody looked.
fn verdict(text: &str) -> Option<Rating> {
    let (word, scores) = text.split_once(';')?;
    let is_spam = match word.trim() {
        "True" | "Yes" => true,
        "False" | "No" => false,
        _ => return None,
    };
    let (score, threshold) = scores.split_once('/')?;
    let number = |text: &str| text.trim().parse().ok().filter(|number: &f64| number.abs() <= HIGHEST_SCORE);
    let (score, threshold) = (number(score)?, number(threshold)?);
    let was_looked_at = is_spam || score != 0.0 || threshold != 0.0;
    was_looked_at.then(|| Rating { score, threshold, is_spam, tests: Vec::new() })
}

/// The tests of a list with commas.
pub(super) fn tests(list: &str) -> Vec<String> {
    let is_name = |name: &&str| {
        !name.is_empty() && name.len() <= LONGEST_TEST && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    list.split(',').map(str::trim).filter(is_name).filter(|name| *name != "none").take(MOST_TESTS).map(str::to_owned).collect()
}

/// The tests that the field X-Spam-Status names: `Yes, score=15.0 required=5.0 tests=A,B autolearn=no`. Its folds stand behind commas.
pub(super) fn tests_of_status(status: &str) -> Vec<String> {
    let Some((_, behind)) = status.split_once("tests=") else { return Vec::new() };
    let list = behind.split_once('=').map_or(behind, |(list, _)| list.rsplit_once([' ', '\t']).map_or(list, |(list, _)| list));
    tests(list)
}

fn unknown(what: &str, text: &str) -> Trouble {
    Trouble::Unknown(format!("{what}: {text}"))
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod reply_tests;
