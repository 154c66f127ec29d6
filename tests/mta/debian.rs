//! Debian roots with given packages, made once and kept in the target folder.
//!
//! Debian's mail servers exclude each other, so that each has a root of its own. It is of the machine's own release and comes from the
//! machine's own mirrors. A root is made under another name and renamed when it is whole, under a lock, so that any number of tests and
//! test processes may ask for the same one. Nobody writes to it afterwards: what runs in it sees it through a `View`.
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use fs2::FileExt;

use crate::host;
use crate::view::{Network, View};

/// A root that is there.
pub(crate) struct Debian {
    root: PathBuf,
}

impl Debian {
    /// The root with these packages, or None where this machine can have none.
    pub(crate) fn with(packages: &[&str]) -> Option<Debian> {
        let found = release().and_then(|release| ensure(&release, packages)).and_then(|root| {
            let debian = Debian { root };
            let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
            debian.try_view(folder.path(), Network::Machines).map(|_| debian)
        });
        found.map_err(|reason| host::say_skipped(&reason)).ok()
    }

    /// A fresh view of it, in which the folder `shared` is seen under its own path.
    pub(crate) fn view(&self, shared: &Path, network: Network) -> View {
        self.try_view(shared, network).unwrap_or_else(|reason| panic!("{reason}"))
    }

    fn try_view(&self, shared: &Path, network: Network) -> Result<View, String> {
        View::open(&self.root, &roots().join("view"), shared, network)
    }
}

/// Where the roots lie, and the folder at which each view is put together, in a mount namespace of its own.
fn roots() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("roots")
}

/// The code name of this machine's Debian.
fn release() -> Result<String, String> {
    let text = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = text.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    name.map(|name| name.trim_matches('"').to_owned()).ok_or_else(|| "this machine is no Debian".to_owned())
}

/// The path of the root, which is made if it is not there.
fn ensure(release: &str, packages: &[&str]) -> Result<PathBuf, String> {
    // No comma: it ends a word among the options of a mount.
    let root = roots().join(format!("{release}+{}", packages.join("+")));
    fs::create_dir_all(roots().join("view")).map_err(|error| error.to_string())?;
    let lock = File::create(root.with_extension("lock")).map_err(|error| error.to_string())?;
    lock.lock_exclusive().map_err(|error| error.to_string())?;
    if !root.exists() {
        make(release, packages, &root)?;
    }
    Ok(root)
}

fn make(release: &str, packages: &[&str], root: &Path) -> Result<(), String> {
    let unfinished = root.with_extension("new");
    // What a run that was killed has left behind.
    let _ = fs::remove_dir_all(&unfinished);
    let mut command = Command::new("mmdebstrap");
    command.args(["--quiet", "--variant=minbase", &format!("--include={}", packages.join(",")), release]).arg(&unfinished);
    command.args(mirrors(release)?);
    let output = command.output().map_err(|error| format!("mmdebstrap: {error}"))?;
    if !output.status.success() {
        return Err(format!("no root with {packages:?} can be made: {}", String::from_utf8_lossy(&output.stderr)));
    }
    fs::rename(&unfinished, root).map_err(|error| error.to_string())
}

/// The machine's sources of this release, its updates and its security fixes, as lines of sources.list.
fn mirrors(release: &str) -> Result<BTreeSet<String>, String> {
    let mut command = Command::new("apt-get");
    command.args(["indextargets", "--no-release-info", "--format", "deb $(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages"]);
    let output = command.output().map_err(|error| format!("apt-get: {error}"))?;
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let mirrors: BTreeSet<String> = lines.lines().filter(|line| is_of(line, release)).map(str::to_owned).collect();
    if mirrors.is_empty() {
        return Err(format!("apt has no sources of {release}"));
    }
    Ok(mirrors)
}

/// Whether a line of sources.list speaks of the main part of this release.
fn is_of(line: &str, release: &str) -> bool {
    let fields: Vec<&str> = line.split(' ').collect();
    matches!(fields[..], [_, _, suite, "main"] if suite.split('-').next() == Some(release))
}
