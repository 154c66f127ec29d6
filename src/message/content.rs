//! What the header of a part says of its body: type, boundary, encoding, names (RFC 2045, 2046, 2183, 2231, 2047).
//!
//! Owns the one place where mail-parser reads MIME fields. It must never choose silently between two readings: a field that
//! stands twice with different values is said to be ambiguous. Nothing here can fail.

use super::{Encoding, Field, Fields, parameter, unfold, word};
use mail_parser::{ContentType, HeaderName, MessageParser};
use std::collections::BTreeSet;
use std::ops::Range;

/// What a header says of its body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// Declared type and subtype in lower case; empty where none is declared.
    pub media_type: String,
    /// The boundary parameter.
    pub boundary: Option<Vec<u8>>,
    /// What other readers may take for the boundary.
    pub other_boundaries: Vec<Vec<u8>>,
    /// The transfer encoding.
    pub encoding: Encoding,
    /// What fields that contradict the first say of it.
    pub other_encodings: Vec<Encoding>,
    /// Every name that the part carries, in the order of their fields, each once.
    pub names: Vec<String>,
    /// How many of the names are so by the rules; the others only to a lenient reader.
    pub proper_names: usize,
    /// Whether a field held more than was read.
    pub has_more: bool,
}

impl Content {
    /// Whether the type is a multipart.
    pub fn is_multipart(&self) -> bool {
        self.media_type.split('/').next() == Some("multipart")
    }

    /// Whether the body is a message in itself (RFC 2046 section 5.2.1, RFC 6532 section 3.7), or header fields at least: readers
    /// open the other types under message as well.
    pub fn is_message(&self) -> bool {
        self.media_type.starts_with("message/")
    }

    /// Every encoding that a reader may go by.
    pub fn encodings(&self) -> impl Iterator<Item = Encoding> + '_ {
        std::iter::once(self.encoding).chain(self.other_encodings.iter().copied())
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
        let mut content = Content { media_type: default.to_owned(), ..Content::default() };
        // Most parts of most mail have no MIME field at all or few of them: look before calling a parser.
        let fields: Vec<Field> = Fields::new(bytes, range).filter(|field| field.is_content(bytes)).collect();
        if fields.is_empty() {
            return Described { content, contradictions: Vec::new() };
        }
        let values = |name: &str| -> Vec<&[u8]> {
            fields.iter().filter(|field| field.is_named(bytes, name)).map(|field| field.value(bytes)).collect()
        };
        let separated = |name: &str| -> Vec<Vec<u8>> { values(name).into_iter().map(unfold::with_type_set_off).collect() };
        let (types, dispositions) = (separated(TYPE), separated(DISPOSITION));
        if let Some(parsed) = self.parser.parse_headers(&unfold::header(&types, &dispositions)) {
            fill(&mut content, &parsed);
        }
        content.has_more = types.iter().chain(&dispositions).any(|value| value.len() > unfold::LONGEST);
        add_encodings(&mut content, &values(TRANSFER_ENCODING));
        add_boundaries(&mut content, &types);
        add_names(&mut content, types.iter().chain(&dispositions));
        Described { content, contradictions: contradictions(bytes, &fields) }
    }
}

pub(super) const TYPE: &str = "Content-Type";
pub(super) const DISPOSITION: &str = "Content-Disposition";
const TRANSFER_ENCODING: &str = "Content-Transfer-Encoding";

/// Whether `name` is `value` up to an opening parenthesis.
fn is_cut_at_remark(value: &str, name: &str) -> bool {
    value.strip_prefix(name.trim_end()).is_some_and(|rest| rest.trim_start().starts_with('('))
}

/// Most names that are compared with each other.
const MOST_NAMES: usize = 200;

/// Most texts that are looked for as the boundary of one part: each line that may be a delimiter is compared with all of them.
const MOST_BOUNDARIES: usize = 4;

/// Adds what is new to `list` if that has fewer than `most`, and says whether it has.
fn has_room_for<T: PartialEq>(list: &mut Vec<T>, value: T, most: usize) -> bool {
    let has_room = list.len() < most;
    if has_room && !list.contains(&value) {
        list.push(value);
    }
    has_room
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
    content.names = names(types.iter().copied().chain(dispositions));
}

fn add_encodings(content: &mut Content, fields: &[&[u8]]) {
    let mut encodings = fields.iter().map(|field| Encoding::named(field));
    content.encoding = encodings.next().unwrap_or_default();
    for other in encodings {
        if content.encodings().all(|known| known != other) {
            content.other_encodings.push(other);
        }
    }
}

/// Names that a lenient reader takes from the fields and mail-parser does not.
fn add_names<'a>(content: &mut Content, fields: impl Iterator<Item = &'a Vec<u8>>) {
    let values = fields.flat_map(|field| parameter::values(field, &["name", "filename"]));
    // What is longer is no name, and is told as a long field.
    let decoded = |value: Vec<u8>| word::decoded(value.get(..unfold::LONGEST).unwrap_or(&value)).unwrap_or(value);
    // One more than there is room for, so that it shows.
    let values: Vec<String> = values.take(MOST_NAMES + 1).map(|value| String::from_utf8_lossy(&decoded(value)).into_owned()).collect();
    // mail-parser takes what stands between parentheses for a remark, also where a sender has forgotten to encode or quote it.
    content.has_more |= values.len() > MOST_NAMES;
    if content.names.len() <= MOST_NAMES {
        content.names.retain(|name| !values.iter().any(|value| is_cut_at_remark(value, name)));
    }
    content.proper_names = content.names.len();
    for value in values {
        content.has_more |= !has_room_for(&mut content.names, value, MOST_NAMES);
    }
}

/// A boundary is bytes and no text: mail-parser decodes words in it and replaces what is no UTF-8. The raw one comes first.
fn add_boundaries(content: &mut Content, types: &[Vec<u8>]) {
    if !content.is_multipart() {
        return;
    }
    let raw = types.iter().flat_map(|field| parameter::values(field, &["boundary"])).map(|value| value.trim_ascii_end().to_vec());
    let mut all: Vec<Vec<u8>> = Vec::new();
    for boundary in raw.chain(content.boundary.take()).filter(|boundary| !boundary.is_empty()) {
        content.has_more |= !has_room_for(&mut all, boundary, MOST_BOUNDARIES);
    }
    let mut all = all.into_iter();
    content.boundary = all.next();
    content.other_boundaries = all.collect();
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
fn contradictions(bytes: &[u8], fields: &[Field]) -> Vec<(&'static str, Range<usize>)> {
    [TYPE, TRANSFER_ENCODING, DISPOSITION]
        .into_iter()
        .filter_map(|name| {
            let mut fields = fields.iter().filter(|field| field.is_named(bytes, name));
            let first = fields.next()?;
            // Made once: the first may be long, and there may be many others.
            let (words, start) = (words_of(bytes, first), first.whole.start);
            let other = fields.find(|other| words_of(bytes, other) != words)?;
            Some((name, start..other.whole.end))
        })
        .collect()
}

/// The value without white space, in lower case.
fn words_of(bytes: &[u8], field: &Field) -> Vec<u8> {
    field.value(bytes).iter().filter(|byte| !byte.is_ascii_whitespace()).map(u8::to_ascii_lowercase).collect()
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
            ("Content-Disposition: ; filename=x.exe\n\n", vec!["x.exe"]),
            ("Content-Disposition: filename=x.exe\n\n", vec!["x.exe"]),
            ("Content-Type: ; name*0=x.; name*1=exe\n\n", vec!["x.exe"]),
            ("Content-Disposition: attachment; filename=\"=?utf-8?B?eC5l?= =?utf-8?B?eGU=?=\"\n\n", vec!["x.exe"]),
            ("Content-Disposition: attachment; filename=\"=?utf-8?B?eC5l?=\n =?utf-8?B?eGU=?=\"\n\n", vec!["x.exe"]),
            ("Con tent-Type: a/b; name=a.png\nContent-Type: a/b; name=b.exe\n\n", vec!["b.exe"]),
            (" \nContent-Type: a/b; name=b.exe\n\n", vec!["b.exe"]),
            ("Content-Type: a/b;\n \n name=b.exe\n\n", vec!["b.exe"]),
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
    fn a_boundary_is_its_bytes_and_others_are_told() {
        type Row = (&'static [u8], &'static [u8], &'static [&'static [u8]]);
        let table: [Row; 5] = [
            (b"multipart/mixed; boundary=\"=?utf-8?Q?b?=\"", b"=?utf-8?Q?b?=", &[b"b"]),
            (b"multipart/mixed; boundary=\"\xffb\"", b"\xffb", &[b"\xef\xbf\xbdb"]),
            (b"multipart/mixed; boundary=z; boundary=b", b"z", &[b"b"]),
            (b"multipart/mixed; boundary*0=a; boundary*1=b", b"ab", &[]),
            (b"multipart/mixed; boundary=\"a b \"", b"a b", &[]),
        ];
        for (value, first, others) in table {
            let header = [b"Content-Type: ", value, b"\n\n"].concat();
            let content = HeaderReader::new().describe(&header, 0..header.len(), "text/plain").content;
            assert_eq!(content.boundary.as_deref(), Some(first), "{}", String::from_utf8_lossy(value));
            assert_eq!(content.other_boundaries, others, "{}", String::from_utf8_lossy(value));
        }
    }

    #[test]
    fn an_encoding_is_the_first_word_and_all_fields_count() {
        let table = [
            ("base64", vec![Encoding::Base64]),
            ("BASE64;", vec![Encoding::Base64]),
            ("(x) quoted-printable (y)", vec![Encoding::QuotedPrintable]),
            ("\"base64\"", vec![Encoding::Base64]),
            ("uuencode", vec![Encoding::Unknown]),
            ("", vec![Encoding::Identity]),
            ("7bit\nContent-Transfer-Encoding: base64\nContent-transfer-encoding: 8BIT", vec![Encoding::Identity, Encoding::Base64]),
        ];
        for (value, expected) in table {
            let content = describe(&format!("Content-Transfer-Encoding: {value}\n\n")).content;
            assert_eq!(content.encodings().collect::<Vec<_>>(), expected, "{value}");
        }
    }

    #[test]
    fn of_two_types_the_one_with_parts_is_looked_into() {
        let content = describe("Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=b\n\n").content;
        assert!(content.is_multipart());
    }
}
