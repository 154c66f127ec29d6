//! Signs that a page makes a file of what it holds, so that no filter on the way sees one (HTML smuggling).
//!
//! Owns the signs. It must never run anything. Nothing here can fail.

use super::token::{Token, scan};
use memchr::memmem;

/// What makes a file, by the words of scripts (File API, Encoding of HTML section 8.3, WebAssembly).
const WORDS: [(&str, &str); 8] = [
    ("msSaveOrOpenBlob", "msSaveOrOpenBlob"),
    ("msSaveBlob", "msSaveBlob"),
    ("createObjectURL", "createObjectURL"),
    ("new Blob", "Blob"),
    ("new File(", "File"),
    ("atob", "atob"),
    ("fromCharCode", "fromCharCode"),
    ("WebAssembly", "WebAssembly"),
];

/// Signs that mean it by themselves; one of the others is in many harmless scripts.
const CLEAR: [&str; 6] = ["msSaveOrOpenBlob", "msSaveBlob", "createObjectURL", "Blob", "WebAssembly", "download of a data: URL"];

/// The signs in a page, in a word each; none where it has no clear one.
pub fn signs(page: &[u8]) -> Vec<&'static str> {
    // Few pages have any of it.
    let has = |word: &str| memmem::find(page, word.as_bytes()).is_some();
    if !WORDS.iter().any(|(word, _)| has(word)) && !["ata:", "ATA:"].into_iter().any(has) {
        return Vec::new();
    }
    let mut found: Vec<&'static str> = Vec::new();
    let mut is_script = false;
    scan(page, |token| match token {
        Token::Start { tag, .. } => {
            is_script = tag.name() == b"script";
            let is_data = tag
                .attribute("href")
                .is_some_and(|href| href.trim_ascii_start().get(..5).is_some_and(|head| head.eq_ignore_ascii_case(b"data:")));
            if is_data && tag.attribute("download").is_some() {
                found.push("download of a data: URL");
            }
            found.extend(
                tag.attributes().filter(|attribute| attribute.name.starts_with(b"on")).flat_map(|attribute| words_in(attribute.value)),
            );
        }
        Token::Text { text, .. } if is_script => found.extend(words_in(text)),
        Token::End { .. } => is_script = false,
        _ => {}
    });
    let mut once: Vec<&'static str> = Vec::new();
    for sign in found {
        if !once.contains(&sign) {
            once.push(sign);
        }
    }
    if once.iter().any(|sign| CLEAR.contains(sign)) { once } else { Vec::new() }
}

fn words_in(script: &[u8]) -> impl Iterator<Item = &'static str> {
    WORDS.iter().filter(|(word, _)| memmem::find(script, word.as_bytes()).is_some()).map(|(_, sign)| *sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_makes_a_file_is_known() {
        let table: [(&str, &[&str]); 8] = [
            ("<p>new Blob atob</p>", &[]),
            ("<script>var a = atob('x')</script>", &[]),
            ("<script>var b = new Blob([atob(x)]); a.href = URL.createObjectURL(b)</script>", &["createObjectURL", "Blob", "atob"]),
            ("<script>navigator.msSaveOrOpenBlob(b)</script>", &["msSaveOrOpenBlob"]),
            ("<a download=x.exe href=' DATA:application/x;base64,AA'>x</a>", &["download of a data: URL"]),
            ("<a href='data:text/html,x'>x</a>", &[]),
            ("<body onload='new Blob([x])'>", &["Blob"]),
            ("<SCRIPT>WebAssembly.compile(x)</SCRIPT>", &["WebAssembly"]),
        ];
        for (page, expected) in table {
            assert_eq!(signs(page.as_bytes()), expected, "{page}");
        }
    }
}
