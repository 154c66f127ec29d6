//! What the header of a part says of its body: type, boundary, encoding, names (RFC 2045, 2046, 2183, 2231, 2047).
//!
//! Owns the one place where mail-parser reads MIME fields. It must never choose silently between two readings: a field that
//! stands twice with different values is said to be ambiguous. Nothing here can fail.

use super::{Field, Fields};
use mail_parser::{ContentType, HeaderName, MessageParser, MimeHeaders};
use std::collections::BTreeSet;
use std::ops::Range;

/// A transfer encoding (RFC 2045 section 6.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// 7bit, 8bit or binary: the body is what it is.
    #[default]
    Identity,
    /// Base64.
    Base64,
    /// Quoted-printable.
    QuotedPrintable,
    /// A word that we do not know; RFC 2045 section 6.4 says to treat the body as opaque.
    Unknown,
}

impl Encoding {
    /// The encoding of that name.
    fn named(name: &str) -> Self {
        match name.trim().to_ascii_lowercase().as_str() {
            "" | "7bit" | "8bit" | "binary" => Self::Identity,
            "base64" => Self::Base64,
            "quoted-printable" => Self::QuotedPrintable,
            _ => Self::Unknown,
        }
    }
}

/// What a header says of its body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// Declared type and subtype in lower case; empty where none is declared.
    pub media_type: String,
    /// The boundary parameter.
    pub boundary: Option<Vec<u8>>,
    /// The transfer encoding.
    pub encoding: Encoding,
    /// Every name that the part carries, in the order of their fields, each once.
    pub names: Vec<String>,
}

impl Content {
    /// Whether the type is a multipart.
    pub fn is_multipart(&self) -> bool {
        self.media_type.starts_with("multipart/")
    }

    /// Whether the body is a message in itself (RFC 2046 section 5.2.1, RFC 6532 section 3.7).
    pub fn is_message(&self) -> bool {
        matches!(self.media_type.as_str(), "message/rfc822" | "message/global" | "message/news")
    }

    /// Whether no byte under it may change: a signature covers it or it is encrypted (RFC 1847).
    pub fn is_seal(&self) -> bool {
        matches!(self.media_type.as_str(), "multipart/signed" | "multipart/encrypted")
    }
}

/// Reads the MIME fields of headers; made once for a message, because setting up costs more than a header.
#[derive(Debug)]
pub(super) struct HeaderReader {
    parser: MessageParser,
}

/// What a header says, and which of its fields contradict each other.
pub(super) struct Described {
    pub content: Content,
    pub contradictions: Vec<(&'static str, Range<usize>)>,
}

impl HeaderReader {
    pub(super) fn new() -> Self {
        Self { parser: MessageParser::new().with_mime_headers().default_header_ignore() }
    }

    /// Reads the header that lies in `range` of `bytes`. `default` is the type of a part that declares none.
    pub(super) fn describe(&self, bytes: &[u8], range: Range<usize>, default: &str) -> Described {
        let header = bytes.get(range.clone()).unwrap_or_default();
        let mut content = Content { media_type: default.to_owned(), ..Content::default() };
        if !mentions_content(header) {
            return Described { content, contradictions: Vec::new() };
        }
        if let Some(parsed) = self.parser.parse_headers(header) {
            fill(&mut content, &parsed);
        }
        Described { content, contradictions: contradictions(bytes, range) }
    }
}

/// Most parts of most mail have no MIME field at all or few of them: look before calling a parser.
fn mentions_content(header: &[u8]) -> bool {
    Fields::new(header, 0..header.len())
        .any(|field| header.get(field.name).is_some_and(|name| name.get(..8).is_some_and(|begin| begin.eq_ignore_ascii_case(b"content-"))))
}

fn fill(content: &mut Content, parsed: &mail_parser::Message<'_>) {
    let types: Vec<&ContentType> = parsed.header_values(HeaderName::ContentType).filter_map(|value| value.as_content_type()).collect();
    let dispositions = parsed.header_values(HeaderName::ContentDisposition).filter_map(|value| value.as_content_type());
    // Of two types the one that has parts is taken, because it shows more to look at.
    let has_parts = |declared: &&&ContentType| declared.ctype().eq_ignore_ascii_case("multipart") && declared.has_attribute("boundary");
    if let Some(declared) = types.iter().find(has_parts).or_else(|| types.first()) {
        content.media_type = type_name(declared);
        content.boundary =
            declared.attribute("boundary").map(|boundary| boundary.trim_end().as_bytes().to_vec()).filter(|boundary| !boundary.is_empty());
    }
    content.encoding = Encoding::named(parsed.content_transfer_encoding().unwrap_or_default());
    content.names = names(types.iter().copied().chain(dispositions));
}

fn type_name(declared: &ContentType<'_>) -> String {
    let subtype = declared.subtype().unwrap_or_default();
    format!("{}/{subtype}", declared.ctype()).trim_end_matches('/').to_ascii_lowercase()
}

fn names<'a>(fields: impl Iterator<Item = &'a ContentType<'a>>) -> Vec<String> {
    // Not a HashSet: it asks the system for random numbers first.
    let mut seen = BTreeSet::new();
    fields
        .flat_map(|field| field.attributes().unwrap_or_default())
        .filter(|attribute| ["name", "filename"].iter().any(|name| attribute.name.trim_end_matches('*').eq_ignore_ascii_case(name)))
        .map(|attribute| attribute.value.to_string())
        .filter(|name| !name.is_empty() && seen.insert(name.clone()))
        .collect()
}

/// Fields that stand more than once with different values: one reader takes the first, another the last.
fn contradictions(bytes: &[u8], range: Range<usize>) -> Vec<(&'static str, Range<usize>)> {
    ["Content-Type", "Content-Transfer-Encoding", "Content-Disposition"]
        .into_iter()
        .filter_map(|name| {
            let mut fields = Fields::new(bytes, range.clone()).filter(|field| field.is_named(bytes, name));
            let first = fields.next()?;
            let other = fields.find(|other| differs(bytes, &first, other))?;
            Some((name, first.whole.start..other.whole.end))
        })
        .collect()
}

fn differs(bytes: &[u8], one: &Field, other: &Field) -> bool {
    let words =
        |field: &Field| field.value(bytes).split(u8::is_ascii_whitespace).flatten().map(u8::to_ascii_lowercase).collect::<Vec<u8>>();
    words(one) != words(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn describe(header: &str) -> Described {
        HeaderReader::new().describe(header.as_bytes(), 0..header.len(), "text/plain")
    }

    #[test]
    fn a_header_without_mime_fields_says_the_default() {
        assert_eq!(describe("Subject: x\n\n").content, Content { media_type: "text/plain".into(), ..Content::default() });
    }

    #[test]
    fn type_boundary_and_encoding_are_read() {
        let content = describe("Content-Type: Multipart/Mixed;\n boundary=\"a b\"\nContent-Transfer-Encoding: 8BIT\n\n").content;
        assert_eq!((content.media_type.as_str(), content.encoding), ("multipart/mixed", Encoding::Identity));
        assert_eq!(content.boundary.as_deref(), Some(&b"a b"[..]));
    }

    #[test]
    fn every_name_counts() {
        let table = [
            ("Content-Type: a/b; name=x.exe\n\n", vec!["x.exe"]),
            ("Content-Disposition: attachment; filename=\"x y.exe\"\n\n", vec!["x y.exe"]),
            ("Content-Type: a/b; name=a.png\nContent-Disposition: attachment; filename=b.exe\n\n", vec!["a.png", "b.exe"]),
            ("Content-Disposition: attachment; filename*=UTF-8''a%2Eexe\n\n", vec!["a.exe"]),
            ("Content-Disposition: attachment; filename*0=a.; filename*1=exe\n\n", vec!["a.exe"]),
            ("Content-Type: a/b; name=\"=?utf-8?B?YS5leGU=?=\"\n\n", vec!["a.exe"]),
            ("Content-Type: a/b; name=a.png\nContent-Type: a/b; name=b.exe\n\n", vec!["a.png", "b.exe"]),
        ];
        for (header, expected) in table {
            assert_eq!(describe(header).content.names, expected, "{header}");
        }
    }

    #[test]
    fn fields_that_contradict_each_other_are_said() {
        let told = describe("Content-Transfer-Encoding: base64\nA: b\nContent-Transfer-Encoding: 7bit\n\n").contradictions;
        assert_eq!(told.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["Content-Transfer-Encoding"]);
        assert!(describe("Content-Type: text/plain\nContent-type: TEXT/plain\n\n").contradictions.is_empty());
    }

    #[test]
    fn of_two_types_the_one_with_parts_is_looked_into() {
        let content = describe("Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=b\n\n").content;
        assert!(content.is_multipart());
    }
}
