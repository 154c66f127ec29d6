//! What acts in XHTML and SVG: pages to a browser, by rules that no tokenizer of HTML follows.
//!
//! Owns the signs. It must never pass what it cannot read: where there is a doubt it acts. Nothing here can fail.

use super::token::{Tag, Token, scan};
use memchr::memmem;

/// Elements that act, or that hold what is not of this document's own.
const ELEMENTS: [&str; 14] = [
    "script",
    "foreignobject",
    "iframe",
    "frame",
    "object",
    "embed",
    "applet",
    "handler",
    "listener",
    "form",
    "base",
    "meta",
    "animate",
    "set",
];

/// Whether a browser would show some XML as a page or picture, or make one of it. The name of the name space may be spelled by
/// references, and a list of attributes may give it.
pub fn is_page(document: &[u8]) -> bool {
    let signs =
        [&b"www.w3.org/1999/xhtml"[..], b"www.w3.org/2000/svg", b"www.w3.org/1999/XSL", b"<?xml-stylesheet", b"<!ATTLIST", b"<!ENTITY"];
    signs.iter().any(|sign| memmem::find(document, sign).is_some())
        || memmem::find_iter(document, b"xmlns").any(|at| is_spelled(document, at))
}

/// Whether the value of the attribute whose name begins there has a reference in it.
fn is_spelled(document: &[u8], at: usize) -> bool {
    const LONGEST: usize = 300;
    let rest = document.get(at..).unwrap_or_default();
    let rest = rest.get(..LONGEST).unwrap_or(rest);
    let mut pieces = rest.splitn(3, |byte| matches!(byte, b'"' | b'\''));
    pieces.nth(1).is_some_and(|value| value.contains(&b'&'))
}

/// What acts in a document, in a word each, each once.
pub fn active(document: &[u8]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut note = |what: &str| {
        if !found.iter().any(|known| known == what) && found.len() < 20 {
            found.push(what.to_owned());
        }
    };
    // Entities may stand for any markup, a list of attributes may give them to any element, style sheets may transform it, and of
    // another charset nothing here could be read.
    for (sign, what) in [
        (&b"<!ENTITY"[..], "entity"),
        (b"<!ATTLIST", "attribute list"),
        (b"<?xml-stylesheet", "style sheet"),
        (b"\0", "NUL"),
        (b"\x1b", "escape"),
    ] {
        if memmem::find(document, sign).is_some() {
            note(what);
        }
    }
    // A tag of XML has no other `<` in it, not even in a value (XML section 3.1). So each is read alone: what the tokenizer of HTML takes
    // for a comment, for raw text or for a value that goes on is markup here.
    let tags = memchr::memchr_iter(b'<', document).filter_map(|at| document.get(at..));
    for tag in tags.filter(|tag| tag.get(1).is_some_and(|first| !matches!(first, b'/' | b'!' | b'?'))) {
        let end = tag.iter().skip(1).position(|byte| *byte == b'<').map_or(tag.len(), |end| end + 1);
        scan(tag.get(..end).unwrap_or_default(), |token| {
            if let Token::Start { tag, .. } = token {
                signs(tag).for_each(&mut note);
            }
        });
    }
    found
}

fn signs(tag: &Tag) -> impl Iterator<Item = &str> {
    let name = local(tag.name());
    let element = ELEMENTS.iter().find(|known| name.eq_ignore_ascii_case(known.as_bytes())).copied();
    let is_handler = |name: &[u8]| local(name).starts_with(b"on") && name.len() > 2;
    let handler = tag.attributes().any(|attribute| is_handler(attribute.name)).then_some("handler");
    let url = tag
        .attributes()
        .any(|attribute| matches!(local(attribute.name), b"href" | b"src" | b"action" | b"formaction") && acts(attribute.value))
        .then_some("URL that acts");
    let namespace =
        tag.attributes().any(|attribute| attribute.name.starts_with(b"xmlns:") && attribute.value.ends_with(b"xhtml")).then_some("XHTML");
    [element, handler, url, namespace].into_iter().flatten()
}

/// The name without its prefix.
fn local(name: &[u8]) -> &[u8] {
    name.rsplit(|byte| *byte == b':').next().unwrap_or(name)
}

fn acts(url: &[u8]) -> bool {
    let plain: Vec<u8> = url.iter().filter(|byte| **byte > b' ').map(u8::to_ascii_lowercase).take(64).collect();
    let scheme = plain.split(|byte| matches!(byte, b'/' | b'?' | b'#')).next().unwrap_or_default();
    let Some(end) = memchr::memchr(b':', scheme) else { return false };
    let is_picture =
        [&b"data:image/png"[..], b"data:image/jpeg", b"data:image/gif", b"data:image/webp"].iter().any(|head| plain.starts_with(head));
    !is_picture && !matches!(scheme.get(..end), Some(b"http" | b"https" | b"mailto"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_a_page_if_a_browser_takes_it_for_one() {
        let table = [
            ("<feedback xmlns='urn:a'><b>c &amp; d</b></feedback>", false),
            ("<html xmlns='http://www.w3.org/1999/xhtml'/>", true),
            ("<html xmlns=\"http://www.w3.org/1999/xht&#109;l\"/>", true),
            ("<?xml-stylesheet type='text/xsl' href='#x'?><r/>", true),
            ("<x:stylesheet xmlns:x='http://www.w3.org/1999/XSL/Transform'/>", true),
            ("<!DOCTYPE r [<!ATTLIST r xmlns CDATA 'x'>]><r/>", true),
        ];
        for (document, expected) in table {
            assert_eq!(is_page(document.as_bytes()), expected, "{document}");
        }
    }

    #[test]
    fn what_acts_is_named() {
        let table: [(&str, &[&str]); 22] = [
            ("<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/><a href='https://a.example/'><text>x</text></a></svg>", &[]),
            ("<svg><image href='data:image/png;base64,AA'/><use href='#x'/></svg>", &[]),
            ("<svg><script>alert(1)</script></svg>", &["script"]),
            ("<svg><x:script xmlns:x='http://www.w3.org/1999/xhtml'/></svg>", &["script", "XHTML"]),
            ("<svg onload='x'/>", &["handler"]),
            ("<svg><a xlink:href=' java\nscript:x'/></svg>", &["URL that acts"]),
            ("<svg><use href='data:image/svg+xml,x'/></svg>", &["URL that acts"]),
            ("<svg><set attributeName='href' to='javascript:x'/></svg>", &["set"]),
            ("<svg><foreignObject><p/></foreignObject></svg>", &["foreignobject"]),
            ("<!DOCTYPE svg [<!ENTITY a 'x'>]><svg/>", &["entity"]),
            ("<?xml version='1.0'?><?xml-stylesheet href='x'?><svg/>", &["style sheet"]),
            ("<html><title><script>x</script></title></html>", &["script"]),
            ("<svg><style>&#60;script</style></svg>", &[]),
            ("<svg><style><![CDATA[ .a > .b {fill:red} ]]></style></svg>", &[]),
            ("<html><frameset><frame src='javascript:x'/></frameset></html>", &["frame", "URL that acts"]),
            ("<svg><title><x:img src='x' onerror='y'/></title></svg>", &["handler"]),
            ("<svg><style><g onload='x'/></style></svg>", &["handler"]),
            ("<svg><?x a> <b title=\"?><script>x</script><!--\"--></svg>", &["script"]),
            ("<svg><![CDATA[ > <b title=\"]]><script>x</script><!--\"--></svg>", &["script"]),
            ("<svg><scr\x1b(Bipt>x</scr\x1b(Bipt></svg>", &["escape"]),
            ("<!DOCTYPE r [<!ATTLIST r onload CDATA 'x'>]><r/>", &["attribute list"]),
            ("<svg><!-- a --><a href='https://a.example/'/></svg>", &[]),
        ];
        for (document, expected) in table {
            assert_eq!(active(document.as_bytes()), expected, "{document}");
        }
    }
}
