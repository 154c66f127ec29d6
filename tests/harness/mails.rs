//! Messages that tests share. The EICAR test string never stands in one piece: it is put together when it is needed.

/// A message in which nothing is found.
pub(crate) const PLAIN: &str = "From: Ann <ann@example.org>\nTo: bob@example.net\nSubject: hello\n\nHow are you?\n";

/// The EICAR test string.
pub(crate) fn eicar() -> String {
    ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*"].concat()
}

/// The same under base64, on one line.
pub(crate) fn eicar_in_base64() -> String {
    base64(eicar().as_bytes())
}

/// Base64 on one line (RFC 4648 section 4).
pub(crate) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |three: &[u8]| {
        let bits = three.iter().chain([&0, &0]).take(3).fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        let digit = |place: usize| if place > three.len() { '=' } else { char::from(ALPHABET[bits >> (18 - 6 * place) & 63]) };
        [digit(0), digit(1), digit(2), digit(3)]
    };
    bytes.chunks(3).flat_map(group).collect()
}

/// A part that is the attachment `name`.
pub(crate) fn attachment(name: &str, body: &str) -> String {
    format!("Content-Type: application/octet-stream\nContent-Disposition: attachment; filename=\"{name}\"\n\n{body}")
}

/// A message with a text and these parts.
pub(crate) fn multipart(parts: &[&str]) -> String {
    let head = "From: Ann <ann@example.org>\nTo: bob@example.net\nSubject: with parts\nDate: Mon, 1 Jan 2024 10:00:00 +0000\n\
                MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"b\"\n\n";
    let text = "Content-Type: text/plain\n\nHello.\n";
    let parts: String = [text].iter().chain(parts).map(|part| format!("--b\n{part}\n")).collect();
    format!("{head}{parts}--b--\n")
}

/// A message in which the test string is found.
pub(crate) fn infected() -> String {
    multipart(&[&attachment("eicar.txt", &eicar())])
}

/// The same with the line ends of the wire.
pub(crate) fn with_crlf(text: &str) -> String {
    text.replace('\n', "\r\n")
}
