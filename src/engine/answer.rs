//! What an engine says of a message.
//!
//! Owns the form of a clear answer, and from which score on it means spam. It must never hold an action, nor make scores of several
//! engines one: each has a scale of its own. Nothing here can fail; what is no clear answer is a [`super::Trouble`].

use crate::config::Engine;
use crate::finding::Class;
use crate::message::Origin;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A clear answer; the empty one is clean.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// What is in the message.
    pub threats: Vec<Threat>,
    /// How much it is like spam.
    pub rating: Option<Rating>,
    /// What the engine would change in it.
    pub advice: Advice,
}

/// What an engine says is in a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Threat {
    /// What kind of trouble.
    pub class: Class,
    /// The engine's name for it.
    pub name: String,
    /// The view that it is in; none where it was found in the message as it came in.
    pub origin: Option<Origin>,
}

impl Threat {
    /// One in the message as it came in.
    pub fn whole(class: Class, name: impl Into<String>) -> Self {
        Self { class, name: name.into(), origin: None }
    }
}

/// How much a message is like spam, on the engine's own scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rating {
    /// Its score.
    pub score: f64,
    /// From which score on the engine itself takes mail for spam.
    pub threshold: f64,
    /// Whether the engine itself takes it for spam.
    pub is_spam: bool,
    /// What the score rests on.
    pub tests: Vec<String>,
}

impl fmt::Display for Rating {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "score {} of {}", self.score, self.threshold)
    }
}

/// What an engine would change in a message; whether it may is the configuration's to say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// Name and value of fields that it adds, in their order from the top.
    pub added: Vec<(String, String)>,
    /// Names of fields that it removes, all of that name.
    pub removed: Vec<String>,
    /// The whole subject.
    pub subject: Option<String>,
    /// All behind the header.
    pub body: Option<Vec<u8>>,
}

impl Answer {
    /// One that is about threats alone.
    pub fn of(threats: Vec<Threat>) -> Self {
        Self { threats, ..Self::default() }
    }

    /// What the rating means by the levels that are set for `engine`; its own word where none is.
    #[must_use]
    pub(super) fn rated(mut self, engine: &Engine) -> Self {
        let Some(rating) = &self.rating else { return self };
        let is_killed = engine.kill.is_some_and(|level| rating.score >= level.0);
        let is_marked = engine.mark.map_or(rating.is_spam, |level| rating.score >= level.0);
        let class = if is_killed { Some(Class::HighSpam) } else { is_marked.then_some(Class::Spam) };
        self.threats.extend(class.map(|class| Threat::whole(class, rating.to_string())));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Score;

    #[test]
    fn a_rating_means_what_the_levels_say_and_else_what_the_engine_says() {
        let table = [
            (4.9, false, None, None, None),
            (5.0, true, None, None, Some(Class::Spam)),
            (4.9, false, Some(3.0), None, Some(Class::Spam)),
            (5.0, true, Some(7.0), None, None),
            (9.0, true, Some(7.0), Some(8.0), Some(Class::HighSpam)),
            (9.0, true, None, Some(10.0), Some(Class::Spam)),
        ];
        for (score, is_spam, mark, kill, expected) in table {
            let rating = Rating { score, threshold: 5.0, is_spam, tests: Vec::new() };
            let engine = Engine { mark: mark.map(Score), kill: kill.map(Score), ..Engine::default() };
            let threats = Answer { rating: Some(rating), ..Answer::default() }.rated(&engine).threats;
            assert_eq!(threats.first().map(|threat| threat.class), expected, "{score} {mark:?} {kill:?}");
        }
    }
}
