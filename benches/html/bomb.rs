//! Pages that are made to cost much: each is one thing over and over, as large as is asked for.

/// A page that is made to cost much.
pub(crate) struct Bomb {
    pub(crate) name: &'static str,
    /// The page, of about so many bytes.
    pub(crate) build: fn(usize) -> Vec<u8>,
}

macro_rules! bombs {
    ($($name:literal: $build:expr,)*) => { &[$(Bomb { name: $name, build: $build },)*] };
}

pub(crate) const BOMBS: &[Bomb] = bombs! {
    "text": |size| rows("", b"lorem ipsum ", size, ""),
    "open elements": |size| rows("", b"<div>", size, ""),
    "elements, 8190 deep, again and again": deep,
    "end tags": |size| rows("", b"</div>", size, ""),
    "one attribute": |size| rows("<p title=\"", b"x", size, "\">x"),
    "one attribute, unfinished": |size| rows("<p title=\"", b"x", size, ""),
    "one attribute that goes": |size| rows("<p onclick=\"", b"x", size, "\">x"),
    "one link of references": |size| rows("<a href=\"", b"&#106;", size, "\">x</a>"),
    "one link of tabs": |size| rows("<a href=\"java", b"&Tab;", size, "script:x\">x</a>"),
    "one link of blanks": |size| rows("<a href=\"", b" ", size, "javascript:x\">x</a>"),
    "one picture's set": |size| rows("<img srcset=\"", b"a 1x,", size, "\">"),
    "one picture's set of commas": |size| rows("<img srcset=\"", b",", size, "http://a/\">"),
    "attributes of one tag": |size| rows("<p ", b"a=b ", size, ">x"),
    "attributes in quotes of one tag": |size| rows("<p ", b"a=\"b\" ", size, ">x"),
    "attributes in single quotes of one tag": |size| rows("<p ", b"a='b' ", size, ">x"),
    "attributes of one tag, each another": |size| numbered("<p ", "a", "=b ", size, ">x"),
    "attributes of one tag, without values": |size| rows("<p ", b"a ", size, ">x"),
    "attributes that go, of one tag": |size| numbered("<p ", "on", "=b ", size, ">x"),
    "attributes that go, one a tag": |size| rows("", b"<b onx=y>", size, ""),
    "quotes in one tag": |size| rows("<p ", b"\"", size, ">x"),
    "slashes in one tag": |size| rows("<p ", b"/", size, ">x"),
    "equals signs in one tag": |size| rows("<p ", b"=", size, ">x"),
    "references": |size| rows("", b"&amp;", size, ""),
    "references without an end": |size| rows("", b"&notin", size, ""),
    "ampersands": |size| rows("", b"&", size, ""),
    "one long reference": |size| rows("&#", b"0", size, ";"),
    "'&a' before tags that go": |size| rows("", b"&a<x>", size, ""),
    "unknown tags": |size| rows("", b"<x>a", size, ""),
    "unknown tags, each another": |size| numbered("", "<x", ">", size, ""),
    "one long name": |size| rows("<", b"x", size, ">"),
    "'<'": |size| rows("", b"<", size, ""),
    "'<a'": |size| rows("", b"<a", size, ""),
    "'<a '": |size| rows("", b"<a ", size, ""),
    "'</'": |size| rows("", b"</", size, ""),
    "'</>'": |size| rows("", b"</>", size, ""),
    "'< '": |size| rows("", b"< ", size, ""),
    "scripts": |size| rows("", b"<script>x</script>", size, ""),
    "one script": |size| rows("<script>", b"x", size, "</script>"),
    "one script, unclosed": |size| rows("<script>", b"x<!--", size, ""),
    "one script of its own ends": |size| rows("<script><!--", b"<script></script>", size, ""),
    "almost ends of a script": |size| rows("<script>", b"</scrip", size, ""),
    "almost ends of a title": |size| rows("<title>", b"</titl", size, ""),
    "titles": |size| rows("", b"<title><b></title>", size, ""),
    "one textarea of tags": |size| rows("<textarea>", b"<b>&", size, ""),
    "comments": |size| rows("", b"<!--x-->", size, ""),
    "one comment": |size| rows("<!--", b"x", size, "-->"),
    "one comment, unclosed": |size| rows("<!--", b"-", size, ""),
    "'<!--'": |size| rows("", b"<!--", size, ""),
    "'<!-->'": |size| rows("", b"<!-->", size, ""),
    "'<!'": |size| rows("", b"<!", size, ""),
    "'<?'": |size| rows("", b"<?", size, ""),
    "'--!>' in one comment": |size| rows("<!--", b"--!", size, ""),
    "conditional comments": |size| rows("", b"<!--[if mso]><b onx=y>x<![endif]-->", size, ""),
    "one conditional comment": |size| rows("<!--[if mso]>", b"<b onx=y>", size, "<![endif]-->"),
    "one conditional comment of beginnings": |size| rows("<!--[if mso]>", b"<!--[if mso]>", size, "<![endif]-->"),
    "one conditional comment of ends": |size| rows("<!--[if mso]>", b"<![endif]", size, "-->"),
    "conditional comments, unclosed": |size| rows("", b"<!--[if mso]>", size, ""),
    "document types": |size| rows("", b"<!DOCTYPE html>", size, ""),
    "CDATA sections": |size| rows("<svg>", b"<![CDATA[x]]>", size, ""),
    "foreign elements": |size| rows("", b"<svg><math>", size, ""),
    "styles of elements": |size| rows("", b"<b style=\"color:red\">x</b>", size, ""),
    "styles of elements that go": |size| rows("", b"<b style=\"a:expression(x)\">x</b>", size, ""),
    "styles of elements that fetch": |size| rows("", b"<b style=\"background:url(//h)\">x</b>", size, ""),
    "one style of declarations": |size| rows("<p style=\"", b"color:red;", size, "\">x"),
    "one style of semicolons": |size| rows("<p style=\"", b";", size, "\">x"),
    "one style of escapes": |size| rows("<p style=\"", b"\\65", size, "\">x"),
    "one style of references": |size| rows("<p style=\"", b"&#59;", size, "\">x"),
    "style elements": |size| rows("", b"<style>p{color:red}</style>", size, ""),
    "style elements that fetch": |size| rows("", b"<style>@import '//h';</style>", size, ""),
    "one sheet of rules": |size| rows("<style>", b"p{color:red}", size, "</style>"),
    "one sheet of rules that fetch": |size| rows("<style>", b"p{background:url(//h)}", size, "</style>"),
    "one sheet of '('": |size| rows("<style>p{a:", b"(", size, "</style>"),
    "one sheet of '['": |size| rows("<style>", b"[", size, "</style>"),
    "one sheet of '{'": |size| rows("<style>", b"{", size, "</style>"),
    "one sheet of '}'": |size| rows("<style>", b"}", size, "</style>"),
    "one sheet of 'a{'": |size| rows("<style>", b"a{", size, "</style>"),
    "one sheet of '@media a{'": |size| rows("<style>", b"@media a{", size, "</style>"),
    "one sheet of 'url('": |size| rows("<style>p{a:", b"url(", size, "</style>"),
    "one sheet of 'a('": |size| rows("<style>p{a:", b"a(", size, "</style>"),
    "one sheet of '@import'": |size| rows("<style>", b"@import ", size, "</style>"),
    "one sheet of '@'": |size| rows("<style>", b"@", size, "</style>"),
    "one sheet of comments": |size| rows("<style>", b"/**/", size, "</style>"),
    "one sheet of beginnings of comments": |size| rows("<style>", b"/*", size, "</style>"),
    "one sheet of quotes": |size| rows("<style>", b"\"", size, "</style>"),
    "one sheet of lines in quotes": |size| rows("<style>p{a:", b"\"\n", size, "}</style>"),
    "one sheet of backslashes": |size| rows("<style>", b"\\", size, "</style>"),
    "one sheet of escapes": |size| rows("<style>p{", b"\\65 ", size, "}</style>"),
    "one sheet of '<!--'": |size| rows("<style>", b"<!--", size, "</style>"),
    "one sheet of '-->'": |size| rows("<style>", b"-->", size, "</style>"),
    "one sheet of '<'": |size| rows("<style>", b"<", size, "</style>"),
    "one sheet, unclosed": |size| rows("<style>", b"p{color:red}", size, ""),
    "one selector": |size| rows("<style>", b"a>", size, "{color:red}</style>"),
    "one value": |size| rows("<style>p{font:", b"a ", size, "}</style>"),
    "NUL": |size| rows("", b"\0", size, ""),
    "NUL in one tag": |size| rows("<p ", b"\0", size, ">"),
    "bytes above 0x80": |size| rows("", b"\xff", size, ""),
    "line ends": |size| rows("", b"\r\n", size, ""),
    "pictures": |size| rows("", b"<img src=http://h/x>", size, ""),
    "links": |size| rows("", b"<a href=http://h/x>x</a>", size, ""),
    "forms": |size| rows("", b"<form action=x><input></form>", size, ""),
    "tables in each other": |size| rows("", b"<table><tr><td>", size, ""),
    "formatting that is never closed": |size| rows("", b"<b><p>", size, ""),
    "templates in each other": |size| rows("", b"<template>", size, ""),
};

fn rows(front: &str, row: &[u8], size: usize, end: &str) -> Vec<u8> {
    let mut page = Vec::with_capacity(size + row.len() + front.len() + end.len());
    page.extend_from_slice(front.as_bytes());
    while page.len() < size {
        page.extend_from_slice(row);
    }
    page.extend_from_slice(end.as_bytes());
    page
}

/// The same with a number between two halves of each row.
fn numbered(front: &str, before: &str, behind: &str, size: usize, end: &str) -> Vec<u8> {
    let mut page = Vec::with_capacity(size + 256);
    page.extend_from_slice(front.as_bytes());
    let mut number = 0;
    while page.len() < size {
        page.extend_from_slice(format!("{before}{number}{behind}").as_bytes());
        number += 1;
    }
    page.extend_from_slice(end.as_bytes());
    page
}

/// As deep as readers go before they give up nesting, and closed again.
fn deep(size: usize) -> Vec<u8> {
    let nest = ["<div>".repeat(8190), "</div>".repeat(8190)].concat();
    rows("", nest.as_bytes(), size, "")
}
