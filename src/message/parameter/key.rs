//! Where in a field a parameter begins: every equals sign with a name before it that a reader may take for the one wanted.
//!
//! Owns what may stand before, in and around such a name. It must never end a value: `form` does. Nothing here can fail.

/// Most parameters of the wanted names that are looked at.
const MOST_KEYS: usize = 200;

/// Longest name with the marks of RFC 2231 behind it.
const LONGEST_KEY: usize = 64;

/// One place where a parameter of a wanted name begins.
pub(super) struct Key<'t, 'n> {
    /// The name that was wanted.
    pub name: &'n str,
    /// The number of a piece, as it is written (RFC 2231 section 3).
    pub digits: Option<Vec<u8>>,
    /// Whether the value is encoded (RFC 2231 section 4).
    pub is_encoded: bool,
    /// All that stands behind the equals sign.
    pub text: &'t [u8],
    /// Whether it stands in quotes.
    pub is_quoted: bool,
}

/// Adds every place in `text` where a parameter of one of `names` may begin, and says whether there was room for all.
pub(super) fn push_all<'t, 'n>(keys: &mut Vec<Key<'t, 'n>>, text: &'t [u8], names: &[&'n str]) -> bool {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let mut start = 0;
    for (at, byte) in text.iter().enumerate() {
        let is_plain = !std::mem::take(&mut is_escaped);
        match byte {
            b'\\' => is_escaped = is_quoted && is_plain,
            b'"' => is_quoted ^= is_plain,
            b';' | b',' => start = at + 1,
            b'=' => {
                let before = text.get(start..at).unwrap_or_default();
                start = at + 1;
                let Some((name, digits, is_encoded)) = wanted(before, names) else { continue };
                if keys.len() >= MOST_KEYS {
                    return false;
                }
                keys.push(Key { name, digits, is_encoded, text: text.get(start..).unwrap_or_default(), is_quoted });
            }
            _ => {}
        }
    }
    true
}

/// The last word of `before`, or all of it without white space.
fn wanted<'n>(before: &[u8], names: &[&'n str]) -> Option<(&'n str, Option<Vec<u8>>, bool)> {
    let before = before.get(before.len().saturating_sub(LONGEST_KEY)..).unwrap_or(before);
    // Quotes, escapes, parentheses and controls in a name: some readers pass over them.
    let is_dropped = |byte: &u8| matches!(byte, b'"' | b'\\' | b'(' | b')' | b':') || (byte.is_ascii_control() && !is_blank(*byte));
    let kept: Vec<u8> = before.iter().copied().filter(|byte| !is_dropped(byte)).collect();
    let end = kept.iter().rposition(|byte| !is_blank(*byte)).map_or(0, |last| last + 1);
    let last = kept.get(..end)?.rsplit(|byte| !is_of_name(*byte)).next()?;
    let whole: Vec<u8> = kept.iter().copied().filter(|byte| !is_blank(*byte)).collect();
    marked(last, names).or_else(|| marked(&whole, names))
}

/// White space, of which VT and FF are part to some.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c)
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b'-' | b'_' | b'.')
}

/// Name, digits and whether a star stands behind them: `name`, `name*`, `name*0`, `name*0*`.
fn marked<'n>(text: &[u8], names: &[&'n str]) -> Option<(&'n str, Option<Vec<u8>>, bool)> {
    let star = text.iter().position(|byte| *byte == b'*');
    // The star may be what is wrong.
    let without_digits = text.iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |last| last + 1);
    let (name, marks) = text.split_at(star.unwrap_or(without_digits));
    let known = names
        .iter()
        .find(|known| name.eq_ignore_ascii_case(known.as_bytes()))
        .or_else(|| names.iter().find(|known| ends_so(name, known)))?;
    let digits: Vec<u8> = marks.iter().copied().filter(|byte| *byte != b'*').collect();
    Some((known, (!digits.is_empty()).then_some(digits), marks.ends_with(b"*")))
}

/// ripMIME takes any name that ends so.
fn ends_so(name: &[u8], known: &str) -> bool {
    let end = name.len().checked_sub(known.len()).and_then(|at| name.get(at..));
    end.is_some_and(|end| end.eq_ignore_ascii_case(known.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_begins_wherever_a_reader_may_see_its_name() {
        let table: [(&[u8], &[&str]); 22] = [
            (b"a/b; name=x", &["x"]),
            (b"a/b; NAME =x", &["x"]),
            (b"a/b; na\\me=x", &["x"]),
            (b"a/b; name\\=x", &["x"]),
            (b"a/b; name\0=x", &["x"]),
            (b"a/b; na\0me=x", &["x"]),
            (b"a/b; na\n me=x", &["x"]),
            (b"a/b; name\x0b=x", &["x"]),
            (b"a/b;\x0bname=x", &["x"]),
            (b"a/b; name\n =x", &["x"]),
            (b"a/b name=x", &["x"]),
            (b"a/b, name=x", &["x"]),
            (b"a/b; y=z name=x", &["x"]),
            (b"a/b; y=\"z;name=x\"", &["x\""]),
            (b"a/b; \"name=x\"", &["x\""]),
            (b"a/b; name=name=x", &["name=x", "x"]),
            (b"a/b; (name=x", &["x"]),
            (b"a/b; x:y=1; name=x", &["x"]),
            (b"a/b; \xff=1; \xffname=x", &["x"]),
            (b"name=x", &["x"]),
            (b"a/b; rename=x; x-name=y", &["x; x-name=y", "y"]),
            (b"a/b; name", &[]),
        ];
        for (field, expected) in table {
            let mut keys = Vec::new();
            assert!(push_all(&mut keys, field, &["name"]));
            let told: Vec<_> = keys.iter().map(|key| String::from_utf8_lossy(key.text)).collect();
            assert_eq!(told, expected, "{}", String::from_utf8_lossy(field));
        }
    }

    #[test]
    fn more_than_can_be_meant_is_told() {
        let field = "; name=x".repeat(MOST_KEYS + 1);
        assert!(!push_all(&mut Vec::new(), field.as_bytes(), &["name"]));
    }
}
