//! An independent judge of pages: what of a page acts, and what is fetched without a click.
//!
//! Owns a deny-list, written from the specifications and from what sanitizers were beaten with. mailward keeps what it knows to be
//! inert, the judge looks for what is known to be hostile, with another parser: a mistake would have to be made twice to pass. It must
//! never use mailward's own code. It cannot fail: any bytes are a page.

mod address;
mod element;
mod sheet;
mod tree;

use std::collections::BTreeSet;
pub(crate) use tree::words;

/// What was found in a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// What acts.
    pub(crate) acts: BTreeSet<String>,
    /// What is fetched by itself, and does not act.
    pub(crate) fetches: BTreeSet<String>,
}

impl Found {
    /// Whether nothing was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.acts.is_empty() && self.fetches.is_empty()
    }

    fn acts(&mut self, what: impl Into<String>) {
        self.acts.insert(shortened(what.into()));
    }

    fn fetches(&mut self, what: impl Into<String>) {
        self.fetches.insert(shortened(what.into()));
    }
}

const LONGEST: usize = 160;

fn shortened(what: String) -> String {
    what.chars().take(LONGEST).collect()
}

/// What stands in `page` for a reader that takes it as a document, or puts it into a document of its own, with scripts or without.
pub(crate) fn judge(page: &[u8]) -> Found {
    let mut found = Found::default();
    // Nothing else in a page reads otherwise where scripts are allowed.
    let scripting: &[bool] = if has_noscript(page) { &[false, true] } else { &[false] };
    for &scripting in scripting {
        for context in [tree::Context::Document, tree::Context::Body] {
            tree::walk(page, context, scripting, &mut |thing| element::judge(thing, &mut found));
        }
    }
    found
}

/// What would quotes and brackets that come behind make of a page that ends in the middle of something? Those of another part of the
/// message do, for readers that put parts together.
pub(crate) fn judge_before_others(page: &[u8]) -> Found {
    let mut found = judge(page);
    // Whatever is open, one of these ends it, and those before are part of it.
    let joined = [page, b"\"'>--></style></title>x"].concat();
    tree::walk(&joined, tree::Context::Document, false, &mut |thing| element::judge(thing, &mut found));
    found
}

fn has_noscript(page: &[u8]) -> bool {
    page.windows(8).any(|window| window.eq_ignore_ascii_case(b"noscript"))
}
