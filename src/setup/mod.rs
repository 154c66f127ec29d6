//! `mailward setup`: puts mailward into the configuration of a mail server, and takes it out again.
//!
//! Owns the order: look, show, ask, keep what was there, change, verify, reload, try. It must never change what it does not understand,
//! nor leave a change behind that its mail server refuses. What fails is a [`Refusal`], said on stderr.

mod account;
mod change;
mod exim;
mod host;
mod journal;
mod opensmtpd;
mod plan;
mod postfix;
mod program;
mod qmail;
mod sendmail;
mod step;
mod surroundings;
mod trial;
mod undo;

use crate::agent::{Farewell, Outcome};
use crate::cli;
use crate::config::Config;
use crate::exit::Health;
use journal::Journal;
use plan::{Plan, Surveyor};
use std::io::{self, BufRead, Write};

/// Why nothing was done, or why what was done was taken back: lines for the administrator.
#[derive(Debug, PartialEq, Eq)]
struct Refusal(pub Vec<String>);

impl Refusal {
    fn new(why: impl Into<String>) -> Self {
        Self(vec![why.into()])
    }
}

impl From<io::Error> for Refusal {
    fn from(why: io::Error) -> Self {
        Self::new(why.to_string())
    }
}

type Result<T> = std::result::Result<T, Refusal>;

/// Does what the command line says. Questions are asked on `out` and answered on `answers`.
pub fn run(call: &cli::Setup, answers: &mut dyn BufRead, out: &mut dyn Write) -> Outcome {
    let done = if call.undo { undo::run(call, answers, out) } else { set_up(call, answers, out) };
    let (health, stderr) = match done {
        Ok(health) => (health, String::new()),
        Err(Refusal(lines)) => (Health::Faulty, lines.iter().map(|line| format!("mailward: {line}\n")).collect()),
    };
    Outcome::Exit(Farewell { status: health.status(), stderr, ..Farewell::default() })
}

fn set_up(call: &cli::Setup, answers: &mut dyn BufRead, out: &mut dyn Write) -> Result<Health> {
    let server = call.server.ok_or_else(|| Refusal::new("expected a mail server: mailward setup postfix"))?;
    let config = Config::load(call.config.as_deref()).map_err(|why| Refusal::new(why.to_string()))?;
    let surveyor = Surveyor::new(call, &config.base().settings)?;
    let journal = Journal::of(server);
    if !call.dry_run {
        journal.ensure_free()?;
    }
    let plan = surveyor.plan(server)?;
    plan.show(out)?;
    if call.dry_run {
        writeln!(out, "Nothing was changed.")?;
        return Ok(Health::Well);
    }
    if !call.yes && !agrees("Apply this? [y/N] ", answers, out)? {
        writeln!(out, "Nothing was changed.")?;
        return Ok(Health::Faulty);
    }
    apply(&plan, &journal, out)?;
    trial::run(&plan, &config.base().settings, out)
}

/// Keeps what is there, changes it, and takes all back when the mail server does not like it.
fn apply(plan: &Plan, journal: &Journal, out: &mut dyn Write) -> Result<()> {
    let _alone = journal::lock()?;
    // Somebody else may have been faster to say yes.
    journal.ensure_free()?;
    journal.begin(plan)?;
    let done = plan.carry_out(out);
    done.map_err(|Refusal(why)| {
        // Whoever reads this may be gone, which is no reason to leave a change behind.
        let _ = writeln!(out, "That failed; what was there is put back.");
        let also = journal.take_back().unwrap_or_else(|Refusal(lines)| lines);
        Refusal(why.into_iter().chain(also).collect())
    })
}

/// Whether the answer to `question` is yes. No answer is no.
fn agrees(question: &str, answers: &mut dyn BufRead, out: &mut dyn Write) -> Result<bool> {
    write!(out, "{question}")?;
    out.flush()?;
    let mut answer = String::new();
    answers.read_line(&mut answer)?;
    Ok(["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str()))
}
