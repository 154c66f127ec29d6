//! Starts that no program of the system can make: an environment that is no list of variables, and a filter of system calls.
//!
//! Unsafe, because std makes a map of the environment, and knows nothing of seccomp(2).
#![allow(unsafe_code)]

use std::ffi::{CString, OsString};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// A command that becomes `words` with these entries as its environment, in this order, whatever they are.
pub(crate) fn with_environment(words: &[OsString], entries: &[&[u8]]) -> Command {
    let words: Vec<CString> = words.iter().map(|word| CString::new(word.as_bytes()).unwrap()).collect();
    let entries: Vec<CString> = entries.iter().map(|entry| CString::new(*entry).unwrap()).collect();
    // As numbers, which may go to another thread: the strings go with them.
    let pointers = |strings: &[CString]| strings.iter().map(|text| text.as_ptr() as usize).chain([0]).collect::<Vec<usize>>();
    let (argv, envp) = (pointers(&words), pointers(&entries));
    let mut command = Command::new("/bin/false");
    let become_it = move || {
        let _strings_live = &entries;
        // SAFETY: execve is async-signal-safe; both are lists of NUL-terminated strings that end with a null pointer, and live.
        unsafe { libc::execve(words[0].as_ptr(), argv.as_ptr().cast(), envp.as_ptr().cast()) };
        Err(std::io::Error::last_os_error())
    };
    // SAFETY: the closure only makes the one system call; it neither allocates nor takes a lock.
    unsafe { command.pre_exec(become_it) };
    command
}

/// Has `command` start under a filter that lets every system call through.
pub(crate) fn filter_system_calls(command: &mut Command) {
    let filter = || {
        let mut allow = [libc::sock_filter { code: (libc::BPF_RET | libc::BPF_K) as u16, jt: 0, jf: 0, k: libc::SECCOMP_RET_ALLOW }];
        let program = libc::sock_fprog { len: 1, filter: allow.as_mut_ptr() };
        // SAFETY: prctl is async-signal-safe; the program lives until the call has copied it.
        let is_set = unsafe {
            libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
                && libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) == 0
        };
        if is_set { Ok(()) } else { Err(std::io::Error::last_os_error()) }
    };
    // SAFETY: the closure only makes the two system calls; it neither allocates nor takes a lock.
    unsafe { command.pre_exec(filter) };
}
