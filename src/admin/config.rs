//! `mailward config`: every value in force, and where it was set.
//!
//! Owns the form of a line: key, value as TOML, origin as a remark, so that the output is itself a configuration. It must never
//! resolve in its own way: it asks the same code as a delivery.

use super::{fail, say};
use crate::agent::{Farewell, Outcome};
use crate::cli;
use crate::config::{Config, KEYS, Resolved, Setting};
use crate::envelope::{Envelope, Told};
use crate::exit;
use crate::message::{Bounds, Message};
use std::fmt::Write;

/// Shows the values that hold for an envelope.
pub fn run(call: &cli::Config) -> Outcome {
    let config = match Config::load(call.config.as_deref()) {
        Ok(config) => config,
        Err(error) => return fail(&error),
    };
    let groups = config.resolve(&envelope(call));
    let text = groups.first().map(|resolved| show(resolved, call.key.as_deref())).unwrap_or_default();
    if text.is_empty() { no_such_key(call.key.as_deref().unwrap_or_default()) } else { say(true, text) }
}

fn envelope(call: &cli::Config) -> Envelope {
    let told = Told { sender: call.from.clone(), recipients: call.to.iter().cloned().collect(), user: None };
    let bounds = Bounds { nesting: 0, parts: 1, header_size: 0, decoded_size: 0 };
    Envelope::gather(&told, |_| None, &Message::read(b"", &bounds))
}

fn show(resolved: &Resolved, wanted: Option<&str>) -> String {
    let is_wanted =
        |name: &str| wanted.is_none_or(|wanted| name == wanted || name.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('.')));
    let mut text = String::new();
    for key in KEYS.iter().filter(|key| is_wanted(key.name)) {
        let _ = writeln!(text, "{} = {}  # {}", key.name, (key.show)(&resolved.settings), resolved.origin(key.name));
    }
    for engine in resolved.settings.engines.iter().filter(|_| is_wanted("engine")) {
        let _ = writeln!(text, "[[engine]]\n{}", engine.show_lines());
    }
    if wanted.is_none() && !resolved.settings.skip.is_empty() {
        let _ = writeln!(text, "# skipped: {}", resolved.settings.skip.show());
    }
    text
}

fn no_such_key(name: &str) -> Outcome {
    let stderr = format!("mailward: {name}: no such key; mailward config lists them all\n");
    Outcome::Exit(Farewell { status: exit::of_command(false), stderr, ..Farewell::default() })
}
