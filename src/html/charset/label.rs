//! What a charset's name means.
//!
//! Owns the names that mail has for charsets and that the Encoding standard knows not, and what kind of charset each is. Nothing here
//! can fail.

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, ISO_2022_JP, REPLACEMENT, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};

/// A charset by what its bytes below 0x80 mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charset {
    /// ASCII, wherever they stand.
    Plain(&'static Encoding),
    /// ASCII, but behind a byte that begins a character.
    MultiByte(&'static Encoding),
    /// ASCII up to an escape sequence.
    Escaped,
    /// The same, and no reader of pages shows it.
    Unreadable,
    /// ASCII but for `+`.
    Utf7,
    /// Half of a character.
    Utf16(&'static Encoding),
    /// A quarter of one.
    Utf32,
    /// ASCII, as the page says of itself, or as nobody says.
    Undeclared,
    /// A name that we do not know.
    Unknown,
}

/// What a name means; nothing where it says nothing.
pub(super) fn charset(name: &str) -> Charset {
    let name = name.trim_matches(|one: char| one.is_ascii_whitespace() || matches!(one, '"' | '\'')).to_ascii_lowercase();
    match name.as_str() {
        "" | "us-ascii" | "ascii" | "7bit" | "8bit" | "binary" | "default" | "none" | "unknown" | "unknown-8bit" | "x-unknown" => {
            Charset::Undeclared
        }
        "utf-7" | "utf7" | "unicode-1-1-utf-7" | "unicode-2-0-utf-7" | "x-unicode-2-0-utf-7" | "csunicode11utf7" => Charset::Utf7,
        "utf-32" | "utf32" | "utf-32le" | "utf-32be" | "ucs-4" | "ucs4" | "iso-10646-ucs-4" => Charset::Utf32,
        "ucs2" | "utf16" => Charset::Utf16(UTF_16LE),
        "cp932" | "ms932" => Charset::MultiByte(SHIFT_JIS),
        "cp936" | "ms936" => Charset::MultiByte(GBK),
        "cp949" | "ms949" | "uhc" => Charset::MultiByte(EUC_KR),
        "cp950" | "ms950" => Charset::MultiByte(BIG5),
        "eucjp" | "euc_jp" => Charset::MultiByte(EUC_JP),
        "utf_8" | "utf8mb4" => Charset::Plain(UTF_8),
        _ => Encoding::for_label(name.as_bytes()).map_or(Charset::Unknown, kind),
    }
}

fn kind(encoding: &'static Encoding) -> Charset {
    match encoding {
        _ if encoding == REPLACEMENT => Charset::Unreadable,
        _ if encoding == ISO_2022_JP => Charset::Escaped,
        _ if [UTF_16LE, UTF_16BE].contains(&encoding) => Charset::Utf16(encoding),
        _ if [SHIFT_JIS, BIG5, GBK, GB18030, EUC_JP, EUC_KR].contains(&encoding) => Charset::MultiByte(encoding),
        _ => Charset::Plain(encoding),
    }
}
