//! Reads a verdict that a host before ours has put into the header.
//!
//! Owns whose fields count: those above the Received field of the first host that is not trusted. It must never take a sender's word
//! for a host's. A message without such a field is clean; a field that is no verdict is a [`Trouble`].

use super::relay::trusted_end;
use super::{Answer, Sample, Trouble, verdict};
use crate::config::Engine;
use crate::message::{Field, Message};

/// What the fields on top say.
pub(super) fn scan(engine: &Engine, sample: Sample<'_>) -> Result<Answer, Trouble> {
    above(engine, sample.message, trusted_end(sample.message, sample.trusted))
}

/// What the fields say that begin before `end`.
fn above(engine: &Engine, message: &Message<'_>, end: usize) -> Result<Answer, Trouble> {
    let Some(name) = &engine.header else { return Err(Trouble::Bug) };
    let counts = |field: &Field| field.whole.start < end && field.is_named(message.bytes(), name);
    let value = |field: Field| String::from_utf8_lossy(field.value(message.bytes())).replace(['\r', '\n'], "");
    let values: Vec<String> = message.fields().filter(counts).map(value).collect();
    if values.is_empty() { Ok(Answer::default()) } else { verdict::of_fields(engine, &values) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::message::Bounds;
    use std::path::Path;

    #[test]
    fn only_fields_above_the_end_of_trust_count() {
        let config = "[[engine]]\nname = \"isp\"\nkind = \"header\"\nheader = \"X-Spam-Flag\"\nspam = '(?i)^yes'\n";
        let engine = Config::parse(Path::new("f"), config).unwrap().base().settings.engines[0].clone();
        let bounds = Bounds { nesting: 9, parts: 9, header_size: 9999, decoded_size: 0 };
        let table = [
            ("X-Spam-Flag: YES\nReceived: x\nA: b\n\n", Some("YES")),
            ("x-spam-flag : yes,\n sure\nReceived: x\nA: b\n\n", Some("yes, sure")),
            ("X-Spam-Flag: NO\nX-Spam-Flag: YES\nReceived: x\n\n", Some("YES")),
            ("X-Spam-Flag: NO\nReceived: x\nX-Spam-Flag: YES\n\n", None),
            ("Received: x\nX-Spam-Flag: YES\n\n", None),
            ("A: b\nReceived: x\n\nX-Spam-Flag: YES\n", None),
        ];
        for (text, expected) in table {
            let end = text.find("Received").unwrap();
            let threats = above(&engine, &Message::read(text.as_bytes(), &bounds), end).unwrap().threats;
            assert_eq!(threats.first().map(|threat| threat.name.as_str()), expected, "{text}");
        }
    }
}
