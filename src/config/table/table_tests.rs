use super::line::{Question, logical, question};
use super::*;
use crate::config::RuleClass;
use crate::finding::Class;

fn rule() -> OwnRule {
    OwnRule { hold: Some(RuleClass(Class::Spam)), ..OwnRule::default() }
}

/// What is told of a text by a table: class and name, with `$` and the number for each group.
fn told(dialect: Dialect, table: &str, text: &[u8]) -> Option<(Class, String)> {
    let (steps, faults) = parse(table, dialect, &rule());
    assert_eq!(faults, [], "{table}");
    let mut at = 0;
    while let Some(step) = steps.get(at) {
        let holds = step.pattern.compile_for_bytes().unwrap().is_match(text) != step.is_negated;
        at = match &step.effect {
            Effect::If(end) if !holds => *end,
            Effect::Pass if holds => return None,
            Effect::Tell { class, text } if holds => return Some((*class, text.iter().map(word).collect())),
            _ => at + 1,
        };
    }
    None
}

fn word(piece: &Piece) -> String {
    match piece {
        Piece::Text(text) => text.clone(),
        Piece::Group(number) => format!("<{number}>"),
    }
}

fn faults(dialect: Dialect, table: &str) -> Vec<Fault> {
    parse(table, dialect, &OwnRule::default()).1
}

#[test]
fn a_line_goes_on_over_remarks_and_has_the_number_of_its_first() {
    let (lines, faults) = logical("# x\n\n/a/ REJECT\n  # y\n\tno more\n  \n/b/ OK\n");
    assert_eq!(lines, [(3, "/a/ REJECT\tno more".to_owned()), (7, "/b/ OK".to_owned())]);
    assert_eq!(faults, []);
    assert_eq!(logical(" /a/ OK\n/b/ OK\n").1[0].0, 1);
}

#[test]
fn any_sign_may_stand_around_a_pattern() {
    let table = [
        ("/a/ OK", false, "a", "", "OK"),
        ("!/a/i OK", true, "a", "i", "OK"),
        ("! |a/b|\tOK", true, "a/b", "", "OK"),
        ("/a\\/b\\\\/ OK x", false, "a\\/b\\\\", "", "OK x"),
        ("/a/", false, "a", "", ""),
        ("//  OK", false, "", "", "OK"),
    ];
    for (text, is_negated, source, flags, action) in table {
        assert_eq!(question(text), Ok(Question { is_negated, source, flags, action }), "{text}");
    }
    for text in ["/a OK", "/a\\/ OK", "", "!", "é a é OK"] {
        assert!(question(text).is_err(), "{text}");
    }
}

#[test]
fn the_first_line_that_matches_decides_and_blocks_are_passed_over() {
    let table = "/^Subject: ok/ DUNNO\nif /^Subject:/\nIF !/free/\n/pills/ REJECT pills\nendif\n/free/ hold\nENDIF\n/x-spam/ REJECT\n!/:/ REJECT odd\n";
    let cases: [(&str, Option<(Class, &str)>); 7] = [
        ("Subject: ok pills", None),
        ("Subject: pills", Some((Class::Banned, "pills"))),
        ("Subject: free pills", Some((Class::Spam, ""))),
        ("X: free pills", None),
        ("X-Spam: yes", Some((Class::Banned, ""))),
        ("no colon", Some((Class::Banned, "odd"))),
        ("Subject: x", None),
    ];
    for (text, expected) in cases {
        let expected = expected.map(|(class, name)| (class, name.to_owned()));
        assert_eq!(told(Dialect::Posix, table, text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn case_is_folded_unless_the_flag_switches_that_off() {
    for dialect in [Dialect::Posix, Dialect::Perl] {
        assert!(told(dialect, "/abc/ REJECT", b"ABC").is_some());
        assert!(told(dialect, "/abc/i REJECT", b"ABC").is_none() && told(dialect, "/abc/i REJECT", b"abc").is_some());
        assert!(told(dialect, "/abc/ii REJECT", b"ABC").is_some());
    }
}

#[test]
fn the_flags_of_pcre_mean_what_they_mean_there() {
    assert!(told(Dialect::Perl, "/b/A REJECT", b"ab").is_none() && told(Dialect::Perl, "/a|b/A REJECT", b"bc").is_some());
    assert!(told(Dialect::Perl, "/a b # c/x REJECT", b"ab").is_some() && told(Dialect::Perl, "/a b # c/xA REJECT", b"ab").is_some());
    assert!(told(Dialect::Perl, "/a.b/sEX REJECT", b"a b").is_some());
}

#[test]
fn between_brackets_the_language_of_the_table_holds() {
    let table: [(Dialect, &str, &str, &str); 10] = [
        (Dialect::Posix, "^[]a]$", "]a", "b"),
        (Dialect::Posix, "^[^]a]$", "b", "]a"),
        (Dialect::Posix, "^[a[]$", "a[", "b]"),
        (Dialect::Posix, "^[\\.]$", "\\.", "a"),
        (Dialect::Posix, "^[[:digit:][:upper:]_-]$", "1a_-", ":["),
        (Dialect::Posix, "^[a&&b~~c]$", "ab&c~", "d"),
        (Dialect::Posix, "^[+--]$", "+,-", "."),
        (Dialect::Posix, "^[-a]$", "-a", "b"),
        (Dialect::Perl, "^[\\d\\]]$", "1]", "\\d"),
        (Dialect::Perl, "^\\<|\\>$", "<>", "a"),
    ];
    for (dialect, pattern, yes, no) in table {
        let told = |c: char| told(dialect, &format!("/{pattern}/ REJECT"), c.to_string().as_bytes()).is_some();
        assert!(yes.chars().all(told), "{pattern} {yes}");
        assert!(!no.chars().any(told), "{pattern} {no}");
    }
}

#[test]
fn the_words_of_gnu_are_known() {
    assert!(told(Dialect::Posix, "/\\<pill\\>/ REJECT", b"a pill.").is_some());
    assert!(told(Dialect::Posix, "/\\<pill\\>/ REJECT", b"pills").is_none());
    assert!(told(Dialect::Posix, "/^\\w+\\s\\S\\b/ REJECT", b"ab c").is_some());
}

#[test]
fn a_pattern_works_on_bytes() {
    assert!(told(Dialect::Perl, "/^[\\x80-\\xff]{4}$/ REJECT", "éé".as_bytes()).is_some());
    assert!(told(Dialect::Posix, "/a.b/ REJECT", b"a\xffb").is_some());
}

#[test]
fn a_text_has_its_groups_and_no_status_code() {
    let table = [
        ("REJECT", ""),
        ("reject no $1", "no <1>"),
        ("REJECT 5.7.1 no ${1}x$(2)", "no <1>x<2>"),
        ("REJECT 5.7.1", ""),
        ("REJECT 5.7 no", "5.7 no"),
        ("REJECT 10$$ $$$1", "10$ $<1>"),
    ];
    for (action, expected) in table {
        let told = told(Dialect::Perl, &format!("/(a)(b)/ {action}"), b"ab");
        assert_eq!(told, Some((Class::Banned, expected.to_owned())), "{action}");
    }
}

#[test]
fn what_asks_for_nothing_tells_nothing() {
    for action in ["OK", "DUNNO", "dunno", "WARN look", "INFO"] {
        assert_eq!(told(Dialect::Posix, &format!("/a/ {action}\n/a/ REJECT"), b"a"), None, "{action}");
    }
}

#[test]
fn what_mailward_does_not_do_is_a_problem_with_its_line() {
    let table = [
        ("/a/ PREPEND X: y", "does not do PREPEND"),
        ("/a/ replace X: y", "does not do REPLACE"),
        ("/a/ IGNORE", "does not do IGNORE"),
        ("/a/ STRIP", "does not do STRIP"),
        ("/a/ FILTER x:y", "does not do FILTER"),
        ("/a/ REDIRECT a@b", "does not do REDIRECT"),
        ("/a/ BCC a@b", "does not do BCC"),
        ("/a/ HOLD", "write hold = "),
        ("/a/ DISCARD", "write discard = "),
        ("/a/ REFUSE", "no such action: \"REFUSE\""),
        ("/a/", "expected an action"),
        ("/a/ REJECT $1", "$1 stands for nothing"),
        ("!/(a)/ REJECT $1", "$1 stands for nothing"),
        ("/(a)/ REJECT $x", "expected a number behind $"),
        ("/(a)/ REJECT $", "expected a number behind $"),
        ("/(a)/ REJECT $99999999999999999999", "expected a number behind $"),
        ("/a(?=b)/ REJECT", "look-around"),
        ("/(a)\\1/ REJECT", "backreferences"),
        ("/a(/ REJECT", "expected a regular expression"),
        ("/[a/ REJECT", "no ] ends the bracket"),
        ("/[[.a.]]/ REJECT", "collating"),
        ("/\\`a/ REJECT", "write ^"),
        ("/\\d+/ REJECT", "\\d means different things"),
        ("/a/m REJECT", "the flag m"),
        ("/a/x REJECT", "basic regular expression"),
        ("/a/q REJECT", "no such flag: 'q'"),
        ("hello", "expected /pattern/flags action, if or endif, found \"hello\""),
        ("if /a/ x\nendif", "behind an if"),
        ("if /(/\nendif", "expected a regular expression"),
        ("if /a/", "no endif"),
        ("endif", "no if stands"),
        ("if /a/\nendif x\nendif", "behind endif"),
    ];
    for (text, expected) in table {
        let faults = faults(Dialect::Posix, &format!("/ok/ REJECT\n# x\n{text}\n"));
        let [(line, told)] = faults.as_slice() else { panic!("{text}: {faults:?}") };
        assert!(told.contains(expected) && [3, 4].contains(line), "{text}: {line} {told}");
    }
}

#[test]
fn what_only_perl_knows_is_a_problem() {
    assert!(faults(Dialect::Perl, "/[a ]b/x REJECT")[0].1.contains("the flag x"));
    for pattern in ["a\\Z", "\\Qa\\E", "\\ha", "(?>a)", "[\\b]", "\\pL", "(?<!a)b", "\\Ka", "(?(1)a)"] {
        assert_eq!(faults(Dialect::Perl, &format!("/{pattern}/ REJECT")).len(), 1, "{pattern}");
    }
}

#[test]
fn blocks_may_lie_in_each_other_as_deep_as_one_likes() {
    let table = "if /a/\n".repeat(2000) + "/a/ REJECT x\n" + &"endif\n".repeat(2000);
    assert_eq!(told(Dialect::Posix, &table, b"a"), Some((Class::Banned, "x".to_owned())));
    assert_eq!(told(Dialect::Posix, &table, b"b"), None);
}
