//! Tests of what is written for people: the manual pages, the README, the sample configuration and the snippets say what the program
//! does, and name all that it has and nothing else.
//!
//! The program is asked by its own tables and its own output; the texts are read as text. Nothing here needs root, or a network but
//! loopback. Where a program that a snippet is for is missing, the tests that want it say so and skip; with MAILWARD_REQUIRE_MTA set
//! they fail instead.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on should stop loudly; clippy.toml covers only the bodies of #[test] functions"
)]

// What the tests stand on: texts and their blocks, manual pages, the program and others.
mod blocks;
mod page;
mod pop3;
mod program;
mod trouble;
mod unpacked;

// The tests.
mod courier;
mod defaults;
mod diagnostics;
mod dovecot;
mod examples;
mod fetchers;
mod filters;
mod keys;
mod lint;
mod options;
mod sample;
mod snippets;
mod statuses;
mod words;
