//! The manual pages are good mdoc.

use crate::blocks::{root, text};
use crate::page::{COMMANDS, CONFIGURATION};
use crate::program::has;
use std::process::Command;

#[test]
fn mandoc_has_nothing_to_say_about_the_pages() {
    if !has("mandoc") {
        return;
    }
    // In their own folder, where mandoc finds the page that the other refers to.
    let mut mandoc = Command::new("mandoc");
    mandoc.args(["-Tlint", "-Wall"]).args([COMMANDS, CONFIGURATION].map(|path| root().join(path))).current_dir(root().join("man"));
    let output = mandoc.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    // Whether the pages of other programs are installed says nothing about ours.
    let said: Vec<&str> = said.lines().filter(|line| !line.contains("referenced manual not found")).collect();
    assert!(said.is_empty(), "{said:#?}");
}

#[test]
fn the_pages_have_the_sections_that_an_administrator_looks_for() {
    let sections = |path: &str| text(path).lines().filter_map(|line| line.strip_prefix(".Sh ")).map(str::to_owned).collect::<Vec<_>>();
    let wanted = ["EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES", "DIAGNOSTICS", "SECURITY CONSIDERATIONS"];
    let commands = sections(COMMANDS);
    assert!(wanted.iter().all(|title| commands.iter().any(|section| section == title)), "{commands:?}");
    let configuration = sections(CONFIGURATION);
    assert!(["FILES", "EXAMPLES", "DIAGNOSTICS"].iter().all(|title| configuration.iter().any(|section| section == title)));
}
