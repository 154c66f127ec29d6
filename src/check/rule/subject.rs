//! The texts that rules look at: fields and lines, each in all forms that count.
//!
//! Owns which field is of which kind, as Postfix has it (header_checks(5)), and how long a text is. It must never keep more than one decoded
//! body at a time. Nothing here can fail.

use crate::check::{is_page, is_shown};
use crate::config::Scope;
use crate::html::charset;
use crate::message::{Field, Fields, Message, Part, charsets, encoded_words_decoded_by, without_end};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Longest piece of a field, as Postfix has it.
const LONGEST_FIELD: usize = 60_000;

/// Longest piece of a line, as Postfix has it.
const LONGEST_LINE: usize = 2048;

/// One text.
pub(super) struct Subject<'s> {
    /// The part that it is of.
    pub(super) part: usize,
    /// Without line ends.
    text: Cow<'s, [u8]>,
    /// The name of a field; of a line none.
    name: Option<&'s [u8]>,
}

impl<'s> Subject<'s> {
    fn line(part: usize, line: &'s [u8]) -> Self {
        Self { part, text: Cow::Borrowed(line), name: None }
    }

    fn field(part: usize, header: &'s [u8], field: &Field) -> Self {
        let whole = header.get(field.whole.clone()).unwrap_or_default().iter();
        let text = whole.filter(|byte| !matches!(byte, b'\r' | b'\n')).copied().collect();
        Self { part, text: Cow::Owned(text), name: header.get(field.name.clone()) }
    }

    /// The longest piece that is looked at.
    pub(super) fn longest(&self) -> usize {
        if self.name.is_some() { LONGEST_FIELD } else { LONGEST_LINE }
    }

    /// The text as it stands, as UTF-8 where it is none, because no `.` matches what is none, and with its encoded words decoded. Of the
    /// fields of a name the value alone; none of others.
    pub(super) fn forms(&self, wanted: Option<&str>) -> Vec<Cow<'_, [u8]>> {
        let text = match (wanted, self.name) {
            (None, _) => &*self.text,
            (Some(wanted), Some(name)) if name.eq_ignore_ascii_case(wanted.as_bytes()) => self.value(),
            (Some(_), _) => return Vec::new(),
        };
        let mut forms = vec![Cow::Borrowed(text)];
        forms.extend(in_utf8(text).map(Cow::Owned));
        if self.name.is_some() {
            let decoded = encoded_words_decoded_by(text, in_charset);
            forms.extend(decoded.map(|decoded| Cow::Owned(in_utf8(&decoded).unwrap_or(decoded))));
        }
        forms
    }

    fn value(&self) -> &[u8] {
        let colon = memchr::memchr(b':', &self.text).map_or(self.text.len(), |colon| colon + 1);
        self.text.get(colon..).unwrap_or_default().trim_ascii()
    }
}

/// `text` with a mark for all that is no UTF-8; none where it is UTF-8.
fn in_utf8(text: &[u8]) -> Option<Vec<u8>> {
    match String::from_utf8_lossy(text) {
        Cow::Borrowed(_) => None,
        Cow::Owned(text) => Some(text.into_bytes()),
    }
}

/// What the bytes of an encoded word mean; behind the charset a language may stand (RFC 2231 section 5).
fn in_charset(name: &[u8], bytes: Vec<u8>) -> Vec<u8> {
    let name = name.split(|byte| *byte == b'*').next().unwrap_or_default();
    let name = String::from_utf8_lossy(name).to_ascii_lowercase();
    charset::text(&bytes, Some(&name)).into_owned()
}

/// `text` in pieces that overlap, so that a match is cut only where it is longer than the overlap.
pub(super) fn pieces(text: &[u8], longest: usize) -> impl Iterator<Item = &[u8]> {
    let overlap = longest / 8;
    let starts = (0..).step_by(longest - overlap).take_while(move |start| *start == 0 || start + overlap < text.len());
    starts.map(move |start| text.get(start..text.len().min(start + longest)).unwrap_or_default())
}

/// Every text that rules of this kind look at.
pub(super) fn each(message: &Message<'_>, scope: Scope, look: &mut dyn FnMut(&Subject<'_>)) {
    match scope {
        Scope::Body if message.is_looked_into() => {
            raw_lines(message, look);
            decoded_lines(message, look);
        }
        Scope::Body => (),
        Scope::Header | Scope::Mime | Scope::Nested => fields(message, scope, look),
    }
}

fn fields(message: &Message<'_>, scope: Scope, look: &mut dyn FnMut(&Subject<'_>)) {
    let mut seen = BTreeSet::new();
    for (index, part) in message.parts().iter().enumerate().filter(|(_, part)| is_shown(message, part)) {
        // Readings of one body share its header.
        if !seen.insert((part.layer, part.header.start, part.header.end)) {
            continue;
        }
        let header = message.header(part);
        let holder = part.parent.and_then(|parent| message.parts().get(parent));
        let wanted = Fields::new(header, 0..header.len()).filter(|field| is_of(scope, holder, header, field));
        wanted.for_each(|field| look(&Subject::field(index, header, &field)));
    }
}

/// Whether a field in the header of a part of `holder` is of that kind. All fields of a part that is no message describe its body.
fn is_of(scope: Scope, holder: Option<&Part>, header: &[u8], field: &Field) -> bool {
    let describes_body = field.is_content(header) || field.is_named(header, "MIME-Version");
    let is_in_multipart = holder.is_some_and(|holder| holder.content.is_multipart());
    match scope {
        Scope::Header => holder.is_none(),
        Scope::Mime => describes_body || is_in_multipart,
        Scope::Nested => holder.is_some() && !describes_body && !is_in_multipart,
        Scope::Body => false,
    }
}

/// The lines of the body of the message as they stand, each as one of the part in whose body it stands.
fn raw_lines(message: &Message<'_>, look: &mut dyn FnMut(&Subject<'_>)) {
    let Some(root) = message.parts().first() else { return };
    let is_leaf = |part: &Part| part.layer == 0 && !part.content.is_container() && message.is_declared(part);
    let parts = message.parts().iter().enumerate().filter(|(_, part)| is_leaf(part));
    let mut bodies: Vec<_> = parts.map(|(index, part)| (part.body.clone(), index)).collect();
    bodies.sort_by_key(|(body, _)| body.start);
    let mut at = root.body.start;
    for (body, index) in bodies {
        lines(message.bytes().get(at..body.start).unwrap_or_default(), 0, look);
        lines(message.bytes().get(body.start.max(at)..body.end).unwrap_or_default(), index, look);
        at = at.max(body.end);
    }
    lines(message.bytes().get(at..).unwrap_or_default(), 0, look);
}

/// The lines of texts and pages without their encoding, in UTF-8, where they are not as they stand.
fn decoded_lines(message: &Message<'_>, look: &mut dyn FnMut(&Subject<'_>)) {
    let is_text = |part: &Part| part.content.media_type.starts_with("text/") || part.content.media_type.is_empty() || is_page(part);
    for (index, part) in message.parts().iter().enumerate().filter(|(_, part)| is_text(part)) {
        let declared = charsets(message.header(part));
        for body in message.decoded(part) {
            let text = charset::text(&body, charset::strangest(&declared));
            if part.layer > 0 || *text != *message.body(part) {
                lines(&text, index, look);
            }
        }
    }
}

/// A line that is the same as the one before it says nothing new.
fn lines(text: &[u8], part: usize, look: &mut dyn FnMut(&Subject<'_>)) {
    let mut before = None;
    for line in text.split_inclusive(|byte| *byte == b'\n').map(without_end) {
        if before.replace(line) != Some(line) {
            look(&Subject::line(part, line));
        }
    }
}
