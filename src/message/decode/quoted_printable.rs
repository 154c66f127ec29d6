//! Quoted-printable (RFC 2045 section 6.7) as lenient readers take it off.
//!
//! Owns the ways in which readers treat a `=` that begins no escape, and blanks at line ends. It must never give up on a body.
//! Nothing here can fail.

use super::regular::is_escape;
use super::{Flaw, needless};
use mail_parser::decoders::quoted_printable::quoted_printable_decode_char as octet;
use mail_parser::parsers::MessageStream;
use memchr::{memchr_iter, memchr2, memmem};
use std::ops::Range;

/// What a reader makes of a body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Manner {
    broken: Broken,
    split: Split,
    soft_break: SoftBreak,
    blanks: Blanks,
}

/// What a `=` is to a reader that begins neither an escape nor a soft break.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Broken {
    /// Itself, as the RFC proposes in its note on robust implementations.
    #[default]
    Literal,
    /// Nothing.
    SignDropped,
    /// Nothing, nor is the character behind it.
    OneDropped,
    /// Nothing, nor are two characters behind it, up to the next `=`.
    TwoDropped,
    /// Nothing, nor are two characters behind it, whatever they are.
    TwoSwallowed,
    /// A number as scanf(3) reads it in C: one digit is enough.
    Number,
    /// Itself, and so are two of them: Python.
    Doubled,
}

/// What an escape is to a reader that goes on in the next line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Split {
    #[default]
    Broken,
    Joined,
}

/// What ends a line softly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum SoftBreak {
    /// CRLF or LF, which blanks may stand before (rule 3).
    #[default]
    WithBlanks,
    /// CRLF or LF at once.
    Strict,
    /// Any number of CR and LF.
    Long,
}

/// What blanks before a line end are: rule 3 wants them deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Blanks {
    #[default]
    Deleted,
    Kept,
}

/// The most common reading.
pub(super) fn decode(body: &[u8]) -> Vec<u8> {
    Manner::default().decode(body)
}

/// What is irregular in `body`, and how readers decode it besides the most common way.
pub(super) fn others(body: &[u8]) -> (Option<Flaw>, impl Iterator<Item = Vec<u8>>) {
    let survey = Survey::of(body);
    let tidied = survey.needless.as_ref().map(|_| needless::tidied(body)).into_iter().flatten();
    let tidied = tidied.map(|body| Manner::default().decode(&body));
    let by_parser = (survey.broken.is_some() || survey.split.is_some()).then(|| decoded_by_parser(body));
    (survey.flaw(), tidied.chain(by_parser).chain(manners(&survey).into_iter().map(|manner| manner.decode(body))))
}

/// mail-parser drops the digit of an escape that ends with its line.
fn decoded_by_parser(body: &[u8]) -> Vec<u8> {
    MessageStream::new(body).decode_quoted_printable_mime(b"").1.into_owned()
}

fn manners(survey: &Survey) -> Vec<Manner> {
    let plain = Manner::default();
    let mut manners = Vec::new();
    if survey.split.is_some() {
        manners.push(Manner { split: Split::Joined, ..plain });
    }
    if survey.broken.is_some() || survey.soft_break.is_some() {
        manners.push(Manner { broken: Broken::Doubled, soft_break: SoftBreak::Strict, blanks: Blanks::Kept, ..plain });
    }
    if survey.broken.is_some() {
        let all = [Broken::SignDropped, Broken::TwoDropped, Broken::Number, Broken::OneDropped, Broken::TwoSwallowed];
        manners.extend(all.map(|broken| Manner { broken, ..plain }));
    }
    if survey.soft_break.is_some() {
        manners.extend([SoftBreak::Long, SoftBreak::Strict].map(|soft_break| Manner { soft_break, ..plain }));
    }
    if survey.blanks.is_some() {
        manners.push(Manner { blanks: Blanks::Kept, ..plain });
    }
    manners
}

impl Manner {
    fn decode(self, body: &[u8]) -> Vec<u8> {
        let mut out = Output { bytes: Vec::with_capacity(body.len()), fixed: 0 };
        let mut rest = body;
        while let Some(at) = next_sign(rest) {
            let (before, from) = rest.split_at(at);
            out.bytes.extend_from_slice(before);
            let behind = from.get(1..).unwrap_or_default();
            rest = if from.starts_with(b"\n") {
                out.end_line(self.blanks);
                behind
            } else {
                self.decode_escape(behind, &mut out)
            };
        }
        out.bytes.extend_from_slice(rest);
        out.bytes
    }

    /// Decodes what a `=` begins and returns what stands behind that.
    fn decode_escape<'a>(self, behind: &'a [u8], out: &mut Output) -> &'a [u8] {
        // Python goes on behind the line end.
        if self.broken == Broken::Doubled && behind.starts_with(b"\r") {
            let end = memchr::memchr(b'\n', behind).map_or(behind.len(), |end| end + 1);
            out.fix();
            return behind.get(end..).unwrap_or_default();
        }
        if let Some(rest) = self.soft_break.skip(behind) {
            out.fix();
            return rest;
        }
        if let Some((byte, rest)) = self.octet(behind) {
            out.bytes.push(byte);
            out.fix();
            return rest;
        }
        let skipped = match self.broken {
            Broken::Literal => {
                out.bytes.push(b'=');
                0
            }
            Broken::Doubled => {
                out.bytes.push(b'=');
                behind.iter().take(1).filter(|byte| **byte == b'=').count()
            }
            Broken::SignDropped | Broken::Number => 0,
            Broken::OneDropped => in_line(behind, b"\r\n").min(1),
            Broken::TwoDropped => in_line(behind, b"\r\n=").min(2),
            Broken::TwoSwallowed => in_line(behind, b"\r\n").min(2),
        };
        behind.get(skipped..).unwrap_or_default()
    }

    fn octet(self, behind: &[u8]) -> Option<(u8, &[u8])> {
        if let [high, low, rest @ ..] = behind
            && let Some(byte) = octet(*high, *low)
        {
            return Some((byte, rest));
        }
        if self.split == Split::Joined
            && let Some((high, low, rest)) = split_escape(behind)
        {
            return Some((octet(high, low)?, rest));
        }
        if self.broken == Broken::Number { number(behind) } else { None }
    }
}

/// Where the next `=` or line end is. Often at once: to start a search costs more than to look.
fn next_sign(text: &[u8]) -> Option<usize> {
    if text.first().is_some_and(|byte| matches!(byte, b'=' | b'\n')) { Some(0) } else { memchr2(b'=', b'\n', text) }
}

/// One digit, with a blank before or anything but a line end behind it.
fn number(behind: &[u8]) -> Option<(u8, &[u8])> {
    match behind {
        [b' ' | b'\t', digit, rest @ ..] => Some((octet(b'0', *digit)?, rest)),
        [digit, b'\r' | b'\n' | b'=', ..] => Some((octet(b'0', *digit)?, behind.get(1..)?)),
        [digit, _, rest @ ..] => Some((octet(b'0', *digit)?, rest)),
        _ => None,
    }
}

/// The digits of an escape with a line end, hard or soft, between them.
fn split_escape(behind: &[u8]) -> Option<(u8, u8, &[u8])> {
    let (high, rest) = behind.split_first()?;
    let rest = rest.strip_prefix(b"=").unwrap_or(rest);
    let ends = line_ends(rest);
    let (low, rest) = rest.get(ends..)?.split_first()?;
    (ends > 0 && high.is_ascii_hexdigit() && low.is_ascii_hexdigit()).then_some((*high, *low, rest))
}

/// At most CR CR LF: the next line begins behind it.
fn line_ends(text: &[u8]) -> usize {
    let returns = text.iter().take(2).take_while(|byte| **byte == b'\r').count();
    returns + usize::from(text.get(returns) == Some(&b'\n'))
}

fn in_line(text: &[u8], ends: &[u8]) -> usize {
    text.iter().take(2).take_while(|byte| !ends.contains(byte)).count()
}

impl SoftBreak {
    /// What stands behind the soft break that `behind` begins with.
    fn skip(self, behind: &[u8]) -> Option<&[u8]> {
        let Some(next) = behind.first() else { return Some(behind) };
        if !next.is_ascii_whitespace() {
            return None;
        }
        let blanks = behind.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let rest = if self == Self::Strict { behind } else { behind.get(blanks..)? };
        if self == Self::Long {
            let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            return if ends > 0 { rest.get(ends..) } else { None };
        }
        rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n"))
    }
}

/// Bytes, of which the first `fixed` stay whatever comes.
struct Output {
    bytes: Vec<u8>,
    fixed: usize,
}

impl Output {
    fn fix(&mut self) {
        self.fixed = self.bytes.len();
    }

    fn end_line(&mut self, blanks: Blanks) {
        let line = self.bytes.get(self.fixed..).unwrap_or_default();
        let end: &[u8] = if line.ends_with(b"\r") { b"\r\n" } else { b"\n" };
        let text = line.strip_suffix(b"\r").unwrap_or(line);
        let kept = match blanks {
            Blanks::Kept => text.len(),
            Blanks::Deleted => text.iter().rposition(|byte| !matches!(byte, b' ' | b'\t')).map_or(0, |last| last + 1),
        };
        self.bytes.truncate(self.fixed + kept);
        self.bytes.extend_from_slice(end);
        self.fix();
    }
}

/// What is irregular in a body, and where it stands first.
#[derive(Debug, Default)]
struct Survey {
    broken: Option<Range<usize>>,
    split: Option<Range<usize>>,
    soft_break: Option<Range<usize>>,
    blanks: Option<Range<usize>>,
    needless: Option<Range<usize>>,
    bare_return: Option<Range<usize>>,
}

impl Survey {
    fn of(body: &[u8]) -> Self {
        let mut survey = Self::default();
        for at in memchr_iter(b'=', body) {
            let behind = body.get(at + 1..).unwrap_or_default();
            if is_escape(behind) {
                continue;
            }
            let slot = survey.slot(behind);
            slot.get_or_insert(at..(at + 3).min(body.len()));
            if survey.is_full() {
                break;
            }
        }
        survey.blanks = blanks_at_line_end(body);
        survey.needless = needless::first_row(body);
        survey.bare_return = super::regular::bare_return(body).map(|at| at..at + 1);
        survey
    }

    fn slot(&mut self, behind: &[u8]) -> &mut Option<Range<usize>> {
        if split_escape(behind).is_some() {
            &mut self.split
        } else if SoftBreak::Long.skip(behind).is_some() {
            &mut self.soft_break
        } else {
            &mut self.broken
        }
    }

    fn is_full(&self) -> bool {
        self.broken.is_some() && self.split.is_some() && self.soft_break.is_some()
    }

    /// The one that matters most.
    fn flaw(&self) -> Option<Flaw> {
        let flaws = [
            (&self.split, "an escape across two lines", false),
            (&self.broken, "a broken escape", false),
            (&self.soft_break, "an irregular soft line break", false),
            (&self.needless, "needless escapes", true),
            (&self.bare_return, "a bare CR", true),
            (&self.blanks, "blanks at the end of a line", true),
        ];
        flaws.into_iter().find_map(|(range, what, is_common)| Some(Flaw { what, is_common, range: range.clone()? }))
    }
}

fn blanks_at_line_end(body: &[u8]) -> Option<Range<usize>> {
    let ends: [&[u8]; 4] = [b" \n", b"\t\n", b" \r\n", b"\t\r\n"];
    ends.iter().filter_map(|end| memmem::find(body, end)).min().map(|at| at..at + 1)
}

#[cfg(test)]
#[path = "quoted_printable_tests.rs"]
mod tests;
