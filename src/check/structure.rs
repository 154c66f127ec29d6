//! Says as findings what the skeleton could not be sure of.
//!
//! Owns the classes of doubts: a limit is unscanned, a contradiction is ambiguous. It must never look at bytes itself. Nothing
//! here can fail.

use crate::config::Settings;
use crate::finding::{Class, Finding, Place};
use crate::message::{Construct, Doubt, DoubtKind, Message};

/// Name of the check.
pub(super) const NAME: &str = "structure";

/// A finding for each doubt.
pub(super) fn run(message: &Message<'_>, _settings: &Settings) -> Vec<Finding> {
    message.doubts().iter().map(|doubt| finding(message, doubt)).collect()
}

fn finding(message: &Message<'_>, doubt: &Doubt) -> Finding {
    let (class, what, evidence) = match doubt.kind {
        DoubtKind::Limit(key) => (Class::Unscanned, key.to_owned(), format!("{key} was reached, the rest was not looked at")),
        DoubtKind::Ambiguous(construct) => {
            let (what, evidence) = of_construct(construct);
            (Class::Ambiguous, what, evidence)
        }
    };
    let part = message.parts().get(doubt.part);
    let is_open = part.is_some_and(|part| part.layer == 0);
    let place = Place {
        part: Some(doubt.part),
        range: is_open.then(|| doubt.range.clone()),
        cuttable: part.is_some_and(|part| part.is_cuttable()),
    };
    Finding { class, engine: NAME.to_owned(), what, evidence, place }
}

fn of_construct(construct: Construct) -> (String, String) {
    match construct {
        Construct::Twice(field) => (format!("{field} twice"), format!("{field} has different values, and readers take either")),
        Construct::Boundary => ("boundary".to_owned(), "readers take different texts for the boundary between its parts".to_owned()),
        Construct::Encoding => ("unknown transfer encoding".to_owned(), "some readers show its content as it is, others guess".to_owned()),
        Construct::LongField => {
            ("long MIME field".to_owned(), "no mail program writes so much in one, and not all of it was read".to_owned())
        }
        Construct::NoParts => {
            ("multipart without parts".to_owned(), "it has content, and none of the delimiters that it announces".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Bounds;

    #[test]
    fn a_limit_is_unscanned_and_a_contradiction_ambiguous() {
        let bounds = Bounds { nesting: 9, parts: 1, header_size: 9999, decoded_size: 9 };
        let bytes = b"Content-Type: multipart/mixed; boundary=b\nContent-Type: text/plain\n\n--b\n\nx\n--b--\n";
        let findings = run(&Message::read(bytes, &bounds), &Settings::default());
        let told: Vec<_> = findings.iter().map(|finding| (finding.class, finding.what.as_str())).collect();
        assert_eq!(told, [(Class::Ambiguous, "Content-Type twice"), (Class::Unscanned, "limits.parts")]);
    }
}
