//! Encoded bodies of wanted mail are as the RFCs have them: whoever looks for irregular ones must not find them there.

use crate::collection::messages;
use mailward::message::{Bounds, Message, is_regular, readings};

const BOUNDS: Bounds = Bounds { nesting: 64, parts: 1000, header_size: 1 << 18, decoded_size: 1 << 28 };

/// One newsletter of 2002 underlines its headings with `=` that nobody encoded.
const KNOWN: usize = 1;

#[test]
fn encoded_bodies_of_wanted_mail_are_regular() {
    let mut irregular = Vec::new();
    for sample in messages().iter().filter(|sample| sample.name.starts_with("spamassassin-public/ham")) {
        let bytes = sample.bytes();
        let message = Message::read(&bytes, &BOUNDS);
        let leaves = message.parts().iter().filter(|part| message.is_declared(part) && !part.content.is_container());
        for part in leaves.filter(|part| !is_regular(part.content.encoding, message.body(part))) {
            irregular.push((sample.name.clone(), readings(part.content.encoding, message.body(part)).flaw));
        }
    }
    assert!(irregular.len() <= KNOWN, "{irregular:#?}");
}
