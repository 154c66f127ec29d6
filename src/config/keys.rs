//! The table of all keys: one line gives a setting its name, and with it reading, showing, the manual's check and "did you mean".
//!
//! Owns the names. It must never hold a default (`settings` does) nor know a file. Nothing here fails by itself.

use super::Problems;
use super::setting::{Node, Setting};
use super::settings::{HeaderField, Mta, Settings};
use crate::exit::Profile;
use crate::finding::Class;
use std::collections::BTreeMap;

/// Sets one value, as often as asked.
pub(super) type Assign = Box<dyn Fn(&mut Settings) + Send + Sync>;

/// One key of the configuration.
pub struct Key {
    /// Its name: section, dot, key.
    pub name: &'static str,
    /// Reads a value for it.
    pub(super) read: fn(Node<'_>, &mut Problems<'_>) -> Option<Assign>,
    /// The value in force, as TOML.
    pub show: fn(&Settings) -> String,
}

impl Key {
    /// The key of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.name == name)
    }

    /// Whether a profile may set it. Limits and log are needed before anybody knows whose message it is, and engines are asked once for all.
    pub fn is_for_profiles(&self) -> bool {
        let is_for_all = ["limits.", "log.", "relay.", "scan.", "cache.", "state."].iter().any(|section| self.name.starts_with(section));
        !is_for_all && !["delivery.mta", "delivery.split"].contains(&self.name)
    }
}

macro_rules! keys {
    ($($section:ident.$field:ident),+ $(,)?) => {
        &[$(Key {
            name: concat!(stringify!($section), ".", stringify!($field)),
            read: |node, problems| {
                let value = Setting::read(node, problems)?;
                Some(Box::new(move |settings| settings.$section.$field = Clone::clone(&value)))
            },
            show: |settings| settings.$section.$field.show(),
        }),+]
    };
}

/// Every key outside arrays of tables, in the order of the manual.
pub const KEYS: &[Key] = keys![
    delivery.mda,
    delivery.maildir,
    delivery.mta,
    delivery.split,
    limits.message_size,
    limits.deadline,
    limits.nesting,
    limits.parts,
    limits.header_size,
    limits.decoded_size,
    limits.archive_entries,
    limits.free_space,
    limits.parallel,
    log.to,
    log.facility,
    log.format,
    log.level,
    quarantine.path,
    quarantine.keep,
    quarantine.max_size,
    notice.from,
    notice.admin,
    notice.language,
    notice.sendmail,
    notice.templates,
    tag.header,
    tag.subject,
    tag.ambiguity_results,
    attachments.deny,
    attachments.allow,
    attachments.rules,
    html.disarm,
    link.safe,
    link.bad,
    link.lures,
    spam.headers,
    relay.trusted,
    scan.quorum,
    cache.redis,
    cache.key,
    state.path,
    policy.processed,
    policy.infected,
    policy.uncleanable,
    policy.unscanned,
    policy.banned,
    policy.encrypted,
    policy.ambiguous,
    policy.active,
    policy.phishing,
    policy.high_spam,
    policy.spam,
    policy.greylisted,
    policy.spam_unscanned,
];

/// One key of a table that stands in an array.
pub(super) struct TableKey<T> {
    /// Its name.
    pub name: &'static str,
    /// Reads it into the table.
    pub read: fn(&mut T, Node<'_>, &mut Problems<'_>),
    /// The value, as TOML.
    pub show: fn(&T) -> String,
}

/// Reads a table that stands in the array `array`; a key that is not among `keys` is a problem.
pub(super) fn read_table<T: Default>(node: Node<'_>, array: &str, keys: &[TableKey<T>], problems: &mut Problems<'_>) -> Option<T> {
    read_table_over(T::default(), node, array, keys, problems)
}

/// The same over what holds where the table says nothing.
pub(super) fn read_table_over<T>(
    mut target: T,
    node: Node<'_>,
    array: &str,
    keys: &[TableKey<T>],
    problems: &mut Problems<'_>,
) -> Option<T> {
    let table = node.table(&format!("a table: [[{array}]]"), problems)?;
    for (name, value) in table {
        let key = format!("{array}.{}", name.get_ref());
        match keys.iter().find(|key| key.name == name.get_ref().as_ref()) {
            Some(known) => (known.read)(&mut target, Node { value, key: &key }, problems),
            None => problems.unknown(&name.span(), &format!("{array}."), name.get_ref(), keys.iter().map(|key| key.name)),
        }
    }
    Some(target)
}

/// Writes such a table, each key as `name = value`.
pub(super) fn show_table<T>(source: &T, keys: &[TableKey<T>], separator: &str) -> String {
    keys.iter().map(|key| format!("{} = {}", key.name, (key.show)(source))).collect::<Vec<_>>().join(separator)
}

macro_rules! table_keys {
    ($type:ty: $($field:ident),+ $(,)?) => {
        $crate::config::keys::table_keys![$type: $(stringify!($field) => $field),+]
    };
    // A word of Rust's own can be a key and no field.
    ($type:ty: $($name:expr => $field:ident),+ $(,)?) => {
        &[$($crate::config::keys::TableKey {
            name: $name,
            read: |target: &mut $type, node, problems| {
                if let Some(value) = $crate::config::Setting::read(node, problems) {
                    target.$field = value;
                }
            },
            show: |source: &$type| $crate::config::Setting::show(&source.$field),
        }),+]
    };
}
pub(super) use table_keys;

impl Setting for Mta {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let mta = match node.value.get_ref().as_str() {
            Some("auto") => Some(Self::Auto),
            Some(name) => Profile::named(name).map(Self::Of),
            None => None,
        };
        if mta.is_none() {
            let names: Vec<String> = Profile::ALL.iter().map(|(name, _)| name.to_string().show()).collect();
            node.expected(&format!("one of \"auto\", {}", names.join(", ")), problems);
        }
        mta
    }

    fn show(&self) -> String {
        match self {
            Self::Auto => "auto",
            Self::Of(profile) => profile.name(),
        }
        .to_owned()
        .show()
    }
}

/// Fields of the message's own: copies of our field are removed, and these must not be.
const NOT_OURS: [&str; 24] = [
    "from",
    "to",
    "cc",
    "bcc",
    "subject",
    "date",
    "sender",
    "reply-to",
    "message-id",
    "received",
    "return-path",
    "delivered-to",
    "mime-version",
    "mime-ambiguity-results",
    "dkim-signature",
    "authentication-results",
    "in-reply-to",
    "references",
    "x-original-to",
    "envelope-to",
    "delivery-date",
    "list-id",
    "list-unsubscribe",
    "auto-submitted",
];

/// The name of a header field: printable ASCII without a colon (RFC 5322 section 3.6.8), or empty.
impl Setting for HeaderField {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        const EXPECTED: &str = "the name of a header field of its own: letters, digits and -, or \"\" for none";
        let name = node.text(EXPECTED, problems)?;
        let lower = name.to_ascii_lowercase();
        let is_taken = NOT_OURS.contains(&lower.as_str()) || lower.starts_with("content-");
        let is_name = !is_taken && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !is_name {
            node.expected(EXPECTED, problems);
        }
        is_name.then(|| Self(name.to_owned()))
    }

    fn show(&self) -> String {
        self.0.show()
    }
}

/// Subject marks: only printable ASCII, because a header holds nothing else unencoded (RFC 5322 section 2.2).
impl Setting for BTreeMap<Class, String> {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let table = node.table("a table such as { infected = \"{Virus?} \" }", problems)?;
        let mut marks = Self::new();
        for (name, value) in table {
            let key = format!("{}.{}", node.key, name.get_ref());
            let entry = Node { value, key: &key };
            let Some(class) = Class::named(name.get_ref()) else {
                problems.unknown(&name.span(), &format!("{}.", node.key), name.get_ref(), Class::ALL.iter().map(|(name, _)| *name));
                continue;
            };
            let Some(mark) = entry.text("a string", problems) else { continue };
            if mark.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
                marks.insert(class, mark.to_owned());
            } else {
                entry.expected("printable ASCII", problems);
            }
        }
        Some(marks)
    }

    fn show(&self) -> String {
        let marks: Vec<String> = self.iter().map(|(class, mark)| format!("{} = {}", class.name(), mark.show())).collect();
        format!("{{ {} }}", marks.join(", "))
    }
}

impl Setting for Class {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let class = node.value.get_ref().as_str().and_then(Self::named);
        if class.is_none() {
            node.expected("the name of a class", problems);
        }
        class
    }

    fn show(&self) -> String {
        self.name().to_owned().show()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_the_name_of_its_section_and_field() {
        assert!(Key::named("limits.deadline").is_some());
        assert_eq!(KEYS[0].name, "delivery.mda");
    }

    #[test]
    fn no_key_stands_twice() {
        let mut names: Vec<_> = KEYS.iter().map(|key| key.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), KEYS.len());
    }
}
