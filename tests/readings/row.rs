//! A row of the matrix and its variants: each one construction that hides the payload, as a MIME entity.

use crate::position::{BARE_LF, RAW_BYTE};

/// Most characters of a construction that its name shows.
const LONGEST_NAME: usize = 200;

/// A row of the matrix.
#[derive(Clone)]
pub(crate) struct Row {
    /// Its number in the matrix.
    pub(crate) id: &'static str,
    /// The reading under which the payload is there, so that a wrong row can be noticed.
    pub(crate) seen_by: &'static str,
    pub(crate) variants: Vec<Variant>,
    /// Whether the encoding follows the rules, so that any engine takes it off by itself.
    pub(crate) is_encoded_by_the_rules: bool,
}

/// One construction.
#[derive(Clone)]
pub(crate) struct Variant {
    name: String,
    /// What stands before the first header field, of the message or of the part.
    pub(crate) before: String,
    /// The MIME-Version lines of the mail.
    pub(crate) version: &'static str,
    /// Header fields, blank line and body, in the notation of position.rs.
    pub(crate) entity: Vec<u8>,
}

impl Row {
    pub(crate) fn new(id: &'static str, seen_by: &'static str) -> Self {
        Self { id, seen_by, variants: Vec::new(), is_encoded_by_the_rules: false }
    }

    /// What is hidden is hidden in what a file is, and the message is well formed.
    pub(crate) fn encoded_by_the_rules(self) -> Self {
        Self { is_encoded_by_the_rules: true, ..self }
    }

    /// With a variant that is nothing but an entity.
    pub(crate) fn with(self, name: impl AsRef<str>, entity: impl Into<Vec<u8>>) -> Self {
        self.and([Variant::new(name, entity)])
    }

    /// With a variant for each name and entity.
    pub(crate) fn all<N: AsRef<str>, E: Into<Vec<u8>>>(self, variants: impl IntoIterator<Item = (N, E)>) -> Self {
        self.and(variants.into_iter().map(|(name, entity)| Variant::new(name, entity)))
    }

    /// With these variants.
    pub(crate) fn and(mut self, variants: impl IntoIterator<Item = Variant>) -> Self {
        self.variants.extend(variants);
        self
    }
}

impl Variant {
    pub(crate) fn new(name: impl AsRef<str>, entity: impl Into<Vec<u8>>) -> Self {
        let mut name: String = name.as_ref().chars().map(shown).collect();
        if name.chars().count() > LONGEST_NAME {
            let rest = name.chars().count() - LONGEST_NAME;
            name = format!("{}... and {rest} more", name.chars().take(LONGEST_NAME).collect::<String>());
        }
        Self { name, before: String::new(), version: "MIME-Version: 1.0\n", entity: entity.into() }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The same behind `text`.
    pub(crate) fn behind(self, text: &str) -> Self {
        Self { before: text.to_owned(), ..self }
    }

    /// The same with these MIME-Version lines.
    pub(crate) fn of_version(self, version: &'static str) -> Self {
        Self { version, ..self }
    }
}

/// As it may stand in a table of Markdown, between back-ticks.
fn shown(c: char) -> String {
    match c {
        BARE_LF => "LF".to_owned(),
        RAW_BYTE => "\\xaa".to_owned(),
        '\0' => "\\0".to_owned(),
        '|' => "\\|".to_owned(),
        '`' => "\u{2019}".to_owned(),
        ' '..='~' => c.to_string(),
        _ => c.escape_default().to_string(),
    }
}
