//! Section A: the syntax of header fields.

use crate::encode::{base64, quoted_printable, uuencode};
use crate::field::{Field, in_each_field};
use crate::harness::eicar;
use crate::part::{delimited, eicar_body, eicar_part, typed};
use crate::position::{BARE_LF, RAW_BYTE};
use crate::row::{Row, Variant};

#[path = "a_layout.rs"]
mod layout;

pub(crate) fn rows() -> Vec<Row> {
    let twice = [e001(), e002(), e003(), e004(), e005(), e006(), e007(), e008()];
    let names = [e009(), e010(), e011(), e012(), e013(), e014()];
    let values = [e015(), e016(), e017(), e018(), e019(), e020(), e021()];
    [twice.as_slice(), &names, &values, &layout::rows()].concat()
}

/// A header with these encodings, a field each.
fn encodings(values: &[&str], body: &str) -> (String, String) {
    let fields: Vec<String> = values.iter().map(|value| format!("Content-Transfer-Encoding: {value}")).collect();
    (values.join(" + "), format!("{}\n\n{body}", fields.join("\n")))
}

/// Two encodings in both orders.
fn both_orders(one: &str, other: &str, body: &str) -> [(String, String); 2] {
    [encodings(&[one, other], body), encodings(&[other, one], body)]
}

fn e001() -> Row {
    let (base64, escaped) = (eicar_body(), quoted_printable(eicar()));
    let uuencoded = uuencode("a", eicar());
    let under_base64 = ["7bit", "8bit", "binary", "quoted-printable", "x-uuencode"].map(|other| both_orders("base64", other, &base64));
    let under_others = ["base64", "7bit"].map(|other| both_orders("quoted-printable", other, &escaped));
    let uuencoded = both_orders("x-uuencode", "base64", &uuencoded);
    let named = under_others.concat().into_iter().chain(uuencoded).map(|(name, entity)| (format!("{name} the other payload"), entity));
    Row::new("E001", "the first field, or the last").all(under_base64.concat()).all(named)
}

fn e002() -> Row {
    let (yes, no) = ("base64", "quoted-printable");
    let orders = [[no, yes, yes], [yes, yes, no], [no, yes, no], [yes, no, yes], [yes, no, no], [no, no, yes]];
    Row::new("E002", "one field of three, or most of them").all(orders.map(|fields| encodings(&fields, &eicar_body())))
}

fn e003() -> Row {
    let junk = ["xxx", "", "\t", "8 bit", "none", "\"\""];
    Row::new("E003", "the field that says something").all(junk.map(|junk| both_orders("base64", junk, &eicar_body())).concat())
}

fn e004() -> Row {
    let first_is_so = ["base64, quoted-printable", "base64 quoted-printable", "\"base64\", quoted-printable", "base64; quoted-printable"];
    let last_is_so = ["quoted-printable, base64", "quoted-printable base64", "\"quoted-printable\", base64", "quoted-printable; base64"];
    let values = [first_is_so, last_is_so].concat();
    Row::new("E004", "the first value, or the last").all(values.into_iter().map(|value| encodings(&[value], &eicar_body())))
}

fn e005() -> Row {
    let types = |value: &str| format!("Content-Type: {value}");
    let multipart = types("multipart/mixed; boundary=bar");
    let mut row = Row::new("E005", "the first type, or the last");
    for leaf in ["application/octet-stream", "text/plain", "image/png; name=a.png"] {
        for (first, second) in [(types(leaf), multipart.clone()), (multipart.clone(), types(leaf))] {
            let encoded = format!("Content-Transfer-Encoding: base64\n\n{}", eicar_body());
            row = row.with(format!("{first} {second}, parts"), format!("{first}\n{second}\n\n{}", delimited("bar")));
            row = row.with(format!("{first} {second}, a leaf"), format!("{first}\n{second}\n{encoded}"));
        }
    }
    row
}

fn e006() -> Row {
    let mut row = Row::new("E006", "the first type, or the last");
    for between in [", ", "; ", " "] {
        let values = ["application/octet-stream{}multipart/mixed; boundary=bar", "multipart/mixed; boundary=bar{}application/octet-stream"];
        row = row.all(values.map(|value| value.replace("{}", between)).map(|value| (value.clone(), typed(&value, &delimited("bar")))));
    }
    row
}

fn e007() -> Row {
    let field = "Content-Disposition: attachment; filename";
    let forms = [
        format!("{field}=x.exe\n{field}=x.png"),
        format!("{field}=x.png\n{field}=x.exe"),
        format!("{field}=x.png\nContent-Disposition: inline\n{field}=x.exe"),
        format!("Content-Disposition: inline\n{field}=x.exe"),
        format!("{field}=x.exe; filename=x.png"),
        format!("{field}=x.png; filename=x.exe"),
        format!("{field}=x.png, filename=x.exe"),
    ];
    Row::new("E007", "the first name, or the last").and(forms.map(|form| Field::Disposition.variant(&form)))
}

fn e008() -> Row {
    let versions = [
        ("none", ""),
        ("a comment", "MIME-Version: 1.0 (x)\n"),
        ("2.0", "MIME-Version: 2.0\n"),
        ("two that agree", "MIME-Version: 1.0\nMIME-Version: 1.0\n"),
        ("two that differ", "MIME-Version: 2.0\nMIME-Version: 1.0\n"),
        ("empty", "MIME-Version:\n"),
        ("junk", "MIME-Version: x\n"),
    ];
    let of = |field: Field| versions.map(|(name, version)| Variant::new(field.title(name), field.entity("{N}: {V}")).of_version(version));
    Row::new("E008", "who goes by the Content- fields").and(Field::ALL.into_iter().flat_map(of))
}

fn e009() -> Row {
    let fields = Field::ALL.into_iter().flat_map(|field| {
        let line = field.fill("{N}: {T}");
        let alternating = line.chars().enumerate().map(|(at, c)| if at % 2 == 0 { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() });
        let forms = [line.to_uppercase(), line.to_lowercase(), alternating.collect()];
        forms.map(|form| (form.clone(), field.entity(&format!("{form}{{R}}"))))
    });
    let keys = ["MULTIPART/Mixed; BOUNDARY=bar", "mULtipart/miXed; bOuNdArY=bar"].map(|value| (value, typed(value, &delimited("bar"))));
    let names = ["attachment; FILENAME=x.exe", "attachment; fileName=X.EXE"].map(|value| format!("{{N}}: {value}"));
    Row::new("E009", "every reader").all(fields).all(keys).and(names.map(|form| Field::Disposition.variant(&form)))
}

fn e010() -> Row {
    in_each_field("E010", "who strips the name of a field", &["{N} : {V}", "{N}\t: {V}", "{N}  :{V}", "{N} \t : {V}"])
}

fn e011() -> Row {
    let forms = ["{N}:: {V}", "{N}: : {V}", "{N} {V}", "{N}:{N}:{V}", "{N}: {N}: {V}", ": x\n{N}: {V}", ": {V}\n{N}: {V}"];
    in_each_field("E011", "who takes the first colon, the last, or none", &forms)
}

fn e012() -> Row {
    let forms =
        [" {N}: {V}", "\t{N}: {V}", "Content-Description: a\n {N}: {V}", "Content-Description: a\n\t{N}: {V}", " {N}: {V}\nX-Other: a"];
    in_each_field("E012", "who strips lines before it unfolds them", &forms)
}

fn e013() -> Row {
    let forms =
        ["\0{N}: {V}", "{N}\0: {V}", "Content\0-Type: a/b\n{N}: {V}", "{N}: \0{V}", "{N}: {a}\0{b}{R}", "{N}: {T}\0{R}", "{N}:\0 {V}"];
    in_each_field("E013", "who drops NUL, or ends a text there", &forms)
}

fn e014() -> Row {
    in_each_field("E014", "who takes comments out everywhere", &["{N}(meow): {V}", "{N} (meow): {V}"])
}

fn e015() -> Row {
    let forms = [
        "{N}: (xx) {V}",
        "{N}: {T} (xx){R}",
        "{N}: {a}(){b}{R}",
        "{N}: {a}(com\n ment){b}{R}",
        "{N}: ({T}){R}",
        "{N}: ({T}{R}",
        "{N}: (a (b) c) {V}",
        "{N}: (a \\) c) {V}",
    ];
    in_each_field("E015", "who takes comments out, or does not know them", &forms)
}

fn e016() -> Row {
    let forms =
        ["{N}: \"{T}\"{R}", "{N}: {a}\\{b}{R}", "{N}: '{T}'{R}", "{N}: \"{T}{R}", "{N}: {T}\"{R}", "{N}: \"{V}\"", "{N}: \"{a}\"{b}{R}"];
    in_each_field("E016", "who takes quotes off a token", &forms)
}

fn e017() -> Row {
    let of = |field: Field| {
        let token = base64(field.fill("{T}"));
        let half = base64(field.fill("{a}"));
        let forms = [
            format!("{{N}}: =?UTF-8?B?{token}?={{R}}"),
            "{N}: =?UTF-8?Q?{T}?={R}".to_owned(),
            "{N}: {a}=?US-ASCII?Q?{b}?={R}".to_owned(),
            format!("{{N}}: =?UTF-8?B?{half}?={{b}}{{R}}"),
            "{N}: =?UTF-8?Q?{a}?= =?UTF-8?Q?{b}?={R}".to_owned(),
        ];
        forms.map(|form| field.variant(&form))
    };
    Row::new("E017", "who decodes words before it parses").and(Field::ALL.into_iter().flat_map(of))
}

fn e018() -> Row {
    let base64 = "x-base64 xxbase64 base64xx base645 base64- base64base64 base-64".split(' ');
    let escaped = "quoted-print quotedprint quoted-printable-x x-quoted-printable quoted_printable".split(' ');
    let base64 = base64.map(|word| encodings(&[word], &eicar_body()));
    let escaped = escaped.map(|word| encodings(&[word], &quoted_printable(eicar())));
    let names = ["attachments", "x-attachment", "attach", "attachment/x"].map(|word| format!("{{N}}: {word}{{R}}"));
    Row::new("E018", "who compares a prefix, or looks for a piece")
        .all(base64)
        .all(escaped)
        .and(names.map(|form| Field::Disposition.variant(&form)))
}

fn e019() -> Row {
    let forms = ["{N}: ,{V}", "{N}: {T},{R}", "{N}: ;{V}", "{N}: {T};{R}", "{N}: xx {V}", "{N}: {T} xx{R}", "{N}: :{V}", "{N}: {T}.{R}"];
    in_each_field("E019", "who passes over punctuation", &forms)
}

fn e020() -> Row {
    let forms = ["{N}:{V}", "{N}:\t{V}", "{N}: \u{b}{V}", "{N}: \u{c}{V}", "{N}: \r{V}", "{N}: {T}\r{R}", "{N}: {T} \t {R}"];
    let wide = |field: Field| Variant::new(field.title("2000 spaces"), field.entity(&format!("{{N}}:{}{{V}}", " ".repeat(2000))));
    in_each_field("E020", "who strips white space", &forms).and(Field::ALL.map(wide))
}

fn e021() -> Row {
    let forms = ["{N}:\n {V}", "{N}:\n\t{V}", "{N}: \n \n {V}", "{N}:\n \n\t\n {V}", "{N}: {a}\n {b}{R}", "{N}\n : {V}", "{N}: {T}\n {R}"];
    in_each_field("E021", "who unfolds, with or without the blank", &forms)
}
