//! The envelope as qmail's programs hand it to qmail-queue: `F` sender NUL, `T` recipient NUL for each, NUL (qmail-queue(8)).
//!
//! Owns that form. It must never guess: what does not fit to the last byte is refused, as the message would go to somebody else. What
//! fails is said in words.

use super::Sender;

/// Sender and recipients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// The envelope sender.
    pub sender: Sender,
    /// The envelope recipients, at least one.
    pub recipients: Vec<String>,
}

impl Queued {
    /// Reads the form. An address that is no text is taken as near to it as can be: it is only compared, the bytes go on as they are.
    ///
    /// # Errors
    /// What was expected where.
    pub fn parse(bytes: &[u8]) -> Result<Self, &'static str> {
        let (sender, mut rest) = address(bytes, b'F').ok_or("expected F and the sender")?;
        let mut recipients = Vec::new();
        while let Some((recipient, after)) = address(rest, b'T') {
            recipients.push(recipient);
            rest = after;
        }
        match rest {
            [0] if recipients.is_empty() => Err("expected a recipient"),
            [0] => Ok(Self { sender: Sender::named(&sender), recipients }),
            [] => Err("it ends without its last NUL"),
            _ => Err("expected T and a recipient, or the last NUL"),
        }
    }
}

/// The address behind `letter`, and what follows its NUL.
fn address(bytes: &[u8], letter: u8) -> Option<(String, &[u8])> {
    let text = bytes.strip_prefix(&[letter])?;
    let end = memchr::memchr(0, text)?;
    let (address, rest) = text.split_at(end);
    Some((String::from_utf8_lossy(address).into_owned(), rest.get(1..).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sender_and_recipients_are_read() {
        let queued = Queued::parse(b"Fann@a\0Tbob@b\0Teve@b\0\0").unwrap();
        assert_eq!((queued.sender, queued.recipients), (Sender::Address("ann@a".into()), vec!["bob@b".into(), "eve@b".into()]));
        assert_eq!(Queued::parse(b"F\0Tbob@b\0\0").unwrap().sender, Sender::Null);
    }

    #[test]
    fn what_does_not_fit_to_the_last_byte_is_refused() {
        for bytes in [
            &b""[..],
            b"F",
            b"Fann@a",
            b"Fann@a\0",
            b"Fann@a\0\0",
            b"Fann@a\0Tbob@b\0",
            b"Fann@a\0Tbob@b\0\0\0",
            b"Fann@a\0Tbob@b\0Xeve@b\0\0",
            b"Fann@a\0Tbob@b",
            b"Tbob@b\0\0",
            b"\0",
        ] {
            assert!(Queued::parse(bytes).is_err(), "{:?}", String::from_utf8_lossy(bytes));
        }
    }
}
