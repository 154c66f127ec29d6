//! Builds whole messages: the notice that stands in for a message, and mails about a finding.
//!
//! Owns their header fields. A notice must never be answered by a machine (RFC 3834) nor hold a part of the original. Nothing here
//! can fail: writing goes to memory.

use super::original::mailbox;
use super::{Facts, Original, Template, hostname};
use crate::quarantine::Id;
use crate::sanitize::printable;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::date::Date;
use mail_builder::headers::raw::Raw;
use std::time::SystemTime;

/// The notice that stands in for a message: whoever reads it finds it where the original would have been.
pub fn replacement(original: &Original, template: &Template, facts: &Facts, id: Option<&Id>) -> Vec<u8> {
    let mut builder = base(template, facts, id);
    if let Some(from) = original.from() {
        builder = builder.from(from);
    }
    if let Some(to) = original.to() {
        builder = builder.to(to);
    }
    if let Some(timestamp) = original.timestamp() {
        builder = builder.date(Date::new(timestamp));
    }
    if let Some(answered) = &original.in_reply_to {
        builder = builder.in_reply_to(answered.as_str());
    }
    written(builder)
}

/// A mail, and to whom it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The envelope recipients.
    pub recipients: Vec<String>,
    /// The message.
    pub bytes: Vec<u8>,
}

/// A mail about a finding.
pub fn about(from: &str, recipients: &[String], template: &Template, facts: &Facts, id: Option<&Id>) -> Letter {
    let from = mailbox(&from.replace("{hostname}", &hostname()));
    // A header holds nothing that the envelope's addresses may not: their bytes are whoever's who sent the mail.
    let to: Vec<String> = recipients.iter().map(|address| printable(address).into_owned()).collect();
    let to: Vec<Address<'_>> = to.into_iter().map(|address| Address::new_address(None::<&str>, address)).collect();
    let mut builder = base(template, facts, id).to(Address::new_list(to));
    if let Some((name, address)) = &from {
        builder = builder.from(Address::new_address(name.as_deref(), address.as_str()));
    }
    Letter { recipients: recipients.to_vec(), bytes: written(builder) }
}

fn base<'a>(template: &Template, facts: &Facts, id: Option<&Id>) -> MessageBuilder<'a> {
    let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    let unique = id.map_or_else(|| format!("{}.{}", since.as_nanos(), std::process::id()), ToString::to_string);
    MessageBuilder::new()
        // The text is named too: of one message a recipient may get two notices, and a store keeps one of a Message-ID.
        .message_id(format!("{unique}.{}.mailward@{}", template.text().name(), hostname()))
        .header("Auto-Submitted", Raw::new("auto-generated"))
        .subject(template.subject(facts))
        .text_body(template.body(facts))
}

fn written(builder: MessageBuilder<'_>) -> Vec<u8> {
    builder.write_to_vec().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Notice;
    use crate::message::{Bounds, Message};
    use crate::notice::Text;

    #[test]
    fn the_replacement_has_the_originals_fields_and_none_of_its_body() {
        let bytes = "From: A <a@b>\nTo: c@d\nSubject: hello\nDate: Mon, 1 Jan 2024 10:00:00 +0000\nIn-Reply-To: <x@y>\n\nMZ body";
        let bounds = Bounds { nesting: 9, parts: 9, header_size: 9999, decoded_size: 9 };
        let original = Original::read(&Message::read(bytes.as_bytes(), &bounds));
        let facts = Facts::for_tests().with_mark(Some("{Virus?} "));
        let template = Template::load(&Notice::default(), Text::Replaced).unwrap();
        let text = String::from_utf8(replacement(&original, &template, &facts, None)).unwrap();
        for line in [
            "From: \"A\" <a@b>",
            "To: <c@d>",
            "Date: Mon, 1 Jan 2024 10:00:00 +0000",
            "In-Reply-To: <x@y>",
            "Auto-Submitted: auto-generated",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
        assert!(!text.contains("MZ body"));
    }

    #[test]
    fn a_mail_about_a_finding_comes_from_the_configured_mailbox() {
        let template = Template::load(&Notice::default(), Text::Admin).unwrap();
        let letter = about("Mail scanner <postmaster@{hostname}>", &["admin".into()], &template, &Facts::for_tests(), None);
        let text = String::from_utf8(letter.bytes).unwrap();
        assert!(text.contains(&format!("From: \"Mail scanner\" <postmaster@{}>", hostname())), "{text}");
        assert!(text.contains("To: <admin>"), "{text}");
    }
}
