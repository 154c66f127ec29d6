//! What the shipped policy does with each message; told as a table, because what is right for spam is a matter of opinion.
//!
//! Only this is asserted: no run breaks, and every message is delivered, kept for later or refused.
use std::collections::BTreeMap;
use std::io::Write;

use serde_json::Value;

use crate::collection::{Sample, for_each, messages};
use crate::program::{Feed, Mailward};

/// Folders of mail that people wanted.
const WANTED: &str = "spamassassin-public/ham-";

#[test]
fn the_shipped_policy_delivers_keeps_or_refuses_every_message() {
    let mailward = Mailward::with("");
    let samples = messages();
    for_each(&samples, |index, sample| {
        let output = mailward.deliver(Feed::File(&sample.path), &format!("{index}@example.com"));
        match output.status.code() {
            Some(0 | 75 | 77) if output.stderr.is_empty() => Ok(()),
            _ => Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr))),
        }
    });
    let log = mailward.log();
    let broken: Vec<&Value> = log.iter().filter(|line| line.get("error").is_some()).collect();
    assert!(broken.is_empty(), "{} of {} runs broke, such as {}", broken.len(), samples.len(), broken[0]);
    let judged = log.iter().filter_map(|line| Some((sample_of(line, &samples)?, line))).collect::<Vec<_>>();
    assert_eq!(judged.len(), samples.len(), "every message has its line in the log");
    let _ = std::io::stderr().write_all(table(&judged).as_bytes());
}

/// The message that a line is about: its recipient is the number.
fn sample_of<'a>(line: &Value, samples: &'a [Sample]) -> Option<&'a Sample> {
    samples.get(line["to"].as_str()?.split_once('@')?.0.parse::<usize>().ok()?)
}

/// How many messages of each folder fared how, and each message that was wanted and is changed beyond its header.
fn table(judged: &[(&Sample, &Value)]) -> String {
    let mut counts: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let mut wanted = Vec::new();
    for (sample, line) in judged {
        let word = |key: &str| line[key].as_str().unwrap_or_default();
        let fate = format!("{} {} {}", word("class"), word("action"), word("treatment"));
        if sample.name.starts_with(WANTED) && word("class") != "clean" {
            wanted.push(format!("  {}: {fate}: {}\n", sample.name, word("name")));
        }
        let folder = sample.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        *counts.entry((folder, fate)).or_default() += 1;
    }
    let rows: String = counts.iter().map(|((folder, fate), count)| format!("{count:6}  {folder:32} {fate}\n")).collect();
    format!(
        "tests/corpus: under the shipped policy\n{rows}tests/corpus: wanted mail that is not clean: {}\n{}",
        wanted.len(),
        wanted.concat()
    )
}
