//! What the operating system offers in no safe way, and nothing else: the only module with unsafe code.
//!
//! Owns the state that we change for our own run and must hand back to the MDA untouched (signal dispositions, the alarm), the
//! handlers that turn a crash into "try again later", exec itself, and the mapping of the message. It must never know about mail. A
//! system call that fails here leaves things as they were: the run goes on with one guard less, never with a lost mail.

#![allow(unsafe_code)]

use memmap2::{Mmap, MmapOptions};
use std::ffi::{CString, OsStr, OsString};
use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Signals that end nobody, that nobody can catch, or that are set apart below (SIGXFSZ, SIGCHLD, and SIGPIPE, which Rust's start-up
/// ignores). Every other one up to the last real-time signal ends the run as "try again later": Exim bounces a mail whose command dies
/// by a signal, so none may kill us.
const NOT_FATAL: [libc::c_int; 11] = [
    libc::SIGKILL,
    libc::SIGSTOP,
    libc::SIGPIPE,
    libc::SIGCHLD,
    libc::SIGXFSZ,
    libc::SIGCONT,
    libc::SIGTSTP,
    libc::SIGTTIN,
    libc::SIGTTOU,
    libc::SIGURG,
    libc::SIGWINCH,
];

/// What a signal ends the run with; none where no handler is set yet.
static STATUS: AtomicI32 = AtomicI32::new(NO_STATUS);
const NO_STATUS: i32 = -1;
static STDIN_WAS_CLOSED: AtomicBool = AtomicBool::new(false);
/// Descriptors 1 and 2, likewise.
static OUTPUT_WAS_CLOSED: [AtomicBool; 2] = [AtomicBool::new(false), AtomicBool::new(false)];
static PIPE_WAS_IGNORED: AtomicBool = AtomicBool::new(false);
static CHILD_WAS_IGNORED: AtomicBool = AtomicBool::new(false);
static ALARM_WAS_IGNORED: AtomicBool = AtomicBool::new(false);
/// The descriptor on which qmail-queue's caller reads why; 0 for none.
static ERROR_PIPE: AtomicI32 = AtomicI32::new(0);
/// Our caller's alarm, and when we took it away.
static ALARM: OnceLock<(libc::itimerval, Instant)> = OnceLock::new();
/// The signals that our caller had blocked.
static MASK: OnceLock<libc::sigset_t> = OnceLock::new();

/// Runs before Rust's own start-up, which ignores SIGPIPE and opens /dev/null on descriptors 0 to 2 that are closed: after it nobody
/// could tell what our caller had set.
extern "C" fn before_start_up() {
    // SAFETY: fcntl and sigaction are async-signal-safe and need nothing that start-up sets up; `old` is written before it is read.
    unsafe {
        STDIN_WAS_CLOSED.store(is_closed(0), Relaxed);
        for (descriptor, was_closed) in (1..).zip(&OUTPUT_WAS_CLOSED) {
            was_closed.store(is_closed(descriptor), Relaxed);
        }
        PIPE_WAS_IGNORED.store(is_ignored(libc::SIGPIPE), Relaxed);
        CHILD_WAS_IGNORED.store(is_ignored(libc::SIGCHLD), Relaxed);
        // Soon the numbers will be those of files of our own.
        ERROR_PIPE.store([6, 4].into_iter().find(|descriptor| is_pipe(*descriptor)).unwrap_or(0), Relaxed);
    }
}

// SAFETY: .init_array is the ELF section of functions that the C library calls before main; the type is the one it expects.
#[used]
#[unsafe(link_section = ".init_array")]
static BEFORE_START_UP: extern "C" fn() = before_start_up;

/// For opening what may be a pipe that nobody reads.
pub const WITHOUT_WAITING: i32 = libc::O_NONBLOCK;

/// Whether descriptor 0 was closed when we were called.
pub fn stdin_was_closed() -> bool {
    STDIN_WAS_CLOSED.load(Relaxed)
}

/// The descriptor on which whoever called us as qmail-queue reads why a message is refused: 6 in notqmail, 4 by an older patch, and
/// only if it was a pipe when we were called.
pub fn error_pipe() -> Option<i32> {
    Some(ERROR_PIPE.load(Relaxed)).filter(|descriptor| *descriptor != 0)
}

/// From here on every signal that would end the process ends it with `status`; called again it only changes that.
///
/// A signal that our caller ignores (nohup) stays ignored, but for the alarm, which is ours to set; one that it has blocked is let
/// through, or the alarm could not end a run that hangs. SIGXFSZ only interrupts, so that the write fails with EFBIG and takes the
/// ordinary way. Handlers vanish at exec by themselves. musl keeps the first three real-time signals for itself: they end us still.
pub fn guard(status: u8) {
    if STATUS.swap(i32::from(status), Relaxed) != NO_STATUS {
        return;
    }
    // SAFETY: the handlers only load an atomic and call _exit, both async-signal-safe; they run on Rust's alternate stack.
    unsafe {
        ALARM_WAS_IGNORED.store(is_ignored(libc::SIGALRM), Relaxed);
        set_disposition(libc::SIGALRM, libc::SIG_DFL);
        for signal in fatal_signals() {
            set_handler(signal, leave);
        }
        set_handler(libc::SIGXFSZ, interrupt);
        // An ignored SIGCHLD would take away the exit status of command scanners.
        set_disposition(libc::SIGCHLD, libc::SIG_DFL);
    }
    let before = change_mask(libc::SIG_UNBLOCK, fatal_signals());
    // Set once only: the handlers are.
    let _ = MASK.set(before);
}

fn fatal_signals() -> impl Iterator<Item = libc::c_int> {
    (1..=libc::SIGRTMAX()).filter(|signal| !NOT_FATAL.contains(signal))
}

/// No signal ends the run until this is dropped; then one that came meanwhile does.
#[derive(Debug)]
#[must_use]
pub struct HeldSignals(libc::sigset_t);

/// Keeps signals waiting, for two steps between which the run must not end.
pub fn hold_signals() -> HeldSignals {
    HeldSignals(change_mask(libc::SIG_BLOCK, fatal_signals()))
}

impl Drop for HeldSignals {
    fn drop(&mut self) {
        set_mask(&self.0);
    }
}

/// Ends the run as "try again later" when `limit` has passed, whatever it is busy with.
pub fn set_deadline(limit: Duration) {
    let none = libc::timeval { tv_sec: 0, tv_usec: 0 };
    let before = set_alarm(&libc::itimerval { it_interval: none, it_value: as_timeval(limit) });
    // The first was our caller's, all others are ours.
    let _ = ALARM.set((before, Instant::now()));
}

/// Becomes `program`, with SIGPIPE, SIGCHLD, the signal mask, the alarm and closed descriptors as our caller set them; returns only when
/// that fails, and then with signals as they were before the call.
///
/// execv and not std's Command: that one resets SIGPIPE and the signal mask whatever they were, and through the C library's execvp
/// it runs a shell for a file that is no program. The environment is what it was, as nobody changes it here.
pub fn execute(program: &Path, words: &[OsString]) -> io::Error {
    let as_text = |word: &OsStr| CString::new(word.as_bytes());
    let (Ok(program), Ok(words)) = (as_text(program.as_os_str()), words.iter().map(|word| as_text(word)).collect::<Result<Vec<_>, _>>())
    else {
        return io::ErrorKind::InvalidInput.into();
    };
    let mut pointers: Vec<*const libc::c_char> = words.iter().map(|word| word.as_ptr()).collect();
    pointers.push(ptr::null());
    give_alarm_back();
    close_output_again();
    let as_it_was = |was_ignored: &AtomicBool| if was_ignored.load(Relaxed) { libc::SIG_IGN } else { libc::SIG_DFL };
    if let Some(mask) = MASK.get() {
        set_mask(mask);
    }
    // SAFETY: both are lists of NUL-terminated strings that live until the call returns, which it does only on failure.
    let why = unsafe {
        set_disposition(libc::SIGCHLD, as_it_was(&CHILD_WAS_IGNORED));
        set_disposition(libc::SIGPIPE, as_it_was(&PIPE_WAS_IGNORED));
        if ALARM_WAS_IGNORED.load(Relaxed) {
            set_disposition(libc::SIGALRM, libc::SIG_IGN);
        }
        libc::execv(program.as_ptr(), pointers.as_ptr());
        let why = io::Error::last_os_error();
        // Our last words may go into a pipe that nobody reads.
        set_disposition(libc::SIGPIPE, libc::SIG_IGN);
        why
    };
    change_mask(libc::SIG_UNBLOCK, fatal_signals());
    why
}

/// Has the kernel kill the program when we are gone, also by a signal that nobody can catch.
pub fn die_with_us(command: &mut Command) -> &mut Command {
    // SAFETY: prctl is async-signal-safe; the closure allocates nothing and takes no lock.
    unsafe {
        command.pre_exec(|| match libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        })
    }
}

/// Gives the program the signal mask that we were called with, also while we hold signals.
pub fn release_signals(command: &mut Command) -> &mut Command {
    let release = || {
        match MASK.get() {
            Some(mask) => set_mask(mask),
            None => drop(change_mask(libc::SIG_UNBLOCK, fatal_signals())),
        }
        Ok(())
    };
    // SAFETY: pthread_sigmask is async-signal-safe; the closure allocates nothing and takes no lock.
    unsafe { command.pre_exec(release) }
}

/// `file` as memory.
///
/// # Errors
/// Those of mmap(2): no memory, or not a file that can be mapped.
pub fn map(file: &File) -> io::Result<Mmap> {
    // Without MAP_POPULATE: reading all pages at once was measured slower than touching them, at every size.
    // SAFETY: the bytes do not change under us: our own memory or spool file has no name and is written to only when the mapping is
    // gone, and a file that the MTA handed over is its queue file, which it does not touch while we run. One that is cut all the same
    // raises SIGBUS, which `guard` turns into "try again later".
    // A private mapping, because kernels before 6.7 refuse a shared one of a file that is sealed against writing.
    unsafe { MmapOptions::new().map_copy_read_only(file) }
}

extern "C" fn leave(_signal: libc::c_int) {
    // SAFETY: _exit is async-signal-safe.
    unsafe { libc::_exit(STATUS.load(Relaxed)) }
}

extern "C" fn interrupt(_signal: libc::c_int) {}

/// # Safety
/// Async-signal-safe; has no precondition of its own.
unsafe fn is_closed(descriptor: libc::c_int) -> bool {
    // SAFETY: the call works on a number only.
    unsafe { libc::fcntl(descriptor, libc::F_GETFD) == -1 }
}

/// # Safety
/// Async-signal-safe; has no precondition of its own.
unsafe fn is_pipe(descriptor: libc::c_int) -> bool {
    let mut status = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: the call only writes `status`, which is read only when it says that it did.
    unsafe { libc::fstat(descriptor, status.as_mut_ptr()) == 0 && status.assume_init().st_mode & libc::S_IFMT == libc::S_IFIFO }
}

/// # Safety
/// Async-signal-safe; has no precondition of its own.
unsafe fn is_ignored(signal: libc::c_int) -> bool {
    let mut old = MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: with a null action the call only writes `old`, which is read only when it says that it did.
    unsafe { libc::sigaction(signal, ptr::null(), old.as_mut_ptr()) == 0 && old.assume_init().sa_sigaction == libc::SIG_IGN }
}

/// Sets `handler` unless our caller ignores the signal. A signal that cannot be set, as those that the C library keeps for itself, is
/// left alone.
///
/// # Safety
/// `handler` is async-signal-safe.
unsafe fn set_handler(signal: libc::c_int, handler: extern "C" fn(libc::c_int)) {
    // SAFETY: an all-zero sigaction is a valid one; the calls read the first and write the second only.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        let mut old = action;
        action.sa_sigaction = handler as *const () as libc::sighandler_t;
        action.sa_flags = libc::SA_ONSTACK;
        // One call for most: who is ignored is rare, and gets its disposition back.
        if libc::sigaction(signal, &raw const action, &raw mut old) == 0 && old.sa_sigaction == libc::SIG_IGN {
            libc::sigaction(signal, &raw const old, ptr::null_mut());
        }
    }
}

/// # Safety
/// `disposition` is SIG_DFL or SIG_IGN.
unsafe fn set_disposition(signal: libc::c_int, disposition: libc::sighandler_t) {
    // SAFETY: an all-zero sigaction is a valid one; the call reads it only.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = disposition;
        libc::sigaction(signal, &raw const action, ptr::null_mut());
    }
}

/// Blocks or lets through `signals`, and returns what was blocked before.
fn change_mask(how: libc::c_int, signals: impl Iterator<Item = libc::c_int>) -> libc::sigset_t {
    // SAFETY: an all-zero sigset_t is an empty set; the calls only work on the two sets.
    unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        for signal in signals {
            libc::sigaddset(&raw mut set, signal);
        }
        let mut before: libc::sigset_t = std::mem::zeroed();
        libc::pthread_sigmask(how, &raw const set, &raw mut before);
        before
    }
}

fn set_mask(mask: &libc::sigset_t) {
    // SAFETY: the mask is one that the system gave us; the call reads it only.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, mask, ptr::null_mut()) };
}

/// Has exec close descriptors 1 and 2 where our caller had closed them.
fn close_output_again() {
    for (descriptor, was_closed) in (1..).zip(&OUTPUT_WAS_CLOSED) {
        if was_closed.load(Relaxed) {
            // SAFETY: the call works on numbers only; one that fails leaves /dev/null open.
            unsafe { libc::fcntl(descriptor, libc::F_SETFD, libc::FD_CLOEXEC) };
        }
    }
}

/// The alarm as our caller set it, less the time that has passed; none where there was none.
fn give_alarm_back() {
    let Some((before, since)) = ALARM.get() else { return };
    let mut alarm = *before;
    let is_set = alarm.it_value.tv_sec != 0 || alarm.it_value.tv_usec != 0;
    if is_set {
        let left = as_duration(alarm.it_value).saturating_sub(since.elapsed());
        // No time at all would be no alarm.
        alarm.it_value = as_timeval(left.max(Duration::from_micros(1)));
    }
    set_alarm(&alarm);
}

fn as_timeval(time: Duration) -> libc::timeval {
    libc::timeval { tv_sec: time.as_secs().try_into().unwrap_or(i32::MAX.into()), tv_usec: time.subsec_micros().into() }
}

fn as_duration(time: libc::timeval) -> Duration {
    Duration::from_secs(time.tv_sec.try_into().unwrap_or_default()) + Duration::from_micros(time.tv_usec.try_into().unwrap_or_default())
}

/// Sets the alarm and returns the one before.
fn set_alarm(new: &libc::itimerval) -> libc::itimerval {
    let mut old = *new;
    // SAFETY: both pointers are to initialised values of the right type.
    unsafe { libc::setitimer(libc::ITIMER_REAL, &raw const *new, &raw mut old) };
    old
}
