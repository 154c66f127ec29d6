//! A real browser loads disarmed pages: nothing runs, and nothing but the pages is asked for.
//!
//! All its traffic goes to a proxy of the test on 127.0.0.1 that answers and counts: no page reaches a network.

mod chromium;
mod devtools;
mod pictures;
mod proxy;
mod visit;

use crate::all;
use crate::hostile::ours;
use crate::pages;
use crate::subject::{DEPTHS, disarmed};
use crate::suites;
use crate::vectors::Vector;
use chromium::Chromium;
use mailward::html::Depth;
use proxy::Proxy;
use std::collections::{BTreeMap, BTreeSet};
use visit::Visit;

/// So many pages of real mail are loaded.
const ORDINARY: usize = 300;
/// What stands behind is as the rest; a browser takes its time over more.
const LARGEST: usize = 256 << 10;

/// What is tested below could not fail without this.
#[test]
fn a_browser_runs_and_fetches_what_is_in_hostile_pages() {
    let Some((proxy, visits)) = visited(ours().into_iter().map(|vector| vector.page).collect()) else { return };
    let ran = visits.values().filter(|visit| visit.has_run()).count();
    let fetched = visits.values().filter(|visit| !visit.requests.is_empty()).count();
    println!("before: {} pages, scripts in {ran}, requests of {fetched}, {} requests at the proxy", visits.len(), proxy.strangers().len());
    assert!(ran > 150 && fetched > 400 && proxy.strangers().len() > 400, "{ran} {fetched} {}", proxy.strangers().len());
}

#[test]
fn a_browser_runs_nothing_of_disarmed_pages_and_asks_for_nothing() {
    let hostile = ours().into_iter().chain(suites::hostile(LARGEST)).map(|vector| vector.page);
    let pages: Vec<Vec<u8>> = hostile.chain(ordinary()).collect();
    let pages = all::map(&pages, |page| disarmed(page, Depth::Remote)).into_iter().collect();
    let Some((proxy, visits)) = visited(pages) else { return };
    let of_visits = breaches(&visits, |visit| visit.has_run() || !visit.requests.is_empty() || !visit.relative.is_empty());
    let relative: usize = visits.values().map(|visit| visit.relative.len()).sum();
    let strangers = proxy.strangers().len();
    println!(
        "disarmed, Remote: {} pages, breaches {}, requests at the proxy {strangers}, relative ones {relative}",
        visits.len(),
        of_visits.len()
    );
    assert!(of_visits.is_empty() && proxy.strangers().is_empty(), "{}\n{:#?}", of_visits.join("\n"), proxy.strangers());
}

#[test]
fn a_browser_runs_nothing_of_pages_that_may_fetch() {
    let hostile: Vec<Vector> = ours();
    let pages = hostile.iter().map(|vector| disarmed(&vector.page, Depth::Active)).collect();
    let Some((_, visits)) = visited(pages) else { return };
    let breaches = breaches(&visits, |visit| visit.has_run() || visit.has_left);
    println!("disarmed, Active: {} pages, breaches {}", visits.len(), breaches.len());
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn pictures_of_newsletters_are_taken_where_they_are_asked_for() {
    let Some(folder) = std::env::var_os("MAILWARD_SCREENSHOTS") else { return };
    let newsletters = pictures::newsletters();
    let shots = newsletters.iter().enumerate().flat_map(|(index, page)| {
        let before = (format!("{index:02}-before"), page.clone());
        [before].into_iter().chain(DEPTHS.map(|depth| (format!("{index:02}-{depth:?}"), disarmed(page, depth))))
    });
    pictures::take(folder.as_ref(), shots.collect());
}

/// Every so manyth page of real mail.
fn ordinary() -> Vec<Vec<u8>> {
    let pages = pages::of_messages();
    let step = (pages.len() / ORDINARY).max(1);
    pages.iter().filter(|page| page.bytes.len() <= LARGEST).step_by(step).take(ORDINARY).map(|page| page.bytes.clone()).collect()
}

/// What became of each page in a browser; none where there is no browser.
fn visited(pages: BTreeSet<Vec<u8>>) -> Option<(Proxy, BTreeMap<Vec<u8>, Visit>)> {
    let program = chromium::program()?;
    let pages: Vec<Vec<u8>> = pages.into_iter().collect();
    let proxy = Proxy::start(pages.clone());
    let mut chromium = Chromium::start(program, &proxy);
    let visits = visit::all(&mut chromium, &proxy.addresses());
    chromium.end();
    Some((proxy, pages.into_iter().zip(visits).collect()))
}

fn breaches(visits: &BTreeMap<Vec<u8>, Visit>, is_breach: impl Fn(&Visit) -> bool) -> Vec<String> {
    let told = |(page, visit): (&Vec<u8>, &Visit)| {
        let page: String = String::from_utf8_lossy(page).chars().take(300).collect();
        format!("{visit:?}\n    {page}\n")
    };
    visits.iter().filter(|(_, visit)| is_breach(visit)).map(told).collect()
}
