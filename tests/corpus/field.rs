//! Header fields, read in a way of these tests' own and not the program's.

/// The lines of a header with their ends, up to the blank line.
pub(crate) fn header_lines(message: &[u8]) -> impl Iterator<Item = &[u8]> {
    message.split_inclusive(|byte| *byte == b'\n').take_while(|line| !line.trim_ascii_end().is_empty())
}

/// Length of the header without its blank line.
pub(crate) fn header_length(message: &[u8]) -> usize {
    header_lines(message).map(<[u8]>::len).sum()
}

/// Whether `line` begins the field `name`.
pub(crate) fn begins(line: &[u8], name: &str) -> bool {
    let colon = line.iter().position(|byte| *byte == b':').unwrap_or_default();
    line[..colon].trim_ascii_end().eq_ignore_ascii_case(name.as_bytes())
}

/// Whether `line` goes on with the field before it.
pub(crate) fn is_fold(line: &[u8]) -> bool {
    line.starts_with(b" ") || line.starts_with(b"\t")
}

/// The values of every field of that name, with their folds.
pub(crate) fn values(message: &[u8], name: &str) -> Vec<String> {
    let mut values: Vec<Vec<u8>> = Vec::new();
    let mut is_wanted = false;
    for line in header_lines(message) {
        if !is_fold(line) {
            is_wanted = begins(line, name);
            if is_wanted {
                values.push(Vec::new());
            }
        }
        if let (true, Some(value)) = (is_wanted, values.last_mut()) {
            value.extend_from_slice(line);
        }
    }
    let after_colon =
        |value: Vec<u8>| String::from_utf8_lossy(&value[value.iter().position(|byte| *byte == b':').unwrap() + 1..]).into_owned();
    values.into_iter().map(after_colon).collect()
}
