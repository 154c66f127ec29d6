//! What is tested: one page disarmed.
use mailward::html::{Depth, Kind, disarm};
use std::collections::BTreeSet;

/// Both depths.
pub(crate) const DEPTHS: [Depth; 2] = [Depth::Active, Depth::Remote];

/// The page without what `depth` removes.
pub(crate) fn disarmed(page: &[u8], depth: Depth) -> Vec<u8> {
    disarm(page, depth).apply(page)
}

/// Whether something is removed of it.
pub(crate) fn has_removals(page: &[u8], depth: Depth) -> bool {
    !kinds(page, depth).is_empty()
}

/// What is removed of it.
pub(crate) fn kinds(page: &[u8], depth: Depth) -> BTreeSet<Kind> {
    disarm(page, depth).counts.into_keys().collect()
}
