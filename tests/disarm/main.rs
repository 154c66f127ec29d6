//! Disarmed pages, judged by what is not ours: another parser with a deny-list of its own, and a real browser.
//!
//! Pages come from vectors/ (one folder a row of what is known to have beaten sanitizers, one page a line), from all pairs of what
//! acts and how it can be spelled, and, where it is there, from the corpus beside the repository: other people's mail and the test
//! suites of other sanitizers. Where the corpus is missing the tests that need it say so and skip.
//!
//! The browser is Debian's chromium; where it is missing its tests say so and skip, or fail with MAILWARD_REQUIRE_MTA set.
//! `MAILWARD_SCREENSHOTS=folder` writes pictures of newsletters before and after.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on should stop loudly; clippy.toml covers only the bodies of #[test] functions"
)]

// What the tests stand on, from the ground up.
mod all;
mod judge;
mod pages;
mod spellings;
mod subject;
mod suites;
mod vectors;

// The tests.
mod browser;
mod charsets;
mod cut;
mod hostile;
mod large;
mod leaks;
mod ordinary;
