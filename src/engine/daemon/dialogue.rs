//! A talk in lines.
//!
//! Owns when it is over, and how long it may be. It must never be over without a clear word about the file. What fails is a
//! [`Trouble`].

use super::Job;
use super::readable::Readable;
use crate::engine::wire::Wire;
use crate::engine::{Threat, Trouble};
use crate::finding::Class;

/// Longest line; names of files inside archives may be long.
const LONGEST_LINE: usize = 16 << 10;

/// Most lines about one file.
const MOST_LINES: usize = 10_000;

/// What a line says.
#[derive(Debug)]
pub(super) enum Said {
    /// Something is in the file; what follows does not take it back.
    Found(Threat),
    /// It is clean as far as this line goes; more follow.
    Fine,
    /// It is clean, and no line follows.
    Clean,
    /// No line follows.
    Over,
    /// Nothing about the file.
    Aside,
    /// It was not scanned.
    Failed(Trouble),
}

impl Said {
    /// An infection of that name; one without a name is told too.
    pub(super) fn infected(name: &str) -> Self {
        Self::Found(infected(name))
    }

    /// The daemon's own words for why it could not.
    pub(super) fn reported(line: &str) -> Self {
        Self::Failed(Trouble::Reported(line.to_owned()))
    }

    /// A line that the protocol does not know.
    pub(super) fn unknown(line: &str) -> Self {
        Self::Failed(Trouble::Unknown(line.to_owned()))
    }
}

/// An infection of that name; one without a name is told too.
pub(super) fn infected(name: &str) -> Threat {
    let name = name.trim();
    Threat::whole(Class::Infected, if name.is_empty() { "unnamed" } else { name })
}

/// How to talk about a file by its path.
pub(super) struct Dialogue {
    /// What is said before, and how the answer to each begins.
    pub before: &'static [(&'static str, &'static str)],
    /// What is asked; `{file}` stands for the path.
    pub question: &'static str,
    /// What a line of the answer says.
    pub means: fn(&str) -> Said,
    /// What is said in the end.
    pub bye: &'static str,
}

impl Dialogue {
    /// Holds it, on a connection behind its greeting.
    pub(super) fn hold(&self, wire: &mut Wire, job: &Job<'_>) -> Result<Vec<Threat>, Trouble> {
        let file = Readable::holding(job.bytes)?;
        for (words, begins) in self.before {
            wire.send(words.as_bytes())?;
            let line = line(wire)?;
            if !line.starts_with(begins) {
                return Err(Trouble::Unknown(line));
            }
        }
        wire.send(self.question.replace("{file}", file.path()).as_bytes())?;
        let found = listen(wire, self.means)?;
        // The answer is there: whether the farewell is heard does not matter.
        let _ = wire.send(self.bye.as_bytes());
        Ok(found)
    }
}

/// What the lines say up to the first threat, or to the end of the talk.
pub(super) fn listen(wire: &mut Wire, means: impl Fn(&str) -> Said) -> Result<Vec<Threat>, Trouble> {
    let mut is_fine = false;
    for _ in 0..MOST_LINES {
        let line = line(wire)?;
        match means(&line) {
            Said::Found(threat) => return Ok(vec![threat]),
            Said::Fine => is_fine = true,
            Said::Over if !is_fine => return Err(Trouble::Unknown(format!("nothing about the file, and then {line}"))),
            Said::Clean | Said::Over => return Ok(Vec::new()),
            Said::Aside => {}
            Said::Failed(trouble) => return Err(trouble),
        }
    }
    Err(Trouble::Unknown("more lines than a file can have".to_owned()))
}

/// The next line, without its end. One that was cut off is none.
pub(super) fn line(wire: &mut Wire) -> Result<String, Trouble> {
    let bytes = wire.receive_until(b"\n", LONGEST_LINE)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    match text.strip_suffix('\n') {
        Some(line) => Ok(line.trim_end_matches('\r').to_owned()),
        None if text.is_empty() => Err(Trouble::Closed),
        None => Err(Trouble::Unknown(text.chars().take(200).collect())),
    }
}
