//! Section H, the middle: how a name itself is written.

use super::{RAW_BYTE, Row, entity, headers, of_both_fields};

pub(super) fn rows() -> Vec<Row> {
    let syntax = [e115(), e116(), e117(), e118()];
    [syntax.as_slice(), &[e119(), e120(), e121(), e122()]].concat()
}

/// A row of names between quotes, in both fields.
fn names<T: AsRef<str>>(id: &'static str, seen_by: &'static str, names: impl IntoIterator<Item = T>) -> Row {
    headers(id, seen_by, of_both_fields(names.into_iter().map(|name| format!("{{}}=\"{}\"", name.as_ref()))))
}

fn e115() -> Row {
    let forms = [
        "x\".exe",
        "\"x\".exe",
        "\"x\".exe\"",
        "'x.exe'",
        "x\\\".exe",
        "\"x.exe",
        "x.exe\"",
        "\"x.\"exe",
        "\"a.png\"x.exe",
        "\"x.exe\"a.png",
        "\"\"x.exe",
        "x.\"exe\"",
        "\"x.exe\\\"",
    ];
    headers("E115", "who takes quotes off, or takes them literally", of_both_fields(forms.map(|form| format!("{{}}={form}"))))
}

fn e116() -> Row {
    let forms = ["x;.exe", "x\\;.exe", "\"x;.exe\"", "\"x\\;.exe\"", "x.exe;.png", "\"x.exe;.png\"", "x.exe\\;.png", "x.exe;"];
    headers("E116", "who splits at a semicolon first, or reads quotes first", of_both_fields(forms.map(|form| format!("{{}}={form}"))))
}

fn e117() -> Row {
    let forms = [
        "{}=x.exe()",
        "{}=x.exe(.gif)",
        "{}=x.e()xe",
        "{}()=x.exe",
        "{}=()x.exe",
        "{}=attached.()bat",
        "{}=\"x.exe\"(a.png)",
        "{}=(a.png)x.exe",
        "{}=x.exe (a",
        "{}=(a.png; {}=x.exe",
        "x=(; {}=x.exe",
        "{}=(x.exe)",
        "(a; {}=x.exe)",
        "{}=\"x.exe()\"",
    ];
    let inside = ["Content-Disposition: attachment; file(c)name=x.exe", "Content-Type: a/b; na()me=x.exe"].map(str::to_owned);
    headers("E117", "who takes comments out, or takes them literally", of_both_fields(forms).into_iter().chain(inside))
}

fn e118() -> Row {
    let forms = [
        "{} =x.exe",
        "{}= x.exe",
        "{} = x.exe",
        "{}\t=\tx.exe",
        "{}\n =x.exe",
        "{}=\n x.exe",
        "{}\n =\n \"x.exe\"",
        "{}=\n\t\"x.exe\"",
        "{}\u{b}=x.exe",
        "{}\0=x.exe",
        "{}=\u{b}x.exe",
        "{}\\=x.exe",
        "{} =\n \n x.exe",
    ];
    headers("E118", "who strips white space around =", of_both_fields(forms))
}

fn e119() -> Row {
    let raw = [
        "x.exe.",
        "x.exe...",
        "x.exe ",
        "x.exe. .",
        "x.exe\0.txt",
        "x.exe%00.txt",
        "x.exe\t",
        "x\t.exe",
        "x.\texe",
        "x.\n exe",
        "x.exe\n ",
        "x.e\0xe",
        "x.exe\r",
        "x.exe\u{7}",
        "x.exe\u{a0}",
        "x.exe/",
    ];
    let extended = ["{}*=''x.exe%00.txt", "{}*=''x.exe%20", "{}*=''x.exe%2E", "{}*=''x.%0Aexe", "{}*=''x.exe%C2%A0"];
    names("E119", "who strips the end, or ends at a control", raw).all(of_both_fields(extended).into_iter().map(entity))
}

fn e120() -> Row {
    let padded = format!("a.pdf{}.exe", " ".repeat(200));
    let wide = format!("a.pdf{}.exe", "_".repeat(150));
    let clsid = "a.txt.{3050f4d8-98B5-11CF-BB82-00AA00BDCE0B}";
    let list = [
        "a.pdf           .exe",
        "a.jpg.lnk",
        "a.pdf.exe",
        "a.exe.pdf.scr",
        "a.txt\t.exe",
        ".exe",
        "a..exe",
        "a.pdf\u{2003}\u{2003}.exe",
        "{3050f4d8}.exe",
        clsid,
        &padded,
        &wide,
    ];
    names("E120", "who goes by the last extension, or by the class", list)
}

fn e121() -> Row {
    let mut list: Vec<String> = [
        "x\u{202e}gpj.exe",
        "a\u{2066}.exe\u{2069}",
        "x.e\u{200b}xe",
        "x.\u{2060}exe",
        "x\u{ff0e}\u{ff45}\u{ff58}\u{ff45}",
        "x\u{2024}exe",
        "x\u{ff0e}exe",
        "x.\u{212f}xe",
        "x.exe\u{200f}",
        "x.\u{435}\u{445}\u{435}",
        "x\u{fe52}exe",
        "x.\u{24d4}\u{24e7}\u{24d4}",
        "x.e\u{ad}xe",
        "x.exe\u{feff}",
        "x\u{3002}exe",
        "x.\u{1d41e}xe",
    ]
    .map(str::to_owned)
    .to_vec();
    list.extend([format!("x{RAW_BYTE}.exe"), format!("x.exe{RAW_BYTE}"), format!("x.{RAW_BYTE}exe")]);
    let extended = [
        "{}*=utf-8''x%C0%AEexe",
        "{}*=utf-8''x%E2%80%AEgpj.exe",
        "{}*=utf-8''x%EF%BC%8Eexe",
        "{}*=utf-8''%FF%FEx.exe",
        "{}*=utf-8''x.e%E2%80%8Bxe",
    ];
    names("E121", "who shows what looks alike, or drops what cannot be seen", list).all(of_both_fields(extended).into_iter().map(entity))
}

fn e122() -> Row {
    let long = [format!("{}.exe", "a".repeat(300)), format!("{}.exe", "a".repeat(20_000)), format!("../{}x.exe", "../".repeat(100))];
    let list = [
        "../../x.exe",
        "C:\\x.exe",
        "C:\\\\x.exe",
        "x.exe:$DATA",
        "x.exe::$DATA",
        "a.txt:x.exe",
        "\\\\\\\\host\\\\share\\\\x.exe",
        "/etc/x.exe",
        "CON.exe",
        "NUL.exe",
        "./x.exe",
        "a/b/x.exe",
        "file:///x.exe",
        "~/x.exe",
    ];
    names("E122", "who takes the last of a path, or the whole", list.into_iter().map(str::to_owned).chain(long))
}
