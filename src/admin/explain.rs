//! `mailward explain`: what would be done with a message, and why.
//!
//! Owns the report, for people and as JSON. It must never differ from what a delivery would do: it runs the very same middle and
//! stops before the first write. What fails is said on stderr.

use super::paint::Paint;
use super::{fail, readings, say, tree};
use crate::agent::Outcome;
use crate::agent::advice;
use crate::agent::case::Case;
use crate::agent::scan::{self, Judgement};
use crate::check;
use crate::cli;
use crate::config::{Action, Config, Resolved};
use crate::edit::Edits;
use crate::engine::Memory;
use crate::envelope::{Envelope, Sender};
use crate::error::Error;
use crate::exit::Health;
use crate::finding::Finding;
use crate::html;
use crate::intake::{Intake, NO_ROOM};
use crate::message::{Doubt, DoubtKind, Grade, Message};
use crate::quarantine::Id;
use crate::sanitize::readable;
use serde_json::{Map, Value, json};
use std::fmt::Write;
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::time::Instant;

/// Shows what would be done with a message.
pub(super) fn run(call: &cli::Explain) -> Outcome {
    match explain(call) {
        Ok(text) => say(Health::Well, text),
        Err(error) => fail(&error),
    }
}

/// All that the report says.
struct Report<'a> {
    message: &'a Message<'a>,
    envelope: &'a Envelope,
    judgement: &'a Judgement,
    resolved: &'a Resolved,
    id: Option<Id>,
    edits: Edits,
}

fn explain(call: &cli::Explain) -> Result<String, Error> {
    let config = Config::load(call.options.config.as_deref())?;
    let limits = &config.base().settings.limits;
    let intake = take_in(call, limits.message_size.0)?;
    let message = scan::read(&intake, limits);
    let envelope = scan::envelope(&call.options, &message);
    let groups = config.resolve(&envelope);
    let until = Instant::now() + limits.deadline;
    let judgement = scan::judge(&groups, &message, &envelope, scan::file_for_engines(&intake), &Memory::default(), until).together();
    let resolved = groups.get(judgement.group).unwrap_or(config.base());
    let case =
        Case { message: &message, envelope: &envelope, is_queued: false, judgement: &judgement, resolved, groups: &groups, limits, until };
    let id = case.id();
    let is_accepted = judgement.plan.action == Action::Accept;
    let edits = if is_accepted { scan::edits(&message, &case.words(id.as_ref())?) } else { Edits::default() };
    let report = Report { message: &message, envelope: &envelope, judgement: &judgement, resolved, id, edits };
    Ok(if call.json { in_ascii(&format!("{:#}\n", report.json())) } else { report.text(Paint::for_stdout()) })
}

/// JSON with every character beyond ASCII escaped (RFC 8259 section 7): marks that turn the direction of text are among them.
fn in_ascii(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() && c != '\u{7f}' {
            out.push(c);
        } else {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        }
    }
    out
}

fn take_in(call: &cli::Explain, limit: u64) -> Result<Intake, Error> {
    match &call.file {
        Some(path) => Intake::read(File::open(path).map_err(Error::Intake)?.as_fd(), limit, NO_ROOM),
        None => Intake::read(io::stdin().as_fd(), limit, NO_ROOM),
    }
}

impl Report<'_> {
    fn text(&self, paint: Paint) -> String {
        let mut text = String::new();
        let mut section = |title: &str, body: &str| {
            let _ = write!(text, "{}\n{}", paint.heading(title), if body.is_empty() { "  none\n" } else { body });
        };
        section("Envelope", &self.envelope_lines());
        section("Parts", &tree::parts(self.message));
        section("Engines", &self.engine_lines());
        section("Advice", &self.advice_lines().iter().map(|line| format!("  {}\n", readable(line))).collect::<String>());
        section("Findings", &self.finding_lines(paint));
        section("Removals", &self.removal_lines());
        section("Policy", &self.policy_lines());
        section("Edits", &self.edits.list().iter().map(|edit| tree::edit(self.message, edit, paint)).collect::<String>());
        text
    }

    fn envelope_lines(&self) -> String {
        let sender =
            self.envelope.sender.as_ref().map_or_else(|| "unknown".to_owned(), |sender| format!("<{}>", readable(sender.address())));
        let profiles = if self.resolved.profiles.is_empty() { "none".to_owned() } else { self.resolved.profiles.join(", ") };
        let recipients =
            if self.envelope.recipients.is_empty() { "unknown".to_owned() } else { readable(&self.envelope.recipients.join(", ")) };
        format!("  sender {sender}, recipients {recipients}, profiles {profiles}, {} bytes\n", self.message.bytes().len())
    }

    fn engine_lines(&self) -> String {
        let line = |call: &crate::engine::Call| {
            let why = call.answer.as_ref().err().map(|trouble| format!(": {trouble}")).unwrap_or_default();
            format!("  {}: {}{why} ({} ms)\n", call.engine, call.verdict(), call.took.as_millis())
        };
        self.judgement.calls.iter().map(line).collect()
    }

    /// What engines would change.
    fn advice_lines(&self) -> Vec<String> {
        advice::lines(&self.resolved.settings.engines, &self.judgement.calls)
    }

    fn finding_lines(&self, paint: Paint) -> String {
        let line = |class: &str, finding: &Finding| {
            let part = finding.place.part.map(|part| format!(", part {part}")).unwrap_or_default();
            let range = finding.place.range.as_ref().map(|range| format!(" at {}..{}", range.start, range.end)).unwrap_or_default();
            format!("  {class}: {} (by {}{part}{range}): {}\n", readable(&finding.what), finding.engine, readable(&finding.evidence))
        };
        let malformed = check::malformed(self.message).into_iter().map(|finding| line("soft", &finding));
        self.judgement.findings.iter().map(|finding| line(&paint.removed(finding.class.name()), finding)).chain(malformed).collect()
    }

    /// What disarming takes out of each page, whether it is asked for or not: the settings say how far.
    fn removals(&self) -> Vec<(usize, html::Disarmed)> {
        check::removals(self.message, &self.resolved.settings)
    }

    fn removal_lines(&self) -> String {
        let mut text = String::new();
        for (part, disarmed) in self.removals() {
            for removal in &disarmed.removals {
                let _ = writeln!(text, "  part {part}: {} at byte {} ({})", readable(&removal.what), removal.at, removal.kind.name(1));
            }
            let all: usize = disarmed.counts.values().sum();
            if all > disarmed.removals.len() {
                let _ = writeln!(text, "  part {part}: {} more", all - disarmed.removals.len());
            }
        }
        text
    }

    fn policy_lines(&self) -> String {
        let plan = &self.judgement.plan;
        let Some(rule) = &plan.rule else {
            let kept = self.id.as_ref().map(|id| format!(", quarantine {} as an engine writes the body anew", id.as_str()));
            return format!("  clean: accept{}\n", kept.unwrap_or_default());
        };
        let mut text = format!("  {rule} = {}  # {}\n", self.rule_value(rule), self.resolved.origin(rule));
        let treatments: Vec<&str> = plan.treatments.iter().map(|treatment| treatment.name()).collect();
        let _ = writeln!(
            text,
            "  action {}, treatments {}, quarantine {}",
            plan.action.name(),
            if treatments.is_empty() { "none".to_owned() } else { treatments.join(", ") },
            self.id.as_ref().map_or("no", Id::as_str)
        );
        text
    }

    fn rule_value(&self, rule: &str) -> String {
        crate::config::Key::named(rule).map(|key| (key.show)(&self.resolved.settings)).unwrap_or_default()
    }

    /// The parts that have several readings, and these.
    fn readings(&self) -> Vec<Value> {
        let parts = (0..self.message.parts().len()).map(|index| (index, readings::of(self.message, index)));
        parts.filter(|(_, readings)| readings.len() > 1).map(|(index, readings)| json!({ "part": index, "readings": readings })).collect()
    }

    /// What readers differ on, decided on or not.
    fn ambiguities(&self) -> Vec<Value> {
        let one = |doubt: &Doubt| {
            let DoubtKind::Ambiguous(ambiguity) = &doubt.kind else { return None };
            let grade = if ambiguity.grade == Grade::Hard { "hard" } else { "soft" };
            Some(json!({
                "part": doubt.part, "construct": check::construct(ambiguity.construct), "grade": grade,
                "range": [doubt.range.start, doubt.range.end], "readings": ambiguity.readings,
            }))
        };
        self.message.doubts().iter().filter_map(one).collect()
    }

    fn json(&self) -> Value {
        let plan = &self.judgement.plan;
        json!({
            "size": self.message.bytes().len(),
            "envelope": self.envelope,
            "sender": self.envelope.sender.as_ref().map(Sender::address),
            "profiles": self.resolved.profiles,
            "parts": self.message.parts().iter().map(|part| json!({
                "parent": part.parent, "depth": part.depth, "layer": part.layer, "type": part.content.media_type,
                "header": [part.header.start, part.header.end], "body": [part.body.start, part.body.end],
                "names": part.content.names, "cuttable": part.is_cuttable(), "reading_of": part.reading_of,
            })).collect::<Vec<_>>(),
            "readings": self.readings(),
            "ambiguities": self.ambiguities(),
            "engines": self.judgement.calls.iter().map(|call| json!({
                "name": call.engine, "verdict": call.verdict(), "ms": u64::try_from(call.took.as_millis()).unwrap_or(u64::MAX),
                "error": call.answer.as_ref().err().map(ToString::to_string),
            })).collect::<Vec<_>>(),
            "advice": self.advice_lines(),
            "findings": self.judgement.findings,
            "removals": self.removals().iter().map(|(part, disarmed)| json!({
                "part": part,
                "counts": disarmed.counts.iter().map(|(kind, count)| (kind.name(1).to_owned(), json!(count))).collect::<Map<_, _>>(),
                "removals": disarmed.removals.iter().map(|removal| json!({
                    "what": removal.what, "kind": removal.kind.name(1), "at": removal.at,
                })).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "plan": plan,
            "rule_origin": plan.rule.as_ref().map(|rule| self.resolved.origin(rule)),
            "quarantine": self.id,
            "edits": self.edits.list().iter().map(|edit| json!({
                "range": [edit.range.start, edit.range.end], "with": String::from_utf8_lossy(&edit.with),
            })).collect::<Vec<_>>(),
        })
    }
}
