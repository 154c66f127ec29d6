use super::*;
use proptest::prelude::*;

fn text(cleaned: &Cleaned, css: &str) -> String {
    cleaned.css.as_ref().map_or_else(|| css.to_owned(), |css| String::from_utf8_lossy(css).into_owned())
}

fn attributes(table: &[(&str, Depth, &str, &[Kind])]) {
    for (css, depth, expected, kinds) in table {
        let cleaned = attribute(css.as_bytes(), *depth);
        assert_eq!((text(&cleaned, css).as_str(), cleaned.removed.as_slice()), (*expected, *kinds), "{css}");
        assert_eq!(cleaned.css.is_none(), cleaned.removed.is_empty(), "{css}");
    }
}

fn sheets(table: &[(&str, Depth, &str, &[Kind])]) {
    for (css, depth, expected, kinds) in table {
        let cleaned = sheet(css.as_bytes(), *depth);
        assert_eq!((text(&cleaned, css).as_str(), cleaned.removed.as_slice()), (*expected, *kinds), "{css}");
        assert_eq!(cleaned.css.is_none(), cleaned.removed.is_empty(), "{css}");
    }
}

#[test]
fn what_only_looks_stays_as_it_is() {
    let styles = [
        "",
        "color:red",
        "font-family: 'Segoe UI', \"Helvetica Neue\", Arial; font-size:12.5px;",
        "font-family:\"\\@SimSun\";font-family: MS\\ Gothic",
        "mso-style-name:\"x\";mso-level-text:\\F0B7;mso-line-height-rule:exactly",
        "padding:0 !important;*zoom:1;_height:1px;;",
        "background:#fff none;width:calc(100% - (2px + 3px));color:rgba(0, 0, 0, .5)",
        "/* @editable */color:red/* x */;",
        "filter:alpha(opacity=50);-webkit-filter:blur(2px)",
        "--a:#fff;color:var(--a, red)",
        "background:linear-gradient(to right, #fff 0%, rgb(0,0,0) 100%)",
        "content:\"\\201C\";content:attr(data-label)",
        "background:url(cid:a@b) no-repeat;background:url('data:image/gif;base64,R0lGODlh')",
        "filter:;color:",
        "grid-template-columns:[a] 1fr [b] minmax(1px, 2px)",
    ];
    for css in styles {
        for depth in [Depth::Active, Depth::Remote] {
            assert_eq!(attribute(css.as_bytes(), depth), Cleaned::default(), "{css}");
            let rule = format!(".a > b:hover{{{css}}}");
            assert_eq!(sheet(rule.as_bytes(), depth), Cleaned::default(), "{css}");
        }
    }
}

const ACTING: &[&str] = &[
    "width:expression(alert(1))",
    "width:exp/**/ression(alert(1))",
    "width:expression/**/(alert(1))",
    "width:\\65xpression(alert(1))",
    "width:\u{ff45}xpression(alert(1))",
    "behavior:url(x.htc)",
    "-ms-behavior:url(#default#time2)",
    "-moz-binding:url(http://h/x.xml#x)",
    "b\\65havior:url(x)",
    "background:url(javascript:alert(1))",
    "background:url('vbscript:x')",
    "background:url(data:image/svg+xml;base64,PHN2Zz4=)",
    "background:url(data:text/html,x)",
    "background:url(file://h/x)",
    "background:\\75\\72\\6C(http://h/x)",
    "background:u\\000072l(http://h/x)",
    "background:url(htt\\70://h/x)",
    "background:url(\"http://h/\\78\")",
    "background:attr(foo url)",
    "background:attr(foo type(<url>))",
    "background:image-set(var(--x) 1x)",
    "background:src(var(--x))",
    "background:element(#x)",
    "filter:progid:DXImageTransform.Microsoft.AlphaImageLoader(src='http://h/x')",
    "-ms-filter:\"progid:DXImageTransform.Microsoft.ICMFilter(colorSpace='http://h/x')\"",
    "filter:url(http://h/x#a)",
    "color:red<!--",
    "color:red\0",
    "color:\u{b}red",
    "color:'red",
    "color:'re\nd'",
    "color:rgb(1",
    "color:rgb(1]",
    "color:red)",
    "color:(red)",
    "color:red}",
    "color:{red}",
    "font-family:'\\27;x:expression(1)'",
    "font-family:'a\\",
    "color:red/*",
    "background:url(a b)",
    "background:url(a/*b)",
    "background:url(a",
];

#[test]
fn a_style_that_acts_goes_at_both_depths() {
    for css in ACTING {
        for depth in [Depth::Active, Depth::Remote] {
            let cleaned = attribute(css.as_bytes(), depth);
            assert_eq!((text(&cleaned, css).as_str(), cleaned.removed.as_slice()), ("", [Kind::Style].as_slice()), "{css}");
        }
    }
}

#[test]
fn what_is_fetched_goes_by_itself_where_it_can() {
    use Depth::{Active, Remote};
    use Kind::Fetch;
    attributes(&[
        ("background:url(http://h/x) no-repeat #fff", Active, "background:url(http://h/x) no-repeat #fff", &[]),
        ("background:url(http://h/x) no-repeat #fff", Remote, "background:none no-repeat #fff", &[Fetch]),
        ("background:url( 'http://h/x' )", Remote, "background:none", &[Fetch]),
        ("background:URL(x);color:red", Remote, "background:none;color:red", &[Fetch]),
        ("background:url(//h/x)", Remote, "background:none", &[Fetch]),
        ("background:url() url() url(x)", Remote, "background:none none none", &[Fetch, Fetch, Fetch]),
        ("background:image('x')", Remote, "background:none", &[Fetch]),
        ("background:image('x')", Active, "background:image('x')", &[]),
        ("background:-webkit-image-set('a' 1x, url(b) 2x), red", Remote, "background:none, red", &[Fetch]),
        ("background:image-set('cid:a' 1x)", Remote, "background:image-set('cid:a' 1x)", &[]),
        ("background:image-set('javascript:a' 1x);top:0", Active, "top:0", &[Kind::Style]),
        ("--a:url(x);background:var(--a)", Remote, "--a:none;background:var(--a)", &[Fetch]),
        ("cursor:url(x), auto;top:0", Remote, "top:0", &[Fetch]),
        ("list-style:url(x);content:url(x);mask:url(x)", Remote, "list-style:none;content:none;mask:none", &[Fetch, Fetch, Fetch]),
        ("border-image:url(x) 30;-webkit-border-image:url(x)", Remote, "border-image:none 30;-webkit-border-image:none", &[Fetch, Fetch]),
        (
            "shape-outside:url(x);clip-path:url(x);fill:url(x)",
            Remote,
            "shape-outside:none;clip-path:none;fill:none",
            &[Fetch, Fetch, Fetch],
        ),
        ("mso-header:url(\"x\") h1", Remote, "mso-header:none h1", &[Fetch]),
        ("color:red;/*# sourceMappingURL=x */", Remote, "color:red; ", &[Fetch]),
        ("background:url(x) expression(1);top:0", Remote, "top:0", &[Kind::Style]),
    ]);
}

#[test]
fn what_is_not_known_goes_and_its_neighbours_stay() {
    use Depth::Active;
    use Kind::{Style, Unknown};
    attributes(&[
        ("color:red;foo:bar;top:0", Active, "color:red;top:0", &[Unknown]),
        ("foo;top:0", Active, "top:0", &[Unknown]),
        ("color red;top:0", Active, "top:0", &[Unknown]),
        ("foo:bar", Active, "", &[Unknown]),
        ("top:0;x:y(;left:0", Active, "top:0;left:0", &[Unknown]),
        ("top:0;a{b:c;d:e}left:0", Active, "top:0;left:0", &[Unknown]),
        ("top:0;@import url(x);left:0", Active, "top:0;left:0", &[Unknown]),
        ("top:0}; left:0", Active, " left:0", &[Style]),
        ("top:0;<a b='c;d'>;left:0", Active, "top:0;left:0", &[Style]),
    ]);
}

#[test]
fn rules_are_cleaned_and_conditions_stay() {
    use Depth::{Active, Remote};
    use Kind::{Fetch, Style, Unknown};
    sheets(&[
        ("@media only screen and (max-width:600px){.a{color:red}}", Remote, "@media only screen and (max-width:600px){.a{color:red}}", &[]),
        ("@media x{.a{behavior:url(x)}.b{top:0}}", Active, "@media x{.a{}.b{top:0}}", &[Style]),
        ("a[href^='x']:not(.b)::before , * + b ~ c{top:0}", Remote, "a[href^='x']:not(.b)::before , * + b ~ c{top:0}", &[]),
        (".sm\\:w-full{top:0}", Active, ".sm\\:w-full{top:0}", &[]),
        (".a\\{b{top:0}.c{top:0}", Active, " .c{top:0}", &[Style]),
        ("a<b{top:0}c{top:0}", Active, " c{top:0}", &[Style]),
        ("a{top:0}}b{top:0}", Active, "a{top:0} b{top:0}", &[Style]),
        ("a{top:0;b{c:d}left:0}", Active, "a{top:0;left:0}", &[Unknown]),
        ("a{top:0", Active, "a{top:0", &[]),
        ("@media x{a{top:0}", Active, "@media x{a{top:0}", &[]),
        ("a{top:0} b", Active, "a{top:0}  ", &[Style]),
        ("a{top:0} /* b", Active, "a{top:0}  ", &[Style]),
        ("@import url(http://h/x);a{top:0}", Active, "@import url(http://h/x);a{top:0}", &[]),
        ("@import url(http://h/x);a{top:0}", Remote, " a{top:0}", &[Fetch]),
        ("@import 'http://h/x' screen;", Active, "@import 'http://h/x' screen;", &[]),
        ("@import 'http://h/x' screen;", Remote, " ", &[Fetch]),
        ("@import url( \"x\" ) screen;", Active, "@import url( \"x\" ) screen;", &[]),
        ("@import url(\"x\";a{top:0}", Active, " a{top:0}", &[Style]),
        ("@import 'javascript:x';", Active, " ", &[Style]),
        ("@import 'data:text/css,x';", Active, " ", &[Style]),
        ("@\\69mport 'x';a{top:0}", Active, " a{top:0}", &[Style]),
        ("@import 'x' {a{b:c}}d{top:0}", Active, " d{top:0}", &[Style]),
        (
            "@font-face{font-family:a;src:local('b'), url(http://h/x) format('woff2')}",
            Active,
            "@font-face{font-family:a;src:local('b'), url(http://h/x) format('woff2')}",
            &[],
        ),
        ("@font-face{font-family:a;src:url(http://h/x) format('woff2')}b{top:0}", Remote, " b{top:0}", &[Fetch]),
        ("@font-face{font-family:a;panose-1:2 4}", Remote, "@font-face{font-family:a;panose-1:2 4}", &[]),
        ("@page Section1{size:8.5in 11.0in;margin:1in}", Remote, "@page Section1{size:8.5in 11.0in;margin:1in}", &[]),
        (
            "@keyframes a{from{top:0}50.5%{top:1px}to{background:url(x)}}",
            Remote,
            "@keyframes a{from{top:0}50.5%{top:1px}to{background:none}}",
            &[Fetch],
        ),
        ("@supports (display:grid) and (not (a:b)){a{top:0}}", Remote, "@supports (display:grid) and (not (a:b)){a{top:0}}", &[]),
        ("@namespace 'http://h/x';a{top:0}", Active, " a{top:0}", &[Unknown]),
        ("@-moz-document url-prefix(){a{top:0}}b{top:0}", Active, " b{top:0}", &[Unknown]),
        ("@charset \"utf-8\";a{top:0}", Active, "@charset \"utf-8\";a{top:0}", &[]),
        ("@charset \"utf-7\";a{top:0}", Active, " a{top:0}", &[Unknown]),
        ("a::before{content:url(http://h/x)}", Remote, "a::before{content:none}", &[Fetch]),
        ("v\\:*{behavior:url(#default#VML);}", Active, "v\\:*{}", &[Style]),
        ("a{top:0}/*# sourceMappingURL=x */", Remote, "a{top:0} ", &[Fetch]),
    ]);
}

#[test]
fn a_comment_of_the_page_around_a_sheet_stays_whole() {
    use Depth::Active;
    use Kind::Style;
    sheets(&[
        ("<!--\n a{top:0}\n-->", Active, "<!--\n a{top:0}\n-->", &[]),
        ("<!-- a{top:0} --> <!-- b{top:0}", Active, "<!-- a{top:0} --> <!-- b{top:0}\n-->", &[Style]),
        ("<!-- a{top:0", Active, "<!-- a{top:0}\n-->", &[Style]),
        ("<!-- @media x{a{top:0", Active, "<!-- @media x{a{top:0}}\n-->", &[Style]),
        ("<!--> a{top:0} -->", Active, " > a{top:0}  ", &[Style, Style]),
        ("<!--a{b;->c{top:0}", Active, "<!--a{}\n-->", &[Kind::Unknown, Kind::Unknown, Style]),
        ("<!-- a{top:0} //-->", Active, "<!-- a{top:0} //-->", &[]),
        ("a{top:0}-->", Active, "a{top:0} ", &[Style]),
        ("@media x{<!--a{top:0}-->}", Active, "@media x{ a{top:0} }", &[Style, Style]),
        ("a{<!--top:0-->}", Active, "a{}", &[Style]),
        ("<style>a{top:0}", Active, " ", &[Style]),
    ]);
}

#[test]
fn brackets_deeper_than_any_style_needs_go() {
    let deep = |depth: usize| format!("width:{}1{}", "calc(".repeat(depth), ")".repeat(depth));
    assert_eq!(attribute(deep(32).as_bytes(), Depth::Active), Cleaned::default());
    assert_eq!(attribute(deep(33).as_bytes(), Depth::Active).css, Some(Vec::new()));
    assert_eq!(attribute("width:calc(".repeat(100_000).as_bytes(), Depth::Active).css, Some(Vec::new()));
    let rules = |depth: usize| format!("{}{}", "@media x{".repeat(depth), "}".repeat(depth));
    assert_eq!(sheet(rules(16).as_bytes(), Depth::Active), Cleaned::default());
    assert_eq!(sheet(rules(17).as_bytes(), Depth::Active).removed, [Kind::Style]);
    assert!(sheet("@media x{".repeat(100_000).as_bytes(), Depth::Active).css.is_some());
}

#[test]
fn of_many_things_some_are_told() {
    let cleaned = attribute(b"a:b;".repeat(5000).as_slice(), Depth::Active);
    assert_eq!((cleaned.css, cleaned.removed.len()), (Some(Vec::new()), MOST_REMOVED));
    let cleaned = attribute(b"top:url(x);".repeat(5000).as_slice(), Depth::Remote);
    assert_eq!(cleaned.css, Some(b"top:none;".repeat(5000)));
}

#[rustfmt::skip]
const WORDS: &[&str] = &[
    "a", "color", "background", ":", ";", "{", "}", "(", ")", "[", "]", "'", "\"", " ", "\n", "/*", "*/", "<!--", "-->", "-", ">",
    "<", "\\", "\\75", "url(", "url('x')", "url(http://h/x)", "url(cid:x)", "image-set(", "'http://h/x'", "var(--a)", "attr(",
    "expression(", "@media x{", "@import ", "@font-face{", "src", "cursor", ",", "*", "/", "@", "#", "\0", "sourceMappingURL", "--a",
    "\u{e9}", "none", "filter", "behavior", "!important",
];

/// Pieces out of which styles that are nearly regular come.
fn style() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(WORDS), 0..40).prop_map(|words| words.concat())
}

fn left(css: &[u8], cleaned: Cleaned) -> Vec<u8> {
    cleaned.css.unwrap_or_else(|| css.to_vec())
}

/// A style that is regular without its comments, and with `$` for each string.
fn bare(css: &str) -> String {
    let mut bare = String::new();
    let mut rest = css;
    while let Some((before, from)) = rest.find(['\'', '"', '/']).map(|at| rest.split_at(at)) {
        let (mark, behind) = from.split_at(1);
        let (with, length) = match mark {
            "/" if behind.starts_with('*') => ("", behind.split_at(1).1.find("*/").unwrap() + 4),
            "/" => ("/", 1),
            quote => ("$", behind.find(quote).unwrap() + 2),
        };
        bare.push_str(before);
        bare.push_str(with);
        rest = from.split_at(length).1;
    }
    bare + rest
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn cleaning_twice_is_cleaning_once(css in style(), is_remote: bool) {
        let depth = if is_remote { Depth::Remote } else { Depth::Active };
        let once = left(css.as_bytes(), attribute(css.as_bytes(), depth));
        prop_assert_eq!(attribute(&once, depth), Cleaned::default(), "{} {}", css, String::from_utf8_lossy(&once));
        let once = left(css.as_bytes(), sheet(css.as_bytes(), depth));
        prop_assert_eq!(sheet(&once, depth), Cleaned::default(), "{} {}", css, String::from_utf8_lossy(&once));
    }

    #[test]
    fn what_stays_holds_nothing_that_acts_or_fetches(css in style()) {
        for cleaned in [attribute(css.as_bytes(), Depth::Remote), sheet(css.as_bytes(), Depth::Remote)] {
            let left = String::from_utf8(left(css.as_bytes(), cleaned)).unwrap();
            let bare = bare(&left);
            for forbidden in ["http", "url($", "expression(", "@import"] {
                prop_assert!(!bare.contains(forbidden), "{} in {}", forbidden, left);
            }
            let pictures = bare.split("image-set(").skip(1).filter_map(|rest| rest.split(')').next());
            prop_assert!(!pictures.into_iter().any(|picture| picture.contains('$')), "{}", left);
            prop_assert!(!left.replace("<!--", "").contains('<'), "{}", left);
            prop_assert!(left.matches("<!--").count() <= left.matches("-->").count(), "{}", left);
        }
    }

    #[test]
    fn any_bytes_are_cleaned(css in proptest::collection::vec(any::<u8>(), 0..200)) {
        for depth in [Depth::Active, Depth::Remote] {
            let once = left(&css, attribute(&css, depth));
            prop_assert_eq!(attribute(&once, depth).css, None);
            let once = left(&css, sheet(&css, depth));
            prop_assert_eq!(sheet(&once, depth).css, None);
        }
    }
}

#[test]
fn a_sheet_that_is_cut_anywhere_is_cleaned() {
    let css = concat!(
        "<!-- @import url(http://h/x); @media x{a{background:url('http://h/y') red;top:expression(1)}}",
        "@font-face{src:url(http://h/z)} b{--a:url(http://h/z);content:'\\201C'}-->",
    );
    for end in 0..css.len() {
        let css = &css.as_bytes()[..end];
        let once = left(css, sheet(css, Depth::Remote));
        assert!(!String::from_utf8_lossy(&once).contains("http"), "{end}");
        assert_eq!(sheet(&once, Depth::Remote), Cleaned::default(), "{end}");
    }
}
