//! One bomb, looked at in a process of its own, so that the peak of its memory is its own.

use crate::bomb::Bomb;
use crate::statistics;
use crate::subject::{self, Look};
use mailward::config::Settings;
use std::error::Error;
use std::fmt::Write;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs, hint};

/// What one bomb cost.
#[derive(Clone, Default)]
pub(crate) struct Cost {
    pub(crate) size: usize,
    /// Seconds for the size.
    pub(crate) look: f64,
    /// Seconds of it until the skeleton was read.
    pub(crate) read: f64,
    /// Seconds for one copy of what growth was timed at.
    pub(crate) copy: f64,
    /// Seconds for half of what growth was timed at, each round.
    pub(crate) half: Vec<f64>,
    /// Seconds for what growth was timed at, each round.
    pub(crate) full: Vec<f64>,
    /// Bytes besides the message.
    pub(crate) peak: u64,
    pub(crate) found: Look,
}

const ROUNDS: usize = 5;
/// Of what is quick more are taken: the quickest of a few may have been disturbed each.
const QUICK_ROUNDS: usize = 10;
/// What takes less is timed at larger sizes: at these, whether the message fits into the processor's cache says more than the work.
const LEAST: Duration = Duration::from_millis(10);
const LARGER: usize = 16;
const PATIENCE: Duration = Duration::from_secs(6);

/// The argument that makes this program a child.
pub(crate) const ARGUMENT: &str = "--bomb";

/// Has a child look at a bomb.
pub(crate) fn cost(bomb: &Bomb, size: usize) -> Result<Cost, Box<dyn Error>> {
    let output = Command::new(env::current_exe()?).args([ARGUMENT, bomb.name, &size.to_string()]).output()?;
    let told = String::from_utf8(output.stdout)?;
    let mut lines = told.lines();
    let mut numbers = || -> Vec<f64> { lines.next().unwrap_or_default().split_whitespace().filter_map(|word| word.parse().ok()).collect() };
    let (facts, half, full) = (numbers(), numbers(), numbers());
    let [size, look, read, copy, peak, parts, doubts, views] = facts.as_slice() else {
        return Err(format!("{}: {} {}", bomb.name, output.status, String::from_utf8_lossy(&output.stderr)).into());
    };
    let found = Look { parts: *parts as usize, doubts: *doubts as usize, views: *views as usize, ..Look::default() };
    Ok(Cost { size: *size as usize, look: *look, read: *read, copy: *copy, half, full, peak: *peak as u64, found })
}

/// Looks at a bomb of that size, then at a large one and one of half its size in turns, and tells what they cost.
pub(crate) fn tell(bomb: &Bomb, size: usize) -> Result<String, Box<dyn Error>> {
    let (bounds, settings) = (subject::bounds(), Settings::default());
    let message = (bomb.build)(size);
    let before = memory("VmRSS")?;
    fs::write("/proc/self/clear_refs", "5")?;
    let found = subject::look(&message, &bounds, &settings);
    let peak = memory("VmHWM")?.saturating_sub(before);
    let looks = rounds(ROUNDS, || subject::look(&message, &bounds, &settings));
    let middle = |times: Vec<f64>| statistics::spread(&times).map_or(0.0, |spread| spread.middle);
    let look = middle(looks.iter().map(|look| look.whole.as_secs_f64()).collect());
    let read = middle(looks.iter().map(|look| look.read.as_secs_f64()).collect());
    let is_quick = look < LEAST.as_secs_f64();
    let large = if is_quick { (bomb.build)(size * LARGER) } else { message.clone() };
    let copy = middle(rounds(ROUNDS, || seconds_for_copy(&large)));
    let small = (bomb.build)(large.len() / 2);
    let times = rounds(if is_quick { QUICK_ROUNDS } else { ROUNDS }, || {
        [&small, &large].map(|message| subject::look(message, &bounds, &settings).whole.as_secs_f64())
    });
    let mut told = format!("{} {look} {read} {copy} {peak} {} {} {}\n", message.len(), found.parts, found.doubts, found.views);
    for times in [times.iter().map(|[half, _]| *half).collect::<Vec<_>>(), times.iter().map(|[_, full]| *full).collect()] {
        times.iter().try_for_each(|time| write!(told, "{time} "))?;
        told.push('\n');
    }
    Ok(told)
}

fn seconds_for_copy(message: &[u8]) -> f64 {
    let start = Instant::now();
    let copy = hint::black_box(message.to_vec());
    let taken = start.elapsed().as_secs_f64();
    drop(copy);
    taken
}

/// What some rounds give, `most` of them and one at least.
fn rounds<T>(most: usize, mut round: impl FnMut() -> T) -> Vec<T> {
    let start = Instant::now();
    let mut all = vec![round()];
    while all.len() < most && start.elapsed() < PATIENCE {
        all.push(round());
    }
    all
}

/// A line of the kernel's about this process, in bytes.
fn memory(name: &str) -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line")?;
    Ok(line.trim_matches([':', '\t', ' ', 'k', 'B']).parse::<u64>()? * 1024)
}
