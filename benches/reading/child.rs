//! One bomb, looked at in a process of its own, so that the peak of its memory is its own.

use crate::bomb::Bomb;
use crate::statistics;
use crate::subject::{self, Look};
use mailward::config::Settings;
use std::error::Error;
use std::fmt::Write;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs};

/// What one bomb cost.
#[derive(Clone, Default)]
pub(crate) struct Cost {
    pub(crate) size: usize,
    /// Seconds for half the size, each round.
    pub(crate) half: Vec<f64>,
    /// Seconds for the size, each round.
    pub(crate) full: Vec<f64>,
    /// Seconds of it until the skeleton was read.
    pub(crate) read: f64,
    /// Bytes besides the message.
    pub(crate) peak: u64,
    pub(crate) look: Look,
}

const ROUNDS: usize = 5;
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
    let [size, read, peak, parts, doubts, views] = facts.as_slice() else {
        return Err(format!("{}: {} {}", bomb.name, output.status, String::from_utf8_lossy(&output.stderr)).into());
    };
    let look = Look { parts: *parts as usize, doubts: *doubts as usize, views: *views as usize, ..Look::default() };
    Ok(Cost { size: *size as usize, half, full, read: *read, peak: *peak as u64, look })
}

/// Looks at a bomb of that size and of half of it in turns, and tells what it cost.
pub(crate) fn tell(bomb: &Bomb, size: usize) -> Result<String, Box<dyn Error>> {
    let (bounds, settings) = (subject::bounds(), Settings::default());
    let message = (bomb.build)(size);
    let before = memory("VmRSS")?;
    fs::write("/proc/self/clear_refs", "5")?;
    let look = subject::look(&message, &bounds, &settings);
    let peak = memory("VmHWM")?.saturating_sub(before);
    let small = (bomb.build)(size / 2);
    let (mut half, mut full, mut read) = (Vec::new(), Vec::new(), Vec::new());
    let start = Instant::now();
    while full.is_empty() || (full.len() < ROUNDS && start.elapsed() < PATIENCE) {
        half.push(subject::look(&small, &bounds, &settings).whole.as_secs_f64());
        let look = subject::look(&message, &bounds, &settings);
        full.push(look.whole.as_secs_f64());
        read.push(look.read.as_secs_f64());
    }
    let read = statistics::spread(&read).map_or(0.0, |spread| spread.middle);
    let mut told = format!("{} {read} {peak} {} {} {}\n", message.len(), look.parts, look.doubts, look.views);
    for times in [half, full] {
        times.iter().try_for_each(|time| write!(told, "{time} "))?;
        told.push('\n');
    }
    Ok(told)
}

/// A line of the kernel's about this process, in bytes.
fn memory(name: &str) -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line")?;
    Ok(line.trim_matches([':', '\t', ' ', 'k', 'B']).parse::<u64>()? * 1024)
}
