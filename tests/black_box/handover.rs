//! The delivery agent starts as if we were not there: its words, its stdin, its environment, its signals, its descriptors.

use crate::harness::{PLAIN, Site};
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;

#[test]
fn the_words_of_the_mda_are_untouched() {
    let site = Site::new();
    let words = ["-a", "", "--", "--config", "a b", "$(touch X)", "é\u{202e}", "*", "-"];
    site.deliver().mda_words(words).pipe(PLAIN).run().exits(0).is_silent();
    let got = String::from_utf8(site.delivery("words")).unwrap();
    let got: Vec<&str> = got.trim_end_matches('\0').split('\0').collect();
    assert_eq!(got[0], site.path("mda").to_str().unwrap());
    assert_eq!(got[1..], words);
    assert!(!site.path("X").exists());
}

#[test]
fn words_that_are_no_text_pass() {
    use std::os::unix::ffi::OsStrExt;
    let site = Site::new();
    let word = std::ffi::OsStr::from_bytes(b"\xff\xfe");
    site.deliver().mda_words([word]).pipe(PLAIN).run().exits(0);
    assert!(site.delivery("words").ends_with(b"\0\xff\xfe\0"));
}

#[test]
fn a_bare_name_is_looked_for_in_path_and_stays_the_first_word() {
    let site = Site::new();
    let script = "cat >/dev/null; tr '\\0' ' ' </proc/$$/cmdline";
    let ended = site.deliver().mda(["sh", "-c", script, "x"]).pipe(PLAIN).run();
    ended.exits(0);
    assert!(ended.stdout().starts_with("sh -c "), "{}", ended.context());
}

#[test]
fn the_environment_and_the_folder_are_the_callers() {
    let site = Site::new();
    let call = site.deliver().env("SENDER", "a@b").env("ODD", "x\ny=z").env("MAILWARD_CONFIG", "/nowhere").pipe(PLAIN);
    call.run().exits(0);
    let got = String::from_utf8(site.delivery("environment")).unwrap();
    let mut got: Vec<&str> = got.trim_end_matches('\0').split('\0').collect();
    got.sort_unstable();
    let temp = format!("TMPDIR={}", site.path("tmp").display());
    assert_eq!(got, ["MAILWARD_CONFIG=/nowhere", "ODD=x\ny=z", "PATH=/usr/bin:/bin", "SENDER=a@b", temp.as_str()]);
    let folder = fs::canonicalize(site.path("")).unwrap();
    assert_eq!(String::from_utf8(site.delivery("folder")).unwrap().trim_end(), folder.to_str().unwrap());
}

#[test]
fn the_message_is_on_a_seekable_stdin_at_its_beginning() {
    for config in ["", "tag.header = \"\""] {
        let site = Site::with(config);
        // Read twice: what cannot be sought back would be empty the second time.
        let script = "cat /proc/self/fdinfo/0; perl -e 'local $/; my $a = <STDIN>; seek STDIN, 0, 0 or exit 9; exit !($a eq <STDIN>)'";
        for call in [site.deliver().pipe(PLAIN), site.deliver().file(PLAIN), site.deliver().file_from(PLAIN, 3)] {
            call.mda_script(script).run().exits(0).mentions(&["pos:\t0\n"]);
        }
    }
}

#[test]
fn a_file_is_handed_on_itself_when_nothing_changed() {
    let site = Site::with("tag.header = \"\"");
    let ended = site.deliver().mda(["stat", "-L", "-c", "%d:%i", "/dev/stdin"]).file(PLAIN).run();
    let given = fs::metadata(site.path("stdin")).unwrap();
    ended.exits(0).says(&format!("{}:{}\n", given.dev(), given.ino()));
}

#[test]
fn a_file_is_not_written_to_when_something_changed() {
    let site = Site::new();
    site.deliver().file(PLAIN).run().exits(0).hands_on(format!("X-Mailward: clean\n{PLAIN}"));
    assert_eq!(site.read("stdin"), PLAIN);
}

#[test]
fn from_the_middle_of_a_file_only_the_rest_is_the_message() {
    let site = Site::with("tag.header = \"\"");
    site.deliver().file_from(format!("envelope\n{PLAIN}"), 9).run().exits(0).hands_on(PLAIN);
}

#[test]
fn no_descriptor_of_ours_is_left_open_and_those_of_the_caller_are() {
    let site = Site::new();
    let open = |behind: &str| site.deliver().behind(behind).mda(["/bin/ls", "/proc/self/fd"]).pipe(PLAIN).run().stdout();
    for behind in ["true", "exec 7</dev/null"] {
        let script = format!("{behind}; exec /bin/ls /proc/self/fd");
        let direct = std::process::Command::new("/bin/sh").args(["-c", &script]).stdin(std::process::Stdio::piped()).output().unwrap();
        assert_eq!(open(behind), String::from_utf8_lossy(&direct.stdout), "{behind}");
    }
}

#[test]
fn signals_that_the_caller_ignores_or_blocks_stay_so_and_others_do_not() {
    let site = Site::new();
    let states =
        ["--ignore-signal=HUP,PIPE,CHLD,TERM,XFSZ,USR1", "--block-signal=USR2,ALRM", "--ignore-signal=INT", "--default-signal=PIPE"];
    for state in states {
        let plain = direct_state(&site, state);
        let ours = site.deliver().through(["env", state]).mda(["grep", "^Sig[BIC]", "/proc/self/status"]).pipe(PLAIN).run().stdout();
        assert_eq!(ours, plain, "{state}");
    }
}

/// What a program sees that is started without mailward.
fn direct_state(site: &Site, state: &str) -> String {
    site.bare("^Sig[BIC]").program("grep").through(["env", state]).word("/proc/self/status").run().stdout()
}

#[test]
fn umask_and_limits_are_the_callers() {
    let site = Site::new();
    let script = "cat >/dev/null; umask; ulimit -n; ulimit -c";
    let ended = site.deliver().behind("umask 027; ulimit -n 77; ulimit -c 3").mda_script(script).pipe(PLAIN).run();
    ended.exits(0).says("0027\n77\n3\n");
}

#[test]
fn our_deadline_does_not_follow_the_mda() {
    let site = Site::with("limits.deadline = \"1s\"");
    site.deliver().mda_script("sleep 1.3; cat >/dev/null; echo alive").pipe(PLAIN).run().exits(0).says("alive\n");
}

#[test]
fn the_mda_may_print_and_its_words_are_all_there_is() {
    let site = Site::with("log.to = \"stderr\"\nlog.level = \"error\"");
    let ended = site.deliver().mda_script("echo out; echo err >&2").pipe(PLAIN).run();
    ended.exits(0).says("out\n").warns("err\n");
}

#[test]
fn an_empty_file_as_stdin_and_the_null_device_are_empty_messages() {
    let site = Site::new();
    for file in [site.write("empty", ""), "/dev/null".into()] {
        site.deliver().given(File::open(file).unwrap()).mda_script("wc -c").run().exits(0).says("0\n");
    }
}
