//! What one bomb costs: a large one and one of half its size in turns, so that whatever else the machine does meets both.

use crate::bomb::Bomb;
use mailward::html::{Depth, disarm};
use std::hint;
use std::time::{Duration, Instant};

/// Seconds of each round.
#[derive(Default)]
pub(crate) struct Cost {
    pub(crate) size: usize,
    /// Bytes of what was left of it.
    pub(crate) left: usize,
    pub(crate) removals: usize,
    /// For the whole size, and for the larger one that growth is timed at.
    pub(crate) whole: Vec<f64>,
    pub(crate) half: Vec<f64>,
    pub(crate) full: Vec<f64>,
    /// For one copy of the larger one.
    pub(crate) copy: f64,
}

const ROUNDS: usize = 5;
/// Of what is quick more are taken: the quickest of a few may have been disturbed each.
const QUICK_ROUNDS: usize = 10;
const PATIENCE: Duration = Duration::from_secs(6);
/// What takes less is timed at larger sizes: at these the processor's caches say more than the work.
const LEAST: f64 = 0.01;
const LARGER: usize = 16;

/// Builds and disarms it.
pub(crate) fn of(bomb: &Bomb, size: usize) -> Cost {
    let page = (bomb.build)(size);
    let disarmed = disarm(&page, Depth::Remote);
    let mut cost =
        Cost { size: page.len(), left: disarmed.apply(&page).len(), removals: disarmed.counts.values().sum(), ..Cost::default() };
    drop(disarmed);
    rounds(ROUNDS, || cost.whole.push(seconds(&page)));
    let is_quick = cost.whole.iter().all(|time| *time < LEAST);
    let large = if is_quick { (bomb.build)(size * LARGER) } else { page };
    let small = (bomb.build)(large.len() / 2);
    cost.copy = seconds_for_copy(&large);
    rounds(if is_quick { QUICK_ROUNDS } else { ROUNDS }, || {
        cost.half.push(seconds(&small));
        cost.full.push(seconds(&large));
    });
    cost
}

/// Seconds from the bytes of a page to those of what is left of it.
pub(crate) fn seconds(page: &[u8]) -> f64 {
    seconds_under(page, Depth::Remote)
}

pub(crate) fn seconds_under(page: &[u8], depth: Depth) -> f64 {
    let start = Instant::now();
    let left = hint::black_box(disarm(page, depth).apply(page));
    let taken = start.elapsed().as_secs_f64();
    drop(left);
    taken
}

fn seconds_for_copy(page: &[u8]) -> f64 {
    let start = Instant::now();
    let copy = hint::black_box(page.to_vec());
    let taken = start.elapsed().as_secs_f64();
    drop(copy);
    taken
}

/// Rounds, `most` of them and one at least.
fn rounds(most: usize, mut round: impl FnMut()) {
    let start = Instant::now();
    round();
    let mut done = 1;
    while done < most && start.elapsed() < PATIENCE {
        round();
        done += 1;
    }
}
