//! The EICAR test file, so that an administrator can see what happens without an engine and without a virus.
//!
//! Owns the test string, as its authors define it: 68 characters at the start of a file. Only the head of each part is decoded.
//! It must never hold the string in one piece, or every scanner would find this program. Nothing here can fail.

use super::place;
use crate::config::Settings;
use crate::finding::{Class, Finding};
use crate::message::{Message, Part};

/// Name of the check.
pub(super) const NAME: &str = "eicar";

/// What the check calls it; as ClamAV does.
const WHAT: &str = "Eicar-Test-Signature";

/// The test string in two pieces.
const PIECES: [&[u8]; 2] = [br"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR", b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"];
const LENGTH: usize = 68;

/// The test file.
pub fn test_file() -> Vec<u8> {
    PIECES.concat()
}

/// A finding for each part that begins with the test string.
pub(super) fn run(message: &Message<'_>, _settings: &Settings) -> Vec<Finding> {
    let parts = message.parts().iter().enumerate();
    parts.filter(|(_, part)| begins_with_test_string(message, part)).map(|(index, _)| finding(message, index)).collect()
}

fn begins_with_test_string(message: &Message<'_>, part: &Part) -> bool {
    let [first, second] = PIECES;
    message.heads(part, LENGTH).any(|head| head.strip_prefix(first).is_some_and(|rest| rest.starts_with(second)))
}

fn finding(message: &Message<'_>, index: usize) -> Finding {
    Finding {
        class: Class::Infected,
        engine: NAME.to_owned(),
        what: WHAT.to_owned(),
        evidence: "the part begins with the EICAR test string".to_owned(),
        place: place(message, index),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Bounds;

    fn finds(header: &str, body: &[u8]) -> bool {
        let bounds = Bounds { nesting: 9, parts: 9, header_size: 9999, decoded_size: 9999 };
        let bytes = [header.as_bytes(), b"\n\n", body].concat();
        !run(&Message::read(&bytes, &bounds), &Settings::default()).is_empty()
    }

    #[test]
    fn the_test_string_is_found_at_the_start_and_only_there() {
        let eicar = PIECES.concat();
        assert_eq!(eicar.len(), LENGTH);
        assert!(finds("A: b", &eicar));
        assert!(finds("A: b", &[&eicar, b"\r\n".as_slice()].concat()));
        assert!(!finds("A: b", &[b"x", eicar.as_slice()].concat()));
        assert!(!finds("A: b", &eicar[..67]));
        assert!(!finds("A: b", b""));
    }

    #[test]
    fn it_is_found_under_a_transfer_encoding() {
        let base64 = mail_builder::mime::MimePart::new("application/octet-stream", PIECES.concat());
        let mut part = Vec::new();
        base64.write_part(&mut part);
        let text = String::from_utf8(part).unwrap();
        let (header, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(header.contains("base64"));
        assert!(finds(header, body.as_bytes()));
        assert!(finds("Content-Transfer-Encoding: quoted-printable", &[b"X5O=21P".as_slice(), &PIECES.concat()[5..]].concat()));
    }
}
