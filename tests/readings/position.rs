//! Where a construction stands in a message, and the line ends of the message.
//!
//! Entities are written with `\n` for a line end, which becomes CRLF on the wire. What must stay as it is has signs of its own: `\r` is
//! a bare CR, and [`BARE_LF`] and [`RAW_BYTE`] stand for what no text can hold.

use crate::row::{Row, Variant};
use std::path::Path;

/// A line feed that no CR comes before, whatever the line ends of the message are.
pub(crate) const BARE_LF: char = '\u{1c}';

/// The byte 0xaa, which is no UTF-8.
pub(crate) const RAW_BYTE: char = '\u{1d}';

/// A boundary that no row uses.
const OUTERMOST: &str = "outermost";

const FIELDS: &str = "From: Ann <ann@example.org>\nTo: bob@example.net\nSubject: readings\nDate: Mon, 1 Jan 2024 10:00:00 +0000\n";

/// One message.
pub(crate) struct Case {
    /// The variant.
    pub(crate) variant: String,
    /// Variant, position and line end.
    pub(crate) name: String,
    pub(crate) message: Vec<u8>,
    /// As the row says.
    pub(crate) is_encoded_by_the_rules: bool,
}

#[derive(Clone, Copy, Debug)]
enum Position {
    Top,
    Child,
    Inside,
}

#[derive(Clone, Copy, Debug)]
enum LineEnd {
    Lf,
    Crlf,
}

/// Each variant of the row in each position with each line end.
pub(crate) fn cases(row: &Row) -> Vec<Case> {
    let places = [Position::Top, Position::Child, Position::Inside].map(|position| [(position, LineEnd::Lf), (position, LineEnd::Crlf)]);
    let of = |variant: &Variant| {
        places.concat().into_iter().map(|(position, line_end)| case(row, variant, position, line_end)).collect::<Vec<_>>()
    };
    row.variants.iter().flat_map(of).collect()
}

fn case(row: &Row, variant: &Variant, position: Position, line_end: LineEnd) -> Case {
    let id = row.id;
    let name = format!("{id} {} {position:?} {line_end:?}", variant.name());
    let message = written(&placed(variant, position), line_end);
    Case { variant: variant.name().to_owned(), name, message, is_encoded_by_the_rules: row.is_encoded_by_the_rules }
}

fn placed(variant: &Variant, position: Position) -> Vec<u8> {
    let Variant { before, version, entity, .. } = variant;
    let mail = format!("{FIELDS}{version}");
    let (head, tail) = match position {
        Position::Top => (format!("{before}{mail}"), String::new()),
        Position::Child => {
            let text = "Content-Type: text/plain\n\nHello.\n";
            let opening = format!("--{OUTERMOST}\n{text}--{OUTERMOST}\n{before}");
            (format!("{mail}Content-Type: multipart/mixed; boundary={OUTERMOST}\n\n{opening}"), format!("\n--{OUTERMOST}--\n"))
        }
        Position::Inside => (format!("{FIELDS}MIME-Version: 1.0\nContent-Type: message/rfc822\n\n{before}{mail}"), String::new()),
    };
    [head.as_bytes(), entity, tail.as_bytes()].concat()
}

fn written(text: &[u8], line_end: LineEnd) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() * 2);
    for byte in text {
        match (char::from(*byte), line_end) {
            ('\n', LineEnd::Crlf) => bytes.extend_from_slice(b"\r\n"),
            (BARE_LF, _) => bytes.push(b'\n'),
            (RAW_BYTE, _) => bytes.push(0xaa),
            _ => bytes.push(*byte),
        }
    }
    bytes
}

impl Case {
    /// Writes the message into a folder, for people to look at; `mark` tells names apart that differ only in signs.
    pub(crate) fn dump(&self, folder: &Path, mark: &str) {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '=');
        let name: String = self.name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join(format!("{name}-{mark}.eml")), &self.message).unwrap();
    }
}
