//! Words for people: what stands in for a message or part, and mails about a finding.
//!
//! Owns which text goes where. It must never print what an attacker wrote without making it harmless, and a notice that cannot be
//! sent must not hold mail up. What fails is a template of the administrator that cannot be read ([`crate::error::Error::Template`]).

mod facts;
mod letter;
mod original;
mod send;
mod template;

pub use facts::{Facts, VARIABLES, hostname};
pub use letter::{Letter, about, replacement};
pub use original::Original;
pub use send::send;
pub use template::{Template, Text};
