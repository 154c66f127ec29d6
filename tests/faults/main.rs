//! Faults on the way through the quarantine: strace stops a run with a kill or an error at each of its system calls, one run a call,
//! and a real file system runs full. A message is never lost, cut or doubled, and no run ends outside the exit contract.
//!
//! What must hold after every run, whatever happened in it:
//! - it ends with the MDA's own status or with 75; only a kill ends it otherwise;
//! - the MDA starts at most once, with the whole altered message, and only with the whole original in quarantine;
//! - nothing but the MDA writes to stdout or stderr;
//! - quarantine and maildir hold no message in part, and no message twice;
//! - the MTA's next try, without a fault, delivers once and leaves one original in quarantine.
//!
//! Errors are put in from the moment on at which mailward guards itself, up to the call that becomes the MDA. What comes before is the
//! work of the dynamic loader and of Rust's start-up: a program that the loader cannot load ends with 127, whoever wrote it, and the
//! release build is static for that reason.
//!
//! Wants strace and its right to trace. Where it is missing the tests say so and skip; with MAILWARD_REQUIRE_MTA set they fail instead.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop loudly; clippy.toml covers only the bodies of #[test] functions"
)]

// What the tests stand on, from the ground up.
mod mails;
mod site;
mod skip;
mod trace;

// A fault, where it is put in, what must hold after it, and all of them.
mod fault;
mod invariant;
mod matrix;

// The tests.
mod full_disk;
mod own_maildir;
mod with_mda;
