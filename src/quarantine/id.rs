//! The name of a message in quarantine.
//!
//! Owns what makes two tries the same: the message's content and its recipients, not when it was tried. It must never be guessable
//! into a collision, so it is a cryptographic hash. Nothing here can fail.

use crate::message::trace_end;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt::{self, Write};

/// 32 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Id(String);

impl Id {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What of a message is the same in every try. What the MTA puts on top is not: Postfix, Sendmail and Exim write the time of the try
/// in the mailbox line, Exim in Delivery-Date too.
pub(super) fn lasting(bytes: &[u8]) -> &[u8] {
    bytes.get(trace_end(bytes)..).unwrap_or_default()
}

/// The id of `bytes` for `recipients`.
pub fn id_of(bytes: &[u8], recipients: &[String]) -> Id {
    let content = lasting(bytes);
    let mut hash = Sha256::new_with_prefix(content);
    // The length keeps the end of a message from passing for a recipient.
    hash.update(content.len().to_le_bytes());
    for recipient in recipients {
        hash.update([0]);
        hash.update(recipient);
    }
    let mut digits = String::with_capacity(32);
    for byte in hash.finalize().iter().take(16) {
        let _ = write!(digits, "{byte:02x}");
    }
    Id(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retry_has_the_same_id_and_another_recipient_or_message_has_not() {
        let to = |recipient: &str, bytes: &[u8]| id_of(bytes, &[recipient.to_owned()]);
        let first = to("a@b", b"From x Mon Jan  1 00:00:00 2024\nA: b\n\nc");
        assert_eq!(first, to("a@b", b"From x Tue Jan  2 00:00:00 2024\nA: b\n\nc"));
        assert_ne!(first, to("c@b", b"From x Mon Jan  1 00:00:00 2024\nA: b\n\nc"));
        assert_ne!(first, to("a@b", b"A: b\n\nd"));
        assert_eq!(first.as_str().len(), 32);
    }

    #[test]
    fn the_end_of_a_message_is_not_taken_for_a_recipient() {
        assert_ne!(id_of(b"x", &["a".to_owned()]), id_of(b"x\0a", &[]));
    }
}
