//! Reads the header of a part: at once where it follows the rules, and by all that it may mean where it does not.
//!
//! Owns the line between the two: a header is regular when all readers agree on it. It must never look at the body. Nothing here can
//! fail.

use super::lenient::{self, Key, LenientField};
use super::{Content, Encoding, Field, Fields, candidate, line, name, parameter};
use std::collections::BTreeSet;
use std::ops::Range;

pub(super) const TYPE: &str = "Content-Type";
pub(super) const DISPOSITION: &str = "Content-Disposition";
pub(super) const TRANSFER_ENCODING: &str = "Content-Transfer-Encoding";

/// What a header says under its most plausible reading.
pub(super) struct Header {
    pub content: Content,
    /// Whether all readers agree on it.
    pub is_regular: bool,
    /// Whether it held more than was read.
    pub has_more: bool,
    /// What else the boundary may be.
    pub boundaries: Vec<Vec<u8>>,
}

/// Reads the header that lies in `range`. `default` is the type of a part that declares none.
pub(super) fn read(bytes: &[u8], range: Range<usize>, default: &str) -> Header {
    if let Some(content) = regular(bytes, range.clone(), default) {
        return Header { content, is_regular: true, has_more: false, boundaries: Vec::new() };
    }
    let candidates = Candidates::of(bytes, range.clone(), default);
    let mut content = candidates.content(0, 0);
    name_by_others(&mut content, bytes, range);
    let boundaries = candidates.structures.into_iter().filter_map(|structure| structure.boundary).collect();
    Header { content, is_regular: false, has_more: candidates.has_more, boundaries }
}

/// How long the MIME fields of a regular header are: what there is to read in it. Those of a short one do not count.
pub(super) fn content_size(bytes: &[u8], range: Range<usize>) -> usize {
    if range.len() <= SHORT {
        return 0;
    }
    Fields::new(bytes, range).filter(|field| field.is_content(bytes)).map(|field| field.whole.len()).sum()
}

/// A header that is not worth counting.
const SHORT: usize = 512;

/// What a header says, if all readers agree on it.
fn regular(bytes: &[u8], range: Range<usize>, default: &str) -> Option<Content> {
    let header = bytes.get(range.clone())?;
    if !has_regular_lines(header) {
        return None;
    }
    let mut content = Content { media_type: default.to_owned(), ..Content::default() };
    let (mut types, mut dispositions, mut labels, mut encodings) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for field in Fields::new(bytes, range.clone()).filter(|field| field.is_content(bytes)) {
        let value = field.value(bytes);
        match lenient::key_of(bytes.get(field.whole.clone())?).map(|(key, _)| key) {
            Some(Key::Type) => types.push(value),
            Some(Key::Disposition) => dispositions.push(value),
            Some(Key::Label) => labels.push(value),
            Some(Key::Encoding) => {
                let encoding = Encoding::of_word(value).filter(|encoding| encoding.is_of_mime())?;
                (content.encoding, encodings) = (encoding, encodings + 1);
            }
            None => {}
        }
    }
    if types.len() > 1 || dispositions.len() > 1 || encodings > 1 {
        return None;
    }
    read_type(&mut content, types.first().copied())?;
    if !dispositions.iter().all(|disposition| is_regular_disposition(disposition)) {
        return None;
    }
    if !types.is_empty() || !dispositions.is_empty() || !labels.is_empty() {
        let names = name::of(&types, &dispositions, &labels);
        if names.has_more {
            return None;
        }
        (content.names, content.proper_names) = (names.all, names.proper);
    }
    if Fields::new(bytes, range.clone()).any(|field| !field.is_content(bytes) && holds_piece(field.value(bytes))) {
        return None;
    }
    name_by_others(&mut content, bytes, range);
    Some(content)
}

/// Some readers take a boundary from any field.
fn is_regular_disposition(field: &[u8]) -> bool {
    let is_boundary = |parameter: &parameter::Parameter<'_>| parameter.name.eq_ignore_ascii_case(b"boundary");
    parameter::strict(field).is_some_and(|strict| !strict.parameters.iter().any(is_boundary))
}

/// Whether a fold of a field that has no parameters holds a piece of a name: it may have come behind another field.
fn holds_piece(value: &[u8]) -> bool {
    memchr::memchr(b'\n', value).is_some() && memchr::memmem::find(value, b"name*").is_some()
}

/// A file without a name is called after another field by some readers.
fn name_by_others(content: &mut Content, bytes: &[u8], header: Range<usize>) {
    if !content.names.is_empty() || content.is_container() || content.media_type.starts_with("text/") {
        return;
    }
    let is_other = |field: &Field| ["Content-ID", "Subject"].iter().any(|name| field.is_named(bytes, name));
    let others = Fields::new(bytes, header).filter(is_other);
    content.names = others.filter_map(|field| name::by_other(field.value(bytes))).take(2).collect();
    content.proper_names = 0;
}

/// Type and boundary of a field that follows the rules.
fn read_type(content: &mut Content, field: Option<&[u8]>) -> Option<()> {
    let Some(field) = field else { return Some(()) };
    let strict = parameter::strict(field)?;
    content.media_type = String::from_utf8_lossy(strict.value).to_ascii_lowercase();
    // A boundary where none belongs is a multipart to some readers.
    let mut boundaries = strict.parameters.iter().filter(|parameter| parameter.name.eq_ignore_ascii_case(b"boundary"));
    let boundary = boundaries.next().map(|parameter| parameter.value);
    if boundary.is_some() != content.is_multipart() || boundary.is_some_and(|boundary| !is_regular_boundary(boundary)) {
        return None;
    }
    content.boundary = boundary.map(<[u8]>::to_vec);
    Some(())
}

/// RFC 2046 section 5.1.1: 1 to 70 characters, no space at the end; and none that a reader takes for the end of the value.
fn is_regular_boundary(boundary: &[u8]) -> bool {
    let is_sign = |byte: &u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=? #$%&*@!^{}~|<>[]`".contains(byte);
    let holds_word = memchr::memmem::find(boundary, b"=?").is_some();
    let has_edges = boundary.first().is_some_and(|byte| *byte != b' ') && boundary.last().is_some_and(|byte| *byte != b' ');
    has_edges && boundary.len() <= 70 && boundary.iter().all(is_sign) && !holds_word
}

/// Whether each line is a field or a fold of one, and nothing in it ends a line to one reader only.
fn has_regular_lines(header: &[u8]) -> bool {
    let mut rest = header;
    let mut is_first = true;
    while !rest.is_empty() {
        let (line, behind) = rest.split_at(line::next(rest, 0));
        let text = line::without_end(line);
        let is_fine = if text.is_empty() { behind.is_empty() } else { is_regular_line(text, is_first) };
        if !is_fine {
            return false;
        }
        (rest, is_first) = (behind, false);
    }
    true
}

fn is_regular_line(text: &[u8], is_first: bool) -> bool {
    let is_sign = |byte: &u8| *byte >= b' ' || *byte == b'\t';
    if !text.iter().all(is_sign) {
        return false;
    }
    if matches!(text.first(), Some(b' ' | b'\t')) {
        return !is_first && !text.trim_ascii().is_empty() && lenient::key_of(text).is_none();
    }
    let name = memchr::memchr(b':', text).and_then(|colon| text.get(..colon));
    // RFC 5322 section 3.6.8 allows more, comments among them to those who look for them.
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    // A name that only lenient readers take for one of MIME.
    let is_near = lenient::key_at_end(text).is_some() && !text.get(..8).is_some_and(|start| start.eq_ignore_ascii_case(b"content-"));
    !is_near && name.is_some_and(|name| !name.is_empty() && name.iter().all(is_letter))
}

/// All that a header may say.
#[derive(Clone, Debug, Default)]
pub(super) struct Candidates {
    /// Types and boundaries, the most plausible first; never empty.
    pub structures: Vec<Structure>,
    /// Transfer encodings, the most plausible first; never empty.
    pub encodings: Vec<Encoding>,
    /// The first multipart type that a field declares, whatever its boundary is.
    pub multipart: Option<String>,
    pub names: Vec<String>,
    pub proper_names: usize,
    pub has_more: bool,
}

/// A media type, and the boundary of its parts if it has any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Structure {
    pub media_type: String,
    pub boundary: Option<Vec<u8>>,
}

impl Candidates {
    pub(super) fn of(bytes: &[u8], range: Range<usize>, default: &str) -> Self {
        let mut fields = lenient::fields(bytes, range.clone());
        let starts: BTreeSet<usize> =
            Fields::new(bytes, range).filter(|field| field.is_content(bytes)).map(|field| field.whole.start).collect();
        // What the rules see too comes first.
        fields.sort_by_key(|field| !starts.contains(&field.at));
        let is_regular = |key: Key| fields.iter().any(|field| field.key == key && starts.contains(&field.at));
        let values = |key: Key| -> Vec<&[u8]> {
            let own = fields.iter().filter(|field| field.key == key && is_plausible(bytes, field));
            own.filter_map(|field| bytes.get(field.value.clone())).collect()
        };
        let (types, dispositions) = (values(Key::Type), values(Key::Disposition));
        // A fold may have come behind another field than the one that it continues.
        let encodings = values(Key::Encoding);
        let folded = encodings.iter().filter(|value| value.contains(&b'='));
        let sources: Vec<&[u8]> = dispositions.iter().chain(folded).copied().collect();
        let names = name::of(&types, &sources, &values(Key::Label));
        let mut candidates = Self {
            has_more: names.has_more || fields.len() > lenient::MOST_FIELDS,
            names: names.all,
            proper_names: names.proper,
            ..Self::default()
        };
        candidates.add_structures(&types, &dispositions, default);
        candidates.add_encodings(&encodings);
        if !is_regular(Key::Type) {
            candidates.put_first(Structure { media_type: default.to_owned(), boundary: None });
        }
        if !is_regular(Key::Encoding) {
            candidates.encodings.retain(|encoding| *encoding != Encoding::Identity);
            candidates.encodings.insert(0, Encoding::Identity);
        }
        candidates
    }

    /// The content under one structure and one encoding.
    pub(super) fn content(&self, structure: usize, encoding: usize) -> Content {
        let Structure { media_type, boundary } = self.structures.get(structure).cloned().unwrap_or_default();
        Content {
            media_type,
            boundary,
            encoding: self.encodings.get(encoding).copied().unwrap_or_default(),
            names: self.names.clone(),
            proper_names: self.proper_names,
        }
    }

    fn add_structures(&mut self, types: &[&[u8]], dispositions: &[&[u8]], default: &str) {
        let mut media_types: Vec<String> = Vec::new();
        for media_type in types.iter().flat_map(|field| candidate::media_types(field)) {
            if !media_types.contains(&media_type) {
                media_types.push(media_type);
            }
        }
        let is_multipart = |media_type: &&String| media_type.starts_with("multipart/");
        self.multipart = media_types.iter().find(is_multipart).cloned();
        // Readers go by the type, by the boundary, or by a boundary in the other field.
        let boundaries = boundaries(types, dispositions);
        self.has_more |= boundaries.has_more;
        let containers: Vec<Structure> = boundaries.all.into_iter().map(|boundary| self.container(boundary)).collect();
        let others = media_types.iter().filter(|media_type| !is_multipart(media_type)).take(4);
        let others: Vec<Structure> = others.map(|other| Structure { media_type: other.clone(), boundary: None }).collect();
        let bare = self.multipart.clone().filter(|_| containers.is_empty()).map(|media_type| Structure { media_type, boundary: None });
        // A part that declares no parts has a boundary by accident: what it says of its type comes first.
        self.structures = if self.multipart.is_some() {
            [containers, bare.into_iter().collect(), others].concat()
        } else {
            [others, containers].concat()
        };
        if self.structures.first().is_none_or(|first| self.multipart.is_none() && first.boundary.is_some()) {
            self.structures.insert(0, Structure { media_type: default.to_owned(), boundary: None });
        }
    }

    /// A multipart whose parts stand between `boundary`.
    pub(super) fn container(&self, boundary: Vec<u8>) -> Structure {
        let media_type = self.multipart.clone().unwrap_or_else(|| "multipart/mixed".to_owned());
        Structure { media_type, boundary: Some(boundary) }
    }

    fn put_first(&mut self, structure: Structure) {
        self.structures.retain(|known| *known != structure);
        self.structures.insert(0, structure);
    }

    fn add_encodings(&mut self, fields: &[&[u8]]) {
        for encoding in fields.iter().flat_map(|field| candidate::encodings(field)) {
            if !self.encodings.contains(&encoding) {
                self.encodings.push(encoding);
            }
        }
    }
}

/// Every boundary that the fields may give; of fields to the letter those by the rules, as all readers agree on them, whatever else is
/// odd in the header.
fn boundaries(types: &[&[u8]], dispositions: &[&[u8]]) -> parameter::Values {
    let fields = [types, dispositions].concat();
    let strict: Option<Vec<_>> = fields.iter().map(|field| parameter::strict(field)).collect();
    let Some(strict) = strict else { return parameter::values_of(&fields, &["boundary"]) };
    let parameters = strict.iter().flat_map(|field| &field.parameters);
    let mut all: Vec<Vec<u8>> = Vec::new();
    for parameter in parameters.filter(|parameter| parameter.name.eq_ignore_ascii_case(b"boundary")) {
        if !all.iter().any(|known| known == parameter.value) && is_regular_boundary(parameter.value) {
            all.push(parameter.value.to_vec());
        }
    }
    if all.is_empty() { parameter::values_of(&fields, &["boundary"]) } else { parameter::Values { all, has_more: false } }
}

/// A line that the rules take for a fold is a field only if it says something clear: signatures list names of fields there.
fn is_plausible(bytes: &[u8], field: &LenientField) -> bool {
    let value = bytes.get(field.value.clone()).unwrap_or_default();
    match field.key {
        _ if !field.is_fold => true,
        Key::Encoding => Encoding::of_word(value.trim_ascii()).is_some(),
        // A boundary has to stand in the body too.
        Key::Type if holds_boundary(value) => true,
        Key::Type | Key::Disposition => parameter::strict(value.trim_ascii()).is_some(),
        Key::Label => false,
    }
}

fn holds_boundary(value: &[u8]) -> bool {
    memchr::memchr(b'=', value)
        .is_some_and(|equals| value.get(..equals).is_some_and(|name| name.to_ascii_lowercase().trim_ascii_end().ends_with(b"boundary")))
}

/// Fields that stand more than once with different values: one reader takes the first, another the last.
pub(super) fn contradictions(bytes: &[u8], range: Range<usize>) -> Vec<(&'static str, Range<usize>)> {
    let fields: Vec<Field> = Fields::new(bytes, range).filter(|field| field.is_content(bytes)).collect();
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
#[path = "header_tests.rs"]
mod tests;
