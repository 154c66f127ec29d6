//! Any bytes under any encoding and in any format: nothing panics, no more comes out than is asked for, each reading once.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mailward::message::embedded::{Unpacked, find, unpack};
use mailward::message::{Encoding, decode, is_regular, readings, regular_prefix};

const ENCODINGS: [Encoding; 8] = [
    Encoding::Identity,
    Encoding::Base64,
    Encoding::QuotedPrintable,
    Encoding::Uuencode,
    Encoding::Yenc,
    Encoding::BinHex,
    Encoding::Gzip64,
    Encoding::Utf7,
];

const TYPES: [&str; 4] = ["", "application/ms-tnef", "application/pkcs7-mime", "application/applefile"];

fuzz_target!(|input: (u16, &[u8])| {
    let (most, body) = input;
    ENCODINGS.iter().for_each(|encoding| is_read(*encoding, body));
    assert!(regular_prefix(body) <= body.len());
    let most = u64::from(most);
    is_bounded(&find(body, most), most);
    for media_type in TYPES {
        is_bounded(&unpack(media_type, &[], body, most), most);
    }
});

fn is_read(encoding: Encoding, body: &[u8]) {
    let readings = readings(encoding, body);
    assert_eq!(readings.first, decode(encoding, body));
    let others = &readings.others;
    assert!(others.len() < 8 && others.iter().map(Vec::len).sum::<usize>() <= 4 * body.len() + (1 << 20));
    assert!(others.iter().enumerate().all(|(index, other)| !other.is_empty() && **other != *readings.first && !others[..index].contains(other)));
    assert!(readings.flaw.as_ref().is_none_or(|flaw| flaw.range.start <= flaw.range.end && flaw.range.end <= body.len()));
    assert!(!is_regular(encoding, body) || (others.is_empty() && readings.flaw.is_none() && !readings.has_more));
}

fn is_bounded(unpacked: &Unpacked, most: u64) {
    assert!(unpacked.files.len() <= 1000);
    assert!(unpacked.files.iter().map(|file| file.content.len() as u64).sum::<u64>() <= most);
}
