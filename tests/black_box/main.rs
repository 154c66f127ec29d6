//! Tests of the built program from outside: what an MTA, a delivery agent, an engine and an administrator see of it.
//!
//! Each module holds one subject, and each test one line of the contract. A test has a folder of its own, talks to sockets of its own,
//! and needs neither a network nor another test. What only shows between two users needs root, and says so where there is none.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on should stop loudly; clippy.toml covers only the bodies of #[test] functions"
)]

#[path = "../harness/mod.rs"]
mod harness;
#[path = "../qmail/mod.rs"]
mod qmail;

// The way of a message that nothing is found in.
mod handover;
mod identity;
mod maildir;
mod mda_order;
mod qmail_local;
mod qmail_queue;
mod qmail_snippets;
mod qmail_split;
mod tagging;
mod transparent;

// What the MTA is told.
mod config_faults;
mod exit_contract;
mod mda_faults;
mod resources;
mod signals;

// Input that is not as it should be.
mod engine_faults;
mod evasions;
mod huge;
mod quarantine_faults;

// Engines that the tests play by a script.
mod daemons;
mod icap;
mod scripted;

// Engines.
mod clamd;
mod clamd_choice;
mod clamd_names;
mod clamd_views;
mod command_engine;
mod command_limits;
mod command_views;
mod engine_memory;
mod engine_tls;
mod fake;
mod filter;
mod header;
mod rspamd;
mod rspamd_advice;
mod spam_headers;
mod spamd;

// Decisions, and what follows.
mod notices;
mod parallel;
mod policy;
mod profiles;
mod quarantine;
mod quarantine_users;
mod replace;
mod rules;
mod strip;
mod subject;

// What people see.
mod check;
mod config_command;
mod explain;
mod log;

// Messages with the result that each must have.
mod data;
