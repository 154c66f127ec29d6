//! A folder of one's own with everything that a run of mailward touches: configuration, quarantine, log, delivery agent, notices.

use super::call::run_helper;
use super::{Call, NOBODY};
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The program under test.
const MAILWARD: &str = env!("CARGO_BIN_EXE_mailward");

/// The fake delivery agent. It is linked to and never copied: a file that this process has just written may still be open for
/// writing in a child of another test, and the kernel would not run it (ETXTBSY).
const MDA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/harness/mda.sh");

/// A folder for one test; gone when dropped.
pub(crate) struct Site {
    folder: TempDir,
}

/// A shell script as a configured command or delivery agent: its words as a TOML array.
pub(crate) fn sh(script: &str) -> String {
    format!("[\"/bin/sh\", \"-c\", '''{script}''', \"sh\"]")
}

/// The same, with the file that is to be scanned as its first word.
pub(crate) fn sh_on_file(script: &str) -> String {
    format!("[\"/bin/sh\", \"-c\", '''{script}''', \"sh\", \"{{file}}\"]")
}

impl Site {
    /// One whose configuration says only where things are.
    pub(crate) fn new() -> Self {
        Self::with("")
    }

    /// One whose configuration says `config` besides. Keys are written with dots (`limits.parts = 3`).
    pub(crate) fn with(config: &str) -> Self {
        let site = Self { folder: TempDir::new().unwrap() };
        for folder in ["delivered", "tmp", "sent"] {
            fs::create_dir(site.path(folder)).unwrap();
        }
        symlink(MDA, site.path("mda")).unwrap();
        site.mda_exits(0);
        site.write("sendmail.sh", SENDMAIL);
        site.configure(config);
        site
    }

    /// Writes the configuration anew.
    pub(crate) fn configure(&self, config: &str) {
        let at = |name: &str| self.path(name).display().to_string();
        let places = [
            ("limits.free_space", "\"0\"".to_owned()),
            ("quarantine.path", format!("{:?}", at("quarantine"))),
            ("notice.sendmail", format!("[\"/bin/sh\", {:?}, {:?}]", at("sendmail.sh"), at("sent"))),
            ("log.to", format!("{:?}", at("log"))),
            ("state.path", format!("{:?}", at("state"))),
        ];
        let unset = places.iter().filter(|(key, _)| !config.contains(key)).map(|(key, value)| format!("{key} = {value}\n"));
        self.write("mailward.toml", unset.collect::<String>() + config);
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file in the folder.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        fs::write(self.path(name), content).unwrap();
        self.path(name)
    }

    /// Writes an executable file in the folder. Another process does so: were it open for writing here, a child that some other test
    /// starts meanwhile would inherit it, and the kernel would not run it (ETXTBSY).
    pub(crate) fn write_program(&self, name: &str, text: &str) -> PathBuf {
        run_helper("install", [Path::new("--mode=755"), &self.write(&format!("{name}.text"), text), &self.path(name)]);
        self.path(name)
    }

    /// Reads a file in the folder; empty when it is not there.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read(self.path(name)).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// What the fake delivery agent says in the end.
    pub(crate) fn mda_exits(&self, status: i32) {
        self.write("mda.status", format!("{status}\n"));
    }

    /// `mailward deliver --config ... -- MDA`, with no message yet.
    pub(crate) fn deliver(&self) -> Call<'_> {
        self.command("deliver").mda([self.path("mda")])
    }

    /// `mailward COMMAND --config ...`
    pub(crate) fn command(&self, command: &str) -> Call<'_> {
        self.bare(command).option("--config", self.path("mailward.toml"))
    }

    /// `mailward COMMAND`
    pub(crate) fn bare(&self, command: &str) -> Call<'_> {
        Call::new(self, MAILWARD, command)
    }

    /// Everybody may enter, and mailward is where others can run it.
    pub(crate) fn open_to_all(&self) -> PathBuf {
        let open = |name: &str, mode| fs::set_permissions(self.path(name), Permissions::from_mode(mode)).unwrap();
        open("", 0o755);
        for shared in ["delivered", "tmp", "sent"] {
            open(shared, 0o1777);
        }
        let program = self.path("mailward");
        run_helper("install", [Path::new("--mode=755"), Path::new(MAILWARD), &program]);
        // Their log must be there, as they may not make one in this folder.
        let owner = super::runs_as_root().then_some(NOBODY);
        std::os::unix::fs::chown(self.write("log", ""), owner, None).unwrap();
        open("log", 0o666);
        program
    }

    /// The names in a folder, sorted; none when it is not there.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.path(folder)) else { return Vec::new() };
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The only file in a folder.
    #[track_caller]
    pub(crate) fn only(&self, folder: &str) -> PathBuf {
        let names = self.names(folder);
        assert_eq!(names.len(), 1, "one file in {folder}, but there are {names:?}\n  log\n{}", self.read("log"));
        self.path(folder).join(&names[0])
    }

    /// The name of the only message in quarantine.
    #[track_caller]
    pub(crate) fn id(&self) -> String {
        self.only("quarantine/new").file_name().unwrap().to_str().unwrap().to_owned()
    }

    /// The messages that the fake delivery agent got.
    pub(crate) fn delivered(&self) -> Vec<Vec<u8>> {
        self.names("delivered").iter().map(|name| fs::read(self.path("delivered").join(name).join("message")).unwrap()).collect()
    }

    /// One thing of the only delivery: `words`, `environment` or `folder`.
    #[track_caller]
    pub(crate) fn delivery(&self, what: &str) -> Vec<u8> {
        fs::read(self.only("delivered").join(what)).unwrap()
    }

    /// The notices that were sent, each as its words and its text.
    pub(crate) fn sent(&self) -> Vec<String> {
        self.names("sent").iter().map(|name| fs::read_to_string(self.path("sent").join(name)).unwrap()).collect()
    }
}

/// Stores its words and its stdin in a file of the folder that is its first word.
const SENDMAIL: &str = r#"to=$(mktemp "$1/XXXXXXXX"); shift; { printf '%s\n' "$*"; cat; } > "$to""#;
