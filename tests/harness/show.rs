//! Bytes for people: what was expected and what came, with every line end to be seen.

use std::fmt::Write;

/// Longest text that a failure shows of one side.
const MOST: usize = 4000;

/// `bytes` with controls escaped, a line a line.
pub(crate) fn shown(bytes: &[u8]) -> String {
    let head = &bytes[..bytes.len().min(MOST)];
    let mut text = String::new();
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        let _ = writeln!(text, "    {}", line.escape_ascii());
    }
    if bytes.len() > MOST {
        let _ = writeln!(text, "    ... {} bytes in all", bytes.len());
    }
    if text.is_empty() { "    (nothing)\n".to_owned() } else { text }
}

/// Fails with both sides and the place of the first difference when they are not the same.
#[track_caller]
pub(crate) fn assert_same(what: &str, got: &[u8], expected: &[u8], context: &str) {
    if got == expected {
        return;
    }
    let at = got.iter().zip(expected).take_while(|(one, other)| one == other).count();
    panic!("{what} is not as expected from byte {at} on\n  expected\n{}  got\n{}{context}", shown(expected), shown(got));
}
