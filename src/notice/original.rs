//! What a notice says of the message that it is about: the fields that a reader sorts and threads by.
//!
//! Owns reading them out of the header with mail-parser. It must never hand on a byte that could begin a new field: every text is
//! made harmless here, once. Nothing here can fail; a field that cannot be read is left out.

use crate::message::Message;
use crate::sanitize::{printable, readable};
use mail_builder::headers::address::Address;
use mail_parser::{DateTime, HeaderName, HeaderValue, MessageParser};

/// Most addresses that are taken over from one field.
const MOST_ADDRESSES: usize = 50;

/// Most bytes of a header that are read for a notice: mail-parser takes a time that grows with the square of a field.
const LONGEST_HEADER: usize = 32 << 10;

/// Name and address.
type Mailbox = (Option<String>, String);

/// What is known of the original.
#[derive(Clone, Debug, Default)]
pub struct Original {
    from: Vec<Mailbox>,
    to: Vec<Mailbox>,
    /// Its subject, decoded.
    pub subject: String,
    date: Option<DateTime>,
    /// The message that it answers.
    pub in_reply_to: Option<String>,
}

impl Original {
    /// Reads the header of `message`.
    pub fn read(message: &Message<'_>) -> Self {
        let header = message.parts().first().and_then(|root| message.bytes().get(root.header.clone())).unwrap_or_default();
        Self::parse(header.get(..LONGEST_HEADER).unwrap_or(header))
    }

    fn parse(header: &[u8]) -> Self {
        let parser = MessageParser::new().with_minimal_headers().header_id(HeaderName::InReplyTo).default_header_ignore();
        let Some(parsed) = parser.parse_headers(header) else { return Self::default() };
        Self {
            from: mailboxes(parsed.from()),
            to: mailboxes(parsed.to()),
            subject: readable(parsed.subject().unwrap_or_default()),
            date: parsed.date().cloned().filter(DateTime::is_valid),
            in_reply_to: first_text(parsed.in_reply_to()),
        }
    }

    /// Who wrote it, to be shown.
    pub fn from_text(&self) -> String {
        as_text(&self.from)
    }

    /// To whom, to be shown.
    pub fn to_text(&self) -> String {
        as_text(&self.to)
    }

    /// When, to be shown.
    pub fn date_text(&self) -> String {
        self.date.as_ref().map_or_else(|| "-".to_owned(), DateTime::to_rfc822)
    }

    /// Who wrote it, to be written into a header.
    pub fn from(&self) -> Option<Address<'_>> {
        as_address(&self.from)
    }

    /// To whom, to be written into a header.
    pub fn to(&self) -> Option<Address<'_>> {
        as_address(&self.to)
    }

    /// When, in seconds since 1970.
    pub fn timestamp(&self) -> Option<i64> {
        self.date.as_ref().map(DateTime::to_timestamp)
    }
}

/// The mailboxes of a configured field such as `notice.from`.
pub(super) fn mailbox(text: &str) -> Option<(Option<String>, String)> {
    Original::parse(format!("From: {}\n\n", readable(text)).as_bytes()).from.into_iter().next()
}

fn mailboxes(field: Option<&mail_parser::Address<'_>>) -> Vec<Mailbox> {
    let list = field.into_iter().flat_map(mail_parser::Address::iter).take(MOST_ADDRESSES);
    list.filter_map(|mailbox| {
        let address = printable(mailbox.address.as_deref()?).replace(['<', '>', ' ', '"', ','], "");
        Some((mailbox.name.as_deref().map(readable), address))
    })
    .collect()
}

fn first_text(value: &HeaderValue<'_>) -> Option<String> {
    value.as_text().map(|text| printable(text).replace(['<', '>', ' '], "")).filter(|text| !text.is_empty())
}

fn as_text(mailboxes: &[Mailbox]) -> String {
    let one = |(name, address): &Mailbox| name.as_ref().map_or_else(|| address.clone(), |name| format!("{name} <{address}>"));
    mailboxes.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn as_address(mailboxes: &[Mailbox]) -> Option<Address<'_>> {
    let list: Vec<Address<'_>> = mailboxes.iter().map(|(name, address)| Address::new_address(name.as_deref(), address.as_str())).collect();
    (!list.is_empty()).then(|| Address::new_list(list))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_decoded_and_made_harmless() {
        let header = b"From: =?utf-8?Q?A=0D=0AX-Evil:_b?= <a@b>\nTo: c@d, \"E, F\" <e@f>\nSubject: =?utf-8?Q?=C3=B1=0Ax?=\nDate: Mon, 1 Jan 2024 10:00:00 +0000\nIn-Reply-To: <x@y>\n\n";
        let original = Original::parse(header);
        assert_eq!(original.from_text(), "A??X-Evil: b <a@b>");
        assert_eq!(original.to_text(), "c@d, E, F <e@f>");
        assert_eq!(original.subject, "ñ?x");
        assert_eq!(original.timestamp(), Some(1_704_103_200));
        assert_eq!(original.in_reply_to.as_deref(), Some("x@y"));
    }

    #[test]
    fn a_header_without_them_leaves_them_out() {
        let original = Original::parse(b"A: b\n\n");
        assert!(original.from().is_none() && original.to().is_none() && original.timestamp().is_none());
    }
}
