//! `[[engine]]`: a scanner of somebody else's.
//!
//! Owns what is said of each engine, its defaults, and what does not go together. It must never talk to one. What is wrong is a
//! problem of the configuration.

mod address;
mod check;
mod presets;
mod words;

pub use address::Address;
pub use presets::{Preset, presets};
pub use words::{Balance, Changes, Finds, Input, Kind, Protocol};

use super::Problems;
use super::keys::{TableKey, read_table_over, show_table, table_keys};
use super::network::Network;
use super::pattern::Pattern;
use super::setting::{Node, Setting, Size};
use check::check;
use std::collections::BTreeMap;
use std::time::Duration;
use toml::de::DeValue;

/// One `[[engine]]`.
#[derive(Clone, Debug)]
pub struct Engine {
    /// Its name in header, log and findings.
    pub name: String,
    /// How to talk to it.
    pub kind: Kind,
    /// The shipped settings that hold where no key says otherwise.
    pub preset: Option<String>,
    /// Where it listens; the next is asked when one fails.
    pub address: Vec<Address>,
    /// Which address is asked first.
    pub balance: Balance,
    /// A file with the certificates that a TLS address is trusted by; none for those of the system.
    pub ca: Option<String>,
    /// The SHA-256 of the one certificate that a TLS address may have, in hexadecimal digits.
    pub pin: Option<String>,
    /// Time for one message.
    pub timeout: Duration,
    /// How long one that refuses connections, as clamd does while it starts, is tried again.
    pub retry: Duration,
    /// How long an address that does not work is asked last.
    pub rest: Duration,
    /// Asked only when the others failed.
    pub backup: bool,
    /// Whether a failure is a finding.
    pub required: bool,
    /// Largest message that it is asked about, in bytes; 0 for any.
    pub max_size: Size,
    /// How long an answer holds for the same message; none where it is not kept.
    pub cache: Duration,
    /// The program and its arguments; `{file}` is the input.
    pub command: Vec<String>,
    /// What it gets to look at.
    pub input: Input,
    /// Exit codes that mean clean.
    pub clean_codes: Vec<u64>,
    /// Exit codes that mean infected.
    pub infected_codes: Vec<u64>,
    /// Exit codes that mean that something is odd.
    pub suspicious_codes: Vec<u64>,
    /// Finds the name of the virus in the program's output: its first group, or the whole match.
    pub virus_name: Option<Pattern>,
    /// What it looks for.
    pub finds: Finds,
    /// Whose preferences hold; `{user}`, `{recipient}` and `{domain}` are the recipient's.
    pub user: Option<String>,
    /// From this score on the spam fields are written; always where there is none.
    pub tag: Option<Score>,
    /// From this score on the message is spam; what the engine itself says where there is none.
    pub mark: Option<Score>,
    /// From this score on the message is high_spam; none ever is where there is none.
    pub kill: Option<Score>,
    /// What it may change in an accepted message.
    pub changes: Vec<Changes>,
    /// The path of the service: of ICAP, or of the HTTP of others.
    pub service: Option<String>,
    /// The language of a daemon.
    pub protocol: Option<Protocol>,
    /// The header field that says whether a message is spam.
    pub header: Option<String>,
    /// What that field says of spam.
    pub spam: Option<Pattern>,
    /// Finds the score in that field: its first group, or the whole match.
    pub score: Option<Pattern>,
    /// The lists that are asked by DNS.
    pub zones: Vec<String>,
    /// The lists that say whose mail is wanted.
    pub allow_zones: Vec<String>,
    /// What the answers of the lists mean.
    pub codes: BTreeMap<Network, String>,
    /// Networks and domains that the lists are not asked about.
    pub allow: Vec<String>,
    /// Where it was set, in words.
    pub origin: String,
}

impl Default for Engine {
    fn default() -> Self {
        Self {
            name: String::new(),
            kind: Kind::Clamd,
            preset: None,
            address: Vec::new(),
            balance: Balance::Failover,
            ca: None,
            pin: None,
            timeout: Duration::from_secs(60),
            retry: Duration::from_secs(10),
            rest: Duration::from_secs(30),
            backup: false,
            required: true,
            max_size: Size(0),
            cache: Duration::ZERO,
            command: Vec::new(),
            input: Input::File,
            clean_codes: vec![0],
            infected_codes: vec![1],
            suspicious_codes: Vec::new(),
            virus_name: None,
            finds: Finds::Infected,
            user: None,
            tag: None,
            mark: None,
            kill: None,
            changes: Vec::new(),
            service: None,
            protocol: None,
            header: None,
            spam: None,
            score: None,
            zones: Vec::new(),
            allow_zones: Vec::new(),
            codes: BTreeMap::new(),
            allow: Vec::new(),
            origin: String::new(),
        }
    }
}

/// A score on an engine's own scale.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Score(pub f64);

impl Setting for Option<Score> {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        if node.value.get_ref().as_str() == Some("") {
            return Some(None);
        }
        if node.value.get_ref().as_str() == Some("") {
            return Some(None);
        }
        let text = match node.value.get_ref() {
            DeValue::Float(number) => Some(number.as_str()),
            DeValue::Integer(number) => Some(number.as_str()),
            _ => None,
        };
        let score = text.and_then(|text| text.replace('_', "").parse().ok()).filter(|score: &f64| score.is_finite());
        if score.is_none() {
            node.expected("a score such as 6.5, on the engine's own scale", problems);
        }
        score.map(|score| Some(Score(score)))
    }

    fn show(&self) -> String {
        self.map_or_else(|| "\"\"".to_owned(), |score| format!("{:?}", score.0))
    }
}

const TABLE: &[TableKey<Engine>] = table_keys![Engine:
    name, kind, preset, address, balance, ca, pin, timeout, retry, rest, backup, required, max_size, cache, command, input, clean_codes,
    infected_codes, suspicious_codes, virus_name, finds, user, tag, mark, kill, changes, service, protocol, header, spam, score, zones,
    allow_zones, codes, allow
];

/// The keys of `[[engine]]`, for the manual.
pub fn engine_keys() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|key| key.name)
}

impl Setting for Engine {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let beginning = presets::beginning(node, problems);
        let is_known = beginning.is_some();
        let mut engine = read_table_over(beginning.unwrap_or_default(), node, "engine", TABLE, problems)?;
        // A preset has said it already, unless its kind is another here.
        if !has(node, "finds") && (engine.preset.is_none() || has(node, "kind")) {
            engine.finds = engine.kind.usually_finds();
        }
        // Without the preset most keys are missing: that would be told for each.
        if is_known {
            check(&mut engine, node, problems);
        }
        engine.origin = problems.origin(&node.span());
        Some(engine)
    }

    fn show(&self) -> String {
        format!("{{ {} }}", show_table(self, TABLE, ", "))
    }
}

impl Engine {
    /// The same at one of its addresses, which is not tried again.
    #[must_use]
    pub fn only_at(&self, address: &Address) -> Self {
        Self { address: vec![address.clone()], retry: Duration::ZERO, ..self.clone() }
    }

    /// Its keys, a line each.
    pub fn show_lines(&self) -> String {
        show_table(self, TABLE, "\n")
    }
}

/// Whether the table says something of `key`.
fn has(node: Node<'_>, key: &str) -> bool {
    node.value.get_ref().as_table().is_some_and(|table| table.contains_key(key))
}
