//! A field that follows RFC 2045 section 5.1 to the letter, so that all readers take the same out of it.
//!
//! Owns what counts as such: the way of nearly all mail, in one pass and without a copy. It must never accept a field on which two
//! readers may differ: everything it does not know is left to the lenient way. Nothing here fails; such a field yields nothing.

/// Most parameters; each is compared with those before it.
const MOST_PARAMETERS: usize = 32;

/// RFC 2046 section 5.1.1.
const LONGEST_BOUNDARY: usize = 70;

/// A field, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::message) struct Strict<'f> {
    /// Type and subtype, or a disposition: with a slash in it or without.
    pub value: &'f [u8],
    /// The parameters in their order, no name twice but for pieces that are in order.
    pub parameters: Vec<Parameter<'f>>,
}

/// One parameter.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::message) struct Parameter<'f> {
    /// As it is written, with the marks of RFC 2231.
    pub name: &'f [u8],
    /// Without its quotes; there is no escape in it.
    pub value: &'f [u8],
    /// Whether it stood in quotes.
    pub is_quoted: bool,
}

/// The parts of `field`, a type or disposition with its parameters, if all readers agree on them.
pub(in crate::message) fn strict(field: &[u8]) -> Option<Strict<'_>> {
    let field = field.trim_ascii();
    let (value, mut rest) = head(field)?;
    let mut parameters: Vec<Parameter<'_>> = Vec::new();
    while let Some(behind) = rest.strip_prefix(b";") {
        let (parameter, after) = match parameter(skip_blanks(behind)?)? {
            (Some(parameter), after) => (parameter, after),
            (None, _) => return Some(Strict { value, parameters }),
        };
        if parameters.len() >= MOST_PARAMETERS || !follows(&parameters, &parameter) || !is_plain(&parameter) {
            return None;
        }
        parameters.push(parameter);
        rest = after;
    }
    rest.is_empty().then_some(Strict { value, parameters })
}

/// `token "/" token`, or one token, and what stands behind.
fn head(field: &[u8]) -> Option<(&[u8], &[u8])> {
    let (first, rest) = token(field)?;
    let Some(behind) = rest.strip_prefix(b"/") else { return Some((first, rest)) };
    let (subtype, rest) = token(behind)?;
    Some((field.get(..first.len() + 1 + subtype.len())?, rest))
}

/// The parameter that `text` begins with and what stands behind it; no parameter where the text is empty.
fn parameter(text: &[u8]) -> Option<(Option<Parameter<'_>>, &[u8])> {
    if text.is_empty() {
        return Some((None, text));
    }
    let (name, rest) = token(text)?;
    let rest = rest.strip_prefix(b"=")?;
    let Some(inside) = rest.strip_prefix(b"\"") else {
        let (value, rest) = token(rest)?;
        return Some((Some(Parameter { name, value, is_quoted: false }), rest));
    };
    let end = inside.iter().position(|byte| *byte == b'"')?;
    let (value, rest) = inside.split_at_checked(end)?;
    let is_text = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'\\' | b';');
    value.iter().all(is_text).then_some((Some(Parameter { name, value, is_quoted: true }), rest.get(1..)?))
}

/// White space between parameters; a line end must have some behind it, and a line something else.
fn skip_blanks(text: &[u8]) -> Option<&[u8]> {
    let blanks = |text: &[u8]| text.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let text = text.get(blanks(text)..)?;
    let Some(line) = text.strip_prefix(b"\r\n").or_else(|| text.strip_prefix(b"\n")) else { return Some(text) };
    let count = blanks(line);
    (count > 0).then_some(line.get(count..)?)
}

/// RFC 2045 section 5.1; it is not empty.
fn token(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let is_special = |byte: u8| b"()<>@,;:\\\"/[]?=".contains(&byte);
    let end = text.iter().position(|byte| !byte.is_ascii_graphic() || is_special(*byte)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at_checked(end))?
}

/// Whether nothing before has its name, but for a piece where it is the next.
fn follows(before: &[Parameter<'_>], parameter: &Parameter<'_>) -> bool {
    let (name, marks) = marks(parameter.name);
    let same = || before.iter().filter(|other| self::marks(other.name).0.eq_ignore_ascii_case(name));
    let may_be_marked = [&b"name"[..], b"filename"].iter().any(|known| name.eq_ignore_ascii_case(known));
    if marks.is_empty() || marks == b"*" {
        return same().next().is_none() && (marks.is_empty() || (may_be_marked && !parameter.is_quoted));
    }
    let number = same().count().to_string();
    let digits = marks.strip_prefix(b"*").map(|digits| digits.strip_suffix(b"*").unwrap_or(digits));
    let is_piece = |other: &Parameter<'_>| self::marks(other.name).1.iter().any(u8::is_ascii_digit);
    may_be_marked && digits == Some(number.as_bytes()) && same().all(is_piece) && !(marks.ends_with(b"*") && parameter.is_quoted)
}

fn marks(name: &[u8]) -> (&[u8], &[u8]) {
    name.split_at(name.iter().position(|byte| *byte == b'*').unwrap_or(name.len()))
}

/// Whether nothing in the value is another parameter, a word or a quote to somebody.
fn is_plain(parameter: &Parameter<'_>) -> bool {
    let value = parameter.value;
    let hides_another = value.windows(2).any(|pair| matches!(pair, [before, b'='] if before.is_ascii_alphabetic()));
    let is_boundary = parameter.name.eq_ignore_ascii_case(b"boundary");
    let is_odd_boundary =
        || value.len() > LONGEST_BOUNDARY || value.trim_ascii() != value || value.is_empty() || value.windows(2).any(|pair| pair == b"=?");
    // RFC 2231 section 4: charset and language, which other readers show as part of the name.
    let is_encoded = parameter.name.ends_with(b"*");
    let lacks_charset = || !parameter.name.ends_with(b"*0*") && parameter.name.iter().any(u8::is_ascii_digit);
    let is_well_encoded = !is_encoded || lacks_charset() || value.iter().filter(|byte| **byte == b'\'').count() == 2;
    if hides_another || value.starts_with(b"'") {
        return false;
    }
    is_well_encoded && !(is_boundary && is_odd_boundary())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_readers_agree_on_is_taken_apart() {
        type Row = (&'static str, &'static str, &'static [(&'static str, &'static str)]);
        let table: [Row; 12] = [
            ("text/plain", "text/plain", &[]),
            ("text/plain;", "text/plain", &[]),
            (" text/plain; \r\n ", "text/plain", &[]),
            ("text/plain; charset=utf-8", "text/plain", &[("charset", "utf-8")]),
            ("multipart/mixed;\r\n boundary=\"a b\"", "multipart/mixed", &[("boundary", "a b")]),
            ("multipart/mixed;\n\tboundary=\"----=_x\";\n type=\"a/b\"", "multipart/mixed", &[("boundary", "----=_x"), ("type", "a/b")]),
            ("multipart/mixed;boundary=\"===12==\"", "multipart/mixed", &[("boundary", "===12==")]),
            ("attachment; filename=\"a (1), b.pdf\"", "attachment", &[("filename", "a (1), b.pdf")]),
            ("attachment; filename*=UTF-8''a%20b.pdf", "attachment", &[("filename*", "UTF-8''a%20b.pdf")]),
            ("attachment; filename*0=\"a\"; filename*1=\"b\"", "attachment", &[("filename*0", "a"), ("filename*1", "b")]),
            ("attachment; filename*0*=utf-8''a; filename*1=\"b\"", "attachment", &[("filename*0*", "utf-8''a"), ("filename*1", "b")]),
            ("a/b; name=\"=?utf-8?Q?x?=\"", "a/b", &[("name", "=?utf-8?Q?x?=")]),
        ];
        for (field, value, parameters) in table {
            let told = strict(field.as_bytes()).unwrap_or_else(|| panic!("{field}"));
            let parts: Vec<(&str, &str)> = told
                .parameters
                .iter()
                .map(|parameter| (std::str::from_utf8(parameter.name).unwrap(), std::str::from_utf8(parameter.value).unwrap()))
                .collect();
            assert_eq!((told.value, parts.as_slice()), (value.as_bytes(), parameters), "{field}");
        }
    }

    const UNSURE: &[&[u8]] = &[
        b"",
        b"text/",
        b"/plain",
        b"text/plain/x",
        b"text /plain",
        b"text/plain ; a=b",
        b"text/plain (c)",
        b"text/plain; a=(c)b",
        b"text/plain; a = b",
        b"text/plain; a= b",
        b"text/plain; a",
        b"text/plain; a=",
        b"text/plain;; a=b",
        b"text/plain, a=b",
        b"text/plain a=b",
        b"text/plain; a=b c=d",
        b"text/plain; a=\"b\"c",
        b"text/plain; a=\"b",
        b"text/plain; a=\"b\\c\"",
        b"text/plain; a=\"b;c\"",
        b"text/plain; a=\"x\tb\"",
        b"text/plain; a=\"x\r\n b\"",
        b"text/plain; a=\"\xff\"",
        b"text/plain; a=\0b",
        b"text/plain;\r\n\r\n a=b",
        b"text/plain;\r\n \r\n a=b",
        b"text/plain;\ra=b",
        b"text/plain;\na=b",
        b"text/plain; a=b; A=c",
        b"text/plain; name=b; name*=utf-8''c",
        b"text/plain; name*0=b; name=c",
        b"text/plain; name*0=b; name*0=c",
        b"text/plain; name*1=b; name*0=c",
        b"text/plain; name*0=b; name*2=c",
        b"text/plain; name*0=b; name*01=c",
        b"text/plain; name*=b",
        b"text/plain; name*=\"utf-8''b\"",
        b"text/plain; name='b'",
        b"text/plain; charset*=utf-8''c",
        b"text/plain; a=\"name=b\"",
        b"multipart/mixed; boundary*=utf-8''b",
        b"multipart/mixed; boundary*0=b",
        b"multipart/mixed; boundary=\"\"",
        b"multipart/mixed; boundary=\"b \"",
        b"multipart/mixed; boundary=\"=?utf-8?Q?b?=\"",
        b"multipart/mixed; boundary=a,b",
        b"multipart/mixed; boundary=12345678901234567890123456789012345678901234567890123456789012345678901",
    ];

    #[test]
    fn whatever_a_reader_may_take_differently_is_left_to_the_lenient_way() {
        for field in UNSURE {
            assert_eq!(strict(field), None, "{}", String::from_utf8_lossy(field));
        }
    }
}
