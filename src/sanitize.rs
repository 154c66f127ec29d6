//! Makes what an attacker wrote harmless before it enters a header, a log line or a terminal.
//!
//! Owns the one rule: printable ASCII passes, everything else becomes `?`, and the length is bounded. It must never be skipped
//! for a value that came out of a message or an engine's reply. Nothing here can fail.

use std::borrow::Cow;

/// Longest text that we take over from a message or an engine, in bytes.
const LONGEST: usize = 120;

/// Longest text of our own that goes into a log line, in bytes; syslog cuts at a kilobyte or two.
const LONGEST_OWN: usize = 900;

/// `text` as printable ASCII of at most 120 bytes; borrowed when it already is.
pub fn printable(text: &str) -> Cow<'_, str> {
    bounded(text, LONGEST)
}

/// A text of our own, which may quote others, on one line of at most 900 bytes.
pub fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    bounded(&words.join("; "), LONGEST_OWN).into_owned()
}

fn bounded(text: &str, longest: usize) -> Cow<'_, str> {
    if text.len() <= longest && text.bytes().all(is_printable) {
        return Cow::Borrowed(text);
    }
    let ascii = |c: char| if c.is_ascii() && is_printable(c as u8) { c } else { '?' };
    let mut clean: String = text.chars().take(longest).map(ascii).collect();
    if text.chars().nth(longest).is_some() {
        clean.truncate(longest - 3);
        clean.push_str("...");
    }
    Cow::Owned(clean)
}

/// `text` between double quotes as a parameter value of a header or log line: quotes and backslashes become `'` and `/`.
///
/// They are replaced and not escaped, because procmail recipes, sieve tests and log readers undo escapes in different ways.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", printable(text).replace('"', "'").replace('\\', "/"))
}

/// `text` for a person's terminal or a notice: any letter passes, controls and the marks that turn the direction of text do not.
pub fn readable(text: &str) -> String {
    text.chars().take(4 * LONGEST).map(|c| if is_safe(c) { c } else { '?' }).collect()
}

/// Whether a character shows as what it is: no control, no line or direction of its own, and something to see.
pub fn is_safe(c: char) -> bool {
    let is_unseen = matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    !c.is_control() && !is_unseen
}

fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_and_controls_cannot_start_a_new_header() {
        assert_eq!(printable("Eicar\r\nX-Mailward: clean"), "Eicar??X-Mailward: clean");
        assert_eq!(printable("a\0b\x1b[31mc\u{7f}"), "a?b?[31mc?");
    }

    #[test]
    fn plain_text_is_borrowed() {
        assert!(matches!(printable("Win.Test.EICAR_HDB-1"), Cow::Borrowed(_)));
    }

    #[test]
    fn what_is_not_ascii_becomes_a_question_mark_each() {
        assert_eq!(printable("facture\u{202e}gpj.exe"), "facture?gpj.exe");
    }

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        let long = "x".repeat(5000);
        assert_eq!(printable(&long).len(), 120);
        assert!(printable(&long).ends_with("..."));
    }

    #[test]
    fn our_own_text_becomes_one_line() {
        assert_eq!(one_line("error: x\n\n  tip: y\r\n"), "error: x; tip: y");
    }

    #[test]
    fn a_quote_cannot_end_the_quotes() {
        assert_eq!(quoted(r#"a"; id="b\"#), r#""a'; id='b/""#);
    }

    #[test]
    fn a_readable_text_keeps_letters_and_loses_direction_marks() {
        assert_eq!(readable("año\u{202e}\r\n"), "año???");
        assert_eq!(readable("\u{61c}a\u{2028}b"), "?a?b");
    }
}
