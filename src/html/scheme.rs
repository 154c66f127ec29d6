//! Where the URL of an attribute leads, as far as its scheme tells (WHATWG URL section 4.4).
//!
//! Owns the lists of schemes that a link may lead to and that a picture may come from. It must never resolve a URL. What cannot be
//! told for sure is refused: nothing here can fail.

use super::Depth;

/// The longest scheme that is on a list, and some.
const LONGEST: usize = 12;

/// Schemes that a click may lead to: none of them runs what it leads to in the reader.
const CLICKED: [&[u8]; 10] = [b"http", b"https", b"mailto", b"tel", b"sms", b"ftp", b"news", b"nntp", b"cid", b"mid"];

/// Schemes that a reader may fetch a picture or a style from.
const FETCHED: [&[u8]; 5] = [b"http", b"https", b"ftp", b"cid", b"mid"];

/// Schemes of what came with the mail.
const INSIDE: [&[u8]; 2] = [b"cid", b"mid"];

/// Pictures that are pixels alone; SVG is a program.
const PIXELS: [&[u8]; 8] =
    [b"image/png;", b"image/gif;", b"image/jpeg;", b"image/jpg;", b"image/pjpeg;", b"image/webp;", b"image/bmp;", b"image/x-icon;"];

/// A picture that is nothing: it keeps the box of one that went.
pub const NO_PICTURE: &[u8] = b"data:,";

/// How a URL begins.
#[derive(Debug, PartialEq, Eq)]
enum Start<'u> {
    /// A scheme in lower case, of as many letters, and what is behind its colon.
    Scheme([u8; LONGEST], usize, &'u [u8]),
    Relative,
    /// Some readers may see a scheme where others see none.
    Unsure,
}

/// Whether a click on `url` does no more than open what it names.
pub fn may_be_clicked(url: &[u8]) -> bool {
    match start(url) {
        Start::Scheme(scheme, length, rest) => scheme.get(..length).is_some_and(|scheme| CLICKED.contains(&scheme)) && !is_share(rest),
        Start::Relative => true,
        Start::Unsure => false,
    }
}

/// Whether a picture may come from `url`, if fetching is allowed.
pub fn may_be_picture(url: &[u8]) -> bool {
    may_be_sheet(url) || is_inside(url)
}

/// Whether a style may come from `url`, if fetching is allowed.
pub fn may_be_sheet(url: &[u8]) -> bool {
    match start(url) {
        Start::Scheme(scheme, length, rest) => scheme.get(..length).is_some_and(|scheme| FETCHED.contains(&scheme)) && !is_share(rest),
        Start::Relative => true,
        Start::Unsure => false,
    }
}

/// Whether the picture at `url` came with the mail.
pub fn is_inside(url: &[u8]) -> bool {
    let Start::Scheme(scheme, length, rest) = start(url) else { return false };
    let scheme = scheme.get(..length).unwrap_or_default();
    INSIDE.contains(&scheme) || (scheme == b"data" && is_pixels(rest))
}

/// Whether `url` names something in the mail or beside it, on no other server.
pub fn is_beside(url: &[u8]) -> bool {
    is_inside(url) || (start(url) == Start::Relative && !url.trim_ascii_start().starts_with(b"/"))
}

/// Whether each candidate of a `srcset` may be a picture (WHATWG HTML section 4.8.4.3.10).
pub fn may_be_pictures(set: &[u8]) -> bool {
    let mut rest = set;
    loop {
        let begin = rest.iter().position(|byte| !byte.is_ascii_whitespace() && *byte != b',').unwrap_or(rest.len());
        rest = rest.get(begin..).unwrap_or_default();
        if rest.is_empty() {
            return true;
        }
        let end = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
        let (url, behind) = rest.split_at(end);
        if !may_be_picture(url) {
            return false;
        }
        // The descriptors: some readers end them at a comma within parentheses and others do not, so there must be none.
        let next = behind.iter().position(|byte| *byte == b',' || *byte == b'(').unwrap_or(behind.len());
        if url.last() != Some(&b',') && behind.get(next) == Some(&b'(') {
            return false;
        }
        rest = if url.last() == Some(&b',') { behind } else { behind.get(next..).unwrap_or_default() };
    }
}

/// What a removal is called: the scheme, if there is one.
pub fn name(url: &[u8]) -> String {
    match start(url) {
        Start::Scheme(scheme, length, _) => format!("{}:", String::from_utf8_lossy(scheme.get(..length).unwrap_or_default())),
        Start::Relative => String::new(),
        Start::Unsure => "?".to_owned(),
    }
}

fn is_pixels(rest: &[u8]) -> bool {
    if rest == b"," {
        return true;
    }
    let rest = rest.trim_ascii_start();
    PIXELS.iter().any(|kind| {
        let (head, tail) = rest.split_at_checked(kind.len()).unwrap_or_default();
        head.eq_ignore_ascii_case(kind) && tail.get(..7).is_some_and(|mark| mark.eq_ignore_ascii_case(b"base64,"))
    })
}

/// Whether the slashes that `rest` begins with have a backslash among them: `\\host` is a file share to some readers, and asking for
/// one sends the reader's password (E164).
fn is_share(rest: &[u8]) -> bool {
    let letters = rest.iter().filter(|byte| !is_dropped(**byte));
    letters.take_while(|byte| matches!(byte, b'/' | b'\\')).any(|byte| *byte == b'\\')
}

/// Bytes that readers drop wherever they stand in a URL.
fn is_dropped(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r')
}

fn start(url: &[u8]) -> Start<'_> {
    let begin = url.iter().position(|byte| *byte > b' ').unwrap_or(url.len());
    let url = url.get(begin..).unwrap_or_default();
    let end = url.iter().position(|byte| matches!(byte, b':' | b'/' | b'\\' | b'?' | b'#')).unwrap_or(url.len());
    let (head, rest) = url.split_at(end);
    if rest.first() == Some(&b':') {
        return scheme(head, rest.get(1..).unwrap_or_default());
    }
    if is_share(url) || is_doubtful(head) { Start::Unsure } else { Start::Relative }
}

fn scheme<'u>(head: &[u8], rest: &'u [u8]) -> Start<'u> {
    let mut scheme = [0; LONGEST];
    let mut length = 0;
    for byte in head.iter().filter(|byte| !is_dropped(**byte)) {
        let is_part = byte.is_ascii_alphabetic() || (length > 0 && matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.'));
        let Some(place) = scheme.get_mut(length).filter(|_| is_part) else { return Start::Unsure };
        *place = byte.to_ascii_lowercase();
        length += 1;
    }
    Start::Scheme(scheme, length, rest)
}

/// Whether a reader that knows more references or escapes than we do could find a colon in it.
fn is_doubtful(head: &[u8]) -> bool {
    head.iter().any(|byte| *byte == b'&' || (*byte < b' ' && !is_dropped(*byte)))
        || head.windows(3).any(|window| window.eq_ignore_ascii_case(b"%3a"))
}

/// Whether `url` may be fetched at that depth; what is inside the mail may always.
pub fn may_be_fetched(url: &[u8], depth: Depth) -> bool {
    match depth {
        Depth::Active => may_be_picture(url),
        Depth::Remote => is_inside(url),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_where_a_click_may_go() {
        let table: [&[u8]; 16] = [
            b"http://a/",
            b"HTTPS://a/",
            b" \n\x01https://a/",
            b"ht\ntp://a/",
            b"mailto:a@b",
            b"tel:+1",
            b"sms:1",
            b"ftp://a/",
            b"news:a",
            b"cid:1@a",
            b"mid:1@a",
            b"#top",
            b"",
            b"//a/b",
            b"a/b:c",
            b"a?b:c",
        ];
        for url in table {
            assert!(may_be_clicked(url), "{}", String::from_utf8_lossy(url));
        }
    }

    #[test]
    fn a_link_that_acts_or_that_nobody_knows_is_refused() {
        let table: [&[u8]; 34] = [
            b"javascript:x",
            b"JaVaScRiPt:x",
            b"\x01javascript:x",
            b" \t\x1fjavascript:x",
            b"java\tscript:x",
            b"java\r\nscript\n:x",
            b"java\0script:x",
            b"java\xef\xbf\xbdscript:x",
            b"java\x0cscript:x",
            b"java\x01script:x",
            b"\xc2\xa0javascript:x",
            b"\xef\xbb\xbfjavascript:x",
            b"java&Tab;script:x",
            b"javascript&colon;x",
            b"javascript%3Ax",
            b"vbscript:x",
            b"livescript:x",
            b"mocha:x",
            b"data:text/html,x",
            b"data:image/png;base64,",
            b"view-source:http://a/",
            b"feed:javascript:x",
            b"jar:http://a!/",
            b"mhtml:http://a!b",
            b"blob:http://a/b",
            b"filesystem:http://a/b",
            b"file:///c:/a",
            b"c:\\a",
            b"\\\\a\\b",
            b"/\\a/b",
            b"\t\\\n\\a/b",
            b"http:\\\\a\\b",
            b":x",
            b"ms-word:ofe|u|http://a/",
        ];
        for url in table {
            assert!(!may_be_clicked(url), "{}", String::from_utf8_lossy(url));
        }
    }

    #[test]
    fn a_picture_comes_from_a_server_or_from_inside_the_mail() {
        let table: [(&[u8], bool, bool); 15] = [
            (b"http://a/b.gif", true, false),
            (b"//a/b.gif", true, false),
            (b"b.gif", true, false),
            (b"", true, false),
            (b"cid:a", true, true),
            (b"data:image/png;base64,AAAA", true, true),
            (b"DATA:image/GIF;BASE64,AAAA", true, true),
            (b"data:,", true, true),
            (b"data:,x", false, false),
            (b"data:image/svg+xml;base64,AAAA", false, false),
            (b"data:image/png;charset=x;base64,AAAA", false, false),
            (b"data:image/png,AAAA", false, false),
            (b"data:text/html;base64,AAAA", false, false),
            (b"\\\\a\\b.gif", false, false),
            (b"mailto:a", false, false),
        ];
        for (url, active, remote) in table {
            let name = String::from_utf8_lossy(url).into_owned();
            assert_eq!((may_be_fetched(url, Depth::Active), may_be_fetched(url, Depth::Remote)), (active, remote), "{name}");
        }
    }

    #[test]
    fn each_candidate_of_a_set_is_looked_at() {
        let table: [(&[u8], bool); 9] = [
            (b"a.gif 1x, http://a/b.gif 2x", true),
            (b"http://a/,b 1x", true),
            (b",,,,,http://a/", true),
            (b"data:image/png;base64,AA== 1x, b.gif", true),
            (b"a.gif 1x, javascript:x 2x", false),
            (b"a.gif, javascript:x", false),
            (b"a.gif 1x,javascript:x 2x", false),
            (b"a.gif (x,javascript:x) 1x", false),
            (b"data:image/svg+xml,x", false),
        ];
        for (set, expected) in table {
            assert_eq!(may_be_pictures(set), expected, "{}", String::from_utf8_lossy(set));
        }
    }
}
