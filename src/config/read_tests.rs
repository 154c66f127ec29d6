//! What becomes of whole configurations: what they set, and what is said of faulty ones.

use super::super::*;
use crate::envelope::Sender;
use crate::finding::Class;

fn problems(text: &str) -> Vec<String> {
    match Config::parse(Path::new("f.toml"), text) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

fn resolve(text: &str, sender: &str, recipient: &str) -> Resolved {
    let envelope = Envelope { sender: Some(Sender::Address(sender.into())), recipients: vec![recipient.into()], ..Envelope::default() };
    Config::parse(Path::new("f.toml"), text).unwrap_or_else(|problems| panic!("{problems:?}")).resolve(&envelope).remove(0)
}

#[test]
fn an_empty_file_is_the_shipped_settings() {
    let resolved = resolve("", "a@b", "c@d");
    assert_eq!(resolved.settings.policy.rule(Class::Infected).treatment, Some(Treatment::Replace));
    assert_eq!(resolved.origin("policy.infected"), "default");
}

#[test]
fn every_fault_is_told_at_once_with_place_and_suggestion() {
    let text = "[limits]\ndeadlin = \"1s\"\nparts = \"many\"\n[polcy]\n[log]\nformat = \"xml\"\n";
    assert_eq!(
        problems(text),
        [
            "f.toml:2:1: limits.deadlin: no such key; did you mean limits.deadline?",
            "f.toml:3:9: limits.parts: expected a number, 0 or more, found \"many\"",
            "f.toml:4:2: polcy: no such key; did you mean policy?",
            "f.toml:6:10: log.format: expected one of \"logfmt\" \"json\", found \"xml\"",
        ]
    );
}

#[test]
fn what_is_not_toml_is_told_with_its_place() {
    let told = problems("[limits\nparts = 3\n");
    assert!(told[0].starts_with("f.toml:1:"), "{told:?}");
}

#[test]
fn a_rule_replaces_its_default_whole() {
    let rule = resolve("[policy]\ninfected = { action = \"accept\" }\n", "a@b", "c@d").settings.policy.infected;
    assert_eq!(rule, Rule::default());
}

#[test]
fn later_matches_win_and_all_given_keys_must_match() {
    let text = "[profile.a]\ntag.header = \"X-A\"\n[profile.b]\ntag.header = \"X-B\"\n\
        [[match]]\nrecipient = \"*@d\"\nprofile = \"a\"\n[[match]]\nrecipient = \"c@*\"\nsender = \"x@y\"\nprofile = \"b\"\n";
    assert_eq!(resolve(text, "x@y", "c@d").settings.tag.header.0, "X-B");
    assert_eq!(resolve(text, "o@y", "c@d").settings.tag.header.0, "X-A");
    assert_eq!(resolve(text, "o@y", "c@e").settings.tag.header.0, "X-Mailward");
}

#[test]
fn a_profile_has_what_it_inherits_and_says_where_from() {
    let text =
        "[profile.white]\nskip = [\"spam\"]\ntag.header = \"X-W\"\n[profile.boss]\ninherit = \"white\"\n[[match]]\nprofile = \"boss\"\n";
    let resolved = resolve(text, "a@b", "c@d");
    assert_eq!(resolved.settings.skip, [Class::Spam]);
    assert_eq!(resolved.origin("tag.header"), "f.toml:3 (profile white)");
}

#[test]
fn profiles_that_are_missing_or_circular_are_told() {
    assert_eq!(
        problems("[profile.boss]\n[[match]]\nprofile = \"bos\"\n"),
        [r#"f.toml:3:11: match.profile: no profile "bos"; did you mean "boss"?"#]
    );
    let told = problems("[profile.a]\ninherit = \"b\"\n[profile.b]\ninherit = \"a\"\n");
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("inherits from itself"));
}

#[test]
fn viruses_cannot_be_skipped() {
    let told = problems("[profile.w]\nskip = [\"infected\"]\n");
    assert!(told[0].starts_with("f.toml:2:8: skip: expected only high_spam, spam"), "{told:?}");
}

#[test]
fn our_field_cannot_take_the_name_of_another() {
    for name in ["Subject", "content-type", "a:b", "X Y"] {
        assert_eq!(problems(&format!("[tag]\nheader = \"{name}\"\n")).len(), 1, "{name}");
    }
}

#[test]
fn limits_cannot_be_set_in_a_profile() {
    assert!(problems("[profile.w]\nlimits.parts = 3\n")[0].contains("cannot be set in a profile"));
}

#[test]
fn an_engine_needs_what_its_kind_needs() {
    let table = [
        ("[[engine]]\nname = \"c\"\nkind = \"clamd\"\n", "expected an address"),
        ("[[engine]]\nname = \"c\"\nkind = \"command\"\n", "expected a command"),
        ("[[engine]]\nkind = \"clamd\"\naddress = [\"unix:/x\"]\n", "expected a name"),
        ("[[engine]]\nname = \"c\"\naddress = [\"unix:/x\"]\ninput = \"stdin\"\n", "expected input = \"file\" or \"parts\""),
        ("[[engine]]\nname = \"c\"\naddress = [\"/x\"]\n", "expected \"unix:"),
        ("[[engine]]\nname = \"c\"\naddress = [\"tcp:1.2.3.4\"]\n", "\"tcp:host:port\""),
        ("[[engine]]\nname = \"c\"\naddres = [\"unix:/x\"]\n", "did you mean address?"),
        ("[[engine]]\nname = \"c\"\nkind = \"clam\"\n", "expected one of \"clamd\" \"command\""),
    ];
    for (text, expected) in table {
        let told = problems(text);
        assert!(told.iter().any(|problem| problem.contains(expected)), "{text}: {told:?}");
    }
}

#[test]
fn a_pattern_that_does_not_parse_is_told_with_the_place_in_it() {
    let told = problems("[attachments]\nrules = [ { name = 'a(b', action = \"deny\" } ]\n");
    assert_eq!(told, ["f.toml:2:20: attachments.rules.name: expected a regular expression (unclosed group at character 2), found \"a(b\""]);
}

#[test]
fn recipients_with_the_same_profiles_are_one_group() {
    let text = "[profile.a]\n[[match]]\nrecipient = \"x@*\"\nprofile = \"a\"\n";
    let config = Config::parse(Path::new("f"), text).unwrap_or_default();
    let envelope = Envelope { recipients: vec!["x@1".into(), "y@1".into(), "z@1".into()], ..Envelope::default() };
    assert_eq!(config.resolve(&envelope).iter().map(|group| group.profiles.len()).collect::<Vec<_>>(), [1, 0]);
}

#[test]
fn the_values_shown_are_read_back_as_the_same() {
    let shipped = Resolved::default();
    let mut sections: BTreeMap<&str, String> = BTreeMap::new();
    for key in KEYS {
        let (section, name) = key.name.split_once('.').unwrap();
        sections.entry(section).or_default().push_str(&format!("{name} = {}\n", (key.show)(&shipped.settings)));
    }
    let text: String = sections.iter().map(|(section, keys)| format!("[{section}]\n{keys}")).collect();
    let again = resolve(&text, "a@b", "c@d");
    for key in KEYS {
        assert_eq!((key.show)(&again.settings), (key.show)(&shipped.settings), "{}", key.name);
        assert!(again.origins.contains_key(key.name), "{}", key.name);
    }
}

#[test]
fn a_filter_whose_field_would_never_say_spam_is_a_problem() {
    let told = |keys: &str| {
        let text = format!("[[engine]]\nname = \"x\"\nkind = \"filter\"\ncommand = [\"/x\"]\n{keys}");
        Config::parse(Path::new("f.toml"), &text).err().map_or(0, |problems| problems.len())
    };
    for (keys, expected) in [
        ("", 0),
        ("header = \"X-A\"\n", 1),
        ("header = \"X-A\"\nspam = \"\"\n", 1),
        ("header = \"X-A\"\nscore = \"x\"\n", 1),
        ("header = \"X-A\"\nspam = \"x\"\n", 0),
        ("header = \"X-A\"\nscore = \"x\"\nmark = 1\n", 0),
    ] {
        assert_eq!(told(keys), expected, "{keys}");
    }
}
