//! The commands for people: what would happen, what is wrong, what is in force.
//!
//! Owns what they print. They must never change anything: no quarantine, no notice, no delivery; `setup`, which does, is a module of its
//! own. What fails is said on stderr, with status 1.

mod check;
mod config;
mod explain;
mod paint;
mod readings;
mod tree;

use crate::agent::{Farewell, Outcome};
use crate::cli::{self, Command};
use crate::error::Error;
use crate::exit::Health;
use crate::setup;
use std::ffi::OsString;
use std::io;

/// Does what a command line for people says.
pub fn run(words: Vec<OsString>) -> Outcome {
    match cli::parse(words) {
        Ok(Command::Explain(call)) => explain::run(&call),
        Ok(Command::Check(call)) => check::run(&call),
        Ok(Command::Config(call)) => config::run(&call),
        Ok(Command::Deliver(_) | Command::Mda(_) | Command::QmailQueue(_)) => complain("a command for mail"),
        Ok(Command::Setup(call)) => setup::run(&call, &mut io::stdin().lock(), &mut io::stdout().lock()),
        Err(why) => Outcome::of_words(why),
    }
}

/// Leaves with `text` on stdout.
fn say(health: Health, text: String) -> Outcome {
    Outcome::Exit(Farewell { status: health.status(), stdout: text, ..Farewell::default() })
}

/// Leaves with an error on stderr.
fn fail(error: &Error) -> Outcome {
    complain(&error.to_string())
}

/// Leaves with `text` on stderr.
fn complain(text: &str) -> Outcome {
    Outcome::Exit(Farewell { status: Health::Faulty.status(), stderr: format!("mailward: {text}\n"), ..Farewell::default() })
}
