//! Content that no engine can look into: encrypted, elsewhere, or in pieces.
//!
//! Owns the shapes of it: PGP/MIME and S/MIME (RFC 1847, 3156, 8551), PGP in a text (RFC 4880 section 6.2), message/external-body and
//! message/partial (RFC 2046 section 5.2). It must never try to open any. Nothing here can fail.

use super::place;
use crate::config::Settings;
use crate::finding::{Class, Finding};
use crate::message::{Message, Part};
use memchr::memmem;

/// Name of the check.
pub(super) const NAME: &str = "opaque";

/// A finding for each part that is one.
pub(super) fn run(message: &Message<'_>, _settings: &Settings) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    if !message.is_looked_into() {
        return findings;
    }
    for (index, part) in message.parts().iter().enumerate() {
        let Some((class, what, evidence)) = judge(message, part) else { continue };
        let place = place(message, index);
        findings.push(Finding { class, engine: NAME.to_owned(), what: what.to_owned(), evidence: evidence.to_owned(), place });
    }
    findings
}

fn judge(message: &Message<'_>, part: &Part) -> Option<(Class, &'static str, &'static str)> {
    match part.content.media_type.as_str() {
        "multipart/encrypted" => Some((Class::Encrypted, "multipart/encrypted", "only the recipient can decrypt it")),
        "message/external-body" => Some((Class::Encrypted, "message/external-body", "its content lies elsewhere, for the reader to fetch")),
        // Programs that put fragments together show what nobody has scanned; the others show nothing of use.
        "message/partial" => Some((Class::Banned, "message/partial", "it is a fragment of a message, and the whole cannot be scanned")),
        media_type if is_smime(media_type) && is_enveloped(message, part) => {
            Some((Class::Encrypted, "S/MIME", "only the recipient can decrypt it"))
        }
        _ if !part.is_hidden && holds_armour(message, part) => Some((Class::Encrypted, "PGP", "a part of it may be encrypted or packed")),
        _ => None,
    }
}

/// Whether only the recipient can read the part.
pub(super) fn is_encrypted(message: &Message<'_>, part: &Part) -> bool {
    let is_elsewhere = part.content.media_type == "message/external-body";
    !is_elsewhere && judge(message, part).is_some_and(|(class, ..)| class == Class::Encrypted)
}

fn is_smime(media_type: &str) -> bool {
    matches!(media_type, "application/pkcs7-mime" | "application/x-pkcs7-mime")
}

/// Object identifiers as they are encoded (RFC 5652 sections 6.1, 9.1; RFC 3274; RFC 5083).
const ENVELOPED: [&[u8]; 4] = [
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03",
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06",
    b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09",
    b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17",
];

/// Whether the CMS content is of an encrypted or compressed type. One that is not plainly signed is taken for it: that is more often
/// said than needed, and hides nothing.
fn is_enveloped(message: &Message<'_>, part: &Part) -> bool {
    const SIGNED: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
    const ENOUGH: usize = 64;
    message.heads(part, ENOUGH).any(|head| {
        let head = head.get(..ENOUGH).unwrap_or(&head);
        ENVELOPED.iter().any(|oid| memmem::find(head, oid).is_some()) || memmem::find(head, SIGNED).is_none()
    })
}

/// Whether a line of a text begins a PGP message. What is not encrypted may be compressed, which hides it as well.
fn holds_armour(message: &Message<'_>, part: &Part) -> bool {
    const ARMOUR: &[u8] = b"-----BEGIN PGP MESSAGE-----";
    let is_leaf = !part.content.is_container();
    let is_text = part.content.media_type.starts_with("text/");
    let has_line = |body: &[u8]| {
        let begins_line = |at: usize| at == 0 || body.get(at - 1).is_some_and(|before| matches!(before, b'\n' | b'\r' | b'>' | b' '));
        memmem::find_iter(body, ARMOUR).any(begins_line)
    };
    let is_packet = || message.heads(part, ARMOUR.len()).any(|head| head.starts_with(ARMOUR));
    is_leaf && if is_text { message.decoded(part).any(|body| has_line(&body)) } else { is_packet() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Bounds;

    fn told(text: &str) -> Vec<(Class, String)> {
        let bounds = Bounds { nesting: 9, parts: 99, header_size: 9999, decoded_size: 9999 };
        let findings = run(&Message::read(text.as_bytes(), &bounds), &Settings::default());
        findings.into_iter().map(|finding| (finding.class, finding.what)).collect()
    }

    #[test]
    fn what_nobody_can_look_into_is_told() {
        let enveloped = "MIAGCSqGSIb3DQEHA6CAMIACAQAxggE=";
        let signed = "MIAGCSqGSIb3DQEHAqCAMIACAQExADA=";
        let smime = |body: &str| format!("Content-Type: application/pkcs7-mime\nContent-Transfer-Encoding: base64\n\n{body}\n");
        let table = [
            (
                "Content-Type: multipart/encrypted; boundary=b\n\n--b\n\nx\n--b--\n".to_owned(),
                vec![(Class::Encrypted, "multipart/encrypted")],
            ),
            (smime(enveloped), vec![(Class::Encrypted, "S/MIME")]),
            (smime(signed), vec![]),
            ("Content-Type: message/partial; id=a; number=1\n\nSubject: x\n\ny".to_owned(), vec![(Class::Banned, "message/partial")]),
            (
                "Content-Type: message/external-body; access-type=url\n\nA: b\n\n".to_owned(),
                vec![(Class::Encrypted, "message/external-body")],
            ),
            ("A: b\n\nhi\n-----BEGIN PGP MESSAGE-----\n\nx\n".to_owned(), vec![(Class::Encrypted, "PGP")]),
            ("A: b\n\nsee -----BEGIN PGP SIGNATURE-----\n".to_owned(), vec![]),
        ];
        for (text, expected) in table {
            let expected: Vec<(Class, String)> = expected.into_iter().map(|(class, what)| (class, what.to_owned())).collect();
            assert_eq!(told(&text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_opaque_is_told_where_it_lies_and_whether_it_can_be_cut() {
        let encrypted = "--b\nContent-Type: multipart/encrypted; boundary=e\n\n--e\n\nx\n--e--\n";
        let text = format!("Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n{encrypted}--b--\n");
        let bounds = Bounds { nesting: 9, parts: 99, header_size: 9999, decoded_size: 9999 };
        let findings = run(&Message::read(text.as_bytes(), &bounds), &Settings::default());
        let [finding] = findings.as_slice() else { panic!("{findings:?}") };
        assert_eq!((finding.place.part, finding.place.cuttable, finding.place.rewritable), (Some(2), true, false));
    }

    #[test]
    fn armour_is_told_where_readers_look_for_it() {
        let armour = "-----BEGIN PGP MESSAGE-----\n\nx\n";
        let base64 = "LS0tLS1CRUdJTiBQR1AgTUVTU0FHRS0tLS0tCgp4Cg==\n";
        let table = [
            ("quoted", format!("A: b\n\n> {armour}"), true),
            ("a file", format!("Content-Type: application/x-a\n\n{armour}"), true),
            ("a file under an encoding", format!("Content-Type: a/b\nContent-Transfer-Encoding: base64\n\n{base64}"), true),
            ("within a file", format!("Content-Type: application/x-a\n\nsome {armour}"), false),
            ("within a line of a text", format!("A: b\n\nwrite:{armour}"), false),
        ];
        for (what, text, expected) in table {
            assert_eq!(!told(&text).is_empty(), expected, "{what}");
        }
    }

    #[test]
    fn a_message_that_was_not_looked_into_is_not_judged_by_its_header() {
        let bounds = Bounds { nesting: 9, parts: 99, header_size: 9999, decoded_size: 9999 };
        let text = b"Content-Type: multipart/encrypted; boundary=b\n\n--b\n\nx\n--b--\n";
        assert_eq!(run(&Message::unread(text, &bounds), &Settings::default()), []);
    }
}
