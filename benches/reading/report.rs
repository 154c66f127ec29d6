//! The results as Markdown. Pure: results in, text out.

use crate::bomb::Bomb;
use crate::child::Cost;
use crate::statistics::{ratio, spread};
use std::fmt::Write;

/// One line of a table.
pub(crate) struct Row {
    pub(crate) text: String,
    pub(crate) is_met: bool,
}

const MOST_RATIO: f64 = 1.15;
const MOST_GROWTH: f64 = 2.3;
const MOST_SECONDS: f64 = 2.0;
const MOST_MEMORY: u64 = 64 << 20;
/// What takes less than so many copies of the message is not judged by its growth: the memory's speed decides there.
const LEAST_COPIES: f64 = 3.0;

const NOTES: &str = "\
- In one process, without input or output. \"Look\" is all that mailward does between taking a message in and asking engines: the
  skeleton under all readings, its own checks, the views that engines would get. \"One parse\" is MessageParser::parse of mail-parser,
  which is one reading. They take turns on the same bytes; medians; in brackets the quartiles of the rounds' ratios.
- A bomb is looked at by a process of its own, in turns with one of half its size. Growth is the ratio of the quickest rounds of both:
  whatever else the machine does only adds. What takes less than 10 ms is timed at sixteen times the size for it; what takes less than
  three copies of the message there is not judged by it, as it is the memory and its caches that are timed. Memory is the peak of the
  process less what it held before, the message included; the limit is 64 MiB.
";

/// A message that was looked at and parsed in turns.
pub(crate) fn mail(name: &str, size: usize, read: &[f64], look: &[f64], parse: &[f64]) -> Option<Row> {
    let (own, judged) = (ratio(read, parse)?, ratio(look, parse)?);
    let middle = |times: &[f64]| spread(times).map_or(0.0, |spread| spread.middle * 1e3);
    let is_met = own.middle <= MOST_RATIO;
    let text = format!(
        "| {name} | {size} | {:.3} | {:.3} | {:.3} | {:.2} ({:.2} to {:.2}) | {:.2} | {} |",
        middle(parse),
        middle(read),
        middle(look),
        own.middle,
        own.low,
        own.high,
        judged.middle,
        verdict(is_met)
    );
    Some(Row { text, is_met })
}

/// A bomb that was looked at.
pub(crate) fn bomb(bomb: &Bomb, cost: Cost) -> Row {
    let quickest = |times: &[f64]| times.iter().copied().fold(f64::INFINITY, f64::min);
    let growth = quickest(&cost.full) / quickest(&cost.half);
    let is_met =
        (growth <= MOST_GROWTH || quickest(&cost.full) < LEAST_COPIES * cost.copy) && cost.look <= MOST_SECONDS && cost.peak <= MOST_MEMORY;
    let text = format!(
        "| {} | {} | {:.1} | {:.1} | {growth:.2} | {:.1} | {} | {} | {} | {} |",
        bomb.name.replace('|', "\\|"),
        cost.size,
        cost.look * 1e3,
        cost.read * 1e3,
        cost.peak as f64 / f64::from(1 << 20),
        cost.found.parts,
        cost.found.doubts,
        cost.found.views,
        verdict(is_met)
    );
    Row { text, is_met }
}

fn verdict(is_met: bool) -> &'static str {
    if is_met { "met" } else { "**not met**" }
}

/// The whole report.
pub(crate) fn render(mails: &[Row], bombs: &[Row], is_quick: bool) -> String {
    let mut text = "# What reading a message costs\n\nWritten by `make bench`; do not edit.\n".to_owned();
    if is_quick {
        text.push_str("\n**Quick run: too few rounds to judge by.**\n");
    }
    let mails_head = "| message | bytes | one parse, ms | skeleton, ms | look, ms | skeleton / one parse, at most 1.15 | look / one parse | |\n\
                      |---|---:|---:|---:|---:|---:|---:|---|";
    table(&mut text, "Well-formed mail", mails_head, mails);
    let bombs_head = "| bomb | bytes | look, ms, at most 2000 | skeleton, ms | growth, at most 2.3 | memory, MiB, at most 64 | parts | doubts | bytes of views | |\n\
                      |---|---:|---:|---:|---:|---:|---:|---:|---:|---|";
    table(&mut text, "Messages that are made to cost much", bombs_head, bombs);
    let _ = writeln!(text, "\n## How\n\n{}", NOTES.trim_end());
    text
}

fn table(text: &mut String, title: &str, head: &str, rows: &[Row]) {
    let _ = writeln!(text, "\n## {title}\n\n{head}");
    rows.iter().for_each(|row| {
        let _ = writeln!(text, "{}", row.text);
    });
}
