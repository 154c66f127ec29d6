//! mail-parser, with every message inside another.

use crate::extract::Extract;
use mail_parser::parsers::MessageStream;
use mail_parser::{Encoding, Message, MessageParser, MessagePart, MimeHeaders, PartType};

pub(crate) fn extract(bytes: &[u8]) -> Extract {
    let mut all = Extract::default();
    let Some(message) = MessageParser::default().parse(bytes) else { return all };
    let mut messages = vec![&message];
    while let Some(message) = messages.pop() {
        for part in &message.parts {
            all.names.extend(part.attachment_name().map(str::to_owned));
            match &part.body {
                PartType::Message(inner) => messages.push(inner),
                PartType::Multipart(_) => {}
                PartType::Text(text) | PartType::Html(text) => all.contents.push(forms(message, part, text.as_bytes())),
                PartType::Binary(bytes) | PartType::InlineBinary(bytes) => all.contents.push(vec![bytes.to_vec()]),
            }
        }
    }
    all
}

/// Of a text it gives the characters: the bytes under the charset are what it decoded before.
fn forms(message: &Message<'_>, part: &MessagePart<'_>, text: &[u8]) -> Vec<Vec<u8>> {
    let body = message.raw_message.get(part.offset_body as usize..part.offset_end as usize).unwrap_or_default();
    let decoded = match part.encoding {
        Encoding::None => body.to_vec(),
        Encoding::Base64 => MessageStream::new(body).decode_base64_mime(b"").1.into_owned(),
        Encoding::QuotedPrintable => MessageStream::new(body).decode_quoted_printable_mime(b"").1.into_owned(),
    };
    // Where it decodes nothing it has no such form, and nothing would excuse all.
    std::iter::once(text.to_vec()).chain(Some(decoded).filter(|decoded| !decoded.is_empty())).collect()
}
