//! The forms in which Rspamd says which header fields it adds and removes.
//!
//! Owns the reading of `milter.add_headers` and `milter.remove_headers`. It must never judge a name: that is for whoever makes the edit.
//! A form that is not known is an error of the whole answer.

use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

/// What Rspamd would have a milter do.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Milter {
    add_headers: Table<Added>,
    remove_headers: Table<IgnoredAny>,
}

/// An object. An empty table of Lua is an array in JSON.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Table<T> {
    Of(BTreeMap<String, T>),
    Empty([IgnoredAny; 0]),
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self::Empty([])
    }
}

impl<T> Table<T> {
    fn entries(self) -> BTreeMap<String, T> {
        match self {
            Self::Of(entries) => entries,
            Self::Empty(_) => BTreeMap::new(),
        }
    }
}

/// One field of that name, or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Added {
    One(Field),
    Several(Vec<Field>),
}

/// A value, and where the field is to stand: 0 is the top, less is counted from below.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Field {
    Value(String),
    Placed {
        value: String,
        #[serde(default)]
        order: i64,
    },
}

impl Milter {
    /// Name and value of the fields that are added, from the top, and the names of those that are removed.
    pub(super) fn fields(self) -> (Vec<(String, String)>, Vec<String>) {
        let mut added: Vec<(i64, String, String)> = Vec::new();
        for (name, fields) in self.add_headers.entries() {
            let fields = match fields {
                Added::One(field) => vec![field],
                Added::Several(fields) => fields,
            };
            for field in fields {
                let (order, value) = match field {
                    Field::Value(value) => (0, value),
                    Field::Placed { value, order } => (order, value),
                };
                added.push((order, name.clone(), value));
            }
        }
        added.sort_by_key(|(order, ..)| (*order < 0, *order));
        let added = added.into_iter().map(|(_, name, value)| (name, value)).collect();
        (added, self.remove_headers.entries().into_keys().collect())
    }
}
