//! Crashes on demand, for tests of what a crash means to the MTA.
//!
//! Owns the variable that asks for one. It must never be part of a release: the feature `fault-injection` alone builds it. What it
//! does is meant to fail.

use std::env;
use std::hint::black_box;

/// Does what MAILWARD_CRASH says.
#[expect(clippy::panic, reason = "it is what is asked for")]
pub fn on_demand() {
    match env::var("MAILWARD_CRASH").as_deref() {
        Ok("panic") => panic!("on demand"),
        Ok("abort") => std::process::abort(),
        Ok("overflow") => drop(black_box(deeper(1))),
        Ok("overflow in a thread") => drop(std::thread::spawn(|| deeper(1)).join()),
        Ok("memory") => drop(black_box(vec![1_u8; 1 << 46])),
        _ => {}
    }
}

#[expect(unconditional_recursion, reason = "it is what is asked for")]
fn deeper(depth: u64) -> u64 {
    let frame = black_box([depth; 512]);
    black_box(deeper(depth + 1)) + frame.iter().sum::<u64>()
}
