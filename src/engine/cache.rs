//! Answers that hold for the same message to another recipient.
//!
//! Owns when two messages are the same to an engine: the content, the engine as it is configured, its version with that of its signatures,
//! the sender, and the recipient where the engine asks for one. It must never keep what is no clear answer, nor believe what is not ours
//! alone. What fails is as if nothing were kept.

use super::shared::Shared;
use super::{Answer, Sample, Trouble, version};
use crate::config::Engine;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::time::Instant;

/// The answer that is kept for this message, or that of `ask`, which is kept then. Several runs at once wait for the first of them.
pub(super) fn answer(
    engine: &Engine,
    sample: Sample<'_>,
    until: Instant,
    ask: impl Fn() -> Result<Answer, Trouble>,
) -> Result<Answer, Trouble> {
    let Some(state) = sample.memory.state.as_ref().filter(|_| !engine.cache.is_zero()) else { return ask() };
    // An engine that does not say what it is may have other signatures by now.
    let Ok(version) = version(engine, until) else { return ask() };
    let name = name(engine, sample, &version);
    // Half of the time, so that enough is left where the first hangs.
    let waits_until = Instant::now() + until.saturating_duration_since(Instant::now()) / 2;
    let _lock = state.lock(&format!("{name}.lock"), waits_until);
    let shared = Shared::of(&sample.memory.cache);
    let read = |bytes: Vec<u8>| serde_json::from_slice(&bytes).ok();
    let kept = state.recall(&name).and_then(read).or_else(|| shared.as_ref()?.recall(&name).and_then(read));
    if let Some(answer) = kept {
        return Ok(answer);
    }
    let answer = ask()?;
    if let Ok(bytes) = serde_json::to_vec(&answer) {
        let _ = state.remember(&name, &bytes, engine.cache);
        shared.iter().for_each(|shared| shared.remember(&name, &bytes, engine.cache));
    }
    Ok(answer)
}

fn name(engine: &Engine, sample: Sample<'_>, version: &str) -> String {
    let mut words = vec![env!("CARGO_PKG_VERSION").to_owned(), engine.show_lines(), version.to_owned()];
    let envelope = sample.envelope;
    words.push(format!("{:?} {:?} {:?} {}", envelope.sender, sample.relay, envelope.login, envelope.is_authenticated));
    // Whose trace fields count, and how far the message was looked into.
    words.push(format!("{:?} {} {}", sample.trusted, sample.message.parts().len(), sample.message.doubts().len()));
    if engine.user.is_some() {
        words.push(format!("{:?} {:?}", sample.envelope.user, sample.envelope.recipients));
    }
    let mut hash = Sha256::new().chain_update(sample.memory.digest(sample.message));
    for word in words {
        // With its length, so that no two lists of words run together as the same.
        hash = hash.chain_update((word.len() as u64).to_be_bytes()).chain_update(word);
    }
    let mut name = String::from("answer-");
    for byte in hash.finalize() {
        let _ = write!(name, "{byte:02x}");
    }
    name
}
