//! Says as findings what the skeleton could not be sure of.
//!
//! Owns the classes of doubts: a limit is unscanned, a contradiction is ambiguous. It must never look at bytes itself. Nothing
//! here can fail.

use super::place;
use crate::config::Settings;
use crate::finding::{Class, Finding, Place};
use crate::message::{Construct, Doubt, DoubtKind, Grade, Message};

/// Name of the check.
pub(super) const NAME: &str = "structure";

/// A finding for each doubt; what is only malformed is no finding.
pub(super) fn run(message: &Message<'_>, _settings: &Settings) -> Vec<Finding> {
    message.doubts().iter().filter(|doubt| !is_soft(doubt)).map(|doubt| finding(message, doubt)).collect()
}

/// What is only malformed, in the form of findings: it is told and not decided on.
pub fn malformed(message: &Message<'_>) -> Vec<Finding> {
    message.doubts().iter().filter(|doubt| is_soft(doubt)).map(|doubt| finding(message, doubt)).collect()
}

/// The constructs that readers differ on and those that are only malformed, each once, in words.
pub fn constructs(message: &Message<'_>, grade: Grade) -> Vec<String> {
    let mut names = Vec::new();
    for doubt in message.doubts() {
        let DoubtKind::Ambiguous(ambiguity) = &doubt.kind else { continue };
        let (name, _) = of_construct(ambiguity.construct);
        if ambiguity.grade == grade && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The words for a construct.
pub fn construct(construct: Construct) -> String {
    of_construct(construct).0
}

fn is_soft(doubt: &Doubt) -> bool {
    doubt.grade() == Some(Grade::Soft)
}

fn finding(message: &Message<'_>, doubt: &Doubt) -> Finding {
    let (class, what, evidence) = match &doubt.kind {
        DoubtKind::Limit(key) => (Class::Unscanned, (*key).to_owned(), format!("{key} was reached, the rest was not looked at")),
        DoubtKind::Ambiguous(ambiguity) => {
            let (what, mut evidence) = of_construct(ambiguity.construct);
            if !ambiguity.readings.is_empty() {
                evidence = format!("{evidence}: {}", ambiguity.readings.join(" | "));
            }
            (Class::Ambiguous, what, evidence)
        }
    };
    let is_open = message.parts().get(doubt.part).is_some_and(|part| part.layer == 0);
    let place = Place { range: is_open.then(|| doubt.range.clone()), ..place(message, doubt.part) };
    Finding { class, engine: NAME.to_owned(), what, evidence, place }
}

fn of_construct(construct: Construct) -> (String, String) {
    match construct {
        Construct::Twice(field) => (format!("{field} twice"), format!("{field} has different values, and readers take either")),
        Construct::Boundary => ("boundary".to_owned(), "readers take different texts for the boundary between its parts".to_owned()),
        Construct::Encoding => ("transfer encoding".to_owned(), "readers take different encodings off its body".to_owned()),
        Construct::Type => ("media type".to_owned(), "readers take it for different things".to_owned()),
        Construct::Delimiter => ("delimiter".to_owned(), "a line in it ends a part to some readers and is content to others".to_owned()),
        Construct::Header => ("header".to_owned(), "it does not follow the rules to the letter".to_owned()),
        Construct::HeaderEnd => ("end of a header".to_owned(), "its body begins elsewhere to some readers".to_owned()),
        Construct::Decoding => ("encoded body".to_owned(), "it does not follow its encoding, and readers decode it differently".to_owned()),
        Construct::Package => ("package".to_owned(), "it says that it holds files, and they cannot be taken out".to_owned()),
        Construct::Readings => ("too many readings".to_owned(), "there are more ways to read it than were looked at".to_owned()),
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

    #[test]
    fn what_is_only_malformed_is_told_and_no_finding() {
        let message = Message::with_doubts(b"A: b\n\nx", &[(Construct::NoParts, Grade::Soft), (Construct::Boundary, Grade::Hard)]);
        let told = |findings: Vec<Finding>| findings.into_iter().map(|finding| finding.what).collect::<Vec<_>>();
        assert_eq!(told(run(&message, &Settings::default())), ["boundary"]);
        assert_eq!(told(malformed(&message)), ["multipart without parts"]);
        let twice = Message::with_doubts(b"A: b\n\nx", &[(Construct::NoParts, Grade::Soft), (Construct::NoParts, Grade::Soft)]);
        assert_eq!(constructs(&twice, Grade::Soft), ["multipart without parts"]);
        assert_eq!(constructs(&twice, Grade::Hard), [""; 0]);
    }
}
