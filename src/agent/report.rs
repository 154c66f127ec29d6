//! The log line of one message.
//!
//! Owns the keys and their order, which programs of administrators rely on. It must never be the reason that a message is not
//! delivered. Nothing here fails.

use super::scan::Judgement;
use crate::check;
use crate::config::{Action, Level};
use crate::envelope::Envelope;
use crate::log::Line;
use crate::message::{Grade, Message};
use crate::quarantine::Id;

/// What the line says of the message itself, also when the run fails.
pub(super) fn known(message: &Message<'_>, envelope: &Envelope) -> Line {
    Line::default()
        .with("id", &message_id(message))
        .with("from", envelope.sender.as_ref().map_or("?", |sender| sender.address()))
        .with_words("to", &envelope.recipients.join(","))
        .with_number("size", message.bytes().len() as u64)
}

/// The severity, and `known` with what was found and done; how the run ends is still to be added.
pub(super) fn line(known: Line, message: &Message<'_>, judgement: &Judgement, id: Option<&Id>) -> (Level, Line) {
    let plan = &judgement.plan;
    let lead = plan.lead.as_ref();
    let without_finding = if plan.rule.is_some() { "processed" } else { "clean" };
    let treatments: Vec<&str> = plan.treatments.iter().map(|treatment| treatment.name()).collect();
    let line = known
        .with_words("engines", &engines(judgement))
        .with("class", lead.map_or(without_finding, |lead| lead.class.name()))
        .with("name", lead.map_or("", |lead| &lead.what))
        .with("action", plan.action.name())
        .with("treatment", &treatments.join(","))
        .with("quarantine", id.map_or("", Id::as_str));
    let malformed = check::constructs(message, Grade::Soft);
    let line = if malformed.is_empty() { line } else { line.with_words("malformed", &malformed.join(",")) };
    (level(judgement), line)
}

fn level(judgement: &Judgement) -> Level {
    let engine_failed = judgement.calls.iter().any(|call| call.answer.is_err());
    match (&judgement.plan.lead, judgement.plan.action) {
        (None, Action::Accept) if !engine_failed => Level::Info,
        _ => Level::Warning,
    }
}

/// `clamav=clean/12ms,vendor=failed(timeout)/60000ms`
fn engines(judgement: &Judgement) -> String {
    let one = |call: &crate::engine::Call| {
        let why = call.answer.as_ref().err().map(|trouble| format!("({})", trouble.word())).unwrap_or_default();
        format!("{}={}{why}/{}ms", call.engine, call.verdict(), call.took.as_millis())
    };
    judgement.calls.iter().map(one).collect::<Vec<_>>().join(",")
}

fn message_id(message: &Message<'_>) -> String {
    message.field("Message-ID").map(|field| String::from_utf8_lossy(field.value(message.bytes())).into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::LogFormat;
    use crate::message::Construct;
    use crate::policy::Plan;
    use std::rc::Rc;

    #[test]
    fn what_is_only_malformed_is_in_the_line_of_a_clean_message() {
        let judgement = Judgement { findings: Vec::new(), plan: Plan::default(), group: 0, calls: Rc::default() };
        let told = |doubts: &[(Construct, Grade)]| {
            let message = Message::with_doubts(b"A: b\n\nx", doubts);
            let (level, line) = line(Line::default(), &message, &judgement, None);
            (level, line.format(LogFormat::Logfmt))
        };
        let plain = "engines=\"\" class=clean name=\"\" action=accept treatment=\"\" quarantine=\"\"";
        assert_eq!(told(&[]), (Level::Info, plain.to_owned()));
        let soft = [(Construct::NoParts, Grade::Soft), (Construct::Twice("Content-Type"), Grade::Soft), (Construct::NoParts, Grade::Soft)];
        let malformed = format!("{plain} malformed=\"multipart without parts,Content-Type twice\"");
        assert_eq!(told(&soft), (Level::Info, malformed));
    }
}
