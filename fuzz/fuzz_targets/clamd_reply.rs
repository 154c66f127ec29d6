//! Whatever clamd says: only a text that ends in ": OK" is clean, and nothing panics.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mailward::engine::clamd::reply::{Reply, class_of, parse};

fuzz_target!(|text: &str| match parse(text) {
    Reply::Clean => assert!(text.trim_end_matches(['\0', '\n', '\r']).ends_with(": OK")),
    Reply::Found(name) => {
        assert!(!name.is_empty() && text.contains(&name));
        let _ = class_of(&name);
    }
    Reply::Error(_) | Reply::Unknown(_) => {}
});
