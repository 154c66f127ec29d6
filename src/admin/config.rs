//! `mailward config`: every value in force, and where it was set.
//!
//! Owns the form of a line: key, value as TOML, origin as a remark, so that the output is itself a configuration. It must never
//! resolve in its own way: it asks the same code as a delivery.

use super::{complain, fail, say};
use crate::agent::Outcome;
use crate::cli;
use crate::config::{Config, KEYS, Resolved, Setting};
use crate::envelope::{CommandLine, Envelope};
use crate::exit::Health;
use std::fmt::Write;

/// Shows the values that hold for an envelope.
pub(super) fn run(call: &cli::Config) -> Outcome {
    let config = match Config::load(call.config.as_deref()) {
        Ok(config) => config,
        Err(error) => return fail(&error),
    };
    let groups = config.resolve(&envelope(call));
    let text = groups.first().map(|resolved| show(resolved, call.key.as_deref())).unwrap_or_default();
    if text.is_empty() {
        return complain(&format!("{}: no such key; mailward config lists them all", call.key.as_deref().unwrap_or_default()));
    }
    say(Health::Well, text)
}

fn envelope(call: &cli::Config) -> Envelope {
    let told = CommandLine::of_words(call.from.as_ref(), call.to.as_slice(), None);
    Envelope::gather(&told, |_| None, |_| None)
}

fn show(resolved: &Resolved, wanted: Option<&str>) -> String {
    let is_wanted =
        |name: &str| wanted.is_none_or(|wanted| name == wanted || name.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('.')));
    let mut text = String::new();
    for key in KEYS.iter().filter(|key| is_wanted(key.name)) {
        let _ = writeln!(text, "{} = {}  # {}", key.name, (key.show)(&resolved.settings), resolved.origin(key.name));
    }
    if is_wanted("engine") && resolved.settings.engines.is_empty() {
        text.push_str("# no [[engine]] is configured\n");
    }
    for engine in resolved.settings.engines.iter().filter(|_| is_wanted("engine")) {
        let _ = writeln!(text, "[[engine]]  # {}\n{}", engine.origin, engine.show_lines());
    }
    for rule in resolved.settings.rules.iter().filter(|_| is_wanted("rule")) {
        let _ = writeln!(text, "[[rule]]  # {}\n{}", rule.origin, rule.show_lines());
    }
    if wanted.is_none() && !resolved.profiles.is_empty() {
        let _ = writeln!(text, "# profiles, the last wins: {}", resolved.profiles.show());
    }
    if wanted.is_none() && !resolved.settings.skip.is_empty() {
        let _ = writeln!(text, "# skipped: {}", resolved.settings.skip.show());
    }
    text
}
