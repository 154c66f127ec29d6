//! Thousands of messages that nobody wrote for these tests: mailing lists, newsletters, spam, phishing, and the test suites of other mail
//! programs, broken on purpose. Each goes through the built program, and what comes out is compared byte by byte.
//!
//! The messages lie beside the repository, in ../shared/corpus; they are other people's mail and not ours to publish. Where that folder
//! is missing the tests say so and skip.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop loudly; clippy.toml covers only the bodies of #[test] functions"
)]

// What the tests stand on.
mod collection;
mod dkim;
mod field;
mod program;
mod sha1;
mod tag;

// The tests.
mod explained;
mod judged;
mod tagged;
mod unchanged;
