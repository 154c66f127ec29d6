//! What disarming a page costs: real mail, and pages that are made to cost much; beside it what other filters do with the same pages.
//!
//! Run by `make bench` as a program of its own; `BENCH_QUICK` runs few rounds and does not judge, `BENCH_ONLY=words` runs only the bombs
//! with these words in their name (`pages`: only real pages), `BENCH_STRICT` fails where a goal is not met, `BENCH_OUT_HTML` names another
//! file for the results (default bench/HTML.md).

use std::env;
use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

mod bomb;
#[path = "../process/chance.rs"]
#[allow(dead_code)]
mod chance;
mod cost;
#[path = "../process/message.rs"]
#[allow(dead_code)]
mod message;
mod page;
mod peer;
mod report;
#[path = "../process/statistics.rs"]
#[allow(dead_code)]
mod statistics;

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    // `cargo test --all-targets` runs benchmarks too, without this argument: that only has to show that they build.
    if !env::args().any(|word| word == "--bench") {
        return ExitCode::SUCCESS;
    }
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(io::stderr(), "bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// True if, where that is asked for, all goals are met.
fn run() -> Result<bool, Box<dyn Error>> {
    let is_quick = is_set("BENCH_QUICK");
    let only = env::var("BENCH_ONLY").unwrap_or_default();
    let pages = if only.is_empty() || only == "pages" { page::measure(is_quick)? } else { Vec::new() };
    let mut bombs = Vec::new();
    for bomb in bomb::BOMBS.iter().filter(|bomb| bomb.name.contains(&only)) {
        let row = report::bomb(bomb, &cost::of(bomb, if is_quick { 2 << 20 } else { 10 << 20 }));
        writeln!(io::stderr(), "bench: {}", row.text)?;
        bombs.push(row);
    }
    let text = report::render(&pages, &bombs, is_quick);
    io::stdout().write_all(text.as_bytes())?;
    if !is_quick && only.is_empty() {
        let path = env::var_os("BENCH_OUT_HTML").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/HTML.md"), PathBuf::from);
        fs::write(path, &text)?;
    }
    let is_met = pages.iter().chain(&bombs).all(|row| row.is_met);
    Ok(is_met || !is_set("BENCH_STRICT"))
}

fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0")
}
