//! Whether the machine can do what these tests ask of it, and what is said where it cannot.
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

const REQUIRE: &str = "MAILWARD_REQUIRE_MTA";

/// Whether strace is here and may trace; says so where not.
pub(crate) fn can_trace() -> bool {
    static CAN: OnceLock<bool> = OnceLock::new();
    *CAN.get_or_init(|| ensure("strace cannot trace here", Command::new("strace").args(["-o", "/dev/null", "/bin/true"])))
}

/// Whether file systems can be mounted in a name space of our own; says so where not.
pub(crate) fn can_mount() -> bool {
    let mount = "mount -t tmpfs -o size=64k,nr_inodes=8 mailward-test /tmp";
    ensure("no tmpfs can be mounted here", Command::new("unshare").args(["-Urm", "/bin/sh", "-c", mount]))
}

fn ensure(fault: &str, command: &mut Command) -> bool {
    let can = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    if !can {
        assert!(std::env::var_os(REQUIRE).is_none(), "{REQUIRE} is set, but {fault}");
        // Not eprintln!: the test harness would keep it to itself.
        let _ = writeln!(std::io::stderr(), "tests/faults skipped: {fault}");
    }
    can
}
