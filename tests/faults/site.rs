//! One run's own folder: configuration, quarantine, maildir and log; what a run did, and what is there after it.
use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

/// The MDA: what it is given comes out on stdout. It ends with 0, prints nothing of its own and costs little.
pub(crate) const MDA: &str = "/bin/cat";

/// How the message comes in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Feed {
    /// As Postfix gives it.
    Pipe,
    /// As Sendmail and qmail may give it.
    File,
}

/// Where an accepted message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    Mda,
    Maildir,
}

/// A message and its way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Delivery<'a> {
    pub(crate) mail: &'a [u8],
    pub(crate) feed: Feed,
    pub(crate) destination: Destination,
    /// Whether the original is to be in quarantine.
    pub(crate) is_kept: bool,
}

impl Delivery<'_> {
    /// What the quarantine must hold in the end.
    pub(crate) fn kept(&self) -> Vec<&[u8]> {
        self.is_kept.then_some(self.mail).into_iter().collect()
    }
}

/// What one run ended with.
pub(crate) struct Ending {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

/// A folder that runs happen in.
pub(crate) struct Site {
    path: PathBuf,
}

impl Site {
    /// Makes the site in `path`, an empty folder, with these lines for the limits. Nobody is told anything, which would take a second
    /// process; whatever is found is kept.
    pub(crate) fn make(path: &Path, limits: &str) -> Self {
        let shown = path.display();
        let configuration = format!(
            "[log]\nto = \"{shown}/log\"\n[limits]\n{limits}[delivery]\nmaildir = \"{shown}/disk/maildir\"\n\
             [quarantine]\npath = \"{shown}/disk/quarantine\"\n[policy]\n\
             infected = {{ action = \"accept\", treatment = \"replace\", quarantine = true }}\n\
             unscanned = {{ action = \"accept\", treatment = \"tag\", quarantine = true }}\n"
        );
        fs::create_dir_all(path.join("disk")).unwrap();
        fs::write(path.join("mailward.toml"), configuration).unwrap();
        Self { path: path.to_owned() }
    }

    /// Where quarantine and maildir lie.
    pub(crate) fn disk(&self) -> PathBuf {
        self.path.join("disk")
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Runs mailward as an MTA does.
    pub(crate) fn deliver(&self, delivery: Delivery<'_>) -> Ending {
        self.deliver_under(&[], delivery)
    }

    /// Runs mailward as an argument of `wrapper`.
    pub(crate) fn deliver_under(&self, wrapper: &[String], delivery: Delivery<'_>) -> Ending {
        let mailward = [env!("CARGO_BIN_EXE_mailward"), "deliver", "--mta=postfix", "--recipient=bob@mailward.test", "--config"];
        let mut words: Vec<String> = wrapper.iter().cloned().chain(mailward.map(str::to_owned)).collect();
        words.push(self.file("mailward.toml").display().to_string());
        if delivery.destination == Destination::Mda {
            words.extend(["--", MDA].map(str::to_owned));
        }
        let (stdout, stderr) = (self.file("stdout"), self.file("stderr"));
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).env_clear().stdout(File::create(&stdout).unwrap()).stderr(File::create(&stderr).unwrap());
        command.stdin(match delivery.feed {
            Feed::Pipe => Stdio::piped(),
            Feed::File => self.as_file(delivery.mail).into(),
        });
        let mut child = command.spawn().unwrap();
        feed(&mut child, delivery.mail);
        Ending { status: child.wait().unwrap(), stdout: fs::read(stdout).unwrap(), stderr: fs::read(stderr).unwrap() }
    }

    fn as_file(&self, mail: &[u8]) -> File {
        fs::write(self.file("stdin"), mail).unwrap();
        File::open(self.file("stdin")).unwrap()
    }

    /// The files of a folder on the disk, with their contents.
    pub(crate) fn files(&self, folder: &str) -> Vec<Vec<u8>> {
        let Ok(entries) = fs::read_dir(self.disk().join(folder)) else { return Vec::new() };
        entries.map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect()
    }

    /// Makes the quarantine that the manual proposes for many users: all may put in, nobody may list.
    pub(crate) fn make_shared_quarantine(&self) {
        let path = self.disk().join("quarantine");
        fs::create_dir(&path).unwrap();
        fs::set_permissions(path, Permissions::from_mode(0o1733)).unwrap();
    }

    /// The folders of the quarantine whose mode is not that of the quarantine itself.
    pub(crate) fn folders_of_other_mode(&self) -> Vec<String> {
        let mode = |name: &str| fs::metadata(self.disk().join("quarantine").join(name)).map_or(0, |status| status.mode() & 0o7777);
        ["tmp", "new", "cur", "records"].into_iter().filter(|name| mode(name) != mode("")).map(str::to_owned).collect()
    }

    /// mailward's log.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.file("log")).unwrap_or_default()
    }
}

/// Writes the message into the pipe, if there is one. A run that was killed reads no more, and that is no fault of ours.
fn feed(child: &mut Child, mail: &[u8]) {
    if let Some(mut pipe) = child.stdin.take() {
        let _ = pipe.write_all(mail);
    }
}
