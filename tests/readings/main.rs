//! Every reading is scanned: the rows of an evasion matrix, each a way in which a message hides something from one reader and shows it
//! to another, built in three positions, with both line ends, and judged by the built program.
//!
//! What is hidden is the EICAR test string, never in the open, or a name that the policy denies. The one engine greps for the string and
//! decodes nothing, so that it finds what mailward has decoded. A message passes when its payload reached the engine or a rule
//! (scanned), or when mailward says that it cannot be sure (flagged). What came of each row is the table in docs/readings.md.
//!
//! `MAILWARD_ROW=E033` runs one row, and `E03` ten; `MAILWARD_DUMP=folder` writes the messages there, and what came of them into the
//! names; `MAILWARD_WRITE=1` writes the table anew.
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

// What a row is made of, from the ground up.
mod encode;
mod field;
mod formats;
mod part;
mod position;
mod row;

// The rows, a file for each section of the matrix.
mod a;
mod b;
mod c;
mod d;
mod e;
mod f;
mod g;
mod h;

// What comes of them.
mod judge;
mod table;

use judge::{Outcome, judge_all};
use part::{attached_program, eicar_part};
use position::Case;
use row::{Row, Variant};
use std::collections::BTreeSet;
use std::io::Write;

/// Fewer would leave out a construction that a row names.
const LEAST_MESSAGES: usize = 2500;

/// Of a hundred messages so many must be scanned, and not only flagged.
const LEAST_SCANNED: usize = 94;

fn rows() -> Vec<Row> {
    [a::rows(), b::rows(), c::rows(), d::rows(), e::rows(), f::rows(), g::rows(), h::rows()].concat()
}

#[test]
fn each_row_is_scanned_or_flagged_and_none_is_clean() {
    let wanted = std::env::var("MAILWARD_ROW").ok();
    let rows: Vec<Row> = rows().into_iter().filter(|row| wanted.as_deref().is_none_or(|wanted| row.id.starts_with(wanted))).collect();
    let cases: Vec<Case> = rows.iter().flat_map(position::cases).collect();
    let outcomes = judge_all(&cases);
    if let Ok(folder) = std::env::var("MAILWARD_DUMP") {
        let all = cases.iter().zip(&outcomes).enumerate();
        all.for_each(|(number, (case, outcome))| case.dump(folder.as_ref(), &format!("{outcome:?}-{number}")));
    }
    let table = table::Table::of(&rows, &cases, &outcomes);
    // Not eprintln!: the test harness would keep it to itself.
    let _ = writeln!(std::io::stderr(), "{}", table.text());
    if wanted.is_none() {
        table.is_documented();
        assert!(cases.len() >= LEAST_MESSAGES, "{} messages", cases.len());
    }
    table.has_none_clean();
    assert!(wanted.is_some() || table.scanned() * 100 >= cases.len() * LEAST_SCANNED, "{} of {} scanned", table.scanned(), cases.len());
}

#[test]
fn the_rows_are_those_of_the_matrix_in_their_order() {
    let ids: Vec<&str> = rows().iter().map(|row| row.id).collect();
    let expected: Vec<String> = (1..=125).map(|number| format!("E{number:03}")).collect();
    assert_eq!(ids, expected);
}

#[test]
fn every_row_has_variants_and_each_its_own_name_and_bytes() {
    for row in rows() {
        assert!(!row.variants.is_empty(), "{}", row.id);
        let names: BTreeSet<&str> = row.variants.iter().map(Variant::name).collect();
        let messages: BTreeSet<Vec<u8>> = position::cases(&row).into_iter().map(|case| case.message).collect();
        assert_eq!(names.len(), row.variants.len(), "{}: {:?}", row.id, row.variants.iter().map(Variant::name).collect::<Vec<_>>());
        // A message without a line end of its own may be the same with both.
        assert!(messages.len() > row.variants.len() * 3, "{}: {} messages of {}", row.id, messages.len(), row.variants.len());
    }
}

#[test]
fn no_message_shows_its_payload_to_who_decodes_nothing() {
    let payload = harness::eicar();
    for row in rows() {
        for case in position::cases(&row) {
            assert!(!judge::holds(&case.message, payload.as_bytes()), "{} {}", row.id, case.name);
        }
    }
}

#[test]
fn a_plain_message_with_the_payload_is_scanned_and_one_without_it_is_clean() {
    let harmless = eicar_part().replace(&part::eicar_body(), &encode::base64_lines("Hello."));
    let controls = [
        (eicar_part(), Outcome::Scanned),
        (part::multipart("bar"), Outcome::Scanned),
        (attached_program(), Outcome::Scanned),
        (attached_program().replace(".exe", ".txt"), Outcome::Clean),
        (harmless, Outcome::Clean),
        ("Content-Type: text/plain\n\nHello.\n".to_owned(), Outcome::Clean),
    ];
    for (entity, outcome) in controls {
        let row = Row::new("control", "every reader").with("plain", entity);
        let cases = position::cases(&row);
        for (case, found) in cases.iter().zip(judge_all(&cases)) {
            assert_eq!(found, outcome, "{}\n{}", case.name, String::from_utf8_lossy(&case.message));
        }
    }
}
