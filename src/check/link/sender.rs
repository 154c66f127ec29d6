//! Who a message says that it is from.
//!
//! Owns reading the fields From, Reply-To and Subject with mail-parser. It must never read more of a header than people see. Nothing here
//! can fail; what cannot be read is empty.

use crate::message::Message;
use mail_parser::{Address, MessageParser};

/// Most bytes of a header that are read: mail-parser takes a time that grows with the square of a field.
const LONGEST_HEADER: usize = 32 << 10;

/// Most addresses of a field.
const MOST: usize = 20;

/// What people see of the sender.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sender {
    /// The names, and what stands in their place.
    pub(super) names: Vec<String>,
    /// The address that counts.
    pub(super) address: String,
    /// The host of it.
    pub(super) domain: String,
    /// The hosts that answers go to.
    pub(super) replies: Vec<String>,
    /// What it is about.
    pub(super) subject: String,
}

impl Sender {
    /// Reads the header of `message`.
    pub(super) fn read(message: &Message<'_>) -> Self {
        let header = message.parts().first().map(|root| message.header(root)).unwrap_or_default();
        let parser = MessageParser::new().with_minimal_headers().default_header_ignore();
        let parser = parser.header_address(mail_parser::HeaderName::ReplyTo);
        let Some(parsed) = parser.parse_headers(header.get(..LONGEST_HEADER).unwrap_or(header)) else { return Self::default() };
        let mailboxes = mailboxes(parsed.from());
        let address = mailboxes.iter().rev().find_map(|(_, address)| address.contains('@').then(|| address.clone())).unwrap_or_default();
        let replies = mailboxes_hosts(parsed.reply_to());
        Self {
            names: mailboxes
                .into_iter()
                .flat_map(|(name, other)| [name, if other.contains('@') { String::new() } else { other }])
                .filter(|name| !name.is_empty())
                .collect(),
            domain: host_of(&address).to_owned(),
            address,
            replies,
            subject: parsed.subject().unwrap_or_default().to_owned(),
        }
    }
}

fn mailboxes_hosts(field: Option<&Address<'_>>) -> Vec<String> {
    let hosts = mailboxes(field).into_iter().map(|(_, address)| host_of(&address).to_owned());
    hosts.filter(|host| !host.is_empty()).collect()
}

/// Name and address of each.
fn mailboxes(field: Option<&Address<'_>>) -> Vec<(String, String)> {
    let list = field.into_iter().flat_map(Address::iter).take(MOST);
    let text = |text: Option<&str>| text.unwrap_or_default().trim().to_owned();
    list.map(|one| (text(one.name()), text(one.address()).to_lowercase())).collect()
}

/// The host of an address.
pub(super) fn host_of(address: &str) -> &str {
    let host = address.rsplit_once('@').map_or("", |(_, host)| host);
    host.trim_matches(|c: char| c.is_whitespace() || c == '>' || c == '<' || c == '.')
}
