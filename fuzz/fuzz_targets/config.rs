//! Any text is a configuration or a list of problems, each with a place in it; nothing panics.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mailward::config::Config;
use std::path::Path;

fuzz_target!(|text: &str| {
    if let Err(problems) = Config::parse(Path::new("f"), text) {
        assert!(!problems.is_empty());
        for problem in problems {
            assert!(problem.place.0 >= 1 && problem.place.0 <= text.matches('\n').count() + 1);
        }
    }
});
