use super::*;
use crate::config::Config;
use std::path::Path;

fn read(rule: &str) -> Result<OwnRule, String> {
    let config = Config::parse(Path::new("f"), &format!("[[rule]]\n{rule}\n"));
    let told = |problems: Vec<super::super::Problem>| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    config.map(|config| config.base().settings.rules[0].clone()).map_err(told)
}

#[test]
fn a_rule_has_a_name_a_pattern_and_else_its_defaults() {
    let rule = read("name = \"x\"\npattern = 'a'").unwrap();
    assert_eq!((rule.scope, rule.class.0, rule.field, rule.text), (Scope::Header, Class::Banned, None, None));
    let effect = Effect::Tell { class: Class::Banned, text: Vec::new() };
    assert_eq!(rule.steps, [Step { line: 0, pattern: rule.pattern.unwrap(), is_negated: false, effect }]);
    assert_eq!(rule.origin, "f:1");
}

#[test]
fn what_does_not_go_together_is_a_problem() {
    let table = [
        ("pattern = 'a'", "a name"),
        ("name = \"x\"", "either a pattern or an import"),
        ("name = \"x\"\npattern = ''", "either a pattern or an import"),
        ("name = \"x\"\npattern = 'a'\nimport = \"/t\"", "either a pattern or an import"),
        ("name = \"x\"\npattern = '('", "rule.pattern: expected a regular expression"),
        ("name = \"x\"\npattern = 'a'\nwhere = \"bodies\"", "rule.where: expected one of \"header\" \"mime\" \"nested\" \"body\""),
        ("name = \"x\"\npattern = 'a'\nclass = \"unscanned\"", "rule.class: expected one of \"banned\" \"infected\""),
        ("name = \"x\"\npattern = 'a'\nwhere = \"body\"\nfield = \"a\"", "no field"),
        ("name = \"x\"\nimport = \"/t\"\nfield = \"a\"", "no field"),
        ("name = \"x\"\npattern = 'a'\nhold = \"spam\"", "hold and discard beside an import"),
        ("name = \"x\"\npatern = 'a'", "did you mean pattern?"),
    ];
    for (rule, expected) in table {
        let told = read(rule).unwrap_err();
        assert!(told.contains(expected), "{rule}: {told}");
    }
}

#[test]
fn what_is_shown_is_itself_a_rule() {
    let shown = read("name = \"x\"\npattern = 'a\\.b'\nwhere = \"body\"\nclass = \"spam\"").unwrap().show_lines();
    assert_eq!(read(&shown).unwrap().show_lines(), shown);
}

#[test]
fn the_section_is_among_those_that_are_meant() {
    let told = Config::parse(Path::new("f"), "[[rules]]\nname = \"x\"\n").err().unwrap();
    assert!(told[0].text.contains("did you mean rule?"), "{told:?}");
}
