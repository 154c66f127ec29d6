//! What somebody takes out of a message, and whether that is among what we take out of it.

use memchr::memmem;
use std::collections::BTreeSet;

/// What one reader takes out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extract {
    /// Each in all the forms in which the reader has it: one of them is enough.
    pub(crate) contents: Vec<Vec<Vec<u8>>>,
    pub(crate) names: Vec<String>,
}

/// What we take out.
pub(crate) struct Known {
    bodies: Vec<Vec<u8>>,
    /// What our bodies would be with all that follows: who passes over a delimiter decodes it too, and what it makes of it.
    run_on: Vec<Vec<u8>>,
    extensions: BTreeSet<String>,
}

/// Less is a word of the mail, or nothing.
const LEAST: usize = 8;

impl Known {
    pub(crate) fn new<'b>(bodies: impl Iterator<Item = &'b [u8]>, names: impl Iterator<Item = &'b str>) -> Self {
        Self { bodies: bodies.map(packed).collect(), run_on: Vec::new(), extensions: names.flat_map(extensions).collect() }
    }

    /// Whether one of the forms of a content stands in one of ours.
    pub(crate) fn has_content(&self, forms: &[Vec<u8>]) -> bool {
        forms.iter().any(|form| self.has(form) || pieces(form).all(|piece| self.has(piece)))
    }

    fn has(&self, content: &[u8]) -> bool {
        let content = packed(content);
        let whole = if content.len() > LONG { &content[..content.len() - ODD_END] } else { &content };
        content.len() < LEAST || self.bodies.iter().chain(&self.run_on).any(|body| memmem::find(body, whole).is_some())
    }

    /// With what somebody has who looks for no delimiter.
    pub(crate) fn running_on(self, run_on: impl Iterator<Item = Vec<u8>>) -> Self {
        Self { run_on: run_on.map(|content| packed(&content)).collect(), ..self }
    }

    /// Whether a rule that goes by what a name ends in would see it.
    pub(crate) fn has_name(&self, name: &str) -> bool {
        // No system shows more than a line.
        let name = name.trim().lines().next().unwrap_or_default();
        // A word that is not decoded (RFC 2047) ends in no extension that a system knows.
        if name.trim_end().ends_with("?=") {
            return true;
        }
        extensions(name).last().is_none_or(|extension| self.extensions.contains(extension))
    }
}

/// Padding that does not fit ends a content with up to three bytes that decoders differ on, of no matter in what is as long.
const ODD_END: usize = 3;
const LONG: usize = 64;

/// Who passes over a delimiter has several of our bodies in one, with the delimiters and headers between them: what stands between
/// blank lines and delimiters must be ours.
fn pieces(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = content;
    std::iter::from_fn(move || {
        let ends: [&[u8]; 3] = [b"\n--", b"\n\n", b"\n\r\n"];
        let length = ends.iter().filter_map(|end| memmem::find(rest.get(1..)?, end)).min().map_or(rest.len(), |at| at + 2);
        let piece;
        (piece, rest) = rest.split_at(length);
        (!piece.is_empty()).then_some(piece)
    })
}

/// Readers differ in what a line ends with, in the blanks before that, and in the blanks and line ends at both ends of a body. Python gives base64 that it cannot
/// decode as it is, without line ends; ripMIME makes a blank of NUL.
fn packed(bytes: &[u8]) -> Vec<u8> {
    let is_edge = |byte: &u8| matches!(byte, b'\r' | b'\n' | b' ' | b'\t' | 0);
    let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let mut packed = Vec::with_capacity(bytes.len());
    for line in bytes.split(is_end) {
        let end = line.iter().rposition(|byte| !is_edge(byte)).map_or(0, |last| last + 1);
        packed.extend(line[..end].iter().map(|byte| if *byte == 0 { b' ' } else { *byte }));
    }
    let start = packed.iter().position(|byte| !is_edge(byte)).unwrap_or(packed.len());
    packed.split_off(start)
}

/// What may be an extension in a name: behind each dot the letters and digits, in lower case. The last is what systems go by. Bytes that
/// are no text are different characters to each.
fn extensions(name: &str) -> Vec<String> {
    let is_sign = |c: char| c.is_ascii_alphanumeric();
    let word = |piece: &str| piece.replace('"', "").split(|c| !is_sign(c)).find(|word| !word.is_empty()).map(str::to_ascii_lowercase);
    name.split('.').skip(1).filter_map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        Known::new([&b"first\r\n\r\nsecond\r\nthird"[..]].into_iter(), ["a.tar.GZ", "b"].into_iter())
    }

    #[test]
    fn a_content_is_known_whatever_its_line_ends_are_and_a_changed_one_is_not() {
        let table: [(&[&str], bool); 7] = [
            (&["first\n\nsecond"], true),
            (&["\r\n second\r\nthird \n\0"], true),
            (&["seconds and third", "second\nthird"], true),
            (&["second\n--first"], true),
            (&["second\n--\nfirst"], true),
            (&["second third"], false),
            (&["new"], true),
        ];
        for (forms, expected) in table {
            let forms: Vec<Vec<u8>> = forms.iter().map(|form| form.as_bytes().to_vec()).collect();
            assert_eq!(known().has_content(&forms), expected, "{forms:?}");
        }
    }

    #[test]
    fn a_name_is_known_by_what_it_ends_in() {
        let table = [("x.gz", true), ("x.Gz\" ", true), ("no extension", true), ("x.exe", false), ("gz", true), ("x.gz.exe", false)];
        for (name, expected) in table {
            assert_eq!(known().has_name(name), expected, "{name}");
        }
    }
}
