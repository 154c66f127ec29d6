//! Where the content of a page begins.
//!
//! Owns what may stand before it. Nothing here can fail: a page that is all head begins at its end.

use super::token::{Token, scan};

/// What may stand before the body, with its text.
const HEAD: [&[u8]; 8] = [b"html", b"head", b"title", b"meta", b"style", b"link", b"base", b"script"];

/// Where something is put that is to be read first: behind the start of the body, or before the first thing that is shown.
pub fn top(page: &[u8]) -> usize {
    let mut top = None;
    let mut is_in_text_of_head = false;
    scan(page, |token| {
        if top.is_some() {
            return;
        }
        match token {
            Token::Start { range, tag } if tag.name() == b"body" => top = Some(range.end),
            Token::Start { range, tag } if !HEAD.contains(&tag.name()) => top = Some(range.start),
            Token::Start { tag, .. } => is_in_text_of_head = matches!(tag.name(), b"title" | b"style" | b"script"),
            Token::End { .. } | Token::Comment { .. } | Token::Doctype { .. } => is_in_text_of_head = false,
            Token::Text { range, text } if !is_in_text_of_head && !text.trim_ascii().is_empty() => top = Some(range.start),
            Token::Text { .. } => {}
            Token::Unfinished { range } => top = Some(range.start),
        }
    });
    top.unwrap_or(page.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_begins_behind_the_head() {
        let table = [
            ("", ""),
            ("text", "text"),
            ("<p>text", "<p>text"),
            ("<!doctype html><html><head><title>a</title><style>b</style></head>\n<body class=x><p>", "<p>"),
            ("<html><head><meta charset=x></head><table>", "<table>"),
            ("<title>a</title> text", " text"),
            ("<!-- a --><b>x</b><body>", "<b>x</b><body>"),
            ("<html><p", "<p"),
        ];
        for (page, expected) in table {
            assert_eq!(page.get(top(page.as_bytes())..), Some(expected), "{page}");
        }
    }
}
