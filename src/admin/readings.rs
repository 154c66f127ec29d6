//! Shows the readings of a part side by side: what one reader sees in it, and what another.
//!
//! Owns what is told of each: type, boundary, encoding, size, the first bytes, names, how many parts. It must never print a byte of
//! the message that a terminal would obey. Nothing here can fail.

use crate::message::{Message, Part};
use crate::sanitize::readable;
use serde::Serialize;

/// Bytes of a body that are shown.
const HEAD: usize = 32;

/// One way to understand a part.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Reading {
    /// The part that it is, which is another than the first where more than the encoding differs.
    pub part: usize,
    #[serde(rename = "type")]
    pub media_type: String,
    pub boundary: Option<String>,
    pub encoding: String,
    /// Of the decoded body.
    pub size: usize,
    /// Its first bytes.
    pub head: String,
    pub names: Vec<String>,
    /// How many parts lie in it at once.
    pub parts: usize,
}

/// The readings of the part `index`, the most common first; one where all readers agree, none of what is itself another reading.
pub(super) fn of(message: &Message<'_>, index: usize) -> Vec<Reading> {
    let is_own = |(other, part): &(usize, &Part)| *other == index && part.reading_of.is_none() || part.reading_of == Some(index);
    let parts = message.parts().iter().enumerate().filter(is_own);
    parts.flat_map(|(index, part)| of_decodings(message, index, part)).collect()
}

fn of_decodings(message: &Message<'_>, index: usize, part: &Part) -> Vec<Reading> {
    let parts = message.parts().iter().filter(|inner| inner.parent == Some(index) && inner.reading_of.is_none()).count();
    message
        .decoded(part)
        .map(|body| Reading {
            part: index,
            media_type: readable(&part.content.media_type),
            boundary: part.content.boundary.as_ref().map(|boundary| text(boundary)),
            encoding: part.content.encoding.word().to_owned(),
            size: body.len(),
            head: text(body.get(..HEAD).unwrap_or(&body)),
            names: part.content.names.iter().map(|name| readable(name)).collect(),
            parts,
        })
        .collect()
}

fn text(bytes: &[u8]) -> String {
    readable(&String::from_utf8_lossy(bytes))
}

/// A line for each reading where there are several, the columns under each other.
pub(super) fn lines(readings: &[Reading], indent: &str) -> String {
    if readings.len() < 2 {
        return String::new();
    }
    let columns: Vec<[String; 4]> = readings.iter().map(columns).collect();
    let width =
        |column: usize| columns.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default();
    let widths = [width(0), width(1), width(2)];
    let line = |(number, [kind, encoding, size, rest]): (usize, &[String; 4])| {
        let [first, second, third] = widths;
        format!("{indent}reading {}: {kind:first$}  {encoding:second$} -> {size:>third$} bytes  {rest}\n", number + 1)
    };
    columns.iter().enumerate().map(line).collect()
}

fn columns(reading: &Reading) -> [String; 4] {
    let boundary = reading.boundary.as_ref().map(|boundary| format!(" boundary {boundary:?}")).unwrap_or_default();
    let names: Vec<String> = reading.names.iter().map(|name| format!("{name:?}")).collect();
    let names = if names.is_empty() { String::new() } else { format!("  names {}", names.join(", ")) };
    let parts = if reading.parts == 0 { String::new() } else { format!("  parts {}", reading.parts) };
    let kind = if reading.media_type.is_empty() { "(no type)" } else { &reading.media_type };
    [format!("{kind}{boundary}"), reading.encoding.clone(), reading.size.to_string(), format!("{:?}{parts}{names}", reading.head)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Bounds;

    const BOUNDS: Bounds = Bounds { nesting: 9, parts: 99, header_size: 9999, decoded_size: 9999 };

    #[test]
    fn a_part_that_all_readers_take_alike_has_no_lines() {
        let message = Message::read(b"Content-Transfer-Encoding: base64\n\neA==\n", &BOUNDS);
        let readings = of(&message, 0);
        assert_eq!((readings.len(), readings[0].encoding.as_str(), readings[0].size), (1, "base64", 1));
        assert_eq!(lines(&readings, "  "), "");
    }

    #[test]
    fn several_encodings_stand_under_each_other() {
        let bytes = b"Content-Type: a/b; name=x.exe\nContent-Transfer-Encoding: base64\nContent-Transfer-Encoding: quoted-printable\n\nTVqQAAMAAAA=\n";
        let message = Message::read(bytes, &BOUNDS);
        let told = lines(&of(&message, 0), "  ");
        let expected = "  reading 1: a/b  base64           ->  8 bytes  \"MZ\u{fffd}?????\"  names \"x.exe\"\n  \
                        reading 2: a/b  quoted-printable -> 11 bytes  \"TVqQAAMAAAA\"  names \"x.exe\"\n";
        assert_eq!(told, expected);
    }

    #[test]
    fn another_part_that_is_a_reading_of_it_stands_below_it() {
        let bytes = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--c\n\ny\n--b--\n";
        let read = Message::read(bytes, &BOUNDS);
        let mut other = read.parts()[0].clone();
        other.reading_of = Some(0);
        other.content.boundary = Some(b"c\x1b[2J".to_vec());
        let mut inner = read.parts()[1].clone();
        inner.parent = Some(2);
        let message = read.with_part(other).with_part(inner);
        let told = lines(&of(&message, 0), "");
        assert_eq!(
            told,
            "reading 1: multipart/mixed boundary \"b\"      it is -> 20 bytes  \"--b??x?--c??y?--b--?\"  parts 1\n\
             reading 2: multipart/mixed boundary \"c?[2J\"  it is -> 20 bytes  \"--b??x?--c??y?--b--?\"  parts 1\n"
        );
        assert_eq!(of(&message, 2), []);
    }
}
