//! `mailward check`: every fault of the configuration with its place, and with --live whether the engines do their work.

use crate::harness::{Asked, Clamd, Site, eicar, sh};

#[test]
fn a_good_configuration_has_no_errors() {
    let site = Site::new();
    site.command("check").run().exits(0).says(&format!("{}: no errors\n", site.path("mailward.toml").display())).warns("");
}

#[test]
fn every_fault_is_told_at_once_with_line_and_column() {
    let text = "limits.partz = 3\n\
                limits.nesting = \"deep\"\n\
                [log]\n\
                to = 3\n  level = \"loud\"\n\
                [policy]\n\
                infected = { acton = \"accept\" }\n\
                banned = { action = \"acept\" }\n\
                [[match]]\n\
                sender = \"*\"\n\
                profile = \"no-such\"\n\
                [[engine]]\n\
                name = \"x\"\n\
                kind = \"clamd\"\n\
                address = [\"/run/clamd\"]\n";
    let site = Site::new();
    let file = site.write("mailward.toml", text).display().to_string();
    let ended = site.command("check").run();
    ended.exits(1).warns("");
    let said = ended.stdout();
    let lines: Vec<&str> = said.lines().collect();
    let expected = [
        ":1:8: limits.partz: no such key; did you mean limits.parts?",
        ":2:18: limits.nesting: expected a number",
        ":4:6: log.to: expected a string",
        ":5:11: log.level: expected one of \"error\" \"warning\" \"info\"",
        ":7:14: policy.infected.acton: no such key; did you mean action?",
        ":8:21: policy.banned.action: expected one of",
        ":11:11: match.profile: no profile \"no-such\"; write [profile.no-such]",
        ":15:12: engine.address: expected \"unix:/path/of/socket\"",
    ];
    for text in expected {
        let whole = format!("{file}{text}");
        assert!(lines.iter().any(|line| line.starts_with(&whole)), "{whole} in\n{said}");
    }
}

#[test]
fn what_is_no_toml_is_told_with_its_place() {
    let site = Site::new();
    let file = site.write("mailward.toml", "[log]\nto = \"x\nlevel = = 3\n").display().to_string();
    let ended = site.command("check").run();
    ended.exits(1);
    assert!(ended.stdout().contains(&format!("{file}:2:")) && ended.stdout().contains(&format!("{file}:3:")), "{}", ended.context());
}

#[test]
fn a_missing_file_is_said() {
    let site = Site::new();
    let ended = site.bare("check").option("--config", "/nonexistent/mailward.toml").run();
    ended.exits(1).says("");
    assert!(ended.stderr().contains("/nonexistent/mailward.toml: cannot read the configuration"), "{}", ended.context());
}

#[test]
fn a_value_that_no_terminal_should_see_is_not_printed_as_it_is() {
    let site = Site::new();
    site.write("mailward.toml", "\"a\\u001b[31mb\" = 1\nlog.level = \"\\u001b[31mred\"\n");
    let ended = site.command("check").run();
    ended.exits(1);
    assert!(!ended.stdout().contains('\x1b'), "{}", ended.context());
}

#[test]
fn live_asks_each_engine_for_its_version_and_a_test_file() {
    let site = Site::new();
    let clamd = Clamd::that_says(&site.path("clamd"), "fd[9]: Eicar-Test-Signature FOUND");
    site.configure(&clamd.engine());
    let ended = site.command("check").word("--live").run();
    ended.exits(0).mentions(&[
        "engine clamav: ClamAV 1.4.3/27000/Mon Jan  1 00:00:00 2024, signatures ",
        " days old; test file found: Eicar-Test-Signature",
    ]);
    let scanned = clamd.asked().into_iter().find_map(|asked| match asked {
        Asked::Descriptor(bytes) => Some(String::from_utf8(bytes).unwrap()),
        _ => None,
    });
    assert!(scanned.unwrap().contains(&eicar()));
}

#[test]
fn live_says_what_is_wrong_with_an_engine() {
    let site = Site::new();
    let blind = Clamd::that_says(&site.path("blind"), "fd[9]: OK");
    let failing = Clamd::that_says(&site.path("failing"), "fd[9]: broken ERROR");
    let engine = |name: &str, address: &str| {
        format!("[[engine]]\nname = \"{name}\"\nkind = \"clamd\"\naddress = [{address:?}]\ntimeout = \"1s\"\nretry = \"0s\"\n")
    };
    let command = |name: &str, script: &str| {
        format!("[[engine]]\nname = \"{name}\"\nkind = \"command\"\ncommand = {}\ninput = \"stdin\"\n", sh(script))
    };
    let engines = [
        engine("blind", &blind.address),
        engine("failing", &failing.address),
        engine("absent", "unix:/nonexistent"),
        command("clean", "exit 0"),
        command("finds", "exit 1"),
        command("spam", "grep -q GTUBE && exit 1") + "finds = \"spam\"\n",
    ];
    site.configure(&engines.concat());
    site.command("check").word("--live").run().exits(1).mentions(&[
        "engine blind: ClamAV 1.4.3",
        "the test file was NOT found",
        "engine failing: ClamAV 1.4.3/27000/Mon Jan  1 00:00:00 2024, signatures ",
        " days old; it could not scan: fd[9]: broken ERROR",
        "engine absent: no connection to /nonexistent",
        "engine clean: /bin/sh; the test file was NOT found",
        "engine finds: /bin/sh; test file found: unnamed",
        "engine spam: /bin/sh; test file found: unnamed",
    ]);
}

#[test]
fn live_without_engines_says_so() {
    Site::new().command("check").word("--live").run().exits(0).mentions(&["no engines are configured"]);
}
