//! What a style may fetch.
//!
//! Owns the judgement of URLs in styles. It must never resolve one. Nothing here can fail.

use super::super::{Depth, Kind};

/// Pictures that act nowhere: those of SVG are pages.
const PICTURES: [&[u8]; 8] = [b"png", b"gif", b"jpeg", b"jpg", b"webp", b"bmp", b"x-icon", b"avif"];

/// Why a URL goes, if it does. It has no escapes and no control bytes.
pub(super) fn judge(url: &[u8], depth: Depth) -> Result<(), Kind> {
    let url = url.trim_ascii();
    let scheme = scheme(url);
    if is_inside(url, scheme) {
        return Ok(());
    }
    match (scheme, depth) {
        (Some(scheme), _) if !is_web(scheme) => Err(Kind::Style),
        (_, Depth::Active) => Ok(()),
        (_, Depth::Remote) => Err(Kind::Fetch),
    }
}

/// The same of a whole style, which nobody looked at: even one from inside the mail may fetch.
pub(super) fn judge_import(url: &[u8], depth: Depth) -> Result<(), Kind> {
    match (scheme(url.trim_ascii()), depth) {
        (Some(scheme), _) if !is_web(scheme) => Err(Kind::Style),
        (_, Depth::Active) => Ok(()),
        (_, Depth::Remote) => Err(Kind::Fetch),
    }
}

fn is_web(scheme: &[u8]) -> bool {
    scheme.eq_ignore_ascii_case(b"http") || scheme.eq_ignore_ascii_case(b"https")
}

/// What stands before the first colon, if that stands before any path.
fn scheme(url: &[u8]) -> Option<&[u8]> {
    let end = url.iter().position(|byte| matches!(byte, b':' | b'/' | b'?' | b'#'))?;
    (url.get(end) == Some(&b':')).then(|| url.get(..end)).flatten()
}

/// Whether it leads to a place of the page or a picture of the mail.
fn is_inside(url: &[u8], scheme: Option<&[u8]>) -> bool {
    match scheme {
        None => url.starts_with(b"#"),
        Some(scheme) if scheme.eq_ignore_ascii_case(b"cid") => true,
        Some(scheme) if scheme.eq_ignore_ascii_case(b"data") => is_picture(url.get(5..).unwrap_or_default()),
        Some(_) => false,
    }
}

fn is_picture(data: &[u8]) -> bool {
    let head = data.split(|byte| *byte == b',').next().unwrap_or_default();
    let mut words = head.split(|byte| matches!(byte, b'/' | b';'));
    let is_image = words.next().is_some_and(|word| word.eq_ignore_ascii_case(b"image"));
    let is_known = words.next().is_some_and(|word| PICTURES.iter().any(|one| one.eq_ignore_ascii_case(word)));
    let is_encoded = words.next().is_some_and(|word| word.eq_ignore_ascii_case(b"base64"));
    is_image && is_known && is_encoded && words.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_url_is_judged_by_its_scheme() {
        let (style, fetch) = (Err(Kind::Style), Err(Kind::Fetch));
        let table = [
            ("http://h/x", Ok(()), fetch),
            (" HTTPS:/h", Ok(()), fetch),
            ("//h/x", Ok(()), fetch),
            ("x/y:z", Ok(()), fetch),
            ("", Ok(()), fetch),
            ("#x", Ok(()), Ok(())),
            ("cid:x@y", Ok(()), Ok(())),
            ("data:image/PNG;base64,AAAA", Ok(()), Ok(())),
            ("data:image/svg+xml;base64,AAAA", style, style),
            ("data:image/png,x", style, style),
            ("data:image/png;a=b;base64,x", style, style),
            ("data:text/html;base64,x", style, style),
            ("javascript:x", style, style),
            ("java%73cript:x", style, style),
            ("file:///x", style, style),
            (":x", style, style),
        ];
        for (url, active, remote) in table {
            assert_eq!(judge(url.as_bytes(), Depth::Active), active, "{url}");
            assert_eq!(judge(url.as_bytes(), Depth::Remote), remote, "{url}");
        }
    }

    #[test]
    fn a_style_from_inside_the_mail_was_looked_at_by_nobody() {
        assert_eq!(judge_import(b"cid:x", Depth::Active), Err(Kind::Style));
        assert_eq!(judge_import(b"x", Depth::Remote), Err(Kind::Fetch));
        assert_eq!(judge_import(b"https://h/x", Depth::Active), Ok(()));
    }
}
