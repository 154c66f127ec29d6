//! Ways to hide an attachment or the test string from a scanner that reads a message in one way only: none of them is clean.

use crate::harness::{Site, eicar, eicar_in_base64};

/// A multipart whose own header says `fields`, with a program as its part.
fn around(fields: &[u8]) -> Vec<u8> {
    let part = b"--b\nContent-Type: application/octet-stream; name=x.exe\n\nMZ\n--b--\n";
    [b"From: a@b\nMIME-Version: 1.0\n", fields, b"\n\n", part].concat()
}

/// A multipart with one part whose header says `fields`.
fn part(fields: &str, body: &str) -> Vec<u8> {
    format!("From: a@b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n{fields}\n\n{body}\n--b--\n").into_bytes()
}

fn is_found(what: &str, message: impl AsRef<[u8]>) {
    let site = Site::new();
    let ended = site.deliver().pipe(message.as_ref()).run();
    assert_ne!(ended.exits(0).verdict(), "clean", "{what}{}", ended.context());
}

#[test]
fn the_parts_of_a_multipart_are_found_however_it_is_declared() {
    for fields in [
        &b"Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64"[..],
        b"Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: quoted-printable",
        b"Con tent-Type: multipart/mixed; boundary=zzz\nContent-Type: multipart/mixed; boundary=b",
        b"Content-Type: multipart/mixed; boundary=\"=?utf-8?Q?b?=\"",
        b"Content-Type: multipart/mixed; boundary=\"\xffb\"",
        b"Content-Type: multipart/mixed; boundary=z; boundary=b",
        b"Content-Type: multipart/mixed; boundary=\"\"",
        b"Content-Type: multipart/mixed",
        b"Content-Type: multipart/mixed; boundary=z",
        b"Content-Type: multipart/mixed; boundary=z\nContent-Type: multipart/mixed; boundary=b",
        b" \nContent-Type: multipart/mixed; boundary=b",
        b"Content-Type: multipart/mixed; boundary=\n \"b\"",
        b"Content-Type: multipart/mixed; boundary\n =b",
        b"Content-Type: multipart/mixed; boundary (c) =b",
        b"Content-Type: multipart/mixed; x*=; boundary=b",
        b"Content-Type: multipart/mixed; x=a\\; boundary=b",
        b"Content-Type: multipart/; boundary=b",
        b"Content-Type: multipart/mixed; boundary=B\nContent-Type: multipart/mixed; boundary=b",
        b"Content-Type: message/partial\n\nContent-Type: multipart/mixed; boundary=b",
        b"Content-Type: multipart/mixed, boundary=b",
        b"Content-Type: multipart/mixed boundary=b",
        b"Content-Type: multipart/mixed; boundary=1; boundary=2; boundary=3; boundary=4; boundary=b",
        b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nContent-Type: multipart/mixed; boundary=b",
    ] {
        is_found(&String::from_utf8_lossy(fields), around(fields));
    }
}

/// Fields of a part that some reader shows as `x.exe`, or as something that runs as well.
const NAMES: &[&str] = &[
    "Content-Disposition: ; filename=x.exe",
    "Content-Type: ; name=x.exe",
    "Content-Disposition: filename=x.exe",
    "Content-Disposition: attachment; filename=\"=?utf-8?B?eC5l?= =?utf-8?B?eGU=?=\"",
    "Content-Disposition: attachment; filename=x.exe,",
    "Content-Disposition: attachment; filename='x.exe'",
    "Content-Disposition: attachment; filename=x.exe (a remark)",
    "Content-Disposition: attachment; x=\"open; filename=x.exe",
    "Content-Disposition: attachment; filename=a.pdf; filename=x.exe",
    "Content-Disposition: attachment;\n \n filename=x.exe",
    " \nContent-Disposition: attachment; filename=x.exe",
    "Content-Disposition: attachment; filename*=utf-8''x%2Eexe",
    "Content-Disposition: attachment; filename*0=x.; filename*1=exe",
    "Content-Disposition: attachment; filename=\n \"x.exe\"",
    "Content-Disposition: attachment; filename\n =x.exe",
    "Content-Disposition: attachment; filename*=\n utf-8''x.exe",
    "Content-Disposition: attachment; x*=; filename=x.exe",
    "Content-Disposition: attachment; x*; filename=x.exe",
    "Content-Disposition: attachment; x=a\\; filename=x.exe",
    "Content-Disposition: attachment; filename(c)=x.exe",
    "Content-Disposition: attachment; x=(; filename=x.exe",
    "Content-Disposition: attachment; filename=x(c).exe",
    "Content-Disposition: attachment; filename*=utf-8''x.%65xe",
    "Content-Disposition: attachment; filename=safe.txt; filename*0=x.; filename*1=exe",
    "Content-Disposition: attachment; filename=\"=?utf-8?B?eC5leGU?=\"",
    "Content-Disposition: attachment; filename=\"a=?utf-8?Q?=2Eexe?=\"",
    "Content-Disposition: attachment; filename=\"x.exe\u{200b}\"",
    "Content-Disposition: attachment, filename=x.exe",
    "Content-Type: application/octet-stream, name=x.exe",
    "Content-Disposition: attachment; filename*0=x.exe; filename*2=.txt",
    "Content-Disposition: attachment; filename*0=x.exe; filename*01=.txt",
    "Content-Disposition: attachment; filename*0=x.; filename*1=exe; filename*1=.txt",
    "Content-Disposition: attachment; filename=\"<x.exe>\"",
    "Content-Disposition: attachment; filename*=utf-8''a%00.exe",
    "Content-Disposition: attachment; filename*=utf-16be''%00x%00.%00e%00x%00e",
    "Content-Disposition: attachment; filename*1=exe; filename*0=x.",
    "Content-Disposition: attachment; filename*0=x.\nContent-Disposition: attachment; filename*1=exe",
    "Content-Type: a/b; name*0=x.\nContent-Disposition: attachment; filename*1=exe",
    "Content-Disposition: attachment; filename=\"=?utf-16be?B?AHgALgBlAHgAZQ==?=\"",
    "Content-Disposition: attachment; filename=x.e()xe",
    "Content-Disposition: attachment; file(c)name=x.exe",
    "Content-Disposition: attachment; file\\name=x.exe",
    "Content-Disposition: attachment; filename=\"x\".exe",
    "Content-Disposition: attachment; filename=\"x.exe;.txt\"",
    "Content-Disposition: attachment; filename=\"x.exe%00.txt\"",
    "Content-Disposition: attachment; filename=\"x.exe:y.txt\"",
    "Content-Disposition: attachment; filename=\"x\u{ff0e}\u{ff45}\u{ff58}\u{ff45}\"",
    "Content-Disposition: attachment; filename=\"x.\u{202e}exe\"",
    "Content-Disposition: attachment; filename=\"x.txt.{3050f4d8-98b5-11cf-bb82-00aa00bdce0b}\"",
    "Content-Disposition: attachment; filename=\"nul.txt\"",
    "Content-Type: a/b\nContent-Location: http://a.example/x.exe?y",
    "Content-Type: a/b\nContent-Description: x.exe",
];

#[test]
fn a_name_is_found_however_it_is_written() {
    for fields in NAMES {
        is_found(fields, part(fields, "MZ"));
    }
}

#[test]
fn a_program_is_found_whatever_it_is_called() {
    for fields in ["Content-Type: image/png; name=x.png", "Content-Type: text/plain", "Content-Disposition: inline"] {
        is_found(fields, part(&format!("{fields}\nContent-Transfer-Encoding: base64"), "TVqQAAMAAAAEAAAA"));
    }
}

#[test]
fn the_test_string_is_found_under_any_encoding_that_a_reader_may_go_by() {
    let base64 = eicar_in_base64();
    for (fields, body) in [
        ("Content-Transfer-Encoding: base64;", base64.clone()),
        ("Content-Transfer-Encoding: (x) base64", base64.clone()),
        ("Con tent-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64", base64.clone()),
        ("Content-Transfer-Encoding: base64", format!("****{base64}")),
        ("Content-Transfer-Encoding: base64", format!("{}{base64}", "\n".repeat(9000))),
        ("Content-Transfer-Encoding: x-uuencode", eicar()),
    ] {
        is_found(fields, part(fields, &body));
    }
    is_found("a header without a blank line", eicar());
    is_found("a part without a header", format!("From: a@b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n{}\n--b--\n", eicar()));
    let stopped = String::from_utf8(part("Content-Transfer-Encoding: base64", &format!("@{base64}"))).unwrap();
    is_found("a byte 0xff first", stopped.bytes().map(|byte| if byte == b'@' { 0xff } else { byte }).collect::<Vec<u8>>());
}

#[test]
fn the_end_of_one_boundary_is_not_the_end_of_another() {
    for (first, then, field) in [("bc", "=?utf-8?Q?bc?=", "\"=?utf-8?Q?bc?=\""), ("bc", "b", "b; boundary=bc")] {
        let exe = "Content-Disposition: attachment; filename=x.exe\n\nMZ";
        is_found(
            field,
            format!("Content-Type: multipart/mixed; boundary={field}\n\n--{first}\n\nhi\n--{first}--\n--{then}\n{exe}\n--{then}--\n"),
        );
    }
}

#[test]
fn names_beyond_all_measure_are_told() {
    let decoys: String = (0..300).map(|number| format!("; name=a{number}")).collect();
    is_found(
        "many names",
        part(&format!("Content-Type: a/b{decoys}\nContent-Disposition: attachment; filename=\"b =?utf-8?B?eC5leGU=?=\""), "MZ"),
    );
}

#[test]
fn ordinary_mail_is_clean() {
    let nested = "Content-Type: multipart/mixed; boundary=\"o\"\nContent-Transfer-Encoding: quoted-printable\n\n--o\n\
                  Content-Type: multipart/alternative; boundary=\"===============12==\"\n\n--===============12==\n\nhi\n\
                  --===============12==--\n--o--\n";
    let cut = "Content-Type: multipart/report; boundary=r\n\n--r\n\nIt failed.\n--r\nContent-Type: message/rfc822\n\n\
               Content-Type: multipart/alternative; boundary=I\n\n[message body removed]\n--r--\n";
    let mails = [nested, cut, "Content-Type: multipart/mixed; boundary=R\n\n--R--\n"].map(|mail| mail.as_bytes().to_vec());
    let names = [
        "filename*=UTF-8''Order%20amazon.com%20(1).pdf",
        "filename=\"Order amazon.com (1).pdf\"; filename*=UTF-8''Order%20amazon.com%20(1).pdf",
        "filename=\"Report (final), v2.pdf\"",
        "filename=\"O'Neil.exe.pdf\"",
        "filename*0*=UTF-8''%C3%A9t%C3%A9%20; filename*1=\"2024.pdf\"",
        "filename=\"=?iso-8859-1?Q?=E9t=E9?= 2024.pdf\"",
    ];
    let named = names.map(|name| part(&format!("Content-Type: application/pdf\nContent-Disposition: attachment;\n {name}"), "x"));
    let encodings = ["7 bit", "8 bit", "8BITMIME", "utf-8", "iso-8859-1", "us-ascii", "none", "x-unknown", "amazonses.com"];
    let encoded = encodings.map(|encoding| part(&format!("Content-Type: text/plain\nContent-Transfer-Encoding: {encoding}"), "hi"));
    for mail in mails.into_iter().chain(named).chain(encoded) {
        let site = Site::new();
        let ended = site.deliver().pipe(&mail).run();
        assert_eq!(ended.exits(0).verdict(), "clean", "{}{}", String::from_utf8_lossy(&mail), ended.context());
    }
    // Where only some extensions may pass, the name by the rules decides.
    let site = Site::with("attachments.allow = [\"pdf\"]");
    let mail = part("Content-Disposition: attachment; filename*=utf-8''My%20Report%20(1).pdf", "x");
    assert_eq!(site.deliver().pipe(mail).run().verdict(), "clean");
}

#[test]
fn where_two_encodings_are_told_both_are_looked_at() {
    let site = Site::with("policy.ambiguous = { action = \"accept\", treatment = \"tag\" }");
    for (body, class) in [(eicar(), "infected"), (eicar_in_base64(), "infected"), ("text".to_owned(), "ambiguous")] {
        let message = part("Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit", &body);
        let verdict = site.deliver().pipe(message).run().verdict();
        assert!(verdict.starts_with(class), "{verdict}");
        let _ = std::fs::remove_dir_all(site.path("delivered")).and_then(|()| std::fs::create_dir(site.path("delivered")));
    }
}
