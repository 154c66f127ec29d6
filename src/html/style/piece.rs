//! The pieces of a style (CSS Syntax Level 3, section 4), as coarse as they may be to judge it.
//!
//! Owns where each piece begins and ends. What two readers may take apart in different ways is one broken piece: nobody who keeps none
//! of these is read differently. Nothing here can fail.

use memchr::memmem;
use std::ops::Range;

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Spaces, tabs, line ends.
    Blank,
    /// A comment that every reader takes for one.
    Comment,
    /// A name or a number, with its unit.
    Word,
    /// A word with escapes that stand for nothing but letters and signs without a meaning.
    EscapedWord,
    /// A word and `(`.
    Function,
    /// `@` and a word.
    At,
    /// A string without escapes.
    Text,
    /// A string with such escapes as a word may have.
    EscapedText,
    /// `url(...)` without quotes.
    Url,
    /// Any other byte.
    Byte(u8),
    /// `<!--`.
    Begin,
    /// `-->`, also where it is behind the sign that hides it from scripts.
    End,
    /// What has no end, no place in a style, or several meanings.
    Broken,
}

/// Reads a style from its beginning to its end.
#[derive(Debug)]
pub(super) struct Scanner<'c> {
    pub(super) css: &'c [u8],
    pub(super) at: usize,
}

/// Whether a byte may stand in a word, by byte.
const IS_WORD: [bool; 256] = words();

const fn words() -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    loop {
        // A const function has no other way to walk through a table. The index cannot be outside of it.
        #[expect(clippy::indexing_slicing)]
        {
            table[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | 0x80..);
        }
        if byte == u8::MAX {
            return table;
        }
        byte += 1;
    }
}

fn is_word(byte: u8) -> bool {
    IS_WORD.get(usize::from(byte)).copied().unwrap_or_default()
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)
}

/// A byte that no reader expects, and that some drop.
fn is_control(byte: u8) -> bool {
    (byte.is_ascii_control() && !is_blank(byte)) || byte == b'<'
}

impl<'c> Scanner<'c> {
    pub(super) fn new(css: &'c [u8]) -> Self {
        Self { css, at: 0 }
    }

    /// The next piece and where it stands.
    pub(super) fn next(&mut self) -> Option<(Piece, Range<usize>)> {
        let start = self.at;
        let rest = self.rest();
        let piece = match *rest.first()? {
            byte if is_blank(byte) => self.take(length(rest, is_blank), Piece::Blank),
            b'-' if rest.starts_with(b"-->") => self.take(3, Piece::End),
            b'/' if rest.starts_with(b"//-->") => self.take(5, Piece::End),
            b'<' if rest.starts_with(b"<!--") => self.take(4, Piece::Begin),
            b'/' if rest.starts_with(b"/*") => self.comment(),
            b'"' | b'\'' => self.text(),
            b'@' if rest.get(1).is_some_and(|byte| is_word(*byte) || *byte == b'\\') => self.at_keyword(),
            byte if is_word(byte) || byte == b'\\' => self.word(),
            byte if is_control(byte) => self.take(1, Piece::Broken),
            byte => self.take(1, Piece::Byte(byte)),
        };
        Some((piece, start..self.at))
    }

    /// The bytes of a range.
    pub(super) fn bytes(&self, range: &Range<usize>) -> &'c [u8] {
        self.css.get(range.clone()).unwrap_or_default()
    }

    fn rest(&self) -> &'c [u8] {
        self.css.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, length: usize, piece: Piece) -> Piece {
        self.at = self.at.saturating_add(length).min(self.css.len());
        piece
    }

    /// A comment that some readers do not take for one is broken: with `<`, with an escape before its end, between two words that
    /// old readers then take for one.
    fn comment(&mut self) -> Piece {
        let before = self.at.checked_sub(1).and_then(|at| self.css.get(at));
        let inside = self.rest().get(2..).unwrap_or_default();
        let Some(end) = memmem::find(inside, b"*/") else {
            return self.take(usize::MAX, Piece::Broken);
        };
        let (comment, behind) = inside.split_at(end);
        let is_joint = before.is_some_and(|byte| is_word(*byte)) && behind.get(2).is_some_and(|byte| is_word(*byte) || *byte == b'(');
        let is_plain = !is_joint && !comment.ends_with(b"\\") && !comment.iter().any(|byte| is_control(*byte));
        self.take(end.saturating_add(4), if is_plain { Piece::Comment } else { Piece::Broken })
    }

    fn text(&mut self) -> Piece {
        let quote = self.rest().first().copied();
        self.at += 1;
        let mut piece = Piece::Text;
        loop {
            let rest = self.rest();
            self.at += length(rest, |byte| Some(byte) != quote && byte != b'\\' && byte != b'\t' && byte >= b' ' && !is_control(byte));
            match self.css.get(self.at).copied() {
                None | Some(b'\n' | b'\r' | 0x0c) => return Piece::Broken,
                Some(byte) if Some(byte) == quote => return self.take(1, piece),
                Some(b'\\') => piece = self.escape(piece, Piece::EscapedText),
                Some(_) => piece = self.take(1, Piece::Broken),
            }
        }
    }

    fn at_keyword(&mut self) -> Piece {
        self.at += 1;
        match self.name() {
            Piece::Word => Piece::At,
            _ => Piece::Broken,
        }
    }

    fn word(&mut self) -> Piece {
        let start = self.at;
        let name = self.name();
        if self.css.get(self.at) != Some(&b'(') {
            return name;
        }
        let is_url = self.css.get(start..self.at).is_some_and(|name| name.eq_ignore_ascii_case(b"url"));
        self.at += 1;
        match name {
            Piece::Word if is_url => self.url(),
            Piece::Word => Piece::Function,
            _ => Piece::Broken,
        }
    }

    fn name(&mut self) -> Piece {
        let mut piece = Piece::Word;
        loop {
            self.at += length(self.rest(), is_word);
            if self.css.get(self.at) != Some(&b'\\') {
                return piece;
            }
            piece = self.escape(piece, Piece::EscapedWord);
        }
    }

    /// Goes past an escape, and says what becomes of the piece that it stands in. One that stands for a quote, a bracket, a semicolon
    /// or the like breaks it: old readers write styles anew without their escapes, and read that.
    fn escape(&mut self, piece: Piece, escaped: Piece) -> Piece {
        let behind = self.rest().get(1..).unwrap_or_default();
        let digits = length(behind.get(..6).unwrap_or(behind), |byte| byte.is_ascii_hexdigit());
        let value = behind.iter().take(digits).fold(0, |value, byte| value << 4 | char::from(*byte).to_digit(16).unwrap_or_default());
        let is_harmless = match digits {
            // Word puts one before the names of fonts for vertical writing.
            0 if escaped == Piece::EscapedText && behind.starts_with(b"@") => true,
            // Without its escape it would begin a comment.
            0 if behind.starts_with(b"/*") => false,
            0 => behind.first().is_some_and(|byte| b":./%,-+!&# ".contains(byte)),
            _ => char::from_u32(value).is_some_and(|one| one == ' ' || one.is_ascii_digit() || one >= '\u{a0}'),
        };
        let is_line_end = behind.first().is_none_or(|byte| is_blank(*byte) && *byte != b' ');
        let blank = usize::from(digits > 0 && behind.get(digits) == Some(&b' '));
        let one = usize::from(digits == 0 && !is_line_end);
        self.take(1 + digits + blank + one, if is_harmless && piece != Piece::Broken { escaped } else { Piece::Broken })
    }

    /// What stands behind `url(`: a function where a quote follows.
    fn url(&mut self) -> Piece {
        let rest = self.rest();
        let inside = rest.get(length(rest, is_blank)..).unwrap_or_default();
        if inside.first().is_some_and(|byte| matches!(byte, b'"' | b'\'')) {
            return Piece::Function;
        }
        let end = memchr::memchr(b')', rest);
        let url = end.and_then(|end| rest.get(..end)).map(<[u8]>::trim_ascii);
        let is_plain = url.is_some_and(|url| {
            let is_odd = |byte: &u8| is_blank(*byte) || is_control(*byte) || matches!(byte, b'"' | b'\'' | b'(' | b'\\' | b'{' | b'}');
            !url.iter().any(is_odd) && memmem::find(url, b"/*").is_none()
        });
        let piece = if is_plain { Piece::Url } else { Piece::Broken };
        self.take(end.map_or(usize::MAX, |end| end + 1), piece)
    }
}

fn length(bytes: &[u8], is_in: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| !is_in(*byte)).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(css: &str) -> Vec<(Piece, &str)> {
        let mut scanner = Scanner::new(css.as_bytes());
        std::iter::from_fn(|| scanner.next()).map(|(piece, range)| (piece, css.get(range).unwrap_or("?"))).collect()
    }

    #[test]
    fn each_piece_is_what_the_syntax_says() {
        use Piece::*;
        let table: [(&str, &[(Piece, &str)]); 22] = [
            ("a: 1px", &[(Word, "a"), (Byte(b':'), ":"), (Blank, " "), (Word, "1px")]),
            ("/* a */b", &[(Comment, "/* a */"), (Word, "b")]),
            ("a/**/b", &[(Word, "a"), (Broken, "/**/"), (Word, "b")]),
            ("/*\\*/b", &[(Broken, "/*\\*/"), (Word, "b")]),
            ("/*<*/", &[(Broken, "/*<*/")]),
            ("/* a", &[(Broken, "/* a")]),
            ("'a\"b'", &[(Text, "'a\"b'")]),
            ("'a\nb", &[(Broken, "'a"), (Blank, "\n"), (Word, "b")]),
            ("'\\201C a'", &[(EscapedText, "'\\201C a'")]),
            ("'\\27 a'", &[(Broken, "'\\27 a'")]),
            ("'\\'a'", &[(Broken, "'\\'a'")]),
            ("MS\\ Gothic", &[(EscapedWord, "MS\\ Gothic")]),
            ("a\\{b", &[(Broken, "a\\{b")]),
            ("rgb(", &[(Function, "rgb(")]),
            ("URL( x )b", &[(Url, "URL( x )"), (Word, "b")]),
            ("url( 'x')", &[(Function, "url("), (Blank, " "), (Text, "'x'"), (Byte(b')'), ")")]),
            ("url(a b)c", &[(Broken, "url(a b)"), (Word, "c")]),
            ("url(a", &[(Broken, "url(a")]),
            ("\\75rl(x", &[(Broken, "\\75rl("), (Word, "x")]),
            ("@media", &[(At, "@media")]),
            ("@\\6dedia", &[(Broken, "@\\6dedia")]),
            ("<!--a-->-->", &[(Begin, "<!--"), (Word, "a--"), (Byte(b'>'), ">"), (End, "-->")]),
        ];
        for (css, expected) in table {
            assert_eq!(pieces(css), expected, "{css}");
        }
    }
}
