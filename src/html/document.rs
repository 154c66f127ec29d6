//! Which attachments and bodies are pages, by what is declared of them.
//!
//! Owns the types and extensions. It must never look at bytes. Nothing here can fail.

/// What a part is to its readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// A page of HTML.
    Page,
    /// Some XML: nothing to a browser, unless it says in it that it is a page.
    Data,
    /// XHTML or SVG: a page to a browser by other rules, which we do not write.
    Xml,
    /// A page with all that belongs to it, as a message.
    Archive,
}

const TYPES: [(&str, Document); 11] = [
    ("text/html", Document::Page),
    ("text/x-server-parsed-html", Document::Page),
    // What is left of it is no AMP to those who know that, so they show another of the alternatives.
    ("text/x-amp-html", Document::Page),
    ("text/webviewhtml", Document::Page),
    ("application/xhtml+xml", Document::Xml),
    ("application/vnd.wap.xhtml+xml", Document::Xml),
    ("image/svg+xml", Document::Xml),
    ("text/xml", Document::Data),
    ("application/xml", Document::Data),
    ("application/hta", Document::Page),
    ("application/x-mimearchive", Document::Archive),
];

const EXTENSIONS: [(&str, Document); 14] = [
    ("html", Document::Page),
    ("htm", Document::Page),
    ("shtml", Document::Page),
    ("shtm", Document::Page),
    ("hta", Document::Page),
    ("xhtml", Document::Xml),
    ("xht", Document::Xml),
    ("xhtm", Document::Xml),
    ("svg", Document::Xml),
    ("xml", Document::Data),
    ("xsl", Document::Data),
    ("xslt", Document::Data),
    ("mht", Document::Archive),
    ("mhtml", Document::Archive),
];

/// What a leaf of that declared type and these names is. Where type and name differ readers go by the one or the other: it is XML if
/// one of them says so, which is the side on which nothing is written that a reader could take for something else.
pub fn document(media_type: &str, names: &[String]) -> Option<Document> {
    let by_type = TYPES.iter().find(|(known, _)| *known == media_type).map(|(_, document)| *document);
    let by_name = names.iter().filter_map(|name| by_extension(name)).max_by_key(|document| *document != Document::Page);
    match (by_type, by_name) {
        (Some(Document::Page), Some(other)) | (Some(other), _) | (None, Some(other)) => Some(other),
        (None, None) => None,
    }
}

fn by_extension(name: &str) -> Option<Document> {
    // Windows drops what stands at the end and shows nothing, and has a name for the content of a file.
    let is_nothing = |one: char| !one.is_ascii_graphic() || one == '.';
    let name = name.trim_end_matches(is_nothing);
    let stream = name.len().checked_sub("::$data".len()).and_then(|at| name.split_at_checked(at));
    let name = stream.filter(|(_, end)| end.eq_ignore_ascii_case("::$data")).map_or(name, |(head, _)| head.trim_end_matches(is_nothing));
    let (_, extension) = name.rsplit_once('.')?;
    EXTENSIONS.iter().find(|(known, _)| known.eq_ignore_ascii_case(extension)).map(|(_, document)| *document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_or_name_make_a_page() {
        let table: [(&str, &[&str], Option<Document>); 14] = [
            ("text/html", &[], Some(Document::Page)),
            ("text/plain", &[], None),
            ("text/plain", &["a.txt"], None),
            ("application/octet-stream", &["a.HTM"], Some(Document::Page)),
            ("application/octet-stream", &["a.txt", "a.html. "], Some(Document::Page)),
            ("image/svg+xml", &["a.png"], Some(Document::Xml)),
            ("text/html", &["a.svg"], Some(Document::Xml)),
            ("application/octet-stream", &["a.html", "a.mht"], Some(Document::Archive)),
            ("image/png", &["a.png"], None),
            ("text/x-amp-html", &[], Some(Document::Page)),
            ("application/octet-stream", &["a.xhtm"], Some(Document::Xml)),
            ("application/octet-stream", &["a.html::$DATA"], Some(Document::Page)),
            ("application/octet-stream", &["a.html\u{200b}\t"], Some(Document::Page)),
            ("application/octet-stream", &["a.xsl"], Some(Document::Data)),
        ];
        for (media_type, names, expected) in table {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(document(media_type, &names), expected, "{media_type} {names:?}");
        }
    }
}
