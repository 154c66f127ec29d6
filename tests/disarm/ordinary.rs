//! Real mail: what a reader reads stays, what needs no change has none, and nothing hostile is left.
use crate::all;
use crate::hostile::breach;
use crate::judge;
use crate::pages::{self, Page};
use crate::subject::{DEPTHS, disarmed, has_removals, kinds};
use mailward::html::Depth;
use std::collections::BTreeMap;
use std::io::Write;

#[test]
fn nothing_hostile_is_left_in_the_pages_of_real_mail() {
    all::hold(pages::of_messages(), |page| {
        for depth in DEPTHS {
            let after = disarmed(&page.bytes, depth);
            let found = judge::judge(&after);
            let found = breach(&found, depth);
            if !found.is_empty() {
                return Err(format!("{}: {depth:?} leaves {found:?}", page.name));
            }
            if has_removals(&after, depth) || disarmed(&after, depth) != after {
                return Err(format!("{}: {depth:?} is not done", page.name));
            }
        }
        Ok(())
    });
}

#[test]
fn what_a_reader_reads_of_real_mail_stays() {
    all::hold(pages::of_messages(), |page| {
        let before = judge::words(&page.bytes);
        for depth in DEPTHS {
            let after = judge::words(&disarmed(&page.bytes, depth));
            if before != after {
                return Err(format!("{}: {depth:?} {}", page.name, difference(&before, &after)));
            }
        }
        Ok(())
    });
}

#[test]
fn pages_with_nothing_to_remove_stay_as_they_are() {
    let pages = pages::of_messages();
    for depth in DEPTHS {
        all::hold(pages, |page| {
            let is_changed = disarmed(&page.bytes, depth) != page.bytes;
            if is_changed == has_removals(&page.bytes, depth) { Ok(()) } else { Err(format!("{}: {depth:?}", page.name)) }
        });
        table(pages, depth);
    }
}

/// How many pages had what removed.
fn table(pages: &[Page], depth: Depth) {
    let mut counts = BTreeMap::new();
    for kinds in all::map(pages, |page| kinds(&page.bytes, depth)) {
        *counts.entry(if kinds.is_empty() { "nothing" } else { "something" }.to_owned()).or_insert(0) += 1;
        kinds.iter().for_each(|kind| *counts.entry(format!("  {kind:?}")).or_insert(0) += 1);
    }
    // Not println!: the test harness would keep it to itself.
    let _ = writeln!(std::io::stderr(), "{depth:?}, {} pages; removed of so many: {counts:#?}", pages.len());
}

fn difference(before: &[String], after: &[String]) -> String {
    let at = before.iter().zip(after).take_while(|(one, other)| one == other).count();
    let some = |words: &[String]| words[at.saturating_sub(2)..(at + 6).min(words.len())].join(" ");
    format!("word {at} of {} and {}: {:?} became {:?}", before.len(), after.len(), some(before), some(after))
}
