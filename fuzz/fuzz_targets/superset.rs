//! What mail-parser takes out of any bytes is among what we take out of them, or they are flagged.

#![no_main]

#[path = "../../tests/superset/extract.rs"]
mod extract;
#[path = "../../tests/superset/peers/mail_parser.rs"]
mod mail_parser;
#[path = "../../tests/superset/ours.rs"]
mod ours;

use libfuzzer_sys::fuzz_target;

/// mail-parser overflows the stack on messages inside each other.
const LONGEST: usize = 8192;

fuzz_target!(|bytes: &[u8]| {
    if bytes.len() > LONGEST {
        return;
    }
    let ours = ours::Ours::of(bytes);
    let extract = mail_parser::extract(bytes);
    let is_ours = extract.contents.iter().all(|forms| ours.known.has_content(forms)) && extract.names.iter().all(|name| ours.known.has_name(name));
    assert!(is_ours || ours.is_flagged, "{extract:?}");
});
