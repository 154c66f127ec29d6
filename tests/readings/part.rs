//! Well-formed pieces that rows put their constructions around: parts with the payload, and multiparts of them.

use crate::encode::base64_lines;
use crate::harness::eicar;

/// The body under base64, as every mail program would write it.
pub(crate) fn eicar_body() -> String {
    base64_lines(eicar())
}

/// An entity with the payload under base64.
pub(crate) fn eicar_part() -> String {
    under("base64", &eicar_body())
}

/// An entity under that transfer encoding.
pub(crate) fn under(encoding: &str, body: &str) -> String {
    format!("Content-Type: application/octet-stream\nContent-Transfer-Encoding: {encoding}\n\n{body}")
}

/// An entity whose name the policy denies, and nothing else.
pub(crate) fn attached_program() -> String {
    "Content-Type: application/octet-stream\nContent-Disposition: attachment; filename=\"x.exe\"\n\nHello.\n".to_owned()
}

/// A body of a text and the payload between delimiters.
pub(crate) fn delimited(boundary: &str) -> String {
    format!("{}--{boundary}--\n", undelimited_end(boundary))
}

/// The same without the delimiter that closes it.
pub(crate) fn undelimited_end(boundary: &str) -> String {
    format!("--{boundary}\nContent-Type: text/plain\n\nHello.\n--{boundary}\n{}", eicar_part())
}

/// A body of harmless text between delimiters.
pub(crate) fn decoy(boundary: &str) -> String {
    format!("--{boundary}\nContent-Type: text/plain\n\nHello.\n--{boundary}--\n")
}

/// A multipart with the payload.
pub(crate) fn multipart(boundary: &str) -> String {
    typed(&format!("multipart/mixed; boundary={boundary}"), &delimited(boundary))
}

/// An entity of that type.
pub(crate) fn typed(content_type: &str, body: &str) -> String {
    format!("Content-Type: {content_type}\n\n{body}")
}
