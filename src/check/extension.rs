//! The extensions that a file name has for Windows, macOS or a mail reader, each of which drops other characters before it looks.
//!
//! Owns what counts as nothing in a name and what looks like a dot. It must never know which extensions are wanted. Nothing here can
//! fail; it takes a time in proportion to the name.

use crate::message;
use crate::sanitize::is_safe;

/// In the place of the extension of a name that ends in a class identifier: Windows goes by the class and does not show it.
const CLASS_IDENTIFIER: &str = "{clsid}";

/// In the place of the extension of a name that Windows keeps for a device, whatever stands behind the dot.
const DEVICE: &str = "{device}";

/// Longest name of a file on all systems, in bytes or characters; readers cut what is longer.
const LONGEST_NAME: usize = 255;

/// Longest extension that is told.
const LONGEST_EXTENSION: usize = 64;

/// Every extension that `name` may have, in lower case; that by the rules of Windows first, which is empty if there is none.
pub(super) fn extensions(name: &str) -> Vec<String> {
    let mut all = vec![extension(name)];
    let undone = percents_undone(name);
    for other in undone.iter().map(String::as_str).chain(cut(name)).chain(undone.iter().flat_map(|undone| cut(undone))) {
        let extension = extension(other);
        if !extension.is_empty() && !all.contains(&extension) {
            all.push(extension);
        }
    }
    all
}

fn percents_undone(name: &str) -> Option<String> {
    name.contains('%').then(|| String::from_utf8_lossy(&message::percents_undone(name.as_bytes())).into_owned())
}

/// Whether Windows keeps `name` for a device, as an extension that can stand in a list.
pub(super) fn device(name: &str) -> Option<String> {
    let name = name_in_path(name);
    let stem = name.split(['.', ':']).next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_numbered = |kind: &str| {
        let mut number = stem.strip_prefix(kind).unwrap_or_default().chars();
        matches!((number.next(), number.next()), (Some('0'..='9' | '\u{b9}' | '\u{b2}' | '\u{b3}'), None))
    };
    let is_device =
        matches!(stem.as_str(), "con" | "prn" | "aux" | "nul" | "conin$" | "conout$") || is_numbered("com") || is_numbered("lpt");
    is_device.then(|| DEVICE.to_owned())
}

/// Where other programs end the name, or begin it: one in C ends it at a NUL, as some do at a line end; Windows ends it before the
/// name of a stream, and a Mac has paths with colons; and all cut what is too long.
fn cut(name: &str) -> impl Iterator<Item = &str> {
    let before = |name, ends: &[char]| str::split(name, ends).next();
    let stream = name.contains(':').then(|| [before(name_in_path(name), &[':']), name.rsplit(':').next()]);
    let bytes = name.get(..name.floor_char_boundary(LONGEST_NAME)).filter(|start| start.len() < name.len());
    let characters = name.char_indices().nth(LONGEST_NAME).and_then(|(end, _)| name.get(..end));
    let ended = before(name, &['\0', '\r', '\n']).filter(|start| start.len() < name.len());
    [ended, bytes, characters].into_iter().chain(stream.into_iter().flatten()).flatten()
}

/// What stands behind the last dot, in lower case. Dots, spaces and controls at the end do not count: Windows drops them. Nor do
/// quotes, commas and semicolons, which some readers take for the end of a name that was written without care.
fn extension(name: &str) -> String {
    let shown = name.chars().rev().filter_map(shown).skip_while(|c| is_nothing_at_end(*c));
    let tail: Vec<char> = shown.take(LONGEST_NAME).collect();
    let visible: String = tail.into_iter().rev().flat_map(char::to_lowercase).collect();
    // The content of a file for Windows.
    let visible = visible.strip_suffix("::$data").or_else(|| visible.strip_suffix(":$data")).unwrap_or(&visible);
    let last = name_in_path(visible.trim_end_matches(is_nothing_at_end));
    let extension = last.rsplit_once(is_dot).map_or("", |(_, extension)| extension).trim();
    if is_class_identifier(extension) {
        return CLASS_IDENTIFIER.to_owned();
    }
    extension.chars().take(LONGEST_EXTENSION).collect()
}

fn is_nothing_at_end(c: char) -> bool {
    matches!(c, '.' | ',' | ';' | ':' | '"' | '\'' | '/' | '\\' | '>' | '(' | ')' | '\u{fffd}') || c.is_whitespace() || !is_safe(c)
}

/// Behind the last separator of a path.
fn name_in_path(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

/// `.{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}`; the brace at the end may be missing.
fn is_class_identifier(extension: &str) -> bool {
    let Some(inside) = extension.strip_prefix('{') else { return false };
    let inside = inside.trim_end_matches('}');
    inside.len() == 36 && inside.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

/// The character as a program may take it: none that nobody sees, and those of Unicode that are ASCII in another dress (its NFKC). Not
/// all of NFKC: no system normalizes names by it, so that a crate with its tables would weigh more than what it finds.
fn shown(c: char) -> Option<char> {
    if !is_safe(c) || is_invisible(c) {
        return None;
    }
    let ascii = |base: u32, first: char| char::from_u32(u32::from(c) - base + u32::from(first));
    match c {
        '\u{ff01}'..='\u{ff5e}' => ascii(0xff01, '!'),
        '\u{24b6}'..='\u{24cf}' => ascii(0x24b6, 'a'),
        '\u{24d0}'..='\u{24e9}' => ascii(0x24d0, 'a'),
        // Thirteen alphabets for mathematics, each with capitals and small letters.
        '\u{1d400}'..='\u{1d6a3}' => char::from_u32((u32::from(c) - 0x1d400) % 26 + u32::from('a')),
        _ => Some(look_alike(c).unwrap_or(c)),
    }
}

/// The Latin letter that a Cyrillic or Greek one, or a sign, looks like: an extension of such letters is a trick, not a language.
fn look_alike(c: char) -> Option<char> {
    const LETTERS: [(&str, char); 16] = [
        ("аα", 'a'),
        ("с", 'c'),
        ("ԁ", 'd'),
        ("е\u{212f}", 'e'),
        ("һ", 'h'),
        ("іι", 'i'),
        ("ј", 'j'),
        ("ӏ", 'l'),
        ("ո", 'n'),
        ("оο", 'o'),
        ("рρ", 'p'),
        ("ѕ", 's'),
        ("υ", 'u'),
        ("ѵν", 'v'),
        ("х", 'x'),
        ("у", 'y'),
    ];
    if c.is_ascii() {
        return None;
    }
    let lower = c.to_lowercase().next().unwrap_or(c);
    LETTERS.iter().find(|(letters, _)| letters.contains(lower)).map(|(_, latin)| *latin)
}

/// What fills a place and shows nothing, besides what is not safe anyway.
fn is_invisible(c: char) -> bool {
    let is_filler = matches!(c, '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' | '\u{ffa0}');
    is_filler || matches!(c, '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0080}'..='\u{e0fff}')
}

/// The dot, and what is one to those who normalize or look: leaders, full stops of other scripts, small and half-width ones.
fn is_dot(c: char) -> bool {
    matches!(
        c,
        '.' | '\u{2024}' | '\u{2025}' | '\u{2026}' | '\u{3002}' | '\u{fe52}' | '\u{ff61}' | '\u{6d4}' | '\u{701}' | '\u{702}' | '\u{a4f8}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &[(&str, &str, &str)] = &[
        ("", "a.exe", "exe"),
        ("", "a.EXE", "exe"),
        ("", "exe", ""),
        ("", "", ""),
        ("E115", "a.exe,", "exe"),
        ("E115", "'a.exe'", "exe"),
        ("E115", "\"file\".zip", "zip"),
        ("E119", "a.exe. . ", "exe"),
        ("E119", "a.exe\t", "exe"),
        ("E119", "a.e\txe", "exe"),
        ("E119", "a.\nexe", "exe"),
        ("E119", "a\0.exe", "exe"),
        ("E120", "a.pdf.scr", "scr"),
        ("E120", "a.pdf           .exe", "exe"),
        ("E120", "a.jpg.lnk", "lnk"),
        ("E120", "a.txt.{3050f4d8-98b5-11cf-bb82-00aa00bdce0b}", "{clsid}"),
        ("E120", "a.txt.{3050F4D8-98B5-11CF-BB82-00AA00BDCE0B", "{clsid}"),
        ("E121", "a.exe\u{200b}", "exe"),
        ("E121", "a.e\u{200b}x\u{2060}e", "exe"),
        ("E121", "a\u{202e}fdp.exe", "exe"),
        ("E121", "a.\u{202e}exe\u{202c}", "exe"),
        ("E121", "a.\u{2066}exe\u{2069}", "exe"),
        ("E121", "a\u{ff0e}\u{ff45}\u{ff58}\u{ff45}", "exe"),
        ("E121", "a\u{2024}exe", "exe"),
        ("E121", "a\u{3002}exe", "exe"),
        ("E121", "a.\u{1d4ee}\u{1d4ff}\u{1d4ee}", "eve"),
        ("E121", "a.\u{24d4}\u{24e7}\u{24d4}", "exe"),
        ("E121", "a.exe\u{fffd}", "exe"),
        ("E122", "../../x.exe", "exe"),
        ("E122", "C:\\x.exe", "exe"),
        ("E122", "\\\\host\\share\\x.exe", "exe"),
        ("E122", "a.exe/b", ""),
        ("E122", "a.exe/", "exe"),
        ("E122", "a.exe::$DATA", "exe"),
        ("E122", "a.exe:$DATA", "exe"),
        ("", "O'Neil.exe.pdf", "pdf"),
        ("", "www.example.com/report.pdf", "pdf"),
    ];

    #[test]
    fn the_extension_is_what_windows_would_see() {
        for (row, name, expected) in FIRST {
            assert_eq!(extensions(name).first().map(String::as_str), Some(*expected), "{row} {name:?}");
        }
    }

    #[test]
    fn what_other_programs_would_see_is_told_too() {
        let long = format!("{}.exe.txt", "a".repeat(251));
        let table: [(&str, &str, &[&str]); 9] = [
            ("E119", "x.exe\0.txt", &["txt", "exe"]),
            ("E119", "x.exe%00.txt", &["txt", "exe"]),
            ("E119", "x%2Eexe", &["", "exe"]),
            ("E119", "x.exe\n.txt", &["txt", "exe"]),
            ("E122", "x.exe:y.txt", &["txt", "exe"]),
            ("E122", "x.txt:y.exe", &["exe", "txt"]),
            ("E122", "C:\\a.b\\x.exe:y", &["exe:y", "exe"]),
            ("E122", &long, &["txt", "exe"]),
            ("", "100% of it.pdf", &["pdf"]),
        ];
        for (row, name, expected) in table {
            assert_eq!(extensions(name), expected, "{row} {name:?}");
        }
    }

    #[test]
    fn a_device_is_told_by_its_whole_stem() {
        for name in ["CON", "nul.txt", "a/aux", "C:\\com1", "LPT\u{b9}.x", "con .txt", "prn:"] {
            assert_eq!(device(name).as_deref(), Some("{device}"), "E122 {name}");
        }
        for name in ["concert.pdf", "Con los mejores.pdf", "com.txt", "com10.txt", "a.con", "", "nul/x"] {
            assert_eq!(device(name), None, "E122 {name}");
        }
    }

    #[test]
    fn a_megabyte_of_name_has_an_extension() {
        let name = format!("{}.exe", "a.:\\%".repeat(200_000));
        assert_eq!(extensions(&name).first().map(String::as_str), Some("exe"));
        assert!(extensions(&"x.".repeat(500_000)).iter().all(|extension| extension.len() <= LONGEST_EXTENSION * 4));
    }
}
