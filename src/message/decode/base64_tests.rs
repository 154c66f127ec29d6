use super::*;
use std::collections::BTreeSet;

/// What every reader together shows of `body`, and the flaw.
fn all(body: &[u8]) -> (BTreeSet<Vec<u8>>, Option<&'static str>) {
    let (flaw, others) = others(body);
    (std::iter::once(decode(body)).chain(others).collect(), flaw.map(|flaw| flaw.what))
}

const TEXT: &[u8] = b"The payload that is hidden";
const LETTERS: &str = "VGhlIHBheWxvYWQgdGhhdCBpcyBoaWRkZW4=";

fn in_lines(lengths: &[usize], ends: &str) -> String {
    let mut rest = LETTERS;
    let mut out = String::new();
    for length in lengths.iter().cycle() {
        if rest.is_empty() {
            return out;
        }
        let (line, behind) = rest.split_at(rest.len().min(*length));
        out += line;
        out += ends;
        rest = behind;
    }
    out
}

fn between(junk: &str, every: usize) -> String {
    LETTERS.as_bytes().chunks(every).map(|letters| String::from_utf8_lossy(letters).into_owned() + junk).collect()
}

#[test]
fn every_way_to_break_base64_is_read() {
    let padded_pairs = |ends: &str| TEXT.chunks(2).map(|pair| format!("{}{ends}", encoded(pair))).collect::<String>();
    let (head, tail) = (encoded(&TEXT[..8]), encoded(&TEXT[8..]));
    let table = [
        ("E065 lines of three", in_lines(&[3], "\n")),
        ("E065 lines of five", in_lines(&[5], "\r\n")),
        ("E065 mixed lines", in_lines(&[4, 4, 8, 8, 16], "\n")),
        ("E065 one line", LETTERS.into()),
        ("E066 blanks", between(" \t", 1)),
        ("E066 vertical tabs", between("\x0b", 3)),
        ("E066 CR", between("\r", 2)),
        ("E066 blank lines", in_lines(&[2], "\n\n")),
        ("E067 junk between all", between("#", 1)),
        ("E067 junk between groups", between(":.%", 4)),
        ("E067 dashes", between("-_", 4)),
        ("E068 comments", in_lines(&[4], "#abce0123\n")),
        ("E068 junk characters", in_lines(&[4], "#\n")),
        ("E069 one letter before", format!("Q\n\n{LETTERS}")),
        ("E069 three letters before, in lines", format!("QUJ\r\n\r\n{}", in_lines(&[5], "\r\n"))),
        ("E070 wrapped", format!("begin-base64 644 f\n{LETTERS}\n====\n")),
        ("E071 in two pieces", format!("{head}{tail}")),
        ("E072 padded pairs glued", padded_pairs("")),
        ("E072 padded pairs in lines", padded_pairs("\r\n")),
        ("E073 = before", format!("={LETTERS}")),
        ("E073 = within", LETTERS.replacen("lI", "l=I", 1)),
        ("E074 = at line ends", in_lines(&[4], "=\n")),
        ("E074 = at line starts", in_lines(&[8], "\n====")),
        ("E074 = on its own line", in_lines(&[8], "\n=\n")),
        ("E074 = at the end", format!("{LETTERS}===")),
        ("E075 data behind", format!("{LETTERS}===\nUEsDBAAA")),
        ("E076 one letter more", in_lines(&[4], "X\n")),
        ("E076 two letters more", in_lines(&[4], "XX\n")),
        ("E076 three letters more", in_lines(&[4], "XXX\n")),
        ("E077 other last bits", LETTERS.replace("W4=", "W5=")),
        ("E077 no padding", LETTERS.trim_end_matches('=').into()),
    ];
    for (row, body) in table {
        let (readings, _) = all(body.as_bytes());
        let is_read = readings.iter().any(|reading| memchr::memmem::find(reading, TEXT).is_some());
        assert!(is_read, "{row}: {body:?} {readings:?}");
    }
}

fn encoded(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().chain([&0, &0]).take(3).fold(0usize, |bits, byte| (bits << 8) | usize::from(*byte));
        out.extend([18, 12, 6, 0].iter().take(group.len() + 1).map(|shift| char::from(ALPHABET[(bits >> shift) & 63])));
        out.extend(std::iter::repeat_n('=', 3 - group.len()));
    }
    out
}

#[test]
fn a_reader_that_stops_skips_or_counts_padding_as_zero_is_followed() {
    let (readings, flaw) = all(b"YQ==Yg==");
    let expected: [&[u8]; 3] = [b"ab", b"a", b"a\x06\x20"];
    for reading in expected {
        assert!(readings.contains(reading), "{readings:?}");
    }
    assert!(readings.contains(&b"a\0\0b\0\0"[..]), "{readings:?}");
    assert_eq!(flaw, Some("data behind the padding"));
}

#[test]
fn padding_stands_for_the_letter_a_to_some() {
    let (readings, _) = all(b"VGhl=FBB=GQ=");
    assert!(readings.contains(&b"The\0PA\0d\0"[..]), "{readings:?}");
}

#[test]
fn letters_of_the_url_alphabet_count_to_some() {
    let (readings, flaw) = all(b"-_-_YWJj");
    assert!(readings.contains(&b"\xfb\xff\xbfabc"[..]) && readings.contains(&b"abc"[..]), "{readings:?}");
    assert_eq!(flaw, Some("characters of no alphabet"));
}

#[test]
fn what_changes_nothing_gives_one_reading_and_says_what_it_is() {
    let table: [(&[u8], &str); 6] = [
        (b"YWJj\nYWJjZGVm\n", "irregular lines"),
        (b"Y W J j\n", "irregular lines"),
        (b"YWJj\n\nYWJj\nYWJj", "irregular lines"),
        (b"YWJjYQ", "wrong padding"),
        (b"YWJj====", "wrong padding"),
        (b"YWJjYQ=\n\n", "wrong padding"),
    ];
    for (body, expected) in table {
        let (readings, flaw) = all(body);
        assert_eq!((readings.len(), flaw), (1, Some(expected)), "{}", body.escape_ascii());
    }
}

#[test]
fn a_flaw_stands_in_its_line() {
    let table: [(&[u8], std::ops::Range<usize>); 4] =
        [(b"YWJj\nYW#j\nYWJj\n", 5..10), (b"YQ==\nYg==\n", 5..10), (b"YWJ\njYWJj", 0..4), (b"Y\n\nYWJj", 3..7)];
    for (body, expected) in table {
        assert_eq!(others(body).0.map(|flaw| flaw.range), Some(expected), "{}", body.escape_ascii());
    }
}

/// What all readers make of a body, but those to whom padding is a letter.
pub(in crate::message::decode) fn every_manner_but_zero(body: &[u8]) -> BTreeSet<Vec<u8>> {
    let junk = [Junk::Skipped, Junk::Comment, Junk::End, Junk::UrlAlphabet].map(|junk| Manner { junk, ..Manner::default() });
    let padding = [Padding::End, Padding::Skipped].map(|padding| Manner { padding, ..Manner::default() });
    let lines = [Lines::Dropped, Lines::Padded].map(|lines| Manner { lines, ..Manner::default() });
    junk.iter().chain(&padding).chain(&lines).map(|manner| manner.decode(body)).collect()
}
