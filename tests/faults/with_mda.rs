//! Faults on the way to an MDA.
use tempfile::TempDir;

use crate::fault::{Fault, Injection, Span, dead_disk, everywhere};
use crate::matrix::{Before, Scenario, assert_none};
use crate::site::{Delivery, Destination, Feed, Site};
use crate::trace::Trace;
use crate::{mails, skip};

const ROOM: &str = "free_space = \"1M\"\n";

/// What goes through every fault.
struct Mails {
    denied: Vec<u8>,
    infected: Vec<u8>,
    clean: Vec<u8>,
}

impl Mails {
    fn write() -> Self {
        Self { denied: mails::denied(), infected: mails::infected(), clean: mails::clean() }
    }

    /// A part is stripped; the original goes into a quarantine that all users write to.
    fn stripped(&self) -> Scenario<'_> {
        let delivery = Delivery { mail: &self.denied, feed: Feed::Pipe, destination: Destination::Mda, is_kept: true };
        Scenario { name: "strip", delivery, limits: ROOM, before: Before::SharedQuarantine }
    }

    /// A notice replaces the message, which an earlier try has put into quarantine already.
    fn replaced_again(&self) -> Scenario<'_> {
        let delivery = Delivery { mail: &self.infected, feed: Feed::File, destination: Destination::Mda, is_kept: true };
        Scenario { name: "replace", delivery, limits: ROOM, before: Before::EarlierTry }
    }

    /// A message above the size limit, which is kept on disk and copied by the kernel.
    fn oversize(&self) -> Scenario<'_> {
        let delivery = Delivery { mail: &self.clean, feed: Feed::Pipe, destination: Destination::Mda, is_kept: true };
        Scenario { name: "oversize", delivery, limits: "free_space = 0\nmessage_size = \"64K\"\n", before: Before::Nothing }
    }

    /// A message that only gets a line on top.
    fn marked(&self) -> Scenario<'_> {
        let delivery = Delivery { mail: &self.clean, feed: Feed::Pipe, destination: Destination::Mda, is_kept: false };
        Scenario { name: "mark", delivery, limits: ROOM, before: Before::Nothing }
    }

    fn all(&self) -> [Scenario<'_>; 4] {
        [self.stripped(), self.replaced_again(), self.oversize(), self.marked()]
    }
}

/// Every delivery under the faults that `choose` makes of its clean run.
fn assert_survived(choose: impl Fn(&Trace) -> Vec<Injection>) {
    let mails = Mails::write();
    let mut breaches = Vec::new();
    for scenario in mails.all().iter().filter(|_| skip::can_trace()) {
        let clean = scenario.clean();
        breaches.extend(scenario.breaches(&clean, &choose(&clean.trace)));
    }
    assert_none(&breaches);
}

#[test]
fn without_a_fault_only_what_is_meant_to_change_changes() {
    if !skip::can_trace() {
        return;
    }
    let mails = Mails::write();
    let text = |scenario: Scenario<'_>| String::from_utf8(scenario.clean().message).unwrap();
    let (stripped, replaced) = (text(mails.stripped()), text(mails.replaced_again()));
    assert!(stripped.starts_with("X-Mailward: banned; ") && !stripped.contains(mails::PAYLOAD));
    assert!(stripped.contains("\nline 2799 of a text that stays as it is, to the last blank \n"));
    assert!(replaced.starts_with("X-Mailward: infected; ") && !replaced.contains(mails::PAYLOAD));
    assert_eq!(text(mails.marked()).as_bytes(), [b"X-Mailward: clean\n".as_slice(), &mails.clean].concat());
    assert!(text(mails.oversize()).starts_with("X-Mailward: unscanned; "));
}

/// Durable means: the bytes are on the disk before the name, and the name before the MDA starts. First come the folders that are made:
/// the quarantine itself and the four in it.
#[test]
fn the_original_is_durable_before_the_mda_starts() {
    if !skip::can_trace() {
        return;
    }
    let trace = Mails::write().stripped().clean().trace;
    let steps = trace.calls[trace.own()].iter().map(|call| call.name.as_str());
    let steps: Vec<&str> = steps.filter(|name| ["fsync", "renameat", "linkat", "execve"].contains(name)).collect();
    assert_eq!(steps, ["fsync", "fsync", "fsync", "fsync", "fsync", "renameat", "fsync", "fsync", "linkat", "fsync", "execve"]);
}

#[test]
fn a_kill_at_any_call_loses_nothing() {
    assert_survived(|clean| everywhere(clean, Fault::Kill, Span::Once));
}

#[test]
fn a_full_disk_at_any_call_loses_nothing() {
    assert_survived(|clean| everywhere(clean, Fault::Error("ENOSPC"), Span::Once));
    assert_survived(|clean| everywhere(clean, Fault::Error("ENOSPC"), Span::FromThenOn));
}

#[test]
fn a_failing_disk_at_any_call_loses_nothing() {
    assert_survived(|clean| everywhere(clean, Fault::Error("EIO"), Span::Once));
    assert_survived(|clean| everywhere(clean, Fault::Error("EIO"), Span::FromThenOn));
}

#[test]
fn an_interrupted_call_loses_nothing() {
    assert_survived(|clean| everywhere(clean, Fault::Error("EINTR"), Span::Once));
}

#[test]
fn a_disk_that_dies_loses_nothing() {
    assert_survived(|clean| dead_disk(clean, "EIO"));
    assert_survived(|clean| dead_disk(clean, "ENOSPC"));
}

/// Postfix, Sendmail and Exim put a mailbox line with the time of the try before the message.
#[test]
fn fifty_tries_of_one_message_leave_one_original() {
    let folder = TempDir::new().unwrap();
    let site = Site::make(folder.path(), ROOM);
    for minute in 10..60 {
        let mail = [format!("From ann@mailward.test Mon Mar  2 09:{minute}:07 2026\n").into_bytes(), mails::infected()].concat();
        let ending = site.deliver(Delivery { mail: &mail, feed: Feed::Pipe, destination: Destination::Mda, is_kept: true });
        assert!(ending.status.success(), "try {minute}: {}: {}", ending.status, site.log());
        assert_eq!(site.files("quarantine/new").len(), 1, "originals after try {minute}");
    }
}

/// splice and sendfile do not work between all kinds of files: then the bytes are copied.
#[test]
fn where_the_kernel_cannot_copy_the_same_bytes_arrive() {
    let everywhere = Injection { calls: "splice,sendfile".to_owned(), nth: 1, fault: Fault::Error("EINVAL"), span: Span::FromThenOn };
    let has_any = |clean: &Trace| clean.calls.iter().any(|call| call.name == "splice" || call.name == "sendfile");
    assert_survived(|clean| if has_any(clean) { vec![everywhere.clone()] } else { Vec::new() });
}
