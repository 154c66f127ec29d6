//! Body hashes of DKIM and ARC signatures (RFC 6376 section 3.4 and 3.7), without keys: they show whether a body is as it was signed.
use sha2::{Digest, Sha256};

use crate::field::{header_length, values};
use crate::sha1::sha1;

/// The body hashes of a message's signatures that are right, in the order of the signatures.
pub(crate) fn right_signatures(message: &[u8]) -> Vec<String> {
    let fields = ["DKIM-Signature", "ARC-Message-Signature"].into_iter().flat_map(|name| values(message, name));
    let body = body(message);
    fields
        .filter_map(|field| Signature::read(&field))
        .filter(|signature| signature.is_right(&body))
        .map(|signature| signature.hash)
        .collect()
}

/// The body with the line ends that it was signed with.
fn body(message: &[u8]) -> Vec<u8> {
    let rest = &message[header_length(message)..];
    let body = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
    let mut wire = Vec::with_capacity(body.len());
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let text = line.strip_suffix(b"\n").map(|text| text.strip_suffix(b"\r").unwrap_or(text));
        wire.extend_from_slice(text.unwrap_or(line));
        wire.extend_from_slice(if text.is_some() { b"\r\n" } else { b"" });
    }
    wire
}

struct Signature {
    hash: String,
    is_relaxed: bool,
    is_sha1: bool,
    length: Option<usize>,
}

impl Signature {
    fn read(field: &str) -> Option<Self> {
        let tag = |name: &str| {
            let tags = field.split(';').filter_map(|tag| tag.split_once('='));
            let value = tags.into_iter().find(|(own, _)| own.trim() == name)?.1;
            Some(value.split_ascii_whitespace().collect::<String>())
        };
        let canonical = tag("c").unwrap_or_default();
        Some(Self {
            hash: tag("bh")?,
            is_relaxed: canonical.split_once('/').is_some_and(|(_, body)| body == "relaxed"),
            is_sha1: tag("a")?.ends_with("sha1"),
            length: tag("l").and_then(|length| length.parse().ok()),
        })
    }

    fn is_right(&self, body: &[u8]) -> bool {
        let mut canonical = canonical(body, self.is_relaxed);
        canonical.truncate(self.length.unwrap_or(usize::MAX));
        let sum = if self.is_sha1 { sha1(&canonical).to_vec() } else { Sha256::digest(&canonical).to_vec() };
        base64(&sum) == self.hash
    }
}

/// Lines without blanks at their ends and with single ones inside, if relaxed; no blank lines at the end in any case.
fn canonical(body: &[u8], is_relaxed: bool) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = body.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line).to_vec()).collect();
    if is_relaxed {
        lines.iter_mut().for_each(|line| *line = relaxed(line));
    }
    while lines.last().is_some_and(Vec::is_empty) {
        lines.pop();
    }
    if lines.is_empty() && !is_relaxed {
        return b"\r\n".to_vec();
    }
    lines.into_iter().flat_map(|line| [line, b"\r\n".to_vec()].concat()).collect()
}

fn relaxed(line: &[u8]) -> Vec<u8> {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let mut out: Vec<u8> = Vec::with_capacity(line.len());
    for byte in line {
        match out.last() {
            Some(b' ') if is_blank(byte) => {}
            _ => out.push(if is_blank(byte) { b' ' } else { *byte }),
        }
    }
    if out.ends_with(b" ") {
        out.pop();
    }
    out
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |bytes: &[u8]| {
        let number = (0..3).fold(0_usize, |number, at| number << 8 | usize::from(bytes.get(at).copied().unwrap_or_default()));
        [0, 1, 2, 3].map(|at| if at > bytes.len() { '=' } else { char::from(ALPHABET[number >> (18 - 6 * at) & 63]) })
    };
    bytes.chunks(3).flat_map(group).collect()
}
