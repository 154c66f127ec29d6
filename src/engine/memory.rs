//! What engines remember of earlier messages, and what this one comes down to.
//!
//! Owns that a message is hashed once, and only when somebody asks. It must never be needed: without a folder nothing is remembered.
//! Nothing here can fail.

use crate::config::Cache;
use crate::message::{Message, trace_end};
use crate::state::State;
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

/// What engines remember while one message is looked at.
#[derive(Debug, Default)]
pub struct Memory {
    /// The folder; none where nothing is to be remembered.
    pub state: Option<State>,
    /// Where other hosts find it too.
    pub cache: Cache,
    digest: OnceLock<[u8; 32]>,
}

impl Memory {
    /// One that remembers in `state`, and what others may know by `cache`.
    pub fn in_state(state: Option<State>, cache: Cache) -> Self {
        Self { state, cache, digest: OnceLock::new() }
    }

    /// What `message` comes down to: the same for every recipient that it is delivered to apart.
    pub(super) fn digest(&self, message: &Message<'_>) -> [u8; 32] {
        *self.digest.get_or_init(|| Sha256::digest(lasting(message.bytes())).into())
    }
}

/// The message without the lines that delivery to one recipient puts on top. Where these are more than plain lines, as only a stranger
/// writes them, they count: some reader may see a field of his in them.
fn lasting(bytes: &[u8]) -> &[u8] {
    let (top, rest) = bytes.split_at_checked(trace_end(bytes)).unwrap_or((&[], bytes));
    let is_plain = |line: &[u8]| {
        let line = line.strip_suffix(b"\n").map_or(line, |line| line.strip_suffix(b"\r").unwrap_or(line));
        !line.starts_with(b" ") && line.iter().all(|byte| matches!(byte, b' '..=b'~'))
    };
    if top.split_inclusive(|byte| *byte == b'\n').all(is_plain) { rest } else { bytes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_delivery_to_one_recipient_puts_on_top_does_not_count() {
        let rest = "Received: by mx\nSubject: x\n\nhi\n";
        for top in ["", "Delivered-To: a@b\n", "Return-Path: <c@d>\r\nX-Original-To: a@b\r\n", "From a@b Mon Jan  1 00:00:00 2024\n"] {
            assert_eq!(lasting(format!("{top}{rest}").as_bytes()), rest.as_bytes(), "{top:?}");
        }
    }

    #[test]
    fn what_a_stranger_may_have_put_there_counts() {
        for top in
            ["Delivered-To: a\rContent-Type: text/html\n", "Delivered-To: a\n folded\n", "Delivered-To: \0\n", "Delivered-To: \u{e9}\n"]
        {
            let whole = format!("{top}Subject: x\n\nhi\n");
            assert_eq!(lasting(whole.as_bytes()), whole.as_bytes(), "{top:?}");
        }
    }
}
