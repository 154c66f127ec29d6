//! `mailward mda ARGS -- OPTIONS`, the order of words that esets_mda takes, and the MDA of the configuration.

use crate::harness::{PLAIN, Site};

fn configured(words: &str) -> Site {
    let site = Site::new();
    site.configure(&format!("delivery.mda = [\"{}\"{words}]\ntag.header = \"\"", site.path("mda").display()));
    site
}

/// What the delivery agent was called with.
fn words(site: &Site) -> Vec<String> {
    let words = String::from_utf8(site.delivery("words")).unwrap();
    words.trim_end_matches('\0').split('\0').skip(1).map(str::to_owned).collect()
}

#[test]
fn its_words_come_first_and_stand_behind_those_of_the_configuration() {
    let site = configured(", \"-t\"");
    let call = site.bare("mda").word("-d").word("ann").word("--config").word("--sender");
    let call = call.mda(["--config", site.path("mailward.toml").to_str().unwrap(), "--sender", "x@y"]);
    call.pipe(PLAIN).run().exits(0).is_silent().hands_on(PLAIN);
    assert_eq!(words(&site), ["-t", "-d", "ann", "--config", "--sender"]);
}

#[test]
fn options_with_an_equals_sign_and_several_recipients_are_understood() {
    let site = configured("");
    let config = format!("--config={}", site.path("mailward.toml").display());
    site.bare("mda").mda([config.as_str(), "--sender=a@b", "--recipient=c@d", "--recipient=e@f"]).pipe(PLAIN).run().exits(0);
    assert!(words(&site).is_empty());
    assert!(site.read("log").contains(" from=a@b to=c@d,e@f "), "{}", site.read("log"));
}

#[test]
fn deliver_without_an_mda_takes_that_of_the_configuration() {
    let site = configured(", \"-a\", \"x y\"");
    site.command("deliver").pipe(PLAIN).run().exits(0).hands_on(PLAIN);
    assert_eq!(words(&site), ["-a", "x y"]);
}

#[test]
fn an_mda_on_the_command_line_replaces_that_of_the_configuration_whole() {
    let site = configured(", \"-a\"");
    site.deliver().mda_words(["-b"]).pipe(PLAIN).run().exits(0);
    assert_eq!(words(&site), ["-b"]);
}

#[test]
fn without_an_mda_and_a_maildir_it_is_deferred() {
    let site = Site::new();
    site.command("deliver").pipe(PLAIN).run().defers(75);
    site.bare("mda").word("-d").word("ann").mda(["--config", site.path("mailward.toml").to_str().unwrap()]).pipe(PLAIN).run().defers(75);
    assert!(site.read("log").contains("neither delivery.mda nor delivery.maildir"));
}

#[test]
fn a_wrong_option_behind_the_dashes_is_temporary() {
    let site = configured("");
    site.bare("mda").word("-d").mda(["--sendr", "x"]).pipe(PLAIN).run().defers(75);
}
