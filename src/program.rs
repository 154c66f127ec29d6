//! One program of somebody else's while it runs: a scanner, or the one that sends notices.
//!
//! Owns its process group, its time and its output. It must never leave a process behind that is not wanted: the whole group is
//! killed when its time is over, and at its own end too unless its offspring is to be spared. What fails is a [`Fault`].

use crate::os;
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::OFlags;
use rustix::process::{Pid, PidfdFlags, Signal};
use std::io::{self, PipeReader, PipeWriter, Read};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Instant;

/// Most output that is kept of a scanner, for the name of the virus; what follows is read and dropped, so that the program does not stall.
const MOST_OUTPUT: usize = 64 * 1024;

/// Why a program came to no end of its own.
#[derive(Debug)]
pub enum Fault {
    /// A system call failed while doing this.
    Io(&'static str, io::Error),
    /// Its time was over.
    Timeout,
}

/// Most output that is read at once, so that one that never stops writing does not keep us from looking at the clock.
const AT_ONCE: usize = 16;

/// What becomes of the processes that a program has started and not waited for, when it ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offspring {
    /// They are killed.
    Killed,
    /// They go on.
    Spared,
}

/// A program that was started; dropping it ends its whole process group.
pub struct Running {
    offspring: Offspring,
    is_over: bool,
    child: Child,
    pid: Pid,
    ended: OwnedFd,
    reader: PipeReader,
    output: Vec<u8>,
    most: usize,
}

impl Running {
    /// Starts `command` in a group of its own, with its output in a pipe.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(command: Command, offspring: Offspring) -> Result<Self, Fault> {
        let whole = |mut command: Command| {
            let (reader, writer) = io::pipe()?;
            command.stderr(writer.try_clone()?);
            Self::spawn(command, offspring, (reader, writer), MOST_OUTPUT)
        };
        whole(command).map_err(|why| Fault::Io("starting the program", why))
    }

    /// The same of one whose stdout is wanted by itself, and so much of it. What it says on stderr is dropped.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start_filter(mut command: Command, most: usize) -> Result<Self, Fault> {
        command.stderr(Stdio::null());
        let started = io::pipe().and_then(|pipe| Self::spawn(command, Offspring::Killed, pipe, most));
        started.map_err(|why| Fault::Io("starting the program", why))
    }

    fn spawn(mut command: Command, offspring: Offspring, pipe: (PipeReader, PipeWriter), most: usize) -> io::Result<Self> {
        let (reader, writer) = pipe;
        rustix::fs::fcntl_setfl(&reader, OFlags::NONBLOCK)?;
        command.process_group(0).stdout(writer);
        let mut child = os::die_with_us(&mut command).spawn()?;
        // It holds the write end: without this the pipe would never be at its end.
        drop(command);
        let pid = Pid::from_child(&child);
        let ended = rustix::process::pidfd_open(pid, PidfdFlags::empty());
        match ended {
            Ok(ended) => Ok(Self { offspring, is_over: false, child, pid, ended, reader, output: Vec::new(), most }),
            Err(why) => {
                end_group(pid);
                child.wait()?;
                Err(why.into())
            }
        }
    }

    /// Waits until it ends, and returns its status and what it said.
    ///
    /// # Errors
    /// When it has not ended by `until`.
    pub fn finish(mut self, until: Instant) -> Result<(ExitStatus, Vec<u8>), Fault> {
        while !self.wait_for_more(until)? {
            self.take_output();
        }
        self.take_output();
        // Before it is waited for: afterwards its number may be another's.
        if self.offspring == Offspring::Killed {
            end_group(self.pid);
        }
        let status = self.child.wait().map_err(|why| Fault::Io("waiting for the program", why))?;
        self.is_over = true;
        Ok((status, std::mem::take(&mut self.output)))
    }

    /// Waits for output or the end; true at the end.
    fn wait_for_more(&self, until: Instant) -> Result<bool, Fault> {
        let left = until.checked_duration_since(Instant::now()).ok_or(Fault::Timeout)?;
        let limit = Timespec::try_from(left).map_err(|_| Fault::Timeout)?;
        // The end comes first, so that it can be told also when the pipe is at its end and always ready.
        let mut waited = [PollFd::new(&self.ended, PollFlags::IN), PollFd::new(&self.reader, PollFlags::IN)];
        let is_closed = rustix::io::retry_on_intr(|| rustix::event::poll(&mut waited, Some(&limit)))
            .map_err(|why| Fault::Io("waiting for the program", why.into()))?
            == 0;
        if is_closed {
            return Err(Fault::Timeout);
        }
        let [ended, reader] = &waited;
        let only_hangs_up = reader.revents() == PollFlags::HUP && ended.revents().is_empty();
        if only_hangs_up {
            return self.wait_for_end(limit);
        }
        Ok(!ended.revents().is_empty())
    }

    /// Its output is closed and it runs on: nothing is left to read.
    fn wait_for_end(&self, limit: Timespec) -> Result<bool, Fault> {
        let mut ended = [PollFd::new(&self.ended, PollFlags::IN)];
        match rustix::io::retry_on_intr(|| rustix::event::poll(&mut ended, Some(&limit))) {
            Ok(0) => Err(Fault::Timeout),
            Ok(_) => Ok(true),
            Err(why) => Err(Fault::Io("waiting for the program", why.into())),
        }
    }

    /// Reads what is there, keeping no more than the bound.
    fn take_output(&mut self) {
        let mut buffer = [0; 8192];
        for _ in 0..AT_ONCE {
            let Ok(count @ 1..) = self.reader.read(&mut buffer) else { return };
            let room = self.most.saturating_sub(self.output.len()).min(count);
            self.output.extend_from_slice(buffer.get(..room).unwrap_or_default());
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        end_group(self.pid);
        // The group is killed, so this cannot wait for long; an error means that there is nothing to wait for.
        let _ = self.child.wait();
    }
}

/// Kills whatever of the group is left, also what the program started and did not wait for.
fn end_group(pid: Pid) {
    let _ = rustix::process::kill_process_group(pid, Signal::KILL);
}
