//! Any bytes are a message: reading never panics, ranges lie inside it, and what a bound cuts off is said.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mailward::config::Settings;
use mailward::message::{Bounds, Message};

const BOUNDS: Bounds = Bounds { nesting: 8, parts: 64, header_size: 4096, decoded_size: 1 << 16 };

fuzz_target!(|bytes: &[u8]| {
    let message = Message::read(bytes, &BOUNDS);
    assert!(!message.parts().is_empty() && message.parts().len() <= 64);
    for (index, part) in message.parts().iter().enumerate() {
        assert!(part.header.start <= part.header.end && part.header.end <= part.body.start && part.body.start <= part.body.end);
        assert!(part.layer > 0 || part.body.end <= bytes.len());
        assert!(part.depth <= 8 && part.parent.is_none_or(|parent| parent < index));
        message.decoded(part).for_each(drop);
    }
    let _ = mailward::check::run(&message, &Settings::default());
});
