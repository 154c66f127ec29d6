//! The files of the corpus, and work on all of them at once.
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus");

/// Breaches that are told in full; the rest is counted.
const TOLD: usize = 40;

/// One file.
pub(crate) struct Sample {
    /// Its path below the corpus.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

impl Sample {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        fs::read(&self.path).unwrap()
    }
}

/// Every message; none, said on stderr, where the corpus is missing.
pub(crate) fn messages() -> Vec<Sample> {
    files().into_iter().filter(|sample| sample.name.ends_with(".eml")).collect()
}

/// Every message and everything else below the folders: any bytes are a message, and the bare attachments are strange ones.
pub(crate) fn files() -> Vec<Sample> {
    let mut samples = Vec::new();
    let Ok(top) = fs::read_dir(ROOT) else {
        // Not eprintln!: the test harness would keep it to itself.
        let _ = writeln!(std::io::stderr(), "tests/corpus skipped: {ROOT} is not there");
        return samples;
    };
    top.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).for_each(|path| collect(&path, &mut samples));
    samples.sort_by(|one, other| one.name.cmp(&other.name));
    samples
}

fn collect(folder: &Path, samples: &mut Vec<Sample>) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            collect(&path, samples);
        } else {
            let name = path.strip_prefix(ROOT).unwrap().display().to_string();
            samples.push(Sample { name, path });
        }
    }
}

/// A text file at the top of the corpus.
pub(crate) fn list(name: &str) -> Vec<Sample> {
    let text = fs::read_to_string(Path::new(ROOT).join(name)).unwrap_or_default();
    text.lines().map(|name| Sample { name: name.to_owned(), path: Path::new(ROOT).join(name) }).collect()
}

/// Does `work` on each sample, side by side; fails with what it says of any.
pub(crate) fn for_each(samples: &[Sample], work: impl Fn(usize, &Sample) -> Result<(), String> + Sync) {
    let (next, breaches) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let worker = || {
        loop {
            let index = next.fetch_add(1, Relaxed);
            let Some(sample) = samples.get(index) else { break };
            if let Err(why) = work(index, sample) {
                breaches.lock().unwrap().push(format!("{}: {why}", sample.name));
            }
        }
    };
    let workers = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(worker))));
    let breaches = breaches.into_inner().unwrap();
    let told = breaches.iter().take(TOLD).cloned().collect::<Vec<_>>().join("\n");
    assert!(breaches.is_empty(), "{} of {} messages\n{told}", breaches.len(), samples.len());
}
