//! The numbers that each MTA is told, and that nothing is printed before exec but the one refusal line.

use crate::harness::{PLAIN, Site, infected};

/// Profile, and its numbers for "try again later" and "refused".
const PROFILES: [(&str, i32, i32); 7] = [
    ("postfix", 75, 77),
    ("sendmail", 75, 77),
    ("exim", 75, 77),
    ("opensmtpd", 75, 77),
    ("courier", 75, 77),
    ("qmail-command", 111, 100),
    ("qmail-queue", 71, 31),
];

fn infected_is(action: &str) -> Site {
    Site::with(&format!("policy.infected = {{ action = \"{action}\" }}"))
}

#[test]
fn every_profile_has_its_number_for_try_again_later() {
    for (profile, temporary, _) in PROFILES {
        infected_is("defer").deliver().option("--mta", profile).pipe(infected()).run().defers(temporary);
        Site::new().deliver().mda(["/nonexistent/mda"]).option("--mta", profile).pipe(PLAIN).run().defers(temporary);
        let site = Site::new();
        site.write("mailward.toml", "nonsense");
        site.deliver().option("--mta", profile).pipe(PLAIN).run().defers(temporary);
    }
}

#[test]
fn every_profile_has_its_number_for_a_refusal_and_says_why_on_one_line() {
    for (profile, _, refuse) in PROFILES {
        let site = infected_is("reject");
        let ended = site.deliver().option("--mta", profile).pipe(infected()).run();
        let line = if profile == "qmail-queue" { "" } else { "5.7.1 mail refused by policy: infected: Eicar-Test-Signature\n" };
        ended.exits(refuse).says(line).warns("").hands_on_nothing();
    }
}

#[test]
fn every_profile_says_0_when_a_message_is_dealt_with() {
    for (profile, _, _) in PROFILES {
        let site = infected_is("discard");
        site.deliver().option("--mta", profile).pipe(infected()).run().exits(0).is_silent().hands_on_nothing();
        let site = Site::new();
        site.configure(&format!("delivery.maildir = {:?}", site.path("Maildir")));
        site.command("deliver").option("--mta", profile).pipe(PLAIN).run().exits(0).is_silent();
    }
}

#[test]
fn the_refusal_line_holds_nothing_that_could_end_it() {
    let site = Site::with("policy.banned = { action = \"reject\" }");
    let message = "Content-Type: text/plain; name=\"=?utf-8?Q?a=0D=0A4=2E0=2E0_later=C3=A9.exe?=\"\n\nx\n";
    let ended = site.deliver().pipe(message).run();
    ended.exits(77).says("5.7.1 mail refused by policy: banned: a??4.0.0 later?.exe\n").warns("");
}

#[test]
fn the_caller_is_told_by_its_environment() {
    let table: [(&[&str], i32); 6] = [
        (&["DTLINE", "RPLINE", "SENDER"], 111),
        (&["DTLINE"], 75),
        (&["RPLINE"], 75),
        (&["LOCAL_PART", "QUALIFY_DOMAIN"], 75),
        (&["SENDER", "RECIPIENT", "SASL_USERNAME"], 75),
        (&[], 75),
    ];
    for (names, status) in table {
        let site = Site::new();
        let call = names.iter().fold(site.deliver(), |call, name| call.env(name, "x"));
        call.mda(["/nonexistent/mda"]).pipe(PLAIN).run().defers(status);
    }
}

#[test]
fn the_option_goes_before_the_configuration_and_that_before_the_environment() {
    let site = Site::with("delivery.mta = \"qmail-queue\"");
    let call = || site.deliver().env("DTLINE", "x").env("RPLINE", "x").mda(["/nonexistent/mda"]).pipe(PLAIN);
    call().run().defers(71);
    call().option("--mta", "postfix").run().defers(75);
    site.configure("delivery.mta = \"auto\"");
    call().run().defers(111);
}

#[test]
fn wrong_words_are_try_again_later_and_never_a_bounce() {
    let wrong: [&[&str]; 7] =
        [&["--sendr", "x"], &["--sender"], &["--mta", "nobody"], &["-x"], &["word"], &["--config"], &["--recipient", "a", "--no"]];
    for words in wrong {
        let site = Site::new();
        let call = words.iter().fold(site.bare("deliver"), |call, word| call.word(word));
        call.pipe(PLAIN).run().defers(75);
        let call = words.iter().fold(site.bare("deliver"), |call, word| call.word(word));
        call.env("DTLINE", "x").env("RPLINE", "x").pipe(PLAIN).run().defers(111);
    }
}

#[test]
fn wrong_words_behind_a_profile_get_the_number_of_that_profile() {
    for (profile, temporary, _) in PROFILES {
        Site::new().deliver().option("--mta", profile).word("--sendr").pipe(PLAIN).run().defers(temporary);
        Site::new().deliver().word(format!("--mta={profile}")).word("--sendr").pipe(PLAIN).run().defers(temporary);
        Site::new().bare("mda").word("-d").mda(["--mta", profile, "--sendr"]).pipe(PLAIN).run().defers(temporary);
    }
}

#[test]
fn a_command_that_does_not_exist_is_try_again_later() {
    for command in ["delivr", "--config", "", "quarantine-no", "--help", "--version", "-h", "-V"] {
        Site::new().bare(command).pipe(PLAIN).run().defers(75);
    }
    let site = Site::new();
    for command in ["deliver", "mda"] {
        site.bare(command).word("--help").pipe(PLAIN).run().defers(75);
    }
    // To a person, who sends no message, all of it is told.
    let nobody = || std::fs::File::open("/dev/null").unwrap();
    site.bare("delivr").given(nobody()).run().exits(75).says("");
    site.bare("--help").given(nobody()).run().exits(0).mentions(&["Usage: mailward"]);
    site.bare("deliver").word("--help").given(nobody()).run().exits(0).mentions(&["--sender"]);
}

#[test]
fn help_and_version_are_for_people() {
    for words in ["--help", "--version"] {
        let ended = Site::new();
        let ended = ended.bare(words).pipe("").run();
        ended.exits(0).mentions(&["mailward"]).warns("");
    }
}

#[test]
fn what_the_caller_reads_is_closed_and_the_mail_is_delivered_all_the_same() {
    for closed in ["exec >&-", "exec 2>&-", "exec >&- 2>&-"] {
        let site = Site::with("tag.header = \"\"");
        site.deliver().behind(closed).pipe(PLAIN).run().exits(0).hands_on(PLAIN);
        let site = infected_is("reject");
        site.deliver().behind(closed).pipe(infected()).run().exits(77).hands_on_nothing();
    }
}
