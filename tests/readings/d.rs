//! Section D: base64 as it should not be.

use crate::encode::{base64, base64_lines, groups, lines_of, quoted_printable, uuencode};
use crate::harness::eicar;
use crate::part::{delimited, eicar_body, eicar_part, multipart, typed, under};
use crate::position::RAW_BYTE;
use crate::row::Row;

pub(crate) fn rows() -> Vec<Row> {
    let spaced = [e065(), e066(), e067(), e068(), e069(), e070()];
    let padded = [e071(), e072(), e073(), e074(), e075(), e076()];
    [spaced.as_slice(), &padded, &[e077(), e078()]].concat()
}

/// A row of bodies under base64.
fn bodies<N: AsRef<str>>(id: &'static str, seen_by: &'static str, bodies: impl IntoIterator<Item = (N, String)>) -> Row {
    Row::new(id, seen_by).all(bodies.into_iter().map(|(name, body)| (name, under("base64", &body))))
}

/// The payload on one line.
fn encoded() -> String {
    base64(eicar())
}

/// The payload with `sign` behind each `count` characters.
fn behind_each(count: usize, sign: &str) -> String {
    groups(&encoded(), count).map(|group| format!("{group}{sign}")).collect::<String>() + "\n"
}

/// Pieces of the payload of that many bytes, each encoded with a padding of its own.
fn chunks(size: usize) -> Vec<String> {
    eicar().as_bytes().chunks(size).map(base64).collect()
}

fn e065() -> Row {
    let mixed = |lengths: &[usize]| {
        let (mut rest, mut lines, text) = (0, String::new(), encoded());
        for length in lengths.iter().cycle() {
            let end = text.len().min(rest + length);
            lines += &format!("{}\n", &text[rest..end]);
            rest = end;
            if rest == text.len() {
                return lines;
            }
        }
        lines
    };
    let even = [1, 2, 3, 4, 5, 6, 7, 60, 75, 77, 92].map(|length| (length.to_string(), lines_of(&encoded(), length)));
    let uneven = [[4, 4, 8, 8, 16].as_slice(), &[1, 2, 3], &[5, 7, 11]].map(|lengths| (format!("{lengths:?}"), mixed(lengths)));
    // A line of 100 KB: what is behind the payload is zeros.
    let long = base64([eicar().as_bytes(), &[0; 75_000]].concat()) + "\n";
    bodies("E065", "who joins lines before decoding", even)
        .all(uneven.map(|(name, body)| (name, under("base64", &body))))
        .with("100 KB", under("base64", &long))
}

fn e066() -> Row {
    let signs = [" ", "\t", "\u{b}", "\u{c}", "\r", "\n", "\n\n", " \n", "\n "];
    let each = signs.iter().flat_map(|sign| [1, 4].map(|count| (format!("{sign} behind each {count}"), behind_each(count, sign))));
    let split = [1, 2, 3, 4].map(|at| (format!("a blank line behind {at}"), format!("{}\n\n{}\n", &encoded()[..at], &encoded()[at..])));
    let before = ["\n\n\n".to_owned(), " ".repeat(100), "\n".repeat(1200)]
        .map(|blank| (format!("{} blank before", blank.len()), blank + &eicar_body()));
    bodies("E066", "who passes over white space", each.chain(split).chain(before))
}

fn e067() -> Row {
    let signs = ["#", ":", ".", "%", "-", "_", "~", "!", "\0", "\u{1d}", "\u{ff}", ",", "--"];
    bodies(
        "E067",
        "who passes over what is not of the alphabet",
        signs.iter().flat_map(|sign| [1, 4].map(|count| (format!("{sign} behind each {count}"), behind_each(count, sign)))),
    )
}

fn e068() -> Row {
    let of = |count, sign: &str| (format!("{sign} behind each {count} ends a line"), behind_each(count, &format!("{sign}abce0123\n")));
    let junk = ["#", ":", "!"].into_iter().flat_map(|sign| [of(4, sign), of(76, sign)]);
    let none = ["#", ":", "!"].map(|sign| (format!("{sign} is passed over"), lines_of(&behind_each(4, sign).replace('\n', ""), 20)));
    bodies("E068", "who ends a line at junk, or passes over it", junk.chain(none))
}

fn e069() -> Row {
    let junk = ["A", "AB", "ABC", "=", "A=", "AB="].map(|junk| (format!("{junk} is dropped"), format!("{junk}\n\n{}", eicar_body())));
    let first = [1, 2, 3].map(|count| (format!("the first {count} count"), format!("{}\n\n{}", &encoded()[..count], &encoded()[count..])));
    bodies("E069", "who begins anew at a line, or joins all", junk.into_iter().chain(first))
}

fn e070() -> Row {
    let wrapped = format!("begin-base64 644 x.txt\n{}====\n", eicar_body());
    let open = format!("begin-base64 644 x.txt\n{}", eicar_body());
    let uuencoded = uuencode("x.txt", eicar());
    Row::new("E070", "who passes over the line begin-base64").all([
        ("base64", under("base64", &wrapped)),
        ("base64, no end", under("base64", &open)),
        ("7bit", under("7bit", &wrapped)),
        ("x-uuencode", under("x-uuencode", &wrapped)),
        ("no encoding", typed("text/plain", &wrapped)),
        ("uuencode in base64", under("base64", &base64_lines(uuencoded.clone()))),
        ("uuencode named base64", under("base64", &uuencoded)),
    ])
}

fn e071() -> Row {
    let halves = |at: usize| {
        let payload = eicar();
        [base64(&payload[..at]), base64(&payload[at..])]
    };
    let splits = [1, 2, 22, 23, 34, 64]
        .into_iter()
        .flat_map(|at| ["", "\n", "\n\n"].map(|between| (format!("{at} bytes, then {between}"), halves(at).join(between) + "\n")));
    bodies("E071", "who goes on behind padding", splits)
}

fn e072() -> Row {
    let forms = [2, 1, 4, 5]
        .into_iter()
        .flat_map(|size| ["", "\n"].map(|between| (format!("{size} bytes each, {between} between"), chunks(size).join(between) + "\n")));
    bodies("E072", "who decodes each group by itself", forms)
}

fn e073() -> Row {
    let at =
        |place: usize| groups(&encoded(), 4).map(|group| format!("{}={}", &group[..place], &group[place..])).collect::<String>() + "\n";
    let zeros = encoded().trim_end_matches('=').replace('A', "=") + "\n";
    let first = |sign: &str| format!("{sign}{}", eicar_body());
    bodies(
        "E073",
        "who passes over =, or takes it for A",
        [
            ("=ABC", at(0)),
            ("A=BC", at(1)),
            ("AB=C", at(2)),
            ("= for A", zeros),
            ("= first", first("=")),
            ("== first", first("==")),
            ("= on a line first", first("=\n")),
        ],
    )
}

fn e074() -> Row {
    let two = base64(format!("{}\n\n", eicar()));
    bodies(
        "E074",
        "who passes over = or stops at the last",
        [
            ("at the end", format!("{}=\n", encoded())),
            ("many at the end", format!("{}{}\n", encoded(), "=".repeat(20))),
            ("at the end of a line", eicar_body().replacen('\n', "=\n", 1)),
            ("on a line of its own", eicar_body().replacen('\n', "\n=\n", 1)),
            ("four on a line", eicar_body().replacen('\n', "\n====\n", 1)),
            ("four at the start of a line", eicar_body().replacen('\n', "\n====", 1)),
            ("four first", format!("====\n{}", eicar_body())),
            ("behind each group", behind_each(4, "=")),
            ("two behind each group", behind_each(4, "==")),
            ("inside each group", behind_each(2, "=")),
            ("one of two missing", format!("{}\n", &two[..two.len() - 1])),
            ("one too many of two", format!("{two}=\n")),
        ],
    )
}

fn e075() -> Row {
    let harmless = base64_lines("PK\u{5}\u{6}\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    let payload = eicar_body();
    let padded = base64_lines("Hello, you.");
    bodies(
        "E075",
        "who stops at padding, or goes on",
        [
            ("the payload first", format!("{payload}====\n{harmless}")),
            ("the payload last", format!("{padded}====\n{payload}")),
            ("the payload last, without ====", format!("{padded}{payload}")),
            ("the payload last, glued", format!("{}{payload}", padded.trim_end())),
            ("text behind the payload", format!("{payload}\n-- \nThis is text of a list.\n")),
        ],
    )
}

fn e076() -> Row {
    let forms = ["X", "XX", "XXX", "="].map(|tail| (format!("{tail} behind each group"), behind_each(4, &format!("{tail}\n"))));
    let longer =
        ["X", "XX", "XXX"].map(|tail| (format!("{tail} behind each line"), lines_of(&encoded(), 20).replace('\n', &format!("{tail}\n"))));
    bodies("E076", "who decodes line by line and drops what is left", forms.into_iter().chain(longer))
}

fn e077() -> Row {
    // Bytes in front, so that both characters that differ are there.
    let long = [&[0xfb, 0xff, 0xbf], eicar().as_bytes()].concat();
    let other = |text: String| text.replace('+', "-").replace('/', "_");
    let shifted = [1, 2].map(|count| {
        (format!("the alphabet of URLs behind {count} bytes"), other(base64_lines([&vec![0xff; count], eicar().as_bytes()].concat())))
    });
    let payload = encoded();
    let open = payload.trim_end_matches('=');
    bodies(
        "E077",
        "who knows the alphabet of URLs, and is lenient at the end",
        [
            ("the alphabet of URLs", other(base64_lines(long))),
            ("no padding", format!("{open}\n")),
            ("no line end", open.to_owned()),
            ("bits behind the end", format!("{}p=\n", &open[..open.len() - 1])),
            ("a dot behind the end", format!("{payload}.\n")),
            ("a byte behind the end", format!("{payload}{RAW_BYTE}\n")),
        ]
        .map(|(name, body)| (name.to_owned(), body))
        .into_iter()
        .chain(shifted),
    )
}

fn e078() -> Row {
    let field = |value: &str, encoding: &str| format!("{value}\nContent-Transfer-Encoding: {encoding}");
    let inner = format!("From: a@b\nMIME-Version: 1.0\n{}", multipart("foo"));
    let multiparts = ["multipart/mixed; boundary=bar", "multipart/alternative; boundary=bar", "multipart/related; boundary=bar"];
    let messages = ["message/rfc822", "message/global", "message/news"];
    let parts = multiparts.map(|value| (value, delimited("bar"))).into_iter().chain(messages.map(|value| (value, inner.clone())));
    let twice = base64_lines(typed(&field("multipart/mixed; boundary=bar", "base64"), &base64_lines(delimited("bar"))));
    let forms = parts.flat_map(|(value, body)| {
        let encoded = [("base64", base64_lines(&body)), ("quoted-printable", quoted_printable(&body))];
        encoded.map(|(encoding, body)| (format!("{value} {encoding}"), typed(&field(value, encoding), &body)))
    });
    Row::new("E078", "who decodes a container before walking it")
        .all(forms)
        .with("twice", typed(&field("message/rfc822", "base64"), &twice))
        .with("a leaf in it", typed(&field("message/rfc822", "base64"), &base64_lines(eicar_part())))
}
