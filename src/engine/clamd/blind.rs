//! Where ClamAV does not get to in what it takes for a mail.
//!
//! Owns which messages those are; of such a message clamd gets each body by itself. In doubt it does: that costs time and hides
//! nothing. Nothing here can fail.

use super::introduction::needs_introduction;
use crate::message::{Message, Part};

/// Deepest part that it is sure to decode: its `MaxRecursion`, 17 unless set, counts archives inside the parts too, and one message
/// inside another more than once. What lies deeper it calls clean.
const DEEPEST: u64 = 12;

/// Whether something in `message` stays encoded to ClamAV.
pub(super) fn stays_encoded(message: &Message<'_>) -> bool {
    let is_deep = |part: &Part| part.depth > DEEPEST;
    message.parts().iter().any(is_deep) || message.inner_messages().any(|(part, bytes)| has_encoded(part) && needs_introduction(bytes))
}

/// Whether there is anything to decode: the fields of a delivery report, which no mail program begins as ClamAV wants, hold nothing.
fn has_encoded(part: &Part) -> bool {
    part.content.is_multipart() || part.content.is_message() || part.content.encoding.hides()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Bounds;

    fn stays(text: &str) -> bool {
        let bounds = Bounds { nesting: 99, parts: 99, header_size: 9999, decoded_size: 9999 };
        stays_encoded(&Message::read(text.as_bytes(), &bounds))
    }

    fn forwarded(inner: &str) -> String {
        format!("Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n{inner}\n--b--\n")
    }

    #[test]
    fn a_message_inside_that_it_does_not_take_for_a_mail_stays_encoded() {
        const ENCODED: &str = "Content-Transfer-Encoding: base64\n\naGk=\n";
        for (first, expected) in [("X-Any: x\n", true), ("", true), ("Received: x\n", false), ("Subject: x\n", false)] {
            assert_eq!(stays(&forwarded(&format!("{first}{ENCODED}"))), expected, "{first}");
            assert_eq!(stays(&forwarded(&format!("{first}Content-Type: multipart/mixed; boundary=c\n\n--c\n{ENCODED}--c--\n"))), expected);
        }
        let encoded = "Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\nX-Any: x\n";
        assert!(stays(&format!("Subject: x\n{encoded}{ENCODED}")));
    }

    #[test]
    fn what_is_not_encoded_or_a_mail_to_it_does_not() {
        assert!(!stays("X-Any: x\nContent-Transfer-Encoding: base64\n\naGk=\n"));
        assert!(!stays(&forwarded("X-Any: x\n\nhi\n")));
        let report = "Content-Type: message/delivery-status\n\nReporting-MTA: dns; a\n\nFinal-Recipient: rfc822; b@c\n";
        assert!(!stays(&format!("Subject: x\nContent-Type: multipart/report; boundary=b\n\n--b\n{report}\n--b--\n")));
    }

    #[test]
    fn what_lies_very_deep_does() {
        let nested = |levels: u64| -> String {
            let open = |level| format!("Content-Type: multipart/mixed; boundary=b{level}b\n\n--b{level}b\n");
            format!("Subject: x\n{}\nhi\n", (0..levels).map(open).collect::<String>())
        };
        assert!(!stays(&nested(DEEPEST)) && stays(&nested(DEEPEST + 1)));
    }
}
