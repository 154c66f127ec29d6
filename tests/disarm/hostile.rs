//! Hostile pages are hostile, and are not when they are disarmed.
use crate::all;
use crate::judge::{self, Found};
use crate::subject::{DEPTHS, disarmed, has_removals};
use crate::vectors::{self, Vector, beginning};
use crate::{spellings, suites};
use mailward::html::Depth;

/// The judge must be able to see what it is there for: without this, a judge that sees nothing would pass everything.
#[test]
fn the_judge_finds_something_in_every_hostile_page() {
    let vectors = ours();
    assert!(vectors.len() > 1000, "{}", vectors.len());
    all::hold(&vectors, |vector| {
        let found = judge::judge_before_others(&vector.page);
        let is_seen = !breach(&found, vector.depth).is_empty();
        if is_seen { Ok(()) } else { Err(vector.told("nothing was found")) }
    });
}

#[test]
fn the_judge_finds_nothing_in_a_disarmed_page() {
    all::hold(&ours(), is_disarmed);
}

#[test]
fn the_judge_finds_nothing_in_the_disarmed_pages_of_other_suites() {
    let vectors = suites::all();
    let hostile = all::map(&vectors, |vector| !judge::judge(&vector.page).is_empty()).into_iter().filter(|is_hostile| *is_hostile).count();
    println!("{} pages of other suites, {hostile} of them hostile", vectors.len());
    assert!(vectors.is_empty() || hostile > 100);
    all::hold(&vectors, is_disarmed);
}

#[test]
fn disarming_twice_is_disarming_once() {
    let vectors = [ours(), suites::all()].concat();
    all::hold(&vectors, is_twice_once);
}

#[test]
fn what_is_harmless_stays_as_it_is() {
    let vectors = vectors::tame();
    assert!(vectors.len() > 20);
    all::hold(&vectors, |vector| {
        let changed: Vec<Depth> = DEPTHS.into_iter().filter(|depth| disarmed(&vector.page, *depth) != vector.page).collect();
        let found = judge::judge(&vector.page);
        if changed.is_empty() && found.is_empty() { Ok(()) } else { Err(vector.told(&format!("changed {changed:?}, found {found:?}"))) }
    });
}

pub(crate) fn ours() -> Vec<Vector> {
    [vectors::hostile(), spellings::hostile()].concat()
}

pub(crate) fn is_disarmed(vector: &Vector) -> Result<(), String> {
    for depth in DEPTHS {
        let page = disarmed(&vector.page, depth);
        let found = judge::judge_before_others(&page);
        let found = breach(&found, depth);
        if !found.is_empty() {
            return Err(vector.told(&format!("{depth:?} leaves {found:?}\n    in {}", beginning(&page))));
        }
    }
    Ok(())
}

fn is_twice_once(vector: &Vector) -> Result<(), String> {
    for depth in DEPTHS {
        let once = disarmed(&vector.page, depth);
        if has_removals(&once, depth) || disarmed(&once, depth) != once {
            return Err(vector.told(&format!("{depth:?} is not done with {}", beginning(&once))));
        }
    }
    Ok(())
}

/// What must not be there under a depth.
pub(crate) fn breach(found: &Found, depth: Depth) -> Vec<&String> {
    let fetches = if depth == Depth::Remote { Some(&found.fetches) } else { None };
    found.acts.iter().chain(fetches.into_iter().flatten()).collect()
}
