//! Tests against real servers: a private Postfix hands mail to the built mailward, which asks a private clamd and hands on to the real
//! procmail and maildrop.
//!
//! Everything a test starts lives in a folder of its own, listens on 127.0.0.1 or on a socket in that folder, and ends with the test.
//! The machine's own Postfix, its queue and its configuration are never touched. The one thing that outlasts a run are two locked system
//! accounts, because Postfix delivers as the recipient and never as root.
//!
//! Wants root and the packages of tests/packages.txt. Where one is missing the tests say so and skip; with MAILWARD_REQUIRE_MTA set they
//! fail instead, so that a machine that is meant to run them cannot lose them unseen.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop loudly; clippy.toml covers only the bodies of #[test] functions"
)]

// What the tests stand on, from the ground up.
mod host;
mod maildir;
mod mails;
mod smtp;
mod tmpfs;
mod wait;

// The servers, and the folder that holds them with mailward's configuration.
mod clamd;
mod postfix;
mod site;

// The tests.
mod delivery;
mod trouble;
mod verdicts;
