//! What mailward costs as a whole process, beside cat, procmail, and procmail with clamdscan.
//!
//! `make bench` or `cargo bench --bench process`. Environment: MAILWARD is the binary to measure (else the one cargo built),
//! BENCH_QUICK=1 runs a few rounds and writes no file, BENCH_STRICT=1 fails if a goal is not met, BENCH_DIR is the folder to
//! work in (else /dev/shm), BENCH_OUT is the file to write (else bench/RESULTS.md). Needs procmail; leaves out what needs
//! clamd, clamdscan or valgrind where they are missing. Fails if a subject does not do its work.

use std::env;
use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clamd::Clamd;
use measure::{Bench, Effort, Results};
use message::Kind;
use subject::Subject;
use workshop::{Tools, Workshop};

mod chance;
mod clamd;
mod count;
mod goals;
mod machine;
mod measure;
mod message;
mod report;
mod statistics;
mod subject;
mod sys;
mod workshop;

fn main() -> ExitCode {
    // `cargo test --all-targets` runs benchmarks too, without this argument: that only has to show that they build
    if !env::args().any(|argument| argument == "--bench") {
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

/// True if all subjects worked and, where that is asked for, all goals are met.
fn run() -> Result<bool, Box<dyn Error>> {
    let effort = if is_set("BENCH_QUICK") { Effort::Quick } else { Effort::Full };
    let output = output(effort)?;
    let (tools, shop) = (Tools::find()?, Workshop::open()?);
    env::set_current_dir(shop.path(""))?;
    sys::start_watchdog();
    let clamd = match (&tools.clamd, &tools.clamdscan) {
        (Some(program), Some(_)) => Some(Clamd::start(program, &shop.path("clamd"))?),
        _ => None,
    };
    shop.furnish(&tools, clamd.as_ref())?;
    let results = measure(&tools, &shop, clamd.as_ref(), effort)?;
    let judgements = goals::judge(&results);
    let text = report::render(&results, &judgements, &machine::facts(&tools, &shop), effort);
    io::stdout().write_all(text.as_bytes())?;
    if let Some(path) = output {
        fs::write(path, &text)?;
    }
    let missed = judgements.iter().any(|judgement| judgement.met == Some(false));
    Ok(results.faults.is_empty() && !(missed && is_set("BENCH_STRICT")))
}

fn measure(tools: &Tools, shop: &Workshop, clamd: Option<&Clamd>, effort: Effort) -> Result<Results, Box<dyn Error>> {
    let mut subjects = Subject::all(tools, shop, clamd);
    let mut results = Results::default();
    let bench = Bench { shop, clamd };
    bench.rehearse(&mut subjects, &mut results)?;
    for kind in Kind::ALL {
        writeln!(io::stderr(), "bench: {}, {} rounds", kind.name(), effort.rounds(kind))?;
        bench.time(&subjects, kind, effort, &mut results)?;
        bench.peaks(&subjects, kind, &mut results)?;
        if let Some(valgrind) = &tools.valgrind {
            count::count(valgrind, shop, &subjects, kind, &mut results)?;
        }
    }
    Ok(results)
}

/// Where to write the report, absolute; a quick run writes none unless told to.
fn output(effort: Effort) -> io::Result<Option<PathBuf>> {
    let path = match env::var_os("BENCH_OUT") {
        Some(path) => PathBuf::from(path),
        None if effort == Effort::Quick => return Ok(None),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/RESULTS.md"),
    };
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    std::path::absolute(path).map(Some)
}

fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0")
}
