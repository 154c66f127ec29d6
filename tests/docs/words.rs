//! The words of the policy, the checks, the templates and clamd's names are in mailward.toml(5), all of them and no other.

use crate::keys::{problems, words_expected};
use crate::page::{CONFIGURATION, names, page, rows, section};
use mailward::check::CHECKS;
use mailward::config::{Protocol, Setting, presets};
use mailward::engine::clamd::reply::class_of;
use mailward::finding::Class;
use mailward::notice::{Text, VARIABLES};

#[test]
fn classes_and_checks_stand_in_their_order() {
    let known: Vec<&str> = Class::ALL.iter().map(|(name, _)| *name).chain(CHECKS.iter().map(|check| check.name)).collect();
    assert_eq!(names(&section(&page(CONFIGURATION), "CLASSES"), "Cm"), known);
}

#[test]
fn the_words_of_a_rule_are_those_that_the_policy_takes() {
    let told = names(&section(&page(CONFIGURATION), "THE POLICY"), "Cm");
    let mut known = vec!["action".to_owned()];
    known.extend(words_of_rule("action"));
    known.push("treatment".to_owned());
    known.extend(words_of_rule("treatment"));
    known.extend(["quarantine".to_owned(), "notice".to_owned()]);
    assert_eq!(told, known);
}

#[test]
fn whom_a_rule_can_tell_is_in_the_manual() {
    let rule = section(&page(CONFIGURATION), "THE POLICY");
    let known = words_expected(&problems("policy.spam = { notice = [\"x\"] }\n"), "policy.spam.notice");
    assert_eq!(known.len(), 2);
    for word in known {
        assert!(rule.contains(&format!(".Cm {word} ,")), "{word}");
    }
}

#[test]
fn what_a_profile_may_skip_is_in_the_manual() {
    let profiles = section(&page(CONFIGURATION), "PROFILES");
    for (name, _) in Class::ALL {
        let may_skip = problems(&format!("[profile.x]\nskip = [\"{name}\"]\n")).is_empty();
        let is_told = profiles
            .lines()
            .any(|line| line == format!(".Cm {name} ,") || line == format!(".Cm {name}") || line == format!(".Cm {name} ."));
        assert_eq!(is_told, may_skip, "{name}");
    }
}

#[test]
fn every_variable_and_template_is_in_the_manual_in_its_order() {
    let templates = section(&page(CONFIGURATION), "TEMPLATES");
    let told: Vec<String> = names(&templates, "Cm").iter().map(|name| name.trim_matches(['{', '}']).to_owned()).collect();
    assert_eq!(told, VARIABLES);
    assert_eq!(names(&templates, "Pa"), Text::ALL.map(Text::file_name));
}

#[test]
fn every_variable_of_a_shipped_template_is_one_of_the_manual() {
    for path in crate::blocks::files("contrib/templates") {
        let text = crate::blocks::text(path.to_str().unwrap());
        let used = text.split('{').skip(1).map(|rest| rest.split_once('}').expect("a closing brace").0);
        used.for_each(|name| assert!(VARIABLES.contains(&name), "{}: {name}", path.display()));
    }
}

#[test]
fn the_names_of_clamd_have_the_classes_that_the_manual_tells() {
    let rows = rows(&section(&page(CONFIGURATION), "clamd"));
    assert!(rows.len() > 5, "{rows:?}");
    for row in rows {
        let [pattern, class] = row.as_slice() else { panic!("{row:?}") };
        assert_eq!(class_of(&pattern.replace('*', "X")).name(), class, "{pattern}");
    }
}

fn words_of_rule(word: &str) -> Vec<String> {
    let words = words_expected(&problems(&format!("policy.spam = {{ {word} = \"x\" }}\n")), &format!("policy.spam.{word}"));
    assert!(words.len() > 3, "{words:?}");
    words
}

#[test]
fn every_preset_is_in_the_manual_with_how_it_is_tested() {
    let told = rows(&section(&page(CONFIGURATION), "Presets"));
    let mut known: Vec<Vec<String>> = Vec::new();
    for preset in presets() {
        let tested = if preset.tested == "program" { "real program" } else { "documentation" };
        known.push(vec![preset.name, preset.engine.kind.show().replace('"', ""), tested.to_owned()]);
    }
    known.sort();
    assert_eq!(told, known);
}

#[test]
fn every_protocol_of_a_daemon_is_in_the_manual_and_has_a_preset() {
    let told: Vec<String> = rows(&section(&page(CONFIGURATION), "daemon")).into_iter().map(|row| row[0].clone()).collect();
    let mut known = words_expected(&problems("[[engine]]\nprotocol = \"x\"\n"), "engine.protocol");
    known.sort();
    assert_eq!(told, known);
    let of_presets: Vec<String> =
        presets().iter().filter_map(|preset| preset.engine.protocol).map(|protocol: Protocol| protocol.show().replace('"', "")).collect();
    assert!(known.iter().all(|word| of_presets.contains(word)), "{known:?} {of_presets:?}");
}
