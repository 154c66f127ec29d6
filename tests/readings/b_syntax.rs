//! Section B, the middle: comments, quotes and white space in a boundary.

use super::{Row, declared, declared_with_decoy, decoy, delimited, typed, used};

pub(super) fn rows() -> Vec<Row> {
    let signs = [e039(), e040(), e041(), e042(), e043(), e044()];
    [signs.as_slice(), &[e045(), e046(), e047(), e048()]].concat()
}

fn e039() -> Row {
    let variants = used(&[
        ("boundary()=bar", &["bar"]),
        ("boundary=()bar", &["bar", "()bar"]),
        ("boundary=bar()", &["bar", "bar()"]),
        ("boundary=b1()b2", &["b1b2", "b1", "b1()b2"]),
        ("boundary=(boundary=foo)bar", &["bar", "foo"]),
        ("( boundary=bar )", &["bar"]),
        ("bound()ary=bar", &["bar"]),
        ("boundary=((c))bar", &["bar"]),
        ("boundary=(\\))bar", &["bar"]),
        ("boundary=(c bar", &["(c"]),
        ("boundary=bar(c", &["bar", "bar(c"]),
        ("boundary (c) = (d) \"bar\" (e)", &["bar"]),
        ("(c boundary=foo) boundary=bar", &["bar", "foo"]),
        ("x=(; boundary=bar", &["bar"]),
    ]);
    Row::new("E039", "who takes comments out, or takes them literally").and(variants)
}

fn e040() -> Row {
    let types =
        ["() multipart/mixed", "multipar()t/mixed", "multipart/mixed()", "multipart()/mixed", "multipart/()mixed", "(a/b) multipart/mixed"];
    let folded = ["multipart/(a\n b)mixed", "multipart / mixed", "multipart/mixed(; boundary=foo)"];
    let all = types.iter().chain(&folded).map(|value| declared(&format!("{value}; boundary=bar"), "bar"));
    Row::new("E040", "who takes comments out of a type").and(all)
}

fn e041() -> Row {
    let disposition = |first: &str, second: &str| format!("{first}\nContent-Disposition: attachment; {second}");
    let both = disposition("multipart/mixed; boundary=foo", "boundary=bar");
    let extended = disposition("multipart/mixed; boundary=foo", "boundary*=utf-8''bar");
    let alone = disposition("multipart/mixed", "boundary=bar");
    let variants =
        [declared(&both, "bar"), declared(&both, "foo"), declared(&extended, "bar"), declared(&extended, "foo"), declared(&alone, "bar")];
    Row::new("E041", "who takes parameters of any field").and(variants).and([declared_with_decoy(&both, "foo", "bar")])
}

fn e042() -> Row {
    let variants = used(&[
        ("boundary=\"bar;\"", &["bar;", "bar"]),
        ("boundary=\"b;c\"", &["b;c", "b"]),
        ("boundary=b;c", &["b", "b;c"]),
        ("boundary=b\\;c", &["b", "b\\", "b;c", "b\\;c"]),
        ("boundary=\"b\\;c\"", &["b", "b\\", "b;c", "b\\;c"]),
        ("boundary=bar;;", &["bar"]),
    ]);
    let mixed = declared_with_decoy("multipart/mixed; boundary=\"bar;\"", "bar", "bar;");
    Row::new("E042", "who splits at a semicolon first, or reads quotes first").and(variants).and([mixed])
}

fn e043() -> Row {
    let all = ["foo", "faa", "foo,faa"].as_slice();
    let variants = used(&[("boundary=foo,faa", all), ("boundary=\"foo,faa\"", all), ("boundary=foo, faa", &["foo", "faa"])]);
    Row::new("E043", "who ends at a comma, or does not").and(variants)
}

fn e044() -> Row {
    let variants = used(&[
        ("boundary=\"bar\"foo", &["bar", "barfoo", "\"bar\"foo"]),
        ("boundary=\"\"foo", &["", "foo", "\"\"foo"]),
        ("boundary=\"bar", &["bar", "\"bar"]),
        ("boundary=bar\"", &["bar", "bar\""]),
        ("boundary=\"b\\\"ar\"", &["b\"ar", "b\\\"ar", "b\\"]),
        ("boundary=\\\"bar\\\"", &["bar", "\"bar\"", "\\\"bar\\\""]),
        ("boundary='bar'", &["bar", "'bar'"]),
        ("boundary=ba\"r\"", &["bar", "ba\"r\"", "ba"]),
        ("boundary=\"b\"a\"r\"", &["bar", "b"]),
        ("boundary=\"bar\"\"foo\"", &["bar", "barfoo"]),
    ]);
    Row::new("E044", "who takes quotes off, or takes them literally").and(variants)
}

fn e045() -> Row {
    let forms = ["boundary=", "boundary=\"\"", "boundary=\"", "boundary=;", "boundary=; x=y", "boundary=\"\"; boundary=foo"];
    let variants: Vec<_> = forms.iter().map(|form| (*form, [""].as_slice())).collect();
    Row::new("E045", "who takes two dashes for a delimiter").and(used(&variants)).and(used(&[("boundary=\" \"", &["", " "])]))
}

fn e046() -> Row {
    let variants = used(&[
        ("boundary=\" bar\"", &[" bar", "bar"]),
        ("boundary=\"bar \"", &["bar ", "bar"]),
        ("boundary=\"b ar\"", &["b ar", "b", "bar"]),
        ("boundary=b ar", &["b ar", "b", "bar"]),
        ("boundary=\"bar\t\"", &["bar\t", "bar"]),
        ("boundary=bar\t", &["bar\t", "bar"]),
        ("boundary=bar ; x=y", &["bar ", "bar"]),
        ("boundary=\"bar\r\"", &["bar\r", "bar"]),
        ("boundary=ba\rr", &["ba\rr", "ba", "bar"]),
        ("boundary=bar", &["bar \t", "bar "]),
        ("boundary =bar", &["bar"]),
        ("boundary= bar", &["bar"]),
        ("boundary\t=\tbar", &["bar"]),
        ("boundary\n =bar", &["bar"]),
        ("boundary=\n bar", &["bar"]),
        ("boundary=\n\t\"bar\"", &["bar"]),
        ("boundary\\=bar", &["bar"]),
        ("boundary\0=bar", &["bar"]),
        ("boundary\u{b}=\u{b}bar", &["bar", "\u{b}bar"]),
    ]);
    Row::new("E046", "who strips white space, or keeps it").and(variants)
}

fn e047() -> Row {
    let quoted = ["foo bar", "foobar", "foo"].as_slice();
    let variants = used(&[
        ("boundary=\"foo\n bar\"", quoted),
        ("boundary=\"foo\n\tbar\"", &["foo\tbar", "foo bar", "foobar", "foo"]),
        ("boundary=foo\n bar", quoted),
        ("boundary=foo\n foo", &["foofoo", "foo"]),
        ("boundary=\"foo\n  bar\"", &["foo  bar", "foo bar"]),
        ("bound\n ary=bar", &["bar"]),
    ]);
    Row::new("E047", "who unfolds with the blank, without it, or ends there").and(variants)
}

fn e048() -> Row {
    let both = ["b_c", "b\\_c"].as_slice();
    let variants = used(&[
        ("boundary=\"b\\_c\"", both),
        ("boundary=b\\_c", both),
        ("bou\\ndary=bar", &["bar"]),
        ("boundary=\\bar", &["bar", "\\bar"]),
        ("boundary=\"\\b\\a\\r\"", &["bar", "\\b\\a\\r"]),
        ("boundary=bar\\", &["bar", "bar\\"]),
    ]);
    let types =
        ["multi\\part/mixed", "multipart\\/mixed", "multipart/mi\\xed"].map(|value| declared(&format!("{value}; boundary=bar"), "bar"));
    let behind = ("x=a\\; with a decoy", typed("multipart/mixed; x=a\\; boundary=bar", &format!("{}{}", decoy("foo"), delimited("bar"))));
    Row::new("E048", "who takes a backslash off, or keeps it").and(variants).and(types).all([behind])
}
