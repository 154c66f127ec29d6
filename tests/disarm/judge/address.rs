//! What an address does, by its scheme and host (WHATWG URL section 4.4, and what older readers accept besides).

/// Schemes that act, or are a page themselves.
const ACTING: &[&str] = &[
    "javascript",
    "vbscript",
    "livescript",
    "mocha",
    "jscript",
    "view-source",
    "feed",
    "jar",
    "mhtml",
    "blob",
    "filesystem",
    "ms-its",
    "mk",
    "about",
    "res",
    "wyciwyg",
    "chrome",
    "resource",
    "mhtml",
    "its",
    "ms-help",
    "shell",
    "script",
];

/// Schemes that a click may lead to, or that lie inside the mail.
const HARMLESS: &[&str] = &["http", "https", "mailto", "tel", "sms", "ftp", "news", "cid", "mid"];

/// Schemes that reach another host.
const REACHING: &[&str] = &["http", "https", "ftp", "ftps", "file", "ws", "wss", "gopher", "smb", "dav", "davs"];

/// Pictures that are nothing else.
const PICTURES: &[&str] = &["image/png", "image/gif", "image/jpeg", "image/jpg", "image/pjpeg", "image/webp", "image/bmp", "image/x-icon"];

/// The scheme of an address as readers see it, and what comes behind its colon.
fn scheme(value: &str) -> Option<(String, String)> {
    let clean: String = value.chars().filter(|letter| !letter.is_control() && !letter.is_whitespace() && *letter != '\u{FFFD}').collect();
    let clean = clean.trim_start_matches(['`', '\'', '"', '\u{AD}', '\u{FEFF}', '\u{200B}']).to_lowercase();
    let (scheme, rest) = clean.split_once(':')?;
    let mut letters = scheme.chars();
    let is_scheme = letters.next().is_some_and(|first| first.is_ascii_lowercase())
        && letters.all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.'));
    is_scheme.then(|| (scheme.to_owned(), rest.to_owned()))
}

/// Whether it acts when it is followed, wherever it stands.
pub(super) fn acts(value: &str) -> bool {
    scheme(value).is_some_and(|(scheme, rest)| ACTING.contains(&scheme.as_str()) || scheme == "data" && is_page(&rest))
}

/// Whether its scheme is none that is known to be harmless.
pub(super) fn is_unknown(value: &str) -> bool {
    scheme(value).is_some_and(|(scheme, _)| !HARMLESS.contains(&scheme.as_str()) && scheme != "data")
}

/// Whether the rest of a data: address is more than a picture, or nothing.
pub(super) fn is_page(rest: &str) -> bool {
    let media_type = rest.split([';', ',']).next().unwrap_or_default();
    !(PICTURES.contains(&media_type) || media_type.is_empty())
}

/// The addresses of an attribute that may hold several.
pub(super) fn parts<'v>(name: &str, value: &'v str) -> Box<dyn Iterator<Item = &'v str> + 'v> {
    match name {
        // The comma of a data: address looks like that of a list; what stands behind it is no scheme.
        "srcset" | "imagesrcset" => Box::new(value.split(',').map(|part| part.trim_start().split(' ').next().unwrap_or_default())),
        "ping" | "archive" | "attributionsrc" => Box::new(value.split([',', ' ', '\n', '\t'])),
        _ => Box::new(std::iter::once(value)),
    }
}

/// Whether another host is named anywhere in it.
pub(super) fn has_host(value: &str) -> bool {
    let joined: String = value.chars().filter(|letter| !matches!(letter, '\t' | '\n' | '\r' | '\u{c}' | '\0' | '\u{FFFD}')).collect();
    [value, &joined].into_iter().any(|value| pieces(value).any(names_a_host))
}

/// Whether it is an address on another host, and not only a text that holds one.
pub(super) fn begins_with_host(value: &str) -> bool {
    has_host(value.trim_start().split([' ', '"', '\'']).next().unwrap_or_default())
}

fn pieces(value: &str) -> impl Iterator<Item = &str> {
    value.split(|letter: char| letter.is_whitespace() || letter.is_control() || ",;'\"`(=<>".contains(letter))
}

fn names_a_host(piece: &str) -> bool {
    let is_slash = |letter: char| matches!(letter, '/' | '\\');
    let behind = piece.trim_start_matches(is_slash);
    if piece.len() - behind.len() >= 2 && !behind.is_empty() {
        return true;
    }
    let lower = piece.to_lowercase();
    let mut rest = lower.as_str();
    // view-source:http://h/ and feed:https://h/ reach it too.
    while let Some((scheme, behind)) = rest.split_once(':') {
        if REACHING.contains(&scheme) && !behind.trim_start_matches(is_slash).is_empty() {
            return true;
        }
        rest = behind;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{acts, has_host, is_unknown};

    #[test]
    fn an_address_acts_however_it_is_spelled() {
        for value in [
            "javascript:x",
            " \u{1}JaVa\nscr\tipt:x",
            "`javascript:x`",
            "data:text/html,x",
            "data:image/svg+xml,x",
            "data:text/html;base64,x",
        ] {
            assert!(acts(value), "{value:?}");
        }
        for value in ["https://a/", "data:image/png;base64,x", "data:,", "#a", "a/b:c", "./javascript:x", ""] {
            assert!(!acts(value), "{value:?}");
        }
        assert!(is_unknown("foo:bar") && !is_unknown("foo/bar:x") && !is_unknown("mailto:a@b"));
    }

    #[test]
    fn a_host_is_seen_however_it_is_spelled() {
        for value in [
            "http://h",
            "//h",
            "\\\\h\\x",
            "ht\ntp://h",
            "https:/h",
            "http:h",
            "10; url=http://h/",
            "a 1x,\n//h 2x",
            "view-source:http://h",
            "/\\h",
        ] {
            assert!(has_host(value), "{value:?}");
        }
        for value in ["cid:a", "/a", "a//b", "data:,", "mailto:a@b", "http:", "a b", "//"] {
            assert!(!has_host(value), "{value:?}");
        }
    }
}
