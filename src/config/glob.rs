//! A pattern in which `*` stands for any characters, and letters count in any case.
//!
//! Owns matching it. It must never take more time than the text times its stars: each goes back only to the last. Nothing here
//! can fail: every text is a pattern.

use super::Problems;
use super::setting::{Node, Setting};

/// A pattern on an address or a declared type; the empty one is only like the empty text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob(String);

impl Glob {
    /// Whether `text` is like it.
    pub fn is_like(&self, text: &str) -> bool {
        let (pattern, text) = (self.0.to_lowercase(), text.to_lowercase());
        let mut pieces = pattern.split('*');
        let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else { return false };
        let mut pieces: Vec<&str> = pieces.collect();
        let Some(last) = pieces.pop() else { return rest.is_empty() };
        for piece in pieces {
            let Some((_, after)) = rest.split_once(piece) else { return false };
            rest = after;
        }
        rest.ends_with(last)
    }

    /// The pattern as it was written.
    pub fn source(&self) -> &str {
        &self.0
    }
}

impl Setting for Option<Glob> {
    fn read(node: Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        String::read(node, problems).map(|pattern| Some(Glob(pattern)))
    }

    fn show(&self) -> String {
        self.as_ref().map(|glob| glob.0.clone()).show()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters() {
        let table = [
            ("*@partner.example", "a@Partner.example", true),
            ("*@partner.example", "a@partner.example.evil", false),
            ("ceo@example.com", "CEO@example.com", true),
            ("ceo@example.com", "xceo@example.com", false),
            ("*/pdf", "application/pdf", true),
            ("*/pdf", "text/plain", false),
            ("a*b*c", "abc", true),
            ("a*b*c", "acb", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("a*a", "a", false),
        ];
        for (pattern, text, expected) in table {
            assert_eq!(Glob(pattern.into()).is_like(text), expected, "{pattern} {text}");
        }
    }
}
