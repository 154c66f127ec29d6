//! `mailward setup --undo`: what was there before, byte for byte.
//!
//! Owns which setup is taken back. It must never overwrite what somebody has changed since. What fails is a [`Refusal`].

use super::journal::{Journal, Lock};
use super::{Refusal, Result, ensure_root, say, stays};
use crate::cli;
use crate::exit::Health;
use crate::os;
use std::io::{BufRead, Write};

/// Takes a setup back.
pub(super) fn run(call: &cli::Setup, answers: &mut dyn BufRead, out: &mut dyn Write) -> Result<Health> {
    ensure_root(call)?;
    let _lock = (!call.dry_run).then(Lock::take).transpose()?;
    let journal = wanted(call)?;
    say(out, &journal.difference()?);
    if let Some(health) = stays(call, "Put this back? [y/N] ", answers, out)? {
        return Ok(health);
    }
    // A signal waits until all is put back.
    let _held = os::hold_signals();
    for line in journal.take_back()? {
        say(out, &format!("{line}\n"));
    }
    say(out, &format!("{} is configured as it was before.\n", journal.server().title()));
    Ok(Health::Well)
}

fn wanted(call: &cli::Setup) -> Result<Journal> {
    let mut all = Journal::all();
    all.retain(|journal| call.server.is_none_or(|server| journal.server() == server));
    match (all.pop(), all.first()) {
        (Some(journal), None) => Ok(journal),
        (None, _) => Err(Refusal::new("there is no setup to take back")),
        _ => Err(Refusal::new("setup was run for several mail servers: say which")),
    }
}
