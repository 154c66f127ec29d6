//! A program that was started and has not yet been waited for: what the kernel says of it, signals, its end.

use super::wait::{LONGEST, until};
use super::{Ended, Site};
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::{Pid, PidfdFlags, Signal};
use std::ffi::OsString;
use std::fs;
use std::io::{PipeReader, PipeWriter, Read, Write};
use std::process::Child;
use std::thread::{self, JoinHandle};
use std::time::Instant;

/// A program that runs.
#[must_use = "it must be waited for"]
pub(crate) struct Started<'a> {
    pub(super) site: &'a Site,
    pub(super) words: Vec<OsString>,
    pub(super) child: Child,
    pub(super) start: Instant,
    /// The pipe that the test holds open.
    pub(super) stdin: Option<PipeWriter>,
    /// Who writes the message.
    pub(super) feeder: Option<JoinHandle<()>>,
    pub(super) stdout: JoinHandle<Vec<u8>>,
    pub(super) stderr: JoinHandle<Vec<u8>>,
}

impl<'a> Started<'a> {
    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What the kernel says of it.
    pub(crate) fn proc_file(&self, name: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{name}", self.id())).unwrap_or_default()
    }

    /// Waits until it has its own answer to signals: from then on none may end it as it likes.
    #[track_caller]
    pub(crate) fn until_guarded(&self) {
        until("mailward has installed its handlers", || {
            let status = self.proc_file("status");
            let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap_or("0").trim();
            // SIGXFSZ is the last that it takes.
            u64::from_str_radix(caught, 16).unwrap_or_default() & (1 << (libc::SIGXFSZ - 1)) != 0
        });
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        rustix::process::kill_process(self.pid(), signal).unwrap();
    }

    /// Writes to the pipe that the test holds open.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.stdin.as_mut().expect("an open pipe").write_all(bytes).unwrap();
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn wait(mut self) -> Ended<'a> {
        drop(self.stdin.take());
        self.wait_with_open_stdin()
    }

    /// Waits for its end while the pipe to it stays open.
    #[track_caller]
    pub(crate) fn wait_with_open_stdin(mut self) -> Ended<'a> {
        self.wait_in_time();
        let status = self.child.wait().unwrap();
        let took = self.start.elapsed();
        drop(self.stdin.take());
        if let Some(feeder) = self.feeder.take() {
            feeder.join().unwrap();
        }
        let (stdout, stderr) = (self.stdout.join().unwrap(), self.stderr.join().unwrap());
        Ended { site: self.site, words: self.words, status, stdout, stderr, took }
    }

    #[track_caller]
    fn wait_in_time(&mut self) {
        let ended = rustix::process::pidfd_open(self.pid(), PidfdFlags::empty()).unwrap();
        let limit = Timespec::try_from(LONGEST).unwrap();
        let mut waited = [PollFd::new(&ended, PollFlags::IN)];
        if rustix::io::retry_on_intr(|| rustix::event::poll(&mut waited, Some(&limit))).unwrap() == 0 {
            self.child.kill().unwrap();
            self.child.wait().unwrap();
            panic!("did not end within {LONGEST:?}: {:?}\n  log\n{}", self.words, self.site.read("log"));
        }
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }
}

/// Reads all that comes through `pipe`.
pub(super) fn collect(mut pipe: PipeReader) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).map(|_| bytes).unwrap_or_default()
    })
}
