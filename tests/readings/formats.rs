//! Containers that mail programs open though they are no MIME: TNEF, AppleSingle, CMS, OpenPGP, gzip. The fewest bytes that are one.

use crate::encode::base64_lines;

/// An attachment in TNEF (MS-OXTNEF).
pub(crate) struct Attached<'a> {
    /// attAttachTitle; empty leaves it out.
    pub(crate) title: &'a str,
    /// PR_ATTACH_LONG_FILENAME in attAttachment; empty leaves it out.
    pub(crate) long_name: &'a str,
    pub(crate) data: &'a [u8],
}

/// A TNEF stream with one attachment.
pub(crate) fn tnef(attached: &Attached<'_>) -> Vec<u8> {
    let mut stream = [&0x223e_9f78_u32.to_le_bytes()[..], &1_u16.to_le_bytes()].concat();
    stream.extend(tnef_attribute(1, 0x0008_9006, &0x0001_0000_u32.to_le_bytes()));
    // attAttachRendData opens an attachment.
    stream.extend(tnef_attribute(2, 0x0006_9002, &[1, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0]));
    if !attached.title.is_empty() {
        stream.extend(tnef_attribute(2, 0x0001_8010, &[attached.title.as_bytes(), &[0]].concat()));
    }
    stream.extend(tnef_attribute(2, 0x0006_800f, attached.data));
    if !attached.long_name.is_empty() {
        stream.extend(tnef_attribute(2, 0x0006_9005, &long_name_property(attached.long_name)));
    }
    stream
}

fn tnef_attribute(level: u8, id: u32, data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap().to_le_bytes();
    let checksum = data.iter().fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte))).to_le_bytes();
    [&[level][..], &id.to_le_bytes(), &length, data, &checksum].concat()
}

/// A list of one MAPI property: 0x3707 as a string of 8 bits.
fn long_name_property(name: &str) -> Vec<u8> {
    let mut value = [name.as_bytes(), &[0]].concat();
    let length = u32::try_from(value.len()).unwrap();
    value.resize(value.len().next_multiple_of(4), 0);
    [&1_u32.to_le_bytes()[..], &0x3707_001e_u32.to_le_bytes(), &1_u32.to_le_bytes(), &length.to_le_bytes(), &value].concat()
}

/// An AppleSingle file, or an AppleDouble header where it has no data (RFC 1740).
pub(crate) fn apple_single(magic: u32, name: &str, data: &[u8], resource: &[u8]) -> Vec<u8> {
    let entries = [(3_u32, name.as_bytes()), (1, data), (2, resource)];
    let present: Vec<_> = entries.iter().filter(|(_, content)| !content.is_empty()).collect();
    let mut offset = 26 + 12 * present.len();
    let mut head =
        [&magic.to_be_bytes()[..], &0x0002_0000_u32.to_be_bytes(), &[0; 16], &u16::try_from(present.len()).unwrap().to_be_bytes()].concat();
    for (id, content) in &present {
        for number in [*id as usize, offset, content.len()] {
            head.extend(u32::try_from(number).unwrap().to_be_bytes());
        }
        offset += content.len();
    }
    present.iter().fold(head, |file, (_, content)| [file.as_slice(), content].concat())
}

/// One element of DER (X.690).
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let bytes: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
    let head = if length < 128 {
        vec![u8::try_from(length).unwrap()]
    } else {
        [&[0x80 | u8::try_from(bytes.len()).unwrap()], bytes.as_slice()].concat()
    };
    [&[tag], head.as_slice(), content].concat()
}

/// One element of BER whose length is told by its end.
fn ber(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, 0x80], content, &[0, 0]].concat()
}

const SIGNED_DATA: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
const DATA: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
const AES: &[u8] = &[0x06, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 2];
const ENVELOPED_DATA: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 3];

/// CMS signed-data around `content`, without a signer (RFC 5652 section 5.1 allows none).
pub(crate) fn cms_signed(content: &[u8]) -> Vec<u8> {
    let inner = der(0x30, &[DATA, &der(0xa0, &der(0x04, content))].concat());
    let signed = der(0x30, &[&[2, 1, 1][..], &der(0x31, &[]), &inner, &der(0x31, &[])].concat());
    der(0x30, &[SIGNED_DATA, &der(0xa0, &signed)].concat())
}

/// The same in BER: no length is told, and the content comes in chunks of that size.
pub(crate) fn cms_signed_in_chunks(content: &[u8], size: usize) -> Vec<u8> {
    let chunks: Vec<u8> = content.chunks(size).flat_map(|chunk| der(0x04, chunk)).collect();
    let inner = ber(0x30, &[DATA, &ber(0xa0, &ber(0x24, &chunks))].concat());
    let signed = ber(0x30, &[&[2, 1, 1][..], &der(0x31, &[]), &inner, &der(0x31, &[])].concat());
    ber(0x30, &[SIGNED_DATA, &ber(0xa0, &signed)].concat())
}

/// CMS enveloped-data: nobody but the recipient can look into it.
pub(crate) fn cms_enveloped(secret: &[u8]) -> Vec<u8> {
    let inner = der(0x30, &[DATA, &der(0x30, AES), &der(0x80, secret)].concat());
    let enveloped = der(0x30, &[&[2, 1, 0][..], &der(0x31, &[]), &inner].concat());
    der(0x30, &[ENVELOPED_DATA, &der(0xa0, &enveloped)].concat())
}

/// An OpenPGP literal packet in the open, as `gpg --store` writes it (RFC 9580 section 5.9).
pub(crate) fn pgp_literal(content: &[u8]) -> Vec<u8> {
    let body = [b"b\0\0\0\0\0", content].concat();
    [&[0xcb, u8::try_from(body.len()).unwrap()], body.as_slice()].concat()
}

/// A compressed packet that is not compressed (section 5.6, algorithm 0), around another.
pub(crate) fn pgp_compressed(packet: &[u8]) -> Vec<u8> {
    let body = [&[0], packet].concat();
    [&[0xc8, u8::try_from(body.len()).unwrap()], body.as_slice()].concat()
}

/// Armour without the checksum that is optional (section 6.1).
pub(crate) fn pgp_armour(packets: &[u8]) -> String {
    format!("-----BEGIN PGP MESSAGE-----\n\n{}-----END PGP MESSAGE-----\n", base64_lines(packets))
}

/// gzip with one block that is stored (RFC 1952, RFC 1951 section 3.2.4).
pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap();
    let size = u32::from(length);
    let checksum =
        !content.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ ((crc & 1) * 0xedb8_8320)));
    let (head, block) = ([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 1], [length.to_le_bytes(), (!length).to_le_bytes()].concat());
    [&head[..], &block, content, &checksum.to_le_bytes(), &size.to_le_bytes()].concat()
}

#[test]
fn the_formats_have_the_bytes_that_other_programs_want() {
    // By Python: zlib.crc32; by OpenSSL: asn1parse, which shows the same tree for both.
    assert!(gzip(b"Hello.").ends_with(&[0xc7, 0xd1, 0x95, 0x0d, 6, 0, 0, 0]));
    assert_eq!(cms_signed(b"Hello.").len(), 2 + cms_signed(b"Hello.")[1] as usize);
    assert!(cms_signed(&[b'a'; 300]).starts_with(&[0x30, 0x82, 1]) && cms_signed_in_chunks(b"Hello.", 3).starts_with(&[0x30, 0x80]));
    let stream = tnef(&Attached { title: "a", long_name: "", data: b"Hello." });
    assert!(stream.starts_with(&[0x78, 0x9f, 0x3e, 0x22]) && stream.ends_with(b"Hello.\x22\x02"));
}
