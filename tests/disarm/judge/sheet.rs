//! What is hostile about CSS (CSS Syntax 3, and what older readers took for CSS).
//!
//! Owns the ways in which one text of CSS can be read: with its comments and escapes resolved in either order, with strings or without.
//! It must never look for what is harmless.

use super::Found;

/// What acts, in lower case and without blanks.
const ACTING: &[&str] = &[
    "expression(",
    "-moz-binding",
    "javascript:",
    "vbscript:",
    "livescript:",
    "mocha:",
    "include-source",
    "data:text/html",
    "data:text/xml",
    "data:text/css",
    "data:text/javascript",
    "data:application/",
    "data:image/svg",
    "@charset\"utf-7",
];

/// What reaches a host, the same way.
const REACHING: &[&str] = &["http:", "https:", "ftp:", "file:", "(//", "\"//", "'//", "(\\\\", "\"\\\\", "'\\\\", "(/\\", "\"/\\", "'/\\"];

/// The style of an element.
pub(super) fn judge_style(text: &str, found: &mut Found) {
    if text.contains(['(', '\\', '@', ':']) {
        judge(text, found);
    }
}

/// A style sheet in a page. A `<` in it is what readers that end it elsewhere take for a tag.
pub(super) fn judge_sheet(text: &str, found: &mut Found) {
    if text.replace("<!--", "").contains('<') {
        found.acts(format!("a tag in a style: {}", text.trim()));
    }
    judge(text, found);
}

fn judge(text: &str, found: &mut Found) {
    let readings = [
        folded(&unescaped(&without_comments(text, true))),
        folded(&without_comments(&unescaped(text), true)),
        folded(&without_comments(&unescaped(text), false)),
        folded(&without_comments(text, true).replace('\\', "")),
    ];
    for reading in &readings {
        if has_behavior(reading) {
            found.acts(format!("behavior: in a style: {}", text.trim()));
        }
        ACTING.iter().filter(|what| reading.contains(*what)).for_each(|what| found.acts(format!("{what} in a style: {}", text.trim())));
        if reaches(reading) {
            found.fetches(format!("a host in a style: {}", text.trim()));
        }
    }
    if folded(text).contains("sourcemappingurl") {
        found.fetches("a source map in a style");
    }
}

/// `overscroll-behavior:` and its like are other properties.
fn has_behavior(reading: &str) -> bool {
    let is_one = |before: &str| {
        before.ends_with("-ms-") || !before.ends_with(|letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter))
    };
    reading.match_indices("behavior:").any(|(at, _)| is_one(&reading[..at]))
}

fn reaches(reading: &str) -> bool {
    REACHING.iter().any(|what| reading.match_indices(what).any(|(at, _)| !is_in_selector(&reading[..at]) && !is_namespace(&reading[..at])))
}

/// `a[href^="http://h"]` compares, it does not fetch.
fn is_in_selector(before: &str) -> bool {
    before.rfind(['[', ']', '{', '}', '(', ';']).is_some_and(|at| before[at..].starts_with('['))
}

/// `@namespace url(http://h)` gives a name, it does not fetch.
fn is_namespace(before: &str) -> bool {
    before.rfind(['{', '}', ';', '@']).is_some_and(|at| before[at..].starts_with("@namespace"))
}

/// In lower case, without blanks and what some readers skip, and with the letters that old readers took for others.
fn folded(text: &str) -> String {
    let fold = |letter: char| match letter {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(letter as u32 - 0xFEE0).unwrap_or(letter),
        '\u{280}' => 'r',
        '\u{274}' | '\u{207F}' => 'n',
        '\u{17F}' => 's',
        '\u{212A}' => 'k',
        _ => letter,
    };
    let is_kept = |letter: &char| !letter.is_whitespace() && !letter.is_control() && !matches!(letter, '\u{FFFD}' | '\u{AD}' | '\u{FEFF}');
    text.chars().filter(is_kept).map(fold).flat_map(char::to_lowercase).collect()
}

/// Escapes resolved (CSS Syntax section 4.3.7).
fn unescaped(text: &str) -> String {
    let mut letters = text.chars().peekable();
    let mut plain = String::with_capacity(text.len());
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            plain.push(letter);
            continue;
        }
        let mut code = 0;
        let mut digits = 0;
        while let Some(digit) = letters.peek().and_then(|letter| letter.to_digit(16)).filter(|_| digits < 6) {
            (code, digits) = (code * 16 + digit, digits + 1);
            letters.next();
        }
        match digits {
            0 => plain.extend(letters.next().filter(|letter| *letter != '\n')),
            _ => {
                plain.push(char::from_u32(code).unwrap_or('\u{FFFD}'));
                let _ = letters.next_if(|letter| letter.is_whitespace());
            }
        }
    }
    plain
}

/// Without comments. To a reader that knows no strings a comment begins in one, too.
fn without_comments(text: &str, has_strings: bool) -> String {
    let mut rest = text;
    let mut plain = String::with_capacity(text.len());
    let mut quote = None;
    while let Some(letter) = rest.chars().next() {
        if quote.is_none() && rest.starts_with("/*") {
            rest = rest.get(2..).and_then(|inside| inside.split_once("*/")).map_or("", |(_, behind)| behind);
            continue;
        }
        quote = match (quote, letter) {
            (None, '"' | '\'') if has_strings => Some(letter),
            // A string ends at the end of its line.
            (Some(_), '\n') => None,
            (Some(open), _) if open == letter => None,
            _ => quote,
        };
        plain.push(letter);
        rest = &rest[letter.len_utf8()..];
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::{Found, judge_style};

    fn found(text: &str) -> Found {
        let mut found = Found::default();
        judge_style(text, &mut found);
        found
    }

    #[test]
    fn a_style_acts_however_it_is_spelled() {
        for text in [
            "width:expression(x)",
            "width:ex/**/pression(x)",
            "width:\\65xpression(x)",
            "width:e\\xpression(x)",
            "width:\\000065 xpression (x)",
            "width:\u{FF45}xpression(x)",
            "a:'/*';behavior:url(x);b:'*/'",
            "-moz-binding:url(x)",
            "background:url(java\nscript:x)",
        ] {
            assert!(!found(text).acts.is_empty(), "{text:?}");
        }
    }

    #[test]
    fn a_style_fetches_however_it_is_spelled() {
        for text in [
            "a:url(http://h)",
            "a:\\75 \\72 \\6C (https://h)",
            "a:url(//h)",
            "a:image-set('//h' 1x)",
            "a:url(\\\\\\\\h)",
            "a:u/**/rl('ht\\tp://h')",
        ] {
            assert!(!found(text).fetches.is_empty(), "{text:?}");
        }
    }

    #[test]
    fn an_ordinary_style_does_nothing() {
        for text in [
            "color:red",
            "overscroll-behavior:none",
            "font:12px/1 'A B'",
            "background:url(cid:a)",
            "filter:progid:DXImageTransform.Microsoft.gradient(x)",
            "a:url(data:image/png;base64,x)",
        ] {
            assert!(found(text).is_empty(), "{text:?}");
        }
    }
}
