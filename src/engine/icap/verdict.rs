//! What an answer means.
//!
//! Owns what is clean and what is not, and the fields by which vendors tell a name. It must never take for clean what is not clearly
//! so. What means nothing is a [`Trouble`].

use super::encapsulated::Encapsulated;
use super::head::Head;
use crate::engine::clamd::reply::class_of;
use crate::engine::{Threat, Trouble};
use crate::finding::Class;

/// Fields that hold the name of a threat and nothing else: draft-stecher-icap-subid and many, McAfee and Skyhigh, F-Secure,
/// MetaDefender.
const NAMES: [&str; 4] = ["X-Virus-ID", "X-Virus-Name", "X-FSecure-Infection-Name", "X-Infection-Name"];

/// Fields that say why it was blocked: Sophos, MetaDefender, McAfee, F-Secure, Check Point.
const BLOCKED: [&str; 6] =
    ["X-Blocked", "X-Blocked-Reason", "X-Block-Reason", "X-Block-Result", "X-FSecure-Scan-Result", "X-Response-Info"];

/// What those say of a message that passes.
const HARMLESS: [&str; 10] = ["", "0", "no", "none", "false", "clean", "allowed", "not infected", "passed", "ok"];

/// What the answer to `bytes` says.
pub(super) fn of(head: &Head, body: Result<Encapsulated, Trouble>, bytes: &[u8]) -> Result<Vec<Threat>, Trouble> {
    if (200..300).contains(&head.status)
        && let Some(threat) = threat(head)
    {
        // The name alone is clear, whatever became of the page behind it.
        return Ok(vec![threat]);
    }
    match head.status {
        204 => body.map(|_| Vec::new()),
        200 => compared(&body?, bytes),
        // Symantec: the message was repaired, and this is what is left.
        201 => Ok(vec![blocked()]),
        code @ 400..600 => Err(Trouble::Reported(format!("{code} {}", head.reason))),
        code => Err(Trouble::Unknown(format!("{code} {}", head.reason))),
    }
}

/// What is to be made of a message that came back.
fn compared(back: &Encapsulated, bytes: &[u8]) -> Result<Vec<Threat>, Trouble> {
    match (back.status, &back.body) {
        (Some(code @ 500..600), _) => Err(Trouble::Reported(format!("a page with status {code}"))),
        (Some(200) | None, Some(body)) if body == bytes => Ok(Vec::new()),
        (Some(200) | None, None) => Err(Trouble::Unknown("200 without the message".to_owned())),
        _ => Ok(vec![blocked()]),
    }
}

/// One that has no name.
fn blocked() -> Threat {
    Threat::whole(Class::Infected, "unnamed")
}

/// The first threat that a field of the header tells.
fn threat(head: &Head) -> Option<Threat> {
    let infection = head.field("X-Infection-Found").map(infection);
    infection.or_else(|| named(head)).or_else(|| violation(head.field("X-Violations-Found")?)).or_else(|| is_blocked(head).then(blocked))
}

/// `Type=0; Resolution=2; Threat=NAME;` (draft-stecher-icap-subid): type 0 is a virus, 1 a rule about mail, 2 a container that was
/// not looked into. Symantec and MetaDefender tell so of encrypted archives, Clearswift by type 1.
fn infection(value: &str) -> Threat {
    let part = |name: &str| {
        let parts = value.split(';').filter_map(|part| part.split_once('='));
        parts.map(|(known, value)| (known.trim(), value.trim())).find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    };
    let name = part("Threat").filter(|name| !name.is_empty()).unwrap_or("unnamed");
    let is_encrypted = ["encrypt", "password"].iter().any(|word| name.to_ascii_lowercase().contains(word));
    let class = match part("Type") {
        Some("1" | "2") if is_encrypted => Class::Encrypted,
        Some("1") => Class::Banned,
        Some("2") => Class::Unscanned,
        _ => class_of(name),
    };
    Threat::whole(class, name)
}

fn named(head: &Head) -> Option<Threat> {
    NAMES.iter().find_map(|name| head.field(name)).map(of_name)
}

/// The number of violations, and of each four lines: file, name, number of the problem, what was done.
fn violation(value: &str) -> Option<Threat> {
    let mut lines = value.lines();
    if lines.next().map(str::trim) == Some("0") {
        return None;
    }
    Some(of_name(lines.nth(1).unwrap_or_default().trim()))
}

/// Behind many of these services is ClamAV, whose names tell the class.
fn of_name(name: &str) -> Threat {
    let name = if name.is_empty() { "unnamed" } else { name };
    Threat::whole(class_of(name), name)
}

fn is_blocked(head: &Head) -> bool {
    let says = |name: &str| head.field(name).is_some_and(|value| !HARMLESS.contains(&value.to_ascii_lowercase().as_str()));
    BLOCKED.iter().copied().any(says)
}

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;
