//! Marking a message changes its marks and nothing else, and the body hashes of signers stay right.
use crate::collection::{Sample, for_each, list, messages};
use crate::dkim::right_signatures;
use crate::program::{Feed, Mailward, handed_on};
use crate::tag::Tagged;

/// The default marks, and no treatment but them.
fn marking() -> Mailward {
    Mailward::with_rule("{ action = \"accept\", treatment = \"tag\" }", "")
}

fn deliver(mailward: &Mailward, bytes: &[u8]) -> Result<Vec<u8>, String> {
    handed_on(mailward.deliver(Feed::Pipe(bytes), "ann@example.com"))
}

/// What the first run put in must be all; a second one over a forged field of ours must give the same message again.
fn is_only_marked(mailward: &Mailward, sample: &Sample) -> Result<(), String> {
    let given = sample.bytes();
    let output = deliver(mailward, &given)?;
    if given.is_empty() && output.is_empty() {
        return Ok(());
    }
    let tagged = Tagged::find(&output)?;
    tagged.is_made_of(&given)?;
    let again = deliver(mailward, &tagged.forged())?;
    if again == output { Ok(()) } else { Err("a forged field changes what is delivered".to_owned()) }
}

#[test]
fn marks_are_all_that_marking_puts_in_and_forged_ones_are_gone() {
    let mailward = marking();
    for_each(&messages(), |_, sample| is_only_marked(&mailward, sample));
}

#[test]
fn body_hashes_that_were_right_stay_right() {
    let mailward = marking();
    for_each(&list("DKIM-BODYHASH-OK.txt"), |_, sample| {
        let given = sample.bytes();
        let before = right_signatures(&given);
        if before.is_empty() {
            return Err("no body hash is right on the message as it came in".to_owned());
        }
        let after = right_signatures(&deliver(&mailward, &given)?);
        if after == before { Ok(()) } else { Err(format!("{} right hashes became {}", before.len(), after.len())) }
    });
}
