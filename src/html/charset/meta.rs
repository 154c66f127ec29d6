//! The charset that a page names in itself (WHATWG HTML section 13.2.3.2, and the declaration of XML).
//!
//! Owns where that is looked for. It must never read more of a page than readers do. Nothing here can fail.

use super::super::token::{self, Tag, Token};
use memchr::memmem;

/// Readers look no further.
const FIRST: usize = 1024;

/// The name of a page's charset.
pub(super) fn name(page: &[u8]) -> Option<String> {
    let first = page.get(..FIRST).unwrap_or(page);
    let mut found = None;
    token::scan(first, |token| {
        if let Token::Start { tag, .. } = token
            && tag.name() == b"meta"
            && found.is_none()
        {
            found = of(tag);
        }
    });
    found.or_else(|| of_xml(first)).map(|name| String::from_utf8_lossy(&name).into_owned())
}

/// The page without the tags that name a charset.
pub(super) fn without_name(page: &[u8]) -> Vec<u8> {
    let mut rest = Vec::with_capacity(page.len());
    token::scan(page, |token| {
        let is_name = matches!(&token, Token::Start { tag, .. } if tag.name() == b"meta" && of(tag).is_some());
        if !is_name {
            rest.extend_from_slice(page.get(token.range()).unwrap_or_default());
        }
    });
    rest
}

fn of(tag: &Tag) -> Option<Vec<u8>> {
    if let Some(charset) = tag.attribute("charset") {
        return Some(charset.to_vec());
    }
    let kind = tag.attribute("http-equiv")?;
    let content = tag.attribute("content").filter(|_| kind.trim_ascii().eq_ignore_ascii_case(b"content-type"))?;
    value(content, b"charset")
}

fn of_xml(page: &[u8]) -> Option<Vec<u8>> {
    let declaration = page.trim_ascii_start().strip_prefix(b"<?xml")?;
    value(declaration.split(|byte| *byte == b'>').next()?, b"encoding")
}

/// What stands behind a name and `=`.
fn value(text: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    let text = text.to_ascii_lowercase();
    // The first that an equals sign follows (section 2.6.5).
    let mut behind = memmem::find_iter(&text, name).filter_map(|at| text.get(at + name.len()..));
    let value = behind.find_map(|rest| rest.trim_ascii_start().strip_prefix(b"="))?.trim_ascii_start();
    let (quote, value) = match value.split_first() {
        Some((quote @ (b'"' | b'\''), value)) => (Some(*quote), value),
        _ => (None, value),
    };
    let is_end = |byte: &u8| quote.map_or(byte.is_ascii_whitespace() || matches!(byte, b';' | b'"' | b'\''), |quote| *byte == quote);
    value.split(is_end).next().map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_loses_the_names_of_its_charset_and_nothing_else() {
        let page = "<head><meta name=viewport content=x><meta charset=utf-16><META http-equiv='Content-Type' content='text/html; charset=x'></head>a";
        assert_eq!(without_name(page.as_bytes()), b"<head><meta name=viewport content=x></head>a");
    }

    #[test]
    fn a_page_names_its_charset_in_several_ways() {
        let table = [
            ("<meta charset=utf-8>", Some("utf-8")),
            ("<META HTTP-EQUIV='Content-Type' CONTENT='text/html; charset=Shift_JIS'>", Some("shift_jis")),
            ("<meta http-equiv=content-type content='a; charset = \"x\" y'>", Some("x")),
            ("<meta http-equiv=refresh content='0; charset=x'>", None),
            ("<!-- <meta charset=a> --><meta charset=b><meta charset=c>", Some("b")),
            ("<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>", Some("utf-16")),
            ("<meta http-equiv=content-type content='charset charset=x'>", Some("x")),
            ("<meta name=charset>", None),
            ("", None),
        ];
        for (page, expected) in table {
            assert_eq!(name(page.as_bytes()).as_deref(), expected, "{page}");
        }
        let late = format!("{}<meta charset=x>", " ".repeat(FIRST));
        assert_eq!(name(late.as_bytes()), None);
    }
}
