//! What of an engine's keys does not go together.
//!
//! Owns what each kind needs. It must never look at a file or talk to an engine. What is wrong is a problem of the configuration.

use super::{Address, Engine, Finds, Input, Kind};
use crate::config::Problems;
use crate::config::setting::Node;

/// Notes what is missing, and gives a name to what has none.
pub(super) fn check(engine: &mut Engine, node: Node<'_>, problems: &mut Problems<'_>) {
    if engine.name.is_empty() {
        "unnamed".clone_into(&mut engine.name);
        node.expected("a name for the engine: name = \"clamav\"", problems);
    }
    if engine.timeout.is_zero() {
        node.expected("a timeout above 0s, or no scan ever ends well", problems);
    }
    if let Some(missing) = missing(engine) {
        node.expected(missing, problems);
    }
}

/// What its kind asks for and does not have.
fn missing(engine: &Engine) -> Option<&'static str> {
    // It stands in a line of the protocol.
    if engine.service.as_deref().is_some_and(|service| !service.bytes().all(|byte| byte.is_ascii_graphic())) {
        return Some("a service without blanks: service = \"avscan\"");
    }
    let is_dns = matches!(engine.kind, Kind::Dnsbl | Kind::Uribl);
    if engine.address.iter().any(|address| matches!(address, Address::Udp(_)) != is_dns) {
        return Some("addresses of the form \"udp:address:port\" for dnsbl and uribl, and of the others for the rest");
    }
    if engine.pin.as_ref().is_some_and(|pin| pin.chars().filter(char::is_ascii_hexdigit).count() != 64) {
        return Some("a pin of 64 hexadecimal digits, as `openssl x509 -fingerprint -sha256` shows");
    }
    // What is kept must not outlive the signatures that it rests on.
    let is_mute = matches!(engine.kind, Kind::Command | Kind::Filter | Kind::Daemon) && engine.finds == Finds::Infected;
    if is_mute && !engine.cache.is_zero() {
        return Some("no cache: it does not tell which signatures it has");
    }
    match engine.kind {
        Kind::Clamd => clamd(engine),
        Kind::Command => command(engine),
        Kind::Spamd => no_address(engine, "an address: address = [\"tcp:localhost:783\"]"),
        Kind::Rspamd => no_address(engine, "an address: address = [\"tcp:localhost:11333\"]"),
        Kind::Icap => icap(engine),
        Kind::Daemon => daemon(engine),
        Kind::Filter => filter(engine),
        Kind::Header => (engine.header.is_none() || engine.spam.is_none())
            .then_some("a field and what it says of spam: header = \"X-Spam-Flag\", spam = \"(?i)^yes\""),
        Kind::Dnsbl | Kind::Uribl => engine.zones.is_empty().then_some("a list: zones = [\"list.example\"]"),
    }
}

fn no_address(engine: &Engine, expected: &'static str) -> Option<&'static str> {
    engine.address.is_empty().then_some(expected)
}

/// Services have no name in common: whatever stood for one that is not written would be wrong for most servers.
fn icap(engine: &Engine) -> Option<&'static str> {
    if engine.service.as_deref().is_none_or(|service| service.trim_start_matches('/').is_empty()) {
        return Some("the name of the service on the server: service = \"avscan\"");
    }
    no_address(engine, "an address: address = [\"tcp:localhost:1344\"]")
}

fn clamd(engine: &Engine) -> Option<&'static str> {
    if engine.input == Input::Stdin {
        return Some("input = \"file\" or \"parts\": clamd has no stdin of ours");
    }
    no_address(engine, "an address: address = [\"unix:/run/clamav/clamd.ctl\"]")
}

fn command(engine: &Engine) -> Option<&'static str> {
    if engine.command.is_empty() {
        return Some("a command: command = [\"/usr/bin/scanner\", \"{file}\"]");
    }
    let has_file = engine.input == Input::Stdin || engine.command.iter().any(|word| word.contains("{file}"));
    (!has_file).then_some("\"{file}\" among the words of the command, or input = \"stdin\"")
}

fn filter(engine: &Engine) -> Option<&'static str> {
    if engine.command.is_empty() {
        return Some("a command: command = [\"/usr/bin/bogofilter\", \"-p\"]");
    }
    // Else the field would never say anything.
    let is_told = engine.spam.is_some() || (engine.score.is_some() && engine.mark.is_some());
    (engine.header.is_some() && !is_told).then_some("what the field says of spam: spam = \"^Spam\", or score and mark")
}

fn daemon(engine: &Engine) -> Option<&'static str> {
    if engine.protocol.is_none() {
        return Some("a protocol, or a preset that has one: protocol = \"sssp\"");
    }
    no_address(engine, "an address: address = [\"tcp:localhost:4010\"]")
}
