//! Other users of the machine, for what only shows between two of them.

/// A user without rights.
pub(crate) const NOBODY: u32 = 65534;

/// One more; the number need not have a name.
pub(crate) const OTHER: u32 = 65533;

/// Whether whoever runs the tests may become other users.
pub(crate) fn runs_as_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Whether tests can become other users; says so where they cannot.
pub(crate) fn is_root() -> bool {
    let is_root = runs_as_root();
    if !is_root {
        use std::io::Write;
        // Not eprintln!: the test harness would keep it to itself.
        let _ = writeln!(std::io::stderr(), "a black-box test was skipped: it must run as root to become other users");
    }
    is_root
}
