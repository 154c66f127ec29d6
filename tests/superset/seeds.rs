//! The messages that mutants are made of.

use crate::ours::Ours;
use crate::random::Random;
use crate::{a, b, c, d, e, f, g, h, position};
use std::fs;
use std::path::{Path, PathBuf};

const OWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");
const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus");

/// Larger ones take longer and show no more.
const LONGEST: u64 = 30_000;

/// What mutants are made of.
pub(crate) struct Seeds {
    /// Those that follow the rules, and those of which all readers see the same: nothing excuses what is missing.
    clear: Vec<Vec<Vec<u8>>>,
    flagged: Vec<Vec<u8>>,
}

impl Seeds {
    pub(crate) fn collect() -> Self {
        let (mut clear, mut flagged) = (Vec::new(), Vec::new());
        let is_short = |path: &PathBuf| fs::metadata(path).unwrap().len() <= LONGEST;
        let read = |paths: Vec<PathBuf>| paths.into_iter().filter(is_short).map(|path| fs::read(path).unwrap()).collect::<Vec<_>>();
        for group in [read(messages(OWN)), of_readings(), read(corpus())] {
            let (doubtful, sure): (Vec<_>, Vec<_>) = group.into_iter().partition(|message| Ours::of(message).is_flagged);
            clear.push(sure);
            flagged.extend(doubtful);
        }
        clear.retain(|group| !group.is_empty());
        Self { clear, flagged }
    }

    pub(crate) fn one(&self, random: &mut Random) -> &[u8] {
        let group = if random.is_one_in(10) { &self.flagged } else { random.one_of(&self.clear) };
        &group[random.below(group.len())]
    }
}

fn of_readings() -> Vec<Vec<u8>> {
    let rows = [a::rows(), b::rows(), c::rows(), d::rows(), e::rows(), f::rows(), g::rows(), h::rows()].concat();
    rows.iter().flat_map(position::cases).map(|case| case.message).collect()
}

/// The messages that lie beside the repository, other people's mail; none where they are not there.
pub(crate) fn corpus() -> Vec<PathBuf> {
    messages(CORPUS)
}

fn messages(root: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(root).to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|extension| extension == "eml") => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    found
}
