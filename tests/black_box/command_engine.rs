//! A program as an engine: what it gets to read, and what its exit code and words mean.

use crate::harness::{PLAIN, Site, attachment, base64, multipart, sh, sh_on_file};

/// A site whose scanner is this command, written as TOML.
fn scanner(command: &str, config: &str, keys: &str) -> Site {
    let site = Site::new();
    let command = command.replace("HERE", &site.path("").display().to_string());
    site.configure(&format!("{config}\n[[engine]]\nname = \"vendor\"\nkind = \"command\"\ncommand = {command}\n{keys}"));
    site
}

/// A site whose scanner is this script; `$1` is the file, and HERE the site's folder.
fn scanned_by(script: &str, config: &str, keys: &str) -> Site {
    scanner(&sh_on_file(script), config, keys)
}

const ACCEPTING: &str = "policy.infected = { action = \"accept\" }\npolicy.unscanned = { action = \"accept\" }\n\
                         policy.spam = { action = \"accept\" }";

#[test]
fn it_gets_the_message_as_a_file() {
    let site = scanned_by("cat \"$1\" > HERE/copy", "", "");
    site.deliver().pipe(PLAIN).run().exits(0);
    assert_eq!(site.read("copy"), PLAIN);
    assert!(site.names("tmp").is_empty(), "{:?} was left", site.names("tmp"));
}

#[test]
fn it_gets_the_message_on_its_stdin() {
    let site = scanner(&sh("cat > HERE/copy"), "", "input = \"stdin\"");
    site.deliver().pipe(PLAIN).run().exits(0).hands_on(format!("X-Mailward: clean\n{PLAIN}"));
    assert_eq!(site.read("copy"), PLAIN);
}

#[test]
fn it_gets_a_folder_with_a_file_for_each_decoded_part() {
    let site = scanned_by("ls \"$1\" > HERE/copy.names; cat \"$1\"/* > HERE/copy", "", "input = \"parts\"");
    let binary = format!("Content-Transfer-Encoding: base64\n{}", attachment("../../evil name", &base64(b"\0decoded\xff")));
    let quoted = "Content-Transfer-Encoding: quoted-printable\n\na=3Db=\nc\n";
    site.deliver().pipe(multipart(&[&binary, quoted])).run().exits(0);
    assert_eq!(std::fs::read(site.path("copy")).unwrap(), b"Hello.\n\0decoded\xffa=bc\n");
    assert_eq!(site.read("copy.names"), "part-0001\npart-0002\npart-0003\n");
    assert!(site.names("tmp").is_empty());
}

#[test]
fn nobody_else_can_read_what_it_gets() {
    let site = scanned_by("stat -c %a \"$1\" \"${1%/*}\" >&2; exit 1", ACCEPTING, "virus_name = '(?s)^(.*)$'");
    // 700 for the folder is what counts.
    let ended = site.deliver().behind("umask 0").pipe(PLAIN).run();
    assert!(ended.verdict().contains("?700"), "{}", ended.context());
}

#[test]
fn its_exit_code_means_what_the_lists_say() {
    let lists = "clean_codes = [0, 5]\ninfected_codes = [1, 7]\nsuspicious_codes = [8]";
    let table = [
        (0, "clean"),
        (5, "clean"),
        (1, "infected; engine=vendor; name=\"unnamed\"; action=accept"),
        (7, "infected; engine=vendor; name=\"unnamed\"; action=accept"),
        (8, "infected; engine=vendor; name=\"suspicious\"; action=accept"),
        (2, "unscanned; engine=vendor; name=\"exit-code\"; action=accept"),
        (127, "unscanned; engine=vendor; name=\"exit-code\"; action=accept"),
        (255, "unscanned; engine=vendor; name=\"exit-code\"; action=accept"),
    ];
    for (code, verdict) in table {
        let site = scanned_by(&format!("exit {code}"), ACCEPTING, lists);
        assert_eq!(site.deliver().pipe(PLAIN).run().verdict(), verdict, "code {code}");
    }
}

#[test]
fn without_lists_0_is_clean_and_1_infected() {
    for (code, class) in [(0, "clean"), (1, "infected"), (2, "unscanned"), (75, "unscanned")] {
        let site = scanned_by(&format!("exit {code}"), ACCEPTING, "");
        assert!(site.deliver().pipe(PLAIN).run().verdict().starts_with(class), "code {code}");
    }
}

#[test]
fn a_code_on_no_list_and_a_signal_defer_by_default() {
    for script in ["exit 2", "kill -KILL $$", "kill -SEGV $$"] {
        scanned_by(script, "", "").deliver().pipe(PLAIN).run().defers(75);
    }
}

#[test]
fn a_program_that_is_not_there_or_may_not_run_is_unscanned() {
    for program in ["/nonexistent/scanner", "/", "/etc/passwd"] {
        let site = scanner(&format!("[\"{program}\", \"{{file}}\"]"), "", "");
        site.deliver().pipe(PLAIN).run().defers(75);
        assert!(site.read("log").contains("vendor=failed(io)/"), "{}", site.read("log"));
    }
}

#[test]
fn the_name_of_the_virus_is_found_in_what_it_prints() {
    let table = [
        ("echo 'x Infection: Foo.Bar y'; exit 1", "Foo.Bar"),
        ("echo 'Infection: From.Stderr' >&2; exit 1", "From.Stderr"),
        ("echo 'Infection: a\"b;c=d'; exit 1", "a'b;c=d"),
        ("echo 'nothing like it'; exit 1", "unnamed"),
        ("printf 'Infection: \\377\\001x'; exit 1", "??x"),
        ("exit 1", "unnamed"),
    ];
    for (script, name) in table {
        let site = scanned_by(script, ACCEPTING, "virus_name = 'Infection: (\\S+)'");
        let expected = format!("infected; engine=vendor; name=\"{name}\"; action=accept");
        assert_eq!(site.deliver().pipe(PLAIN).run().verdict(), expected, "{script}");
    }
}

#[test]
fn a_spam_filter_finds_spam_and_its_failure_lets_mail_pass_by_default() {
    for (script, verdict) in [
        ("exit 1", "spam; engine=vendor; name=\"unnamed\"; action=tag"),
        ("exit 0", "clean"),
        ("exit 9", "spam_unscanned; engine=vendor; name=\"exit-code\"; action=accept"),
    ] {
        let site = scanned_by(script, "", "finds = \"spam\"");
        let ended = site.deliver().pipe(PLAIN).run();
        assert_eq!(ended.verdict(), verdict);
        let is_marked = String::from_utf8_lossy(&ended.message()).contains("Subject: {Spam?} hello\n");
        assert_eq!(is_marked, script == "exit 1");
    }
}

#[test]
fn its_environment_is_its_own_and_path_is_not_the_recipients() {
    let site = scanner(&sh("cat /proc/$$/environ | tr '\\0' '\\n' > HERE/env"), "", "input = \"stdin\"");
    let call =
        site.deliver().env("LD_PRELOAD_X", "evil").env("SENDER", "a@b").env("PATH", format!("{}:/usr/bin:/bin", site.path("").display()));
    call.pipe(PLAIN).run().exits(0);
    let mut got: Vec<String> = site.read("env").lines().map(str::to_owned).collect();
    got.sort();
    assert_eq!(got, ["LANG=C", "PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"]);
}
