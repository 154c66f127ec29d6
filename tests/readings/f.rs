//! Section F: other encodings, and formats that hold files.

use crate::encode::{base64, base64_lines, binhex, quoted_printable, uuencode, uuencoded_lines, yenc, yenc_lines};
use crate::formats::{
    Attached, apple_single, cms_enveloped, cms_signed, cms_signed_in_chunks, gzip, pgp_armour, pgp_compressed, pgp_literal, tnef,
};
use crate::harness::eicar;
use crate::part::{attached_program, decoy, delimited, eicar_body, eicar_part, multipart, typed, under};
use crate::row::Row;

pub(crate) fn rows() -> Vec<Row> {
    let encodings = [e087(), e088(), e089(), e090(), e091()];
    let containers = [e092(), e093(), e094(), e095(), e096(), e097(), e098()];
    [encodings.as_slice(), &containers].concat()
}

const TEXT: &str = "text/plain";

fn e087() -> Row {
    let whole = uuencode("x.txt", eicar());
    let words = ["uuencode", "x-uuencode", "uue", "x-uue", "x-uu", "UUENCODE", "x-unix-uuencode"];
    let forms = [
        ("begin and end", whole.clone()),
        ("begin", whole.replace("\n`\nend\n", "\n")),
        ("body", uuencoded_lines(eicar(), '`')),
        ("text before", format!("This is text.\n\n{whole}")),
    ];
    Row::new("E087", "who knows uuencode")
        .all(words.iter().flat_map(|word| forms.iter().map(move |(name, body)| (format!("{word}, {name}"), under(word, body)))))
}

fn e088() -> Row {
    let whole = uuencode("x.txt", eicar());
    let begin = |line: &str| typed(TEXT, &format!("Hello.\n\n{}", whole.replacen("begin 644 x.txt", line, 1)));
    let lines = [
        "begin 644 x.exe",
        "begin  644  x.txt",
        "begin 0644 x.txt",
        "begin 644 x y.txt",
        "begin 644 \"x.txt\"",
        "begin 7777 x.txt",
        "begin 644 x.txt ",
        "begin 644",
        "begin 644\tx.txt",
    ];
    let harmless = uuencode("x.exe", "Hello.");
    let blanks = format!("begin 644 x.txt\n{} \nend\n", uuencoded_lines(eicar(), ' '));
    let preamble = typed("multipart/mixed; boundary=bar", &format!("{whole}{}", decoy("bar")));
    Row::new("E088", "who looks for uuencode in text").all(lines.map(|line| (line, begin(line)))).all([
        ("no type", format!("X-Other: a\n\nHello.\n\n{whole}")),
        ("HTML", typed("text/html", &whole)),
        ("unknown text", typed("text/x-other", &whole)),
        ("the second of two", typed(TEXT, &format!("{}\n{whole}", uuencode("a.txt", "Hello.")))),
        ("the name alone", typed(TEXT, &harmless)),
        ("the second name alone", typed(TEXT, &format!("{}\n{harmless}", uuencode("a.txt", "Hello.")))),
        ("in the preamble", preamble),
        ("blanks for zero", typed(TEXT, &blanks)),
        ("no end", typed(TEXT, &whole.replace("end\n", ""))),
        ("no zero line", typed(TEXT, &whole.replace("\n`\nend", "\nend"))),
        ("neither", typed(TEXT, &whole.replace("\n`\nend\n", "\n"))),
        ("in base64", typed(&format!("{TEXT}\nContent-Transfer-Encoding: base64"), &base64_lines(&whole))),
        ("in quoted-printable", typed(&format!("{TEXT}\nContent-Transfer-Encoding: quoted-printable"), &quoted_printable(&whole))),
    ])
}

/// An entity whose body is bytes.
fn binary(header: &str, body: &[u8]) -> Vec<u8> {
    [header.as_bytes(), b"\n\n", body].concat()
}

fn e089() -> Row {
    let whole = yenc("x.txt", eicar());
    let words = ["x-yencode", "x-yenc", "yenc"].map(|word| (word, binary(&format!("Content-Transfer-Encoding: {word}"), &whole)));
    let inline = ["text/plain", "application/octet-stream; name=a.txt", "text/html"]
        .map(|value| (value, binary(&format!("Content-Type: {value}"), &whole)));
    let size = eicar().len();
    let part = |tail: &str| {
        [
            format!("=ybegin part=1 total=1 line=128 size={size} name=x.txt\n=ypart begin=1 end={size}\n").as_bytes(),
            &yenc_lines(eicar()),
            tail.as_bytes(),
        ]
        .concat()
    };
    let text = binary("Content-Type: text/plain", &[b"Hello.\n\n", whole.as_slice(), b"\nGoodbye.\n"].concat());
    Row::new("E089", "who knows yEnc").all(words).all(inline).all([
        ("between text", text),
        ("the name alone", binary("Content-Type: text/plain", &yenc("x.exe", "Hello."))),
        ("a part", binary("Content-Type: text/plain", &part(&format!("=yend size={size} part=1\n")))),
        ("no end", binary("Content-Type: text/plain", &part(""))),
    ])
}

fn e090() -> Row {
    let announced = |name: &str, data: String| format!("(This file must be converted with BinHex 4.0)\n\n{}", binhex(name, data));
    let whole = announced("x.txt", eicar());
    let words = ["binhex", "binhex40", "mac-binhex", "mac-binhex40", "x-binhex", "x-mac-binhex40"];
    Row::new("E090", "who knows BinHex")
        .all(words.map(|word| (format!("{word}, announced"), under(word, &whole))))
        .all(words.map(|word| (format!("{word}, not announced"), under(word, &binhex("x.txt", eicar())))))
        .all(["text/plain", "application/mac-binhex40", "application/octet-stream"].map(|value| (value, typed(value, &whole))))
        .with("behind text", typed(TEXT, &format!("Hello.\n\n{whole}")))
        .with("in base64", typed("application/mac-binhex40\nContent-Transfer-Encoding: base64", &base64_lines(&whole)))
        .with("the name alone", typed(TEXT, &announced("x.exe", "Hello.".to_owned())))
}

fn e091() -> Row {
    let body = base64_lines(gzip(eicar().as_bytes()));
    Row::new("E091", "who knows gzip64").all(["gzip64", "x-gzip64", "x-gzip", "GZIP64"].map(|word| (word, under(word, &body))))
}

fn e092() -> Row {
    let attached = |title, long_name, data: &str| tnef(&Attached { title, long_name, data: data.as_bytes() });
    let payload = attached("a.txt", "", &eicar());
    let part = |value: &str, stream: &[u8]| typed(&format!("{value}\nContent-Transfer-Encoding: base64"), &base64_lines(stream));
    let types = [
        "application/ms-tnef",
        "application/vnd.ms-tnef",
        "application/ms-tnef; name=winmail.dat",
        "application/octet-stream; name=winmail.dat",
        "application/octet-stream; name=other.dat",
        "text/plain",
    ];
    let ms = |stream: &[u8]| part("application/ms-tnef; name=winmail.dat", stream);
    Row::new("E092", "who opens winmail.dat").all(types.map(|value| (value, part(value, &payload)))).all([
        ("the title alone", ms(&attached("x.exe", "", "Hello."))),
        ("the long name alone", ms(&attached("", "x.exe", "Hello."))),
        ("the long name, another title", ms(&attached("a.txt", "x.exe", "Hello."))),
        ("the title, another long name", ms(&attached("x.exe", "a.txt", "Hello."))),
        ("the data cut short", ms(&payload[..payload.len() - 20])),
        ("the signature alone", ms(&payload[..6])),
        ("a wrong checksum", ms(&[&payload[..payload.len() - 1], &[0]].concat())),
        ("junk behind it", ms(&[payload.as_slice(), b"\0junk"].concat())),
        ("a mail in it", ms(&attached("a.eml", "", &eicar_part()))),
        ("quoted-printable", typed("application/ms-tnef\nContent-Transfer-Encoding: quoted-printable", &quoted_printable(&payload))),
    ])
}

fn e093() -> Row {
    let (single, double) = (0x0005_1600, 0x0005_1607);
    let part = |value: &str, file: &[u8]| typed(&format!("{value}\nContent-Transfer-Encoding: base64"), &base64_lines(file));
    let payload = eicar();
    let pair = |header: &[u8], data: &str| {
        typed("multipart/appledouble; boundary=bar", &format!("--bar\n{}--bar\n{data}--bar--\n", part("application/applefile", header)))
    };
    let named = apple_single(double, "x.exe", b"", b"Hello.");
    let forked = apple_single(double, "a.txt", b"", payload.as_bytes());
    Row::new("E093", "who opens files of a Macintosh").all([
        ("AppleDouble, the data", pair(&apple_single(double, "a.txt", b"", b"Hello."), &eicar_part())),
        ("AppleDouble, the name in the header", pair(&named, "Content-Type: text/plain\n\nHello.\n")),
        ("AppleDouble, the resource fork", pair(&forked, "Content-Type: text/plain\n\nHello.\n")),
        ("AppleDouble, a name outside", pair(&forked, &attached_program())),
        ("AppleSingle", part("application/applefile", &apple_single(single, "a.txt", payload.as_bytes(), b""))),
        ("AppleSingle, the resource fork", part("application/applefile", &apple_single(single, "a.txt", b"Hello.", payload.as_bytes()))),
        ("AppleSingle, the name", part("application/applefile", &apple_single(single, "x.exe", b"Hello.", b""))),
        ("AppleSingle, another type", part("application/octet-stream", &apple_single(single, "a.txt", payload.as_bytes(), b""))),
    ])
}

fn e094() -> Row {
    let mail = format!("From: a@b\nSubject: inner\nMIME-Version: 1.0\n{}", multipart("foo"));
    let page =
        format!("From: <Saved>\nMIME-Version: 1.0\n{}", typed("multipart/related; boundary=foo; type=\"text/html\"", &delimited("foo")));
    let named = |value: &str, name: &str, body: &str| {
        let head = format!("Content-Type: {value}; name={name}\nContent-Disposition: attachment; filename={name}");
        [("base64", base64_lines(body)), ("7bit", body.to_owned())].map(|(encoding, body)| {
            (format!("{value} {name} {encoding}"), format!("{head}\nContent-Transfer-Encoding: {encoding}\n\n{body}"))
        })
    };
    // A real .msg is a compound file, which is looked into as an archive is, not here: this is a mail under its name.
    let forms = [
        named("application/octet-stream", "a.mht", &page),
        named("application/octet-stream", "a.mhtml", &page),
        named("multipart/related", "a.mht", &page),
        named("application/octet-stream", "a.eml", &mail),
        named("application/octet-stream", "a.msg", &mail),
        named("application/x-mimearchive", "a.dat", &page),
        named("text/plain", "a.eml", &mail),
    ];
    Row::new("E094", "who opens a mail by its name or its looks").all(forms.concat())
}

fn e095() -> Row {
    let inner = multipart("foo");
    let part = |value: &str, cms: &[u8]| typed(&format!("{value}\nContent-Transfer-Encoding: base64"), &base64_lines(cms));
    let opaque = |cms: &[u8]| part("application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", cms);
    let nested = |levels: usize| (0..levels).fold(inner.clone(), |inner, _| opaque(&cms_signed(inner.as_bytes())));
    let signed = cms_signed(inner.as_bytes());
    let values = [
        "application/x-pkcs7-mime; smime-type=signed-data",
        "application/pkcs7-mime",
        "application/pkcs7-mime; smime-type=enveloped-data",
        "application/octet-stream; name=smime.p7m",
    ];
    let cr_lf = cms_signed(inner.replace('\n', "\r\n").as_bytes());
    Row::new("E095", "who opens signed mail").all(values.map(|value| (value, part(value, &signed)))).all([
        ("DER", opaque(&signed)),
        ("DER, CRLF inside", opaque(&cr_lf)),
        ("BER in chunks", opaque(&cms_signed_in_chunks(inner.as_bytes(), 50))),
        ("BER in chunks of 1000", opaque(&cms_signed_in_chunks(inner.as_bytes(), 1000))),
        ("a leaf inside", opaque(&cms_signed(eicar_part().as_bytes()))),
        ("a name inside", opaque(&cms_signed(attached_program().as_bytes()))),
        ("twice", nested(2)),
        ("five times", nested(5)),
        ("cut short", opaque(&signed[..signed.len() - 4])),
        ("enveloped", part("application/pkcs7-mime; smime-type=enveloped-data", &cms_enveloped(b"0123456789abcdef"))),
    ])
}

fn e096() -> Row {
    let payload = eicar();
    let literal = pgp_literal(payload.as_bytes());
    let signature = "--bar\nContent-Type: application/pgp-signature\n\nx\n--bar--\n";
    let signed =
        |part: &str| typed("multipart/signed; protocol=\"application/pgp-signature\"; boundary=bar", &format!("--bar\n{part}{signature}"));
    let armour = pgp_armour(&literal);
    let control = "--bar\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n";
    let encrypted = typed(
        "multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=bar",
        &format!("{control}--bar\nContent-Type: application/octet-stream\n\n{armour}--bar--\n"),
    );
    Row::new("E096", "who opens what gpg --store writes, or says that it is sealed").all([
        ("signed", signed(&eicar_part())),
        ("signed, a multipart", signed(&multipart("foo"))),
        ("signed, a name", signed(&attached_program())),
        ("encrypted", encrypted),
        ("a literal packet in text", typed(TEXT, &armour)),
        ("a literal packet behind text", typed(TEXT, &format!("Hello.\n\n{armour}"))),
        ("a compressed packet in text", typed(TEXT, &pgp_armour(&pgp_compressed(&literal)))),
        ("a literal packet attached", typed("application/pgp-encrypted; name=a.asc", &armour)),
        ("in HTML", typed("text/html", &format!("<pre>{armour}</pre>"))),
    ])
}

fn e097() -> Row {
    let part =
        |encoding: &str, body: &str| typed(&format!("multipart/mixed; boundary=\"(foo)1\"\nContent-Transfer-Encoding: {encoding}"), body);
    let parts = delimited("(foo)1");
    let nul = parts.replace("Hello.", "\0\0Hello.\0");
    let utf_16: Vec<u8> = eicar().encode_utf16().flat_map(u16::to_be_bytes).collect();
    let utf_7 = format!("+{}-", base64(utf_16).trim_end_matches('='));
    Row::new("E097", "who does not stop at NUL, or knows UTF-7").all([
        ("binary, NUL before the part", part("binary", &nul)),
        ("8bit, NUL before the part", part("8bit", &nul)),
        ("binary, NUL first", part("binary", &format!("\0{parts}"))),
        ("utf-7", part("utf-7", &parts)),
        ("x-utf-7", part("x-utf-7", &parts)),
        ("utf-7, a leaf", under("utf-7", &utf_7)),
    ])
}

fn e098() -> Row {
    let bodies = [("base64", eicar_body()), ("uuencode", uuencode("x.txt", eicar()))];
    let heads = [
        "Content-Type: application/octet-stream\nContent-Transfer-Encoding: x-unknown",
        "Content-Type: application/octet-stream; name=a.bin",
        "Content-Type: application/octet-stream\nContent-Transfer-Encoding: foo",
        "Content-Disposition: attachment; filename=a.bin",
        "Content-Type: image/png\nContent-Transfer-Encoding:",
    ];
    let forms =
        heads.iter().flat_map(|head| bodies.iter().map(move |(name, body)| (format!("{name}: {head}"), format!("{head}\n\n{body}"))));
    Row::new("E098", "who goes by the looks of a body").all(forms)
}
