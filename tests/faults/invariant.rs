//! What must hold after a run, with or without a fault in it. Each breach is a line of text, so that one test tells all of them.
use std::os::unix::process::ExitStatusExt;

use crate::fault::{Fault, Injection, Span};
use crate::site::{Delivery, Destination, Ending, Site};
use crate::trace::Trace;

/// SIGKILL, the one signal that nobody can guard against.
const KILL: i32 = 9;
/// "Try again later" to Postfix.
const LATER: i32 = 75;

/// What is there after a run.
struct Scene<'a> {
    ending: &'a Ending,
    kept: Vec<Vec<u8>>,
    delivered: Vec<Vec<u8>>,
    records: Vec<Vec<u8>>,
    leftovers: usize,
}

impl<'a> Scene<'a> {
    fn look(site: &Site, ending: &'a Ending) -> Self {
        Self {
            ending,
            kept: site.files("quarantine/new"),
            delivered: site.files("maildir/new"),
            records: site.files("quarantine/records"),
            leftovers: site.files("quarantine/tmp").len() + site.files("maildir/tmp").len(),
        }
    }

    fn code(&self) -> Option<i32> {
        self.ending.status.code()
    }
}

/// Breaches, collected.
#[derive(Default)]
struct Breaches(Vec<String>);

impl Breaches {
    fn unless(&mut self, holds: bool, breach: impl Into<String>) {
        if !holds {
            self.0.push(breach.into());
        }
    }
}

/// What must hold after a run with a fault in one of mailward's own calls.
pub(crate) fn after_fault(
    site: &Site,
    delivery: Delivery<'_>,
    expected: &[u8],
    (injection, trace, ending): (&Injection, &Trace, &Ending),
) -> Vec<String> {
    let scene = Scene::look(site, ending);
    let mut breaches = always(&scene, delivery.mail, expected);
    breaches.unless(trace.mda_starts() <= 1, "the MDA was started twice");
    if trace.mda_starts() == 1 {
        after_mda(&mut breaches, &scene, delivery, expected, injection);
    } else {
        breaches.unless(ending.stdout.is_empty(), format!("stdout: {:?}", String::from_utf8_lossy(&ending.stdout)));
        breaches.unless(ending.stderr.is_empty(), format!("stderr: {:?}", String::from_utf8_lossy(&ending.stderr)));
        without_mda(&mut breaches, &scene, delivery, injection);
    }
    let may_leave = injection.fault == Fault::Kill || injection.span == Span::FromThenOn || injection.calls.starts_with("unlink");
    breaches.unless(may_leave || scene.leftovers == 0, "a file was left in tmp");
    breaches.0
}

/// The MDA has run. A fault that goes on may have hit it as well: then its status and its words are its own affair.
fn after_mda(breaches: &mut Breaches, scene: &Scene<'_>, delivery: Delivery<'_>, expected: &[u8], injection: &Injection) {
    breaches.unless(scene.kept == delivery.kept(), "the MDA ran without the original in quarantine");
    if injection.span == Span::FromThenOn {
        breaches.unless(expected.starts_with(&scene.ending.stdout), "the MDA was given something else");
        return;
    }
    breaches.unless(scene.ending.stdout == expected, "the MDA was given something else");
    breaches.unless(scene.ending.stderr.is_empty(), format!("stderr: {:?}", String::from_utf8_lossy(&scene.ending.stderr)));
    breaches.unless(scene.code() == Some(0), format!("the MDA ended with 0, the run with {}", scene.ending.status));
}

/// The run ended by itself, or was killed.
fn without_mda(breaches: &mut Breaches, scene: &Scene<'_>, delivery: Delivery<'_>, injection: &Injection) {
    let killed = scene.ending.status.signal() == Some(KILL) && injection.fault == Fault::Kill;
    let is_done = scene.code() == Some(0) && delivery.destination == Destination::Maildir;
    breaches.unless(killed || is_done || scene.code() == Some(LATER), format!("the run ended with {}", scene.ending.status));
    if is_done {
        breaches.unless(scene.delivered.len() == 1, "done without a message in the maildir");
        breaches.unless(scene.kept == delivery.kept(), "done without the original in quarantine");
    }
    // The MTA tries again after 75. Only where taking the message back must fail too may it be there already.
    let can_take_back = !injection.calls.contains("unlink");
    breaches.unless(scene.code() != Some(LATER) || scene.delivered.is_empty() || !can_take_back, "75 for a message that was delivered");
}

/// What must hold after the MTA's next try, in which nothing fails. `before` is the number of messages that were in the maildir.
pub(crate) fn after_retry(site: &Site, delivery: Delivery<'_>, expected: &[u8], ending: &Ending, before: usize) -> Vec<String> {
    let scene = Scene::look(site, ending);
    let mut breaches = always(&scene, delivery.mail, expected);
    breaches.unless(ending.stderr.is_empty(), "the retry wrote to stderr");
    breaches.unless(scene.code() == Some(0), format!("the retry ended with {}", ending.status));
    breaches.unless(scene.kept == delivery.kept(), format!("{} originals after the retry", scene.kept.len()));
    breaches.unless(scene.records.len() == scene.kept.len(), format!("{} records after the retry", scene.records.len()));
    let other_mode = site.folders_of_other_mode();
    breaches.unless(!delivery.is_kept || other_mode.is_empty(), format!("other users cannot use {other_mode:?}"));
    match delivery.destination {
        Destination::Mda => breaches.unless(ending.stdout == expected, "the retry gave the MDA something else"),
        Destination::Maildir => breaches.unless(scene.delivered.len() == before + 1, "the retry did not deliver once"),
    }
    breaches.0
}

fn always(scene: &Scene<'_>, mail: &[u8], expected: &[u8]) -> Breaches {
    let mut breaches = Breaches::default();
    let is_json = |record: &Vec<u8>| serde_json::from_slice::<serde_json::Value>(record).is_ok();
    breaches.unless(scene.kept.iter().all(|kept| kept == mail), "a file in quarantine that is not the whole original");
    breaches.unless(scene.kept.len() <= 1, format!("{} originals in quarantine", scene.kept.len()));
    breaches.unless(scene.delivered.iter().all(|delivered| delivered == expected), "a file in the maildir that is not the whole message");
    breaches.unless(scene.records.iter().all(is_json), "a record in part");
    breaches
}
