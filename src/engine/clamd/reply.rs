//! Reads what clamd answers to a scan, and what its names mean.
//!
//! Owns the forms of a reply: `PREFIX: OK`, `PREFIX: NAME FOUND`, `TEXT ERROR`. It must never take anything else for clean. Every
//! text is some reply; one that fits no form is [`Reply::Unknown`].

use crate::finding::Class;

/// A reply to a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Nothing was found.
    Clean,
    /// A signature of that name fits.
    Found(String),
    /// clamd could not scan.
    Error(String),
    /// Not a reply that the protocol knows.
    Unknown(String),
}

/// Reads one reply, without the byte that ends it. The prefix is `stream` or `fd[10]` or a path, and may hold colons itself.
pub fn parse(text: &str) -> Reply {
    let text = text.trim_end_matches(['\0', '\n', '\r']);
    let is_one_line = !text.contains(['\n', '\0']);
    let unknown = || Reply::Unknown(text.to_owned());
    match text.rsplit_once(' ') {
        Some((_, "ERROR")) => Reply::Error(text.to_owned()),
        Some((prefix, "OK")) if is_one_line && prefix.len() > 1 && prefix.ends_with(':') && !says_more(prefix) => Reply::Clean,
        Some((found, "FOUND")) if is_one_line => name_in(found).map_or_else(unknown, Reply::Found),
        _ => unknown(),
    }
}

/// Whether a prefix holds another answer, as of two that ran together.
fn says_more(prefix: &str) -> bool {
    prefix.contains(" FOUND") || prefix.contains(" ERROR")
}

/// The name behind the first `: `, without the `(hash:size)` that ExtendedDetectionInfo adds.
fn name_in(found: &str) -> Option<String> {
    let (_, name) = found.split_once(": ")?;
    let plain = name.strip_suffix(')').and_then(|name| name.rsplit_once('(')).filter(|(_, inside)| is_hash_and_size(inside));
    let name = plain.map_or(name, |(name, _)| name).trim();
    (!name.is_empty()).then(|| name.to_owned())
}

fn is_hash_and_size(text: &str) -> bool {
    text.split_once(':').is_some_and(|(hash, size)| {
        hash.len() >= 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) && size.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// What kind of trouble a signature of that name stands for. clamd says FOUND also of what it could not look into, of macros and
/// of programs that are only unwanted; each is a class of its own, so that the policy can treat it as such.
pub fn class_of(name: &str) -> Class {
    match name {
        _ if name.contains("ContainsMacros") => Class::Active,
        _ if name.starts_with("Heuristics.Encrypted.") => Class::Encrypted,
        _ if name.starts_with("Heuristics.Limits.") => Class::Unscanned,
        _ if name.starts_with("Heuristics.Phishing.") => Class::Phishing,
        // Broken programs and pictures, which an administrator must switch on to hear of.
        _ if name.starts_with("Heuristics.Broken.") || name.starts_with("PUA.") => Class::Banned,
        _ => Class::Infected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_reply_is_known_and_nothing_else_is_clean() {
        let found = |name: &str| Reply::Found(name.to_owned());
        let table = [
            ("stream: OK", Reply::Clean),
            ("fd[10]: OK\0", Reply::Clean),
            ("/a: b/c: OK\n", Reply::Clean),
            ("stream: Win.Test.EICAR_HDB-1 FOUND\0", found("Win.Test.EICAR_HDB-1")),
            ("stream: Eicar-Test-Signature(44d88612fea8a8f36de82e1278abb02f:68) FOUND", found("Eicar-Test-Signature")),
            ("fd[9]: A name (with) spaces FOUND", found("A name (with) spaces")),
            ("stream: (null) FOUND", found("(null)")),
            ("INSTREAM size limit exceeded. ERROR", Reply::Error("INSTREAM size limit exceeded. ERROR".into())),
            ("fd[9]: Not a regular file. ERROR", Reply::Error("fd[9]: Not a regular file. ERROR".into())),
        ];
        for (text, expected) in table {
            assert_eq!(parse(text), expected, "{text:?}");
        }
        for text in [
            "",
            "OK",
            ": OK",
            "stream:OK",
            "stream: ok",
            "stream: OK stream: X FOUND x",
            "UNKNOWN COMMAND",
            "COMMAND UNAVAILABLE",
            "stream: FOUND",
            " FOUND",
            "a: b OK",
            "x: OK\ny: OK",
            "stream: Eicar FOUND: OK",
        ] {
            assert!(matches!(parse(text), Reply::Unknown(_)), "{text:?} {:?}", parse(text));
        }
    }

    #[test]
    fn a_name_tells_its_class() {
        let table = [
            ("Win.Test.EICAR_HDB-1", Class::Infected),
            ("Sanesecurity.Foo.UNOFFICIAL", Class::Infected),
            ("Heuristics.Encrypted.Zip", Class::Encrypted),
            ("Heuristics.Limits.Exceeded.MaxFileSize", Class::Unscanned),
            ("Heuristics.OLE2.ContainsMacros.VBA", Class::Active),
            ("PUA.Win.Packer.Upx", Class::Banned),
            ("Heuristics.Phishing.Email.SpoofedDomain", Class::Phishing),
            ("Heuristics.Broken.Executable", Class::Banned),
        ];
        for (name, class) in table {
            assert_eq!(class_of(name), class, "{name}");
        }
    }
}
