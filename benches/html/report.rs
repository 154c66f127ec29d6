//! The results as Markdown. Pure: results in, text out.

use crate::bomb::Bomb;
use crate::cost::Cost;
use crate::statistics::spread;
use std::fmt::Write;

/// One line of a table.
pub(crate) struct Row {
    pub(crate) text: String,
    pub(crate) is_met: bool,
}

const LEAST_SPEED: f64 = 100.0;
const MOST_GROWTH: f64 = 2.3;
const MOST_SECONDS: f64 = 1.0;
/// What takes less than so many copies of the page is not judged by its growth: the memory's speed decides there.
const LEAST_COPIES: f64 = 3.0;

const NOTES: &str = "\
- In one process and on one core, from the bytes of a page to those of what is left of it. All pages of a collection are gone through
  in turns with the other filters; medians, in brackets the quartiles of the rounds.
- HTML::Parser is timed without its start, by a script of ours that does what MailScanner's method is: some tags get another name. It
  leaves everything else. altermime is timed with its start, on one message of all pages; it only looks for the place of a note.
- A bomb of 10 MB and one of half its size take turns, under the depth `remote`. Growth is the ratio of the quickest rounds of both:
  whatever else the machine does only adds. What takes less than 10 ms is timed at sixteen times the size for it; what takes less than
  three copies of the page there is not judged by it.
";

/// Pages that a filter went through.
pub(crate) fn page(name: &str, filter: &str, size: usize, times: &[f64], is_judged: bool) -> Row {
    let Some(times) = spread(times) else { return Row { text: format!("| {name} | {filter} | {size} | | | |"), is_met: !is_judged } };
    let speed = |seconds: f64| size as f64 / 1e6 / seconds;
    let is_met = !is_judged || speed(times.middle) >= LEAST_SPEED;
    let text = format!(
        "| {name} | {filter} | {size} | {:.1} | {:.1} ({:.1} to {:.1}) | {} |",
        times.middle * 1e3,
        speed(times.middle),
        speed(times.high),
        speed(times.low),
        if is_judged { verdict(is_met) } else { "" }
    );
    Row { text, is_met }
}

/// A bomb that was disarmed.
pub(crate) fn bomb(bomb: &Bomb, cost: &Cost) -> Row {
    let quickest = |times: &[f64]| times.iter().copied().fold(f64::INFINITY, f64::min);
    let growth = quickest(&cost.full) / quickest(&cost.half);
    let middle = spread(&cost.whole).map_or(f64::INFINITY, |spread| spread.middle);
    let is_met = (growth <= MOST_GROWTH || quickest(&cost.full) < LEAST_COPIES * cost.copy) && middle <= MOST_SECONDS;
    let name = bomb.name.replace('|', "\\|");
    let text =
        format!("| {name} | {} | {:.1} | {growth:.2} | {} | {} | {} |", cost.size, middle * 1e3, cost.left, cost.removals, verdict(is_met));
    Row { text, is_met }
}

fn verdict(is_met: bool) -> &'static str {
    if is_met { "met" } else { "**not met**" }
}

/// The whole report.
pub(crate) fn render(pages: &[Row], bombs: &[Row], is_quick: bool) -> String {
    let mut text = "# What disarming a page costs\n\nWritten by `make bench`; do not edit.\n".to_owned();
    if is_quick {
        text.push_str("\n**Quick run: too few rounds to judge by.**\n");
    }
    let pages_head = "| pages | filter | bytes | ms | MB/s, at least 100 | |\n|---|---|---:|---:|---:|---|";
    table(&mut text, "Real pages", pages_head, pages);
    let bombs_head =
        "| bomb | bytes | ms, at most 1000 | growth, at most 2.3 | bytes left | removals | |\n|---|---:|---:|---:|---:|---:|---|";
    table(&mut text, "Pages that are made to cost much", bombs_head, bombs);
    let _ = writeln!(text, "\n## How\n\n{}", NOTES.trim_end());
    text
}

fn table(text: &mut String, title: &str, head: &str, rows: &[Row]) {
    let _ = writeln!(text, "\n## {title}\n\n{head}");
    rows.iter().for_each(|row| {
        let _ = writeln!(text, "{}", row.text);
    });
}
