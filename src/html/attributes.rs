//! Which attributes of an element stays, and by what rule its value is judged.
//!
//! Owns the list of attributes that are inert on every element that stays, and of those whose value decides. What is on no list goes:
//! nothing here can fail.

use super::Kind;
use super::elements::is_among;

/// What the value of an attribute must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Anything.
    Inert,
    /// A URL that a reader opens on a click.
    Link,
    /// A URL that a reader fetches a picture from that has a box of its own.
    Picture,
    /// A URL that a reader fetches another picture, or a sound, from.
    Media,
    /// Several candidates for a picture.
    Pictures,
    /// CSS.
    Style,
    /// A place in the page.
    Fragment,
    /// The name of a window.
    Target,
}

/// The rule for an attribute of an element, both names in lower case, or why it goes.
pub fn rule(element: &[u8], name: &[u8]) -> Result<Rule, Kind> {
    if is_among(INERT, name) || is_inert_by_prefix(name) {
        return Ok(Rule::Inert);
    }
    match (name, element) {
        (b"style", _) => Ok(Rule::Style),
        (b"href", b"a" | b"area") | (b"cite", _) => Ok(Rule::Link),
        // The tag goes unless all that it names may be fetched.
        (b"href", b"link") => Ok(Rule::Inert),
        (b"src", b"img") => Ok(Rule::Picture),
        (b"src", b"source" | b"audio" | b"video") | (b"poster", b"video") | (b"background", _) => Ok(Rule::Media),
        (b"href", _) if element.starts_with(b"v:") => Ok(Rule::Link),
        (b"src", _) if element.starts_with(b"v:") => Ok(Rule::Media),
        // `path` of a shape says which way its lines go; `on` whether it has a shadow.
        (b"path" | b"on", _) if element.starts_with(b"v:") => Ok(Rule::Inert),
        (b"srcset", b"img" | b"source") => Ok(Rule::Pictures),
        (b"usemap", b"img") => Ok(Rule::Fragment),
        (b"target", _) => Ok(Rule::Target),
        _ if name.starts_with(b"on") => Err(Kind::Handler),
        _ if is_among(FETCHES, name) => Err(Kind::Fetch),
        (b"srcdoc", _) => Err(Kind::Frame),
        (b"action" | b"form" | b"formaction" | b"autofocus", _) => Err(Kind::Form),
        _ => Err(Kind::Unknown),
    }
}

/// No reader knows these beforehand: they are for the page's own scripts, for its reader's ears, or names of name spaces.
fn is_inert_by_prefix(name: &[u8]) -> bool {
    let is_word = |rest: &[u8]| rest.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    [b"data-".as_slice(), b"aria-", b"xmlns:"].iter().any(|prefix| name.strip_prefix(*prefix).is_some_and(is_word))
}

/// Whether an attribute has a name that none can have, as happens where quotes are missing: `face=Arial, Helvetica`. It must have no value.
pub fn is_debris(name: &[u8], value: &[u8]) -> bool {
    let is_odd = |byte: u8| matches!(byte, b',' | b';' | b'.' | b'#' | b'+' | b'%' | b'*' | b'@' | b'!' | b'$' | b'(' | b')');
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || is_odd(byte);
    value.is_empty() && !name.starts_with(b"on") && name.iter().copied().all(is_word) && name.iter().copied().any(is_odd)
}

/// Inert on every element that stays.
#[rustfmt::skip]
const INERT: &[&str] = &[
    "-webkit-playsinline", "abbr", "adj", "align", "alignshape", "alink", "alt", "angle", "arcsize", "arial", "aspect", "aspectratio",
    "autoplay", "axis", "back", "behavior", "bgcolor", "bgproperties", "bilevel", "blacklevel", "border", "bordercolor",
    "bordercolordark", "bordercolorhighlight", "bordercolorlight", "bottommargin", "cellpadding", "cellspacing", "centermargin", "char",
    "charoff", "charset", "chromakey", "class", "clear", "clicktracking", "color", "color2", "cols", "colspan", "compact",
    "connectangles", "connectlocs", "connecttype", "content", "controls", "coordorigin", "coords", "coordsize", "courier", "cropbottom",
    "cropleft", "cropright", "croptop", "crossorigin", "dashstyle", "data", "date", "datetime", "day", "decoding", "deflockedstate",
    "defpriority", "defqformat", "defsemihidden", "defunhidewhenused", "dir", "direction", "disabled", "editor", "emboss", "endcap",
    "eqn", "equalwidth", "face", "family", "fetchpriority", "fill", "fillcolor", "filled", "fillok", "fitpath", "fitshape", "focus",
    "frame", "frameborder", "from", "gain", "galleryimg", "geneva", "georgia", "gradientshapeok", "grayscale", "headers", "height",
    "helvetica", "hidden", "hreflang", "hspace", "http-equiv", "id", "inset", "insetpen", "integrity", "ismap", "itemprop", "itemref",
    "itemscope", "itemtype", "joinstyle", "label", "lang", "language", "latentstylecount", "leftmargin", "link", "loading", "locked",
    "loop", "ls", "m:val", "marginheight", "marginwidth", "media", "method", "miterlimit", "month", "msimagelist", "muted", "name",
    "naturalsizeflag", "new", "nohref", "nosend", "noshade", "notrack", "nowrap", "o:allowincell", "o:allowoverlap", "o:button",
    "o:connecttype", "o:extrusionok", "o:forcedash", "o:gfxdata", "o:hr", "o:hralign", "o:hrnoshade", "o:hrpct", "o:hrstd",
    "o:insetmode", "o:oleicon", "o:preferrelative", "o:relid", "o:spid", "o:spt", "o:title", "offset", "opacity", "opacity2", "open",
    "origin", "originalhref", "originalsrc", "pardot-region", "pardot-region-type", "playsinline", "position", "preload", "priority",
    "ptsize", "qformat", "rel", "rev", "reversed", "rightmargin", "role", "roman", "rows", "rowspan", "rules", "sans", "sans-serif",
    "sarif", "scheme", "scope", "scrollamount", "scrolldelay", "scrolling", "semihidden", "serif", "shape", "shash", "sigma", "size",
    "sizes", "span", "spellcheck", "spidmax", "start", "string", "stroke", "strokecolor", "stroked", "strokeok", "strokeweight",
    "summary", "tabindex", "tahoma", "text", "textboxrect", "times", "title", "to", "topmargin", "trans", "translate", "truespeed",
    "type", "unhide", "unhidewhenused", "v:dpi", "v:ext", "v:shapes", "val", "valign", "value", "verdana", "version", "vertical-align",
    "vlink", "vspace", "w:st", "w:val", "webkit-playsinline", "width", "wrap", "wrapcoords", "xml:lang", "xml:space", "xmlns", "year",
];

/// Known to fetch on some element or in some reader.
#[rustfmt::skip]
const FETCHES: &[&str] = &[
    "archive", "attributionsrc", "background", "cdata", "classid", "code", "codebase", "datafld", "dataformatas", "datasrc", "dataurl",
    "dynsrc", "icon", "imagesizes", "imagesrcset", "longdesc", "lowsrc", "manifest", "movie", "o:href", "ping", "poster", "profile",
    "report-uri", "src", "srcset", "v:src", "xlink:href",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted() {
        assert!(INERT.is_sorted() && FETCHES.is_sorted());
    }

    #[test]
    fn an_attribute_on_no_list_goes() {
        let table: [(&str, &str, Result<Rule, Kind>); 21] = [
            ("p", "align", Ok(Rule::Inert)),
            ("p", "aria-label", Ok(Rule::Inert)),
            ("html", "xmlns:v", Ok(Rule::Inert)),
            ("p", "data-x", Ok(Rule::Inert)),
            ("p", "data-x\"", Err(Kind::Unknown)),
            ("p", "style", Ok(Rule::Style)),
            ("a", "href", Ok(Rule::Link)),
            ("p", "href", Err(Kind::Unknown)),
            ("td", "background", Ok(Rule::Media)),
            ("p", "src", Err(Kind::Fetch)),
            ("a", "ping", Err(Kind::Fetch)),
            ("html", "manifest", Err(Kind::Fetch)),
            ("head", "profile", Err(Kind::Fetch)),
            ("p", "onclick", Err(Kind::Handler)),
            ("p", "onnew", Err(Kind::Handler)),
            ("img", "contenteditable", Err(Kind::Unknown)),
            ("img", "form", Err(Kind::Form)),
            ("v:fill", "src", Ok(Rule::Media)),
            ("v:rect", "href", Ok(Rule::Link)),
            ("p", "on", Err(Kind::Handler)),
            ("img", "`", Err(Kind::Unknown)),
        ];
        for (element, name, expected) in table {
            assert_eq!(rule(element.as_bytes(), name.as_bytes()), expected, "{element} {name}");
        }
    }

    #[test]
    fn debris_is_what_can_be_no_attribute() {
        let table = [("helvetica,", "", true), (";", "", true), ("a", "", false), ("a,", "b", false), ("a`,", "", false), ("'", "", false)];
        for (name, value, expected) in table {
            assert_eq!(is_debris(name.as_bytes(), value.as_bytes()), expected, "{name}");
        }
    }
}
