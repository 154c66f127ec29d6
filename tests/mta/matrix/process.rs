//! mailward at work: found among the processes of the machine, and interfered with.
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};

use super::ground::Ground;
use crate::wait;

/// Kills it the way the kernel does when memory runs out.
pub(crate) fn kill(ground: &Ground) {
    kill_process(find(ground), Signal::KILL).unwrap();
}

/// Holds it until its deadline has passed, so that it hears of that before an engine's time is over, and lets it go on.
pub(crate) fn outlive_deadline(ground: &Ground) {
    let process = find(ground);
    kill_process(process, Signal::STOP).unwrap();
    wait::until("the alarm of the deadline", || is_alarm_pending(process).then_some(()));
    kill_process(process, Signal::CONT).unwrap();
}

fn find(ground: &Ground) -> Pid {
    let program = ground.site.program();
    wait::until("mailward asking clamd", || processes().find(|process| runs(*process, &program) && has_socket(*process)))
}

fn processes() -> impl Iterator<Item = Pid> {
    let names = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.unwrap().file_name().into_string().ok());
    names.filter_map(|name| Pid::from_raw(name.parse().ok()?))
}

/// Whether a process runs this very file. Its path may have another name where the process lives.
fn runs(process: Pid, program: &Path) -> bool {
    let running = fs::metadata(format!("/proc/{}/exe", process.as_raw_nonzero()));
    let program = fs::metadata(program).unwrap();
    running.is_ok_and(|running| (running.dev(), running.ino()) == (program.dev(), program.ino()))
}

/// Whether a process has opened a socket, as mailward does to ask clamd. What its caller gave it has lower numbers.
fn has_socket(process: Pid) -> bool {
    let Ok(files) = fs::read_dir(format!("/proc/{}/fd", process.as_raw_nonzero())) else { return false };
    let is_socket = |path: &Path| fs::read_link(path).is_ok_and(|target| target.to_string_lossy().starts_with("socket:"));
    let own = files.flatten().filter(|file| file.file_name().to_str().is_some_and(|name| !["0", "1", "2"].contains(&name)));
    own.map(|file| file.path()).any(|path| is_socket(&path))
}

fn is_alarm_pending(process: Pid) -> bool {
    let status = fs::read_to_string(format!("/proc/{}/status", process.as_raw_nonzero())).unwrap();
    let pending = status.lines().find_map(|line| line.strip_prefix("ShdPnd:")).expect("pending signals");
    let signals = u64::from_str_radix(pending.trim(), 16).unwrap();
    signals >> (Signal::ALARM.as_raw() - 1) & 1 == 1
}
