//! `mailward setup --undo`: what was there before, byte for byte.
//!
//! Owns which setup is taken back. It must never overwrite what somebody has changed since. What fails is a [`Refusal`].

use super::journal::{self, Journal};
use super::{Refusal, Result, agrees};
use crate::cli;
use crate::exit::Health;
use std::io::{BufRead, Write};

/// Takes a setup back.
pub(super) fn run(call: &cli::Setup, answers: &mut dyn BufRead, out: &mut dyn Write) -> Result<Health> {
    let journal = wanted(call)?;
    journal.show(out)?;
    if call.dry_run {
        writeln!(out, "Nothing was changed.")?;
        return Ok(Health::Well);
    }
    if !call.yes && !agrees("Put this back? [y/N] ", answers, out)? {
        writeln!(out, "Nothing was changed.")?;
        return Ok(Health::Faulty);
    }
    let _alone = journal::lock()?;
    let left = journal.take_back()?;
    left.iter().try_for_each(|line| writeln!(out, "{line}"))?;
    writeln!(out, "{} is configured as it was before.", journal.server().title())?;
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
