//! Mail that the shipped policy writes anew: what other programs take out of it then is what we saw in it before, no more and no less.

use std::io::Write;
use std::sync::Mutex;

use serde_json::Value;

use crate::collection::{Sample, for_each, messages};
use crate::peers::{NAMES, Peers};
use crate::program::{Feed, Mailward, handed_on};
use mailward::message::{Bounds, Doubt, DoubtKind, Grade, Message, Part};

const BOUNDS: Bounds = Bounds { nesting: 64, parts: 1000, header_size: 1 << 18, decoded_size: 1 << 28 };

/// The peers that take every leaf out once; ripMIME writes some twice.
const ASKED: usize = 3;

/// One message lacks the last delimiter of a multipart inside: mail-parser looks for no other, and goes on to the end.
const KNOWN: usize = 1;

#[test]
fn of_what_is_written_anew_other_programs_take_out_what_we_saw() {
    let mailward = Mailward::with("");
    let samples: Vec<Sample> = messages().into_iter().filter(|sample| is_written_anew(&mailward, sample)).collect();
    let (peers, different) = (Mutex::new(Peers::start()), Mutex::new(Vec::new()));
    for_each(&samples, |_, sample| {
        let ours = leaves(&sample.bytes());
        let anew = handed_on(mailward.deliver(Feed::File(&sample.path), "ann@example.com"))?;
        let theirs = peers.lock().unwrap().extract(&anew);
        let asked = NAMES.iter().zip(theirs).take(ASKED).filter_map(|(name, extract)| Some((name, extract?)));
        let told = asked.filter_map(|(name, extract)| Some(format!("{}: {name} {}", sample.name, difference(&ours, extract.contents)?)));
        different.lock().unwrap().extend(told);
        Ok(())
    });
    let different = different.into_inner().unwrap();
    // Not eprintln!: the test harness would keep it to itself.
    let _ = writeln!(std::io::stderr(), "tests/corpus: {} messages are written anew under the shipped policy", samples.len());
    assert!(different.len() <= KNOWN, "{different:#?}");
}

/// Whether the shipped policy has it, or a part of it, written anew and nothing more.
fn is_written_anew(mailward: &Mailward, sample: &Sample) -> bool {
    let is_hard = |doubt: &Doubt| matches!(&doubt.kind, DoubtKind::Ambiguous(known) if known.grade == Grade::Hard);
    if !Message::read(&sample.bytes(), &BOUNDS).doubts().iter().any(is_hard) {
        return false;
    }
    let report: Value = serde_json::from_slice(&mailward.explain(&sample.path).stdout).unwrap_or_default();
    report["plan"]["treatments"] == serde_json::json!(["canonical"]) && report["plan"]["action"] == "accept"
}

/// What the parts of the first reading hold that hold no other. Of a container under an encoding that shows parts as it stands, those.
fn leaves(bytes: &[u8]) -> Vec<Vec<u8>> {
    let message = Message::read(bytes, &BOUNDS);
    let parts = message.parts();
    let first: Vec<usize> = (0..parts.len()).filter(|index| message.primary(*index) == *index).collect();
    let holds =
        |holder: usize, layer: usize| first.iter().any(|index| parts[*index].parent == Some(holder) && parts[*index].layer == layer);
    let is_leaf = |index: usize| !first.iter().any(|other| parts[*other].parent == Some(index));
    let is_again = |part: &Part| part.parent.is_some_and(|holder| part.layer != parts[holder].layer && holds(holder, parts[holder].layer));
    let is_read_again =
        |index: usize| std::iter::successors(Some(index), |index| parts[*index].parent).any(|around| is_again(&parts[around]));
    let leaves = first.iter().filter(|index| is_leaf(**index) && !is_read_again(**index));
    leaves.map(|index| trimmed(&message.decoded(&parts[*index]).next().unwrap())).filter(|leaf| !leaf.is_empty()).collect()
}

/// Without line ends at its end: where a message ends with a part, some count the last one to it.
fn trimmed(content: &[u8]) -> Vec<u8> {
    let end = content.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |last| last + 1);
    content[..end].to_vec()
}

/// What one side has and the other has not.
fn difference(ours: &[Vec<u8>], theirs: Vec<Vec<Vec<u8>>>) -> Option<String> {
    let trim = |forms: Vec<Vec<u8>>| -> Vec<Vec<u8>> { forms.iter().map(|form| trimmed(form)).collect() };
    let mut more: Vec<Vec<Vec<u8>>> = theirs.into_iter().map(trim).filter(|forms| forms.iter().all(|form| !form.is_empty())).collect();
    let mut missing = Vec::new();
    for leaf in ours {
        match more.iter().position(|forms| forms.contains(leaf)) {
            Some(found) => drop(more.swap_remove(found)),
            None => missing.push(shown(leaf)),
        }
    }
    let more: Vec<String> = more.iter().map(|forms| shown(&forms[0])).collect();
    (!missing.is_empty() || !more.is_empty()).then(|| format!("misses {missing:?} and has {more:?}"))
}

fn shown(content: &[u8]) -> String {
    format!("{} bytes {}", content.len(), content.get(..40).unwrap_or(content).escape_ascii())
}
