//! The messages that the tests send, and what clamd is taught to find in them.
use std::fmt::Write;

const BOUNDARY: &str = "=_mailward_test_boundary";

/// Text that only the tests' own clamd signature knows.
pub(crate) const MARKER: &str = "the-marker-of-mailwards-own-signature";
/// The name that clamd reports for it; clamd adds `.UNOFFICIAL`.
pub(crate) const MARKER_NAME: &str = "Mailward.Test.Marker";

/// The text part of every message with an attachment: 8-bit, a line that starts with a dot, trailing blanks.
pub(crate) const TEXT: &str = "Sch\u{f6}ne Gr\u{fc}\u{df}e,\n.\n..two dots\ntrailing blanks   \n\n";
/// The part behind the attachment.
pub(crate) const LAST_PART: &str = "Content-Type: text/html\n\n<p>the   last\tpart</p>\n";

/// The EICAR test file. Put together here so that no file of this project holds it.
pub(crate) fn eicar() -> Vec<u8> {
    [r"X5O!P%@AP[4\PZX5", "4(P^)7CC)7}$EIC", "AR-STANDARD-ANTI", "VIRUS-TEST-FILE", "!$H+H*"].concat().into_bytes()
}

/// The start of a Windows program, as far as a scanner of names and types cares.
pub(crate) fn program() -> Vec<u8> {
    [b"MZ\x90\x00".as_slice(), &[0; 60], b"This program cannot be run in DOS mode.".as_slice(), &[7; 600]].concat()
}

/// A message of one text part.
pub(crate) fn plain(subject: &str, body: &str) -> Vec<u8> {
    format!("{}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}", header(subject)).into_bytes()
}

/// A message of three parts, the attachment being the middle one.
pub(crate) fn with_attachment(subject: &str, name: &str, content: &[u8]) -> Vec<u8> {
    let text = format!("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{TEXT}");
    let attachment = format!(
        "Content-Type: application/octet-stream\nContent-Disposition: attachment; filename=\"{name}\"\n\
         Content-Transfer-Encoding: base64\n\n{}",
        base64(content)
    );
    format!(
        "{}Content-Type: multipart/mixed;\n\tboundary=\"{BOUNDARY}\"\n\npreamble\n\
         --{BOUNDARY}\n{text}\n--{BOUNDARY}\n{attachment}\n--{BOUNDARY}\n{LAST_PART}\n--{BOUNDARY}--\nepilogue\n",
        header(subject)
    )
    .into_bytes()
}

/// A message cut at its delimiter lines: the header with the preamble, each part, the epilogue.
pub(crate) fn cut_at_delimiters(message: &[u8]) -> Vec<String> {
    let text = String::from_utf8(message.to_vec()).expect("the tests' messages are UTF-8");
    text.split(&format!("\n--{BOUNDARY}")).map(str::to_owned).collect()
}

/// Base64 in lines of 76 characters, the last one without a line end.
pub(crate) fn base64(content: &[u8]) -> String {
    let encoded: Vec<u8> = content.chunks(3).flat_map(base64_group).collect();
    let lines: Vec<&str> = encoded.chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    lines.join("\n")
}

fn base64_group(bytes: &[u8]) -> [u8; 4] {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let byte = |at: usize| u32::from(bytes.get(at).copied().unwrap_or(0));
    let group = byte(0) << 16 | byte(1) << 8 | byte(2);
    std::array::from_fn(|at| if at > bytes.len() { b'=' } else { ALPHABET[(group >> (18 - 6 * at) & 63) as usize] })
}

/// Signatures in clamd's .ndb form (name, any file type, offset, hexadecimal bytes): EICAR at the start of a file, the marker anywhere.
pub(crate) fn signatures() -> String {
    format!("Eicar-Test-Signature:0:0:{}\n{MARKER_NAME}:0:*:{}\n", hexadecimal(&eicar()), hexadecimal(MARKER.as_bytes()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn header(subject: &str) -> String {
    format!(
        "From: \"O'Neil, Zo\u{eb}\" <mwsender@mailward.test>\nTo:  mwtest@mailward.test\nSubject: {subject}\n\
         Date: Mon, 02 Mar 2026 09:08:07 +0100\nMessage-ID: <{}@mailward.test>\nX-Folded: one\n\ttwo \n three\nMIME-Version: 1.0\n",
        subject.replace(' ', ".")
    )
}

/// Takes mailward's header out of a delivered message: the header's value, and the message without it.
pub(crate) fn take_tag(message: &[u8]) -> (String, Vec<u8>) {
    let name = b"X-Mailward: ";
    let mut tags = Vec::new();
    let mut rest = Vec::with_capacity(message.len());
    let mut lines = message.split_inclusive(|byte| *byte == b'\n').peekable();
    let mut in_header = true;
    while let Some(line) = lines.next() {
        in_header &= line != b"\n";
        if !in_header || !line.starts_with(name) {
            rest.extend_from_slice(line);
            continue;
        }
        let mut tag = line[name.len()..].to_vec();
        while let Some(more) = lines.next_if(|line| line.starts_with(b" ") || line.starts_with(b"\t")) {
            tag.extend_from_slice(more);
        }
        tags.push(String::from_utf8(tag).expect("the tag is ASCII"));
    }
    assert_eq!(tags.len(), 1, "X-Mailward headers in {}", String::from_utf8_lossy(message));
    (tags.remove(0).trim_end().to_owned(), rest)
}

/// Makes sure that `seen` is the message that was sent, with nothing but the lines in front that mail servers add to every delivery.
pub(crate) fn assert_same_but_for_trace(seen: &[u8], sent: &[u8]) {
    let trace = seen.strip_suffix(sent).unwrap_or_else(|| panic!("not as it was sent: {}", String::from_utf8_lossy(seen)));
    let allowed = ["from ", "return-path:", "x-original-to:", "delivered-to:", "envelope-to:", "delivery-date:", "received:", "\t"];
    for line in String::from_utf8(trace.to_vec()).unwrap().lines() {
        assert!(allowed.iter().any(|start| line.to_ascii_lowercase().starts_with(start)), "a line too many: {line:?}");
    }
}
