//! Who handed the message to the first of our hosts.
//!
//! Owns whose word is believed about that. It must never believe a trace field that no trusted host wrote, nor an address that the other
//! side put into its HELO. Nothing here can fail; what nobody tells clearly stays unknown.

#[cfg(test)]
#[path = "relay_tests.rs"]
mod tests;

use crate::config::Network;
use crate::envelope::Envelope;
use crate::message::{Field, Message};
use std::net::IpAddr;

/// Most trace fields that are read; MTAs take more for a loop.
const MOST: usize = 100;

/// Most bytes of such a field: RFC 5321 section 4.4 needs far less.
const LONGEST: usize = 4096;

/// A host outside, as our first host saw it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relay {
    /// Its address.
    pub address: Option<IpAddr>,
    /// What it called itself (HELO).
    pub helo: Option<String>,
    /// What the DNS calls it.
    pub name: Option<String>,
}

/// From where a trace field says that the message came.
#[derive(Debug, PartialEq, Eq)]
enum Source {
    /// From a program of the host that wrote it.
    Itself,
    /// From this host.
    Host(IpAddr),
    /// It does not say so clearly.
    Unclear,
}

impl Relay {
    /// What the surroundings of the run tell; where the client is one of ours, or none is told, what the trace fields do.
    pub fn of(message: &Message<'_>, envelope: &Envelope, trusted: &[Network]) -> Self {
        let client = envelope.client.as_deref().and_then(address);
        match client.filter(|client| !is_trusted(*client, trusted)) {
            Some(client) => Self { address: Some(client), helo: envelope.client_helo.clone(), name: envelope.client_name.clone() },
            None => Self { address: outside(message, trusted).1, ..Self::default() },
        }
    }
}

/// Where the first trace field begins that says, or may say, that the message came from outside: all above it was written by hosts of
/// ours. Where all came from within it is the last of them; 0 where there is none.
pub(super) fn trusted_end(message: &Message<'_>, trusted: &[Network]) -> usize {
    outside(message, trusted).0
}

/// Where that field begins, and the address that it tells.
fn outside(message: &Message<'_>, trusted: &[Network]) -> (usize, Option<IpAddr>) {
    let bytes = message.bytes();
    let received = message.fields().filter(|field: &Field| field.is_named(bytes, "Received"));
    let mut last = 0;
    for field in received.take(MOST) {
        last = field.whole.start;
        match source(field.value(bytes)) {
            Source::Itself => {}
            Source::Host(address) if is_trusted(address, trusted) => {}
            Source::Host(address) => return (last, Some(address)),
            Source::Unclear => return (last, None),
        }
    }
    (last, None)
}

fn is_trusted(address: IpAddr, trusted: &[Network]) -> bool {
    trusted.iter().any(|network| network.contains(address))
}

/// From where the value of a Received field says that the message came.
fn source(value: &[u8]) -> Source {
    let Some(text) = value.get(..value.len().min(LONGEST)).and_then(|value| str::from_utf8(value).ok()) else { return Source::Unclear };
    let text = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    // qmail-queue, and Postfix, Exim and Sendmail of what a program of their host hands in.
    if value.len() <= LONGEST && (text.starts_with("(qmail ") || text.starts_with("by ")) {
        return Source::Itself;
    }
    match text.strip_prefix("from ").filter(|_| value.len() <= LONGEST).and_then(told) {
        Some(address) => Source::Host(address),
        None => Source::Unclear,
    }
}

/// The one address that stands between `from` and `by` where an MTA puts it.
fn told(text: &str) -> Option<IpAddr> {
    let (word, mut rest) = text.split_once(' ')?;
    let mut comments = Vec::new();
    while rest.starts_with('(') {
        let (comment, behind) = rest.split_at(comment_end(rest)?);
        comments.push(comment.get(1..comment.len() - 1)?);
        rest = behind.trim_start();
    }
    // A second one is a HELO that was written as it came in.
    let is_balanced = text.matches('(').count() == text.matches(')').count();
    if !rest.starts_with("by ") || text.split(' ').filter(|word| word.trim_matches(['(', ')', ';']) == "by").count() > 1 || !is_balanced {
        return None;
    }
    let mut found: Vec<IpAddr> = comments.iter().flat_map(|comment| addresses(comment)).collect();
    found.dedup();
    match found.as_slice() {
        [only] => Some(*only),
        // Exim has nothing but the address of a host without a name; whose HELO stands behind it, if anywhere.
        [] if comments.first().map_or_else(|| rest.contains("(Exim "), |comment| is_of_exim(comment)) => bracketed(word),
        _ => None,
    }
}

/// Behind the comment that `text` begins with, which may hold others (RFC 5322 section 3.2.2).
fn comment_end(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at + 1);
        }
    }
    None
}

fn is_of_exim(comment: &str) -> bool {
    ["helo=", "port=", "ident="].iter().any(|start| comment.starts_with(start))
}

/// The addresses that a comment holds where no HELO stands: of Postfix, Sendmail, Courier and OpenSMTPD `name [address]`, of Exim
/// `[address] helo=x`, of qmail and Exchange the address alone.
fn addresses(comment: &str) -> Vec<IpAddr> {
    let is_helo = ["HELO ", "EHLO ", "helo=", "AUTH: "].iter().any(|start| comment.starts_with(start));
    let words: Vec<&str> = if is_helo { Vec::new() } else { comment.split(' ').collect() };
    let alone = match words.as_slice() {
        [only] => address(only.rsplit('@').next().unwrap_or_default()),
        _ => None,
    };
    words.iter().filter_map(|word| bracketed(word)).chain(alone).collect()
}

/// The address of `[address]`, behind which Exim may put the port.
fn bracketed(word: &str) -> Option<IpAddr> {
    let (inner, port) = word.strip_prefix('[')?.split_once(']')?;
    let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    if is_port { address(inner) } else { None }
}

/// An address, with the tag of RFC 5321 section 4.1.3 and the scope that Exchange writes, or without.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.get(..5).filter(|tag| tag.eq_ignore_ascii_case("IPv6:")).map_or(text, |tag| text.split_at(tag.len()).1);
    let text = text.split('%').next().unwrap_or_default();
    text.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}
