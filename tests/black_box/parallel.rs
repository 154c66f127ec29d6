//! `limits.parallel`: no more runs work at once than it says, the others wait, and a killed run leaves no lock behind.

use crate::harness::{Clamd, PLAIN, Site, until};
use rustix::process::Signal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

/// A clamd that answers once `may_go` is set.
fn held_back(site: &Site, may_go: &Arc<AtomicBool>) -> Clamd {
    let may_go = Arc::clone(may_go);
    Clamd::at(&site.path("clamd"), move |talk| {
        talk.listen()?;
        until("it may answer", || may_go.load(SeqCst));
        talk.say("fd[9]: OK\0")
    })
}

fn configure(site: &Site, clamd: &Clamd, parallel: u32, deadline: &str) {
    let limits = format!("limits.parallel = {parallel}\nlimits.deadline = \"{deadline}\"\ntag.header = \"\"\n");
    site.configure(&(limits + &clamd.engine_with("timeout = \"50s\"")));
}

#[test]
fn the_second_waits_for_the_first_and_then_goes() {
    let (site, may_go) = (Site::new(), Arc::new(AtomicBool::new(false)));
    let clamd = held_back(&site, &may_go);
    configure(&site, &clamd, 1, "60s");
    let first = site.deliver().mda(["/bin/cat"]).pipe(PLAIN).start();
    until("the first asks clamd", || clamd.connections() == 1);
    let second = site.deliver().mda(["/bin/cat"]).pipe(PLAIN).start();
    // Where the kernel hides in which call it waits, it has at least opened the lock that the first holds.
    let holds_a_lock_file = || std::fs::read_dir(format!("/proc/{}/fd", second.id())).unwrap().count() > 4;
    until("the second waits", || second.proc_file("wchan").contains("nanosleep") || holds_a_lock_file());
    assert_eq!(clamd.connections(), 1);
    may_go.store(true, SeqCst);
    first.wait().exits(0).says(PLAIN);
    second.wait().exits(0).says(PLAIN);
    assert_eq!((clamd.connections(), clamd.most_at_work()), (2, 1));
}

#[test]
fn as_many_as_it_says_work_at_once() {
    let (site, may_go) = (Site::new(), Arc::new(AtomicBool::new(false)));
    let clamd = held_back(&site, &may_go);
    configure(&site, &clamd, 2, "60s");
    let runs: Vec<_> = (0..5).map(|_| site.deliver().mda(["/bin/cat"]).pipe(PLAIN).start()).collect();
    until("two ask clamd", || clamd.connections() == 2);
    may_go.store(true, SeqCst);
    for run in runs {
        run.wait().exits(0).says(PLAIN);
    }
    assert_eq!(clamd.connections(), 5);
    assert!(clamd.most_at_work() <= 2, "{} at once", clamd.most_at_work());
}

#[test]
fn a_killed_run_leaves_no_lock() {
    for signal in [Signal::KILL, Signal::TERM] {
        let (site, may_go) = (Site::new(), Arc::new(AtomicBool::new(false)));
        let clamd = held_back(&site, &may_go);
        configure(&site, &clamd, 1, "60s");
        let first = site.deliver().mda(["/bin/cat"]).pipe(PLAIN).start();
        until("the first asks clamd", || clamd.connections() == 1);
        first.signal(signal);
        let ended = first.wait();
        if signal == Signal::KILL {
            ended.is_killed_by(libc::SIGKILL)
        } else {
            ended.exits(75)
        };
        may_go.store(true, SeqCst);
        site.deliver().mda(["/bin/cat"]).pipe(PLAIN).run().exits(0).says(PLAIN);
    }
}

#[test]
fn the_mda_does_not_hold_the_slot() {
    let site = Site::with("limits.parallel = 1\nlimits.deadline = \"5s\"\ntag.header = \"\"");
    let gate = site.path("gate");
    let script = format!("cat >/dev/null; echo > {0}.started; while ! test -e {0}; do sleep 0.01; done", gate.display());
    let first = site.deliver().mda_script(&script).pipe(PLAIN).start();
    until("the first MDA runs", || site.path("gate.started").exists());
    site.deliver().pipe(PLAIN).run().exits(0).hands_on(PLAIN);
    site.write("gate", "");
    first.wait().exits(0);
}

#[test]
fn who_waits_beyond_the_deadline_is_deferred() {
    let (site, may_go) = (Site::new(), Arc::new(AtomicBool::new(false)));
    let clamd = held_back(&site, &may_go);
    configure(&site, &clamd, 1, "60s");
    let first = site.deliver().mda(["/bin/cat"]).pipe(PLAIN).start();
    until("the first asks clamd", || clamd.connections() == 1);
    configure(&site, &clamd, 1, "500ms");
    site.deliver().pipe(PLAIN).run().defers(75);
    assert!(site.read("log").contains("limits.parallel: all 1 runs were busy"), "{}", site.read("log"));
    may_go.store(true, SeqCst);
    first.wait().exits(0);
}

#[test]
fn a_folder_for_the_slots_that_cannot_be_used_defers() {
    let site = Site::with("limits.parallel = 1");
    site.write("quarantine", "a file");
    site.deliver().pipe(PLAIN).run().defers(75);
}
