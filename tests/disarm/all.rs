//! Work on many things side by side.
use std::fmt::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

/// Breaches that are told in full; the rest is counted.
const TOLD: usize = 40;

/// Large enough for parsers that go down a deep page by recursion.
const STACK: usize = 64 << 20;

/// Does `work` on each thing, and gives what came of it in their order.
pub(crate) fn map<T: Sync, R: Send>(things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let worker = || {
        while let Some((index, thing)) = Some(next.fetch_add(1, Relaxed)).and_then(|index| Some((index, things.get(index)?))) {
            let result = work(thing);
            done.lock().unwrap().push((index, result));
        }
    };
    let workers = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        (0..workers).for_each(|_| drop(thread::Builder::new().stack_size(STACK).spawn_scoped(scope, worker).unwrap()));
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Fails with what `work` says of any of them.
#[track_caller]
pub(crate) fn hold<T: Sync>(things: &[T], work: impl Fn(&T) -> Result<(), String> + Sync) {
    let breaches: Vec<String> = map(things, work).into_iter().filter_map(Result::err).collect();
    let mut told = String::new();
    breaches.iter().take(TOLD).for_each(|breach| writeln!(told, "{breach}\n").unwrap());
    assert!(breaches.is_empty(), "{} of {}\n\n{told}", breaches.len(), things.len());
}
