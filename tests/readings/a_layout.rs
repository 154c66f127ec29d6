//! Section A, second half: the lines of a header and where it begins and ends.

use super::{BARE_LF, Field, RAW_BYTE, Row, Variant, delimited, eicar_body, eicar_part, in_each_field, typed};

pub(super) fn rows() -> Vec<Row> {
    let lines = [e022(), e023(), e024(), e025(), e026(), e027(), e028()];
    [lines.as_slice(), &[e029(), e030(), e031(), e032()]].concat()
}

fn each_field<T>(of: impl Fn(Field) -> Vec<T>) -> impl Iterator<Item = T> {
    Field::ALL.into_iter().flat_map(of)
}

/// Line ends that are none by the rules. A bare LF is written with a sign of its own.
fn odd_line_ends(list: &[&str]) -> Vec<String> {
    list.iter().map(|line_end| line_end.replace('N', &BARE_LF.to_string())).collect()
}

fn e022() -> Row {
    let between = odd_line_ends(&["\r", "N", "N\r", "\r\rN", "\rNN", "\rN\r", "N\rN", "\r\u{13}", "\u{13}N"]);
    let of = |field: Field| {
        between.iter().map(|between| named(field, between, &format!("Content-Description: a{between}{{N}}: {{V}}"))).collect()
    };
    Row::new("E022", "who ends a line there, and a header not yet").and(each_field(of))
}

/// A variant that is named by its line end.
fn named(field: Field, line_end: &str, form: &str) -> Variant {
    Variant::new(field.title(line_end), field.entity(form))
}

fn e023() -> Row {
    let folds = odd_line_ends(&["\r ", "N ", "\r\t", "N\r "]);
    let in_front =
        |field: Field| folds.iter().map(|fold| named(field, fold, &format!("Content-Description: a{fold}{{N}}: {{V}}"))).collect();
    let within = |field: Field| {
        let form = |fold: &String| Variant::new(field.title(&format!("within {}", fold)), field.entity(&format!("{{N}}:{fold}{{V}}")));
        folds.iter().map(form).collect()
    };
    let folded = ["{N}:\n {V}\nContent-ID: <a@b>", "{N}: {T}\n {R}\nContent-ID:\n <a@b>"];
    in_each_field("E023", "who takes it for a fold, or for a line end", &folded).and(each_field(in_front)).and(each_field(within))
}

fn e024() -> Row {
    let forms = [
        "X-Foo :bar\n {N}: {V}",
        "X-Foo :bar\n{N}: {V}",
        "X-Foo-bar\n {N}: {V}",
        "X-Foo-bar\n{N}: {V}",
        "XXXXXXXX\n{N}: {V}",
        "\u{1}\u{2}\u{3}\n{N}: {V}",
        "X Foo: bar\n{N}: {V}",
    ];
    in_each_field("E024", "who passes over a line that is no field", &forms)
}

fn e025() -> Row {
    let mut junk = odd_line_ends(&["\r", "N"]);
    junk.extend(["\n", "\u{b}", "\u{b}\n", " \n", ":\n", "\t\n", "-\n"].map(str::to_owned));
    let of = |field: Field| {
        let one = |junk: &String| Variant::new(field.title(junk), field.entity("{N}: {V}")).behind(junk);
        junk.iter().map(one).collect()
    };
    Row::new("E025", "who passes over junk before a header").and(each_field(of))
}

fn e026() -> Row {
    let mut between = odd_line_ends(&["\rN\r", "\rNN", "\r\rN", "N\rN", "\r\r", "NN", "N\r", "\rN\u{b}\rN"]);
    let lines =
        ["\n", "\n \n", "\n\t\n", "\n\u{b}\n", "\n( )\n", "\n<>\n", "\n( )\n\n", "\n<>\n\n", "\nThis is text.\n\n", "\nThis is text.\n"];
    between.extend(lines.map(str::to_owned));
    let of = |field: Field| {
        let one = |between: &String| {
            let entity = format!("X-Other: a\n{}{between}{}", field.fill("{N}: {V}"), field.body());
            Variant::new(field.title(between), entity)
        };
        between.iter().map(one).collect::<Vec<_>>()
    };
    let behind = ["This is text.\n{N}: {V}", "X-Other: a\n\n{N}: {V}", "X-Other: a\n \n{N}: {V}"];
    let both = [Field::Encoding, Field::Type];
    let behind = both.into_iter().flat_map(|field| behind.map(|form| field.variant(form)));
    Row::new("E026", "who ends the header there, or not yet").and(both.into_iter().flat_map(of)).and(behind)
}

fn e027() -> Row {
    let (head, body) = ("Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n", eicar_body());
    let (first, rest) = body.split_at(4);
    Row::new("E027", "who begins the body at the first line that is no field").all([
        ("no blank line", format!("{head}{body}")),
        ("junk before the blank line", format!("{head}ABCD\n\n{body}")),
        ("the first group before the blank line", format!("{head}{first}\n\n{rest}")),
        ("the first line before the blank line", format!("{head}{}", body.replacen('\n', "\n\n", 1))),
    ])
}

fn e028() -> Row {
    let fill = |length: usize| "a".repeat(length);
    let fields: String = (0..2000).map(|number| format!("X-Field-{number}: a\n")).collect();
    let fillers = [
        ("a field of 300 KB", format!("X-Long: {}\n", fill(300_000))),
        ("2000 fields", fields),
        ("2000 folds", format!("X-Long: a\n{}", " a\n".repeat(2000))),
        ("a line of 998", format!("X-Long: {}\n", fill(1100))),
        ("a line of 1000 of field name", format!("{}: a\n", fill(1001))),
        ("a field at 102400", format!("X-Long: {}\n", fill(102_392))),
    ];
    let both = [Field::Encoding, Field::Type];
    let of = |field: Field| {
        let before = fillers.iter().map(|(name, filler)| Variant::new(field.title(name), field.entity(&format!("{filler}{{N}}: {{V}}"))));
        let long = Variant::new(field.title("the value behind 5000 of comment"), field.entity(&format!("{{N}}: ({}) {{V}}", fill(5000))));
        let folded = Variant::new(field.title("the value behind 300 folds"), field.entity(&format!("{{N}}:{} {{V}}", " \n".repeat(300))));
        before.chain([long, folded]).collect::<Vec<_>>()
    };
    Row::new("E028", "who reads a header to its end").and(both.into_iter().flat_map(of))
}

fn e029() -> Row {
    let junk = ["x:y=1", "\u{1d}=1", "\u{e4}=1", "x=", "=1", "", "x", "x=\"", "x==1", "x=(", "x*=", "\0", "x=\u{1d}"];
    let type_of = |junk: &str| format!("{{N}}: multipart/mixed; {junk}; boundary=bar");
    let name_of = |junk: &str| format!("{{N}}: attachment; {junk}; filename=x.exe");
    let types = junk.map(|junk| Field::Type.variant(&type_of(junk)));
    Row::new("E029", "who goes on behind a parameter that is none")
        .and(types)
        .and(junk.map(|junk| Field::Disposition.variant(&name_of(junk))))
}

fn e030() -> Row {
    let before = [
        ("a From line", "From ann@example.org Mon Jan  1 10:00:00 2024\n"),
        ("a quoted From line", ">From ann@example.org Mon Jan  1 10:00:00 2024\n"),
        ("a byte order mark", "\u{feff}"),
        ("a blank line", "\n"),
        ("three blank lines", "\n\n\n"),
        ("a Received field", "Received: from a by b; Mon, 1 Jan 2024 10:00:00 +0000\n"),
        ("a Received field cut short", " by b; Mon, 1 Jan 2024 10:00:00 +0000\n"),
        ("two From lines", "From a@b Mon Jan  1 10:00:00 2024\nFrom a@b Mon Jan  1 10:00:00 2024\n"),
    ];
    let of = |field: Field| before.map(|(name, before)| Variant::new(field.title(name), field.entity("{N}: {V}")).behind(before)).to_vec();
    Row::new("E030", "who finds the header behind it").and(each_field(of))
}

fn e031() -> Row {
    let utf_16: String = "x-other".chars().flat_map(|c| ['\0', c]).collect();
    let mut forms: Vec<String> = ["{N}R: {V}", "R{N}: {V}", "{N}: R{V}", "{N}: {T}R{R}", "X-R: a\n{N}: {V}"]
        .map(|form| form.replacen('R', &RAW_BYTE.to_string(), 1))
        .to_vec();
    let readable = ["{N}: \u{a0}{V}", "{N}: {T}\u{a0}{R}", "{N}: =?x-unknown?Q?{T}?={R}", "{N}: \u{feff}{V}"];
    forms.extend(readable.map(str::to_owned));
    forms.push(format!("{utf_16}: a\n{{N}}: {{V}}"));
    let forms: Vec<&str> = forms.iter().map(String::as_str).collect();
    in_each_field("E031", "who drops what is no ASCII", &forms)
}

fn e032() -> Row {
    let head = "Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n";
    let multipart = |body: String| typed("multipart/mixed; boundary=bar", &body);
    let body = eicar_body();
    Row::new("E032", "who looks for delimiters only in bodies, or in headers too").all([
        ("closed in a header", multipart(format!("--bar\n{head}--bar--\n\n{body}--bar--\n"))),
        ("closed between fields", multipart(format!("--bar\n{}\n\n{body}--bar--\n", head.replacen('\n', "\n--bar--\n", 1).trim_end()))),
        ("separated in a header", multipart(format!("--bar\nX-Other: a\n--bar\n{head}\n{body}--bar--\n"))),
        ("separated between fields", multipart(format!("--bar\n{}\n\n{body}--bar--\n", head.replacen('\n', "\n--bar\n", 1).trim_end()))),
        ("in the header that declares it", format!("Content-Type: multipart/mixed; boundary=bar\n{}", delimited("bar"))),
        ("closed in the header that declares it", format!("Content-Type: multipart/mixed; boundary=bar\n--bar--\n\n{}", delimited("bar"))),
        ("nothing but a header", multipart(format!("--bar\n{}--bar--\n", eicar_part().replacen("\n\n", "\n", 1)))),
    ])
}
