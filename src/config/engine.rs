//! `[[engine]]`: a scanner of somebody else's.
//!
//! Owns what is said of each engine, its defaults, and what does not go together. It must never talk to one. What is wrong is a
//! problem of the configuration.

use super::Problems;
use super::keys::{TableKey, read_table, show_table, table_keys};
use super::pattern::Pattern;
use super::setting::{Node, Setting, words};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// One `[[engine]]`.
#[derive(Clone, Debug)]
pub struct Engine {
    /// Its name in header, log and findings.
    pub name: String,
    /// How to talk to it.
    pub kind: Kind,
    /// Where it listens; the next is asked when one fails.
    pub address: Vec<Address>,
    /// Time for one message.
    pub timeout: Duration,
    /// How long one that refuses connections, as clamd does while it starts, is tried again.
    pub retry: Duration,
    /// Asked only when the others failed.
    pub backup: bool,
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
    /// Where it was set, in words.
    pub origin: String,
}

impl Default for Engine {
    fn default() -> Self {
        Self {
            name: String::new(),
            kind: Kind::Clamd,
            address: Vec::new(),
            timeout: Duration::from_secs(60),
            retry: Duration::from_secs(10),
            backup: false,
            command: Vec::new(),
            input: Input::File,
            clean_codes: vec![0],
            infected_codes: vec![1],
            suspicious_codes: Vec::new(),
            virus_name: None,
            finds: Finds::Infected,
            origin: String::new(),
        }
    }
}

/// How to talk to an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// ClamAV's daemon.
    Clamd,
    /// Any program.
    Command,
}
words!(Kind { "clamd" => Self::Clamd, "command" => Self::Command });

/// What an engine gets to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// The message as a file.
    File,
    /// The message on its stdin.
    Stdin,
    /// For a program a folder with one file for each decoded part; for clamd the message and each decoded part.
    Parts,
}
words!(Input { "file" => Self::File, "stdin" => Self::Stdin, "parts" => Self::Parts });

/// What an engine looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finds {
    /// Malware.
    Infected,
    /// Spam.
    Spam,
}
words!(Finds { "infected" => Self::Infected, "spam" => Self::Spam });

/// Where an engine listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A socket in the file system.
    Unix(PathBuf),
    /// Host and port.
    Tcp(String),
}

impl Setting for Address {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        const EXPECTED: &str = "\"unix:/path/of/socket\" or \"tcp:host:port\"";
        let text = node.text(EXPECTED, problems)?;
        let address = match text.split_once(':') {
            Some(("unix", path)) if path.starts_with('/') => Some(Self::Unix(PathBuf::from(path))),
            Some(("tcp", host)) if has_port(host) => Some(Self::Tcp(host.to_owned())),
            _ => None,
        };
        if address.is_none() {
            node.expected(EXPECTED, problems);
        }
        address
    }

    fn show(&self) -> String {
        match self {
            Self::Unix(path) => format!("unix:{}", path.display()).show(),
            Self::Tcp(host) => format!("tcp:{host}").show(),
        }
    }
}

fn has_port(host: &str) -> bool {
    let named = host.rsplit_once(':').is_some_and(|(name, port)| !name.is_empty() && port.parse::<u16>().is_ok());
    host.parse::<SocketAddr>().is_ok() || named
}

const TABLE: &[TableKey<Engine>] = table_keys![Engine:
    name, kind, address, timeout, retry, backup, command, input, clean_codes, infected_codes, suspicious_codes, virus_name, finds
];

/// The keys of `[[engine]]`, for the manual.
pub fn engine_keys() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|key| key.name)
}

impl Setting for Engine {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let mut engine = read_table(node, "engine", TABLE, problems)?;
        engine.check(node, problems);
        engine.origin = problems.origin(&node.span());
        Some(engine)
    }

    fn show(&self) -> String {
        format!("{{ {} }}", show_table(self, TABLE, ", "))
    }
}

impl Engine {
    /// Its keys, a line each.
    pub fn show_lines(&self) -> String {
        show_table(self, TABLE, "\n")
    }

    fn check(&mut self, node: Node<'_>, problems: &mut Problems<'_>) {
        if self.name.is_empty() {
            "unnamed".clone_into(&mut self.name);
            node.expected("a name for the engine: name = \"clamav\"", problems);
        }
        if self.timeout.is_zero() {
            node.expected("a timeout above 0s, or no scan ever ends well", problems);
        }
        match self.kind {
            Kind::Clamd if self.address.is_empty() => node.expected("an address: address = [\"unix:/run/clamav/clamd.ctl\"]", problems),
            Kind::Clamd if self.input == Input::Stdin => {
                node.expected("input = \"file\" or \"parts\": clamd has no stdin of ours", problems)
            }
            Kind::Command if self.command.is_empty() => node.expected("a command: command = [\"/usr/bin/scanner\", \"{file}\"]", problems),
            Kind::Command if self.input != Input::Stdin && !self.command.iter().any(|word| word.contains("{file}")) => {
                node.expected("\"{file}\" among the words of the command, or input = \"stdin\"", problems);
            }
            Kind::Clamd | Kind::Command => {}
        }
    }
}
