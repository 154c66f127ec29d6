//! Pages that are one thing over and over: what is left of them is done, and the stack does not grow with the page.
//!
//! Each is disarmed in a process of its own, as one that runs out of its stack ends there. How long they take is for the benchmark.
use crate::all;
use crate::subject::{DEPTHS, disarmed, has_removals};
use std::env;
use std::process::Command;

#[allow(dead_code, reason = "shared with the benchmark")]
#[path = "../../benches/html/bomb.rs"]
mod bomb;

/// Names the bomb to the process that disarms it.
const BOMB: &str = "MAILWARD_BOMB";
/// The stack of a test's thread is 2 MiB: with a frame for every few bytes, this is too much for it.
const SIZE: usize = 256 << 10;

#[test]
fn pages_of_one_thing_over_and_over_are_disarmed() {
    all::hold(bomb::BOMBS, |bomb| {
        let mut child = Command::new(env::current_exe().unwrap());
        child.args(["--exact", "large::one_of_them_in_this_process"]).env(BOMB, bomb.name);
        let output = child.output().unwrap();
        let told = || format!("{}: {}\n{}", bomb.name, output.status, String::from_utf8_lossy(&output.stderr));
        if output.status.success() { Ok(()) } else { Err(told()) }
    });
}

/// Does nothing but in a process that the test above started.
#[test]
fn one_of_them_in_this_process() {
    let name = env::var(BOMB).unwrap_or_default();
    for bomb in bomb::BOMBS.iter().filter(|bomb| bomb.name == name) {
        let page = (bomb.build)(SIZE);
        for depth in DEPTHS {
            let once = disarmed(&page, depth);
            assert!(!has_removals(&once, depth) && disarmed(&once, depth) == once, "{depth:?}");
        }
    }
}
