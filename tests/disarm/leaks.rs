//! The page of HTTPLeaks: every known way to fetch something without a click, each with an address of its own.
use crate::judge;
use crate::pages;
use crate::subject::{DEPTHS, disarmed};
use mailward::html::Depth;
use std::collections::BTreeSet;
use std::fs;

/// The host of every address on the page.
const HOST: &str = "leaking.via/";
/// So many addresses the page has.
const ADDRESSES: usize = 217;

#[test]
fn none_of_the_known_ways_to_fetch_is_left() {
    for path in pages::files("html-httpleaks") {
        let page = fs::read(path).unwrap();
        assert_eq!(ids(&page).len(), ADDRESSES);
        let before = judge::judge(&page);
        assert!(before.acts.len() + before.fetches.len() > ADDRESSES, "{} {}", before.acts.len(), before.fetches.len());
        let after = disarmed(&page, Depth::Remote);
        let found = judge::judge(&after);
        assert!(found.is_empty(), "{found:#?}");
        let left = ids(&without_links(&after));
        assert!(left.is_empty(), "{left:?}");
        println!("HTTPLeaks: {ADDRESSES} addresses, 0 left but to click");
    }
}

#[test]
fn nothing_of_the_page_acts_under_any_depth() {
    for (path, depth) in pages::files("html-httpleaks").iter().flat_map(|path| DEPTHS.map(|depth| (path, depth))) {
        let found = judge::judge(&disarmed(&fs::read(path).unwrap(), depth));
        assert!(found.acts.is_empty(), "{found:#?}");
    }
}

#[test]
fn an_address_is_seen_wherever_it_is_but_in_a_link() {
    let page = b"<a class=x href=\"https://leaking.via/a\">b</a><area href='https://leaking.via/b'><p href=https://leaking.via/c><!-- leaking.via/d -->";
    assert_eq!(ids(&without_links(page)), ["c", "d"].map(str::to_owned).into());
}

/// What stands behind the host, wherever that is.
fn ids(page: &[u8]) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(page).to_lowercase();
    let id = |rest: &str| rest.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-').next().unwrap_or_default().to_owned();
    text.split(HOST).skip(1).map(id).collect()
}

/// The page without the values of `href` in start tags of `a` and `area`, found as plain text: no parser is asked.
fn without_links(page: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(page);
    let mut left = String::new();
    for tag in text.split_inclusive('>') {
        let lower = tag.to_ascii_lowercase();
        let start = lower.rfind("<a ").or_else(|| lower.rfind("<area "));
        let href = start.and_then(|start| Some(start + lower[start..].find(" href=")? + " href=".len()));
        match href {
            Some(at) => {
                let quote = tag[at..].chars().next().filter(|letter| matches!(letter, '"' | '\''));
                let end = quote.map_or_else(|| tag[at..].find([' ', '>']), |quote| tag[at + 1..].find(quote).map(|end| end + 1));
                left.push_str(&tag[..at]);
                left.push_str(&tag[at + end.unwrap_or(tag.len() - at)..]);
            }
            None => left.push_str(tag),
        }
    }
    left.into_bytes()
}
