//! The commands for people: what would happen, what is wrong, what is in force.
//!
//! Owns what they print. They must never change anything: no quarantine, no notice, no delivery. What fails is said on stderr, with
//! status 1.

mod check;
mod config;
mod explain;
mod paint;
mod tree;

pub use check::run as check;
pub use config::run as config;
pub use explain::run as explain;

use crate::agent::{Farewell, Outcome};
use crate::error::Error;
use crate::exit::Health;

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
