use super::*;

/// The values of all `fields` together.
fn told(fields: &[&[u8]], name: &str) -> Vec<String> {
    let values = values_of(fields, &[name]);
    assert!(!values.has_more);
    values.all.into_iter().map(|value| String::from_utf8_lossy(&value).into_owned()).collect()
}

#[test]
fn what_a_lenient_reader_would_take_is_told() {
    let table: [(&str, &[&str]); 20] = [
        ("a/b; name=x.exe", &["x.exe"]),
        ("a/b; NAME = \"x y.exe\" ; charset=u", &["x y.exe"]),
        ("; name=x.exe", &["x.exe"]),
        ("name=x.exe", &["x.exe"]),
        ("a/b; name=x.exe, b", &["x.exe, b", "x.exe"]),
        ("a/b; name=x.exe (a remark)", &["x.exe", "x.exe (a remark)"]),
        ("a/b; name=\"a\\\"b.exe\"", &["a\"b.exe", "ab.exe", "a\\\"b.exe", "a\\b.exe", "a", "a\\"]),
        ("a/b; name=\"x.exe", &["x.exe", "\"x.exe"]),
        ("a/b; x=\"torn; name=x.exe", &["x.exe"]),
        ("a/b; name=a; name=b", &["a", "b"]),
        ("a/b; rename=x", &["x"]),
        ("a/b; name(c)=x.exe", &["x.exe"]),
        ("a/b; name*=utf-8''x%2Eexe", &["x.exe", "utf-8''x%2Eexe"]),
        ("a/b; name*0=x.; name*1=exe", &["x.exe"]),
        ("a/b; name=safe.txt; name*0=x.; name*1*=%65xe", &["safe.txt", "x.exe", "x.%65xe"]),
        ("a/b; name=\n x.exe", &["x.exe"]),
        ("a/b; name*0=x.exe; name*2=.txt", &["x.exe", "x.exe.txt"]),
        ("a/b; name*0=x.exe; name*01=.txt", &["x.exe", "x.exe.txt"]),
        ("a/b; name*1=exe; name*0=x.; name*1=.txt", &["x.exe", "x..txt", "exex..txt", "x.exe.txt"]),
        ("a/b; name=", &[]),
    ];
    for (field, expected) in table {
        assert_eq!(told(&[field.as_bytes()], "name"), expected, "{field}");
    }
}

/// Whether each of the values wanted is among those told, and the first of them the first.
fn are_told(row: &str, field: &[u8], wanted: &[&[u8]]) {
    let values = values(field, &["boundary"]);
    let shown = || values.all.iter().map(|value| String::from_utf8_lossy(value)).collect::<Vec<_>>();
    for value in wanted {
        assert!(values.all.iter().any(|told| told == value), "{row} {}: {:?}", String::from_utf8_lossy(field), shown());
    }
    assert_eq!(values.all.first().map(Vec::as_slice), wanted.first().copied(), "{row} {}: {:?}", String::from_utf8_lossy(field), shown());
}

type Row = (&'static str, &'static [u8], &'static [&'static [u8]]);

const BOUNDARIES: &[Row] = &[
    ("E033", b"boundary=X; boundary=Y", &[b"X", b"Y"]),
    ("E033", b"boundary=X, boundary=Y", &[b"X, boundary=Y", b"X", b"Y"]),
    ("E035", b"boundary=bad; boundary*=''good", &[b"bad", b"good", b"''good"]),
    ("E035", b"boundary*=''good; boundary=bad", &[b"good", b"bad"]),
    ("E036", b"boundary*=us-ascii'en'b%5f", &[b"b_"]),
    ("E036", b"boundary*0*=''b; boundary*1=c", &[b"bc"]),
    ("E036", b"boundary*=utf-16be''%00b%00c", &[b"bc"]),
    ("E036", b"boundary*=utf-16le''b%00c%00", &[b"bc"]),
    ("E036", b"boundary*0*=utf-16be''%00b; boundary*1*=%00c", &[b"bc"]),
    ("E036", b"boundary*=x-none''b", &[b"b"]),
    ("E037", b"boundary*1=c; boundary*0=b", &[b"bc", b"cb"]),
    ("E037", b"boundary*0=good; boundary*0=bad; boundary*1=x", &[b"goodx", b"badx"]),
    ("E037", b"boundary*=b%5f", &[b"b_", b"b%5f"]),
    ("E037", b"boundary*1=b; boundary*3=c", &[b"bc"]),
    ("E038", b"boundary=\"=?us-ascii?Q?b?=\"", &[b"=?us-ascii?Q?b?=", b"b"]),
    ("E038", b"boundary=abc=?us-ascii?B?ZGVm?=", &[b"abc=?us-ascii?B?ZGVm?=", b"abcdef"]),
    ("E039", b"boundary()=b", &[b"b"]),
    ("E039", b"boundary=()b", &[b"b", b"()b"]),
    ("E039", b"boundary=b()", &[b"b", b"b()"]),
    ("E039", b"boundary=b1()b2", &[b"b1b2", b"b1", b"b1()b2"]),
    ("E039", b"boundary=((c))b", &[b"b", b")b", b"((c))b"]),
    ("E039", b"boundary=(\\))b", &[b"b"]),
    ("E039", b"boundary=(boundary=x)b", &[b"b", b"x", b"(boundary=x)b"]),
    ("E039", b"( boundary=b )", &[b"b )", b"b"]),
    ("E039", b"bound()ary=b", &[b"b"]),
    ("E039", b"boundary=b(c", &[b"b", b"b(c"]),
    ("E042", b"boundary=\"X;\"", &[b"X;", b"X"]),
    ("E042", b"boundary=\"b;c\"", &[b"b;c", b"b"]),
    ("E042", b"boundary=b;c", &[b"b", b"b;c"]),
    ("E042", b"boundary=\"b\\;c\"", &[b"b;c", b"b\\;c", b"b", b"b\\"]),
    ("E042", b"boundary=b\\;c", &[b"b", b"b\\", b"b;c", b"b\\;c"]),
    ("E043", b"boundary=foo,faa", &[b"foo,faa", b"foo"]),
    ("E044", b"boundary=\"bar\"foo", &[b"bar", b"barfoo", b"\"bar\"foo"]),
    ("E044", b"boundary=\"\"foo", &[b"\"\"foo", b"foo"]),
    ("E044", b"boundary=\"b", &[b"b", b"\"b"]),
    ("E044", b"boundary=\\\"b\\\"", &[b"\"b\"", b"b", b"\\\"b\\\""]),
    ("E044", b"boundary=b\"c", &[b"b\"c", b"bc", b"b"]),
    ("E044", b"boundary='b'", &[b"'b'", b"b"]),
    ("E046", b"boundary=\" b \"", &[b" b ", b"b"]),
    ("E046", b"boundary =b", &[b"b"]),
    ("E046", b"boundary= b", &[b"b"]),
    ("E046", b"boundary\t=\tb", &[b"b"]),
    ("E046", b"boundary\r\n =\r\n b", &[b"b"]),
    ("E046", b"boundary\\=b", &[b"b"]),
    ("E046", b"boundary\0=b", &[b"b"]),
    ("E046", b"boundary=b\r; x=y", &[b"b"]),
    ("E046", b"\x0bboundary=\x0bb\x0b", &[b"b"]),
    ("E047", b"boundary=\"foo\n bar\"", &[b"foo bar", b"foobar", b"foo"]),
    ("E047", b"boundary=foo\r\n foo", &[b"foo foo", b"foofoo", b"foo"]),
    ("E048", b"boundary=b\\_c", &[b"b_c", b"b\\_c"]),
    ("E048", b"boundary=\"b\\_c\"", &[b"b_c", b"b\\_c"]),
    ("E048", b"bou\\ndary=b", &[b"b"]),
    ("E048", b"boundary=\\b", &[b"b", b"\\b"]),
    ("E049", b"foo=bla boundary=b", &[b"b"]),
    ("E049", b"foo=\"bla;boundary=b\"", &[b"b\"", b"b"]),
    ("E049", b"boundary=boundary=b", &[b"boundary=b", b"b"]),
    ("E049", b"\"boundary=b\"", &[b"b\"", b"b"]),
    ("E029", b"x:y=1; boundary=b", &[b"b"]),
    ("E054", b"boundary=\"\0foo\"", &[b"\0foo", b"foo"]),
    ("E054", b"boundary=foo\0bar", &[b"foo\0bar", b"foo", b"foobar"]),
];

#[test]
fn every_text_that_may_be_the_boundary_is_told() {
    for (row, field, wanted) in BOUNDARIES {
        let is_strict = strict(&[b"multipart/mixed; ", *field].concat()).is_some();
        assert!(!is_strict, "{row} {}", String::from_utf8_lossy(field));
        are_told(row, &[b"multipart/mixed; ", *field].concat(), wanted);
    }
    are_told("E049", b"multipart/mixed boundary=b", &[b"b"]);
    are_told("E049", b"multipart/mixed, boundary=b", &[b"b"]);
    for empty in ["boundary=", "boundary=\"\"", "boundary=;", "boundary=\" \""] {
        let values = told(&[format!("multipart/mixed; {empty}").as_bytes()], "boundary");
        assert_eq!(values.concat().trim(), "", "E045 {empty}");
    }
    assert_eq!(told(&[b"multipart/mixed; boundary=\""], "boundary"), ["\""], "E045");
}

#[test]
fn a_value_may_go_on_in_the_next_field() {
    assert_eq!(told(&[b"a/b; name*0=x.", b"a/b; name*1=exe"], "name"), ["x.exe"]);
    let values = values_of(&[b"a/b; name*0=x.", b"attachment; filename*1=exe"], &["name", "filename"]);
    assert!(values.all.contains(&b"x.exe".to_vec()), "{values:?}");
}

#[test]
fn more_than_there_is_room_for_is_told() {
    let many: String = (0..MOST_VALUES + 1).map(|number| format!("; name=a{number}")).collect();
    let found = values(many.as_bytes(), &["name"]);
    assert!(found.has_more && found.all.len() == MOST_VALUES);
    let long: String = (0..40).map(|number| format!(";\n name*{number}*=%41{}", "b".repeat(70))).collect();
    assert!(!values(long.as_bytes(), &["name"]).has_more);
    assert!(values(b"a/b; name=a\n \\\"\0 =?u?Q?x?=", &["name"]).has_more);
    let overlapping = "; name=\"\\a".repeat(4000);
    assert!(values(overlapping.as_bytes(), &["name"]).has_more);
}

#[test]
fn of_a_value_beyond_all_measure_the_end_is_told_too() {
    let field = format!("a/b; name={}.exe", "x".repeat(1_000_000));
    let found = values(field.as_bytes(), &["name"]);
    assert!(found.all.iter().any(|value| value.ends_with(b".exe")) && found.all.iter().all(|value| value.len() <= LONGEST));
}

#[test]
fn a_missing_type_is_told() {
    for (field, expected) in [("attachment; a=b", false), ("; a=b", true), ("a=b", true), ("", true), ("a/b", false)] {
        assert_eq!(lacks_its_value(field.as_bytes()), expected, "{field}");
    }
}
