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
    /// The envelope recipients. There may be none: qmail-queue takes that too, and a list without subscribers writes it.
    pub recipients: Vec<String>,
    bytes: Vec<u8>,
}

impl Queued {
    /// Reads the form. An address that is no text is taken as near to it as can be: it is only compared, the bytes go on as they are.
    ///
    /// # Errors
    /// What was expected where.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, &'static str> {
        let (sender, mut rest) = address(&bytes, b'F').ok_or("expected F and the sender")?;
        let mut recipients = Vec::new();
        while let Some((recipient, after)) = address(rest, b'T') {
            recipients.push(recipient);
            rest = after;
        }
        match rest {
            [0] => Ok(Self { sender: Sender::named(&sender), recipients, bytes }),
            [] => Err("it ends without its last NUL"),
            _ => Err("expected T and a recipient, or the last NUL"),
        }
    }

    /// The form as it was read.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The form for some of the recipients, who are given by their places, in order.
    pub fn only(&self, places: &[usize]) -> Vec<u8> {
        let lines: Vec<&[u8]> = self.bytes.split_inclusive(|byte| *byte == 0).collect();
        // The sender is the first line, the recipient at place 0 the second.
        let wanted = std::iter::once(0).chain(places.iter().map(|place| place + 1));
        let mut form: Vec<u8> = wanted.filter_map(|line| lines.get(line)).flat_map(|line| line.to_vec()).collect();
        form.push(0);
        form
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
        let queued = Queued::parse(b"Fann@a\0Tbob@b\0Teve@b\0\0".to_vec()).unwrap();
        assert_eq!((queued.sender, queued.recipients), (Sender::Address("ann@a".into()), vec!["bob@b".into(), "eve@b".into()]));
        assert!(Queued::parse(b"Fann@a\0\0".to_vec()).unwrap().recipients.is_empty());
        assert_eq!(Queued::parse(b"F\0Tbob@b\0\0".to_vec()).unwrap().sender, Sender::Null);
    }

    #[test]
    fn some_of_the_recipients_keep_their_bytes() {
        let queued = Queued::parse(b"F\xff@a\0Tbob@b\0T\xfe@b\0Teve@b\0\0".to_vec()).unwrap();
        assert_eq!(queued.only(&[0, 1, 2]), queued.bytes());
        assert_eq!(queued.only(&[1]), b"F\xff@a\0T\xfe@b\0\0");
        assert_eq!(queued.only(&[0, 2]), b"F\xff@a\0Tbob@b\0Teve@b\0\0");
    }

    #[test]
    fn what_does_not_fit_to_the_last_byte_is_refused() {
        for bytes in [
            &b""[..],
            b"F",
            b"Fann@a",
            b"Fann@a\0",
            b"Fann@a\0Tbob@b\0",
            b"Fann@a\0Tbob@b\0\0\0",
            b"Fann@a\0Tbob@b\0Xeve@b\0\0",
            b"Fann@a\0Tbob@b",
            b"Tbob@b\0\0",
            b"\0",
        ] {
            assert!(Queued::parse(bytes.to_vec()).is_err(), "{:?}", String::from_utf8_lossy(bytes));
        }
    }
}
