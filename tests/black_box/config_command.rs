//! `mailward config`: every value in force for an envelope, and the file and line that set it.

use crate::harness::Site;

const CONFIG: &str = "
limits.parts = 7
[profile.base]
tag.header = \"X-Base\"
[profile.partner]
inherit = \"base\"
notice.language = \"es\"
skip = [\"spam\"]
[[match]]
sender = \"*@partner\"
recipient = \"*@own\"
profile = \"partner\"
[[engine]]
name = \"clamav\"
kind = \"clamd\"
address = [\"unix:/run/clamd\"]
";

/// The line of the configuration that begins so, as an origin.
fn origin(site: &Site, start: &str) -> String {
    let line = site.read("mailward.toml").lines().position(|line| line.starts_with(start)).unwrap() + 1;
    format!("  # {}:{line}", site.path("mailward.toml").display())
}

#[test]
fn one_key_is_shown_with_the_line_that_set_it() {
    let site = Site::with(CONFIG);
    let expected = format!("limits.parts = 7{}\n", origin(&site, "limits.parts"));
    site.command("config").word("limits.parts").run().exits(0).says(&expected).warns("");
    site.command("config").word("limits.deadline").run().exits(0).says("limits.deadline = \"4m\"  # default\n");
}

#[test]
fn it_shows_what_holds_for_an_envelope() {
    let site = Site::with(CONFIG);
    let header = |from: &str, to: &str| site.command("config").option("--from", from).option("--to", to).word("tag.header").run().stdout();
    let by_profile = format!("tag.header = \"X-Base\"{} (profile base)\n", origin(&site, "tag.header"));
    assert_eq!(header("a@partner", "b@own"), by_profile);
    assert_eq!(header("a@other", "b@own"), "tag.header = \"X-Mailward\"  # default\n");
    assert_eq!(header("a@partner", "b@other"), "tag.header = \"X-Mailward\"  # default\n");
    let language = site.command("config").option("--from", "a@partner").option("--to", "b@own").word("notice.language").run();
    language.says(&format!("notice.language = \"es\"{} (profile partner)\n", origin(&site, "notice.language")));
}

#[test]
fn a_section_is_shown_whole() {
    let site = Site::with(CONFIG);
    let ended = site.command("config").word("limits").run();
    ended.exits(0).mentions(&["limits.message_size = \"64M\"", "limits.parts = 7", "limits.parallel = 0"]);
    assert!(ended.stdout().lines().all(|line| line.starts_with("limits.")));
    site.command("config").word("engine").run().exits(0).mentions(&["[[engine]]  # ", "\nname = \"clamav\"\n", "timeout = \"1m\""]);
}

#[test]
fn without_a_key_everything_is_shown_and_is_itself_a_configuration() {
    let site = Site::with(
        "limits.parts = 7\nattachments.rules = [ { name = '^a\\.exe$', action = \"allow\" } ]\n[[engine]]\nname = \"x\"\nkind = \"clamd\"\naddress = [\"unix:/x\"]\n",
    );
    let shown = site.command("config").run();
    shown.exits(0).warns("");
    site.write("mailward.toml", shown.stdout());
    site.command("check").run().exits(0);
    let values = |text: &str| text.lines().map(|line| line.split("  # ").next().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(values(&site.command("config").run().stdout()), values(&shown.stdout()));
}

#[test]
fn what_a_profile_skips_is_shown() {
    let site = Site::with(CONFIG);
    site.command("config").option("--from", "a@partner").option("--to", "b@own").run().exits(0).mentions(&["# skipped: [\"spam\"]"]);
}

#[test]
fn a_key_that_is_not_there_is_said() {
    let site = Site::new();
    for key in ["limits.partz", "limit", "limits.", "x"] {
        let ended = site.command("config").word(key).run();
        ended.exits(1).says("");
        assert!(ended.stderr().contains(key) && ended.stderr().contains("no such key"), "{}", ended.context());
    }
}

#[test]
fn a_broken_configuration_is_said() {
    let site = Site::new();
    site.write("mailward.toml", "limits.partz = 3\n");
    let ended = site.command("config").run();
    ended.exits(1).says("");
    assert!(ended.stderr().contains("mailward.toml:1:8: limits.partz"), "{}", ended.context());
}
