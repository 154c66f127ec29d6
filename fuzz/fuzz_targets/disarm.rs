//! Any bytes are a page: disarmed twice it is as disarmed once, and another parser finds nothing in it that acts, nor fetches.

#![no_main]

#[allow(dead_code, unused_imports, reason = "shared with the tests, which use all of it")]
#[path = "../../tests/disarm/judge/mod.rs"]
mod judge;

use libfuzzer_sys::fuzz_target;
use mailward::html::Depth;
use mailward::html::disarm::disarm;

/// html5ever takes quadratic time for some pages.
const LONGEST: usize = 8192;

fuzz_target!(|page: &[u8]| {
    if page.len() > LONGEST {
        return;
    }
    for depth in [Depth::Active, Depth::Remote] {
        let once = disarm(page, depth).apply(page);
        let again = disarm(&once, depth);
        assert!(again.removals.is_empty() && again.apply(&once) == once, "{depth:?} {}", String::from_utf8_lossy(&once));
        let found = judge::judge_before_others(&once);
        assert!(found.acts.is_empty(), "{depth:?} {found:?} {}", String::from_utf8_lossy(&once));
        assert!(found.fetches.is_empty() || depth == Depth::Active, "{found:?} {}", String::from_utf8_lossy(&once));
    }
});
