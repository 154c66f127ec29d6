//! What reading costs: of well-formed mail beside one parse, and of messages that are made to cost much.
//!
//! `make bench` or `cargo bench --bench reading`. Environment: BENCH_QUICK=1 takes a few rounds of smaller messages and writes no
//! file, BENCH_STRICT=1 fails if a goal is not met, BENCH_ONLY is a word of the bombs to take, BENCH_OUT_READING is the file to write
//! (else bench/READING.md).

use std::env;
use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bomb::BOMBS;

mod bomb;
#[path = "../process/chance.rs"]
#[allow(dead_code)]
mod chance;
mod child;
mod mail;
#[path = "../process/message.rs"]
#[allow(dead_code)]
mod message;
mod report;
#[path = "../process/statistics.rs"]
mod statistics;
mod subject;

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    let words: Vec<String> = env::args().collect();
    let outcome = match words.as_slice() {
        [_, first, name, size] if first == child::ARGUMENT => child(name, size),
        // `cargo test --all-targets` runs benchmarks too, without this argument: that only has to show that they build
        words if words.iter().any(|word| word == "--bench") => run(),
        _ => Ok(true),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(io::stderr(), "bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn child(name: &str, size: &str) -> Result<bool, Box<dyn Error>> {
    let bomb = BOMBS.iter().find(|bomb| bomb.name == name).ok_or("no such bomb")?;
    io::stdout().write_all(child::tell(bomb, size.parse()?)?.as_bytes())?;
    Ok(true)
}

/// True if, where that is asked for, all goals are met.
fn run() -> Result<bool, Box<dyn Error>> {
    let is_quick = is_set("BENCH_QUICK");
    let only = env::var("BENCH_ONLY").unwrap_or_default();
    let mails = if only.is_empty() { mail::measure(is_quick) } else { Vec::new() };
    let mut bombs = Vec::new();
    for bomb in BOMBS.iter().filter(|bomb| bomb.name.contains(&only)) {
        let size = if is_quick { 2 << 20 } else { 10 << 20 };
        let row = report::bomb(bomb, child::cost(bomb, size)?);
        writeln!(io::stderr(), "bench: {}", row.text)?;
        bombs.push(row);
    }
    let text = report::render(&mails, &bombs, is_quick);
    io::stdout().write_all(text.as_bytes())?;
    if !is_quick && only.is_empty() {
        let path =
            env::var_os("BENCH_OUT_READING").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/READING.md"), PathBuf::from);
        fs::write(path, &text)?;
    }
    let is_met = mails.iter().all(|row| row.is_met) && bombs.iter().all(|row| row.is_met);
    Ok(is_met || !is_set("BENCH_STRICT"))
}

fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0")
}
