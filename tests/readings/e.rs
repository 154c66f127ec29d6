//! Section E: quoted-printable as it should not be.

use crate::encode::{groups, quoted_printable};
use crate::harness::eicar;
use crate::part::{delimited, eicar_part, typed, under};
use crate::position::{BARE_LF, RAW_BYTE};
use crate::row::Row;

pub(crate) fn rows() -> Vec<Row> {
    vec![e079(), e080(), e081(), e082(), e083(), e084(), e085(), e086()]
}

/// A row of bodies under quoted-printable.
fn bodies<N: AsRef<str>>(id: &'static str, seen_by: &'static str, bodies: impl IntoIterator<Item = (N, String)>) -> Row {
    Row::new(id, seen_by).all(bodies.into_iter().map(|(name, body)| (name, under("quoted-printable", &body))))
}

/// The payload, an escape for each byte.
fn escapes() -> Vec<String> {
    eicar().bytes().map(|byte| format!("={byte:02X}")).collect()
}

/// The payload on one line with `sign` between escapes, eight of them apart.
fn with_between(sign: &str) -> String {
    escapes().chunks(8).map(<[String]>::concat).collect::<Vec<_>>().join(sign) + "\n"
}

fn e079() -> Row {
    let lower = quoted_printable(eicar()).to_lowercase();
    let mixed: String = groups(&quoted_printable(eicar()), 3)
        .enumerate()
        .map(|(at, part)| if at % 2 == 0 { part.to_lowercase() } else { part.to_owned() })
        .collect();
    bodies("E079", "every reader", [("lower case", lower), ("mixed case", mixed)])
}

fn e080() -> Row {
    let mut all = Vec::new();
    for broken in ["=", "=0", "=0X", "=XX", "= ", "=\t", "=@", "=\u{12}", "=2", "= =", "=\u{1d}", "=\0"] {
        all.push((format!("{broken} before it"), format!("{broken}{}", quoted_printable(eicar()))));
        all.push((format!("{broken} within it"), with_between(broken)));
        all.push((format!("{broken} at line ends"), with_between(&format!("{broken}=\n"))));
    }
    bodies("E080", "who drops a broken escape, or shows it", all)
}

fn e081() -> Row {
    let of = |name: &str, middle: &str| {
        let split = |escape: &String| format!("{}{middle}{}", &escape[..2], &escape[2..]);
        let late = |escape: &String| format!("={middle}{}", &escape[1..]);
        let mut pieces = escapes();
        pieces[30] = split(&pieces[30]);
        let mut later = escapes();
        later[30] = late(&later[30]);
        [(format!("{name} behind a digit"), pieces.concat() + "\n"), (format!("{name} behind the sign"), later.concat() + "\n")]
    };
    let lf = BARE_LF.to_string();
    let forms = [("a line end", "\n"), ("a soft break", "=\n"), ("a bare CR", "\r"), ("a bare LF", &lf), ("a blank", " ")];
    bodies("E081", "who joins lines before decoding", forms.into_iter().flat_map(|(name, middle)| of(name, middle)))
}

fn e082() -> Row {
    let forms = [
        ("a space behind the soft break", "= \n"),
        ("a tab behind the soft break", "=\t\n"),
        ("many behind the soft break", "=  \t  \n"),
        ("a space on the next line", "=\n "),
        ("a tab on the next line", "=\n\t"),
        ("a space before the soft break", " =\n"),
        ("a tab before the soft break", "\t=\n"),
        ("a vertical tab behind the soft break", "=\u{b}\n"),
    ];
    let trailing = [" \n", "\t\n"].map(|tail| (format!("{tail} at the end"), quoted_printable(eicar()).trim_end().to_owned() + tail));
    bodies(
        "E082",
        "who strips white space at either end of a line",
        forms.map(|(name, between)| (name.to_owned(), with_between(between))).into_iter().chain(trailing),
    )
}

fn e083() -> Row {
    let octets = ["\t", "\u{12}", "\u{1d}", "\0", "\u{7f}", "\u{ff}"];
    let between = octets.iter().map(|octet| (format!("{} between", octet), with_between(octet)));
    let before = octets.iter().map(|octet| (format!("{} before", octet), format!("{octet}{}", quoted_printable(eicar()))));
    bodies("E083", "who drops what may not stand there, or shows it", between.chain(before))
}

fn e084() -> Row {
    let lf = BARE_LF;
    let forms = [
        ("CR", "=\r".to_owned()),
        ("LF", format!("={lf}")),
        ("CR CR LF", format!("=\r\r{lf}")),
        ("CR LF LF", format!("=\r{lf}{lf}")),
        ("LF CR", format!("={lf}\r")),
        ("two soft breaks", "=\n=\n".to_owned()),
        ("none", String::new()),
    ];
    let each = escapes().join("=\n") + "=\n";
    bodies("E084", "who goes on behind it", forms.map(|(name, between)| (name, with_between(&between))))
        .with("behind every byte", under("quoted-printable", &each))
}

fn e085() -> Row {
    let of = |length: usize| (format!("{length} before it"), "=41".repeat(length / 3) + &with_between(""));
    let raw = |length: usize| (format!("{length} raw before it"), "a".repeat(length) + &with_between(""));
    let lengths = [30, 300, 1200, 9000];
    bodies("E085", "who reads long lines whole", lengths.map(of))
        .all(lengths.map(raw).map(|(name, body)| (name, under("quoted-printable", &body))))
}

fn e086() -> Row {
    let value = "multipart/mixed; boundary=bar\nContent-Transfer-Encoding: quoted-printable";
    let escaped = delimited("bar").replace('=', "=3D").replace("--bar", "=2D=2Dbar");
    let mixed = delimited("bar").replace('=', "=3D").replace("--bar\n", "--b=61r\n");
    let raw = format!("Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\nHello=\n--bar\n{}--bar--\n", eicar_part());
    Row::new("E086", "who decodes a container before walking it, or who does not").all([
        ("escaped", typed(value, &escaped)),
        ("one letter escaped", typed(value, &mixed)),
        ("raw, the rest escaped", typed(value, &delimited("bar").replace('=', "=3D"))),
        ("raw behind a soft break", typed("multipart/mixed; boundary=bar", &format!("--bar\n{raw}"))),
        ("all escaped", typed(value, &quoted_printable(delimited("bar")))),
        ("a raw byte in a delimiter", typed(value, &delimited("bar").replace("--bar", &format!("--{RAW_BYTE}bar")))),
    ])
}
