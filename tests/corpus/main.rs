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
// Another test asks the same programs.
#[path = "../superset/extract.rs"]
#[allow(dead_code, reason = "it compares in another way")]
mod extract;
mod field;
#[path = "../superset/peers/mod.rs"]
mod peers;
mod program;
mod sha1;
mod tag;

// The tests.
mod ambiguous;
mod canonical;
mod explained;
mod judged;
mod phishing;
mod regular;
mod tagged;
mod unchanged;
mod unpacked;
