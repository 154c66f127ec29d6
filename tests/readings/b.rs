//! Section B: the type of a multipart and its boundary.
//!
//! A line of most tables is a Content-Type as it is declared, and the boundaries that its delimiters are made of, of which each makes a
//! variant: who takes that one for the boundary finds the payload.

use crate::encode::{base64_lines, quoted_printable};
use crate::part::{decoy, delimited, eicar_body, typed};
use crate::row::{Row, Variant};

#[path = "b_syntax.rs"]
mod syntax;

pub(crate) fn rows() -> Vec<Row> {
    let twice = [e033(), e034(), e035(), e036(), e037(), e038()];
    let rest = [e049(), e050(), e051(), e052(), e053(), e054()];
    [twice.as_slice(), &syntax::rows(), &rest].concat()
}

/// A parameter, or several, of multipart/mixed, and the boundaries that may be meant.
type Declared<'a> = (&'a str, &'a [&'a str]);

/// A variant for each boundary that may be meant.
fn used(table: &[Declared<'_>]) -> Vec<Variant> {
    let of = |(parameters, boundaries): &Declared<'_>| {
        let one = |boundary: &&str| declared(&format!("multipart/mixed; {parameters}"), boundary);
        boundaries.iter().map(one).collect::<Vec<_>>()
    };
    table.iter().flat_map(of).collect()
}

/// A multipart that is declared so, and delimited so.
fn declared(content_type: &str, boundary: &str) -> Variant {
    Variant::new(format!("{content_type} used as {boundary}"), typed(content_type, &delimited(boundary)))
}

/// The same with a harmless section before the payload, between delimiters of another boundary.
fn declared_with_decoy(content_type: &str, other: &str, boundary: &str) -> Variant {
    let name = format!("{content_type} used as {boundary}, {other} before it");
    Variant::new(name, typed(content_type, &format!("{}{}", decoy(other), delimited(boundary))))
}

fn e033() -> Row {
    let foo_bar = ["foo", "bar"].as_slice();
    let variants = used(&[
        ("boundary=foo; boundary=bar", foo_bar),
        ("boundary=foo, boundary=bar", foo_bar),
        ("boundary=foo boundary=bar", foo_bar),
        ("boundary=\"foo\"; boundary=\"bar\"", foo_bar),
        ("BOUNDARY=foo; boundary=bar", foo_bar),
        ("boundary=bar; boundary=bar", &["bar"]),
        ("boundary=1; boundary=2; boundary=3; boundary=bar", &["bar"]),
    ]);
    let twice = "multipart/mixed; boundary=foo; boundary=bar";
    let mixed = [declared_with_decoy(twice, "foo", "bar"), declared_with_decoy(twice, "bar", "foo")];
    Row::new("E033", "the first boundary, or the last").and(variants).and(mixed)
}

fn e034() -> Row {
    let twice = "multipart/mixed; boundary=foo\nContent-Type: multipart/mixed; boundary=bar";
    let apart = "multipart/mixed; boundary=foo\nX-Other: a\nContent-Type: multipart/alternative; boundary=bar";
    let both = |value| {
        [declared(value, "foo"), declared(value, "bar"), declared_with_decoy(value, "foo", "bar"), declared_with_decoy(value, "bar", "foo")]
    };
    let mix = format!("--foo\nContent-Type: text/plain\n\nHello.\n{}--foo--\n", delimited("bar"));
    let mixed = Variant::new("mix", typed(twice, &mix));
    Row::new("E034", "the first field, or the last").and(both(twice)).and(both(apart)).and([mixed])
}

fn e035() -> Row {
    let both = ["foo", "bar"].as_slice();
    let variants = used(&[
        ("boundary=foo; boundary*=''bar", both),
        ("boundary*=''bar; boundary=foo", both),
        ("boundary=foo; boundary*0=bar", both),
        ("boundary*0=ba; boundary*1=r; boundary=foo", both),
    ]);
    let value = "multipart/mixed; boundary=foo; boundary*=''bar";
    let mixed = [declared_with_decoy(value, "foo", "bar"), declared_with_decoy(value, "bar", "foo")];
    Row::new("E035", "who knows RFC 2231, or who does not").and(variants).and(mixed)
}

fn e036() -> Row {
    let forms = [
        "boundary*=''bar",
        "boundary*=us-ascii'en'bar",
        "boundary*=us-ascii''bar",
        "boundary*0*=''bar",
        "boundary*0=bar",
        "boundary*0=ba; boundary*1=r",
        "boundary*0*=''ba; boundary*1*=r",
        "boundary*=''%62%61%72",
        "boundary*0*=us-ascii''%62%61; boundary*1*=%72",
        "boundary*=utf-16be''%00b%00a%00r",
        "boundary*=utf-16le''b%00a%00r%00",
        "boundary*=x-unknown''bar",
    ];
    let plain = forms.iter().map(|form| declared(&format!("multipart/mixed; {form}"), "bar"));
    let with_decoy = forms.iter().map(|form| {
        let literal = form.split_once('=').map_or("", |(_, value)| value);
        declared_with_decoy(&format!("multipart/mixed; {form}"), literal, "bar")
    });
    Row::new("E036", "who knows RFC 2231").and(plain).and(with_decoy)
}

fn e037() -> Row {
    let variants = used(&[
        ("boundary*1=r; boundary*0=ba", &["bar", "rba"]),
        ("boundary*0=foo; boundary*0=bar", &["foo", "bar", "foobar"]),
        ("boundary*0=bar; boundary*0=foo", &["foo", "bar"]),
        ("boundary*=bar", &["bar"]),
        ("boundary*0*=bar", &["bar"]),
        ("boundary*0=bar; boundary*2=x", &["bar", "barx"]),
        ("boundary*1=bar", &["bar"]),
        ("boundary*1=ba; boundary*2=r", &["bar"]),
        ("boundary*0*=''ba; boundary*1=r", &["bar"]),
        ("boundary*0=ba; boundary*1=x; boundary*1=r", &["bar", "bax"]),
        ("boundary*00=ba; boundary*01=r", &["bar"]),
    ]);
    Row::new("E037", "who takes them by number, in order, or the first alone").and(variants)
}

fn e038() -> Row {
    let variants = used(&[
        ("boundary=\"=?us-ascii?Q?bar?=\"", &["bar", "=?us-ascii?Q?bar?="]),
        ("boundary=\"=?us-ascii?B?YmFy?=\"", &["bar", "=?us-ascii?B?YmFy?="]),
        ("boundary==?us-ascii?Q?bar?=", &["bar", "=?us-ascii?Q?bar?="]),
        ("boundary=abc=?us-ascii?Q?def?=", &["abcdef", "abc=?us-ascii?Q?def?="]),
        ("boundary=\"abc=?us-ascii?Q?def?=\"", &["abcdef", "abc=?us-ascii?Q?def?="]),
        ("boundary=\"=?us-ascii?Q?ba?= =?us-ascii?Q?r?=\"", &["bar", "=?us-ascii?Q?ba?= =?us-ascii?Q?r?="]),
    ]);
    Row::new("E038", "who decodes words, or takes them literally").and(variants)
}

fn e049() -> Row {
    let of_type = |value: &str| declared(value, "bar");
    let values = [
        "multipart/mixed boundary=bar",
        "multipart/mixed, boundary=bar",
        "multipart/mixed: boundary=bar",
        "boundary=bar",
        "; boundary=bar",
    ];
    let variants = used(&[
        ("foo=bla boundary=bar", &["bar"]),
        ("foo=\"bla;boundary=bar\"", &["bar"]),
        ("boundary=boundary=bar", &["bar", "boundary=bar"]),
        ("\"boundary=bar\"", &["bar"]),
        ("x-boundary=foo; boundary=bar", &["bar"]),
        ("foo='bla; boundary=bar'", &["bar", "bar'"]),
        ("foo=bla,boundary=bar", &["bar"]),
    ]);
    Row::new("E049", "who looks for the key anywhere").and(values.map(of_type)).and(variants)
}

fn e050() -> Row {
    let parameters = ["; oundary=bar", "; bound=bar", "; boundaryx=bar", "; xboundary=bar", "; boundary", "", ";", "; charset=us-ascii"];
    Row::new("E050", "who takes the first line with two dashes")
        .and(parameters.map(|parameter| declared(&format!("multipart/mixed{parameter}"), "bar")))
}

fn e051() -> Row {
    let types = [
        "ultipart/mixed",
        "x-multipart/mixed",
        "multiparts/mixed",
        "multipart/",
        "multipart",
        "multipart/mixedmultipart/mixed",
        "singlepart/mixed",
        "multipart mixed",
        "multipart/x-unknown",
        "multipart//mixed",
        "multipart-mixed",
        "/mixed",
        "Multi-Part/mixed",
    ];
    Row::new("E051", "who compares a prefix, or goes by the boundary")
        .and(types.map(|value| declared(&format!("{value}; boundary=bar"), "bar")))
}

fn e052() -> Row {
    let field = |encoding: &str| format!("multipart/mixed; boundary=bar\nContent-Transfer-Encoding: {encoding}");
    let parts = delimited("bar");
    let one = format!("Content-Transfer-Encoding: base64\n\n{}", eicar_body());
    let plain = ["base64", "quoted-printable", "x-uuencode", "x-unknown"]
        .map(|encoding| (format!("{encoding}, not encoded"), typed(&field(encoding), &parts)));
    let leaves = ["application/octet-stream", "text/plain", "text/html", "image/png"];
    Row::new("E052", "who walks it, or who decodes it as a leaf")
        .all(plain)
        .with("base64, encoded", typed(&field("base64"), &base64_lines(&parts)))
        .with("quoted-printable, encoded", typed(&field("quoted-printable"), &quoted_printable(&parts)))
        .all(leaves.map(|leaf| (format!("{leaf} with parts"), typed(&format!("{leaf}; boundary=bar"), &parts))))
        .all(leaves.map(|leaf| (format!("{leaf} with a boundary"), format!("Content-Type: {leaf}; boundary=bar\n{one}"))))
        .with("a multipart that is a leaf", format!("Content-Type: multipart/mixed; boundary=bar\n{one}"))
}

fn e053() -> Row {
    let mut row = Row::new("E053", "who compares the whole boundary, or its beginning");
    // RFC 2046 allows 70, Dovecot reads 80, Postfix 2048.
    for length in [70, 71, 80, 2048, 2049] {
        let (boundary, longer, other) = ("b".repeat(length), "b".repeat(length) + "x", "b".repeat(length) + "y");
        let value = |boundary: &str| format!("multipart/mixed; boundary=\"{boundary}\"");
        row = row
            .with(format!("{length}"), typed(&value(&boundary), &delimited(&boundary)))
            .with(format!("{length} declared, one more used"), typed(&value(&boundary), &delimited(&longer)))
            .with(format!("{length} used, one more declared"), typed(&value(&longer), &delimited(&boundary)))
            .with(format!("{length} and another beside it"), typed(&value(&longer), &format!("{}{}", decoy(&other), delimited(&longer))));
    }
    row
}

fn e054() -> Row {
    let variants = used(&[
        ("boundary=\"\0foo\"", &["\0foo", "foo", ""]),
        ("boundary=\"fo\0o\"", &["fo\0o", "fo", "foo"]),
        ("boundary=foo\0", &["foo\0", "foo"]),
        ("boundary=foo", &["foo\0", "fo\0o", "\0foo"]),
    ]);
    Row::new("E054", "who keeps NUL, drops it, or ends there").and(variants)
}
