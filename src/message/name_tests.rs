use super::of as of_fields;
use super::*;

/// The names that fields give; each is written with its name, as in a header.
fn told(fields: &[&[u8]]) -> Names {
    let of = |name: &[u8]| -> Vec<&[u8]> { fields.iter().filter_map(|field| field.strip_prefix(name)).map(<[u8]>::trim_ascii).collect() };
    of_fields(&of(b"CT:"), &of(b"CD:"), &[of(b"CL:"), of(b"CE:")].concat())
}

#[test]
fn by_the_rules_there_is_one_name() {
    let table: [(&[u8], &[&str]); 12] = [
        (b"CT: a/b; name=x.exe", &["x.exe"]),
        (b"CD: attachment; filename=\"x y.exe\"", &["x y.exe"]),
        (b"CD: attachment; filename*=UTF-8''a%2Eexe", &["a.exe"]),
        (b"CD: attachment; filename*=iso-8859-1'en'%e9.exe", &["\u{e9}.exe"]),
        (b"CD: attachment; filename*0=a.; filename*1=exe", &["a.exe"]),
        (b"CD: attachment; filename*0*=utf-8''%C3%A9; filename*1=\".exe\"", &["\u{e9}.exe"]),
        (b"CT: a/b; name=\"=?utf-8?B?YS5leGU=?=\"", &["a.exe"]),
        (b"CT: a/b; name=\"=?utf-8?B?eC5l?=\r\n =?utf-8?B?eGU=?=\"", &["x.exe"]),
        (b"CD: attachment; filename=\"x.exe\"; filename*=UTF-8''x.exe", &["x.exe"]),
        (b"CT: a/b; name=\"\xc3\xa9.exe\"", &["\u{e9}.exe"]),
        (b"CT: a/b; charset=utf-8", &[]),
        (b"CT: a/b", &[]),
    ];
    for (field, expected) in table {
        let names = told(&[field]);
        assert_eq!(
            (names.all.as_slice(), names.proper),
            (expected.iter().map(ToString::to_string).collect::<Vec<_>>().as_slice(), expected.len())
        );
    }
}

type Row = (&'static str, &'static [&'static [u8]], &'static [&'static str]);

const NAMES: &[Row] = &[
    ("E109", &[b"CT: a/b; name=a.png", b"CD: attachment; filename=b.zip"], &["a.png", "b.zip"]),
    ("E109", &[b"CT: a/b; name=b.zip", b"CD: attachment; filename=a.png"], &["a.png", "b.zip"]),
    ("E109", &[b"CT: a/b; name=b.zip", b"CD: attachment; \x01=x; filename=a.png"], &["a.png", "b.zip"]),
    ("E110", &[b"CT: a/b; name=a.zip; name=a.png"], &["a.zip", "a.png"]),
    ("E110", &[b"CT: a/b; name=a.zip", b"CT: a/b; name=a.png"], &["a.zip", "a.png"]),
    ("E110", &[b"CD: x; filename=a.zip", b"CD: x; filename=a.png"], &["a.zip", "a.png"]),
    ("E111", &[b"CD: x; filename*=''x.zip"], &["x.zip"]),
    ("E111", &[b"CD: x; filename*=us-ascii''%78%2e%7Aip"], &["x.zip"]),
    ("E111", &[b"CD: x; filename*=UTF-16BE''%00x%00.%00z%00i%00p"], &["x.zip"]),
    ("E111", &[b"CD: x; filename*=utf-16le''x%00.%00z%00i%00p%00"], &["x.zip"]),
    ("E111", &[b"CD: x; filename*=x-none''x.zip"], &["x.zip"]),
    ("E111", &[b"CD: x; filename*=utf-8'en-US'p.exe"], &["p.exe"]),
    ("E111", &[b"CD: x; filename*=p%2Eexe"], &["p.exe"]),
    ("E111", &[b"CD: x; filename*=\"utf-8''p%2Eexe\""], &["p.exe"]),
    ("E112", &[b"CD: x; filename*0=a.; filename*1=zip"], &["a.zip"]),
    ("E112", &[b"CD: x; filename*1=zip; filename*0=a."], &["a.zip"]),
    ("E112", &[b"CD: x; filename*0=a.; filename*2=zip"], &["a.zip"]),
    ("E112", &[b"CD: x; filename*1=a.; filename*2=zip"], &["a.zip"]),
    ("E112", &[b"CD: x; filename*2=zip; filename*1=a."], &["a.zip"]),
    ("E112", &[b"CD: x; filename*0*=utf-8''a%2E; filename*1=zip"], &["a.zip"]),
    ("E112", &[b"CD: x; filename*0=a.; filename*1*=%7Aip"], &["a.zip"]),
    ("E112", &[b"CD: x; filename*0*=utf-8''a%2E; filename*1=%7Aip"], &["a.zip"]),
    ("E112", &[b"CD: x; filename*0=a.", b"CD: x; filename*1=zip"], &["a.zip"]),
    ("E112", &[b"CT: a/b; name*0=a.", b"CT: a/b; name*1=zip"], &["a.zip"]),
    ("E112", &[b"CT: a/b; name*0=a.", b"CD: x; filename*1=zip"], &["a.zip"]),
    ("E112", &[b"CT: ; name*0=x.; name*1=exe"], &["x.exe"]),
    ("E113", &[b"CD: x; filename=a.png; filename*=''a.zip"], &["a.png", "a.zip"]),
    ("E113", &[b"CD: x; filename*=''a.zip; filename=a.png"], &["a.png", "a.zip"]),
    ("E113", &[b"CD: x; filename=a.png; filename*0=a.; filename*1=zip"], &["a.png", "a.zip"]),
    ("E114", &[b"CT: a/b; name=\"=?us-ascii?B?YS56aXA=?=\""], &["a.zip"]),
    ("E114", &[b"CT: a/b; name=\"=?utf-16?B?/v8AYQAuAHoAaQBw?=\""], &["a.zip"]),
    ("E114", &[b"CT: a/b; name==?us-ascii?B?YS56aXA=?="], &["a.zip"]),
    ("E114", &[b"CT: a/b; name=\"a=?us-ascii?Q?=2Ez?=ip\""], &["a=?us-ascii?Q?=2Ez?=ip", "a.zip"]),
    ("E114", &[b"CT: a/b; name=\"=?us-ascii?Q?a=2E?= =?us-ascii?Q?zip?=\""], &["a.zip"]),
    ("E114", &[b"CT: a/b; name==?us-ascii?Q?a=2E?=\r\n =?us-ascii?Q?zip?="], &["a.zip"]),
    ("E114", &[b"CT: a/b; name=\"=?us-ascii?B?YS5\r\n 6aXA=?=\""], &["a.zip"]),
    ("E114", &[b"CT: a/b; name*0=\"=?us-ascii?B?YS5\"; name*1=\"6aXA=?=\""], &["a.zip"]),
    ("E115", &[b"CT: a/b; name=file\".zip"], &["file.zip"]),
    ("E115", &[b"CT: a/b; name=\"file\".zip"], &["file.zip"]),
    ("E115", &[b"CT: a/b; name=\"file\".zip\""], &["file.zip"]),
    ("E115", &[b"CT: a/b; name='file.zip'"], &["file.zip"]),
    ("E115", &[b"CT: a/b; name=\"file\\\".zip\""], &["file\".zip", "file.zip"]),
    ("E115", &[b"CT: a/b; name=\"file.zip"], &["file.zip"]),
    ("E116", &[b"CT: a/b; name=file;.zip"], &["file;.zip"]),
    ("E116", &[b"CT: a/b; name=file\\;.zip"], &["file;.zip"]),
    ("E116", &[b"CT: a/b; name=\"file.zip;.txt\""], &["file.zip;.txt", "file.zip"]),
    ("E117", &[b"CT: a/b; name=file.zip()"], &["file.zip"]),
    ("E117", &[b"CT: a/b; name=file.zip(.gif)"], &["file.zip", "file.zip(.gif)"]),
    ("E117", &[b"CT: a/b; name=file.z()ip"], &["file.zip"]),
    ("E117", &[b"CT: a/b; name()=file.zip"], &["file.zip"]),
    ("E117", &[b"CT: a/b; na()me=file.zip"], &["file.zip"]),
    ("E117", &[b"CD: x; filename=attached.()bat"], &["attached.bat"]),
    ("E118", &[b"CT: a/b; name =x.exe"], &["x.exe"]),
    ("E118", &[b"CT: a/b; name= x.exe"], &["x.exe"]),
    ("E118", &[b"CT: a/b; name\r\n =\r\n x.exe"], &["x.exe"]),
    ("E119", &[b"CT: a/b; name=\"x.exe\0.txt\""], &["x.exe"]),
    ("E119", &[b"CT: a/b; name=\"x.\r\n exe\""], &["x.exe"]),
    ("E121", &[b"CT: a/b; name=\"x\xc0\xaeexe\""], &["x.exe"]),
    ("E121", &[b"CT: a/b; name=\"x\xe0\x80\xaeexe\""], &["x.exe"]),
    ("E121", &[b"CT: a/b; name=\"x.e\xffxe\""], &["x.exe"]),
    ("E123", &[b"CL: http://a.example/b/x.exe?c#d"], &["x.exe"]),
    ("E123", &[b"CL: \"file:///C:\\b\\x.exe\""], &["x.exe"]),
    ("E123", &[b"CE: x.exe"], &["x.exe"]),
    ("E123", &[b"CE: =?utf-8?Q?x=2Eexe?="], &["x.exe"]),
    ("E049", &[b"CD: attachment filename=x.exe"], &["x.exe"]),
    ("E049", &[b"CD: filename=x.exe"], &["x.exe"]),
    ("E029", &[b"CD: x; x*=; filename=x.exe"], &["x.exe"]),
];

#[test]
fn every_name_that_a_reader_may_show_is_told() {
    for (row, fields, wanted) in NAMES {
        let names = told(fields);
        for name in *wanted {
            assert!(names.all.iter().any(|told| told == name), "{row} {}: {names:?}", String::from_utf8_lossy(&fields.concat()));
        }
    }
}

#[test]
fn a_host_or_a_text_is_no_name() {
    for field in [
        &b"CL: http://www.example.com"[..],
        b"CL: http://www.example.com/",
        b"CE: example.com",
        b"CE: Mail of v1. Text",
        b"CE: text",
        b"CL: .x",
    ] {
        assert_eq!(told(&[field]), Names::default(), "{}", String::from_utf8_lossy(field));
    }
}

#[test]
fn only_the_names_by_the_rules_are_proper() {
    let proper = |fields: &[&[u8]]| {
        let names = told(fields);
        names.all.into_iter().take(names.proper).collect::<Vec<_>>()
    };
    assert_eq!(proper(&[b"CD: x; filename=a.pdf; y=\"filename=b.exe\"", b"CE: c.gif"]), ["a.pdf"]);
    assert_eq!(proper(&[b"CT: a/b", b"CL: c.gif"]), [""; 0]);
    assert_eq!(proper(&[b"CD: y=\"filename=b.pdf"]), ["b.pdf"]);
}

#[test]
fn a_long_name_takes_a_time_in_proportion() {
    for value in ["\"".repeat(1_000_000), "=?u?Q?".repeat(200_000), "(".repeat(1_000_000), "name=".repeat(200_000), "\\;\"".repeat(300_000)]
    {
        let field = format!("CT: a/b; name={value}");
        let names = told(&[field.as_bytes()]);
        assert!(names.all.iter().map(String::len).sum::<usize>() < 64 * field.len());
    }
}
