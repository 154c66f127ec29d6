//! What the machine must offer: root, clamd, mmdebstrap, and the accounts that mail is delivered to.
//!
//! Accounts are made once and kept: making one changes /etc/passwd, and doing that in every run gains nothing. They have no home, no
//! shell and no password.
use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The account that mail is sent to.
pub(crate) const RECIPIENT: &str = "mwtest";
/// The account that mail is sent from, and that bounces go back to.
pub(crate) const SENDER: &str = "mwsender";
/// All of them.
pub(crate) const ACCOUNTS: [&str; 2] = [RECIPIENT, SENDER];
/// The domain that all test mail stays in; `.test` is reserved (RFC 6761).
pub(crate) const DOMAIN: &str = "mailward.test";

pub(crate) const CLAMD: &str = "/usr/sbin/clamd";

/// The user that Debian's package runs clamd as.
pub(crate) const CLAMAV_USER: &str = "clamav";

const REQUIRE: &str = "MAILWARD_REQUIRE_MTA";

/// Whether the tests can run here; says so where they cannot.
pub(crate) fn is_ready() -> bool {
    static READY: OnceLock<bool> = OnceLock::new();
    *READY.get_or_init(|| match missing() {
        None => {
            ACCOUNTS.into_iter().for_each(ensure_account);
            true
        }
        Some(reason) => {
            say_skipped(&reason);
            false
        }
    })
}

/// Says that tests are skipped and why, or fails where that is not allowed.
pub(crate) fn say_skipped(reason: &str) {
    assert!(std::env::var_os(REQUIRE).is_none(), "{REQUIRE} is set, but {reason}");
    // Not eprintln!: the test harness would keep it to itself.
    let _ = writeln!(std::io::stderr(), "tests/mta skipped: {reason}");
}

fn missing() -> Option<String> {
    if !rustix::process::geteuid().is_root() {
        return Some("they must run as root".to_owned());
    }
    let program = [CLAMD, "/usr/bin/mmdebstrap", "/usr/sbin/ip"].into_iter().find(|program| !Path::new(program).exists());
    if let Some(program) = program {
        return Some(format!("{program} is not installed"));
    }
    ids(CLAMAV_USER).is_none().then(|| format!("there is no user {CLAMAV_USER}"))
}

fn ensure_account(name: &str) {
    if ids(name).is_some() {
        return;
    }
    let mut useradd = Command::new("/usr/sbin/useradd");
    useradd.args(["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", name]);
    run(&mut useradd);
}

/// The user and group number of an account, if there is one.
fn ids(name: &str) -> Option<(u32, u32)> {
    let passwd = fs::read_to_string("/etc/passwd").expect("/etc/passwd can be read");
    let fields: Vec<&str> = passwd.lines().map(|line| line.split(':').collect()).find(|fields: &Vec<_>| fields[0] == name)?;
    Some((fields[2].parse().ok()?, fields[3].parse().ok()?))
}

/// The user and group number of an account that is known to be there.
pub(crate) fn ids_of(name: &str) -> (u32, u32) {
    ids(name).unwrap_or_else(|| panic!("there is no user {name}"))
}

/// Mail address of an account.
pub(crate) fn address_of(name: &str) -> String {
    format!("{name}@{DOMAIN}")
}

/// Makes a folder that belongs to `owner` and has this mode whatever the umask is.
pub(crate) fn make_folder(path: &Path, owner: &str, mode: u32) {
    fs::create_dir_all(path).unwrap();
    own(path, owner, mode);
}

/// Writes a file that belongs to `owner`.
pub(crate) fn write_file(path: &Path, owner: &str, mode: u32, content: &[u8]) {
    fs::write(path, content).unwrap();
    own(path, owner, mode);
}

/// Copies a program and lets everybody run it. Another process does so: were the copy open for writing in this one, a child that some
/// other test starts meanwhile would inherit it, and the kernel would refuse to run the copy (ETXTBSY).
pub(crate) fn copy_program(from: &str, to: &Path) {
    run(Command::new("install").args(["--mode=755", from]).arg(to));
}

/// Puts a shell script that everybody may run in the place of whatever is there. Another process writes it, as with `copy_program`.
pub(crate) fn install_script(to: &Path, script: &str) {
    let (text, new) = (to.with_extension("text"), to.with_extension("new"));
    fs::write(&text, format!("#!/bin/sh\n{script}\n")).unwrap();
    run(Command::new("install").arg("--mode=755").args([&text, &new]));
    fs::rename(&new, to).unwrap();
}

/// Lets every account read and write a file.
pub(crate) fn open_to_all(path: &Path) {
    fs::set_permissions(path, Permissions::from_mode(0o666)).unwrap();
}

fn own(path: &Path, owner: &str, mode: u32) {
    let (user, group) = ids_of(owner);
    chown(path, Some(user), Some(group)).unwrap();
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Runs a program to its end, which must be a good one, and gives what it printed.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?}: {}: {printed}{}", output.status, String::from_utf8_lossy(&output.stderr));
    printed
}
