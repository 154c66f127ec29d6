use super::*;
use crate::message::decode::{binhex, uuencode, yenc};

const MOST: u64 = 1_000_000;
const FILE: &[u8] = b"MZ\x90\0 what a file of some length holds, \x0d\x0a so that it takes two lines";

fn names(file: &Embedded) -> Vec<&str> {
    file.names.iter().map(String::as_str).collect()
}

fn unpacked(content: &[u8]) -> Unpacked {
    unpack("application/octet-stream", &[], content, MOST)
}

#[test]
fn every_file_in_a_text_is_found() {
    let uu = |zero| format!("begin 644 a.exe\n{}", uuencode::encoded(FILE, zero));
    let yenc = |first: &str| [first.as_bytes(), b" name=a.exe\r\n", &yenc::encoded(FILE), b"=yend size=1\r\n"].concat();
    let base64 = b"TVqQACB3aGF0IGEgZmlsZSBvZiBzb21lIGxlbmd0aCBob2xkcywgDQogc28gdGhhdCBpdCB0YWtl\ncyB0d28gbGluZXM=\n";
    let table: [(&str, Vec<u8>, &str, &[&str]); 9] = [
        ("E088 in a text", format!("Hello,\n\n{}`\nend\nBye\n", uu(b'`')).into(), "uuencode", &["a.exe"]),
        ("E088 spaces", format!("{} \nend\n", uu(b' ')).into(), "uuencode", &["a.exe"]),
        ("E088 no end", uu(b'`').into(), "uuencode", &["a.exe"]),
        ("E088 more blanks", format!("\r\n{}", uu(b'`').replace("begin 644", "begin  644 ")).into(), "uuencode", &["a.exe"]),
        ("E070 base64", [b"begin-base64 644 a.exe\n", &base64[..], b"====\n"].concat(), "uuencode", &["a.exe"]),
        ("E089", yenc("text\r\n=ybegin line=128 size=9"), "yenc", &["a.exe"]),
        ("E089 a part", yenc("=ybegin part=1 total=1 line=128 size=9"), "yenc", &["a.exe"]),
        ("E090", format!("text\n{}", binhex::encoded("a.exe", FILE, b"")).into(), "binhex", &["a.exe"]),
        ("E098", base64.to_vec(), "base64", &[]),
    ];
    for (row, body, kind, expected) in table {
        let found = find(&body, MOST);
        let [file] = &*found.files else { panic!("{row}: {found:?}") };
        let has_no_end = matches!(row, "E088 no end" | "E088 more blanks");
        let stop = has_no_end.then_some(Stop::Broken);
        assert_eq!((names(file), file.kind, &*file.content, found.stop), (expected.to_vec(), kind, FILE, stop), "{row}");
    }
}

#[test]
fn a_text_without_files_has_none() {
    let table: [&[u8]; 7] = [
        b"",
        b"Hello,\nbegin with this\n",
        b"short\n",
        b"ABCD\nEFGH\n",
        b"(This file must be converted with BinHex 4.0)\nbut is not here\n",
        b"A sentence that is long enough, with blanks in it, to be no base64.\n",
        b"-----BEGIN PGP MESSAGE-----\n\nTVqQACB3aGF0IGEgZmlsZSBvZiBzb21lIGxlbmd0aCBob2xkcywgDQogc28gdGhhdCBpdCB0YWtl\n",
    ];
    for body in table {
        assert_eq!(find(body, MOST).files, [], "{}", body.escape_ascii());
    }
}

#[test]
fn several_files_of_several_kinds_come_out() {
    let uu = format!("begin 644 a\n{}end\nbegin 644 b\n{}end\n", uuencode::encoded(b"1", b'`'), uuencode::encoded(b"2", b'`'));
    let body = format!("{uu}=ybegin line=1 size=1 name=c\n]\n=yend\n{}", binhex::encoded("d", b"4", b"5"));
    let found = find(body.as_bytes(), MOST);
    let files: Vec<(&str, &[u8])> = found.files.iter().map(|file| (&*file.names[0], &*file.content)).collect();
    assert_eq!(files, [("a", &b"1"[..]), ("b", b"2"), ("c", b"3"), ("d", b"4"), ("d", b"5")]);
}

#[test]
fn no_more_comes_out_than_is_asked_for() {
    let many = format!("begin 644 a\n{}", uuencode::encoded(b"abc", b'`')).repeat(100_000);
    for (most, files) in [(MOST, MOST_FILES), (7, 3), (0, 0)] {
        let found = find(many.as_bytes(), most);
        let size: usize = found.files.iter().map(|file| file.content.len()).sum();
        assert_eq!((found.files.len(), found.stop), (files, Some(Stop::TooMuch)), "{most}");
        assert!(size as u64 <= most);
    }
}

#[test]
fn lines_that_begin_nothing_do_not_add_up() {
    let table: [(&[u8], usize); 6] = [
        (b"begin 644 a\n", 0),
        (b"begin 644 a\r", 0),
        (b"begin-base64 644 a\n", MOST_FILES),
        (b"=ybegin line=1 size=1 name=a\r", 1),
        (b"(This file must be converted with BinHex 4.0)\n", 0),
        (b"(This file must be converted with BinHex 4.0)\n:\n", 0),
    ];
    for (line, files) in table {
        assert_eq!(find(&line.repeat(100_000), MOST).files.len(), files, "{}", line.escape_ascii());
    }
}

fn tnef(attributes: &[(u8, u32, &[u8])]) -> Vec<u8> {
    let mut out = b"\x78\x9f\x3e\x22\x01\0".to_vec();
    for (level, identifier, value) in attributes {
        out.push(*level);
        out.extend(identifier.to_le_bytes());
        out.extend((value.len() as u32).to_le_bytes());
        out.extend([value, &b"cc"[..]].concat());
    }
    out
}

fn property(kind: u16, id: u16, value: &[u8]) -> Vec<u8> {
    let mut out = [kind.to_le_bytes(), id.to_le_bytes()].concat();
    if id >= 0x8000 {
        out.extend([&[7; 16][..], &1u32.to_le_bytes(), &6u32.to_le_bytes(), b"a\0b\0\0\0\0\0"].concat());
    }
    match kind {
        2 | 3 => out.extend([value, &[0; 2][..]].concat().iter().take(4)),
        0x1003 => out.extend([&2u32.to_le_bytes()[..], value].concat()),
        _ => {
            out.extend([1u32.to_le_bytes(), (value.len() as u32).to_le_bytes()].concat());
            out.extend_from_slice(value);
            out.resize(out.len().next_multiple_of(4), 0);
        }
    }
    out
}

fn list(properties: &[Vec<u8>]) -> Vec<u8> {
    [(properties.len() as u32).to_le_bytes().to_vec(), properties.concat()].concat()
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

const TITLE: u32 = 0x0001_8010;
const DATA: u32 = 0x0006_800f;
const START: u32 = 0x0006_9002;
const PROPERTIES: u32 = 0x0006_9005;
const MESSAGE_PROPERTIES: u32 = 0x0006_9003;

#[test]
fn an_attachment_of_tnef_has_all_its_names() {
    let properties = list(&[
        property(3, 0x0e20, b"\0\0\0\0"),
        property(2, 0x3705, b"\x01\0"),
        property(0x1003, 0x0001, &[0; 8]),
        property(0x1f, 0x8001, &wide("named")),
        property(0x1e, 0x3704, b"LONGNA~1.EXE\0"),
        property(0x1f, 0x3707, &wide("long n\u{e4}me.exe\0")),
    ]);
    let first: [(u8, u32, &[u8]); 4] = [(2, START, &[0; 14]), (2, TITLE, b"harmless.txt\0"), (2, DATA, FILE), (2, PROPERTIES, &properties)];
    let second: [(u8, u32, &[u8]); 3] = [(2, START, &[0; 14]), (2, DATA, b"behind its data"), (2, TITLE, b"b.bin\0")];
    let found = unpacked(&[tnef(&[&first[..], &second[..]].concat()), b"\r\n".to_vec()].concat());
    assert_eq!(found.stop, None);
    assert_eq!(
        found.files.iter().map(names).collect::<Vec<_>>(),
        [vec!["harmless.txt", "LONGNA~1.EXE", "long n\u{e4}me.exe"], vec!["b.bin"]]
    );
    assert_eq!(found.files.iter().map(|file| &*file.content).collect::<Vec<_>>(), [FILE, b"behind its data"]);
}

#[test]
fn bodies_and_messages_come_out_of_tnef() {
    let rtf = [&[0; 8], &b"MELA\0\0\0\0{\\rtf1}"[..]].concat();
    let bodies = list(&[property(0x1e, 0x1000, b"text\0"), property(0x102, 0x1013, b"<p>"), property(0x102, 0x1009, &rtf)]);
    let inner = tnef(&[(1, 0x0002_800c, b"inner")]);
    let message = [&b"\x07\x03\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"[..], &inner].concat();
    let object = list(&[property(0x0d, 0x3701, &message), property(0x1e, 0x3001, b"Fwd\0")]);
    let found = unpacked(&tnef(&[(1, MESSAGE_PROPERTIES, &bodies), (2, START, b""), (2, PROPERTIES, &object)]));
    let files: Vec<(&str, &[u8])> = found.files.iter().map(|file| (file.media_type, &*file.content)).collect();
    let expected = [("text/plain", &b"text"[..]), ("text/html", b"<p>"), ("application/rtf", b"{\\rtf1}"), ("application/ms-tnef", &inner)];
    assert_eq!((files, found.stop), (expected.to_vec(), None));
}

#[test]
fn damaged_tnef_gives_what_is_there_and_says_so() {
    let whole = tnef(&[(2, TITLE, b"a.exe\0"), (2, DATA, FILE)]);
    let lying = list(&[[&property(0x1e, 0x3707, b"a.exe")[..8], &[0xff; 4][..], b"a.exe"].concat()]);
    let table: [(&str, Vec<u8>, usize); 6] = [
        ("cut off", whole[..whole.len() - 20].to_vec(), 1),
        ("junk behind", [&whole[..], b"junk"].concat(), 1),
        ("a lying length", tnef(&[(2, PROPERTIES, &lying)]), 1),
        ("a lying count", tnef(&[(2, PROPERTIES, b"\xff\xff\xff\xff")]), 0),
        ("an attribute of four gigabytes", b"\x78\x9f\x3e\x22\x01\0\x02\x0f\x80\x06\0\xff\xff\xff\xffabc".to_vec(), 1),
        ("packed RTF that is none", tnef(&[(1, MESSAGE_PROPERTIES, &list(&[property(0x102, 0x1009, b"none")]))]), 0),
    ];
    for (row, content, files) in table {
        let found = unpacked(&content);
        assert_eq!((found.files.len(), found.stop), (files, Some(Stop::Broken)), "{row} {found:?}");
    }
}

#[test]
fn what_is_declared_and_is_not_there_is_said() {
    type Names<'a> = &'a [&'a str];
    let table: [(&str, Names<'_>, &[u8], Option<Stop>); 7] = [
        ("application/ms-tnef", &[], b"no TNEF", Some(Stop::Broken)),
        ("application/octet-stream", &["WinMail.dat"], b"no TNEF", Some(Stop::Broken)),
        ("application/applefile", &[], b"no file", Some(Stop::Broken)),
        ("application/ms-tnef", &[], b"", None),
        ("application/octet-stream", &["a.dat"], b"no TNEF", None),
        // Encrypted mail has the same type.
        ("application/pkcs7-mime", &[], b"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03", None),
        ("text/plain", &[], b"0", None),
    ];
    for (media_type, names, content, stop) in table {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        assert_eq!(unpack(media_type, &names, content, MOST).stop, stop, "{media_type} {names:?}");
    }
}

fn apple(magic: u8, entries: &[(u32, &[u8])]) -> Vec<u8> {
    let mut out = [&[0, 5, 0x16, magic, 0, 2, 0, 0][..], &[0; 16], &(entries.len() as u16).to_be_bytes()].concat();
    let mut offset = out.len() + 12 * entries.len();
    for (id, bytes) in entries {
        out.extend([*id, offset as u32, bytes.len() as u32].iter().flat_map(|number| number.to_be_bytes()));
        offset += bytes.len();
    }
    entries.iter().for_each(|(_, bytes)| out.extend_from_slice(bytes));
    out
}

#[test]
fn forks_and_names_of_a_macintosh_come_out() {
    type Contents<'a> = &'a [&'a [u8]];
    type Entries<'a> = &'a [(u32, &'a [u8])];
    let table: [(u8, Entries<'_>, Contents<'_>); 4] = [
        (0, &[(3, b"a.exe"), (1, FILE)], &[FILE]),
        (0, &[(1, FILE), (9, b"finder"), (2, b"resources"), (3, b"a.exe")], &[FILE, b"resources"]),
        (7, &[(2, b"resources"), (3, b"a.exe")], &[b"resources"]),
        (7, &[(3, b"a.exe")], &[b""]),
    ];
    for (magic, entries, expected) in table {
        let found = unpacked(&apple(magic, entries));
        assert_eq!(found.files.iter().map(|file| &*file.content).collect::<Vec<_>>(), expected, "{entries:?}");
        assert!(found.files.iter().all(|file| names(file) == ["a.exe"]) && found.stop.is_none(), "{found:?}");
    }
}

#[test]
fn a_macintosh_file_that_lies_is_said_to_be_broken() {
    let whole = apple(0, &[(1, FILE), (3, b"a.exe")]);
    let entries = [&[0, 5, 0x16, 0, 0, 2, 0, 0][..], &[0; 16], &[0xff; 2], &[0; 100]].concat();
    for content in [&whole[..whole.len() - 1], &whole[..30], &entries] {
        assert_eq!(unpacked(content).stop, Some(Stop::Broken), "{}", content.escape_ascii());
    }
}

fn der(tag: u8, content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    let [high, low] = (content.len() as u16).to_be_bytes();
    let front = if content.len() < 128 { vec![tag, low] } else { vec![tag, 0x82, high, low] };
    [front, content].concat()
}

fn ber(tag: u8, content: &[&[u8]]) -> Vec<u8> {
    [&[tag, 0x80], &*content.concat(), &[0, 0]].concat()
}

type Element = fn(u8, &[&[u8]]) -> Vec<u8>;

const SIGNED: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
const COMPRESSED: &[u8] = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09";
const PLAIN: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";

/// CMS with the octets in it, if any, and certificates behind them.
fn cms(element: Element, kind: &[u8], octets: &[&[u8]]) -> Vec<u8> {
    let algorithms = element(0x31, &[&element(0x30, &[b"\x06\x01\x2a", b"\x05\x00"])]);
    let inner = if octets.is_empty() { Vec::new() } else { element(0xa0, octets) };
    let content = element(0x30, &[PLAIN, &inner]);
    let data = element(0x30, &[b"\x02\x01\x01", &algorithms, &content, &element(0xa0, &[b"\x30\x00"])]);
    element(0x30, &[kind, &element(0xa0, &[&data])])
}

const ENTITY: &[u8] = b"Content-Type: text/plain\r\n\r\nThe text that is signed here is longer than a length of one byte, or so it was meant to be, and is.\r\n";

#[test]
fn the_entity_in_a_signature_comes_out() {
    let (first, rest) = ENTITY.split_at(40);
    let pieces = [der(4, &[first]), der(4, &[rest])].concat();
    let nested = [ber(0x24, &[&der(4, &[first])]), der(0x24, &[&der(4, &[rest])])].concat();
    let stored = [b"\x78\x01\x01", &(ENTITY.len() as u16).to_le_bytes()[..], &(!(ENTITY.len() as u16)).to_le_bytes(), ENTITY].concat();
    let table = [
        ("DER", cms(der, SIGNED, &[&der(4, &[ENTITY])])),
        ("BER", cms(ber, SIGNED, &[&der(4, &[ENTITY])])),
        ("BER in pieces", cms(ber, SIGNED, &[&ber(0x24, &[&pieces])])),
        ("DER in pieces", cms(der, SIGNED, &[&der(0x24, &[&pieces])])),
        ("pieces in pieces", cms(ber, SIGNED, &[&ber(0x24, &[&nested])])),
    ];
    for (row, content) in table {
        let found = unpacked(&content);
        let [file] = &*found.files else { panic!("{row}: {found:?}") };
        assert_eq!((file.media_type, &*file.content, found.stop), ("message/rfc822", ENTITY, None), "{row}");
    }
    // The checksum of zlib is missing, so that it is not whole: the content is, all the same.
    let found = unpacked(&cms(der, COMPRESSED, &[&der(4, &[&stored])]));
    assert_eq!((&*found.files[0].content, found.files[0].kind), (ENTITY, "compressed-data"));
}

#[test]
fn a_signature_of_something_else_holds_nothing() {
    for element in [der as Element, ber] {
        assert_eq!(unpacked(&cms(element, SIGNED, &[])), Unpacked::new(MOST));
    }
}

#[test]
fn a_signature_without_its_transfer_encoding_is_decoded() {
    let body = b"MDMGCSqGSIb3DQEHAqAmMCQCAQExCzAJBgUrDgMCGgUAMBIGCSqGSIb3DQEHAaAFBANhYmM=\n";
    let found = unpack("application/pkcs7-mime", &[], body, MOST);
    assert_eq!(found.files.iter().map(|file| &*file.content).collect::<Vec<_>>(), [b"abc"]);
}

#[test]
fn a_damaged_signature_gives_what_is_there_and_says_so() {
    let (plain, pieces) = (cms(der, SIGNED, &[&der(4, &[ENTITY])]), cms(ber, SIGNED, &[&ber(0x24, &[&der(4, &[ENTITY])])]));
    for whole in [plain, pieces] {
        let cut = unpacked(&whole[..whole.len() - 20]);
        assert_eq!((cut.files.len(), cut.stop), (1, Some(Stop::Broken)));
        let shorter = unpacked(&whole[..35]);
        assert_eq!((shorter.files.len(), shorter.stop), (0, Some(Stop::Broken)));
    }
    let deep = [&[0x30, 0x80], SIGNED, &[0xa0, 0x80, 0x30, 0x80], &[0x30, 0x80].repeat(100_000)].concat();
    assert_eq!(unpacked(&deep).stop, Some(Stop::Broken));
}

#[test]
fn any_bytes_behind_a_right_start_are_survived() {
    let whole =
        [tnef(&[(2, TITLE, b"a"), (2, PROPERTIES, &list(&[property(0x1e, 0x3707, b"b")]))]), apple(0, &[(1, FILE)]), cms(ber, SIGNED, &[])];
    for content in whole {
        for at in 6..content.len() {
            for byte in [0, 1, 0x7f, 0x80, 0xff] {
                let mut content = content.clone();
                content[at] = byte;
                let size: usize = unpack("", &[], &content, 100).files.iter().map(|file| file.content.len()).sum();
                assert!(size <= 100);
            }
        }
    }
}
