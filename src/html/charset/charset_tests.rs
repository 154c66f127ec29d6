use super::*;
use proptest::prelude::*;

const TAG: &str = "<b>x</b>";

fn wide_text(text: &str, unit: impl Fn(char) -> Vec<u8>) -> Vec<u8> {
    text.chars().flat_map(unit).collect()
}

fn little_16(text: &str) -> Vec<u8> {
    wide_text(text, |one| vec![one as u8, 0])
}

fn big_16(text: &str) -> Vec<u8> {
    wide_text(text, |one| vec![0, one as u8])
}

fn big_32(text: &str) -> Vec<u8> {
    wide_text(text, |one| u32::from(one).to_be_bytes().to_vec())
}

#[test]
fn a_page_that_every_reader_reads_as_ascii_keeps_its_bytes() {
    let table: [(&[u8], Option<&str>); 18] = [
        (b"", None),
        (b"<b>x</b>", None),
        (b"<b>caf\xe9</b>", None),
        (b"<b>caf\xe9</b>", Some("iso-8859-1")),
        ("<b>caf\u{e9}</b>".as_bytes(), Some("UTF-8")),
        (b"\xef\xbb\xbf<b>", Some("utf-16")),
        (b"<b>caf\xe9</b>", Some("\"utf-8\"")),
        (b"<b>\x83\x5c\x95\x5c</b>", Some("Shift_JIS")),
        (b"<b>\xb4\xfa</b>", Some("big5")),
        (b"<b>\xc4\xe3</b>", Some("gb2312")),
        (b"<b>\x81\x30\x81\x30</b>", Some("gb18030")),
        (b"<b>x</b>", Some("iso-2022-jp")),
        (b"<b>x</b>", Some("utf-7")),
        (b"<b>x</b>", Some("utf-16")),
        (b"<meta content='text/html; charset=unicode' http-equiv=Content-Type>caf\xc3\xa9", None),
        (b"<meta charset=utf-7><b>x</b>", Some("utf-8")),
        (b"<a href='?a+b+c'>1 + 1</a>", None),
        (b"<b>~ +AD4-</b>", Some("us-ascii")),
    ];
    for (body, declared) in table {
        let expected = Page { bytes: Cow::Borrowed(body), is_converted: false, what: None };
        assert_eq!(read(body, declared), expected, "{declared:?} {}", String::from_utf8_lossy(body));
    }
}

#[test]
fn a_page_whose_tags_are_hidden_becomes_utf_8() {
    let marked = |mark: &[u8], text: Vec<u8>| [mark, &text].concat();
    let table: [(Vec<u8>, Option<&str>, &str); 15] = [
        (marked(b"\xff\xfe", little_16(TAG)), Some("us-ascii"), "UTF-16 by its byte order mark"),
        (marked(b"\xfe\xff", big_16(TAG)), Some("utf-8"), "UTF-16 by its byte order mark"),
        (marked(b"\0\0\xfe\xff", big_32(TAG)), None, "UTF-32 by its byte order mark"),
        (little_16(TAG), Some("us-ascii"), "UTF-16 by its NUL bytes"),
        (big_16(TAG), None, "UTF-16 by its NUL bytes"),
        (big_32(TAG), None, "UTF-32 by its NUL bytes"),
        (big_32(TAG), Some("utf-32"), "UTF-32 by its NUL bytes"),
        (big_16(TAG), Some("utf-16"), "UTF-16 by its NUL bytes"),
        (little_16(TAG), Some("utf-16le"), "UTF-16 by its NUL bytes"),
        (b"+ADw-b+AD4-x+ADw-/b+AD4-".to_vec(), Some("UTF-7"), "UTF-7"),
        (b"+ADw-b+AD4-x+ADw-/b+AD4-".to_vec(), None, "tags in UTF-7 that nobody declares"),
        (b"+ADw-b+AD4-x+ADw-/b+AD4-".to_vec(), Some("7bit"), "tags in UTF-7 that nobody declares"),
        (b"<b\x1b$B\x1b(B>x</b>".to_vec(), Some("iso-2022-jp"), "ISO-2022-JP"),
        (b"<b>\x0ex\x0f</b>".to_vec(), Some("iso-2022-kr"), "a charset with escape sequences that no reader of pages shows"),
        (b"<b>x</b>".to_vec(), Some("cp037"), "a charset that is not known"),
    ];
    for (body, declared, what) in table {
        let page = read(&body, declared);
        let text = String::from_utf8_lossy(&page.bytes).replace('\u{fffd}', "");
        assert_eq!((text.as_str(), page.is_converted, page.what.as_deref()), (TAG, true, Some(what)), "{declared:?}");
    }
}

#[test]
fn what_cannot_be_read_becomes_a_sign_that_says_so() {
    let table: [(&[u8], Option<&str>, &str, &str); 10] = [
        (b"\xc0\xbcscript>", None, "\u{c0}\u{bc}script>", "overlong UTF-8"),
        (b"<scr\0ipt>", Some("utf-8"), "<scr\u{fffd}ipt>", "NUL bytes"),
        (b"<scr\0ipt>\xe9", Some("iso-8859-1"), "<scr\u{fffd}ipt>\u{e9}", "NUL bytes"),
        (b"<scr\0ipt>\xe9", None, "<scr\u{fffd}ipt>\u{e9}", "NUL bytes"),
        (b"\xc0\xbcscript>", Some("utf-8"), "\u{fffd}\u{fffd}script>", "overlong UTF-8"),
        (b"\xe0\x80\xbcscript>", Some("utf-8"), "\u{fffd}\u{fffd}\u{fffd}script>", "overlong UTF-8"),
        (b"<a b=\"\x83\" c>", Some("Shift_JIS"), "<a b=\"\u{fffd}\" c>", "bytes that its charset does not have"),
        (b"<a b=\"\x81\" c>", Some("gb18030"), "<a b=\"\u{fffd}\" c>", "bytes that its charset does not have"),
        (b"\x1b$B$\"\x1b(B<b>", None, "\u{3042}<b>", "ISO-2022-JP that nobody declares"),
        (
            b"<meta charset=utf-7>+ADw-b+AD4-\xe9",
            Some("iso-8859-1"),
            "<meta charset=utf-7>+ADw-b+AD4-\u{e9}",
            "charsets that contradict each other",
        ),
    ];
    for (body, declared, expected, what) in table {
        let page = read(body, declared);
        assert_eq!((String::from_utf8_lossy(&page.bytes).as_ref(), page.what.as_deref()), (expected, Some(what)), "{declared:?}");
    }
}

#[test]
fn a_page_says_itself_what_its_header_does_not() {
    let page = b"<meta charset=utf-7>+ADw-b+AD4-";
    for declared in [None, Some("us-ascii"), Some("x-nonsense")] {
        assert_eq!(read(page, declared).bytes.as_ref(), b"<meta charset=utf-7><b>", "{declared:?}");
    }
}

#[test]
fn a_page_that_is_to_be_text_becomes_utf_8_whatever_it_is_in() {
    let table: [(&[u8], Option<&str>, &str); 6] = [
        (b"caf\xe9", None, "caf\u{e9}"),
        (b"caf\xe8", Some("iso-8859-2"), "caf\u{10d}"),
        (b"\x82\xa0", Some("shift_jis"), "\u{3042}"),
        (b"<meta charset=koi8-r>\xc1", None, "<meta charset=koi8-r>\u{430}"),
        ("caf\u{e9}".as_bytes(), None, "caf\u{e9}"),
        (b"+AOk-", Some("utf-7"), "\u{e9}"),
    ];
    for (body, declared, expected) in table {
        assert_eq!(String::from_utf8_lossy(&text(body, declared)), expected, "{declared:?}");
    }
}

#[test]
fn a_picture_in_the_page_is_no_utf_7() {
    let letters = b"iVBORw0KGgoAAAANSUhEUgAAAAUA+AAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg";
    let page = [b"<img src='data:image/png;base64,".as_slice(), letters, b"'>"].concat();
    assert!(!read(&page, None).is_converted);
}

const BYTES: &[u8] = b"<b>+ADw-\0\x1b$(B~\xc0\xbc\xff\xfe\xef\xbb\xbf\x83\"";

const NAMES: &[Option<&str>] =
    &[None, Some("utf-8"), Some("utf-16"), Some("utf-7"), Some("shift_jis"), Some("iso-2022-jp"), Some("hz-gb-2312"), Some("x")];

proptest! {
    #[test]
    fn what_is_converted_is_utf_8_without_nul_and_stays(
        body in proptest::collection::vec(proptest::sample::select(BYTES), 0..60),
        declared in proptest::sample::select(NAMES),
    ) {
        let page = read(&body, declared);
        prop_assert_eq!(page.is_converted, page.what.is_some());
        if page.is_converted {
            prop_assert!(std::str::from_utf8(&page.bytes).is_ok_and(|text| !text.contains('\0')));
            prop_assert!(!read(&page.bytes, Some("utf-8")).is_converted);
        } else {
            prop_assert_eq!(page.bytes.as_ref(), body.as_slice());
        }
    }
}
