//! Programs whose packages would start a server, or put another mail server into the place of the host's: unpacked into the build
//! folder, and laid over /usr for the time of one run, in a namespace of its own.

use crate::program::{REQUIRE, say_skipped};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

/// One at a time: two tests may want the same packages.
static UNPACKING: Mutex<()> = Mutex::new(());

/// The words that start a program with a Debian package in its place, and with the packages that it needs and that are not here, in a
/// pid namespace that ends with it; none where that cannot be had, which is said.
pub(crate) fn with_package(name: &str) -> Option<Vec<String>> {
    let unpacked = Path::new(env!("CARGO_TARGET_TMPDIR")).join("unpacked").join(name);
    let mount = format!("mount -t overlay -o lowerdir={}/usr:/usr mailward-test /usr", unpacked.display());
    let words = [
        "unshare",
        "--mount",
        "--pid",
        "--fork",
        "--kill-child",
        "--mount-proc",
        "/bin/sh",
        "-c",
        &format!("{mount} && exec \"$@\""),
        "sh",
    ];
    let words: Vec<String> = words.map(str::to_owned).to_vec();
    let why = (!rustix::process::geteuid().is_root()).then(|| "it must run as root".to_owned());
    let why = why.or_else(|| unpack(&unpacked, name).err()).or_else(|| (!is_able(&words)).then(|| "no overlay mounts here".to_owned()));
    match why {
        None => Some(words),
        Some(why) => {
            assert!(std::env::var_os(REQUIRE).is_none(), "{REQUIRE} is set, but {why}");
            say_skipped(&why);
            None
        }
    }
}

fn is_able(words: &[String]) -> bool {
    Command::new(&words[0]).args(&words[1..]).arg("true").stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// What is there is taken: the folder gets its name when it is whole.
fn unpack(to: &Path, package: &str) -> Result<(), String> {
    let _alone = UNPACKING.lock();
    if to.exists() {
        return Ok(());
    }
    let scratch = to.with_extension(std::process::id().to_string());
    fs::create_dir_all(&scratch).map_err(|why| why.to_string())?;
    // Each package as a file below this folder, then all of them as one tree.
    run(Command::new("apt-get").args(["download", "-qq"]).args(needed(package)?).current_dir(&scratch))?;
    let tree = scratch.join("tree");
    for package in archives(&scratch) {
        run(Command::new("dpkg").arg("-x").arg(package).arg(&tree))?;
    }
    // Somebody else may have been faster.
    let _ = fs::rename(&tree, to);
    fs::remove_dir_all(&scratch).map_err(|why| why.to_string())
}

fn archives(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "deb")).collect()
}

/// The package, and what apt would install with it.
fn needed(package: &str) -> Result<Vec<String>, String> {
    let plan = run(Command::new("apt-get").args(["install", "--simulate", "--no-install-recommends", package]))?;
    let installed = plan.lines().filter_map(|line| line.strip_prefix("Inst ")?.split(' ').next());
    let mut names: Vec<String> = installed.chain([package]).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    Ok(names)
}

fn run(command: &mut Command) -> Result<String, String> {
    let ended = command.stdin(Stdio::null()).output().map_err(|why| format!("{command:?}: {why}"))?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if ended.status.success() { Ok(said(&ended.stdout)) } else { Err(format!("{command:?}: {}", said(&ended.stderr))) }
}
