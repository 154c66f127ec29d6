//! A byte that nobody meant to change does not change.
use sha2::{Digest, Sha256};

use crate::collection::{Sample, files, for_each};
use crate::program::{Feed, Mailward, handed_on};

/// Nothing is put into the message, and nothing that is found is acted on.
fn hands_off() -> Mailward {
    Mailward::with_rule("{ action = \"accept\" }", "[tag]\nheader = \"\"\nsubject = {}\n")
}

fn same(sample: &Sample, given: &[u8], output: &[u8]) -> Result<(), String> {
    assert_eq!(sample.path.metadata().unwrap().len(), given.len() as u64);
    if Sha256::digest(given) == Sha256::digest(output) {
        return Ok(());
    }
    let at = given.iter().zip(output).take_while(|(one, other)| one == other).count();
    Err(format!("{} bytes became {}, the first change is at {at}", given.len(), output.len()))
}

#[test]
fn every_message_reaches_the_mda_byte_identical_by_pipe() {
    let mailward = hands_off();
    for_each(&files(), |_, sample| {
        let given = sample.bytes();
        same(sample, &given, &handed_on(mailward.deliver(Feed::Pipe(&given), "ann@example.com"))?)
    });
}

#[test]
fn every_message_reaches_the_mda_byte_identical_by_file() {
    let mailward = hands_off();
    for_each(&files(), |_, sample| {
        let output = handed_on(mailward.deliver(Feed::File(&sample.path), "ann@example.com"))?;
        same(sample, &sample.bytes(), &output)
    });
}
