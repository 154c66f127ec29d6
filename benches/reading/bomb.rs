//! Messages that are made to cost much: each is one thing over and over, as large as is asked for.
//!
//! The list is that of what has stopped other readers of mail, as far as it is about MIME. Nothing here is malware, nor random.

/// A message that is made to cost much.
pub(crate) struct Bomb {
    pub(crate) name: &'static str,
    /// The message, of about so many bytes.
    pub(crate) build: fn(usize) -> Vec<u8>,
}

macro_rules! bombs {
    ($($name:literal: $build:expr,)*) => { &[$(Bomb { name: $name, build: $build },)*] };
}

pub(crate) const BOMBS: &[Bomb] = bombs! {
    "messages in each other": |size| rows("", b"Content-Type: message/rfc822\n\n", size, ""),
    "messages in each other, base64": |size| rows("", b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n", size, ""),
    "messages in each other, base64, twice each": inside_and_encoded,
    "multiparts in each other": nested,
    "multiparts in each other, one boundary": |size| rows("", b"Content-Type: multipart/mixed; boundary=b\n\n--b\n", size, ""),
    "parts": |size| rows(MIXED, b"--b\n\na\n", size, "--b--\n"),
    "parts with a name each": |size| rows(MIXED, b"--b\nContent-Type: a/b; name=x.y\n\na\n", size, "--b--\n"),
    "parts with a field twice each": |size| rows(MIXED, b"--b\nContent-Type: a/b\nContent-Type: c/d\n\na\n", size, "--b--\n"),
    "parts with '=?' in a long name each": |size| many_parts(size, b"=?"),
    "parts with CR in a long field each": |size| many_parts(size, b"\r"),
    "parts with '(' in a long field each": |size| many_parts(size, b"("),
    "parts with blanks in a long field each": |size| many_parts(size, b"\n  "),
    "one field": |size| rows("Subject: ", b"x", size, "\n\nbody\n"),
    "one Content-Type": |size| rows("Content-Type: ", b"x", size, "\n\nbody\n"),
    "fields": |size| rows("", b"A: b\n", size, "\nbody\n"),
    "Content-Type fields": |size| rows("", b"Content-Type: a/b\n", size, "\nbody\n"),
    "Content-Type fields, each with a boundary": |size| numbered("", "Content-Type: multipart/mixed; boundary=b", "\n", size, "\n--b1\n\nx\n"),
    "Content-Transfer-Encoding fields": |size| rows("", b"Content-Transfer-Encoding: base64\n", size, "\nbody\n"),
    "folds": |size| rows("Subject: a\n", b" b\n", size, "\nbody\n"),
    "folds of Content-Type": |size| rows("Content-Type: a/b;\n", b" b\n", size, "\nbody\n"),
    "folds of fields": |size| rows("Subject: a\n", b" Content-Type: a/b; name=x\n", size, "\nbody\n"),
    "parameters of RFC 2231": |size| numbered("Content-Type: a/b", "; name*", "*=x", size, "\n\nbody\n"),
    "parameters, each another name": |size| numbered("Content-Type: a/b", "; name=x", "", size, "\n\nbody\n"),
    "boundaries": |size| numbered("Content-Type: multipart/mixed", "; boundary=x", "", size, "\n\nbody\n"),
    "'(' in Content-Type": |size| rows("Content-Type: ", b"(", size, "a/b\n\nbody\n"),
    "'(' in Content-Transfer-Encoding": |size| rows("Content-Transfer-Encoding: ", b"(", size, "base64\n\nbody\n"),
    "'(' in Content-Disposition": |size| rows("Content-Disposition: ", b"(", size, "attachment\n\nbody\n"),
    "'(' in a name of a field": |size| rows("Content", b"(", size, "-Type: a/b\n\nbody\n"),
    "'=?' in a boundary": |size| rows("Content-Type: multipart/mixed; boundary=\"", b"=?", size, "\"\n\nbody\n"),
    "'=?' in a name": |size| rows("Content-Type: a/b; name=\"", b"=?", size, "\"\n\nbody\n"),
    "'=?u?Q?a?=' in a name": |size| rows("Content-Type: a/b; name=\"", b"=?u?Q?a?= ", size, "\"\n\nbody\n"),
    "'=?' in Content-Transfer-Encoding": |size| rows("Content-Transfer-Encoding: ", b"=?", size, "\n\nbody\n"),
    "'=?u?B?' in Content-Transfer-Encoding": |size| rows("Content-Transfer-Encoding: ", b"=?u?B?YQ", size, "?=\n\nbody\n"),
    "quotes in Content-Type": |size| rows("Content-Type: a/b; name=", b"\"", size, "\n\nbody\n"),
    "backslashes in Content-Type": |size| rows("Content-Type: a/b; name=\"", b"\\", size, "\n\nbody\n"),
    "percents in a name": |size| rows("Content-Type: a/b; name=\"", b"%25", size, "41.exe\"\n\nbody\n"),
    "40 boundaries, 10 deep": many_boundaries,
    "a field twice, 60 deep, large body": |size| irregular(60, size),
    "a field twice, 6 deep, large body": |size| irregular(6, size),
    "a body of many readings": many_readings,
    "many bodies of many readings": many_bodies_of_many_readings,
    "base64 of '='": |size| rows(BASE64, b"=", size, "\n"),
    "base64 of '#'": |size| rows(BASE64, b"#", size, "\n"),
    "base64 of 0xff": |size| rows(BASE64, b"YWJj\xff\n", size, "\n"),
    "base64 of short lines": |size| rows(BASE64, b"Y\n", size, "\n"),
    "base64 of pieces": |size| rows(BASE64, b"YQ==\n", size, "\n"),
    "base64 of pieces, '-' and 3 letters": |size| rows(BASE64, b"YQ==-YWJ\n", size, "\n"),
    "base64 of blank lines": |size| rows(BASE64, b"\n", size, "\n"),
    "base64 of a TNEF file, broken": |size| rows(BASE64, b"eJ8+Ig-=\n", size, "\n"),
    "quoted-printable of '='": |size| rows(QUOTED, b"=", size, "\n"),
    "quoted-printable of '= '": |size| rows(QUOTED, b"= ", size, "\n"),
    "quoted-printable of needless escapes": |size| rows(QUOTED, b"=41", size, "\n"),
    "quoted-printable of all flaws": |size| rows(QUOTED, b"=41=42=43=44=x =\r\n\n=4\n1 \n", size, "\n"),
    "quoted-printable of soft breaks": |size| rows(QUOTED, b"=\n", size, "\n"),
    "quoted-printable of blanks": |size| rows(QUOTED, b" ", size, "\n"),
    "quoted-printable of '=\\r\\n\\n=x '": |size| rows(QUOTED, b"=\r\n\n=x \n", size, "\n"),
    "uuencode 'begin'": |size| rows(TEXT, b"begin 644 a\n", size, ""),
    "uuencode 'begin', declared": |size| rows("Content-Transfer-Encoding: x-uuencode\n\n", b"begin 644 a\n", size, ""),
    "uuencode files": |size| rows(TEXT, b"begin 644 a\n#86)C\n`\nend\n", size, ""),
    "uuencode files, declared": |size| rows("Content-Transfer-Encoding: x-uuencode\n\n", b"begin 644 a\n#86)C\n", size, ""),
    "uuencode 'begin' before blank lines": |size| rows(TEXT, b"begin 644 a\n\n\n\n", size, ""),
    "begin-base64": |size| rows(TEXT, b"begin-base64 644 a\n", size, ""),
    "yEnc '=ybegin'": |size| rows(TEXT, b"=ybegin name=a\n", size, ""),
    "yEnc '=ybegin part=2'": |size| rows(TEXT, b"=ybegin part=2 name=a\n", size, ""),
    "yEnc '=ybegin', declared": |size| rows("Content-Transfer-Encoding: x-yenc\n\n", b"=ybegin name=a\nk\n=yend\n", size, ""),
    "BinHex starts": |size| rows(TEXT, b"(This file must be converted with BinHex 4.0)\n", size, ""),
    "BinHex starts with ':'": |size| rows(TEXT, b"(This file must be converted with BinHex 4.0)\n:", size, ""),
    "BinHex of runs": |size| rows(&format!("{TEXT}(This file must be converted with BinHex 4.0)\n:"), b"\"2r", size, ":\n"),
    "BinHex, declared": |size| rows("Content-Transfer-Encoding: binhex\n\n", b"(This file must be converted with BinHex 4.0)\n:", size, ""),
    "gzip64 that is none": |size| rows("Content-Transfer-Encoding: x-gzip64\n\n", b"YWJj\n", size, ""),
    "gzip64 of zeros": gzip_of_zeros,
    "TNEF with lying sizes": |size| file("application/ms-tnef", b"\x78\x9f\x3e\x22\x01\x00", b"\x01\x02\x90\x06\x00\xff\xff\xff\x7f", size),
    "TNEF of empty attachments": |size| file("application/ms-tnef", b"\x78\x9f\x3e\x22\x01\x00", b"\x02\x02\x90\x06\x00\x00\x00\x00\x00\x00\x00", size),
    "TNEF of attachments": |size| file("application/ms-tnef", b"\x78\x9f\x3e\x22\x01\x00", b"\x02\x02\x90\x06\x00\0\0\0\0\0\0\x02\x0f\x80\x06\x00\x01\0\0\0a\x61\0", size),
    "CMS, deep": |size| file("application/pkcs7-mime", CMS, b"\x24\x80", size),
    "CMS, sequences": |size| file("application/pkcs7-mime", CMS, b"\x30\x80", size),
    "CMS of empty pieces": |size| file("application/pkcs7-mime", CMS_PIECES, b"\x04\x00", size),
    "CMS with lying sizes": |size| file("application/pkcs7-mime", CMS_PIECES, b"\x04\x84\x7f\xff\xff\xff", size),
    "AppleDouble of 65,535 entries": |size| file("application/applefile", APPLE, b"\0\0\0\x01\0\0\0\x1a\0\x7f\xff\xff", size),
    "AppleDouble of 32 entries of everything": |size| file("application/applefile", APPLE_32, b"\0\0\0\x01\0\0\0\x1a\x7f\xff\xff\xff", size),
    "'--' lines": |size| rows(MIXED, b"--\n", size, "--b--\n"),
    "dashes": |size| rows(MIXED, b"-", size, "\n--b--\n"),
    "rows of dashes": |size| rows(MIXED, b"-- --- ----\n", size, "--b--\n"),
    "delimiters behind a blank": |size| rows(MIXED, b" --b\n\nx\n", size, "--b--\n"),
    "delimiters behind a blank, no boundary": |size| rows("Content-Type: multipart/mixed\n\n", b" --b\n\nx\n", size, "--b--\n"),
    "delimiters before a word": |size| rows(MIXED, b"--b X\n\nx\n", size, "--b--\n"),
    "delimiters before a blank": |size| rows(MIXED, b"--b \n\nx\n", size, "--b--\n"),
    "delimiters behind a CR": |size| rows(MIXED, b"x\r--b\n\n", size, "--b--\n"),
    "delimiters behind blanks on one line": |size| rows(MIXED, b"  --b", size, "\n--b--\n"),
    "last delimiters": |size| rows(MIXED, b"--b--\n", size, "\n"),
    "last delimiters, open multiparts": |size| rows(MIXED, b"--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\n--b--\n", size, "\n"),
    "other delimiters without a boundary": |size| numbered("Content-Type: multipart/mixed\n\n", "--x", "\n\n", size, "\n"),
    "hidden parts in a text": |size| rows(TEXT, b"--X\nContent-Type: a/b\n", size, ""),
    "hidden parts in a text, each of its own": |size| numbered(TEXT, "--X", "\nContent-Type: multipart/mixed; boundary=b\n\n", size, ""),
    "hidden headers in a text": |size| rows(TEXT, b"Content-Type: x\n\n", size, ""),
    "hidden messages in each other": |size| rows(TEXT, b"Content-Type: message/rfc822\n\n", size, ""),
    "hidden texts in each other": |size| rows(TEXT, b"Content-Type: text/plain\n\nx\n\n", size, ""),
    "hidden texts in each other, base64": hidden_and_encoded,
    "fields before a hidden header": |size| rows(TEXT, b"A: b\n", size, "Content-Type: a/b\n\nx\n"),
    "'From ' lines": |size| rows(TEXT, b"From a@b Mon Jan  1 00:00:00 2024\n", size, ""),
    "'From ' lines before all": |size| rows("", b"From a@b Mon Jan  1 00:00:00 2024\n", size, "A: b\n\nx\n"),
    "CR in a header": |size| rows("Subject: a", b"\r", size, "\n\nbody\n"),
    "CR in Content-Type": |size| rows("Content-Type: a/b", b"\r", size, "; name=x\n\nbody\n"),
    "CR between fields": |size| rows("", b"Content-Type: a/b\r", size, "\n\nbody\n"),
    "CR in a body": |size| rows(MIXED, b"\r", size, "\n--b--\n"),
    "NUL in a header": |size| rows("Content-Type: a/b", b"\0", size, "\n\nbody\n"),
    "NUL in a body": |size| rows(MIXED, b"\0", size, "\n--b--\n"),
    "CRLF": |size| rows(TEXT, b"\r\n", size, ""),
    "CRLF in a multipart": |size| rows(MIXED, b"\r\n", size, "--b--\n"),
    "CRLF before all": |size| rows("", b"\r\n", size, ""),
    "lines of blanks": |size| rows(MIXED, b"                    \n", size, "--b--\n"),
    "lines of blanks in a header": |size| rows("Content-Type: a/b\n", b"          \n", size, "\n\nbody\n"),
    "one line of blanks in a header": |size| rows("Content-Type: a/b;", b" ", size, "name=x\n\nbody\n"),
    "one line of blanks": |size| rows(MIXED, b" ", size, "\n--b--\n"),
    "unclosed multiparts before a long tail": |size| unclosed(600, size),
    "unclosed multiparts before delimiters of all": unclosed_with_delimiters,
    "one text line": |size| rows(TEXT, b"x", size, ""),
    "no header, one line": |size| rows("", b"x", size, ""),
    "nameless fields": |size| rows("", b": a/b\n", size, "\nbody\n"),
};

const MIXED: &str = "Content-Type: multipart/mixed; boundary=b\n\n";
const TEXT: &str = "Content-Type: text/plain\n\n";
const BASE64: &str = "Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n";
const QUOTED: &str = "Content-Type: application/octet-stream\nContent-Transfer-Encoding: quoted-printable\n\n";

/// Signed-data up to its content.
const CMS: &[u8] = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80";
const CMS_PIECES: &[u8] = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80\x24\x80";
const APPLE: &[u8] = b"\0\x05\x16\x07\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff";
const APPLE_32: &[u8] = b"\0\x05\x16\x07\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x20";

fn rows(front: &str, row: &[u8], size: usize, end: &str) -> Vec<u8> {
    let mut message = Vec::with_capacity(size + row.len() + front.len() + end.len());
    message.extend_from_slice(front.as_bytes());
    while message.len() < size {
        message.extend_from_slice(row);
    }
    message.extend_from_slice(end.as_bytes());
    message
}

/// The same with a number between two halves of each row.
fn numbered(front: &str, before: &str, behind: &str, size: usize, end: &str) -> Vec<u8> {
    let mut message = Vec::with_capacity(size + 256);
    message.extend_from_slice(front.as_bytes());
    let mut number = 0;
    while message.len() < size {
        message.extend_from_slice(format!("{before}{number}{behind}").as_bytes());
        number += 1;
    }
    message.extend_from_slice(end.as_bytes());
    message
}

/// A part under no encoding whose body is one thing over and over.
fn file(media_type: &str, front: &[u8], row: &[u8], size: usize) -> Vec<u8> {
    let mut body = front.to_vec();
    body.resize(size, 0);
    let behind = body.get_mut(front.len()..).unwrap_or_default();
    behind.iter_mut().zip(row.iter().cycle()).for_each(|(slot, byte)| *slot = *byte);
    [format!("Content-Type: {media_type}\nContent-Transfer-Encoding: binary\n\n").as_bytes(), &body].concat()
}

/// As many parts as are read, each with a long field.
fn many_parts(size: usize, row: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(size * 2);
    message.extend_from_slice(MIXED.as_bytes());
    for _ in 0..900 {
        message.extend_from_slice(&rows("--b\nContent-Type: a/b; name=\"", row, size / 900, "\"\n\nx\n"));
    }
    message
}

fn nested(size: usize) -> Vec<u8> {
    let mut message = Vec::with_capacity(size + 256);
    let mut number = 0;
    while message.len() < size {
        message.extend_from_slice(format!("Content-Type: multipart/mixed; boundary=b{number}\n\n--b{number}\n").as_bytes());
        number += 1;
    }
    message
}

/// `depth` multiparts, each with a boundary of its own, of which none is closed.
fn opened(depth: usize, header: impl Fn(usize) -> String) -> Vec<u8> {
    (0..depth).flat_map(|level| format!("{}\n--b{level}\n", header(level)).into_bytes()).collect()
}

fn padded(mut message: Vec<u8>, size: usize) -> Vec<u8> {
    message.reserve(size.saturating_sub(message.len()));
    while message.len() < size {
        message.extend_from_slice(b"Some words in a line of text, which is there to be read again - and again.\n");
    }
    message
}

fn unclosed(depth: usize, size: usize) -> Vec<u8> {
    let mut message = opened(1, |level| format!("Content-Type: multipart/mixed; boundary=b{level}\n"));
    for number in 0..depth {
        message.extend_from_slice(format!("Content-Type: multipart/mixed; boundary=c{number}\n\n--c{number}\n\nx\n--b0\n").as_bytes());
    }
    padded(message, size)
}

fn unclosed_with_delimiters(size: usize) -> Vec<u8> {
    let mut message = unclosed(60, 0);
    message.extend_from_slice(b"--b0--\n");
    let mut number = 0;
    while message.len() < size {
        message.extend_from_slice(format!("--c{}\n\nx\n", number % 60).as_bytes());
        number += 1;
    }
    message
}

fn many_boundaries(size: usize) -> Vec<u8> {
    let boundaries = |level: usize| -> String {
        (0..40)
            .map(|number| format!("; boundary=b{level}{}", ["", "x", "y"].get(number % 3).copied().unwrap_or_default().repeat(number)))
            .collect()
    };
    padded(opened(10, |level| format!("Content-Type: multipart/mixed{}\n", boundaries(level))), size)
}

fn irregular(depth: usize, size: usize) -> Vec<u8> {
    let header = |level| {
        format!("Content-Type: multipart/mixed; boundary=b{level}\nContent-Type: multipart/related; boundary=c{level}\n\n--c{level}\n")
    };
    padded(opened(depth, header), size)
}

/// A body that is base64, quoted-printable and lines of any length.
fn many_readings(size: usize) -> Vec<u8> {
    let header = "Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\nContent-Transfer-Encoding: quoted-printable\n\
                  Content-Transfer-Encoding: x-uuencode\nContent-Transfer-Encoding: binhex\nContent-Transfer-Encoding: x-yenc\n\n";
    rows(header, b"YWJj-_ZGV\nYQ==#YWJjZGVm\n\nYWJ", size, "\n")
}

fn many_bodies_of_many_readings(size: usize) -> Vec<u8> {
    let mut message = Vec::with_capacity(size * 2);
    message.extend_from_slice(MIXED.as_bytes());
    for part in 0..100 {
        message.extend_from_slice(b"--b\n");
        message.extend_from_slice(&rows(&format!("X: {part}\n{BASE64}{part:04}"), b"YWJj-_ZGV\nYQ==#YWJjZGVm\n\nYWJ", size / 100, "\n"));
    }
    message
}

/// Gzip of zeros: one fixed block of the longest matches.
fn gzip_of_zeros(size: usize) -> Vec<u8> {
    // Header; a last block with fixed codes: a literal 0, then matches of 258 bytes at distance 1 (code 285: 11000101, distance 0: 00000).
    let mut bits: Vec<bool> = vec![true, true, false];
    bits.extend([false, false, true, true, false, false, false, false]);
    let matches = size * 3 / 4 * 8 / 13;
    bits.extend(
        [true, true, false, false, false, true, false, true, false, false, false, false, false].into_iter().cycle().take(matches * 13),
    );
    bits.extend([false; 7]);
    let mut gzip = b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec();
    gzip.extend(bits.chunks(8).map(|bits| bits.iter().enumerate().fold(0, |byte, (place, bit)| byte | (u8::from(*bit) << place))));
    let mut message = b"Content-Type: application/octet-stream\nContent-Transfer-Encoding: x-gzip64\n\n".to_vec();
    gzip.chunks(57).for_each(|line| crate::message::base64_line(line, &mut message));
    message
}

/// Messages in each other, of which each is encoded and said to be so or not.
fn inside_and_encoded(size: usize) -> Vec<u8> {
    wrapped(size, "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n\n")
}

fn hidden_and_encoded(size: usize) -> Vec<u8> {
    wrapped(size, "x\n\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n")
}

/// Ten levels, each in base64 in the one around it.
fn wrapped(size: usize, header: &str) -> Vec<u8> {
    let mut inner = padded(b"A: b\n\n".to_vec(), size * 4 / 100);
    while inner.len() < size {
        let mut outer = header.as_bytes().to_vec();
        inner.chunks(57).for_each(|line| crate::message::base64_line(line, &mut outer));
        inner = outer;
    }
    inner
}
