//! What the first bytes of a file say it is, where its name and declared type may say something else.
//!
//! Owns the signatures of what a system runs by itself. It must never look further than the head, nor judge: it names the extension
//! that such a file should have. Nothing here can fail.

/// How many bytes are enough.
pub(super) const HEAD: usize = 64;

/// Files that begin so are run, whatever they are called.
const SIGNATURES: &[(&[u8], &str)] = &[
    (b"\x7fELF", "exe"),
    // Mach-O of both widths and byte orders; of several machines in one, as which a class of Java begins too.
    (b"\xfe\xed\xfa\xce", "exe"),
    (b"\xfe\xed\xfa\xcf", "exe"),
    (b"\xce\xfa\xed\xfe", "exe"),
    (b"\xcf\xfa\xed\xfe", "exe"),
    (b"\xca\xfe\xba\xbe", "exe"),
    (b"\x4c\0\0\0\x01\x14\x02\0", "lnk"),
    (b"ITSF", "chm"),
];

/// Types under which neither a script nor a page is to be expected; a text may well begin as one.
const NO_TEXT: [&str; 5] = ["image/", "audio/", "video/", "font/", "application/pdf"];

/// The extension that a file with this `head` should have, if it is something that acts.
pub(super) fn extension(head: &[u8], media_type: &str) -> Option<&'static str> {
    if is_dos_program(head) {
        return Some("exe");
    }
    let known = SIGNATURES.iter().find(|(signature, _)| head.starts_with(signature)).map(|(_, extension)| *extension);
    let is_elsewhere = || NO_TEXT.iter().any(|kind| media_type.starts_with(kind)) && !media_type.starts_with("image/svg");
    known.or_else(|| if is_elsewhere() { text(head) } else { None })
}

/// A text may begin with these two letters; the header of a program has numbers behind them, of which some are small.
fn is_dos_program(head: &[u8]) -> bool {
    let numbers = head.strip_prefix(b"MZ").or_else(|| head.strip_prefix(b"ZM")).unwrap_or_default();
    numbers.iter().any(|byte| *byte < b'\t')
}

fn text(head: &[u8]) -> Option<&'static str> {
    if head.starts_with(b"#!") {
        return Some("sh");
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start().to_ascii_lowercase();
    let is_page = [&b"<!doctype html"[..], b"<html", b"<script", b"<body", b"<head"].iter().any(|start| text.starts_with(start));
    is_page.then_some("html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_known_by_its_first_bytes() {
        type Row = (&'static [u8], &'static str, Option<&'static str>);
        let table: [Row; 15] = [
            (b"MZ\x90\0\x03\0\0\0", "image/png", Some("exe")),
            (b"MZ is two letters", "text/plain", None),
            (b"\x7fELF\x02", "text/plain", Some("exe")),
            (b"\xcf\xfa\xed\xfe\x07", "application/octet-stream", Some("exe")),
            (b"\xca\xfe\xba\xbe\0", "image/jpeg", Some("exe")),
            (b"\x4c\0\0\0\x01\x14\x02\0x", "image/jpeg", Some("lnk")),
            (b"ITSF\x03", "text/plain", Some("chm")),
            (b"#!/bin/sh\n", "image/png", Some("sh")),
            (b"#!/bin/sh\n", "text/plain", None),
            (b"#!/bin/sh\n", "application/octet-stream", None),
            (b"\xef\xbb\xbf\n<!DOCTYPE HTML>", "application/pdf", Some("html")),
            (b"<html>", "text/html", None),
            (b"<html>", "image/svg+xml", None),
            (b"\x89PNG\r\n\x1a\n", "image/png", None),
            (b"", "image/png", None),
        ];
        for (head, media_type, expected) in table {
            assert_eq!(extension(head, media_type), expected, "E124 {media_type} {}", String::from_utf8_lossy(head));
        }
    }
}
