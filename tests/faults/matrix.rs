//! One delivery under every fault: a run with the fault, a look at what it left, a run without, another look.
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use tempfile::TempDir;

use crate::fault::{Injection, watched};
use crate::invariant::{after_fault, after_retry};
use crate::site::{Delivery, Destination, Site};
use crate::trace::Trace;

/// What is there before the run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    Nothing,
    /// A quarantine that an administrator has opened to all users.
    SharedQuarantine,
    /// The original in quarantine, of an earlier try.
    EarlierTry,
}

/// A delivery, and where it begins.
#[derive(Clone, Copy)]
pub(crate) struct Scenario<'a> {
    pub(crate) name: &'a str,
    pub(crate) delivery: Delivery<'a>,
    pub(crate) limits: &'a str,
    pub(crate) before: Before,
}

/// A run without a fault, to compare with.
pub(crate) struct Clean {
    pub(crate) trace: Trace,
    /// What is delivered.
    pub(crate) message: Vec<u8>,
}

/// How the runs of a matrix ended.
#[derive(Default)]
struct Tally {
    hit: AtomicUsize,
    done: AtomicUsize,
    breaches: Mutex<Vec<String>>,
}

impl Scenario<'_> {
    /// A run without a fault.
    pub(crate) fn clean(&self) -> Clean {
        let folder = TempDir::new().unwrap();
        let site = self.prepared(folder.path());
        let ending = site.deliver_under(&watched(&site.file("trace")), self.delivery);
        assert!(ending.status.success(), "{}: {} {}", self.name, ending.status, site.log());
        let message = match self.delivery.destination {
            Destination::Mda => ending.stdout,
            Destination::Maildir => site.files("maildir/new").remove(0),
        };
        assert_eq!(site.files("quarantine/new"), self.delivery.kept(), "{}: the original is in quarantine", self.name);
        Clean { trace: Trace::read(&site.file("trace")), message }
    }

    /// Goes through every one of `injections`, side by side; gives what should not have happened.
    pub(crate) fn breaches(&self, clean: &Clean, injections: &[Injection]) -> Vec<String> {
        let Some(first) = injections.first() else { return Vec::new() };
        let (tally, next) = (Tally::default(), AtomicUsize::new(0));
        let work = || {
            while let Some(injection) = injections.get(next.fetch_add(1, Relaxed)) {
                self.suffer(injection, clean, &tally);
            }
        };
        let workers = thread::available_parallelism().map_or(2, usize::from);
        thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(work))));
        let (hit, done) = (tally.hit.into_inner(), tally.done.into_inner());
        let (runs, kind) = (injections.len(), first.kind());
        let _ =
            writeln!(std::io::stderr(), "tests/faults: {}, {kind}: {hit} of {runs} faults hit mailward, {done} were survived", self.name);
        assert!(hit * 2 >= runs, "most faults hit nothing: is this strace another than 6.1?");
        tally.breaches.into_inner().unwrap()
    }

    fn suffer(&self, injection: &Injection, clean: &Clean, tally: &Tally) {
        let folder = TempDir::new().unwrap();
        let site = self.prepared(folder.path());
        let ending = site.deliver_under(&injection.wrapper(&site.file("trace")), self.delivery);
        let trace = Trace::read(&site.file("trace"));
        let own = trace.own();
        let Some(hit) = trace.hits().into_iter().find(|at| own.contains(at)) else { return };
        tally.hit.fetch_add(1, Relaxed);
        tally.done.fetch_add(usize::from(ending.status.success()), Relaxed);
        let about = format!("{}: {injection}: {}: {}", self.name, trace.calls[hit].text, ending.status);
        let mut breaches = after_fault(&site, self.delivery, &clean.message, (injection, &trace, &ending));
        breaches.extend(self.after_next_try(&site, clean).into_iter().map(|breach| format!("after the next try {breach}")));
        tally.breaches.lock().unwrap().extend(breaches.into_iter().map(|breach| format!("{about}: {breach}")));
    }

    /// An MTA does not try again what was done, but a second copy of the message may come, which the quarantine must not keep twice.
    fn after_next_try(&self, site: &Site, clean: &Clean) -> Vec<String> {
        let before = site.files("maildir/new").len();
        after_retry(site, self.delivery, &clean.message, &site.deliver(self.delivery), before)
    }

    fn prepared(&self, folder: &Path) -> Site {
        let site = Site::make(folder, self.limits);
        match self.before {
            Before::Nothing => (),
            Before::SharedQuarantine => site.make_shared_quarantine(),
            Before::EarlierTry => {
                let ending = site.deliver(self.delivery);
                assert!(ending.status.success(), "{}: {} {}", self.name, ending.status, site.log());
            }
        }
        site
    }
}

/// Fails with all of them.
pub(crate) fn assert_none(breaches: &[String]) {
    assert!(breaches.is_empty(), "{} breaches\n{}", breaches.len(), breaches.join("\n"));
}
