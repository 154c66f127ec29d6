//! What a program is started with, told by the kernel: each value has a name, and none depends on when it was asked.
//!
//! Programs of the system that change nothing about themselves tell it. A shell would let blocked signals through, perl ignores SIGFPE,
//! and Rust's start-up opens closed descriptors; so each is asked only for what it leaves alone.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// Name and value.
pub(crate) type Attributes = BTreeMap<String, String>;

/// Of /proc/self/status what belongs to the start and not to the run.
const STATUS: [&str; 28] = [
    "Umask",
    "Uid",
    "Gid",
    "Groups",
    "TracerPid",
    "PPid",
    "CoreDumping",
    "THP_enabled",
    "Threads",
    "SigPnd",
    "ShdPnd",
    "SigBlk",
    "SigIgn",
    "SigCgt",
    "CapInh",
    "CapPrm",
    "CapEff",
    "CapBnd",
    "CapAmb",
    "NoNewPrivs",
    "Seccomp",
    "Seccomp_filters",
    "Speculation_Store_Bypass",
    "SpeculationIndirectBranch",
    "Cpus_allowed_list",
    "Mems_allowed_list",
    "NSpgid",
    "NSsid",
];

/// Fields of /proc/self/stat (proc_pid_stat(5)), counted behind the name of the program.
const STAT: [(&str, usize); 7] = [
    ("process group", 2),
    ("session", 3),
    ("terminal", 4),
    ("foreground group", 5),
    ("nice", 16),
    ("real-time priority", 37),
    ("scheduling policy", 38),
];

/// Files that are a value each.
const FILES: [&str; 11] = [
    "/proc/self/cmdline",
    "/proc/self/environ",
    "/proc/self/oom_score_adj",
    "/proc/self/timers",
    "/proc/self/personality",
    "/proc/self/timerslack_ns",
    "/proc/self/coredump_filter",
    "/proc/self/loginuid",
    "/proc/self/cgroup",
    "/proc/thread-self/children",
    "/proc/self/fdinfo/0",
];

/// Links that are a value each.
const LINKS: [&str; 9] = [
    "/proc/self/cwd",
    "/proc/self/root",
    "/proc/self/ns/mnt",
    "/proc/self/ns/net",
    "/proc/self/ns/pid",
    "/proc/self/ns/user",
    "/proc/self/ns/ipc",
    "/proc/self/ns/uts",
    "/proc/self/ns/cgroup",
];

/// Rounded, as a moment passes between two starts.
const INTERVAL_TIMERS: &str = "print map { int($_ / 1000 + 0.5), ' ' } map { getitimer($_) } ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF";

/// All attributes of a start; `start` has a program started with these words, and gives what it printed.
pub(crate) fn attributes(start: impl Fn(&[&OsStr]) -> Vec<u8>) -> Attributes {
    let said = |words: &[&str]| as_text(&start(&words.iter().map(OsStr::new).collect::<Vec<_>>()));
    let files = ["/proc/self/status", "/proc/self/stat", "/proc/self/limits"];
    let head = ["/usr/bin/head", "--verbose", "--bytes=1000000"];
    let sections = said(&[&head[..], &files, &FILES].concat());
    let section = |name: &str| section_of(&sections, name);
    let mut all = of_status(&section("/proc/self/status"));
    all.extend(of_stat(&section("/proc/self/stat")));
    all.extend(section("/proc/self/limits").lines().skip(1).map(limit));
    all.extend(FILES.map(|name| (name.to_owned(), section(name))));
    let links = said(&[&["/usr/bin/readlink"][..], &LINKS].concat());
    all.extend(LINKS.map(str::to_owned).into_iter().zip(links.lines().map(str::to_owned)));
    all.insert("open descriptors".to_owned(), descriptors(&said(&["/bin/ls", "-og", "--time-style=+", "/proc/self/fd"])));
    all.insert("interval timers".to_owned(), said(&["/usr/bin/perl", "-MTime::HiRes=:DEFAULT,/ITIMER/,getitimer", "-e", INTERVAL_TIMERS]));
    all.insert("privileges and parent-death signal".to_owned(), said(&["/usr/bin/setpriv", "--dump"]));
    all.insert("I/O priority".to_owned(), said(&["/usr/bin/ionice"]));
    let odd = ["", "--", "-", "a b", "*", "$(x)", "\u{e9}"].map(OsStr::new);
    let words = [&["/usr/bin/printf", "%s\n"].map(OsStr::new)[..], &odd, &[OsStr::from_bytes(b"\xff\xfe")]].concat();
    all.insert("words".to_owned(), as_text(&start(&words)));
    all.insert("bytes of the message".to_owned(), said(&["/bin/cat"]));
    all
}

/// One character a byte, so that nothing is lost of what is no text.
fn as_text(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// What head(1) printed of one of its files.
fn section_of(sections: &str, name: &str) -> String {
    let (_, rest) = sections.split_once(&format!("==> {name} <==\n")).unwrap_or_else(|| panic!("no {name} in {sections}"));
    rest.split("\n==> /proc/").next().unwrap_or_default().to_owned()
}

fn of_status(status: &str) -> Attributes {
    let value =
        |name: &str| status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(|value| value.trim().to_owned());
    let own = value("Pid").unwrap();
    // Older kernels know fewer.
    let mut all: Attributes = STATUS.iter().filter_map(|name| Some(((*name).to_owned(), if_own(value(name)?, &own)))).collect();
    all.entry("SigIgn".to_owned()).and_modify(|ignored| *ignored = without_signals_of_the_c_library(ignored));
    all
}

fn of_stat(stat: &str) -> Attributes {
    let own = stat.split_once(' ').unwrap().0;
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    STAT.iter().map(|(name, at)| ((*name).to_owned(), if_own(fields[*at].to_owned(), own))).collect()
}

/// 32 and 33: the C library lets nobody set them, and has an answer to them once a thread is started. Whoever starts the tests may
/// ignore them all the same.
fn without_signals_of_the_c_library(signals: &str) -> String {
    format!("{:016x}", u64::from_str_radix(signals, 16).unwrap() & !(0b11 << 31))
}

/// A process that leads its group or session has another number each time.
fn if_own(value: String, own: &str) -> String {
    if value == own { "its own".to_owned() } else { value }
}

/// One line of /proc/self/limits: the name is set apart by blanks.
fn limit(line: &str) -> (String, String) {
    let (name, values) = line.split_once("  ").unwrap_or((line, ""));
    (format!("limit: {name}"), values.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Number, mode and file of each, but for the folder that is looked into.
fn descriptors(listed: &str) -> String {
    let own = |line: &&str| !line.contains("-> /proc/") && line.contains("->");
    listed.lines().filter(own).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join("\n")
}
