//! The messages that go through the faults: one loses a part, one gives way to a notice, one is clean.
use std::fmt::Write;

/// What the altered messages must not hold any more.
pub(crate) const PAYLOAD: &str = "VGhlIHByb2dyYW0gdGhhdCBub2JvZHkgd2FudHM";

/// A denied attachment behind a text of more than a pipe holds.
pub(crate) fn denied() -> Vec<u8> {
    with_attachment("setup.exe", &text(), PAYLOAD)
}

/// Nothing to find.
pub(crate) fn clean() -> Vec<u8> {
    with_attachment("notes.txt", &text(), "")
}

fn text() -> String {
    (0..2800).fold(String::new(), |mut text, line| {
        writeln!(text, "line {line} of a text that stays as it is, to the last blank ").unwrap();
        text
    })
}

/// The EICAR test file, put together here so that no file of this project holds it.
pub(crate) fn infected() -> Vec<u8> {
    let virus = [r"X5O!P%@AP[4\PZX5", "4(P^)7CC)7}$EIC", "AR-STANDARD-ANTI", "VIRUS-TEST-FILE", "!$H+H*"].concat();
    with_attachment("report.txt", PAYLOAD, &virus)
}

fn with_attachment(name: &str, text: &str, content: &str) -> Vec<u8> {
    format!(
        "From: Ann <ann@mailward.test>\nTo: bob@mailward.test\nSubject: the report\nDate: Mon, 02 Mar 2026 09:08:07 +0100\n\
         Message-ID: <1@mailward.test>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"=_b\"\n\n\
         --=_b\nContent-Type: text/plain\n\n{text}\n\
         --=_b\nContent-Type: application/octet-stream; name=\"{name}\"\n\n{content}\n\
         --=_b--\n"
    )
    .into_bytes()
}
