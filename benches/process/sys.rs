//! One child process, measured: wall time from spawn to `wait4`, and what the kernel counted for it.
//!
//! All unsafe code of the benchmark is here, because std has no wait that returns the resource usage, no look at another
//! process's CPU clock and no way to ask for a plain fork. A child that hangs is killed after `PATIENCE`, so that a
//! benchmark left alone ends.
#![allow(unsafe_code)]

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::mem::MaybeUninit;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(300);

static CHILD: AtomicI32 = AtomicI32::new(0);
static RUN: AtomicU32 = AtomicU32::new(0);

/// How the message reaches the child.
#[derive(Clone, Copy)]
pub(crate) enum Feed<'a> {
    /// Through a pipe, written from memory, as a mail server does.
    Bytes(&'a [u8]),
    /// Through a pipe, but never whole in our own memory.
    Streamed(&'a Path),
    /// The file itself is the standard input.
    File(&'a Path),
}

/// How the child is made.
#[derive(Clone, Copy)]
pub(crate) enum Start {
    /// `posix_spawn`: quick, but the kernel passes *our* peak memory on to the child (it shares our pages until it execs).
    Spawn,
    /// `fork`: a little slower, but the child's peak starts at the few pages that were copied.
    Fork,
}

/// What one run cost, the descendants that were waited for included.
pub(crate) struct Usage {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    /// Peak resident memory in bytes: the largest of all images this process was, and of its children.
    pub(crate) peak: u64,
    pub(crate) status: ExitStatus,
}

/// Runs the command to its end and measures it.
pub(crate) fn run(command: &mut Command, feed: Feed<'_>, start: Start) -> io::Result<Usage> {
    let (stdin, pipe) = match feed {
        Feed::File(path) => (Stdio::from(File::open(path)?), None),
        Feed::Bytes(_) | Feed::Streamed(_) => {
            let (reader, writer) = io::pipe()?;
            (Stdio::from(reader), Some(writer))
        }
    };
    command.stdin(stdin);
    if let Start::Fork = start {
        // SAFETY: the closure does nothing at all; its presence makes std fork instead of posix_spawn.
        unsafe { command.pre_exec(|| Ok(())) };
    }
    let begin = Instant::now();
    let child = command.spawn()?;
    command.stdin(Stdio::null()); // drops our copy of the read end
    let pid = i32::try_from(child.id()).map_err(io::Error::other)?;
    watch(pid);
    let fed = pipe.map_or(Ok(()), |writer| write(writer, feed));
    let (status, usage) = wait4(pid)?;
    let wall = begin.elapsed();
    watch(0);
    fed?;
    Ok(Usage { wall, cpu: duration(usage.ru_utime) + duration(usage.ru_stime), peak: kib(usage.ru_maxrss), status })
}

/// The CPU time of another process, its threads included, to the nanosecond.
pub(crate) fn cpu_of(pid: u32) -> io::Result<Duration> {
    let pid = i32::try_from(pid).map_err(io::Error::other)?;
    let mut clock: libc::clockid_t = 0;
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: both calls only write the one value they are given a valid pointer to.
    let failed = unsafe { libc::clock_getcpuclockid(pid, &raw mut clock) != 0 || libc::clock_gettime(clock, &raw mut time) != 0 };
    if failed {
        return Err(io::Error::other("no CPU clock for that process"));
    }
    Ok(Duration::from_secs(time.tv_sec.unsigned_abs()) + Duration::from_nanos(time.tv_nsec.unsigned_abs()))
}

/// Lets a long-lived child end with us, even when we are killed.
pub(crate) fn end_with_us(command: &mut Command) {
    // SAFETY: prctl is a bare system call, which is all that is allowed between fork and exec.
    unsafe {
        command.pre_exec(|| {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGTERM);
            Ok(())
        });
    }
}

/// Starts the thread that kills a child which runs longer than `PATIENCE`.
pub(crate) fn start_watchdog() {
    thread::spawn(|| {
        loop {
            let (run, pid) = (RUN.load(Ordering::Relaxed), CHILD.load(Ordering::Relaxed));
            thread::sleep(PATIENCE);
            if pid != 0 && run == RUN.load(Ordering::Relaxed) && pid == CHILD.load(Ordering::Relaxed) {
                // SAFETY: a bare system call; the child has not been waited for, so the number is still its own.
                unsafe { libc::kill(pid, libc::SIGKILL) };
            }
        }
    });
}

fn watch(pid: i32) {
    RUN.fetch_add(1, Ordering::Relaxed);
    CHILD.store(pid, Ordering::Relaxed);
}

/// A child that does not read to the end is no failure of ours: its exit status tells.
fn write(mut pipe: io::PipeWriter, feed: Feed<'_>) -> io::Result<()> {
    let written = match feed {
        Feed::Bytes(bytes) => pipe.write_all(bytes),
        Feed::Streamed(path) => io::copy(&mut File::open(path)?, &mut pipe).map(drop),
        Feed::File(_) => Ok(()),
    };
    written.or_else(|error| if error.kind() == ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
}

fn wait4(pid: i32) -> io::Result<(ExitStatus, libc::rusage)> {
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    loop {
        // SAFETY: both pointers are valid for writing, and an all-zero rusage is a valid one.
        let (waited, usage) = unsafe { (libc::wait4(pid, &raw mut status, 0, usage.as_mut_ptr()), usage.assume_init()) };
        let error = io::Error::last_os_error();
        match waited {
            -1 if error.kind() == ErrorKind::Interrupted => {}
            -1 => return Err(error),
            _ => return Ok((ExitStatus::from_raw(status), usage)),
        }
    }
}

fn duration(time: libc::timeval) -> Duration {
    Duration::from_secs(time.tv_sec.unsigned_abs()) + Duration::from_micros(time.tv_usec.unsigned_abs())
}

fn kib(value: libc::c_long) -> u64 {
    value.unsigned_abs() * 1024
}
