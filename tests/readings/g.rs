//! Section G: messages in messages, and types that hold parts.

use crate::encode::{base64_lines, quoted_printable};
use crate::formats::cms_signed;
use crate::harness::eicar;
use crate::part::{attached_program, decoy, delimited, eicar_body, eicar_part, multipart, typed};
use crate::row::Row;

pub(crate) fn rows() -> Vec<Row> {
    let messages = [e099(), e100(), e101(), e102(), e103()];
    [messages.as_slice(), &[e104(), e105(), e106(), e107(), e108()]].concat()
}

/// A mail with the payload in a part.
fn mail() -> String {
    format!("From: a@b\nSubject: inner\nMIME-Version: 1.0\n{}", multipart("foo"))
}

/// A mail that is nothing but the payload.
fn leaf() -> String {
    format!("From: a@b\nSubject: inner\nMIME-Version: 1.0\n{}", eicar_part())
}

/// An entity of that type, with the body as it is and under each encoding.
fn each_encoding(value: &str, body: &str) -> [(String, String); 3] {
    let field = |encoding: &str, body: String| {
        (format!("{value}, {encoding}"), typed(&format!("{value}\nContent-Transfer-Encoding: {encoding}"), &body))
    };
    [(value.to_owned(), typed(value, body)), field("base64", base64_lines(body)), field("quoted-printable", quoted_printable(body))]
}

fn e099() -> Row {
    let values = ["message/rfc822", "message/rfc822\nContent-Disposition: attachment; filename=a.eml", "MESSAGE/RFC822; name=a.eml"];
    let named = format!("From: a@b\n{}", attached_program());
    Row::new("E099", "who walks a message in a message, encoded or not")
        .all(values.map(|value| each_encoding(value, &mail())).concat())
        .all([("a leaf", typed("message/rfc822", &leaf())), ("a name", typed("message/rfc822", &named))])
        .with("no header", typed("message/rfc822", &format!("\n{}", mail())))
        .with("in itself", typed("message/rfc822", &typed("message/rfc822", &mail())))
}

fn e100() -> Row {
    let values =
        ["message/global", "message/news", "text/rfc822-headers", "text/rfc822", "message/http", "message/x-other", "message/rfc2822"];
    Row::new("E100", "who takes each of these for a message").all(values.map(|value| each_encoding(value, &mail())).concat())
}

fn e101() -> Row {
    let digest = |part: &str| typed("multipart/digest; boundary=bar", &format!("--bar\n{part}--bar--\n"));
    Row::new("E101", "who knows the default type of a digest").all([
        ("no header", digest(&format!("\n{}", mail()))),
        ("a leaf", digest(&format!("\n{}", leaf()))),
        ("another field", digest(&format!("Content-Description: a\n\n{}", mail()))),
        ("an encoding", digest(&format!("Content-Transfer-Encoding: base64\n\n{}", base64_lines(mail())))),
        ("a type", digest(&format!("Content-Type: message/rfc822\n\n{}", mail()))),
        ("a part that is no message", digest(&eicar_part())),
        ("a header that is none", digest(&mail())),
        ("in upper case", digest(&format!("\n{}", mail())).replace("multipart/digest", "MULTIPART/DIGEST")),
    ])
}

/// Each fragment alone holds a half of the payload, and nobody can look at the whole: a finding is all that can be had.
fn e102() -> Row {
    let whole = mail();
    let (first, rest) = whole.split_at(whole.find(&eicar_body()).unwrap() + 40);
    let parameters = [
        "id=\"a@b\"; number=1; total=2",
        "id=\"a@b\"; number=0; total=2",
        "id=\"a@b\"; number=2; total=1",
        "id=\"a@b\"; number=1; total=3",
        "id=\"a@b\"; number=1",
        "number=1; total=2",
        "id=\"a@b\"; number=1; total=2; number=2",
        "id=\"a@b\"; id=\"c@d\"; number=1; total=2",
        "",
    ];
    let fragments = [("the first", first), ("the last", rest)];
    let forms = parameters.iter().flat_map(|parameter| {
        fragments.iter().map(move |(name, body)| (format!("{name}; {parameter}"), typed(&format!("message/partial; {parameter}"), body)))
    });
    Row::new("E102", "who joins fragments: a finding")
        .all(forms)
        .with("all in one", typed("message/partial; id=\"a@b\"; number=1; total=1", &whole))
}

/// The payload is elsewhere: a finding is all that can be had.
fn e103() -> Row {
    let types = [
        "ftp; site=ftp.example.org; directory=pub; name=x.txt; mode=image",
        "anon-ftp; site=ftp.example.org; name=x.txt",
        "tftp; site=ftp.example.org; name=x.txt",
        "url; url=\"http://example.org/x.txt\"",
        "local-file; name=\"/etc/x.txt\"",
        "mail-server; server=\"a@example.org\"; subject=get",
        "x-other; name=x.txt",
        "ftp; site=ftp.example.org; name=x.exe",
    ];
    let body = "Content-Type: application/octet-stream\nContent-ID: <a@b>\n\n";
    Row::new("E103", "who fetches what is elsewhere: a finding")
        .all(types.map(|kind| (kind, typed(&format!("message/external-body; access-type={kind}"), body))))
}

/// A multipart of that type with these parts.
fn of_parts(value: &str, parts: &[&str]) -> String {
    let body: String = parts.iter().map(|part| format!("--bar\n{part}")).collect();
    typed(&format!("{value}; boundary=bar"), &format!("{body}--bar--\n"))
}

fn e104() -> Row {
    let (text, html, payload) = ("Content-Type: text/plain\n\nHello.\n", "Content-Type: text/html\n\n<p>Hello.\n", eicar_part());
    let bad_html = typed("text/html\nContent-Transfer-Encoding: base64", &base64_lines(format!("{}</p>", eicar())));
    let (alternative, related) = ("multipart/alternative", "multipart/related; type=\"text/html\"");
    let root = format!("Content-ID: <a>\n{payload}");
    Row::new("E104", "whoever shows that alternative, or that root").all([
        ("the worse", of_parts(alternative, &[&payload, html])),
        ("the better", of_parts(alternative, &[text, &payload])),
        ("the middle of three", of_parts(alternative, &[text, &payload, html])),
        ("the first HTML of three", of_parts(alternative, &[&bad_html, html, html])),
        ("the second HTML of three", of_parts(alternative, &[html, &bad_html, html])),
        ("the last HTML of three", of_parts(alternative, &[html, html, &bad_html])),
        ("a name in the worse", of_parts(alternative, &[&attached_program(), html])),
        ("the root by start=", of_parts(&format!("{related}; start=\"<a>\""), &[html, &root])),
        ("another by start=", of_parts(&format!("{related}; start=\"<b>\""), &[&root, html])),
        ("no start=", of_parts(related, &[html, &root])),
    ])
}

fn e105() -> Row {
    let (text, status) =
        ("Content-Type: text/plain\n\nIt failed.\n", "Content-Type: message/delivery-status\n\nReporting-MTA: dns; a\n\nAction: failed\n");
    let original = typed("message/rfc822", &mail());
    let headers = typed("text/rfc822-headers", &mail());
    let report = "multipart/report; report-type=delivery-status";
    let bounce = |between: &str| typed("text/plain", &format!("This is the mail system at host a.\n\nIt failed.\n\n{between}\n{}", mail()));
    Row::new("E105", "who looks into the original of a bounce").all([
        ("a report", of_parts(report, &[text, status, &original])),
        ("a report with headers", of_parts(report, &[text, status, &headers])),
        ("the payload for the status", of_parts(report, &[text, &eicar_part()])),
        (
            "the payload under the status",
            of_parts(report, &[text, &typed("message/delivery-status\nContent-Transfer-Encoding: base64", &eicar_body())]),
        ),
        ("a fourth part", of_parts(report, &[text, status, "Content-Type: text/rfc822-headers\n\nFrom: a@b\n", &eicar_part()])),
        ("a report that is none", of_parts("multipart/report", &[&eicar_part()])),
        ("qmail's text", bounce("--- Below this line is a copy of the message.\n")),
        ("Exim's text", bounce("------ This is a copy of the message, including all the headers. ------\n")),
        ("sendmail's text", bounce("   ----- Original message follows -----\n")),
    ])
}

fn e106() -> Row {
    let (text, payload, signature) =
        ("Content-Type: text/plain\n\nHello.\n", eicar_part(), "Content-Type: application/pgp-signature\n\nx\n");
    let subtypes =
        "encrypted parallel x-mixed-replace form-data byteranges appledouble fax-message header-set knowbot bfile voice-message x-other related".split(' ');
    let plain = subtypes.map(|subtype| (subtype.to_owned(), of_parts(&format!("multipart/{subtype}"), &[text, &payload])));
    let signed = "multipart/signed; protocol=\"application/pgp-signature\"";
    let encrypted = "multipart/encrypted; protocol=\"application/pgp-encrypted\"";
    let control = "Content-Type: application/pgp-encrypted\n\nVersion: 1\n";
    Row::new("E106", "who walks each type of multipart, and all of its parts").all(plain).all([
        ("signed, the third part", of_parts(signed, &[text, signature, &payload])),
        ("signed, the fourth part", of_parts(signed, &[text, signature, text, &payload])),
        ("signed, the payload for the signature", of_parts(signed, &[text, &payload])),
        ("signed, without a signature", of_parts(signed, &[&payload])),
        ("encrypted, the third part", of_parts(encrypted, &[control, "Content-Type: application/octet-stream\n\nx\n", &payload])),
        ("encrypted, the first part", of_parts(encrypted, &[&payload, control])),
        ("encrypted, a name", of_parts(encrypted, &[control, &attached_program()])),
    ])
}

fn e107() -> Row {
    let from = "From a@b Mon Jan  1 10:00:00 2024\n";
    let plain = "From: a@b\nSubject: inner\n\nHello.\n\n";
    let text = |body: &str| typed("text/plain", body);
    Row::new("E107", "who opens a mail that stands in a text").all([
        ("a mail", text(&mail())),
        ("a mail behind text", text(&format!("Hello.\n\n{}", mail()))),
        ("a mail behind a blank line", text(&format!("\n{}", mail()))),
        ("a leaf", text(&leaf())),
        ("a mailbox of one", text(&format!("{from}{}", mail()))),
        ("the second of a mailbox", text(&format!("{from}{plain}{from}{}", mail()))),
        ("the third of a mailbox", text(&format!("{from}{plain}{from}{plain}{from}{}", mail()))),
        ("the first of a mailbox", text(&format!("{from}{}\n{from}{plain}", mail()))),
        ("a mailbox by its type", typed("application/mbox", &format!("{from}{plain}{from}{}", mail()))),
        ("forwarded", text(&format!("-----Original Message-----\n{}", mail()))),
        ("MIME alone", text(&multipart("foo"))),
        ("no type", format!("X-Other: a\n\n{}", mail())),
    ])
}

fn e108() -> Row {
    let text = "Content-Type: text/plain\n\nIt failed.\n";
    let twice = typed("multipart/mixed; boundary=one; boundary=two", &format!("{}{}", decoy("one"), delimited("two")));
    let first = twice.replace("boundary=one; boundary=two", "boundary=two; boundary=one");
    let encodings =
        |one: &str, other: &str| format!("Content-Transfer-Encoding: {one}\nContent-Transfer-Encoding: {other}\n\n{}", eicar_body());
    let constructs = [
        ("E033, the last", twice),
        ("E033, the first", first),
        ("E001, the first", encodings("base64", "7bit")),
        ("E001, the last", encodings("7bit", "base64")),
    ];
    let around = |entity: &str| {
        let signed = typed(
            "application/pkcs7-mime; smime-type=signed-data\nContent-Transfer-Encoding: base64",
            &base64_lines(cms_signed(entity.as_bytes())),
        );
        let bounced =
            of_parts("multipart/report; report-type=delivery-status", &[text, &typed("message/rfc822", &format!("From: a@b\n{entity}"))]);
        let encoded = typed("message/rfc822\nContent-Transfer-Encoding: base64", &base64_lines(format!("From: a@b\n{entity}")));
        let deep = typed("message/rfc822", &of_parts("multipart/mixed", &[&signed.replace("\n\n", "\nX-Other: a\n\n")]));
        [("signed", signed), ("bounced", bounced), ("encoded", encoded), ("signed, deeper", deep)]
    };
    let forms = constructs.iter().flat_map(|(name, entity)| around(entity).map(|(wrapped, whole)| (format!("{name}, {wrapped}"), whole)));
    Row::new("E108", "who opens both").all(forms)
}
