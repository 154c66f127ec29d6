//! Section C: delimiters in a body.

use crate::encode::{base64_lines, quoted_printable, uuencode};
use crate::harness::eicar;
use crate::part::{delimited, eicar_body, eicar_part, typed, undelimited_end, under};
use crate::position::BARE_LF;
use crate::row::Row;

const TYPE: &str = "multipart/mixed; boundary=bar";

pub(crate) fn rows() -> Vec<Row> {
    let delimiters = [e055(), e056(), e057(), e058(), e059()];
    [delimiters.as_slice(), &[e060(), e061(), e062(), e063(), e064()]].concat()
}

/// A row of bodies of a multipart.
fn bodies<N: AsRef<str>>(id: &'static str, seen_by: &'static str, bodies: impl IntoIterator<Item = (N, String)>) -> Row {
    Row::new(id, seen_by).all(bodies.into_iter().map(|(name, body)| (name, typed(TYPE, &body))))
}

/// The payload under base64 with a line in the middle of it, which must not have letters of base64 in it.
fn broken_by(line: &str) -> String {
    eicar_body().replacen('\n', &format!("\n{line}\n"), 1)
}

/// A body whose parts are delimited by `open`, and ended by `close`.
fn between(open: &str, close: &str) -> String {
    format!("{open}\nContent-Type: text/plain\n\nHello.\n{open}\n{}{close}\n", eicar_part())
}

fn e055() -> Row {
    let tails = ["X", " X", "-", " ", "\t", "\u{b}", "-X", "\0", "=", "--X", "\r"];
    let as_delimiter = tails.iter().map(|tail| (format!("--bar{tail} is one"), between(&format!("--bar{tail}"), "--bar--")));
    // Not under base64, of which the letters behind the dashes would be a part.
    let is_none = tails.iter().map(|tail| {
        let part = under("quoted-printable", &format!("Hello.\n--bar{tail}\n{}", quoted_printable(eicar())));
        (format!("--bar{tail} is none"), format!("--bar\n{part}--bar--\n"))
    });
    let closed =
        tails.iter().map(|tail| (format!("--bar--{tail} is no end"), format!("--bar\n\nHello.\n--bar--{tail}\n{}", delimited("bar"))));
    bodies("E055", "who compares the beginning of a line, or the whole", as_delimiter.chain(is_none).chain(closed))
}

fn e056() -> Row {
    let mut all = Vec::new();
    for (name, blank) in [("a space", " "), ("a tab", "\t"), ("a vertical tab", "\u{b}")] {
        let plain = delimited("bar");
        all.push((format!("{name} before each"), plain.replace("--bar", &format!("{blank}--bar"))));
        all.push((format!("{name} before the first"), format!("{blank}--bar\n{}--bar--\n", eicar_part())));
        all.push((format!("{name} before the separator"), plain.replacen("Hello.\n--bar", &format!("Hello.\n{blank}--bar"), 1)));
        all.push((format!("{name} before the end"), format!("--bar\n\nHello.\n{blank}--bar--\n--bar\n{}--bar--\n", eicar_part())));
    }
    bodies("E056", "who strips lines, or does not", all)
}

fn e057() -> Row {
    let begin = |glue: &str| format!("--bar\nContent-Type: text/plain\n\nHello.{glue}--bar\n{}--bar--\n", eicar_part());
    let lf = BARE_LF.to_string();
    let before = ["\r", &format!("{lf}\r"), "\n \r", "\n\r", &lf, "\r,"].map(|glue| (format!("{} before", glue), begin(glue)));
    let behind = ["\r", "\r\r", &lf].map(|glue| {
        let body = format!("--bar{glue}{}--bar--\n", eicar_part());
        (format!("{} behind", glue), body)
    });
    let first = format!("Hello.\r--bar\r{}\r--bar--\n", eicar_part().replace('\n', "\r"));
    bodies("E057", "who ends a line at a bare CR or LF", before.into_iter().chain(behind).chain([("CR everywhere".to_owned(), first)]))
}

fn e058() -> Row {
    let inner = |body: String| format!("--bar\nContent-Type: multipart/mixed; boundary=foo\n\n{body}");
    let cut = undelimited_end("bar").trim_end().to_owned();
    bodies(
        "E058",
        "who takes what is there to the end",
        [
            ("none at all", undelimited_end("bar")),
            ("no inner one", inner(format!("{}--bar--\n", undelimited_end("foo")))),
            ("no outer one", inner(delimited("foo"))),
            ("neither", inner(undelimited_end("foo"))),
            ("it ends inside base64", cut.clone()),
            ("it ends before the padding", cut.trim_end_matches('=').to_owned()),
            ("it ends behind two dashes", format!("{cut}\n--")),
            ("it ends inside the delimiter", format!("{cut}\n--ba")),
        ],
    )
}

fn e059() -> Row {
    let mut row = Row::new("E059", "who looks for the innermost boundary first, or for the outermost");
    for (outer, inner) in [("bar", "bar"), ("bar", "bar_"), ("bar_", "bar"), ("bar", "bar--"), ("bar--", "bar"), ("bar", "BAR")] {
        let head = format!("--{outer}\nContent-Type: multipart/mixed; boundary=\"{inner}\"\n\n");
        let value = format!("multipart/mixed; boundary=\"{outer}\"");
        let behind = format!("--{inner}\n\nHello.\n--{inner}--\n--{outer}\n{}--{outer}--\n", eicar_part());
        let name = format!("{inner} in {outer}");
        row = row
            .with(format!("{name}, inside"), typed(&value, &format!("{head}{}--{outer}--\n", delimited(inner))))
            .with(format!("{name}, behind"), typed(&value, &format!("{head}{behind}")))
            .with(format!("{name}, no end"), typed(&value, &format!("{head}{}", undelimited_end(inner))));
    }
    row
}

fn e060() -> Row {
    let (part, uuencoded) = (eicar_part(), uuencode("x.txt", eicar()));
    let decoy = "--bar\nContent-Type: text/plain\n\nHello.\n--bar--\n";
    bodies(
        "E060",
        "who looks before the first delimiter, or behind the last",
        [
            ("a part before", format!("{part}{decoy}")),
            ("a part behind", format!("{decoy}{part}")),
            ("a part behind a blank line", format!("{decoy}\n{part}")),
            ("delimited behind", format!("{decoy}--bar\n{part}--bar--\n")),
            ("uuencode before", format!("{uuencoded}{decoy}")),
            ("uuencode behind", format!("{decoy}{uuencoded}")),
            ("nothing but a preamble", part),
        ],
    )
}

fn e061() -> Row {
    let mut row = Row::new("E061", "who looks for the innermost boundary alone, or for all");
    for outer in ["####", "#--#", ".:.:"] {
        let value = format!("multipart/mixed; boundary=\"{outer}\"");
        let inner = |body: &str| format!("--{outer}\nContent-Type: multipart/mixed; boundary=foo\n\n--foo\n{body}--foo--\n--{outer}--\n");
        let planted = eicar_part().replace(&eicar_body(), &broken_by(&format!("--{outer}")));
        let leaf = format!("--{outer}\n{}--{outer}--\n", eicar_part().replace(&eicar_body(), &broken_by(&format!("--{outer}."))));
        let hidden = inner(&format!("Content-Transfer-Encoding: base64\n\nSGVsbG8u\n--{outer}\n{}", eicar_part()));
        row = row
            .with(format!("{outer} is junk"), typed(&value, &inner(&planted)))
            .with(format!("{outer} is a delimiter"), typed(&value, &hidden))
            .with(format!("{outer} is nearly one"), typed(&value, &leaf));
    }
    row
}

fn e062() -> Row {
    let part = eicar_part();
    bodies(
        "E062",
        "who passes over blank lines before a header",
        ["\n", "\n\n", " \n", "\t\n", "\n \n"].map(|blank| (blank, format!("--bar\n{blank}{part}--bar--\n"))).into_iter().chain([
            ("a name behind it", "--bar\n\nContent-Disposition: attachment; filename=x.exe\n\nHello.\n--bar--\n".to_owned()),
            ("parts behind it", format!("--bar\n\nContent-Type: multipart/mixed; boundary=foo\n\n{}--bar--\n", delimited("foo"))),
        ]),
    )
}

fn e063() -> Row {
    let head = "--bar\nContent-Type: multipart/mixed; boundary=foo\nContent-Transfer-Encoding: base64\n";
    bodies(
        "E063",
        "who goes on with the inner boundary, encoded or not",
        [
            ("no body, delimiters behind the outer one", format!("{head}\n--bar\n\n{}--bar--\n", delimited("foo"))),
            ("no body, delimiters behind the outer end", format!("{head}\n--bar--\n{}", delimited("foo"))),
            ("no body and no blank line", format!("{head}--bar\n{}--bar--\n", eicar_part())),
            ("an empty body, the payload beside it", format!("{head}\n\n--bar\n{}--bar--\n", eicar_part())),
            ("all of it encoded", format!("{head}\n{}--bar--\n", base64_lines(delimited("foo")))),
            ("encoded, then plain", format!("{head}\n{}{}--bar--\n", base64_lines("--foo\n\nHello.\n--foo--\n"), delimited("foo"))),
        ],
    )
}

fn e064() -> Row {
    let inner = |first: &str| {
        format!("--bar\nContent-Type: multipart/mixed; boundary=foo\n\n--foo\n\n{first}\n--foo\n{}--foo--\n--bar--\n", eicar_part())
    };
    bodies(
        "E064",
        "who does not look for the outer boundary while inside",
        [
            ("closed in a part", inner("--bar--")),
            ("closed in a part with text", inner("Hello.\n--bar--\nHello.")),
            ("separated in a part", inner("--bar")),
            ("closed in the inner preamble", inner("").replacen("\n\n--foo", "\n\n--bar--\n--foo", 1)),
            ("closed twice", inner("--bar--\n--bar--")),
        ],
    )
}
