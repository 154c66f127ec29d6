//! Engines as they are: each real program from Debian's packages, started on loopback, asked through the built binary.
//!
//! A program that is not installed leaves its tests out and says so; where MAILWARD_REQUIRE_MTA is set that fails.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    reason = "a test that cannot go on should stop loudly; clippy.toml covers only the bodies of #[test] functions"
)]

#[allow(dead_code, unused_imports, reason = "shared with the black-box tests, which use all of it")]
#[path = "../harness/mod.rs"]
mod harness;

mod dns;
mod filter;
mod icap;
mod kept;
mod presets;
mod rspamd;
mod samples;
mod server;
mod spamd;
