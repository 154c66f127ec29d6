use super::*;
use proptest::prelude::*;

fn read(page: &str) -> String {
    String::from_utf8(text(page.as_bytes())).unwrap()
}

#[test]
fn elements_become_lines() {
    let table = [
        ("", ""),
        (" \n a  b\n c ", "a b c\n"),
        ("<p>a</p>\n<p>b</p>", "a\n\nb\n"),
        ("<div>a</div><div>b</div><div><br></div><div>c</div>", "a\nb\n\nc\n"),
        ("a<br>b<br><br><br>c", "a\nb\n\nc\n"),
        ("a<hr>b", "a\n--------\nb\n"),
        ("<b>a</b>b <i>c</i>", "ab c\n"),
        ("a&nbsp;&lt;b&gt; &eacute;&#0;&#8203;", "a <b> \u{e9}\u{fffd}\n"),
        ("<ul><li>a<li><p>b</p><ol><li>c</li><li>d</li></ol></li></ul>e", "* a\n* b\n  1. c\n  2. d\n\ne\n"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a  b\nc\n"),
        ("a<br>&zwnj;&nbsp;&zwnj;&nbsp;&#847; b&zwnj;c", "a\nb\u{200c}c\n"),
        ("<pre>\na  b\n  c</pre>d", "a  b\n  c\n\nd\n"),
        ("<html><head><title>a</title><style>b{}</style><script>c</script></head><body>d<iframe>e</iframe>f", "a\n\ndf\n"),
        ("<!-- a -->b<![if x]>c<![endif]><?d?>", "bc\n"),
        ("a<img alt=' b \n c '>d<img src=x alt=''>", "a[b c]d\n"),
    ];
    for (page, expected) in table {
        assert_eq!(read(page), expected, "{page}");
    }
}

#[test]
fn a_link_tells_where_it_leads() {
    let table = [
        ("<a href='http://h/x'>a</a> b", "a <http://h/x> b\n"),
        ("<a href='https://H.example/'>h.example</a>.", "h.example.\n"),
        ("<a href='mailto:a@b'>a@b</a>", "a@b\n"),
        ("<a href='http://h/'><img src=x></a>b", "<http://h/>b\n"),
        ("<a href='http://h/'><img src=x alt=c></a>", "[c] <http://h/>\n"),
        ("<a href='javascript:x'>a</a><a href='#x'>b</a><a href='/x'>c</a><a>d</a>", "abcd\n"),
        ("<a href='http://h/\n x>y'>a", "a <http://h/xy>\n"),
        ("<a href='http://h/1'>a<a href='http://h/2'>b</a>", "a <http://h/1>b <http://h/2>\n"),
        ("<td><a href='http://h/1'><p>a</p></a></td><p>b", "a <http://h/1>\n\nb\n"),
        ("<ul><li><a href='http://h/1'><p>a</p></a><li>b</ul>", "* a <http://h/1>\n* b\n"),
    ];
    for (page, expected) in table {
        assert_eq!(read(page), expected, "{page}");
    }
}

#[test]
fn lists_deeper_than_any_page_needs_are_not_indented_further() {
    let text = read(&"<ul><li>a".repeat(100));
    assert!(text.lines().all(|line| line.len() <= 2 * DEEPEST + 1), "{text}");
    assert_eq!(read(&("<ol>".repeat(100) + &"</ol>".repeat(99) + "<li>a")), "1. a\n");
}

const BYTES: &[u8] = b"<>/ \n\r\0\x01\x7f\xc2\x85&#;1aprelipu=\"";

#[rustfmt::skip]
const ELEMENTS: &[&str] = &[
    "<p>", "</p>", "<ul>", "<li>", "</ul>", "<a href=http://h>", "</a>", "<pre>", "</pre>", "<td>", "<br>", "a", " ", "\n", "<style>",
    "</style>", "<img alt=b>"
];

proptest! {
    #[test]
    fn any_bytes_become_clean_text(page in proptest::collection::vec(proptest::sample::select(BYTES), 0..80)) {
        let text = String::from_utf8(text(&page)).unwrap();
        prop_assert!(text.chars().all(|one| !one.is_control() || matches!(one, '\n' | '\t')), "{:?}", text);
        prop_assert!(text.is_empty() || text.ends_with('\n'));
    }

    #[test]
    fn any_elements_become_clean_text(words in proptest::collection::vec(proptest::sample::select(ELEMENTS), 0..40)) {
        let text = read(&words.concat());
        prop_assert!(!text.contains("\n\n\n") && !text.starts_with('\n'), "{:?}", text);
    }
}
