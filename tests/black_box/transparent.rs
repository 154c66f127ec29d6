//! The MDA starts in the same state as if we were not there: what the kernel says of it is compared with a start without mailward, by
//! the same parent in a state that is nobody's default.

use crate::harness::{PLAIN, Site};
use std::collections::BTreeMap;
use std::fs::File;
use std::process::{Command, Stdio};

/// What of /proc/self/status belongs to the state that a program is started in.
const STATUS: [&str; 18] = [
    "Uid",
    "Gid",
    "Groups",
    "NoNewPrivs",
    "Seccomp",
    "SigPnd",
    "ShdPnd",
    "SigBlk",
    "SigIgn",
    "SigCgt",
    "Umask",
    "CapInh",
    "CapPrm",
    "CapEff",
    "CapBnd",
    "CapAmb",
    "Threads",
    "Cpus_allowed",
];

/// Fields of /proc/self/stat (proc_pid_stat(5)), counted behind the name of the program.
const STAT: [(&str, usize); 6] =
    [("parent", 1), ("process group", 2), ("session", 3), ("terminal", 4), ("nice", 16), ("scheduling policy", 38)];

/// Each a program as the MDA, which tells of itself.
const TOLD: [(&str, &[&str]); 12] = [
    ("limits", &["cat", "/proc/self/limits"]),
    ("environment", &["cat", "/proc/self/environ"]),
    ("words", &["cat", "/proc/self/cmdline"]),
    ("oom score", &["cat", "/proc/self/oom_score_adj"]),
    ("timers", &["cat", "/proc/self/timers"]),
    ("personality", &["cat", "/proc/self/personality"]),
    ("folder", &["readlink", "/proc/self/cwd"]),
    ("root", &["readlink", "/proc/self/root"]),
    ("descriptors", &["ls", "/proc/self/fd"]),
    ("offset and mode of stdin", &["head", "-n2", "/proc/self/fdinfo/0"]),
    ("kind of stdin", &["stat", "-L", "-c", "%F %i", "/proc/self/fd/0"]),
    ("message", &["cat"]),
];

/// A parent that has changed all that it can, and then becomes what follows.
fn parent(site: &Site) -> Command {
    let mut command = Command::new("/bin/sh");
    let script = "umask 027; ulimit -n 200; ulimit -c 0; ulimit -f 90000; exec 7</dev/null; exec nice -n 3 env --ignore-signal=HUP,QUIT,CHLD \
                  --block-signal=USR2,TERM,ALRM \"$@\"";
    command.args(["-c", script, "sh"]).env_clear().envs([("PATH", "/usr/bin:/bin"), ("SENDER", "ann@a"), ("EMPTY", "")]);
    command.current_dir(site.path("tmp"));
    command
}

/// What the program says, started as the words before it say.
fn said(site: &Site, before: &[String], program: &[&str]) -> String {
    let mut command = parent(site);
    command.args(before).args(program);
    let stdin = File::open(site.path("message")).unwrap();
    let ended = command.stdin(stdin).stderr(Stdio::piped()).output().unwrap();
    assert!(ended.status.success() && ended.stderr.is_empty(), "{program:?}: {ended:?}\n{}", site.read("log"));
    String::from_utf8(ended.stdout).unwrap()
}

fn attributes(site: &Site, before: &[String]) -> BTreeMap<String, String> {
    let status = said(site, before, &["cat", "/proc/self/status"]);
    let of_status = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.unwrap_or_else(|| panic!("no {name} in {status}")).to_owned()
    };
    let stat = said(site, before, &["cat", "/proc/self/stat"]);
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let from_status = STATUS.iter().map(|name| ((*name).to_owned(), of_status(name)));
    let from_stat = STAT.iter().map(|(name, at)| ((*name).to_owned(), fields[*at].to_owned()));
    let told = TOLD.iter().map(|(name, program)| ((*name).to_owned(), said(site, before, program)));
    from_status.chain(from_stat).chain(told).collect()
}

#[test]
fn every_attribute_of_the_mda_is_that_of_a_start_without_us() {
    let site = Site::with("tag.header = \"\"");
    site.write("message", PLAIN);
    let config = site.path("mailward.toml").display().to_string();
    let with: Vec<String> = [env!("CARGO_BIN_EXE_mailward"), "deliver", "--config", &config, "--"].map(str::to_owned).to_vec();
    let (direct, behind) = (attributes(&site, &[]), attributes(&site, &with));
    assert_eq!(direct.len(), STATUS.len() + STAT.len() + TOLD.len());
    // The parent has set something that the comparison would miss if it were lost.
    assert!(direct["SigIgn"].contains('1') && !direct["SigBlk"].trim_start_matches(['\t', '0']).is_empty() && direct["nice"] == "3");
    let differing: Vec<_> = direct.iter().filter(|(name, value)| behind[*name] != **value).collect();
    assert!(differing.is_empty(), "{differing:#?} became {:#?}", differing.iter().map(|(name, _)| &behind[*name]).collect::<Vec<_>>());
}
