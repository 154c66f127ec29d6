//! Every example runs: configurations pass `mailward check`, commands end well in a scratch folder.

use crate::blocks::{Block, fenced, files, literal, root, text};
use crate::page::{COMMANDS, CONFIGURATION};
use crate::program::{Scratch, both};

/// A message in which nothing is found, so that the examples of the manual keep nothing on this machine.
const CLEAN: &str = "From: Ann <ann@example.org>\nTo: bob@example.com\nSubject: lunch\n\nToday at noon?\n";

#[test]
fn every_configuration_in_the_readme_and_the_manual_passes_check() {
    let blocks: Vec<Block> = fenced("README.md", "toml").into_iter().chain(literal(CONFIGURATION, "toml")).collect();
    assert!(blocks.len() > 7, "only {} configurations were found", blocks.len());
    for block in blocks {
        let scratch = Scratch::new();
        scratch.write("mailward.toml", &block.text);
        scratch.sh(&block.place, "mailward check --config mailward.toml");
    }
}

#[test]
fn every_configuration_in_contrib_passes_check() {
    let configurations: Vec<_> = files("contrib").into_iter().filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    assert!(!configurations.is_empty());
    for path in configurations {
        Scratch::new().sh(&path.display().to_string(), &format!("mailward check --config '{}'", root().join(&path).display()));
    }
}

#[test]
fn the_commands_of_the_readme_run_one_after_the_other() {
    let scratch = Scratch::new();
    let blocks = fenced("README.md", "sh");
    let printed: Vec<String> = blocks.iter().map(|block| scratch.sh(&block.place, &block.text)).collect();
    let all = printed.concat();
    for promised in ["X-Mailward: banned; engine=attachment; name=\"setup.exe\"; action=strip; id=", "\"findings\"", "policy.banned"] {
        assert!(all.contains(promised), "{promised} in\n{all}");
    }
    let report = std::fs::read_to_string(scratch.path().join("report.json")).unwrap();
    assert!(report.contains("\"class\": \"banned\""), "{report}");
}

#[test]
fn the_commands_of_the_manual_run() {
    let scratch = Scratch::new();
    scratch.write("message.eml", CLEAN);
    scratch.write("new.toml", &text("contrib/mailward.toml"));
    let blocks = literal(COMMANDS, "sh");
    assert!(blocks.len() > 2);
    for block in blocks {
        for line in block.text.lines() {
            scratch.sh(&block.place, line.strip_prefix("$ ").expect("a prompt"));
        }
    }
}

#[test]
fn without_a_configuration_what_runs_by_itself_is_cut_out_as_the_readme_says() {
    let scratch = Scratch::new();
    let message = CLEAN.replace("\n\n", "\nContent-Type: application/octet-stream; name=a.exe\n\n");
    let explained = both(&scratch.run("mailward", &["explain", "--config", "/dev/null"], &message));
    assert!(explained.contains("action accept, treatments strip"), "{explained}");
}

#[test]
fn every_path_that_the_readme_names_is_there() {
    let readme = text("README.md");
    let quoted = readme.split('`').skip(1).step_by(2);
    let links = readme.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let folders = ["tests/", "src/", "contrib/", "man/"];
    let paths: Vec<&str> = quoted.filter(|text| folders.iter().any(|folder| text.starts_with(folder))).chain(links).collect();
    assert!(paths.len() > 8, "{paths:?}");
    for path in paths {
        assert!(root().join(path).exists(), "README.md names {path}");
    }
}
