//! A regular expression of the administrator.
//!
//! Owns the moment of compiling: at its first use, because compiling costs more than a whole run and most messages need no
//! pattern. It must never let a fault wait until then: it is parsed when the configuration is read, so that a fault is told there. A
//! pattern that parses but is too large to compile yields an error at its use; whoever asks must take that for the unsafe answer.

use super::Problems;
use super::setting::{Node, Setting};
use regex::Regex;

/// A pattern that is known to parse.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// The pattern, compiled.
    ///
    /// # Errors
    /// When it is larger than the regex crate's limit of 10 MiB compiled.
    pub fn compile(&self) -> Result<Regex, regex::Error> {
        Regex::new(&self.0)
    }

    /// The same for bytes.
    ///
    /// # Errors
    /// As [`Self::compile`].
    pub fn compile_for_bytes(&self) -> Result<regex::bytes::Regex, regex::Error> {
        regex::bytes::Regex::new(&self.0)
    }

    /// `source`, whose `.` is a byte if it says so, and how many groups it has; what is wrong with it if it cannot be parsed.
    pub(super) fn of_bytes(source: &str) -> Result<(Self, usize), String> {
        let parsed = regex_syntax::ParserBuilder::new().utf8(false).build().parse(source).map_err(|fault| describe(&fault))?;
        Ok((Self(source.to_owned()), parsed.properties().explicit_captures_len()))
    }

    /// The pattern as it was written.
    pub fn source(&self) -> &str {
        &self.0
    }
}

fn describe(fault: &regex_syntax::Error) -> String {
    match fault {
        regex_syntax::Error::Parse(fault) => format!("{} at character {}", fault.kind(), fault.span().start.offset + 1),
        regex_syntax::Error::Translate(fault) => format!("{} at character {}", fault.kind(), fault.span().start.offset + 1),
        _ => fault.to_string(),
    }
}

impl Setting for Pattern {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let source = node.text("a regular expression", problems)?;
        if let Err(fault) = regex_syntax::parse(source) {
            node.expected(&format!("a regular expression ({})", describe(&fault)), problems);
            return None;
        }
        Some(Self(source.to_owned()))
    }

    fn show(&self) -> String {
        self.0.show()
    }
}

impl Setting for Option<Pattern> {
    /// The empty pattern, which would match everything, is none.
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        Pattern::read(node, problems).map(|pattern| Some(pattern).filter(|pattern| !pattern.0.is_empty()))
    }

    fn show(&self) -> String {
        self.as_ref().map_or_else(|| "\"\"".to_owned(), Pattern::show)
    }
}
