//! The results as Markdown, for a terminal and for bench/RESULTS.md alike. Pure: results in, text out.

use std::fmt::Write;

use crate::goals::{self, Judgement};
use crate::measure::{Effort, Results};
use crate::message::Kind;
use crate::statistics;
use crate::subject::Id;

const NOTES: &str = "\
- Whole process, from spawn to the return of wait4; the message is written into a pipe of the usual 64 KiB, unless it says \"in a file\".
- Subjects take turns: every round runs each once in an order of its own (at 20 MB, scanners in every third round only); medians; in
  brackets the quartiles of the rounds' ratios. Figures of two runs of the benchmark cannot be compared, ratios can, to about 10 %.
- Before anything is timed each subject has to deliver a clean message, and each scanner has to stop one that carries the signature.
  Every run is checked: its exit status and the one message in the maildir.
- clamd is private, with one signature and without its result cache; mailward passes it the message's descriptor, clamdscan the bytes.
- CPU time is user and system time of the process and its children; for subjects that scan also that of clamd meanwhile.
- \"Own share\": the MDA is a file that the kernel refuses to execute, so that all is done but the MDA's work.
- Peak memory is ru_maxrss. It survives an exec as the larger of both images, so the goal is judged by runs in which mailward never
  becomes another program: its own share (with and without clamd) and its own maildir delivery. They are forked from a benchmark that
  holds no message, because a spawned child inherits its parent's peak; less than about 1 MiB is not seen. Pages of an in-memory
  file count only where they are mapped.
- A message in a file lies on the disk of /var/tmp, as a mail server's queue does, and is in the kernel's page cache.
- On tmpfs an fsync costs nothing: procmail asks for one, mailward's own delivery for those of file and directory.
- Instructions are those of user space, by callgrind, in millions, one run. procmail is counted from a copy that is not setuid.
";

/// The whole report.
pub(crate) fn render(results: &Results, judgements: &[Judgement], facts: &[(&str, String)], effort: Effort) -> String {
    let mut text = "# What a message costs\n\nWritten by `make bench`; do not edit.\n\n".to_owned();
    if effort == Effort::Quick {
        text.push_str("**Quick run: too few rounds to judge by.**\n\n");
    }
    facts.iter().for_each(|(name, value)| line(&mut text, format_args!("- {name}: {value}")));
    let sizes = results.sizes.iter().map(|(kind, size)| format!("{} {size} bytes ({} rounds)", kind.name(), effort.rounds(*kind)));
    line(&mut text, format_args!("- messages: {}", sizes.collect::<Vec<_>>().join(", ")));
    faults(&mut text, results);
    goals_table(&mut text, judgements);
    table(&mut text, "Wall time, ms (median)", &|kind, id| Some(number(statistics::spread(&results.times.get(&(kind, id))?.wall)?.middle)));
    table(&mut text, "Wall time, as a ratio to procmail alone", &|kind, id| {
        let base = if id.reads_a_file() { Id::ProcmailFile } else { Id::Procmail };
        Some(format!("{:.2}", goals::ratio(results, kind, id, base)?.middle))
    });
    table(&mut text, "CPU time, ms (median)", &|kind, id| Some(number(statistics::spread(&results.times.get(&(kind, id))?.cpu)?.middle)));
    table(&mut text, "Peak memory of the process", &|kind, id| Some(goals::mebibytes(*results.peaks.get(&(kind, id))?)));
    table(&mut text, "Instructions, millions", &|kind, id| Some(millions(*results.counts.get(&(kind, id))?)));
    line(&mut text, format_args!("\n## How\n\n{}", NOTES.trim_end()));
    text
}

fn faults(text: &mut String, results: &Results) {
    for (id, fault) in &results.faults {
        line(text, format_args!("- **left out: {}**: {}", id.name(), fault.replace('\n', " ")));
    }
}

fn goals_table(text: &mut String, judgements: &[Judgement]) {
    text.push_str("\n## Goals\n\n| goal | measured | at most | |\n|---|---:|---:|---|\n");
    for judgement in judgements {
        let verdict = match judgement.met {
            Some(true) => "met",
            Some(false) => "**not met**",
            None => "not measured",
        };
        let Judgement { goal, measured, limit, .. } = judgement;
        line(text, format_args!("| {goal} | {measured} | {limit} | {verdict} |"));
    }
}

/// A table of subjects by messages; a subject without a value has no line, a table without a line is left out.
fn table(text: &mut String, title: &str, cell: &dyn Fn(Kind, Id) -> Option<String>) {
    let row = |id| {
        let cells = Kind::ALL.map(|kind| cell(kind, id));
        let some = cells.iter().any(Option::is_some);
        some.then(|| cells.map(|cell| cell.unwrap_or_else(|| "-".to_owned())).join(" | "))
    };
    let rows: Vec<_> = Id::ALL.iter().filter_map(|&id| Some((id.name(), row(id)?))).collect();
    if rows.is_empty() {
        return;
    }
    line(text, format_args!("\n## {title}\n\n| | {} |\n|---|---:|---:|---:|---:|", Kind::ALL.map(Kind::name).join(" | ")));
    rows.iter().for_each(|(name, cells)| line(text, format_args!("| {name} | {cells} |")));
}

/// Three digits that mean something.
fn number(value: f64) -> String {
    if value < 10.0 { format!("{value:.3}") } else { format!("{value:.1}") }
}

fn millions(count: u64) -> String {
    format!("{}.{:03}", count / 1_000_000, count / 1000 % 1000)
}

fn line(text: &mut String, content: std::fmt::Arguments<'_>) {
    // writing into a String cannot fail
    let _ = writeln!(text, "{content}");
}
