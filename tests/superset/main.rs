//! What other programs take out of a message is among what we take out of it, or the message is flagged.
//!
//! The others are mail-parser, Python's email under both of its policies, and ripMIME. The messages are mutants: our own, those of
//! tests/readings and, where it is there, some of the corpus, each broken in one to three small ways. A content that another program
//! has and we have not is one that nobody would scan.
//!
//! `MAILWARD_MUTANTS=100000` runs so many, `MAILWARD_MUTANT=17` that one alone, and `MAILWARD_DUMP=folder` keeps what breaks the rule:
//! the mutant, the least of it that does, and the content that is missing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on should stop loudly; clippy.toml covers only the bodies of #[test] functions"
)]

#[allow(dead_code, unused_imports, reason = "shared with the black-box tests, which use all of it")]
#[path = "../harness/mod.rs"]
mod harness;

// The messages of tests/readings, from the ground up.
#[path = "../readings/a.rs"]
mod a;
#[path = "../readings/b.rs"]
mod b;
#[path = "../readings/c.rs"]
mod c;
#[path = "../readings/d.rs"]
mod d;
#[path = "../readings/e.rs"]
mod e;
#[path = "../readings/encode.rs"]
mod encode;
#[path = "../readings/f.rs"]
mod f;
#[path = "../readings/field.rs"]
mod field;
#[path = "../readings/formats.rs"]
mod formats;
#[path = "../readings/g.rs"]
mod g;
#[path = "../readings/h.rs"]
mod h;
#[allow(dead_code, reason = "shared with the tests of the readings, which use all of it")]
#[path = "../readings/part.rs"]
mod part;
#[allow(dead_code, reason = "shared with the tests of the readings, which use all of it")]
#[path = "../readings/position.rs"]
mod position;
#[allow(dead_code, reason = "shared with the tests of the readings, which use all of it")]
#[path = "../readings/row.rs"]
mod row;

// What is compared.
mod extract;
mod ours;
mod peers;

// The messages.
mod mutant;
mod random;
mod seeds;

// The comparison.
mod breach;
mod run;
mod tally;

use run::{Case, run};
use seeds::Seeds;

/// As many as are made in half a minute without optimisation.
const MUTANTS: u64 = 2000;

/// Of a thousand messages so many may need the flag for what a peer takes out of them; of the others it is all among ours.
const MOST_EXCUSED: u64 = 10;

#[test]
fn what_others_extract_from_a_mutant_is_among_ours_or_the_mutant_is_flagged() {
    let number = |name: &str| std::env::var(name).ok().map(|value| value.parse::<u64>().unwrap());
    let seeds = Seeds::collect();
    let numbers: Vec<u64> = match number("MAILWARD_MUTANT") {
        Some(one) => vec![one],
        None => (0..number("MAILWARD_MUTANTS").unwrap_or(MUTANTS)).collect(),
    };
    let tally = run(numbers.len(), |index| Case { name: format!("mutant-{}", numbers[index]), bytes: mutant::of(&seeds, numbers[index]) });
    tally.tell("mutants");
    assert!(tally.breaches.is_empty(), "{}", tally.breaches.join("\n"));
    let is_rare = |excused: u64| excused * 1000 <= tally.messages * MOST_EXCUSED;
    assert!(numbers.len() == 1 || tally.peers.iter().all(|peer| is_rare(peer.excused)), "too many rest on the flag");
}

#[test]
fn what_others_extract_from_real_mail_is_among_ours_or_it_is_flagged() {
    let paths = seeds::corpus();
    let name = |index: usize| format!("message-{index}");
    let tally = run(paths.len(), |index| Case { name: name(index), bytes: std::fs::read(&paths[index]).unwrap() });
    tally.tell("messages of the corpus");
    assert!(tally.breaches.is_empty(), "{}", tally.breaches.join("\n"));
}
