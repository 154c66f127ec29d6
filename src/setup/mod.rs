//! `mailward setup`: puts mailward into the configuration of a mail server, and takes it out again.
//!
//! Owns the order: look, show, ask, keep what is there, change, verify, reload, try. It must never change what it does not understand,
//! and puts back what was there when the mail server's own tools do not take the change. Who reads what it prints must never decide
//! anything. What fails is a refusal, said on stderr.

mod account;
mod change;
mod exim;
mod host;
mod itself;
mod journal;
mod opensmtpd;
mod postfix;
mod proposal;
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
use crate::os;
use journal::{Journal, Lock};
use proposal::{Proposal, Surveyor};
use rustix::fs::Mode;
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
    // What is made here is for mail servers to reach, whatever the administrator's own umask is.
    rustix::process::umask(Mode::from_raw_mode(0o022));
    let done = if call.undo { undo::run(call, answers, out) } else { set_up(call, answers, out) };
    let (health, stderr) = match done {
        Ok(health) => (health, String::new()),
        Err(Refusal(lines)) => (Health::Faulty, lines.iter().map(|line| format!("mailward: {line}\n")).collect()),
    };
    Outcome::Exit(Farewell { status: health.status(), stderr, ..Farewell::default() })
}

fn set_up(call: &cli::Setup, answers: &mut dyn BufRead, out: &mut dyn Write) -> Result<Health> {
    let server = call.server.ok_or_else(|| Refusal::new("expected a mail server: mailward setup postfix"))?;
    ensure_root(call)?;
    let config = Config::load(call.config.as_deref()).map_err(|why| Refusal::new(why.to_string()))?;
    let settings = &config.base().settings;
    // Before anything is looked at: what another run changes meanwhile would be looked at half-way.
    let _lock = (!call.dry_run).then(Lock::take).transpose()?;
    let journal = Journal::of(server);
    if !call.dry_run {
        journal.ensure_free()?;
    }
    let proposal = Surveyor::new(call, settings)?.propose(server)?;
    say(out, &proposal.text());
    if let Some(health) = stays(call, "Apply this? [y/N] ", answers, out)? {
        return Ok(health);
    }
    apply(&proposal, &journal, out)?;
    trial::run(&proposal, settings, out)
}

fn ensure_root(call: &cli::Setup) -> Result<()> {
    if call.dry_run || rustix::process::geteuid().is_root() {
        return Ok(());
    }
    Err(Refusal::new("setup changes the configuration of a mail server: run it as root, or with --dry-run"))
}

/// Keeps what is there, changes it, and takes all back when the mail server does not like it.
fn apply(proposal: &Proposal, journal: &Journal, out: &mut dyn Write) -> Result<()> {
    // A signal waits until all is done or taken back.
    let _held = os::hold_signals();
    journal.begin(proposal)?;
    let Err(Refusal(why)) = proposal.carry_out(journal, out) else { return Ok(()) };
    say(out, "That failed; what was there is put back.\n");
    let also = journal.take_back().err().map(|Refusal(lines)| lines).unwrap_or_default();
    Err(Refusal(why.into_iter().chain(also).collect()))
}

/// How it ends where nothing is to be changed: in a dry run, or where the answer to `question` is not yes.
fn stays(call: &cli::Setup, question: &str, answers: &mut dyn BufRead, out: &mut dyn Write) -> Result<Option<Health>> {
    if !call.dry_run && (call.yes || agrees(question, answers, out)?) {
        return Ok(None);
    }
    say(out, "Nothing was changed.\n");
    Ok(Some(if call.dry_run { Health::Well } else { Health::Faulty }))
}

/// Whether the answer to `question` is yes. No answer is no.
fn agrees(question: &str, answers: &mut dyn BufRead, out: &mut dyn Write) -> Result<bool> {
    say(out, question);
    let mut answer = String::new();
    answers.read_line(&mut answer)?;
    Ok(["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str()))
}

/// Prints, if somebody reads it.
fn say(out: &mut dyn Write, text: &str) {
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
