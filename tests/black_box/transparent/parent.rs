//! The parent that starts the MDA with and without mailward: in states that are nobody's default.

use super::raw;
use crate::harness::Site;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::process::{Command, Stdio};

/// How a parent comes into its state.
#[derive(Clone, Copy)]
pub(crate) enum Start {
    /// A shell does this, and becomes what follows: `"$@"`.
    Shell(&'static str),
    /// These are the entries of the environment, and nobody puts them in order.
    Environment(&'static [&'static [u8]]),
    /// A filter of system calls is in force.
    Filter,
}

/// States of a parent, each with the attribute that shows that it took hold.
pub(crate) const STATES: [(&str, &str, Start); 20] = [
    ("nothing is odd", "nice", Start::Shell("exec \"$@\"")),
    (
        "signals ignored and blocked",
        "SigIgn",
        Start::Shell("exec env --ignore-signal=HUP,PIPE,CHLD,QUIT,XFSZ,USR1 --block-signal=USR2,TERM,ALRM,CHLD,RTMIN+3 \"$@\""),
    ),
    ("SIGPIPE is ignored", "SigIgn", Start::Shell("exec env --ignore-signal=PIPE \"$@\"")),
    ("SIGCHLD is ignored", "SigIgn", Start::Shell("exec env --ignore-signal=CHLD \"$@\"")),
    ("all signals are ignored", "SigIgn", Start::Shell("exec env --ignore-signal \"$@\"")),
    ("all signals are blocked", "SigBlk", Start::Shell("exec env --block-signal \"$@\"")),
    (
        "limits",
        "limit: Max open files",
        Start::Shell("ulimit -n 200; ulimit -c 0; ulimit -f 90000; ulimit -s 4096; ulimit -t 900; ulimit -v 9000000; exec \"$@\""),
    ),
    ("umask and nice", "nice", Start::Shell("umask 027; exec nice -n 5 \"$@\"")),
    ("more descriptors", "open descriptors", Start::Shell("exec 3</dev/null 4>&2 6>/dev/null 9<&0 \"$@\"")),
    ("stderr is closed", "open descriptors", Start::Shell("exec 2>&- \"$@\"")),
    ("a session of its own", "session", Start::Shell("exec setsid \"$@\"")),
    ("no new privileges", "NoNewPrivs", Start::Shell("exec setpriv --no-new-privs \"$@\"")),
    ("the first to go without memory", "/proc/self/oom_score_adj", Start::Shell("exec choom -n 700 -- \"$@\"")),
    ("another user with more groups", "Groups", Start::Shell("exec setpriv --reuid 65534 --regid 65533 --groups 4,20,24 \"$@\"")),
    (
        "few capabilities, and a signal when the parent ends",
        "privileges and parent-death signal",
        Start::Shell("exec setpriv --bounding-set -sys_time --inh-caps +net_raw --securebits +noroot --pdeathsig USR2 \"$@\""),
    ),
    (
        "an alarm is on its way",
        "interval timers",
        Start::Shell("exec perl -MTime::HiRes=setitimer,ITIMER_REAL -e 'setitimer(ITIMER_REAL, 900e3, 70e3); exec @ARGV' -- \"$@\""),
    ),
    ("a folder that is gone", "/proc/self/cwd", Start::Shell("mkdir -p gone; cd gone; rmdir ../gone; exec \"$@\"")),
    (
        "a folder that is closed",
        "/proc/self/cwd",
        Start::Shell("mkdir -p -m 0 closed; cd closed; exec setpriv --reuid 65534 --clear-groups \"$@\""),
    ),
    (
        "another scheduling, and addresses that are not random",
        "scheduling policy",
        Start::Shell("exec chrt --batch 0 ionice -c 3 taskset 1 setarch --addr-no-randomize \"$@\""),
    ),
    ("system calls are filtered", "Seccomp", Start::Filter),
];

/// What an environment may hold beyond variables: a name twice, no name, no value, no text.
pub(crate) const ODD_ENVIRONMENT: Start = Start::Environment(&[
    b"SENDER=ann@a",
    b"SENDER=eve@b",
    b"IFS=x \t",
    b"BYTES=\xff\xfe=",
    b"NO_VALUE",
    b"=no name",
    b"",
    b"ENV=/nonexistent",
    b"RUST_BACKTRACE=full",
]);

/// What the MDA of `words` says, started as the words `before` it say by a parent in a state. The message is in a file.
pub(crate) fn start(site: &Site, state: Start, before: &[OsString], words: &[&OsStr]) -> Vec<u8> {
    let words: Vec<OsString> = before.iter().cloned().chain(words.iter().map(OsString::from)).collect();
    let mut command = command(state, &words);
    command.current_dir(site.path("tmp")).stdin(File::open(site.path("message")).unwrap());
    // Files of the same name at both starts, where pipes would be others each time.
    let (stdout, stderr) = (site.write("stdout", ""), site.write("stderr", ""));
    let open = |path| File::options().write(true).open(path).unwrap();
    let ended = command.stdout(open(&stdout)).stderr(open(&stderr)).status().unwrap();
    let (warnings, log) = (site.read("stderr"), site.read("log"));
    let last = log.lines().last().unwrap_or_default();
    assert!(ended.success() && warnings.is_empty(), "{words:?}: {ended}\n{warnings}{last}");
    std::fs::read(stdout).unwrap()
}

fn command(state: Start, words: &[OsString]) -> Command {
    let script = match state {
        Start::Environment(entries) => return raw::with_environment(words, entries),
        Start::Shell(script) => script,
        Start::Filter => "exec \"$@\"",
    };
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script, "sh"]).args(words).stdin(Stdio::null());
    command.env_clear().envs([("PATH", "/usr/bin:/bin"), ("SENDER", "ann@a"), ("EMPTY", "")]);
    if matches!(state, Start::Filter) {
        raw::filter_system_calls(&mut command);
    }
    command
}
