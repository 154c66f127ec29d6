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
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicI64, Ordering::Relaxed};
use std::time::Duration;

/// Signals that end the run as "try again later". Exim bounces a mail whose command dies by a signal, so none may kill us.
const FATAL: [libc::c_int; 20] = [
    libc::SIGHUP,
    libc::SIGINT,
    libc::SIGQUIT,
    libc::SIGILL,
    libc::SIGTRAP,
    libc::SIGABRT,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGUSR1,
    libc::SIGSEGV,
    libc::SIGUSR2,
    libc::SIGALRM,
    libc::SIGTERM,
    libc::SIGXCPU,
    libc::SIGVTALRM,
    libc::SIGSYS,
    libc::SIGPROF,
    libc::SIGIO,
    libc::SIGPWR,
    libc::SIGSTKFLT,
];

static STATUS: AtomicI32 = AtomicI32::new(0);
static STDIN_WAS_CLOSED: AtomicBool = AtomicBool::new(false);
static PIPE_WAS_IGNORED: AtomicBool = AtomicBool::new(false);
static CHILD_WAS_IGNORED: AtomicBool = AtomicBool::new(false);
static ALARM_LEFT: AtomicI64 = AtomicI64::new(0);

/// Runs before Rust's own start-up, which ignores SIGPIPE and opens /dev/null on a closed descriptor 0: after it nobody could
/// tell what our caller had set.
extern "C" fn before_start_up() {
    // SAFETY: fcntl and sigaction are async-signal-safe and need nothing that start-up sets up; `old` is written before it is read.
    unsafe {
        STDIN_WAS_CLOSED.store(libc::fcntl(0, libc::F_GETFD) == -1, Relaxed);
        PIPE_WAS_IGNORED.store(is_ignored(libc::SIGPIPE), Relaxed);
        CHILD_WAS_IGNORED.store(is_ignored(libc::SIGCHLD), Relaxed);
    }
}

// SAFETY: .init_array is the ELF section of functions that the C library calls before main; the type is the one it expects.
#[used]
#[unsafe(link_section = ".init_array")]
static BEFORE_START_UP: extern "C" fn() = before_start_up;

/// Whether descriptor 0 was closed when we were called.
pub fn stdin_was_closed() -> bool {
    STDIN_WAS_CLOSED.load(Relaxed)
}

/// From here on every signal that would end the process ends it with `status`; called again it only changes that.
///
/// A signal that our caller ignores (nohup) stays ignored. SIGXFSZ only interrupts, so that the write fails with EFBIG and takes
/// the ordinary way. Handlers vanish at exec by themselves.
pub fn guard(status: u8) {
    if STATUS.swap(i32::from(status), Relaxed) != 0 {
        return;
    }
    // SAFETY: the handlers only load an atomic and call _exit, both async-signal-safe; they run on Rust's alternate stack.
    unsafe {
        for signal in FATAL {
            if !is_ignored(signal) {
                set_disposition(signal, leave as *const () as libc::sighandler_t);
            }
        }
        if !is_ignored(libc::SIGXFSZ) {
            set_disposition(libc::SIGXFSZ, interrupt as *const () as libc::sighandler_t);
        }
        // An ignored SIGCHLD would take away the exit status of command scanners.
        set_disposition(libc::SIGCHLD, libc::SIG_DFL);
    }
}

/// Ends the run as "try again later" when `limit` has passed, whatever it is busy with.
pub fn set_deadline(limit: Duration) {
    let before = set_alarm(limit.as_secs().try_into().unwrap_or(i64::MAX), limit.subsec_micros().into());
    ALARM_LEFT.store(before, Relaxed);
}

/// Becomes `program`, with SIGPIPE, SIGCHLD and the alarm as our caller set them; returns only when that fails.
///
/// execv and not std's Command: that one resets SIGPIPE and the signal mask whatever they were, and through the C library's execvp
/// it runs a shell for a file that is no program. The environment and the mask are what they were, as nobody changes them here.
pub fn execute(program: &Path, words: &[OsString]) -> io::Error {
    let as_text = |word: &OsStr| CString::new(word.as_bytes());
    let (Ok(program), Ok(words)) = (as_text(program.as_os_str()), words.iter().map(|word| as_text(word)).collect::<Result<Vec<_>, _>>())
    else {
        return io::ErrorKind::InvalidInput.into();
    };
    let mut pointers: Vec<*const libc::c_char> = words.iter().map(|word| word.as_ptr()).collect();
    pointers.push(ptr::null());
    set_alarm(ALARM_LEFT.load(Relaxed), 0);
    // SAFETY: both are lists of NUL-terminated strings that live until the call returns, which it does only on failure.
    unsafe {
        set_disposition(libc::SIGPIPE, if PIPE_WAS_IGNORED.load(Relaxed) { libc::SIG_IGN } else { libc::SIG_DFL });
        set_disposition(libc::SIGCHLD, if CHILD_WAS_IGNORED.load(Relaxed) { libc::SIG_IGN } else { libc::SIG_DFL });
        libc::execv(program.as_ptr(), pointers.as_ptr());
    }
    io::Error::last_os_error()
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

/// `file` as memory.
///
/// # Errors
/// Those of mmap(2): no memory, or not a file that can be mapped.
pub fn map(file: &File) -> io::Result<Mmap> {
    // Without MAP_POPULATE: reading all pages at once was measured slower than touching them, at every size.
    // SAFETY: the bytes do not change under us: a memfd was sealed against writing, a spool file has no name, and a file that the
    // MTA handed over is its queue file, which it does not touch while we run. One that is cut all the same raises SIGBUS, which
    // `guard` turns into "try again later".
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
unsafe fn is_ignored(signal: libc::c_int) -> bool {
    let mut old = MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: with a null action the call only writes `old`, which is read only when it says that it did.
    unsafe { libc::sigaction(signal, ptr::null(), old.as_mut_ptr()) == 0 && old.assume_init().sa_sigaction == libc::SIG_IGN }
}

/// # Safety
/// `handler` is SIG_DFL, SIG_IGN or an async-signal-safe `extern "C" fn(c_int)`.
unsafe fn set_disposition(signal: libc::c_int, handler: libc::sighandler_t) {
    // SAFETY: an all-zero sigaction is a valid one; the call reads it only.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler;
        action.sa_flags = libc::SA_ONSTACK;
        libc::sigaction(signal, &raw const action, ptr::null_mut());
    }
}

/// Sets the alarm and returns the whole seconds that were left on the one before, 0 for none.
fn set_alarm(seconds: i64, micros: i64) -> i64 {
    let mut new =
        libc::itimerval { it_interval: libc::timeval { tv_sec: 0, tv_usec: 0 }, it_value: libc::timeval { tv_sec: 0, tv_usec: 0 } };
    new.it_value.tv_sec = seconds;
    new.it_value.tv_usec = micros;
    let mut old = new;
    // SAFETY: both pointers are to initialised values of the right type.
    unsafe { libc::setitimer(libc::ITIMER_REAL, &raw const new, &raw mut old) };
    old.it_value.tv_sec + i64::from(old.it_value.tv_usec > 0)
}
