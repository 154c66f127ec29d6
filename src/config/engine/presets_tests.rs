use super::*;
use crate::config::{Config, Input, Kind, Size};

fn parse(text: &str) -> Result<Config, String> {
    Config::parse(Path::new("f"), text).map_err(|problems| problems.iter().map(|problem| format!("{problem}\n")).collect())
}

fn engine(text: &str) -> Engine {
    parse(text).unwrap_or_else(|problems| panic!("{text}: {problems}")).base().settings.engines[0].clone()
}

#[test]
fn every_preset_is_an_engine_by_itself() {
    assert_eq!(DeTable::parse_recoverable(TEXT).1, []);
    assert!(presets().len() > 40);
    for preset in presets() {
        let name = &preset.name;
        assert_eq!(preset.faults, [], "{name}");
        assert!(["program", "documentation"].contains(&preset.tested.as_str()), "{name}: {}", preset.tested);
        let engine = engine(&format!("[[engine]]\npreset = \"{name}\"\n"));
        assert_eq!((engine.name.as_str(), engine.preset.as_deref()), (name.as_str(), Some(name.as_str())));
        assert_eq!(engine.finds, engine.kind.usually_finds(), "{name}");
    }
}

#[test]
fn no_code_of_a_preset_means_two_things() {
    for preset in presets().iter().filter(|preset| preset.engine.kind == Kind::Command) {
        let engine = &preset.engine;
        let mut codes = [engine.clean_codes.clone(), engine.infected_codes.clone(), engine.suspicious_codes.clone()].concat();
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), count, "{}", preset.name);
        assert!(engine.virus_name.is_some() && engine.clean_codes.len() == 1, "{}", preset.name);
    }
}

#[test]
fn a_key_that_is_written_wins() {
    let text = "[[engine]]\ncommand = [\"/opt/clamscan\", \"{file}\"]\npreset = \"clamscan\"\nname = \"mine\"\nmax_size = \"5M\"\n";
    let engine = engine(text);
    assert_eq!((engine.name.as_str(), engine.kind, engine.input, engine.max_size), ("mine", Kind::Command, Input::Parts, Size(5 << 20)));
    assert_eq!(engine.command, ["/opt/clamscan", "{file}"]);
    assert!(engine.virus_name.is_some());
}

#[test]
fn an_unknown_preset_is_a_problem_with_the_nearest_name() {
    let told = |name: &str| parse(&format!("[[engine]]\nname = \"x\"\npreset = {name}\n")).err().unwrap_or_default();
    assert!(told("\"clamscann\"").starts_with("f:3:10: engine.preset: no preset \"clamscann\"; did you mean \"clamscan\"?"));
    assert_eq!(told("\"clamscann\"").lines().count(), 1, "{}", told("\"clamscann\""));
    assert!(told("\"zzz\"").contains("mailward.toml(5) lists them all"), "{}", told("\"zzz\""));
    assert!(told("1").contains("engine.preset"), "{}", told("1"));
}

#[test]
fn the_names_are_found_in_what_the_programs_say() {
    let table = [
        ("clamscan", "/tmp/x/part-0001: Win.Test.EICAR_HDB-1 FOUND\n", "Win.Test.EICAR_HDB-1"),
        ("f-prot", "/tmp/x  Infection: EICAR_Test_File\n", "EICAR_Test_File"),
        ("fpscan", "[Found virus] <EICAR_Test_File (exact)> /tmp/x\n", "EICAR_Test_File"),
        ("fsav", "/tmp/x: Infected: EICAR-Test-File [AVP]\n", "EICAR-Test-File [AVP]"),
        ("uvscan", "/tmp/x\n\tFound the W32/Bagle virus !!!\n", "W32/Bagle"),
        ("uvscan", "\tFound: EICAR test file NOT a virus.\n", "EICAR test file"),
        ("uvscan", "\tFound trojan or variant New Malware.b !!!\n", "New Malware.b"),
        ("savscan", ">>> Virus 'EICAR-AV-Test' found in file /tmp/x\n", "EICAR-AV-Test"),
        ("kavscanner", "/tmp/x INFECTED EICAR-Test-File\n", "EICAR-Test-File"),
        ("esets_cli", "object=\"x\", virus=\"Eicar test file\", action=\"\"\n", "Eicar test file"),
        ("esets_scan", "name=\"x\", threat=\"Eicar\", action=\"\"\n", "Eicar"),
        ("bdscan", "/tmp/x  infected: EICAR-Test-File (not a virus)\n", "EICAR-Test-File (not a virus)"),
        ("avscan", "ALERT: [virus] /tmp/x <<< Eicar-Test-Signature ; virus ; x\n", "Eicar-Test-Signature"),
        ("antivir", "ALERT: [Eicar-Test-Signature virus] /tmp/x\n", "Eicar-Test-Signature"),
        ("drweb", "/tmp/x infected with EICAR Test File\n", "EICAR Test File"),
        ("vscan", "*** Found virus Eicar_test_file in file /tmp/x\n", "Eicar_test_file"),
        ("nvcc", "Possible virus in '/tmp/x' -> 'EICAR'\n", "EICAR"),
        ("csav", "/tmp/x  Infection: EICAR_Test_File\n", "EICAR_Test_File"),
        ("ikarus", "Signature 'Eicar' found\n", "'Eicar'"),
        ("avastcmd", "/tmp/x infected by: EICAR Test [virus]\n", "EICAR"),
        ("avast-scan", "/tmp/x\tEICAR Test-NOT virus!!!\n", "EICAR Test-NOT virus!!!"),
    ];
    let presets = presets();
    for (name, output, expected) in table {
        let preset = presets.iter().find(|preset| preset.name == name).unwrap();
        let pattern = preset.engine.virus_name.as_ref().unwrap().compile().unwrap();
        let found = pattern.captures(output).unwrap_or_else(|| panic!("{name}: nothing in {output}"));
        assert_eq!(&found[1], expected, "{name}");
    }
    for preset in &presets {
        let groups = preset.engine.virus_name.as_ref().map(|pattern| pattern.compile().unwrap().captures_len());
        assert!(groups.is_none_or(|groups| groups == 2), "{}", preset.name);
    }
}
