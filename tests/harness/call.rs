//! One call of a program, as an MTA makes it: words, a clean environment, a message on stdin.

use super::started::collect;
use super::{Ended, Site, Started};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{PipeWriter, Seek, SeekFrom, Write};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

/// The message on stdin.
enum Message {
    /// Through a pipe, from a thread that ends when nobody reads.
    Pipe(Box<dyn FnOnce(PipeWriter) + Send>),
    /// A file, wherever its offset is.
    File(File),
    /// A pipe that the test holds open.
    Open,
}

/// A call in the making.
#[must_use = "a call does nothing until it is run"]
pub(crate) struct Call<'a> {
    site: &'a Site,
    before: Vec<OsString>,
    program: OsString,
    words: Vec<OsString>,
    mda: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    message: Message,
}

impl<'a> Call<'a> {
    pub(super) fn new(site: &'a Site, program: &str, command: &str) -> Self {
        let environment = vec![("PATH".into(), "/usr/bin:/bin".into()), ("TMPDIR".into(), site.path("tmp").into())];
        let message = Message::Pipe(Box::new(drop));
        let words = vec![command.into()];
        Self { site, before: Vec::new(), program: program.into(), words, mda: Vec::new(), environment, message }
    }

    /// Another file as the program.
    pub(crate) fn program(self, program: impl AsRef<OsStr>) -> Self {
        Self { program: program.as_ref().to_owned(), ..self }
    }

    /// A word before the MDA.
    pub(crate) fn word(mut self, word: impl AsRef<OsStr>) -> Self {
        self.words.push(word.as_ref().to_owned());
        self
    }

    /// An option and its value.
    pub(crate) fn option(self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.word(name).word(value)
    }

    /// The words behind `--`; none leaves it out.
    pub(crate) fn mda<T: AsRef<OsStr>>(self, words: impl IntoIterator<Item = T>) -> Self {
        Self { mda: words.into_iter().map(|word| word.as_ref().to_owned()).collect(), ..self }
    }

    /// More words for the MDA.
    pub(crate) fn mda_words<T: AsRef<OsStr>>(mut self, words: impl IntoIterator<Item = T>) -> Self {
        self.mda.extend(words.into_iter().map(|word| word.as_ref().to_owned()));
        self
    }

    /// A shell script as the MDA.
    pub(crate) fn mda_script(self, script: &str) -> Self {
        self.mda(["/bin/sh", "-c", script, "sh"])
    }

    /// A variable of the environment.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.environment.retain(|(own, _)| own != name);
        self.environment.push((name.into(), value.as_ref().to_owned()));
        self
    }

    /// The message, through a pipe.
    pub(crate) fn pipe(self, message: impl AsRef<[u8]>) -> Self {
        let message = message.as_ref().to_owned();
        // Whoever does not read to the end is a matter of the test, not of this thread.
        self.feed(move |mut pipe| drop(pipe.write_all(&message)))
    }

    /// The message, written into a pipe by `feed`.
    pub(crate) fn feed(self, feed: impl FnOnce(PipeWriter) + Send + 'static) -> Self {
        Self { message: Message::Pipe(Box::new(feed)), ..self }
    }

    /// The message, in a file.
    pub(crate) fn file(self, message: impl AsRef<[u8]>) -> Self {
        let path = self.site.write("stdin", message);
        self.given(File::open(path).unwrap())
    }

    /// A file as stdin, at whatever offset it is.
    pub(crate) fn given(self, file: File) -> Self {
        Self { message: Message::File(file), ..self }
    }

    /// A file as stdin from this offset on.
    pub(crate) fn file_from(self, message: impl AsRef<[u8]>, offset: u64) -> Self {
        let mut file = File::open(self.site.write("stdin", message)).unwrap();
        file.seek(SeekFrom::Start(offset)).unwrap();
        self.given(file)
    }

    /// A pipe that stays open until the test closes it.
    pub(crate) fn open_pipe(self) -> Self {
        Self { message: Message::Open, ..self }
    }

    /// Starts it through these words, as `setpriv --reuid 1` or `env --ignore-signal=HUP`.
    pub(crate) fn through<T: AsRef<OsStr>>(mut self, words: impl IntoIterator<Item = T>) -> Self {
        self.before.splice(..0, words.into_iter().map(|word| word.as_ref().to_owned()));
        self
    }

    /// Starts it from a shell, behind `script`, as `ulimit -v 10000`.
    pub(crate) fn behind(self, script: &str) -> Self {
        self.through(["/bin/sh", "-c", &format!("{script}; exec \"$@\""), "sh"])
    }

    /// Starts it as another user.
    pub(crate) fn by_user(self, user: u32) -> Self {
        let (user, group) = (format!("--reuid={user}"), format!("--regid={user}"));
        self.through(["setpriv", user.as_str(), group.as_str(), "--clear-groups"])
    }

    /// Runs it to its end.
    #[track_caller]
    pub(crate) fn run(self) -> Ended<'a> {
        self.start().wait()
    }

    /// Starts it.
    #[track_caller]
    pub(crate) fn start(self) -> Started<'a> {
        let words: Vec<OsString> = self.all_words();
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).env_clear().envs(self.environment).current_dir(self.site.path(""));
        let (stdout, out) = std::io::pipe().unwrap();
        let (stderr, err) = std::io::pipe().unwrap();
        command.stdout(out).stderr(err);
        let (stdin, feeder) = match self.message {
            Message::File(file) => {
                command.stdin(file);
                (None, None)
            }
            Message::Open => (Some(pipe_into(&mut command)), None),
            Message::Pipe(feed) => {
                let pipe = pipe_into(&mut command);
                (None, Some(thread::spawn(move || feed(pipe))))
            }
        };
        let start = Instant::now();
        let child = command.spawn().unwrap_or_else(|why| panic!("{words:?}: {why}"));
        // Our copies of the write ends must go, or the readers would never see an end.
        drop(command);
        Started { site: self.site, words, child, start, stdin, feeder, stdout: collect(stdout), stderr: collect(stderr) }
    }

    fn all_words(&self) -> Vec<OsString> {
        let own = self.before.iter().chain([&self.program]).chain(&self.words).cloned();
        let dashes = (!self.mda.is_empty()).then(|| OsString::from("--"));
        own.chain(dashes).chain(self.mda.iter().cloned()).collect()
    }
}

/// Runs a program of the system that must succeed.
pub(crate) fn run_helper<T: AsRef<OsStr>>(program: &str, words: impl IntoIterator<Item = T>) {
    let status = Command::new(program).args(words).stdin(Stdio::null()).status().unwrap();
    assert!(status.success(), "{program}: {status}");
}

fn pipe_into(command: &mut Command) -> PipeWriter {
    let (reader, writer) = std::io::pipe().unwrap();
    command.stdin(reader);
    writer
}
