//! The runs: first each subject must show that it does its work, then all of them take turns, and what they took is kept.
//!
//! The machine's speed drifts by a third over minutes, so subjects are interleaved: every round runs each subject once, in an
//! order of its own, because what ran just before counts too (at 20 MB a fixed order moved ratios by a tenth: the kernel had
//! the freed pages of one predecessor at hand, and not those of another). Medians are compared, only within one run.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io;
use std::time::Duration;

use crate::chance::Chance;
use crate::clamd::{Clamd, MARKER};
use crate::message::{self, Kind};
use crate::subject::{Id, Subject};
use crate::sys::{self, Feed, Start, Usage};
use crate::workshop::Workshop;

/// How thorough to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    Full,
    Quick,
}

impl Effort {
    pub(crate) fn rounds(self, kind: Kind) -> usize {
        let full = match kind {
            Kind::Text => 600,
            Kind::Html => 300,
            Kind::Document => 60,
            Kind::Large => 60,
        };
        if self == Self::Full { full } else { (full / 30).max(2) }
    }
}

/// The times of one subject with one message, round by round.
#[derive(Default)]
pub(crate) struct Series {
    pub(crate) wall: Vec<f64>,
    pub(crate) cpu: Vec<f64>,
}

/// Everything measured: milliseconds, bytes, instructions.
#[derive(Default)]
pub(crate) struct Results {
    pub(crate) times: BTreeMap<(Kind, Id), Series>,
    pub(crate) peaks: BTreeMap<(Kind, Id), u64>,
    pub(crate) counts: BTreeMap<(Kind, Id), u64>,
    pub(crate) sizes: BTreeMap<Kind, usize>,
    pub(crate) faults: Vec<(Id, String)>,
}

/// Where and with what the subjects run.
pub(crate) struct Bench<'a> {
    pub(crate) shop: &'a Workshop,
    pub(crate) clamd: Option<&'a Clamd>,
}

impl Bench<'_> {
    /// Drops the subjects that do not do their work, and says why.
    pub(crate) fn rehearse(&self, subjects: &mut Vec<Subject>, results: &mut Results) -> Result<(), Box<dyn Error>> {
        let clean = Kind::Text.build();
        let file = self.shop.queued("rehearsal.eml");
        fs::write(&file, &clean)?;
        let mut working = Vec::new();
        for subject in subjects.drain(..) {
            let feed = if subject.id.reads_a_file() { Feed::File(&file) } else { Feed::Bytes(&clean) };
            match self.fault(&subject, feed, clean.len())? {
                None => working.push(subject),
                Some(fault) => results.faults.push((subject.id, fault)),
            }
        }
        *subjects = working;
        Ok(())
    }

    /// One timed phase: all subjects with one message.
    pub(crate) fn time(&self, subjects: &[Subject], kind: Kind, effort: Effort, results: &mut Results) -> Result<(), Box<dyn Error>> {
        let bytes = kind.build();
        let file = self.shop.queued("message.eml");
        fs::write(&file, &bytes)?;
        let warm_up = 1.max(effort.rounds(kind) / 20);
        let mut chance = Chance(1);
        for round in 0..warm_up + effort.rounds(kind) {
            let mut turns: Vec<_> = subjects.iter().filter(|subject| subject.id.takes_part(kind, round)).collect();
            chance.shuffle(&mut turns);
            for subject in turns {
                let feed = if subject.id.reads_a_file() { Feed::File(&file) } else { Feed::Bytes(&bytes) };
                let usage = self.checked(subject, feed, Start::Spawn, bytes.len())?;
                if round >= warm_up {
                    let series = results.times.entry((kind, subject.id)).or_default();
                    series.wall.push(milliseconds(usage.wall));
                    series.cpu.push(milliseconds(usage.cpu));
                }
            }
        }
        results.sizes.insert(kind, bytes.len());
        Ok(())
    }

    /// The peak memory of each subject: the largest of three runs, forked from us while we hold no message in memory.
    pub(crate) fn peaks(&self, subjects: &[Subject], kind: Kind, results: &mut Results) -> Result<(), Box<dyn Error>> {
        let file = self.shop.queued("message.eml");
        let size = results.sizes.get(&kind).copied().unwrap_or_default();
        for subject in subjects {
            let feed = if subject.id.reads_a_file() { Feed::File(&file) } else { Feed::Streamed(&file) };
            for _ in 0..3 {
                let peak = self.checked(subject, feed, Start::Fork, size)?.peak;
                let largest = results.peaks.entry((kind, subject.id)).or_default();
                *largest = peak.max(*largest);
            }
        }
        Ok(())
    }

    /// A run that is not what it should be ends the benchmark: its time would be the time of something else.
    fn checked(&self, subject: &Subject, feed: Feed<'_>, start: Start, size: usize) -> Result<Usage, Box<dyn Error>> {
        let usage = self.run(subject, feed, start)?;
        match subject.complaint(usage.status, self.shop, size)? {
            Some(fault) => Err(format!("{}: {fault}\n{}", subject.id.name(), self.last_words()).into()),
            None => Ok(usage),
        }
    }

    /// A run, with what clamd used for it added to its CPU time.
    fn run(&self, subject: &Subject, feed: Feed<'_>, start: Start) -> io::Result<Usage> {
        let mut command = subject.command(self.shop)?;
        let daemon = self.clamd.filter(|_| subject.id.scans());
        let before = daemon.map(Clamd::cpu).transpose()?.unwrap_or_default();
        let mut usage = sys::run(&mut command, feed, start)?;
        let after = daemon.map(Clamd::cpu).transpose()?.unwrap_or_default();
        usage.cpu += after.saturating_sub(before);
        Ok(usage)
    }

    fn fault(&self, subject: &Subject, feed: Feed<'_>, size: usize) -> io::Result<Option<String>> {
        let usage = self.run(subject, feed, Start::Spawn)?;
        if let Some(fault) = subject.complaint(usage.status, self.shop, size)? {
            return Ok(Some(format!("{fault}; {}", self.last_words())));
        }
        if !subject.id.scans() {
            return Ok(None);
        }
        self.run(subject, Feed::Bytes(&message::infected(MARKER)), Start::Spawn)?;
        let (delivered, _) = self.shop.clear()?;
        Ok((delivered > 0).then(|| "an infected message was delivered".to_owned()))
    }

    /// The end of what the subjects said on their standard error.
    fn last_words(&self) -> String {
        let said = fs::read(self.shop.path("stderr")).unwrap_or_default();
        let tail = said.rchunks(300).next().unwrap_or_default();
        String::from_utf8_lossy(tail).trim().to_owned()
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
