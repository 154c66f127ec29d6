//! The folder everything happens in, and the files the subjects need: recipes, configurations, one maildir.
//!
//! It lies on tmpfs where there is one, for all subjects alike, so that the disk's mood is not measured. It is removed at
//! the end. Fails where a tool is missing that the benchmark cannot do without (procmail) or the folder cannot be written.

use std::env;
use std::error::Error;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::clamd::Clamd;

/// The programs of the machine; those that may be missing are optional.
pub(crate) struct Tools {
    pub(crate) cat: PathBuf,
    pub(crate) procmail: PathBuf,
    pub(crate) clamd: Option<PathBuf>,
    pub(crate) clamdscan: Option<PathBuf>,
    pub(crate) valgrind: Option<PathBuf>,
    pub(crate) mailward: PathBuf,
}

impl Tools {
    pub(crate) fn find() -> Result<Self, Box<dyn Error>> {
        let mailward = env::var_os("MAILWARD").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_mailward")), PathBuf::from);
        Ok(Self {
            cat: look_up("cat").ok_or("cat is not installed")?,
            procmail: look_up("procmail").ok_or("procmail is not installed")?,
            clamd: look_up("clamd"),
            clamdscan: look_up("clamdscan"),
            valgrind: look_up("valgrind"),
            mailward: fs::canonicalize(&mailward).map_err(|error| format!("{}: {error}", mailward.display()))?,
        })
    }
}

/// A program by its name; the absolute path keeps the search out of what is measured.
pub(crate) fn look_up(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let standard = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"].map(PathBuf::from);
    env::split_paths(&path).chain(standard).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// The folder and the paths in it.
pub(crate) struct Workshop {
    folder: TempDir,
    queue: TempDir,
    pub(crate) maildir: PathBuf,
}

impl Workshop {
    pub(crate) fn open() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("mailward-bench.").tempdir_in(base())?;
        let maildir = folder.path().join("maildir");
        for name in ["maildir/new", "maildir/cur", "maildir/tmp", "infected/new", "infected/cur", "infected/tmp"] {
            fs::create_dir_all(folder.path().join(name))?;
        }
        let queue = tempfile::Builder::new().prefix("mailward-bench-queue.").tempdir_in("/var/tmp")?;
        Ok(Self { folder, queue, maildir })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where a message lies that is handed over as a file: on a disk, as the queue of a mail server does.
    pub(crate) fn queued(&self, name: &str) -> PathBuf {
        self.queue.path().join(name)
    }

    /// Where it lies and on what file system, for the report.
    pub(crate) fn place(&self) -> &'static str {
        if self.folder.path().starts_with("/dev/shm") { "tmpfs (/dev/shm)" } else { "the disk of the temporary folder" }
    }

    /// Writes the recipes and configurations.
    pub(crate) fn furnish(&self, tools: &Tools, clamd: Option<&Clamd>) -> io::Result<()> {
        fs::write(self.path("plain.rc"), format!("DEFAULT={}/\n", self.maildir.display()))?;
        self.write_config("config.toml", "")?;
        self.write_config("untagged.toml", "[tag]\nheader = \"\"\n")?;
        self.write_config("maildir.toml", &format!("[delivery]\nmaildir = \"{}\"\n", self.maildir.display()))?;
        self.write_program("not-a-program", b"\x7Fthe kernel refuses to run this\n")?;
        // valgrind runs no setuid program
        self.write_program("procmail", &fs::read(&tools.procmail)?)?;
        if let (Some(clamd), Some(clamdscan)) = (clamd, &tools.clamdscan) {
            let engine = format!("[[engine]]\nname = \"clamav\"\nkind = \"clamd\"\naddress = [\"unix:{}\"]\n", clamd.socket.display());
            self.write_config("clamd.toml", &engine)?;
            fs::write(self.path("clamdscan.rc"), self.recipe(clamdscan, &clamd.config))?;
        }
        Ok(())
    }

    /// Empties the maildir; tells how many messages were in it and how large the largest was.
    pub(crate) fn clear(&self) -> io::Result<(usize, u64)> {
        let (mut count, mut largest) = (0, 0);
        for entry in fs::read_dir(self.maildir.join("new"))? {
            let entry = entry?;
            count += 1;
            largest = largest.max(entry.metadata()?.len());
            fs::remove_file(entry.path())?;
        }
        Ok((count, largest))
    }

    /// The last line of the log, and of what was said on standard error.
    pub(crate) fn last_words(&self) -> String {
        let last = |name: &str| fs::read_to_string(self.path(name)).unwrap_or_default().lines().last().unwrap_or_default().to_owned();
        format!("log: {}; stderr: {}", last("mailward.log"), last("stderr"))
    }

    /// The usual recipe: clamdscan's exit status says whether the message is clean. No shell, so as not to slow it down.
    fn recipe(&self, clamdscan: &Path, config: &Path) -> String {
        format!(
            "DEFAULT={}/\n:0 HB\n* ? {} --no-summary --stdout --config-file={} -\n{}/\n\n:0\n{}/\n",
            self.path("infected").display(),
            clamdscan.display(),
            config.display(),
            self.maildir.display(),
            self.path("infected").display()
        )
    }

    /// Shipped defaults but for the paths, and but for infected mail, which is deferred so that a probe needs no quarantine.
    fn write_config(&self, name: &str, more: &str) -> io::Result<()> {
        let text = format!(
            "[log]\nto = \"{}\"\n\n[quarantine]\npath = \"{}\"\n\n[policy]\ninfected = {{ action = \"defer\" }}\n\n{more}",
            self.path("mailward.log").display(),
            self.path("quarantine").display()
        );
        fs::write(self.path(name), text)
    }

    fn write_program(&self, name: &str, content: &[u8]) -> io::Result<()> {
        fs::write(self.path(name), content)?;
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o755))
    }
}

fn base() -> PathBuf {
    let wished = env::var_os("BENCH_DIR").map(PathBuf::from);
    wished.unwrap_or_else(|| if Path::new("/dev/shm").is_dir() { PathBuf::from("/dev/shm") } else { env::temp_dir() })
}
