//! What of a page goes, and what stays.

use super::*;
use std::collections::BTreeSet;

/// The disarmed page, and the kinds of what went.
fn left(page: &str, depth: Depth) -> (String, BTreeSet<Kind>) {
    let disarmed = disarm(page.as_bytes(), depth);
    let kinds = disarmed.counts.keys().copied().collect();
    (String::from_utf8_lossy(&disarmed.apply(page.as_bytes())).into_owned(), kinds)
}

fn check(depth: Depth, table: &[(&str, &str, &[Kind])]) {
    for (page, expected, kinds) in table {
        assert_eq!(left(page, depth), ((*expected).to_owned(), kinds.iter().copied().collect()), "{page}");
    }
}

#[test]
fn ordinary_mail_stays_as_it_is() {
    let table = [
        "<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 4.0 Transitional//EN\"><HTML><HEAD><META content=\"text/html; charset=utf-8\" http-equiv=Content-Type>",
        "<html xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns=\"http://www.w3.org/TR/REC-html40\"><body lang=EN-US link=blue><p class=MsoNormal>a<o:p></o:p>",
        "<a href=\"http://a/?b=1&c=2\" target=_blank title='a > b'>a & b &amp; c < d <3 &copy</a>",
        "<title>a &lt; b</title><style type=\"text/css\">p { color: red }</style>",
        "<!--[if mso]><table><tr><td><![endif]--><br/><img src=cid:1@a alt=\"\"><!--[if mso]></td></tr></table><![endif]-->",
        "<!--[if !mso]><!--><b>a</b><!--<![endif]--><!-- ---- a ---- --><![if !supportLists]>a<![endif]>",
        "<!--[if mso]><v:roundrect href=\"http://a/\" arcsize=\"8%\" fillcolor=\"#fff\"><w:anchorlock/><center>a</center></v:roundrect><![endif]-->",
        "<!--[if mso]><noscript><xml><o:OfficeDocumentSettings/></xml></noscript><![endif]--><?xml:namespace prefix = o ns = \"urn:schemas-microsoft-com:a\" />",
        "<link rel=File-List href=cid:a><link itemprop=url href=http://a/><font face=Arial, Helvetica, sans-serif>a</font>",
        "<!--[if gte mso 9]><xml><o:OfficeDocumentSettings><o:AllowPNG/><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml><![endif]-->",
        "<img src=\"data:image/gif;base64,R0lGOD==\"><map name=a><area href=#b shape=rect coords=1,2,3,4></map><img src='cid:a'usemap=#a>",
        "<a\r\n\thref = 'mailto:a@b' >\r\n</a ><P>caf\u{e9}",
    ];
    for page in table {
        for depth in [Depth::Active, Depth::Remote] {
            assert_eq!(left(page, depth), (page.to_owned(), BTreeSet::new()), "{depth:?}");
        }
    }
}

#[test]
fn scripts_and_handlers_go() {
    check(
        Depth::Active,
        &[
            ("a<script>b</script>c", "ac", &[Kind::Script]),
            ("a<ScRiPt/x>b</sCrIpT\n>c", "ac", &[Kind::Script]),
            ("a<script>b", "a", &[Kind::Script]),
            ("a<script>b<!--<script></script>--></script>c", "ac", &[Kind::Script]),
            ("<script\x0c>b</script>", "", &[Kind::Script]),
            ("<\0script>a", "&lt;\0script>a", &[Kind::Unfinished]),
            ("<scr\0ipt>a", "a", &[Kind::Unknown]),
            ("<a<script>b", "b", &[Kind::Unknown]),
            ("<<script>b</script>", "&lt;", &[Kind::Script, Kind::Unfinished]),
            ("<\u{212a}bd>", "&lt;\u{212a}bd>", &[Kind::Unfinished]),
            ("<b onclick=a>", "<b >", &[Kind::Handler]),
            ("<b/onclick=a/x>", "<b/>", &[Kind::Handler]),
            ("<b onclick\n=\n\"a>b\"class=c>", "<b class=c>", &[Kind::Handler]),
            ("<b class=\"c\"ONCLICK='a'>", "<b class=\"c\">", &[Kind::Handler]),
            ("<img alt=\"``onerror=a\">", "<img >", &[Kind::Unknown]),
            ("<img src=`x`onerror=a`>", "<img >", &[Kind::Unknown]),
            ("<b \"onclick=a>", "<b >", &[Kind::Unknown]),
            ("<b =onclick=a>", "<b >", &[Kind::Unknown]),
            ("<b title=\"\0\">", "<b >", &[Kind::Unknown]),
            ("</b onclick=a>", "</b>", &[Kind::Unknown]),
            ("<body onpageshow=a><details ontoggle=a open>", "<body ><details  open>", &[Kind::Handler]),
            ("<style onload=a>p{}</style>", "<style >p{}</style>", &[Kind::Handler]),
            ("<b title='<script>a</script>'>", "<b title='&lt;script>a&lt;/script>'>", &[Kind::Unknown]),
        ],
    );
}

#[test]
fn urls_that_act_go() {
    check(
        Depth::Active,
        &[
            ("<a href=javascript:a>b</a>", "<a >b</a>", &[Kind::Scheme]),
            ("<a href='&#x6A;avascript&colon;a'>", "<a >", &[Kind::Scheme]),
            ("<a href='&#106avascript:a'>", "<a >", &[Kind::Scheme]),
            ("<a href='java&Tab;script&NewLine;:a'>", "<a >", &[Kind::Scheme]),
            ("<a href=' \x01JAVA\r\nSCRIPT:a'>", "<a >", &[Kind::Scheme]),
            ("<a href='data:text/html,a'>", "<a >", &[Kind::Scheme]),
            ("<img src='data:image/svg+xml,a' alt=b>", "<img src=\"data:,\" alt=b>", &[Kind::Scheme]),
            ("<img src=file://a/b>", "<img src=\"data:,\">", &[Kind::Scheme]),
            ("<td background='javascript:a'>", "<td >", &[Kind::Scheme]),
            ("<img srcset='a.gif 1x, javascript:b 2x'>", "<img >", &[Kind::Scheme]),
            ("<p cite=javascript:a>", "<p >", &[Kind::Scheme]),
            ("<img usemap=http://a/#b>", "<img >", &[Kind::Unknown]),
        ],
    );
}

#[test]
fn frames_objects_forms_and_what_leads_elsewhere_go() {
    check(
        Depth::Active,
        &[
            ("a<iframe src=b srcdoc='<b>'>c<b></iframe>d", "ad", &[Kind::Frame]),
            ("<frameset><frame src=a></frameset><noframes>a<b></noframes>", "", &[Kind::Frame]),
            ("<object data=a><param name=b><embed src=c>d</object>", "d", &[Kind::Object]),
            (
                "<form action=a><input name=b><button formaction=c>d</button><textarea>e<b>&lt;</textarea></form>",
                "de&lt;b>&lt;",
                &[Kind::Form],
            ),
            ("<select><option>a</select><isindex><label form=b>c</label>", "ac", &[Kind::Form]),
            ("<b autofocus form=a formaction=b>", "<b   >", &[Kind::Form]),
            ("<meta http-equiv=refresh content=0>a", "a", &[Kind::Refresh]),
            ("<base href=http://a/ target=b>a", "a", &[Kind::Base]),
            ("<html manifest=a><head profile=b>", "<html ><head >", &[Kind::Fetch]),
            ("<x-a>b</x-a><template><b></template>", "b<b>", &[Kind::Unknown]),
            ("<noscript><p title='</noscript><b onclick=a>'></noscript>", "<p title='&lt;/noscript>&lt;b onclick=a>'>", &[Kind::Unknown]),
        ],
    );
}

#[test]
fn foreign_content_and_raw_text_go() {
    check(
        Depth::Active,
        &[
            ("<svg onload=a><a xlink:href=b>c</a></svg>", "<a >c</a>", &[Kind::Fetch, Kind::Foreign]),
            ("<svg><style><img onerror=a></style></svg>", "<style> </style>", &[Kind::Foreign, Kind::Style]),
            (
                "<math><mtext><table><mglyph><style><!--</style><img onerror=a>",
                "<table><style><!--\n--></style><img >",
                &[Kind::Handler, Kind::Foreign, Kind::Style],
            ),
            ("<svg><![CDATA[<b onclick=a>]]></svg>", "]]>", &[Kind::Foreign, Kind::Comment]),
            ("<svg><animate attributeName=href values=javascript:a /><set to=a></svg>", "", &[Kind::Foreign]),
            ("<xmp>a<b>&lt;</xmp>c", "a&lt;b>&amp;lt;c", &[Kind::Unknown]),
            ("a<plaintext>b</plaintext><b>", "ab&lt;/plaintext>&lt;b>", &[Kind::Unknown]),
            ("<noembed>a<b></noembed>c", "c", &[Kind::Object]),
            ("<title>a<b></title>", "<title>a&lt;b></title>", &[Kind::Unfinished]),
            ("<title>a<b onclick=c>", "a&lt;b onclick=c>", &[Kind::Unfinished]),
            ("<style>a</style x>b", "b", &[Kind::Unfinished]),
            ("<style type=text/javascript>a</style>b", "b", &[Kind::Style, Kind::Unfinished]),
            ("<comment><b title='</comment><b onclick=a>'></comment>", "<b title='&lt;/comment>&lt;b onclick=a>'>", &[Kind::Unknown]),
            ("<listing>&lt;b onclick=a></listing>", "&lt;b onclick=a>", &[Kind::Unknown]),
            ("<v:shape style=x><t:set>a", "a", &[Kind::Foreign, Kind::Unknown]),
        ],
    );
}

#[test]
fn what_never_ends_goes() {
    check(
        Depth::Active,
        &[
            ("a<img src=\"http://b/", "a", &[Kind::Unfinished]),
            ("a<b", "a", &[Kind::Unfinished]),
            ("a<", "a&lt;", &[Kind::Unfinished]),
            ("a</", "a&lt;/", &[Kind::Unfinished]),
            ("a<!-- b", "a", &[Kind::Comment]),
            ("<style>a", "", &[Kind::Unfinished]),
            ("<style>a</style", "", &[Kind::Unfinished]),
        ],
    );
}

#[test]
fn a_comment_that_is_a_page_to_some_readers_is_disarmed_as_one() {
    check(
        Depth::Active,
        &[
            ("<!--[if mso]><script>a</script><b><![endif]-->c", "<!--[if mso]><b><![endif]-->c", &[Kind::Script]),
            ("<!--[if mso]><b onclick=a><![endif]-->", "<!--[if mso]><b ><![endif]-->", &[Kind::Handler]),
            ("<!--[if mso]><b title='<![endif]-->'>", "<!--[if mso]><![endif]-->'>", &[Kind::Unfinished]),
            ("<!--[if mso]><style>a<![endif]-->", "<!--[if mso]><![endif]-->", &[Kind::Unfinished]),
            ("<!--[if mso]><!--[if ie]><b><![endif]-->", "<!--[if mso]><![endif]-->", &[Kind::Comment]),
            ("<!--[if mso]>a--b<![endif]-->", "", &[Kind::Comment]),
            ("<!--[if mso]>-<x>-><script>a</script><![endif]-->", "", &[Kind::Comment]),
            (
                "<!--[if mso]><v:rect href=javascript:a onclick=b><v:fill src=file://a /><w:anchorlock/></v:rect><![endif]-->",
                "<!--[if mso]><v:rect  ><v:fill  /><w:anchorlock/></v:rect><![endif]-->",
                &[Kind::Handler, Kind::Scheme],
            ),
            (
                "<!--[if true]><noscript><![endif]--><!-- </noscript><script>a</script> -->",
                "<!--[if true]><noscript><![endif]-->",
                &[Kind::Comment],
            ),
            ("<?import namespace=a><?xml-stylesheet href=b?><!ELEMENT a>", "", &[Kind::Comment]),
            ("<% a><x b='%><script>c</script>'>", "&lt;% a>", &[Kind::Unfinished, Kind::Unknown]),
        ],
    );
}

#[test]
fn what_fetches_stays_or_goes_by_the_depth() {
    let table: [(&str, &str, &[Kind]); 12] = [
        ("<img src=http://a/b alt=c>", "<img src=\"data:,\" alt=c>", &[Kind::Fetch]),
        ("<img src=//a/b>", "<img src=\"data:,\">", &[Kind::Fetch]),
        ("<img src=b.gif>", "<img src=\"data:,\">", &[Kind::Fetch]),
        ("<img srcset='http://a/b 1x'>", "<img >", &[Kind::Fetch]),
        ("<picture><source srcset=http://a/b></picture>", "<picture><source ></picture>", &[Kind::Fetch]),
        ("<td background=http://a/b>", "<td >", &[Kind::Fetch]),
        ("<video src=http://a/b poster=http://a/c>d</video>", "d", &[Kind::Fetch]),
        ("<audio src=http://a/b></audio>", "", &[Kind::Fetch]),
        ("<link rel=stylesheet href=http://a/b>", "", &[Kind::Fetch]),
        ("<!DOCTYPE html SYSTEM \"http://a/b\">", "", &[Kind::Fetch]),
        ("<!--[if mso]><img src=http://a/b><![endif]-->", "<!--[if mso]><img src=\"data:,\"><![endif]-->", &[Kind::Fetch]),
        ("<img src=\"http://a/b\"src=http://a/c>", "<img src=\"data:,\"src=\"data:,\">", &[Kind::Fetch]),
    ];
    check(Depth::Remote, &table);
    for (page, _, _) in table {
        assert_eq!(left(page, Depth::Active), (page.to_owned(), BTreeSet::new()));
    }
    let both: [(&str, &str, &[Kind]); 7] = [
        ("<a ping=http://a/ href=http://b/ attributionsrc>", "<a  href=http://b/ >", &[Kind::Fetch]),
        ("<img lowsrc=http://a/ dynsrc=http://a/ longdesc=http://a/>", "<img   >", &[Kind::Fetch]),
        ("<link rel=prefetch href=http://a/><link rel=icon href=http://a/>", "", &[Kind::Fetch]),
        ("<image src=http://a/><track src=http://a/>", "", &[Kind::Fetch]),
        ("<bgsound src=http://a/>", "", &[Kind::Object]),
        ("<div datasrc=#a datafld=b dataformatas=html>", "<div   >", &[Kind::Fetch]),
        ("<p v:src=http://a/ o:href=http://a/>", "<p  >", &[Kind::Fetch]),
    ];
    check(Depth::Active, &both);
    check(Depth::Remote, &both);
}

#[test]
fn what_stood_apart_does_not_become_a_tag_or_a_reference() {
    check(
        Depth::Active,
        &[
            ("<<x>script>a", "&lt;script>a", &[Kind::Unfinished, Kind::Unknown]),
            ("&l<x>t;b", "&l<wbr>t;b", &[Kind::Unknown]),
            ("&<x><y>#60;b", "&<wbr>#60;b", &[Kind::Unknown]),
            ("&l<script>b</script>t;", "&l<wbr>t;", &[Kind::Script]),
            ("<a title='&l'><x>t;", "<a title='&l'>t;", &[Kind::Unknown]),
        ],
    );
}

#[test]
fn what_is_behind_the_first_128_attributes_goes() {
    let page = format!("<b {}>", "class=a ".repeat(200));
    let disarmed = disarm(page.as_bytes(), Depth::Active);
    assert_eq!(disarmed.counts[&Kind::Unknown], 72);
    let again = disarm(&disarmed.apply(page.as_bytes()), Depth::Active);
    assert!(again.counts.is_empty());
}

#[test]
fn a_bomb_makes_few_splices() {
    let page = "<x>a".repeat(100_000);
    let disarmed = disarm(page.as_bytes(), Depth::Active);
    assert_eq!((disarmed.splices.len(), disarmed.removals.len(), disarmed.counts[&Kind::Unknown]), (1, 100, 100_000));
    assert_eq!(disarmed.apply(page.as_bytes()), "a".repeat(100_000).as_bytes());
}
