//! Files inside a decoded body: in the lines of a text, or in a format that packs a mail's parts once more.
//!
//! Owns which formats are looked for, by the first bytes and not by what a header says alone, and how much is taken out in all. It must
//! never look into archives and documents, which engines unpack by themselves, nor into what it has taken out: whoever calls does that,
//! level by level. Nothing here can fail: what begins like a format and cannot be read is said.

mod apple;
mod ber;
mod cms;
mod inline;
mod property;
mod reader;
mod rtf;
mod tnef;

pub use inline::find;

use super::decode::{Encoding, decode, is_regular};

/// A file that was taken out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Embedded {
    /// Every name that the format gives it.
    pub names: Vec<String>,
    /// Its type: empty where the format does not say it, `message/rfc822` where it is an entity with a header.
    pub media_type: &'static str,
    /// What it holds.
    pub content: Vec<u8>,
    /// The format that it was in, in a word.
    pub kind: &'static str,
}

/// What was taken out of a body.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Unpacked {
    /// The files, in their order.
    pub files: Vec<Embedded>,
    /// Why there may be more.
    pub stop: Option<Stop>,
    /// How many bytes of content there is room for yet.
    left: usize,
}

/// Why not all was taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// It is damaged, or is not what it says it is.
    Broken,
    /// It holds more than was asked for.
    TooMuch,
}

/// Most files of one body.
const MOST_FILES: usize = 1000;

/// Whether a body that begins with `head` is to be unpacked.
pub(super) fn begins(media_type: &str, names: &[String], head: &[u8]) -> bool {
    let has_magic = tnef::begins(head) || apple::begins(head) || cms::begins(head);
    has_magic || is_cms_type(media_type) || is_declared(media_type, names)
}

/// Takes the files out of the decoded body of a leaf, `most` bytes in all.
pub fn unpack(media_type: &str, names: &[String], content: &[u8], most: u64) -> Unpacked {
    let mut out = Unpacked::new(most);
    if tnef::begins(content) {
        tnef::unpack(content, &mut out);
    } else if apple::begins(content) {
        apple::unpack(content, &mut out);
    } else if cms::begins(content) {
        cms::unpack(content, &mut out);
    } else if is_cms_type(media_type) && is_base64(content) && cms::begins(&decode(Encoding::Base64, content)) {
        // Some senders leave the transfer encoding of opaque signatures unsaid, and readers decode them all the same.
        cms::unpack(&decode(Encoding::Base64, content), &mut out);
    } else if is_declared(media_type, names) && !content.is_empty() {
        out.stop(Stop::Broken);
    }
    out
}

fn is_cms_type(media_type: &str) -> bool {
    matches!(media_type, "application/pkcs7-mime" | "application/x-pkcs7-mime")
}

/// Whether the header says that there must be something to unpack. A CMS type is left out: it says the same of what is encrypted.
fn is_declared(media_type: &str, names: &[String]) -> bool {
    matches!(media_type, "application/ms-tnef" | "application/vnd.ms-tnef" | "application/applefile")
        || names.iter().any(|name| name.eq_ignore_ascii_case("winmail.dat"))
}

/// A body that is nothing but base64, and enough of it not to be a word or two.
fn is_base64(body: &[u8]) -> bool {
    body.len() >= 60 && is_regular(Encoding::Base64, body)
}

impl Unpacked {
    fn new(most: u64) -> Self {
        Self { files: Vec::new(), stop: None, left: usize::try_from(most).unwrap_or(usize::MAX) }
    }

    /// That there is more weighs more than that something is broken.
    fn stop(&mut self, stop: Stop) {
        if self.stop != Some(Stop::TooMuch) {
            self.stop = Some(stop);
        }
    }

    /// As much of `bytes` as [`Self::add`] takes, and one more: several entries may be the same bytes, and none is copied for nothing.
    fn fitting(&self, bytes: &[u8]) -> Vec<u8> {
        bytes.get(..self.left.saturating_add(1)).unwrap_or(bytes).to_vec()
    }

    /// Adds a file if there is room for it, else as much of it as there is room for; each once.
    fn add(&mut self, mut file: Embedded) {
        if self.files.len() >= MOST_FILES {
            return self.stop(Stop::TooMuch);
        }
        if file.content.len() > self.left {
            file.content.truncate(self.left);
            self.stop(Stop::TooMuch);
        }
        self.left -= file.content.len();
        self.files.push(file);
    }

    /// Whether another file could be added.
    fn has_room(&self) -> bool {
        self.left > 0 && self.files.len() < MOST_FILES
    }
}

/// The name in a field that NUL may end.
fn name_of(bytes: &[u8]) -> Option<String> {
    let name = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    (!name.is_empty()).then(|| String::from_utf8_lossy(name).into_owned())
}

#[cfg(test)]
#[path = "embedded_tests.rs"]
mod tests;
