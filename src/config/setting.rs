//! Kinds of values: how each is read from TOML, and written back for `mailward config`.
//!
//! Owns the trait that every kind of value implements. It must never fill in for a value that it does not understand: that is a
//! problem, with what was expected. A value with problems yields none.

use super::problem::Problems;
use std::ops::Range;
use std::time::Duration;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value of the file with its place and the key that it stands behind.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    /// The value.
    pub value: &'a Spanned<DeValue<'a>>,
    /// The whole key, for messages.
    pub key: &'a str,
}

impl<'a> Node<'a> {
    /// Where the value stands.
    pub fn span(self) -> Range<usize> {
        self.value.span()
    }

    /// Notes what was expected here.
    pub fn expected(self, what: &str, problems: &mut Problems<'_>) {
        let found = match self.value.get_ref() {
            DeValue::String(text) => format!("{text:?}"),
            DeValue::Integer(number) => number.as_str().to_owned(),
            other => other.type_str().to_owned(),
        };
        problems.add(&self.span(), self.key, format!("expected {what}, found {found}"));
    }

    /// The value as a string, or a problem.
    pub fn text(self, what: &str, problems: &mut Problems<'_>) -> Option<&'a str> {
        let text = self.value.get_ref().as_str();
        if text.is_none() {
            self.expected(what, problems);
        }
        text
    }

    /// The value as a table, or a problem.
    pub fn table(self, what: &str, problems: &mut Problems<'_>) -> Option<&'a DeTable<'a>> {
        let table = self.value.get_ref().as_table();
        if table.is_none() {
            self.expected(what, problems);
        }
        table
    }

    /// The entries of an array, or a problem.
    pub fn entries(self, what: &str, problems: &mut Problems<'_>) -> Option<Vec<Node<'a>>> {
        let Some(array) = self.value.get_ref().as_array() else {
            self.expected(what, problems);
            return None;
        };
        Some(array.iter().map(|value| Node { value, key: self.key }).collect())
    }
}

/// A kind of value.
pub trait Setting: Sized {
    /// Reads it, or notes what was expected.
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self>;
    /// Writes it as TOML.
    fn show(&self) -> String;
}

/// A number of bytes, written `64M`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size(pub u64);

const SIZES: [(char, u64); 4] = [('K', 1 << 10), ('M', 1 << 20), ('G', 1 << 30), ('T', 1 << 40)];
const TIMES: [(&str, u64); 5] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// Ten years in milliseconds; with longer ones a point in time could not be reckoned.
const LONGEST: u64 = 3650 * 86_400_000;

impl Setting for Size {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let size = match node.value.get_ref() {
            DeValue::String(text) => parse_size(text),
            DeValue::Integer(number) => number.as_str().parse().ok(),
            _ => None,
        };
        if size.is_none() {
            node.expected("a size such as \"64M\" (K, M, G or T) or a number of bytes", problems);
        }
        size.map(Self)
    }

    fn show(&self) -> String {
        let unit = SIZES.iter().rev().find(|(_, factor)| self.0 > 0 && self.0.is_multiple_of(*factor));
        unit.map_or_else(|| self.0.to_string(), |(letter, factor)| format!("\"{}{letter}\"", self.0 / factor))
    }
}

fn parse_size(text: &str) -> Option<u64> {
    let unit = SIZES.iter().find_map(|(letter, factor)| text.strip_suffix(*letter).map(|number| (number, *factor)));
    let (number, factor) = unit.unwrap_or((text, 1));
    number.trim().parse::<u64>().ok()?.checked_mul(factor)
}

impl Setting for Duration {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let duration = node.value.get_ref().as_str().and_then(parse_duration);
        if duration.is_none() {
            node.expected("a duration such as \"240s\" (ms, s, m, h or d)", problems);
        }
        duration
    }

    fn show(&self) -> String {
        let millis = u64::try_from(self.as_millis()).unwrap_or(u64::MAX);
        let unit = TIMES.iter().rev().find(|(_, factor)| millis > 0 && millis.is_multiple_of(*factor));
        unit.map_or_else(|| "\"0s\"".to_owned(), |(unit, factor)| format!("\"{}{unit}\"", millis / factor))
    }
}

fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let (_, factor) = TIMES.iter().find(|(name, _)| *name == unit.trim())?;
    let millis = number.parse::<u64>().ok()?.checked_mul(*factor)?;
    (millis <= LONGEST).then(|| Duration::from_millis(millis))
}

impl Setting for u64 {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let number = node.value.get_ref().as_integer().and_then(|number| number.as_str().parse().ok());
        if number.is_none() {
            node.expected("a number, 0 or more", problems);
        }
        number
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for bool {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let value = node.value.get_ref().as_bool();
        if value.is_none() {
            node.expected("true or false", problems);
        }
        value
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for String {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        node.text("a string", problems).map(str::to_owned)
    }

    /// A basic string of TOML, whose escapes differ from Rust's.
    fn show(&self) -> String {
        let mut out = String::from("\"");
        for c in self.chars() {
            match c {
                '"' | '\\' => out.extend(['\\', c]),
                _ if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
                _ => out.push(c),
            }
        }
        out + "\""
    }
}

/// A string that may be left out; an empty one says the same.
impl Setting for Option<String> {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        String::read(node, problems).map(|text| (!text.is_empty()).then_some(text))
    }

    fn show(&self) -> String {
        self.as_deref().unwrap_or_default().to_owned().show()
    }
}

impl<T: Setting> Setting for Vec<T> {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        // Every entry is read, so that each says its own problem.
        let entries: Vec<Option<T>> =
            node.entries("an array: [ ... ]", problems)?.into_iter().map(|entry| T::read(entry, problems)).collect();
        entries.into_iter().collect()
    }

    fn show(&self) -> String {
        format!("[{}]", self.iter().map(Setting::show).collect::<Vec<_>>().join(", "))
    }
}

/// Implements [`Setting`] for an enumeration by a table of words.
macro_rules! words {
    ($type:ty { $($word:literal => $value:path),+ $(,)? }) => {
        impl $crate::config::Setting for $type {
            fn read(node: $crate::config::Node<'_>, problems: &mut $crate::config::Problems<'_>) -> Option<Self> {
                match node.value.get_ref().as_str() {
                    $(Some($word) => Some($value),)+
                    _ => {
                        node.expected(concat!("one of" $(, " \"", $word, "\"")+), problems);
                        None
                    }
                }
            }

            fn show(&self) -> String {
                match self {
                    $($value => format!("{:?}", $word),)+
                }
            }
        }
    };
}
pub(super) use words;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_durations_are_read_and_written_alike() {
        for text in ["64M", "256K", "1G", "3T"] {
            assert_eq!(Size(parse_size(text).unwrap()).show(), format!("{text:?}"));
        }
        for text in ["240s", "30d", "500ms", "3h", "7m"] {
            let shown = parse_duration(text).unwrap().show();
            assert_eq!(parse_duration(shown.trim_matches('"')), parse_duration(text), "{shown}");
        }
        assert_eq!(Size(1000).show(), "1000");
    }

    #[test]
    fn what_is_no_size_or_duration_is_none() {
        for text in ["", "M", "64X", "-1", "99999999999999999999", "9999999999T"] {
            assert_eq!(parse_size(text), None, "{text}");
        }
        for text in ["", "s", "240", "4 minutes", "1.5s", "99999999999999999999d", "4000d"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }
}
