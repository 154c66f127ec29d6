use super::*;
use proptest::prelude::*;

#[test]
fn each_encoding_is_taken_off() {
    let table = [
        (Encoding::Identity, &b"a=3D\0"[..], &b"a=3D\0"[..]),
        (Encoding::Base64, b"YWJj\nZGVm\n", b"abcdef"),
        (Encoding::Base64, b"YW#Jj:ZG*Vm", b"abcdef"),
        (Encoding::Base64, b"", b""),
        (Encoding::Base64, b"\xffYW\xffJj", b"abc"),
        (Encoding::QuotedPrintable, b"a=3Db=\nc", b"a=bc"),
        (Encoding::QuotedPrintable, b"a==3Db=\r\nc=zz=", b"a==bc=zz"),
        (Encoding::QuotedPrintable, b"a= \t\nb=zz", b"ab=zz"),
        (Encoding::QuotedPrintable, b"a \n=20\nb ", b"a\n \nb "),
        (Encoding::Uuencode, b"#86)C\n", b"abc"),
        (Encoding::Uuencode, b"begin 644 f\n#86)C\n", b"abc"),
        (Encoding::Uuencode, b"begin 644 f\n#86)C\n`\nend\n", b"abc"),
        (Encoding::Yenc, b"=ybegin line=128 size=3 name=f\r\n\x8b\x8c\x8d\r\n=yend size=3\r\n", b"abc"),
        (Encoding::Yenc, b"\x8b\x8c\x8d\r\n", b"abc"),
        (Encoding::Gzip64, b"H4sIAAAAAAAAAwEDAPz/YWJj", b"abc"),
        (Encoding::Gzip64, b"YWJj", b"abc"),
        (Encoding::Uuencode, b"what is {not} encoded", b"what is {not} encoded"),
        (Encoding::Gzip64, b"*", b"*"),
    ];
    for (encoding, body, expected) in table {
        assert_eq!(&*decode(encoding, body), expected, "{encoding:?} {}", body.escape_ascii());
    }
    assert_eq!(&*decode(Encoding::BinHex, binhex::encoded("f", b"abc", b"").as_bytes()), b"abc");
}

#[test]
fn a_regular_body_has_one_reading_and_no_flaw() {
    let table: [(Encoding, &[u8]); 3] =
        [(Encoding::Identity, b"a \n=zz"), (Encoding::Base64, b"YWJj\r\nYQ==\r\n"), (Encoding::QuotedPrintable, b"=41=\r\n=20\r\n")];
    for (encoding, body) in table {
        let readings = readings(encoding, body);
        assert!(is_regular(encoding, body));
        assert_eq!((readings.others.len(), readings.flaw, readings.has_more), (0, None, false), "{encoding:?}");
    }
}

#[test]
fn an_irregular_body_has_the_readings_that_differ() {
    type Readings<'a> = &'a [&'a [u8]];
    let table: [(Encoding, &[u8], Readings<'_>, &str); 7] = [
        (Encoding::Base64, b"YQ==\nYWJj", &[b"aabc", b"a", b"a\x06\x16&"], "data behind the padding"),
        (Encoding::Base64, b"YWJj\nYQ", &[b"abca"], "wrong padding"),
        (Encoding::QuotedPrintable, b"a\t\nb\n", &[b"a\nb\n", b"a\t\nb\n"], "blanks at the end of a line"),
        (Encoding::Uuencode, b"begin 1 f\n#86)C\nbegin 1 g\n#9&5F\n", &[b"abc", b"def", b"abcdef"], "no last line"),
        (Encoding::Uuencode, b"#86)C\n", &[b"abc", b"#86)C\n"], "no first line"),
        (Encoding::Gzip64, b"YWJj", &[b"abc", b"YWJj"], "a gzip file that cannot be unpacked"),
        (Encoding::BinHex, b":#h3", &[b":#h3"], "a BinHex file that cannot be unpacked"),
    ];
    for (encoding, body, expected, what) in table {
        let readings = readings(encoding, body);
        let all: Vec<&[u8]> = std::iter::once(&*readings.first).chain(readings.others.iter().map(Vec::as_slice)).collect();
        assert!(expected.iter().all(|reading| all.contains(reading)), "{} {all:?}", body.escape_ascii());
        assert_eq!(readings.flaw.map(|flaw| flaw.what), Some(what), "{}", body.escape_ascii());
        assert!(all.len() == 1 || expected.len() > 1, "{} {all:?}", body.escape_ascii());
    }
}

#[test]
fn resources_of_a_macintosh_are_a_reading() {
    let body = binhex::encoded("f", b"data", b"resources");
    assert_eq!(readings(Encoding::BinHex, body.as_bytes()).others, [body.as_bytes(), b"resources"]);
}

#[test]
fn readings_are_few_and_of_bounded_size() {
    let body = b"Y=#WJj-\n".repeat(300_000);
    let readings = readings(Encoding::Base64, &body);
    let size: usize = readings.others.iter().map(Vec::len).sum();
    assert!(readings.others.len() < MOST_READINGS && size + readings.first.len() <= most_bytes(&body));
    assert!(readings.has_more);
}

#[test]
fn what_was_not_unpacked_is_said() {
    let many = b"begin 644 a\n#86)C\nend\n".repeat(100);
    // Stored by deflate, of which one byte is missing.
    let table: [(Encoding, &[u8]); 3] =
        [(Encoding::Uuencode, &many), (Encoding::Gzip64, b"H4sIAAAAAAAAAwEDAPz/YWI="), (Encoding::BinHex, b":#h3")];
    for (encoding, body) in table {
        assert!(readings(encoding, body).has_more, "{encoding:?}");
    }
}

/// Bodies of pieces that are regular in one place and not in another.
fn pieces(all: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(proptest::sample::select(all), 0..9).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #[test]
    fn what_is_regular_has_one_reading_by_the_long_way_too(
        base64 in pieces(&["QUJD", "QUI=", "QQ==", "QU", "Q", "=", "\n", "\r\n", "-", " ", "QUJDQUJD\n", "QUJD\n"]),
        quoted in pieces(&["a", "=41", "=4", "=", "\n", "\r\n", "\r", " ", "\t", "D", "=\n", "=\r\n"]),
    ) {
        let long = |encoding, body, others: Vec<Vec<u8>>| {
            let first = decode(encoding, body);
            others.into_iter().filter(|other| *other != *first).collect::<Vec<_>>()
        };
        if is_regular(Encoding::Base64, &base64) {
            prop_assert_eq!(long(Encoding::Base64, &base64, base64::others(&base64).1.collect()), Vec::<Vec<u8>>::new());
            prop_assert_eq!(&base64::tests::every_manner_but_zero(&base64), &[base64::decode(&base64)].into());
        }
        if is_regular(Encoding::QuotedPrintable, &quoted) {
            prop_assert_eq!(long(Encoding::QuotedPrintable, &quoted, quoted_printable::others(&quoted).1.collect()), Vec::<Vec<u8>>::new());
        }
    }

    #[test]
    fn no_delimiter_stands_in_the_regular_prefix(body in pieces(&["QUJD", "QUJDQUJD", "\n", "\r\n", "--b", "=", "\n--"])) {
        let prefix = &body[..regular_prefix(&body)];
        prop_assert!(!prefix.contains(&b'-'));
        prop_assert!(prefix.is_empty() || prefix.ends_with(b"\n") || prefix.ends_with(b"\r"));
    }
}
