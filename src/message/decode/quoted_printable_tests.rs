use super::*;

fn all(body: &[u8]) -> (Vec<Vec<u8>>, Option<&'static str>) {
    let (flaw, others) = others(body);
    (std::iter::once(decode(body)).chain(others).collect(), flaw.map(|flaw| flaw.what))
}

#[test]
fn every_way_to_break_quoted_printable_is_read() {
    let table: [(&str, &[u8], &[u8]); 33] = [
        ("E079 lower case", b"=4d=5a", b"MZ"),
        ("E079 mixed case", b"=c3=C3=cC", b"\xc3\xc3\xcc"),
        ("E080 = before", b"==4DZ", b"=MZ"),
        ("E080 = before, dropped", b"==4DZ", b"MZ"),
        ("E080 digit before, dropped", b"=0=4DZ", b"MZ"),
        ("E080 digit before, literal", b"=0=4DZ", b"=0MZ"),
        ("E080 digit before, a number", b"=4=5a", b"\x04Z"),
        ("E080 letters before, dropped", b"=XX=4DZ", b"MZ"),
        ("E080 letters before, sign dropped", b"=XX=4DZ", b"XXMZ"),
        ("E080 a number of C", b"=0X=4DZ", b"\0MZ"),
        ("E080 blank", b"= =4DZ", b"MZ"),
        ("E080 tab", b"M=\tZ", b"MZ"),
        ("E080 other character", b"M=@Z", b"MZ"),
        ("E080 control character", b"M=\x12Z", b"MZ"),
        ("E080 swallowing", b"a==4b", b"ab"),
        ("E080 at a line end, literal", b"M=2=\nZ", b"M=2Z"),
        ("E080 at a line end, dropped", b"M=2=\nZ", b"MZ"),
        ("E080 blank at a line end", b"M= ==\nZ", b"MZ"),
        ("E081 hard line end", b"=3\nD", b"="),
        ("E081 hard line end, literal", b"=3\nD", b"=3\nD"),
        ("E081 soft line end", b"=4=\r\nDZ", b"MZ"),
        ("E081 CR", b"=4\rDZ", b"MZ"),
        ("E082 before a soft break", b"M \t=\nZ", b"M \tZ"),
        ("E082 behind the sign", b"M=  \r\nZ", b"MZ"),
        ("E082 at a line end, deleted", b"M \t\r\n Z", b"M\r\n Z"),
        ("E082 at a line end, kept", b"M \t\r\n Z", b"M \t\r\n Z"),
        ("E083 raw", b"\xaa\x09=4D\x12\r", b"\xaa\x09M\x12\r"),
        ("E084 CR", b"M=\rZ", b"MZ"),
        ("E084 CR CR LF", b"M=\r\r\nZ", b"MZ"),
        ("E084 CR LF LF", b"M=\r\n\nZ", b"MZ"),
        ("E084 CR LF LF, the second kept", b"M=\r\n\nZ", b"M\nZ"),
        ("E084 each character", b"M=\r\nZ=\r\n=3D=\r\n", b"MZ="),
        ("E086 escaped dashes", b"=2D=2Db", b"--b"),
    ];
    for (row, body, expected) in table {
        let (readings, _) = all(body);
        assert!(readings.iter().any(|reading| reading == expected), "{row}: {} {readings:?}", body.escape_ascii());
    }
}

#[test]
fn a_long_line_is_decoded_whole() {
    let body = b"=41".repeat(100_000);
    assert_eq!(decode(&body), b"A".repeat(100_000));
}

#[test]
fn the_flaw_that_matters_most_is_told_with_its_place() {
    type Told = Option<(&'static str, Range<usize>)>;
    let table: [(&[u8], Told); 6] = [
        (b"a=3D=\nb\n", None),
        (b"a \nb=zz", Some(("a broken escape", 4..7))),
        (b"a=3\nD=zz", Some(("an escape across two lines", 1..4))),
        (b"a=\rb", Some(("an irregular soft line break", 1..4))),
        (b"a= \nb", Some(("an irregular soft line break", 1..4))),
        (b"ab\t\r\n", Some(("blanks at the end of a line", 2..3))),
    ];
    for (body, expected) in table {
        assert_eq!(others(body).0.map(|flaw| (flaw.what, flaw.range)), expected, "{}", body.escape_ascii());
    }
}
