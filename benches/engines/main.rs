//! What several engines cost: five side by side, one message for many recipients, one engine on several addresses.
//!
//! Run by `make bench` as a program of its own. The engines are fakes that take a time of their own for each message, so that what is
//! measured is ours. `BENCH_QUICK` runs few rounds and writes nothing, `BENCH_STRICT` fails where a goal is not met, `BENCH_OUT_ENGINES`
//! names another file for the results (default bench/ENGINES.md).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    reason = "a measurement that cannot go on should stop loudly"
)]

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[allow(dead_code, unused_imports, reason = "shared with the black-box tests, which use all of it")]
#[path = "../../tests/harness/mod.rs"]
mod harness;
mod measure;
#[path = "../process/statistics.rs"]
#[allow(dead_code)]
mod statistics;

/// Most that five engines side by side may take, in times of the slowest alone.
const MOST_SIDE_BY_SIDE: f64 = 1.10;

fn main() -> ExitCode {
    // `cargo test --all-targets` runs benchmarks too, without this argument: that only has to show that they build.
    if !env::args().any(|word| word == "--bench") {
        return ExitCode::SUCCESS;
    }
    let is_quick = is_set("BENCH_QUICK");
    let (text, is_met) = results(if is_quick { 3 } else { 30 });
    eprint!("{text}");
    if !is_quick {
        let path =
            env::var_os("BENCH_OUT_ENGINES").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/ENGINES.md"), PathBuf::from);
        fs::write(path, &text).unwrap();
    }
    if is_met || !is_set("BENCH_STRICT") { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn results(rounds: usize) -> (String, bool) {
    let mut text = "# What several engines cost\n\nWritten by `make bench`; do not edit.\n\n".to_owned();
    let side = measure::side_by_side(rounds);
    let is_quick_enough = side.ratio <= MOST_SIDE_BY_SIDE;
    let _ = write!(
        text,
        "## Five engines side by side\n\nThey take 20, 40, 60, 80 and 100 ms for a message.\n\n\
         | | ms |\n|---|---:|\n| the slowest alone | {:.1} |\n| all five | {:.1} |\n| ratio, at most {MOST_SIDE_BY_SIDE:.2} | {:.3} ({}) |\n\n",
        side.slowest,
        side.five,
        side.ratio,
        verdict(is_quick_enough)
    );
    let [once, each] = measure::many_recipients();
    let is_once = once.scans == 1;
    let _ = write!(
        text,
        "## A message for 50 recipients, each delivered to apart\n\nThe engine takes 20 ms for a message; its version costs nothing.\n\n\
         | | scans | ms for all |\n|---|---:|---:|\n| with `cache` | {} ({}) | {:.0} |\n| without | {} | {:.0} |\n\n",
        once.scans,
        verdict(is_once),
        once.took,
        each.scans,
        each.took
    );
    text.push_str("## One engine on several addresses\n\nEach takes one message at a time, and 20 ms for it; 8 runs at once, `balance = \"hash\"`.\n\n");
    text.push_str("| addresses | messages a second |\n|---:|---:|\n");
    for addresses in [1, 2, 4] {
        let _ = writeln!(text, "| {addresses} | {:.0} |", measure::throughput(addresses, rounds * 8));
    }
    (text, is_quick_enough && is_once)
}

fn verdict(is_met: bool) -> &'static str {
    if is_met { "met" } else { "**not met**" }
}

fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0")
}
