//! What holds of any page that is disarmed.

use super::super::attributes::Rule;
use super::super::scheme;
use super::*;
use proptest::prelude::*;

/// Pieces that evasions are made of.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "<", ">", "</", "/", "=", "\"", "'", "`", " ", "\n", "\r\n", "\t", "\x0c", "\0", "&", "&lt;", "&#60", ";", "-", "--", "!", "<!",
    "<!-", "<!--", "-->", "--!>", "<!-->", "<?", "<%", "]]>", "<![CDATA[", "<![if a]>", "<![endif]>", "<!--[if a]>", "<![endif]-->",
    "<!--[if !a]><!-->", "[if", "]", "a", "b", "script", "<b", "<a href=", "<img src=", "<img", "<style>", "</style>", "</style",
    "<title>", "</title>", "<script>", "</script>", "<textarea>", "</textarea>", "<xmp>", "</xmp>", "<plaintext>", "<svg>", "<iframe>",
    "</iframe>", "<noscript>", "<meta http-equiv=refresh>", "<!DOCTYPE html>", "<!doctype html system 'a'>", "<x>", "<p>", " onclick=a",
    " style=", " title=", " srcset=", "javascript:", "http://a/", "data:,", "cid:a", "url(", "<v:a>", "\u{e9}", "<xml>",
];

fn is_settled(page: &[u8], depth: Depth) {
    let once = disarm(page, depth);
    let mut done = 0;
    for splice in &once.splices {
        assert!(splice.range.start >= done && splice.range.start <= splice.range.end && splice.range.end <= page.len());
        done = splice.range.end;
    }
    assert_eq!(once.counts.is_empty(), once.splices.is_empty(), "{}", String::from_utf8_lossy(page));
    let left = once.apply(page);
    let twice = disarm(&left, depth);
    let told = (String::from_utf8_lossy(page), String::from_utf8_lossy(&left));
    assert!(twice.counts.is_empty() && twice.splices.is_empty(), "{told:?} {:?}", twice.removals);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn twice_is_once(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..30)) {
        let page = pieces.concat();
        is_settled(page.as_bytes(), Depth::Active);
        is_settled(page.as_bytes(), Depth::Remote);
    }

    #[test]
    fn no_tag_is_left_that_is_on_no_list(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..30)) {
        let page = pieces.concat();
        let left = disarm(page.as_bytes(), Depth::Active).apply(page.as_bytes());
        // Wherever a reader begins to read: behind a `<` is what we let stand, or no tag.
        for at in memchr::memchr_iter(b'<', &left) {
            let rest = left[at + 1..].to_ascii_lowercase();
            let name: &[u8] = rest.split(|byte| !byte.is_ascii_alphanumeric()).next().unwrap();
            let known: [&[u8]; 10] = [b"a", b"b", b"img", b"style", b"title", b"p", b"wbr", b"xml", b"br", b""];
            let is_in_comment = left[..at].windows(4).any(|window| window == b"<!--");
            prop_assert!(is_in_comment || known.contains(&name), "{page:?} {}", String::from_utf8_lossy(&left));
        }
    }
}

#[test]
fn a_page_that_is_cut_anywhere_is_disarmed() {
    let page = "<!DOCTYPE html><!--[if mso]><b onclick='a'>b<![endif]--><style>p{}</style><title>a<b></title>&l<x>t;<a href=\"java&#x73;cript:a\" title='<b>'>\
        <img src=http://a/b/onerror=c><textarea>&lt;<b></textarea></a ><script>a</script><!-- a --><![if a]>b<![endif]><xmp>a</xmp><plaintext><b>";
    for end in 0..=page.len() {
        is_settled(&page.as_bytes()[..end], Depth::Active);
        is_settled(&page.as_bytes()[..end], Depth::Remote);
    }
}

/// What an independent parser builds of the page: each element and attribute that we would not let stay.
fn strange(page: &[u8], scripting_enabled: bool) -> Vec<String> {
    use html5ever::tendril::TendrilSink;
    let options = html5ever::ParseOpts {
        tree_builder: html5ever::tree_builder::TreeBuilderOpts { scripting_enabled, ..Default::default() },
        ..Default::default()
    };
    let tree = html5ever::parse_document(markup5ever_rcdom::RcDom::default(), options).from_utf8().one(page);
    let mut found = Vec::new();
    let mut open = vec![tree.document.clone()];
    while let Some(node) = open.pop() {
        if let markup5ever_rcdom::NodeData::Element { name, attrs, .. } = &node.data {
            let element = name.local.as_bytes();
            found.extend((elements::fate(element) != Fate::Stays || name.ns != html5ever::ns!(html)).then(|| format!("<{}>", name.local)));
            let strange = |value: &str| !scheme::may_be_clicked(value.as_bytes()) && !scheme::may_be_picture(value.as_bytes());
            found.extend(attrs.borrow().iter().filter_map(|one| {
                match super::super::attributes::rule(element, one.name.local.as_bytes()) {
                    Ok(Rule::Link | Rule::Picture | Rule::Media) if strange(&one.value) => {
                        Some(format!("{}={}", one.name.local, one.value))
                    }
                    Err(_) if !super::super::attributes::is_debris(one.name.local.as_bytes(), one.value.as_bytes()) => {
                        Some(one.name.local.to_string())
                    }
                    _ => None,
                }
            }));
        }
        open.extend(node.children.borrow().iter().cloned());
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn another_parser_sees_what_we_let_stay(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..30)) {
        let page = pieces.concat();
        let left = disarm(page.as_bytes(), Depth::Active).apply(page.as_bytes());
        for scripting_enabled in [false, true] {
            prop_assert_eq!(strange(&left, scripting_enabled), Vec::<String>::new(), "{}", String::from_utf8_lossy(&left));
        }
    }
}
