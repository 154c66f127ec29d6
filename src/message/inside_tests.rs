use crate::message::shown::{BOUNDS, doubts, doubts_of, parts, parts_of};
use crate::message::{Bounds, Message};

/// A file of one byte more than nothing, for a text.
const UU: &str = "begin 644 a.exe\n#:&DA\n`\nend\n";
const FILE: &str = "application/octet-stream \"hi!\"";

fn base64(text: &str) -> String {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let quantum = |three: &[u8]| {
        let bits = (0..3).fold(0_usize, |bits, at| (bits << 8) | usize::from(*three.get(at).unwrap_or(&0)));
        (0..4).map(|at| if at <= three.len() { char::from(SIGNS[(bits >> (18 - 6 * at)) & 63]) } else { '=' }).collect::<String>()
    };
    let whole: String = text.as_bytes().chunks(3).map(quantum).collect();
    whole.as_bytes().chunks(76).map(|line| format!("{}\n", String::from_utf8_lossy(line))).collect()
}

#[test]
fn a_file_in_a_text_is_a_part_of_it() {
    let mixed = |body: &str| format!("Content-Type: multipart/mixed; boundary=b\n\n{body}");
    let one = "--b\n\none\n--b--\n";
    let table = [
        ("a text", format!("A: b\n\nhi\n{UU}bye\n"), format!("1 in 0: {FILE}")),
        ("any type", format!("Content-Type: image/png\n\n{UU}"), format!("1 in 0: {FILE}")),
        ("a preamble", mixed(&format!("{UU}{one}")), format!("2 in 0: {FILE}")),
        ("an epilogue", mixed(&format!("{one}{UU}")), format!("2 in 0: {FILE}")),
        ("a multipart without parts", mixed(UU), format!("1 in 0: {FILE}")),
        ("base64", format!("Content-Transfer-Encoding: base64\n\n{}", base64(UU)), format!("1 in 0: {FILE}")),
        ("base64 that is bare", format!("Content-Type: a/b\n\n{}", base64(&"hi!".repeat(30))), {
            format!("1 in 0: application/octet-stream {:?}", "hi!".repeat(30))
        }),
    ];
    for (what, text, expected) in table {
        assert_eq!(parts(&text).last(), Some(&expected), "{what}");
    }
    let file = Message::read(b"A: b\n\nbegin 644 a.exe\n#:&DA\n`\nend\n", &BOUNDS).parts()[1].clone();
    assert_eq!((file.is_cuttable(), file.content.names), (false, vec!["a.exe".to_owned()]));
}

#[test]
fn what_looks_like_text_is_text() {
    for body in ["begin with this\n", "Content is here\n", "--\nAnn\n", "-- \nContent-Language of Bob\n", "short\n"] {
        assert_eq!(parts(format!("A: b\n\n{body}")).len(), 1, "{body}");
    }
}

#[test]
fn a_mail_in_a_text_is_walked_as_if_it_were_one() {
    let mail = "From: a\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\none\n--x--\n";
    let table = [
        ("a text", format!("A: b\n\nFwd:\n\n{mail}")),
        ("an attachment", format!("Content-Type: application/octet-stream; name=a.eml\n\n{mail}")),
        ("an encoded one", format!("Content-Type: application/x-a\nContent-Transfer-Encoding: base64\n\n{}", base64(mail))),
        ("a mailbox", format!("A: b\n\nFrom a Mon\n{mail}")),
    ];
    let expected =
        ["1 in 0: message/rfc822, hidden", "2 in 1: multipart/mixed, hidden between \"x\"", "3 in 2: text/plain, hidden \"one\""];
    for (what, text) in table {
        assert_eq!(parts(text)[1..], expected, "{what}");
    }
    let parts_only = "A: b\n\ntext\n--x\nContent-Type: a/b\n\none\n--x--\n";
    assert_eq!(parts(parts_only)[1..], ["1 in 0: multipart/mixed, hidden between \"x\"", "2 in 1: a/b, hidden \"one\""]);
}

#[test]
fn a_signed_content_and_a_winmail_dat_hold_parts() {
    let entity = b"Content-Type: a/b\n\nhi";
    let nest = |tag: u8, content: Vec<u8>| [vec![tag, u8::try_from(content.len()).unwrap()], content].concat();
    let oid = |last: u8| [b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07".as_slice(), &[last]].concat();
    let inner = nest(0x30, [oid(1), nest(0xa0, nest(0x04, entity.to_vec()))].concat());
    let signed = nest(0x30, [b"\x02\x01\x01\x31\x00".to_vec(), inner].concat());
    let cms = nest(0x30, [oid(2), nest(0xa0, signed)].concat());
    let text = [b"Content-Type: application/pkcs7-mime\n\n".to_vec(), cms].concat();
    let told = parts(&text);
    assert!(told.len() == 3 && told[1..] == ["1 in 0: message/rfc822", "2 in 1: a/b \"hi\""], "{told:#?}");

    let attribute = |level: u8, id: u32, data: &[u8]| {
        let sum = data.iter().fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte)));
        let length = u32::try_from(data.len()).unwrap();
        [&[level][..], &id.to_le_bytes(), &length.to_le_bytes(), data, &sum.to_le_bytes()].concat()
    };
    let file = [attribute(2, 0x0006_9002, &[0; 14]), attribute(2, 0x0001_8010, b"a.exe\0"), attribute(2, 0x0006_800f, b"hi!")].concat();
    let tnef = [&0x223e_9f78_u32.to_le_bytes()[..], &[1, 0], &file].concat();
    let text = [b"Content-Type: application/x-a; name=b\n\n".to_vec(), tnef].concat();
    let message = Message::read(&text, &BOUNDS);
    assert_eq!(parts_of(&message)[1..], [format!("1 in 0: {FILE}")]);
    assert_eq!(message.parts()[1].content.names, ["a.exe"]);
}

#[test]
fn what_is_declared_to_be_a_package_and_is_none_is_doubtful() {
    assert_eq!(doubts("Content-Type: application/ms-tnef\n\nx"), ["Hard Package of 0"]);
    assert_eq!(doubts("Content-Type: a/b; name=WINMAIL.DAT\n\nx"), ["Hard Package of 0"]);
    assert_eq!(doubts("Content-Type: application/ms-tnef\n\n"), [""; 0]);
    // In a text nobody has declared it.
    assert_eq!(doubts("A: b\n\n(This file must be converted with BinHex 4.0)\n\n:x\n"), ["Soft Package of 0"]);
}

#[test]
fn doubts_about_what_is_hidden_are_soft_and_about_what_is_declared_hard() {
    let entity = "Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\nContent-Type: a/b\n\naGVsbG8h\n";
    let grades = |text: &str| doubts(text).iter().map(|doubt| doubt.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>();
    let declared = grades(&format!("Content-Type: message/rfc822\n\n{entity}"));
    assert_eq!(declared, ["Hard"]);
    let hidden = grades(&format!("A: b\n\ntext\n\n{entity}"));
    assert!(!hidden.is_empty() && hidden.iter().all(|grade| grade == "Soft"), "{hidden:?}");
}

#[test]
fn what_is_hidden_obeys_the_limits_of_depth_and_count() {
    let mail = "A: b\n\ntext\n\nContent-Type: a/b\n\nhi";
    let limited = |text: &str, bounds: Bounds| {
        let message = Message::read(text.as_bytes(), &bounds);
        (message.parts().len(), doubts_of(&message))
    };
    assert_eq!(limited(mail, Bounds { parts: 1, ..BOUNDS }), (1, vec!["limits.parts of 0".to_owned()]));
    assert_eq!(limited(mail, Bounds { nesting: 0, ..BOUNDS }), (1, vec!["limits.nesting of 0".to_owned()]));
    let files = format!("A: b\n\n{}", UU.repeat(9));
    assert_eq!(limited(&files, Bounds { parts: 4, ..BOUNDS }), (4, vec!["limits.parts of 0".to_owned()]));
    let nested = format!("A: b\n\n{}", "text\n\nContent-Type: text/plain\n\n".repeat(200));
    let (count, told) = limited(&nested, Bounds { nesting: 8, ..BOUNDS });
    assert!(count < 100 && told.contains(&"Soft Readings of 8".to_owned()), "{count} {told:?}");
}
