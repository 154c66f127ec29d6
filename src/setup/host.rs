//! The machine as setup sees it: files, programs, accounts.
//!
//! Owns every look at it. It must never change anything. What fails is a [`Refusal`] that names the file or the program.

use super::step::Step;
use super::{Refusal, Result};
use crate::os;
use std::env;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Where the programs of mail servers lie, which the PATH of a person often lacks.
const FOLDERS: &str = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin";

/// The content of a file; none where there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(why) => Err(Refusal::new(format!("{}: {why}", path.display()))),
    }
}

/// The text of a file that must be there. A configuration that is no text is none that is understood.
pub(super) fn text(path: &Path) -> Result<String> {
    let bytes = read(path)?.ok_or_else(|| Refusal::new(format!("{}: there is no such file", path.display())))?;
    String::from_utf8(bytes).map_err(|_| Refusal::new(format!("{}: it is no UTF-8 text, and is not understood", path.display())))
}

/// Whether a folder is one that root alone may write to.
pub(super) fn is_roots_own(folder: &Path) -> io::Result<bool> {
    let metadata = fs::metadata(folder)?;
    Ok(metadata.uid() == 0 && metadata.mode() & 0o022 == 0)
}

/// Whether a shell would make more than one command of it, or send its output elsewhere: ours would be but its first part.
pub(super) fn is_more_than_one_command(command: &str) -> bool {
    command.contains(['|', ';', '&', '<', '>', '(', ')', '`', '\n'])
}

/// Whether the first word of a command is a program that is installed, and not a word of the shell.
pub(super) fn begins_with_program(command: &str) -> bool {
    let word = command.split_whitespace().next().unwrap_or_default();
    if word.starts_with('/') { Path::new(word).is_file() } else { !word.contains('/') && program(word).is_some() }
}

/// The path of a program, if it is installed.
pub(super) fn program(name: &str) -> Option<PathBuf> {
    env::split_paths(FOLDERS).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Runs a program and gives what it printed on stdout.
pub(super) fn ask<T: AsRef<str>>(words: &[T]) -> Result<String> {
    let output = output(command(words))?;
    if !output.status.success() {
        let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
        return Err(failed(&words.join(" "), &output));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a program ends well.
pub(super) fn succeeds<T: AsRef<str>>(words: &[T]) -> bool {
    output(command(words)).is_ok_and(|output| output.status.success())
}

/// A program, to be run with nothing to read.
pub(super) fn command<T: AsRef<str>>(words: &[T]) -> Command {
    let mut words = words.iter().map(AsRef::as_ref);
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).env("PATH", FOLDERS).env("LC_ALL", "C").stdin(Stdio::null());
    // It may start a daemon, which signals are to end; those of the terminal are for us, who may be holding them.
    os::release_signals(&mut command).process_group(0);
    command
}

/// Runs a program to its end.
pub(super) fn output(mut command: Command) -> Result<Output> {
    let name = command.get_program().to_string_lossy().into_owned();
    command.output().map_err(|why| Refusal::new(format!("{name}: {why}")))
}

/// What a program that has failed said.
pub(super) fn failed(words: &str, output: &Output) -> Refusal {
    let said = [output.stdout.as_slice(), &output.stderr].concat();
    let said = String::from_utf8_lossy(&said).lines().map(|line| format!("  {line}")).collect::<Vec<_>>();
    Refusal(std::iter::once(format!("{words}: {}", output.status)).chain(said).collect())
}

/// What has a daemon that rereads its configuration at SIGHUP do so: the unit of systemd, asked to do `verb`, else the process that one
/// of its files names.
pub(super) fn rereading(verb: &str, units: &[&'static str], files: &[&str], name: &str) -> Option<Step> {
    let unit = active_unit(units).map(|unit| Step::of(&format!("systemctl {verb} {unit}")));
    unit.or_else(|| process(files, name).map(|process| Step::of(&format!("kill -HUP {process}"))))
}

/// The unit that systemd runs, of several names that it may have.
pub(super) fn active_unit(names: &[&'static str]) -> Option<&'static str> {
    let has_systemd = Path::new("/run/systemd/system").exists();
    names.iter().find(|unit| has_systemd && succeeds(&["systemctl", "is-active", "--quiet", unit])).copied()
}

/// The process of a daemon whose program has a name that begins so, by the first line of one of its files. A file may be older than
/// the machine's start, and its number another's by now.
fn process(files: &[&str], name: &str) -> Option<u32> {
    files.iter().find_map(|file| {
        let text = fs::read_to_string(file).ok()?;
        let pid: u32 = text.lines().next()?.trim().parse().ok()?;
        let runs = fs::read_link(format!("/proc/{pid}/exe")).ok()?;
        runs.file_name()?.to_str()?.starts_with(name).then_some(pid)
    })
}

/// User and group number of an account, if there is one.
pub(super) fn account(name: &str) -> Option<(u32, u32)> {
    let found = ask(&["getent", "passwd", name]).ok()?;
    let mut fields = found.trim().split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_not_deaf_to_the_signals_that_we_hold() {
        let _held = os::hold_signals();
        let status = ask(&["cat", "/proc/self/status"]).unwrap();
        assert!(status.contains("\nSigBlk:\t0000000000000000\n"), "{status}");
    }
}
