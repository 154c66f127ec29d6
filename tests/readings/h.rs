//! Section H: names of attachments. What they hold is harmless; the policy denies the name that some reader shows.
//!
//! Names of members in archives are not here: looking into archives is another subject.

use crate::encode::{base64, base64_lines};
use crate::formats::{Attached, tnef};
use crate::harness::eicar;
use crate::part::typed;
use crate::position::RAW_BYTE;
use crate::row::Row;

#[path = "h_names.rs"]
mod names;

pub(crate) fn rows() -> Vec<Row> {
    let parameters = [e109(), e110(), e111(), e112(), e113(), e114()];
    let rest = [e123(), e124(), e125()];
    [parameters.as_slice(), &names::rows(), &rest].concat()
}

/// An entity with this header.
fn part(header: &str) -> String {
    format!("{header}\n\nHello.\n")
}

/// A row of headers, each of which is its name.
fn headers<T: AsRef<str>>(id: &'static str, seen_by: &'static str, headers: impl IntoIterator<Item = T>) -> Row {
    Row::new(id, seen_by).all(headers.into_iter().map(entity))
}

/// The name of a variant and the variant.
fn entity(header: impl AsRef<str>) -> (String, String) {
    (header.as_ref().to_owned(), part(header.as_ref()))
}

/// Parameters, `{}` being the key, of both fields that carry a name.
fn of_both_fields<T: AsRef<str>>(forms: impl IntoIterator<Item = T>) -> Vec<String> {
    let both = |form: T| {
        let of = |field: &str, key: &str| format!("{field}; {}", form.as_ref().replace("{}", key));
        [of("Content-Disposition: attachment", "filename"), of("Content-Type: application/octet-stream", "name")]
    };
    forms.into_iter().flat_map(both).collect()
}

fn e109() -> Row {
    let (png, exe) = ("a.png", "x.exe");
    let field = |name: &str| format!("Content-Type: application/octet-stream; name={name}");
    let disposed = |name: &str| format!("Content-Disposition: attachment; filename={name}");
    headers(
        "E109",
        "who shows the name of the one field, or of the other",
        [
            field(exe),
            disposed(exe),
            format!("{}\n{}", field(png), disposed(exe)),
            format!("{}\n{}", field(exe), disposed(png)),
            format!("{}\n{}", disposed(exe), field(png)),
            format!("{}\n{}", disposed(png), field(exe)),
            format!("Content-Disposition: attachment; x={png}; filename={exe}"),
            format!("Content-Disposition: attachment; name={exe}"),
            format!("Content-Type: application/octet-stream; filename={exe}"),
            format!("Content-Disposition: attachment\n{}", field(exe)),
            format!("Content-Disposition: inline; filename={exe}"),
            format!("Content-Disposition: filename={exe}"),
            format!("Content-Disposition: ; filename={exe}"),
            format!("Content-Disposition: form-data; name=a; filename={exe}"),
        ],
    )
}

fn e110() -> Row {
    let forms = [
        "{}=x.exe; {}=a.png",
        "{}=a.png; {}=x.exe",
        "{}=a.png, {}=x.exe",
        "{}=\"a.png\" {}=\"x.exe\"",
        "{}=a.png; {}=b.png; {}=x.exe",
        "{}=a.png;{}=x.exe;",
        "{}=; {}=x.exe",
    ];
    let twice = |line: &str| [format!("{line}x.exe\n{line}a.png"), format!("{line}a.png\n{line}x.exe")];
    let fields = ["Content-Disposition: attachment; filename=", "Content-Type: a/b; name="].map(twice).concat();
    headers("E110", "the first, or the last", of_both_fields(forms).into_iter().chain(fields))
}

fn e111() -> Row {
    let forms = [
        "{}*=''x.exe",
        "{}*=UTF-8''x.exe",
        "{}*=''x%2Eexe",
        "{}*=''%78%2e%65%78%65",
        "{}*=UTF-8''x.%65xe",
        "{}*=utf-16be''%00x%00.%00e%00x%00e",
        "{}*=utf-16le''x%00.%00e%00x%00e%00",
        "{}*=x-unknown''x.exe",
        "{}*=utf-8'en-US'x.exe",
        "{}*=utf-8'x.exe",
        "{}*=x.exe",
        "{}*=\"utf-8''x.exe\"",
        "{}*=utf-7''x.exe",
        "{}*=utf-8''x.exe%",
        "{} * = utf-8''x.exe",
    ];
    headers("E111", "who knows RFC 2231", of_both_fields(forms))
}

fn e112() -> Row {
    let forms = [
        "{}*0=x.; {}*1=exe",
        "{}*1=exe; {}*0=x.",
        "{}*0=x.exe; {}*2=.png",
        "{}*0=x.; {}*2=exe",
        "{}*1=x.; {}*2=exe",
        "{}*2=exe; {}*1=x.",
        "{}*0*=''x.; {}*1=exe",
        "{}*0=x.; {}*1*=%65xe",
        "{}*0*=utf-8''%78; {}*1*=.e; {}*2=xe",
        "{}*0=\"x.\";\n {}*1=\"exe\"",
        "{}*0=a.png; {}*0=x.exe",
        "{}*0=x.exe; {}*0=a.png",
        "{}*00=x.; {}*01=exe",
        "{}*0=x.exe; {}*01=.png",
        "{}*0=x; {}*1=.; {}*2=e; {}*3=x; {}*4=e",
        "{}*-1=a; {}*0=x.; {}*1=exe",
    ];
    let fields = [
        "Content-Type: a/b; name*0=x.\nContent-Disposition: attachment; filename*1=exe",
        "Content-Disposition: attachment; filename*0=x.\nContent-Disposition: attachment; filename*1=exe",
        "Content-Type: a/b; name*0=x.\nContent-Type: a/b; name*1=exe",
    ];
    headers(
        "E112",
        "who takes pieces by number, in order, or the first",
        of_both_fields(forms).into_iter().chain(fields.map(str::to_owned)),
    )
}

fn e113() -> Row {
    let forms = [
        "{}=a.png; {}*=''x.exe",
        "{}*=''x.exe; {}=a.png",
        "{}=x.exe; {}*=''a.png",
        "{}*=''a.png; {}=x.exe",
        "{}=a.png; {}*0=x.; {}*1=exe",
        "{}*0=x.; {}*1=exe; {}=a.png",
        "{}*0=a; {}*1=.png; {}=x.exe",
        "{}=a.png; {}*0*=''x.; {}*1*=exe",
    ];
    let across = [
        "Content-Type: a/b; name=x.exe\nContent-Disposition: attachment; filename*=''a.png",
        "Content-Type: a/b; name*=''x.exe\nContent-Disposition: attachment; filename=a.png",
    ];
    headers("E113", "who knows RFC 2231, or who does not", of_both_fields(forms).into_iter().chain(across.map(str::to_owned)))
}

fn e114() -> Row {
    let utf_16: Vec<u8> = "x.exe".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let encoded = [
        format!("{{}}=\"=?us-ascii?B?{}?=\"", base64("x.exe")),
        format!("{{}}=\"=?utf-16be?B?{}?=\"", base64(utf_16)),
        format!("{{}}==?us-ascii?B?{}?=", base64("x.exe")),
        format!("{{}}=\"=?utf-8?B?{}?= =?utf-8?B?{}?=\"", base64("x."), base64("exe")),
        format!("{{}}=\"=?utf-8?B?{}?=\n =?utf-8?B?{}?=\"", base64("x."), base64("exe")),
        format!("{{}}=\"=?x-unknown?B?{}?=\"", base64("x.exe")),
        format!("{{}}=\"=?utf-8?B?{}?=.exe\"", base64("x")),
        format!("{{}}=\"=?utf-8?B?{}?=\"", base64("x.exe").trim_end_matches('=')),
        format!("{{}}=\"=?utf-8*en?B?{}?=\"", base64("x.exe")),
    ];
    let quoted = [
        "{}=\"=?us-ascii?Q?x=2Eexe?=\"",
        "{}=\"a=?utf-8?Q?=2Eexe?=\"",
        "{}==?us-ascii?q?x.exe?=",
        "{}=\"=?utf-8?Q?x.?= =?utf-8?Q?exe?=\"",
        "{}=\"=?utf-8?Q?x.?=\n =?utf-8?Q?exe?=\"",
        "{}*=utf-8''=?utf-8?Q?x=2Eexe?=",
    ];
    headers("E114", "who decodes words in a parameter", of_both_fields(encoded.iter().map(String::as_str).chain(quoted)))
}

fn e123() -> Row {
    let winmail = tnef(&Attached { title: "x.exe", long_name: "", data: b"Hello." });
    let winmail = typed("application/ms-tnef\nContent-Transfer-Encoding: base64", &base64_lines(winmail));
    let fields = [
        "Content-Type: application/octet-stream\nContent-Location: x.exe",
        "Content-Type: application/octet-stream\nContent-Location: http://example.org/x.exe?a=b",
        "Content-Type: application/octet-stream\nContent-Location: http://example.org/x.exe",
        "Content-Type: application/octet-stream\nContent-Description: x.exe",
        "Content-Type: application/octet-stream\nContent-ID: <x.exe>",
        "Content-Type: application/octet-stream\nSubject: x.exe",
        "Content-Type: application/octet-stream\nContent-Disposition: attachment\nContent-Description: x.exe",
        "Content-Type: application/octet-stream\nContent-Base: http://example.org/\nContent-Location: x.exe",
    ];
    let types = ["application/x-msdownload", "application/x-dosexec", "application/hta"];
    headers("E123", "who makes a name of the type or of another field", fields)
        .all(types.map(|value| (value, part(&format!("Content-Type: {value}")))))
        .with("in winmail.dat", winmail)
}

/// Here the payload is in a file whose type, extension and content disagree.
fn e124() -> Row {
    let file = |value: &str, name: &str, content: String| {
        let head = format!("{value}; name={name}\nContent-Disposition: attachment; filename={name}\nContent-Transfer-Encoding: base64");
        (format!("{value} {name}, {}", &content[..content.find('X').unwrap_or(4).min(12)]), typed(&head, &base64_lines(content)))
    };
    let payload = eicar();
    let zip = "PK\u{5}\u{6}\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    Row::new("E124", "who goes by the type, the extension or the content").encoded_by_the_rules().all([
        file("image/png", "a.png", payload.clone()),
        file("image/png", "a.png", format!("MZ{payload}")),
        file("text/plain", "x.exe", "Hello.".to_owned()),
        file("image/jpeg", "x.scr", "GIF89a".to_owned()),
        file("application/octet-stream", "a.dat", format!("<html>{payload}")),
        file("image/gif", "a.gif", format!("GIF89a{payload}{zip}")),
        file("application/pdf", "a.pdf", format!("%PDF-1.4\n{payload}{zip}")),
        file("application/msword", "a.doc", format!("<html>{payload}</html>")),
        file("application/msword", "a.doc", format!("{{\\rtf1 {payload}}}")),
        file(
            "application/msword",
            "a.doc",
            format!("MIME-Version: 1.0\n{}", typed("text/html\nContent-Transfer-Encoding: base64", &base64_lines(&payload))),
        ),
        file("text/plain", "a.txt", format!("\u{7f}ELF{payload}")),
        file("message/rfc822", "a.png", payload),
    ])
}

fn e125() -> Row {
    let extensions = "svg svgz xhtml xht shtml hta mht htm url lnk scf library-ms search-ms settingcontent-ms iso img vhd vhdx one wsf js jse \
                      vbs vbe ps1 msix appinstaller rdp ics xll xlam iqy slk chm cpl jar jnlp";
    let forms = extensions.split_whitespace().flat_map(|extension| {
        let cases = [format!("a.{extension}"), format!("A.PDF.{}", extension.to_uppercase())];
        cases.map(|name| format!("Content-Type: application/octet-stream\nContent-Disposition: attachment; filename=\"{name}\""))
    });
    headers("E125", "who opens a file by its extension", forms)
}
