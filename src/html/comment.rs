//! Comments and document types.
//!
//! Owns which of them every reader takes for no more than that. What Outlook and old readers take for a page, a conditional comment,
//! must be disarmed as one. Nothing here can fail.

use super::{Depth, Kind};
use std::ops::Range;

/// What becomes of a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stays as it is.
    Stays,
    /// It goes.
    Goes,
    /// It is a page to some readers: that of its bytes is.
    Page(Range<usize>),
}

/// The longest condition that is read.
const LONGEST: usize = 100;

/// What becomes of the comment that `bytes` are, all of it.
pub fn fate(bytes: &[u8]) -> Fate {
    let Some(rest) = bytes.strip_prefix(b"<!--") else {
        return if is_name_space(bytes) { Fate::Stays } else { revealed(bytes) };
    };
    let Some(inner) = rest.strip_suffix(b"-->") else { return Fate::Goes };
    // No markup in it: wherever a reader thinks that it ends, the rest is text.
    if memchr::memchr3(b'<', b'>', 0, inner).is_none() {
        return Fate::Stays;
    }
    if inner.contains(&0) {
        return Fate::Goes;
    }
    if is_conditional(inner) {
        return conditional(inner);
    }
    if ends_what_hides_comments(inner) {
        return Fate::Goes;
    }
    let is_framed = !inner.starts_with(b">") && !inner.starts_with(b"-") && !inner.ends_with(b"-");
    if is_framed && memchr::memmem::find(inner, b"--").is_none() { Fate::Stays } else { Fate::Goes }
}

/// Whether it could end text that began before it, to a reader to whom `noscript` and `xml` hold text and no comments.
fn ends_what_hides_comments(inner: &[u8]) -> bool {
    memchr::memmem::find_iter(inner, b"</").any(|at| {
        let name = inner.get(at + 2..).unwrap_or_default();
        [b"noscript".as_slice(), b"xml"].iter().any(|one| name.get(..one.len()).is_some_and(|head| head.eq_ignore_ascii_case(one)))
    })
}

/// `<![if x]>` and `<![endif]>`: what stands between them is part of the page to all readers, so it was looked at.
fn revealed(bytes: &[u8]) -> Fate {
    let inner = bytes.strip_prefix(b"<!").and_then(|rest| rest.strip_suffix(b">")).unwrap_or_default();
    let inner = inner.strip_suffix(b"--").unwrap_or(inner).trim_ascii();
    let is_end = inner.eq_ignore_ascii_case(b"[endif]");
    if is_end || condition(inner).is_some_and(|behind| behind == inner.len()) { Fate::Stays } else { Fate::Goes }
}

/// Whether some reader may take it for a conditional comment, well written or not.
fn is_conditional(inner: &[u8]) -> bool {
    memchr::memchr_iter(b'[', inner).any(|at| {
        let word = inner.get(at + 1..).unwrap_or_default().trim_ascii_start();
        [b"if".as_slice(), b"endif"].iter().any(|one| word.get(..one.len()).is_some_and(|head| head.eq_ignore_ascii_case(one)))
    })
}

/// `[if x]> page <![endif]`, and the forms that say where the part begins and ends that others read.
fn conditional(inner: &[u8]) -> Fate {
    let text = inner.trim_ascii();
    if text.eq_ignore_ascii_case(b"<![endif]") || text.eq_ignore_ascii_case(b"[endif]") {
        return Fate::Stays;
    }
    let blanks = inner.len() - inner.trim_ascii_start().len();
    let Some(begin) = condition(inner.trim_ascii_start()).map(|end| blanks + end) else { return Fate::Goes };
    let Some(rest) = inner.get(begin..).and_then(|rest| rest.strip_prefix(b">")) else { return Fate::Goes };
    if matches!(rest.trim_ascii(), b"" | b"<!" | b"<!--" | b"<!-- --") {
        return Fate::Stays;
    }
    let begin = b"<!--".len() + begin + 1;
    ended(rest.trim_ascii_end()).map_or(Fate::Goes, |page| Fate::Page(begin..begin + page.len()))
}

/// The page before the mark that ends it: some programs write it back as `<!-->` or `<!--<![endif]-->`.
fn ended(rest: &[u8]) -> Option<&[u8]> {
    let (page, end) = rest.split_at_checked(rest.len().saturating_sub(b"<![endif]".len()))?;
    let page = if end.eq_ignore_ascii_case(b"<![endif]") { page } else { rest.strip_suffix(b"<!")? };
    Some(page.strip_suffix(b"<!--").unwrap_or(page))
}

/// What old Outlook wrote before `<o:p>`: a prefix and what it stands for. `<?import>` is what gives it a meaning, and goes.
fn is_name_space(bytes: &[u8]) -> bool {
    let inner = bytes.strip_suffix(b">").and_then(|rest| rest.split_at_checked(b"<?xml:namespace".len()));
    let Some((head, rest)) = inner else { return false };
    let rest = rest.to_ascii_lowercase();
    let words = rest.split(|byte| byte.is_ascii_whitespace() || *byte == b'=').filter(|word| !word.is_empty());
    let is_known = |word: &[u8]| {
        let word = word.trim_ascii();
        matches!(word, b"prefix" | b"ns" | b"/" | b"?") || is_prefix(word) || word.starts_with(b"\"urn:schemas-microsoft-com:")
    };
    head.eq_ignore_ascii_case(b"<?xml:namespace") && words.clone().all(is_known) && words.filter(|word| *word == b"ns").count() == 1
}

fn is_prefix(word: &[u8]) -> bool {
    let word = word.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(word);
    word.len() <= 4 && word != b"src" && word.iter().all(u8::is_ascii_alphanumeric)
}

/// Where the `[if x]` ends that `inner` begins with.
fn condition(inner: &[u8]) -> Option<usize> {
    let head = inner.get(..3).filter(|head| head.eq_ignore_ascii_case(b"[if"))?;
    let end = inner.iter().take(LONGEST).position(|byte| *byte == b']')?;
    let is_word = |byte: &u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'(' | b')' | b'!' | b'&' | b'|' | b'.' | b'_')
    };
    inner.get(head.len()..end)?.iter().all(is_word).then_some(end + 1)
}

/// Why a document type goes; none: it stays.
pub fn doctype(bytes: &[u8], name: &[u8], has_system: bool, depth: Depth) -> Option<Kind> {
    let inner = bytes.get(2..).unwrap_or_default();
    if name != b"html" || memchr::memchr3(b'[', b'<', 0, inner).is_some() {
        return Some(Kind::Unknown);
    }
    (depth == Depth::Remote && has_system && !is_known_system(inner)).then_some(Kind::Fetch)
}

/// Whether the system identifier, the last between quotes, is one of W3C's: readers know those and fetch none.
fn is_known_system(inner: &[u8]) -> bool {
    let Some(end) = memchr::memrchr2(b'"', b'\'', inner) else { return false };
    let quote = inner.get(end).copied().unwrap_or_default();
    let head = inner.get(..end).unwrap_or_default();
    let begin = memchr::memrchr(quote, head).map_or(0, |at| at + 1);
    let system = head.get(begin..).unwrap_or_default();
    let known = [b"http://www.w3.org/TR/".as_slice(), b"https://www.w3.org/TR/", b"about:legacy-compat"];
    known.iter().any(|prefix| system.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_stays_that_is_one_to_all_readers() {
        let table: [(&str, Fate); 31] = [
            ("<!---->", Fate::Stays),
            ("<!-- a -->", Fate::Stays),
            ("<!-- <script>a</script> -->", Fate::Stays),
            ("<!-- </NOSCRIPT><script>a</script> -->", Fate::Goes),
            ("<!-- </xml><script>a</script> -->", Fate::Goes),
            ("<!----- a -- b ----->", Fate::Stays),
            ("<!-- -- <b> -->", Fate::Goes),
            ("<!--> a -->", Fate::Goes),
            ("<!---> a -->", Fate::Goes),
            ("<!-->", Fate::Goes),
            ("<!--->", Fate::Goes),
            ("<!-- a --!>", Fate::Goes),
            ("<!-- a", Fate::Goes),
            ("<!-- -\0-><script> -->", Fate::Goes),
            ("<!--[if mso]><!-->", Fate::Stays),
            ("<!--[if !mso]><!-- -->", Fate::Stays),
            ("<!--[if !mso]><!---->", Fate::Stays),
            ("<!--[if !mso]>-->", Fate::Stays),
            ("<!--<![endif]-->", Fate::Stays),
            ("<!-- <![endif] -->", Fate::Stays),
            ("<!--[if !supportLists]-->", Fate::Stays),
            ("<!--[endif]-->", Fate::Stays),
            ("<!--[if mso]>a<![endif]-->", Fate::Page(13..14)),
            ("<!--[IF (gte mso 9)|(IE)]>a<![ENDIF]-->", Fate::Page(26..27)),
            ("<!--[if mso]><b>-->", Fate::Goes),
            ("<!--[if mso]><b><![endif] -->", Fate::Page(13..16)),
            ("<!-- [if mso]><b><![endif]-->", Fate::Page(14..17)),
            ("<!--[if mso]><b><!-->", Fate::Page(13..16)),
            ("<!--[if mso]><b><!--<![endif]-->", Fate::Page(13..16)),
            ("<!--[if x='>'<b>]>a<![endif]-->", Fate::Goes),
            ("<!--[ if mso]><b><![endif]-->", Fate::Goes),
        ];
        for (comment, expected) in table {
            assert_eq!(fate(comment.as_bytes()), expected, "{comment}");
        }
    }

    #[test]
    fn what_is_taken_for_a_comment_goes_unless_it_is_known() {
        let table: [(&str, Fate); 12] = [
            ("<![if !mso]>", Fate::Stays),
            ("<![endif]>", Fate::Stays),
            ("<![endif]-->", Fate::Stays),
            ("<![if <script>]>", Fate::Goes),
            ("<![CDATA[a]]>", Fate::Goes),
            ("<!ELEMENT a>", Fate::Goes),
            ("<?import a>", Fate::Goes),
            ("<?xml:namespace prefix = o ns = \"urn:schemas-microsoft-com:office:office\" />", Fate::Stays),
            ("<?xml:namespace prefix=o src=\"http://a/\" ns=\"urn:schemas-microsoft-com:a\">", Fate::Goes),
            ("<?xml-stylesheet a?>", Fate::Goes),
            ("</ a>", Fate::Goes),
            ("<!>", Fate::Goes),
        ];
        for (comment, expected) in table {
            assert_eq!(fate(comment.as_bytes()), expected, "{comment}");
        }
    }

    #[test]
    fn a_document_type_stays_that_nobody_fetches() {
        let table = [
            ("<!DOCTYPE html>", false, None, None),
            ("<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 4.0//EN\">", false, None, None),
            ("<!DOCTYPE html PUBLIC \"-\" \"http://www.w3.org/TR/a.dtd\">", true, None, None),
            ("<!DOCTYPE html SYSTEM 'about:legacy-compat'>", true, None, None),
            ("<!DOCTYPE html SYSTEM 'http://a/'>", true, None, Some(Kind::Fetch)),
            ("<!DOCTYPE html SYSTEM '\"http://www.w3.org/TR/'>", true, None, Some(Kind::Fetch)),
            ("<!DOCTYPE html SYSTEM \"http://a/'http://www.w3.org/TR/\">", true, None, Some(Kind::Fetch)),
            ("<!DOCTYPE html [ <!ENTITY a SYSTEM 'http://a/'> ]>", false, Some(Kind::Unknown), Some(Kind::Unknown)),
        ];
        for (bytes, has_system, active, remote) in table {
            let of = |depth| doctype(bytes.as_bytes(), b"html", has_system, depth);
            assert_eq!((of(Depth::Active), of(Depth::Remote)), (active, remote), "{bytes}");
        }
        assert_eq!(doctype(b"<!DOCTYPE svg>", b"svg", false, Depth::Active), Some(Kind::Unknown));
    }
}
