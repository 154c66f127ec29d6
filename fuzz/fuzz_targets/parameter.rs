//! Any values of the MIME fields, alone and twice: what holds of a message holds, and no name comes twice or from nowhere.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mailward::message::Message;

#[path = "../invariant.rs"]
mod invariant;

fuzz_target!(|input: (&[u8], &[u8], &[u8], &[u8])| {
    let (media_type, encoding, disposition, body) = input;
    let fields = [
        b"Content-Type: ".as_slice(),
        media_type,
        b"\nContent-Transfer-Encoding: ",
        encoding,
        b"\nContent-Disposition: ",
        disposition,
        b"\n\n",
        body,
    ];
    let bytes = fields.concat();
    invariant::holds_for(&bytes);
    for part in Message::read(&bytes, &invariant::BOUNDS).parts() {
        let names = &part.content.names;
        assert!(part.content.proper_names <= names.len());
        assert!(names.iter().enumerate().all(|(index, name)| !names[..index].contains(name)));
    }
});
