//! A page may end anywhere: it was cut on its way, or its end was left out so that what comes behind becomes part of it.
use crate::all;
use crate::hostile::{breach, ours};
use crate::judge;
use crate::subject::{DEPTHS, disarmed, has_removals};
use crate::suites;
use crate::vectors::{Vector, beginning};
use mailward::html::Depth;
use std::collections::HashSet;

/// Up to this size a page is cut at every byte.
const SMALL: usize = 2048;
/// A larger one is cut at so many places.
const PLACES: usize = 200;
/// Larger ones come to megabytes of judging: their tricks are all in the small ones.
const LARGEST: usize = 32 << 10;

#[test]
fn a_page_that_is_cut_anywhere_is_disarmed() {
    let vectors = [ours(), suites::hostile(LARGEST)].concat();
    all::hold(&vectors, holds_cut_anywhere);
}

fn holds_cut_anywhere(vector: &Vector) -> Result<(), String> {
    let step = if vector.page.len() <= SMALL { 1 } else { vector.page.len() / PLACES };
    // Under both depths most of what is left is the same, and what acts must be in none of it.
    let mut seen = HashSet::new();
    for (end, depth) in (0..vector.page.len()).step_by(step).flat_map(|end| DEPTHS.map(|depth| (end, depth))).rev() {
        let page = disarmed(&vector.page[..end], depth);
        let told = |what: String| vector.told(&format!("cut at {end}, {depth:?} {what}\n    in {}", beginning(&page)));
        if has_removals(&page, depth) {
            return Err(told("is not done".to_owned()));
        }
        if seen.contains(&(page.clone(), true)) || !seen.insert((page.clone(), depth == Depth::Remote)) {
            continue;
        }
        let found = judge::judge_before_others(&page);
        let found = breach(&found, depth);
        if !found.is_empty() {
            return Err(told(format!("leaves {found:?}")));
        }
    }
    Ok(())
}
