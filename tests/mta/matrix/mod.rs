//! Every event in every hook: the table of docs/mta-matrix.md is found again by real servers and the tests' own qmail, and no cell bounces
//! or loses mail because of us.
mod event;
mod ground;
mod process;

use std::io::Write;
use std::thread;

use crate::hook::{HOOKS, Hook};
use event::EVENTS;
use ground::{Ground, Outcome};

const DOCUMENTED: &str = include_str!("../../../docs/mta-matrix.md");

/// What came of each event in one hook.
type Column = Vec<Outcome>;

#[test]
fn each_event_in_each_hook_comes_to_what_the_matrix_says_and_never_to_a_loss() {
    let columns: Option<Vec<Column>> = thread::scope(|scope| {
        let running: Vec<_> = HOOKS.iter().map(|hook| scope.spawn(|| fill_column(hook))).collect();
        running.into_iter().zip(&HOOKS).map(|(column, hook)| column.join().unwrap_or_else(|_| panic!("see {}", hook.name))).collect()
    });
    let Some(columns) = columns else { return };
    let found = table(&columns);
    // Not println!: the test harness would keep it to itself.
    let _ = writeln!(std::io::stderr(), "{found}");
    let documented: Vec<&str> = DOCUMENTED.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(documented.join("\n"), found, "docs/mta-matrix.md is not what was found");
}

fn fill_column(hook: &'static Hook) -> Option<Column> {
    let mut ground = Ground::open(hook)?;
    let mut column = Column::new();
    for event in &EVENTS {
        let outcome = ground.outcome_of(event);
        ground.assert_fits(event, outcome);
        column.push(outcome);
    }
    ground.assert_nothing_is_doubled();
    Some(column)
}

/// The table, as Markdown has it.
fn table(columns: &[Column]) -> String {
    let heads = HOOKS.iter().map(|hook| hook.name.to_owned());
    let mut lines = vec![line("event", heads), line("---", HOOKS.iter().map(|_| "---".to_owned()))];
    lines.extend(EVENTS.iter().enumerate().map(|(row, event)| line(event.name, columns.iter().map(|column| word(column[row])))));
    lines.join("\n")
}

fn line(first: &str, cells: impl Iterator<Item = String>) -> String {
    cells.fold(format!("| {first} |"), |line, cell| line + &format!(" {cell} |"))
}

fn word(outcome: Outcome) -> String {
    format!("{outcome:?}").to_lowercase()
}
