//! What a rule asks of a text, one step after the other.
//!
//! Owns the form of it: a table becomes a list in which `if` leads on to a later step, so that nobody who walks it needs a stack. It must
//! never match anything itself. Nothing here can fail.

use crate::config::Pattern;
use crate::finding::Class;

/// One question, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its line in the table; 0 for what stands in the configuration.
    pub line: usize,
    /// What is looked for.
    pub pattern: Pattern,
    /// Whether it holds where the pattern does not match.
    pub is_negated: bool,
    /// What follows where it holds.
    pub effect: Effect,
}

/// What follows from a question that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A finding, and no other step is asked. Without a text it has the name of the rule.
    Tell {
        /// Its class.
        class: Class,
        /// What it is called.
        text: Vec<Piece>,
    },
    /// Nothing, and no other step is asked.
    Pass,
    /// The next step; where it does not hold, the one at this place, which is further down.
    If(usize),
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As it stands.
    Text(String),
    /// What a group of the pattern has matched.
    Group(usize),
}
