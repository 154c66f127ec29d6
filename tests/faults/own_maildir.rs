//! Faults on the way into a maildir of mailward's own, with the original going to quarantine as well.
//!
//! A kill between the link into new and the end of the run leaves a delivered message that the MTA does not know of, and the next try
//! delivers it again. Every MDA has that moment (maildir(5)); what may not happen is that an error ends as "try again" behind it.
use crate::fault::{Fault, Span, dead_disk, everywhere};
use crate::matrix::{Before, Scenario, assert_none};
use crate::site::{Delivery, Destination, Feed};
use crate::{mails, skip};

fn scenario(mail: &[u8]) -> Scenario<'_> {
    let delivery = Delivery { mail, feed: Feed::Pipe, destination: Destination::Maildir, is_kept: true };
    Scenario { name: "maildir", delivery, limits: "free_space = \"1M\"\n", before: Before::Nothing }
}

fn assert_survived(faults: &[(Fault, Span)]) {
    if !skip::can_trace() {
        return;
    }
    let mail = mails::denied();
    let (scenario, clean) = (scenario(&mail), scenario(&mail).clean());
    let breaches = faults.iter().flat_map(|(fault, span)| scenario.breaches(&clean, &everywhere(&clean.trace, *fault, *span)));
    assert_none(&breaches.collect::<Vec<_>>());
}

/// Durable means here: the message before its name in new, and that name before the MTA is told that all is done.
#[test]
fn the_message_is_durable_before_the_run_ends() {
    if !skip::can_trace() {
        return;
    }
    let mail = mails::denied();
    let trace = scenario(&mail).clean().trace;
    let steps = trace.calls[trace.own()].iter().map(|call| call.name.as_str());
    let steps: Vec<&str> = steps.filter(|name| ["fsync", "link", "linkat", "exit_group"].contains(name)).collect();
    assert_eq!(steps[steps.len() - 4..], ["fsync", "linkat", "fsync", "exit_group"]);
}

#[test]
fn a_kill_at_any_call_leaves_no_message_in_part() {
    assert_survived(&[(Fault::Kill, Span::Once)]);
}

#[test]
fn a_full_disk_at_any_call_delivers_once() {
    assert_survived(&[(Fault::Error("ENOSPC"), Span::Once), (Fault::Error("ENOSPC"), Span::FromThenOn)]);
}

#[test]
fn a_failing_disk_at_any_call_delivers_once() {
    assert_survived(&[(Fault::Error("EIO"), Span::Once), (Fault::Error("EIO"), Span::FromThenOn)]);
}

#[test]
fn an_interrupted_call_delivers_once() {
    assert_survived(&[(Fault::Error("EINTR"), Span::Once)]);
}

#[test]
fn a_disk_that_dies_leaves_no_message_in_part() {
    if !skip::can_trace() {
        return;
    }
    let mail = mails::denied();
    let (scenario, clean) = (scenario(&mail), scenario(&mail).clean());
    assert_none(&["EIO", "ENOSPC"].map(|error| scenario.breaches(&clean, &dead_disk(&clean.trace, error))).concat());
}
