//! A pattern of a table as the regex crate has it.
//!
//! Owns where the two languages differ: what a flag means, and what stands between brackets. It must never take a pattern for one that means
//! something else: what the regex crate does not know is said in words.

use crate::config::Pattern;
use std::iter::Peekable;
use std::str::Chars;

/// The language of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Of a regexp: table, extended regular expressions (regex(7)).
    Posix,
    /// Of a pcre: table (pcre2pattern(3)).
    Perl,
}

/// The pattern and the number of its groups. It works on bytes, as Postfix does.
pub(super) fn pattern(dialect: Dialect, source: &str, flags: &str) -> Result<(Pattern, usize), String> {
    let flags = Flags::read(dialect, flags)?;
    let source = translated(dialect, source)?;
    if flags.is_on('x') && source.contains('[') {
        return Err("the flag x and brackets in one pattern: readers differ on blanks in them; write it without the flag".to_owned());
    }
    let on: String = ['i', 'x', 'U'].into_iter().filter(|flag| flags.is_on(*flag)).collect();
    let (begin, end) = match (flags.is_on('A'), flags.is_on('x')) {
        (false, _) => ("", ""),
        (true, false) => ("\\A(?:", ")"),
        // With x a remark goes on to the end of the line.
        (true, true) => ("\\A(?:", "\n)"),
    };
    let place = |fault: String| format!("expected a regular expression that takes linear time ({fault} of {source:?})");
    Pattern::of_bytes(&format!("(?s{on}-u){begin}{source}{end}")).map_err(place)
}

/// The flags that are on. Each letter switches one to the other state.
struct Flags(Vec<char>);

impl Flags {
    fn read(dialect: Dialect, letters: &str) -> Result<Self, String> {
        let (mut on, known) = match dialect {
            Dialect::Posix => (vec!['i'], "imx"),
            Dialect::Perl => (vec!['i'], "imsxAEUX"),
        };
        for letter in letters.chars() {
            match on.iter().position(|flag| *flag == letter) {
                _ if !known.contains(letter) => return Err(format!("no such flag: {letter:?}")),
                Some(at) => drop(on.remove(at)),
                None => on.push(letter),
            }
        }
        let flags = Self(on);
        if flags.is_on('m') {
            return Err("the flag m asks for the lines of a folded field, and mailward takes the folds off; write it without".to_owned());
        }
        if dialect == Dialect::Posix && flags.is_on('x') {
            return Err("the flag x asks for a basic regular expression; write an extended one".to_owned());
        }
        Ok(flags)
    }

    fn is_on(&self, flag: char) -> bool {
        self.0.contains(&flag)
    }
}

fn translated(dialect: Dialect, source: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut letters = source.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '\\' => push_escape(dialect, &mut letters, &mut out)?,
            '[' => push_brackets(dialect, &mut letters, &mut out)?,
            c => out.push(c),
        }
    }
    Ok(out)
}

/// `\<` begins a word in GNU's extended expressions and in the regex crate; to PCRE it is the sign alone.
fn push_escape(dialect: Dialect, letters: &mut Peekable<Chars<'_>>, out: &mut String) -> Result<(), String> {
    match (dialect, letters.next()) {
        (_, None) => Err("a backslash ends it".to_owned()),
        (Dialect::Posix, Some(c @ ('`' | '\''))) => Err(format!("\\{c} is not known to mailward; write ^ or $")),
        // GNU's library takes \d for a d, others for a digit.
        (Dialect::Posix, Some(c)) if c.is_ascii_alphabetic() && !"wWsSbB".contains(c) => {
            Err(format!("\\{c} means different things to different libraries; write {c}, or a bracket such as [0-9]"))
        }
        (Dialect::Perl, Some(c @ ('<' | '>'))) => {
            out.push(c);
            Ok(())
        }
        (_, Some(c)) => {
            out.extend(['\\', c]);
            Ok(())
        }
    }
}

/// Between brackets the regex crate knows sets in sets and what two signs in a row do to sets, and the other languages do not.
fn push_brackets(dialect: Dialect, letters: &mut Peekable<Chars<'_>>, out: &mut String) -> Result<(), String> {
    out.push('[');
    out.extend(letters.next_if_eq(&'^'));
    // A bracket or a dash that comes first stands for itself.
    out.extend(letters.next_if(|c| matches!(c, ']' | '-')).into_iter().flat_map(|c| ['\\', c]));
    let mut is_behind_dash = false;
    while let Some(c) = letters.next() {
        match (c, letters.peek()) {
            (']', _) => {
                out.push(']');
                return Ok(());
            }
            ('[', Some(':')) => push_class(letters, out),
            ('[', Some('.' | '=')) => return Err("collating elements ([. and [=) are not known to mailward".to_owned()),
            ('\\', _) if dialect == Dialect::Perl => push_escape(dialect, letters, out)?,
            ('-', _) if is_behind_dash => out.push_str("\\-"),
            ('[' | '\\' | '&' | '~', _) => out.extend(['\\', c]),
            _ => out.push(c),
        }
        is_behind_dash = c == '-' && !is_behind_dash;
    }
    Err("no ] ends the bracket".to_owned())
}

/// The rest of `[:alpha:]`.
fn push_class(letters: &mut Peekable<Chars<'_>>, out: &mut String) {
    out.push('[');
    out.extend(letters.next());
    while let Some(c) = letters.next_if(|c| c.is_ascii_alphabetic() || matches!(c, ':' | '^')) {
        out.push(c);
    }
    out.extend(letters.next_if_eq(&']'));
}
