//! Tests against real servers: a mail server hands mail to the built mailward, which asks a private clamd and hands on to the real
//! procmail and maildrop.
//!
//! Each mail server runs in a Debian root of its own, because Debian's packages of them exclude each other; debian.rs makes the roots
//! once. What a test starts lives in a folder of its own, listens on 127.0.0.1 or on a socket in that folder, and ends with the test.
//! What outlasts a run are the roots, in the target folder, and two locked system accounts, because no mail server delivers as root.
//!
//! Debian has no qmail: what its programs do is done by the tests (qmail.rs). What they start is as real as with the other servers.
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
mod debian;
mod host;
mod maildir;
mod mails;
mod sink;
mod smtp;
mod syslog;
mod tmpfs;
mod view;
mod wait;

// The servers, and the folder that holds them with mailward's configuration.
mod clamd;
mod exim;
mod hook;
mod opensmtpd;
mod postfix;
mod qmail;
#[path = "../qmail/mod.rs"]
mod qmail_lspawn;
mod qmail_send;
mod sendmail;
mod server;
mod site;

// The tests.
mod delivery;
mod envelope;
mod exim_own;
mod findings;
mod load;
#[cfg(feature = "fault-injection")]
mod matrix;
mod opensmtpd_own;
mod outgoing;
mod postfix_own;
mod sendmail_own;
mod setup;
mod trouble;
mod verdicts;
