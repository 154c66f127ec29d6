//! User-space instructions, counted by valgrind's callgrind: they repeat where times do not.
//!
//! callgrind gives no count for a process that executes another program, so mailward is counted with an MDA that the
//! kernel refuses, and with its own maildir delivery. procmail with clamdscan is the sum of both processes. Without
//! valgrind there are no counts.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::measure::Results;
use crate::message::Kind;
use crate::subject::{self, Id, Subject};
use crate::sys::{self, Feed, Start};
use crate::workshop::Workshop;

const COUNTED: [Id; 6] = [Id::Cat, Id::Procmail, Id::Own, Id::Maildir, Id::Clamdscan, Id::OwnClamd];

/// Counts one run of each subject with the message that lies in the workshop.
pub(crate) fn count(
    valgrind: &Path,
    shop: &Workshop,
    subjects: &[Subject],
    kind: Kind,
    results: &mut Results,
) -> Result<(), Box<dyn Error>> {
    for subject in subjects.iter().filter(|subject| COUNTED.contains(&subject.id)) {
        let mut command = under_valgrind(valgrind, shop, subject)?;
        sys::run(&mut command, Feed::Streamed(&shop.queued("message.eml")), Start::Spawn)?;
        shop.clear()?;
        if let Some(sum) = collect(shop)? {
            results.counts.insert((kind, subject.id), sum);
        }
    }
    Ok(())
}

fn under_valgrind(valgrind: &Path, shop: &Workshop, subject: &Subject) -> Result<Command, Box<dyn Error>> {
    let (program, arguments) = subject.argv.split_first().ok_or("empty command")?;
    // a copy that is not setuid, because valgrind runs no setuid program
    let copy = Path::new(program).file_name().map(|name| shop.path(&name.to_string_lossy())).filter(|copy| copy.is_file());
    let children = if subject.id == Id::Clamdscan { "yes" } else { "no" };
    let mut command = Command::new(valgrind);
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    command.arg(format!("--trace-children={children}")).arg(format!("--log-file={}", shop.path("callgrind.%p").display()));
    command.arg(copy.as_deref().unwrap_or(Path::new(program))).args(arguments);
    subject::in_postfix_environment(&mut command, shop);
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    Ok(command)
}

/// Adds up the logs and removes them; none if a process left no count.
fn collect(shop: &Workshop) -> Result<Option<u64>, Box<dyn Error>> {
    let mut sum = Some(0);
    for entry in fs::read_dir(shop.path(""))? {
        let path = entry?.path();
        if path.file_stem().is_some_and(|stem| stem == "callgrind") {
            let log = fs::read_to_string(&path)?;
            fs::remove_file(&path)?;
            sum = sum.zip(collected(&log)).map(|(sum, count)| sum + count);
        }
    }
    Ok(sum.filter(|&sum| sum > 0))
}

fn collected(log: &str) -> Option<u64> {
    let line = log.lines().find_map(|line| line.split_once("Collected : "))?.1;
    line.replace(',', "").trim().parse().ok()
}
