//! Any bytes are a message: reading never panics, ranges lie inside it, and what a bound cuts off is said.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../invariant.rs"]
mod invariant;

fuzz_target!(|bytes: &[u8]| invariant::holds_for(bytes));
