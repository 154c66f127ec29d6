//! The table of what came of each row, as docs/readings.md keeps it.

use crate::judge::Outcome;
use crate::position::Case;
use crate::row::Row;
use std::fmt::Write;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/readings.md");

/// What came of each row.
pub(crate) struct Table {
    lines: Vec<Line>,
}

struct Line {
    id: &'static str,
    seen_by: &'static str,
    scanned: usize,
    flagged: usize,
    /// The messages that passed as clean.
    clean: Vec<String>,
    /// Their variants, each once.
    clean_variants: Vec<String>,
}

impl Table {
    pub(crate) fn of(rows: &[Row], cases: &[Case], outcomes: &[Outcome]) -> Self {
        let judged: Vec<(&Case, Outcome)> = cases.iter().zip(outcomes.iter().copied()).collect();
        let lines = rows.iter().map(|row| {
            let own: Vec<_> = judged.iter().filter(|(case, _)| case.name.starts_with(row.id)).collect();
            let count = |wanted| own.iter().filter(|(_, outcome)| *outcome == wanted).count();
            let clean = || own.iter().filter(|(_, outcome)| *outcome == Outcome::Clean).map(|(case, _)| case);
            let mut clean_variants: Vec<String> = clean().map(|case| case.variant.clone()).collect();
            clean_variants.dedup();
            Line {
                id: row.id,
                seen_by: row.seen_by,
                scanned: count(Outcome::Scanned),
                flagged: count(Outcome::Flagged),
                clean: clean().map(|case| case.name.clone()).collect(),
                clean_variants,
            }
        });
        Self { lines: lines.collect() }
    }

    pub(crate) fn scanned(&self) -> usize {
        self.lines.iter().map(|line| line.scanned).sum()
    }

    /// The table, as Markdown has it.
    pub(crate) fn text(&self) -> String {
        let (mut text, mut sums) =
            (String::from("| row | payload is there for | messages | scanned | flagged | clean | clean variants |\n"), [0; 3]);
        text += "| --- | --- | --- | --- | --- | --- | --- |\n";
        for line in &self.lines {
            let counts = [line.scanned, line.flagged, line.clean.len()];
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            let clean: Vec<String> = line.clean_variants.iter().map(|name| format!("`{name}`")).collect();
            text += &cells(line.id, line.seen_by, counts, &clean.join(", "));
        }
        text + &cells("all", "", sums, "")
    }

    /// The page in docs has this table; with MAILWARD_WRITE set it is written there.
    pub(crate) fn is_documented(&self) {
        let page = std::fs::read_to_string(PAGE).unwrap();
        let (intro, documented) =
            page.split_once("| row ").map_or((page.as_str(), String::new()), |(intro, table)| (intro, format!("| row {table}")));
        if std::env::var_os("MAILWARD_WRITE").is_some() {
            std::fs::write(PAGE, format!("{intro}{}", self.text())).unwrap();
        } else {
            assert!(documented == self.text(), "docs/readings.md is not what was found: MAILWARD_WRITE=1 writes it anew");
        }
    }

    pub(crate) fn has_none_clean(&self) {
        let clean: Vec<&str> = self.lines.iter().flat_map(|line| &line.clean).map(String::as_str).collect();
        assert!(clean.is_empty(), "{} messages passed as clean:\n{}", clean.len(), clean.join("\n"));
    }
}

fn cells(id: &str, seen_by: &str, counts: [usize; 3], clean: &str) -> String {
    let [scanned, flagged, none] = counts;
    let mut text = String::new();
    let _ = writeln!(text, "| {id} | {seen_by} | {} | {scanned} | {flagged} | {none} | {clean} |", counts.iter().sum::<usize>());
    text
}
