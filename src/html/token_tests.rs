//! A page as its tokens: tables, and what must hold for any bytes.

use super::*;
use proptest::prelude::*;

fn told(page: &str) -> Vec<String> {
    let mut told = Vec::new();
    let at = |range| page.get::<Range<usize>>(range).unwrap();
    scan(page.as_bytes(), |token| {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        told.push(match token {
            Token::Text { range, text: words } => format!("{} {}", at(range), text(words)),
            Token::Start { range, tag } => {
                let attributes = tag.attributes().map(|one| format!(" {}={}@{}", text(one.name), text(one.value), one.at));
                format!("{} <{}{}>", at(range), text(tag.name()), attributes.collect::<String>())
            }
            Token::End { range, name } => format!("{} </{}>", at(range), text(name)),
            Token::Comment { range } => format!("{} comment", at(range)),
            Token::Doctype { range, name, has_system } => format!("{} type {} {has_system}", at(range), text(name)),
            Token::Unfinished { range } => format!("{} unfinished", at(range)),
        });
    });
    told
}

#[test]
fn each_token_has_the_bytes_that_it_stands_in() {
    let table: [(&str, &[&str]); 16] = [
        ("a &lt; b", &["a &lt; b a < b"]),
        ("a < b<b>c", &["a < b a < b", "<b> <b>", "c c"]),
        ("a\r\nb<B CLASS='x&amp;y' z>", &["a\r\nb a\nb", "<B CLASS='x&amp;y' z> <b class=x&y@7 z=@23>"]),
        ("<a href=x/y/>", &["<a href=x/y/> <a href=x/y/@3>"]),
        ("</B x=1>", &["</B x=1> </b>"]),
        ("<!-- a > b --><p", &["<!-- a > b --> comment", "<p unfinished"]),
        ("<!DOCTYPE html><?xml x?>", &["<!DOCTYPE html> type html false", "<?xml x?> comment"]),
        ("<!doctype a system 'x'>", &["<!doctype a system 'x'> type a true"]),
        ("<style>a<b></style>c", &["<style> <style>", "a<b> a<b>", "</style> </style>", "c c"]),
        ("<script>'</scrip'+'</script>c", &["<script> <script>", "'</scrip'+' '</scrip'+'", "</script> </script>", "c c"]),
        ("<title>&amp;<b></title>", &["<title> <title>", "&amp;<b> &<b>", "</title> </title>"]),
        ("<noscript><b></noscript>", &["<noscript> <noscript>", "<b> <b>", "</noscript> </noscript>"]),
        ("a<", &["a< a<"]),
        ("a</", &["a</ a</"]),
        ("<a href='x", &["<a href='x unfinished"]),
        ("<!-- x", &["<!-- x comment"]),
    ];
    for (page, expected) in table {
        assert_eq!(told(page), expected, "{page}");
    }
}

proptest! {
    #[test]
    fn the_tokens_cover_the_page(page in proptest::collection::vec(proptest::sample::select(b"<>/!-'\"= \r\n&#x;aAstyle\0\xe9".to_vec()), 0..60)) {
        let mut end = 0;
        scan(&page, |token| {
            let range = token.range();
            assert_eq!(range.start, end);
            assert!(range.end > range.start);
            end = range.end;
        });
        prop_assert_eq!(end, page.len());
    }
}
