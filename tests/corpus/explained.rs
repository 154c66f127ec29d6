//! `mailward explain --json` of every message: what it says must be JSON, and point into the message.
use std::ops::Range;

use serde_json::Value;

use crate::collection::{for_each, messages};
use crate::program::Mailward;

#[test]
fn every_message_is_explained_with_ranges_that_lie_in_it() {
    let mailward = Mailward::with("");
    for_each(&messages(), |_, sample| {
        let output = mailward.explain(&sample.path);
        if !output.status.success() || !output.stderr.is_empty() {
            return Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr)));
        }
        let report: Value = serde_json::from_slice(&output.stdout).map_err(|why| format!("no JSON: {why}"))?;
        let size = sample.path.metadata().unwrap().len();
        ensure(report["size"] == size, "the size is another")?;
        parts_lie_in_each_other(&report["parts"], size)?;
        edits_are_in_order(&report["edits"], size)?;
        findings_lie_inside(&report["findings"], size)
    });
}

fn ensure(holds: bool, breach: impl Into<String>) -> Result<(), String> {
    if holds { Ok(()) } else { Err(breach.into()) }
}

/// Header before body, both in the message, and both in the part that holds this one. A part of another layer points into something that
/// was decoded, whose size the report does not tell.
fn parts_lie_in_each_other(parts: &Value, size: u64) -> Result<(), String> {
    let parts = parts.as_array().ok_or("no parts")?;
    ensure(!parts.is_empty(), "not one part")?;
    for (index, part) in parts.iter().enumerate() {
        let (header, body) = (range(&part["header"])?, range(&part["body"])?);
        ensure(header.start <= header.end && header.end <= body.start && body.start <= body.end, format!("part {index} is inside out"))?;
        ensure(part["layer"] != 0 || body.end <= size, format!("part {index} ends behind the message"))?;
        let Some(parent) = part["parent"].as_u64() else { continue };
        ensure(parent < index as u64, format!("part {index} comes before the part that holds it"))?;
        let holder = &parts[usize::try_from(parent).unwrap()];
        ensure(part["depth"].as_u64() == holder["depth"].as_u64().map(|depth| depth + 1), format!("the depth of part {index}"))?;
        let outer = range(&holder["body"])?;
        let is_inside = outer.start <= header.start && body.end <= outer.end;
        // Another reading of a container may end behind what holds it: that is what is read differently.
        let may_lie_outside = part["layer"] != holder["layer"] || !part["reading_of"].is_null();
        ensure(may_lie_outside || is_inside, format!("part {index} lies outside of part {parent}"))?;
    }
    Ok(())
}

fn edits_are_in_order(edits: &Value, size: u64) -> Result<(), String> {
    let mut end = 0;
    for edit in edits.as_array().ok_or("no edits")? {
        let range = range(&edit["range"])?;
        ensure(end <= range.start && range.start <= range.end && range.end <= size, format!("the edit at {range:?}"))?;
        end = range.end;
    }
    Ok(())
}

fn findings_lie_inside(findings: &Value, size: u64) -> Result<(), String> {
    for finding in findings.as_array().ok_or("no findings")? {
        let place = &finding["place"]["range"];
        if let (Some(start), Some(end)) = (place["start"].as_u64(), place["end"].as_u64()) {
            ensure(start <= end && end <= size, format!("the finding at {start}..{end}"))?;
        }
    }
    Ok(())
}

/// `[start, end]`
fn range(value: &Value) -> Result<Range<u64>, String> {
    let bound = |at: usize| value[at].as_u64().ok_or_else(|| format!("no range: {value}"));
    Ok(bound(0)?..bound(1)?)
}
