//! The name of a message in quarantine.
//!
//! Owns what makes two tries the same: the message's content and its recipients, not when it was tried. It must never be guessable
//! into a collision, so it is a cryptographic hash. Nothing here can fail.

use crate::message::starts_with_mbox_line;
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

/// What of a message is the same in every try. The mailbox line is not: Postfix, Sendmail and Exim write the time of the try in it.
pub(super) fn lasting(bytes: &[u8]) -> &[u8] {
    let line = memchr::memchr(b'\n', bytes).map_or(bytes.len(), |end| end + 1);
    if starts_with_mbox_line(bytes) { bytes.get(line..).unwrap_or_default() } else { bytes }
}

/// The id of `bytes` for `recipients`.
pub fn id_of(bytes: &[u8], recipients: &[String]) -> Id {
    let mut hash = Sha256::new_with_prefix(lasting(bytes));
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
}
