//! TNEF (MS-OXTNEF), the winmail.dat of Outlook: attachments and bodies in attributes.
//!
//! Owns which attributes are taken out. It must never believe a length, nor go into a message inside: that comes out as TNEF again.
//! Nothing here can fail. No crate that is kept reads it.

use super::property::{self, Property};
use super::reader::Reader;
use super::{Embedded, Stop, Unpacked, name_of, rtf};

const SIGNATURE: &[u8] = b"\x78\x9f\x3e\x22";

pub(super) fn begins(content: &[u8]) -> bool {
    content.starts_with(SIGNATURE)
}

/// The identifiers of attributes (section 2.1.3.2).
mod attribute {
    pub(super) const BODY: u32 = 0x0002_800c;
    pub(super) const MESSAGE_PROPERTIES: u32 = 0x0006_9003;
    pub(super) const RENDER_DATA: u32 = 0x0006_9002;
    pub(super) const TITLE: u32 = 0x0001_8010;
    pub(super) const TRANSPORT_NAME: u32 = 0x0006_9001;
    pub(super) const DATA: u32 = 0x0006_800f;
    pub(super) const ATTACHMENT_PROPERTIES: u32 = 0x0006_9005;
}

/// The identifiers of properties (MS-OXPROPS).
mod tag {
    pub(super) const BODY: u16 = 0x1000;
    pub(super) const RTF: u16 = 0x1009;
    pub(super) const HTML: u16 = 0x1013;
    pub(super) const ATTACHED: u16 = 0x3701;
    /// Display name, short and long file name, short and long path.
    pub(super) const NAMES: [u16; 5] = [0x3001, 0x3704, 0x3707, 0x3708, 0x370d];
}

/// The interface of a message inside (IID_IMessage), which TNEF follows.
const MESSAGE: &[u8] = b"\x07\x03\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46";

pub(super) fn unpack(content: &[u8], out: &mut Unpacked) {
    // A signature and a key hold nothing.
    if content.len() <= 6 {
        return out.stop(Stop::Broken);
    }
    let mut reader = Reader::new(content.get(6..).unwrap_or_default());
    let mut attachment = Attachment::default();
    // Gateways put a line end behind it.
    while !reader.rest.iter().all(|byte| *byte == 0 || byte.is_ascii_whitespace()) {
        let Some((identifier, value)) = next(&mut reader) else {
            out.stop(Stop::Broken);
            break;
        };
        match identifier {
            attribute::RENDER_DATA => std::mem::take(&mut attachment).put(out),
            attribute::BODY => put(out, "text/plain", value.to_vec()),
            attribute::MESSAGE_PROPERTIES => bodies(value, out),
            _ => attachment.note(identifier, value, out),
        }
    }
    attachment.put(out);
}

/// Level, identifier, length, value, checksum. A value that is cut off is the last: what there is of it counts.
fn next<'a>(reader: &mut Reader<'a>) -> Option<(u32, &'a [u8])> {
    let level = reader.byte()?;
    if !matches!(level, 1 | 2) {
        return None;
    }
    let (identifier, length) = (reader.little_u32()?, reader.little_length()?);
    let value = reader.take_most(length);
    // A byte that is no level makes the next attribute damaged.
    if reader.take(2).is_none() {
        reader.rest = b"?";
    }
    Some((identifier, value))
}

/// What has been seen of an attachment: its name may stand behind its data.
#[derive(Default)]
struct Attachment {
    names: Vec<String>,
    contents: Vec<(&'static str, Vec<u8>)>,
}

impl Attachment {
    fn note(&mut self, identifier: u32, value: &[u8], out: &mut Unpacked) {
        match identifier {
            attribute::TITLE | attribute::TRANSPORT_NAME => add(&mut self.names, name_of(value)),
            attribute::DATA => add(&mut self.contents, Some(("", value.to_vec()))),
            attribute::ATTACHMENT_PROPERTIES => self.note_properties(value, out),
            _ => {}
        }
    }

    fn note_properties(&mut self, value: &[u8], out: &mut Unpacked) {
        if property::each(value, |property| self.note_property(property)).is_none() {
            out.stop(Stop::Broken);
        }
    }

    fn note_property(&mut self, property: &Property<'_>) {
        if tag::NAMES.contains(&property.id) {
            add(&mut self.names, property.text());
        } else if property.id == tag::ATTACHED {
            // An object of another kind has an interface before it too, which is no matter to who searches it.
            let message = property.value.strip_prefix(MESSAGE).map(|message| ("application/ms-tnef", message));
            let (media_type, content) = message.unwrap_or(("", property.value));
            add(&mut self.contents, Some((media_type, content.to_vec())));
        }
    }

    fn put(mut self, out: &mut Unpacked) {
        // A name without data is a name all the same.
        if self.contents.is_empty() && !self.names.is_empty() {
            self.contents.push(("", Vec::new()));
        }
        if self.names.len() >= MOST_VALUES || self.contents.len() >= MOST_VALUES {
            out.stop(Stop::TooMuch);
        }
        for (media_type, content) in self.contents {
            out.add(Embedded { names: self.names.clone(), media_type, content, kind: "tnef" });
        }
    }
}

/// More names or contents than an attachment has.
const MOST_VALUES: usize = 32;

/// Adds what is new, while there is room for it.
fn add<T: PartialEq>(list: &mut Vec<T>, value: Option<T>) {
    list.extend(value.filter(|value| list.len() < MOST_VALUES && !list.contains(value)));
}

/// The bodies among the properties of the message.
fn bodies(value: &[u8], out: &mut Unpacked) {
    let whole = property::each(value, |property| match property.id {
        tag::BODY => put(out, "text/plain", property.text().unwrap_or_default().into_bytes()),
        tag::HTML => put(out, "text/html", property.value.to_vec()),
        tag::RTF => match rtf::unpack(property.value, out.left) {
            Some(text) => put(out, "application/rtf", text),
            None => out.stop(Stop::Broken),
        },
        _ => {}
    });
    if whole.is_none() {
        out.stop(Stop::Broken);
    }
}

fn put(out: &mut Unpacked, media_type: &'static str, content: Vec<u8>) {
    if !content.is_empty() {
        out.add(Embedded { names: Vec::new(), media_type, content, kind: "tnef" });
    }
}
