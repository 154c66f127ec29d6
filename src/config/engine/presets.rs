//! The shipped settings of known scanners.
//!
//! Owns the table of them, which is read only when a preset is used. It must never win over a key that is written. That the table
//! itself has no fault is a test's to say.

use super::{Engine, TABLE};
use crate::config::setting::Node;
use crate::config::{Problem, Problems};
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

const TEXT: &str = include_str!("presets.toml");

/// A shipped scanner.
pub struct Preset {
    /// Its name.
    pub name: String,
    /// `program` where tests run the real one, else `documentation`.
    pub tested: String,
    /// What it sets.
    pub engine: Engine,
    /// What is wrong with it: nothing, or a test fails.
    pub faults: Vec<Problem>,
}

/// All of them, for the manual and the tests.
pub fn presets() -> Vec<Preset> {
    parsed().get_ref().iter().map(|(name, entry)| preset(name.get_ref(), entry)).collect()
}

/// What `node` begins with: the preset that it names, or the defaults. An unknown one is a problem.
pub(super) fn beginning(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Engine> {
    let Some(named) = node.value.get_ref().as_table().and_then(|table| table.get("preset")) else { return Some(Engine::default()) };
    let name = match named.get_ref().as_str() {
        // What is no text is told when the key itself is read.
        None | Some("") => return Some(Engine::default()),
        Some(name) => name,
    };
    let all = parsed();
    let Some(entry) = all.get_ref().get(name) else {
        problems.no_preset(&named.span(), name, all.get_ref().keys().map(|name| name.get_ref().as_ref()));
        return None;
    };
    Some(preset(name, entry).engine)
}

fn parsed() -> Spanned<DeTable<'static>> {
    DeTable::parse_recoverable(TEXT).0
}

fn preset(name: &str, entry: &Spanned<DeValue<'_>>) -> Preset {
    let mut problems = Problems::new(Path::new("presets.toml"), TEXT);
    let mut engine = Engine { name: name.to_owned(), ..Engine::default() };
    let table = entry.get_ref().as_table();
    for (key, value) in table.into_iter().flatten().filter(|(key, _)| key.get_ref() != "tested") {
        match TABLE.iter().find(|known| known.name == key.get_ref().as_ref()) {
            Some(known) => (known.read)(&mut engine, Node { value, key: key.get_ref() }, &mut problems),
            None => problems.unknown(&key.span(), "", key.get_ref(), TABLE.iter().map(|known| known.name)),
        }
    }
    if !table.is_some_and(|table| table.contains_key("finds")) {
        engine.finds = engine.kind.usually_finds();
    }
    let tested = table.and_then(|table| table.get("tested")).and_then(|tested| tested.get_ref().as_str()).unwrap_or_default();
    Preset { name: name.to_owned(), tested: tested.to_owned(), engine, faults: problems.into_list() }
}

#[cfg(test)]
#[path = "presets_tests.rs"]
mod tests;
