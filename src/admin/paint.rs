//! Colour for a terminal.
//!
//! Owns the few colours and when they are used: on a terminal, unless NO_COLOR is set (no-color.org). It must never paint what goes
//! into a file or a pipe. Nothing here can fail.

use std::env;
use std::io::{self, IsTerminal};

/// Whether and how to colour.
#[derive(Clone, Copy, Debug)]
pub(super) enum Paint {
    Plain,
    Colour,
}

impl Paint {
    /// For stdout as it is.
    pub(super) fn for_stdout() -> Self {
        let is_wanted = io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none();
        if is_wanted { Self::Colour } else { Self::Plain }
    }

    /// A heading.
    pub(super) fn heading(self, text: &str) -> String {
        self.wrap("1", text)
    }

    /// Something that comes.
    pub(super) fn added(self, text: &str) -> String {
        self.wrap("32", text)
    }

    /// Something that goes, or is wrong.
    pub(super) fn removed(self, text: &str) -> String {
        self.wrap("31", text)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Colour => format!("\x1b[{code}m{text}\x1b[0m"),
        }
    }
}
