//! The configuration: a TOML file, read once, every fault of it told, and resolved for an envelope.
//!
//! Owns the way from the file to the [`Settings`] that hold for one message, with the file and line that set each. It must never
//! guess: an unknown key or value is a problem, and with problems there are no settings. A default file that is missing means the
//! shipped settings; everything else that cannot be read is an error.

mod attachments;
mod engine;
mod glob;
mod keys;
mod network;
mod own_rule;
mod pattern;
mod problem;
mod profile;
mod read;
mod rule;
mod setting;
mod settings;
mod table;
mod together;

pub use attachments::{AttachmentRule, Extensions, Wanted, holds};
pub use engine::{Address, Balance, Changes, Engine, Finds, Input, Kind, Preset, Protocol, Score, engine_keys, presets};
pub use glob::Glob;
pub use keys::{KEYS, Key};
pub use network::Network;
pub use own_rule::{OwnRule, RuleClass, Scope, rule_keys};
pub use pattern::Pattern;
pub use problem::{Problem, Problems};
pub use profile::match_keys;
pub use rule::{Action, Policy, Rule, Told, Treatment};
pub use setting::{Node, Setting, Size};
pub use settings::{
    Attachments, Delivery, Disarm, Facility, HeaderField, Html, Language, Level, Limits, Link, Log, LogFormat, Lures, Mta, Notice,
    Quarantine, Settings, Tag,
};
pub use table::{Effect, Piece, Step};
pub use together::{Cache, Relay, Scan, Spam, State};

use crate::envelope::Envelope;
use crate::error::Error;
use profile::{Match, Profile};
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Where the configuration is when nobody says otherwise.
pub const DEFAULT_PATH: &str = "/etc/mailward/mailward.toml";

/// Larger than this is no configuration but a mistake.
const LARGEST: u64 = 1 << 20;

/// Where a value was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The file.
    pub file: PathBuf,
    /// The line in it.
    pub line: usize,
    /// The profile, if it was one.
    pub profile: Option<String>,
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.file.display(), self.line)?;
        self.profile.as_ref().map_or(Ok(()), |profile| write!(out, " (profile {profile})"))
    }
}

/// A whole configuration.
#[derive(Default)]
pub struct Config {
    base: Resolved,
    profiles: BTreeMap<String, Profile>,
    matches: Vec<Match>,
}

/// The settings that hold for one message and recipient, and where each was set.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    /// The settings.
    pub settings: Settings,
    /// Where each key that is not at its default was set.
    pub origins: BTreeMap<&'static str, Origin>,
    /// The profiles that hold, in the order in which they were applied.
    pub profiles: Vec<String>,
    /// The recipients that they hold for, by their places in the envelope.
    pub recipients: Vec<usize>,
}

impl Resolved {
    /// Where `key` was set, in words.
    pub fn origin(&self, key: &str) -> String {
        self.origins.get(key).map_or_else(|| "default".to_owned(), ToString::to_string)
    }
}

impl Config {
    /// Reads the file that `--config` names, or the default one.
    ///
    /// # Errors
    /// [`Error::ConfigUnreadable`] and [`Error::Config`].
    pub fn load(named: Option<&Path>) -> Result<Self, Error> {
        let path = named.unwrap_or(Path::new(DEFAULT_PATH));
        match read_file(path) {
            Ok(text) => Self::parse(path, &text).map_err(Error::Config),
            Err(fault) if named.is_none() && fault.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(fault) => Err(Error::ConfigUnreadable(path.to_owned(), fault)),
        }
    }

    /// Reads `text` as the content of `file`.
    ///
    /// # Errors
    /// Every problem in it.
    pub fn parse(file: &Path, text: &str) -> Result<Self, Vec<Problem>> {
        read::read(file, text)
    }

    /// What holds before anything is known of the message.
    pub fn base(&self) -> &Resolved {
        &self.base
    }

    /// What holds for `envelope`: one for each group of recipients with the same profiles, at least one.
    pub fn resolve(&self, envelope: &Envelope) -> Vec<Resolved> {
        let mut groups: Vec<Resolved> = Vec::new();
        for (place, recipient) in envelope.recipients.iter().enumerate() {
            let names = self.profiles_for(envelope, Some(recipient));
            match groups.iter_mut().find(|group| group.profiles == names) {
                Some(group) => group.recipients.push(place),
                None => groups.push(Resolved { recipients: vec![place], ..self.with_profiles(&names) }),
            }
        }
        if groups.is_empty() { vec![self.with_profiles(&self.profiles_for(envelope, None))] } else { groups }
    }

    fn profiles_for(&self, envelope: &Envelope, recipient: Option<&str>) -> Vec<&str> {
        self.matches.iter().filter(|found| found.holds(envelope, recipient)).map(|found| found.profile.as_str()).collect()
    }

    fn with_profiles(&self, names: &[&str]) -> Resolved {
        let mut resolved = self.base.clone();
        for name in names {
            for profile in self.ancestry(name).into_iter().rev() {
                resolved.apply(profile);
            }
            resolved.profiles.push((*name).to_owned());
        }
        resolved
    }

    /// The profile of that name, then the one that it inherits from, and so on.
    fn ancestry(&self, name: &str) -> Vec<&Profile> {
        let mut line = Vec::new();
        let mut next = Some(name);
        // More steps than profiles would be a circle, which reading has refused.
        while let Some(profile) = next.and_then(|name| self.profiles.get(name)).filter(|_| line.len() < self.profiles.len()) {
            line.push(profile);
            next = profile.inherit.as_deref();
        }
        line
    }
}

impl Resolved {
    fn apply(&mut self, profile: &Profile) {
        for assignment in &profile.assignments {
            (assignment.assign)(&mut self.settings);
            self.origins.insert(assignment.key.name, assignment.origin.clone());
        }
        self.settings.skip.extend_from_slice(&profile.skip);
    }
}

fn read_file(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let file = std::fs::File::open(path)?;
    if file.take(LARGEST + 1).read_to_string(&mut text)? as u64 > LARGEST {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "larger than 1 MiB"));
    }
    Ok(text)
}
