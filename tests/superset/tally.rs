//! Counts of what came of the comparison.

use crate::peers::NAMES;
use std::io::Write;

/// What came of one peer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Count {
    /// Messages of which it took out anything.
    pub(crate) extracted: u64,
    pub(crate) contents: u64,
    pub(crate) names: u64,
    /// Messages of which all that it took out is among ours.
    pub(crate) contained: u64,
    /// Messages that are flagged, where it is not.
    pub(crate) excused: u64,
    /// Messages that are not flagged either.
    pub(crate) breaches: u64,
}

/// What came of all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) messages: u64,
    pub(crate) flagged: u64,
    pub(crate) peers: [Count; 4],
    /// What breaks the rule, in words.
    pub(crate) breaches: Vec<String>,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Self) {
        self.messages += other.messages;
        self.flagged += other.flagged;
        self.breaches.extend(other.breaches);
        for (count, other) in self.peers.iter_mut().zip(other.peers) {
            count.extracted += other.extracted;
            count.contents += other.contents;
            count.names += other.names;
            count.contained += other.contained;
            count.excused += other.excused;
            count.breaches += other.breaches;
        }
    }

    /// Writes the table to stderr; not eprintln!: the test harness would keep it to itself.
    pub(crate) fn tell(&self, what: &str) {
        let mut text = format!("{} {what}, {} flagged\n", self.messages, self.flagged);
        text += "peer              extracted   contents      names  contained    excused   breaches\n";
        for (name, count) in NAMES.iter().zip(&self.peers) {
            let Count { extracted, contents, names, contained, excused, breaches } = count;
            text += &format!("{name:16} {extracted:10} {contents:10} {names:10} {contained:10} {excused:10} {breaches:10}\n");
        }
        text += &self.breaches.join("\n");
        text.push('\n');
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
}
