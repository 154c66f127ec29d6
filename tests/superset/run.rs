//! Compares many messages, on every core.

use crate::breach;
use crate::extract::{Extract, Known};
use crate::ours::Ours;
use crate::peers::{NAMES, Peers};
use crate::tally::Tally;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

/// A message and what it is called.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// Readers of messages inside messages may need more than a thread has.
const STACK: usize = 64 << 20;

/// Compares `count` messages.
pub(crate) fn run(count: usize, case: impl Fn(usize) -> Case + Sync) -> Tally {
    let (next, all) = (AtomicUsize::new(0), Mutex::new(Tally::default()));
    let worker = || {
        let (mut peers, mut tally) = (Peers::start(), Tally::default());
        loop {
            let index = next.fetch_add(1, Relaxed);
            if index >= count {
                break;
            }
            compare(&case(index), &mut peers, &mut tally);
        }
        all.lock().unwrap().add(tally);
    };
    let workers = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        (0..workers).for_each(|_| drop(thread::Builder::new().stack_size(STACK).spawn_scoped(scope, worker).unwrap()));
    });
    all.into_inner().unwrap()
}

fn compare(case: &Case, peers: &mut Peers, tally: &mut Tally) {
    let ours = Ours::of(&case.bytes);
    tally.messages += 1;
    tally.flagged += u64::from(ours.is_flagged);
    let extracts = peers.extract(&case.bytes);
    for (peer, extract) in extracts.into_iter().enumerate() {
        let Some(extract) = extract.filter(|extract| *extract != Extract::default()) else { continue };
        let count = &mut tally.peers[peer];
        count.extracted += 1;
        count.contents += extract.contents.len() as u64;
        count.names += extract.names.len() as u64;
        match missing(&ours.known, &extract) {
            None => count.contained += 1,
            Some(_) if ours.is_flagged => count.excused += 1,
            Some(missing) => {
                count.breaches += 1;
                tally.breaches.push(format!("{}, {}: {}", case.name, NAMES[peer], missing.shown()));
                breach::keep(case, peer, &missing, peers);
            }
        }
    }
}

/// What a peer has and we have not.
pub(crate) enum Missing {
    Content(Vec<u8>),
    Name(String),
}

impl Missing {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Content(bytes) => bytes,
            Self::Name(name) => name.as_bytes(),
        }
    }

    fn shown(&self) -> String {
        let bytes = self.bytes();
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        match self {
            Self::Content(_) => format!("{} bytes, {head:?}", bytes.len()),
            Self::Name(_) => format!("name {head:?}"),
        }
    }
}

/// The first thing in `extract` that is not among ours.
pub(crate) fn missing(known: &Known, extract: &Extract) -> Option<Missing> {
    let content = extract.contents.iter().find(|forms| !known.has_content(forms)).and_then(|forms| forms.first());
    let name = || extract.names.iter().find(|name| !known.has_name(name));
    content.cloned().map(Missing::Content).or_else(|| name().cloned().map(Missing::Name))
}
