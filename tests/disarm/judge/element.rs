//! What is hostile about an element, its attributes, a comment or a document type.
//!
//! Owns the lists of names. It must never look at a page: it is told one thing at a time.

use super::tree::{self, Context, Thing};
use super::{Found, address, sheet};

/// Elements that act, hold what does, or change how what follows is read (HTML sections 4.8, 4.10, 4.12, 16.2, and older readers).
const ACTING: &[&str] = &[
    "script",
    "handler",
    "listener",
    "iframe",
    "frame",
    "frameset",
    "fencedframe",
    "portal",
    "webview",
    "object",
    "embed",
    "applet",
    "param",
    "form",
    "input",
    "button",
    "select",
    "textarea",
    "isindex",
    "keygen",
    "base",
    "svg",
    "math",
    "template",
    "import",
    "layer",
    "ilayer",
    "vmlframe",
    "xmp",
    "plaintext",
    "noembed",
    "noframes",
    "noscript",
    "comment",
    "server",
];

/// Those of them that act in a namespace that a page names itself, too; `o:template` and the like are Word's, and do nothing.
const ACTING_PREFIXED: &[&str] = &[
    "script", "handler", "listener", "iframe", "frame", "object", "embed", "applet", "form", "input", "button", "vmlframe", "svg", "math",
];

/// Attributes that are addresses, or lists of them, or text that holds some.
const ADDRESSES: &[&str] = &[
    "action",
    "archive",
    "attributionsrc",
    "background",
    "base",
    "cite",
    "classid",
    "code",
    "codebase",
    "content",
    "data",
    "dataurl",
    "dynsrc",
    "formaction",
    "href",
    "icon",
    "imagesrcset",
    "implementation",
    "longdesc",
    "lowsrc",
    "manifest",
    "movie",
    "ping",
    "poster",
    "profile",
    "src",
    "srcset",
    "url",
    "usemap",
    "value",
];

/// Attributes whose text is shown, that name a vocabulary, or that tell what a link was before a filter changed it: an address in them is
/// not followed.
const WORDS: &[&str] = &["alt", "title", "abbr", "summary", "label", "itemtype", "vocab", "prefix", "lang", "originalsrc"];

/// Shapes of VML: their href is a link, which a reader clicks.
const SHAPES: &[&str] = &["v:arc", "v:curve", "v:line", "v:oval", "v:polyline", "v:rect", "v:roundrect", "v:shape"];

/// Attributes that act by being there.
const ACTING_ATTRIBUTES: &[&str] = &["srcdoc", "formaction", "attributename", "datasrc", "datafld", "dataformatas", "is"];

pub(super) fn judge(thing: Thing<'_>, found: &mut Found) {
    match thing {
        Thing::Doctype { public, system } => doctype(public, system, found),
        Thing::Comment(text) => comment(text, found),
        Thing::Element { name, is_foreign, attributes, text } => element(name, is_foreign, attributes, text, found),
    }
}

fn element(name: &str, is_foreign: bool, attributes: &[(String, String)], text: &str, found: &mut Found) {
    if is_foreign {
        found.acts(format!("foreign <{name}>"));
    }
    let local = plain(name);
    let acting = if name.contains(':') { ACTING_PREFIXED } else { ACTING };
    if acting.contains(&local.as_str()) {
        found.acts(format!("<{name}>"));
    }
    if name.contains('<') {
        found.acts(format!("a tag in the name of a tag: <{name}>"));
    }
    if local == "style" {
        sheet::judge_sheet(text, found);
    }
    match local.as_str() {
        "meta" => meta(attributes, found),
        "link" => link(attributes, found),
        _ => {}
    }
    let is_data = is_microdata(attributes);
    for (attribute, value) in attributes {
        if !(is_data && matches!(attribute.as_str(), "href" | "content")) || address::acts(value) {
            judge_attribute(name, &local, attribute, value, found);
        }
    }
}

/// A `link` or `meta` with `itemprop` and nothing else says something of the page, and nobody fetches it (HTML sections 4.2.4, 5.2.4).
fn is_microdata(attributes: &[(String, String)]) -> bool {
    let has = |names: &[&str]| attributes.iter().any(|(name, _)| names.contains(&plain(name).as_str()));
    has(&["itemprop"]) && !has(&["rel", "name", "property", "http-equiv"])
}

/// What some readers take for a name: they skip NUL and controls, and know prefixes.
fn plain(name: &str) -> String {
    let clean: String = name.chars().filter(|letter| !letter.is_control() && *letter != '\u{FFFD}' && *letter != '\u{AD}').collect();
    clean.rsplit(':').next().unwrap_or_default().to_lowercase().replace('\u{212A}', "k").replace('\u{17F}', "s")
}

fn judge_attribute(element: &str, local_element: &str, name: &str, value: &str, found: &mut Found) {
    let local = plain(name);
    let told = || format!("<{element} {name}={value:?}>");
    if name.starts_with("xmlns") {
        return;
    }
    if local.starts_with("on") || ACTING_ATTRIBUTES.contains(&local.as_str()) || name.contains('<') {
        found.acts(told());
    }
    if local == "style" {
        return sheet::judge_style(value, found);
    }
    // Names that begin with data- are the page's own: only its scripts know them (HTML section 3.2.6.6).
    if WORDS.contains(&local.as_str()) || local.starts_with("aria-") || local.starts_with("data-") {
        return;
    }
    let is_address = ADDRESSES.contains(&local.as_str());
    let is_only_address = is_address && !matches!(local.as_str(), "content" | "value");
    if address::acts(value) || is_only_address && address::parts(&local, value).any(address::is_unknown) {
        found.acts(told());
    }
    let is_link = name == "href" && (matches!(local_element, "a" | "area") && !element.contains(':') || SHAPES.contains(&element));
    let has_host = if is_address { address::has_host(value) } else { address::begins_with_host(value) };
    if !is_link && has_host {
        found.fetches(told());
    }
}

fn meta(attributes: &[(String, String)], found: &mut Found) {
    let value = |wanted: &str| attributes.iter().find(|(name, _)| plain(name) == wanted).map_or("", |(_, value)| value.as_str());
    let equivalent: String = value("http-equiv").chars().filter(|letter| letter.is_ascii_alphanumeric()).collect();
    if matches!(equivalent.to_ascii_lowercase().as_str(), "refresh" | "link" | "setcookie") {
        found.acts(format!("<meta http-equiv={:?}>", value("http-equiv")));
    }
    let charset = format!("{} {}", value("content"), value("charset")).to_ascii_lowercase();
    if charset.contains("utf-7") || charset.contains("utf7") {
        found.acts("a charset that hides tags");
    }
}

fn link(attributes: &[(String, String)], found: &mut Found) {
    let relation = attributes.iter().find(|(name, _)| plain(name) == "rel").map_or("", |(_, value)| value.as_str());
    if relation.split_whitespace().any(|word| word.eq_ignore_ascii_case("import") || word.eq_ignore_ascii_case("serviceworker")) {
        found.acts(format!("<link rel={relation:?}>"));
    }
}

/// A conditional comment is a page to Internet Explorer and to Word, and instructions are to other old readers.
fn comment(text: &str, found: &mut Found) {
    let text = text.trim_start();
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("?import") || lower.starts_with("?xml-stylesheet") {
        found.acts(format!("<{text}>"));
    }
    // A comment in it would have ended it.
    let Some((_, inside)) = text.split_once(']').filter(|_| lower.starts_with("[if")) else { return };
    let inside = inside.strip_prefix('>').unwrap_or(inside);
    let mut inner = Found::default();
    for scripting in [false, true] {
        tree::walk(inside.as_bytes(), Context::Document, scripting, &mut |thing| match thing {
            Thing::Comment(_) => {}
            // Word writes it there itself; what is in it is looked at both as elements and as raw text.
            Thing::Element { name: "noscript", .. } => {}
            _ => judge(thing, &mut inner),
        });
    }
    inner.acts.into_iter().for_each(|what| found.acts(format!("in a comment {what}")));
    inner.fetches.into_iter().for_each(|what| found.fetches(format!("in a comment {what}")));
}

/// Readers of XHTML may fetch what a document type names; those of the W3C stand in every other page, and nobody fetches them.
fn doctype(public: &str, system: &str, found: &mut Found) {
    let is_known = |id: &str| id.strip_prefix("http://www.w3.org/").or_else(|| id.strip_prefix("https://www.w3.org/")).is_some();
    for id in [public, system] {
        if address::has_host(id) && !is_known(id.trim()) && id.contains("://") {
            found.fetches(format!("<!DOCTYPE {id:?}>"));
        }
    }
}
