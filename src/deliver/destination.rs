//! Where an accepted message goes: which MDA with which words, or which maildir.
//!
//! Owns the choice and the search for the program. It must never change a word that was given. What is missing is told before
//! anything is done with the message: [`Error::NoDelivery`], [`Error::Exec`].

use super::expand;
use crate::config::Delivery;
use crate::envelope::Envelope;
use crate::error::Error;
use rustix::fs::Access;
use std::env;
use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Where a message goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// To a program, with its words; the first is its name as it was given, which procmail and busybox go by.
    Mda(PathBuf, Vec<OsString>),
    /// Into a maildir.
    Maildir(PathBuf),
}

impl Destination {
    /// The words of the MDA, for people.
    pub fn words(&self) -> Vec<String> {
        match self {
            Self::Mda(_, words) => words.iter().map(|word| word.to_string_lossy().into_owned()).collect(),
            Self::Maildir(path) => vec![format!("maildir:{}", path.display())],
        }
    }
}

/// The MDA of the command line, else that of the configuration with `arguments` behind it, else the maildir.
///
/// # Errors
/// [`Error::NoDelivery`], [`Error::NoHome`], and [`Error::Exec`] when the program is not there.
pub fn destination(given: &[OsString], arguments: &[OsString], delivery: &Delivery, envelope: &Envelope) -> Result<Destination, Error> {
    if !given.is_empty() {
        return mda(given.to_vec());
    }
    if !delivery.mda.is_empty() {
        return mda(delivery.mda.iter().map(OsString::from).chain(arguments.iter().cloned()).collect());
    }
    match (&delivery.maildir, arguments) {
        (Some(maildir), []) => expand(maildir, envelope).map(Destination::Maildir),
        // Arguments are for an MDA, and there is none.
        _ => Err(Error::NoDelivery),
    }
}

fn mda(words: Vec<OsString>) -> Result<Destination, Error> {
    let name = words.first().cloned().unwrap_or_default();
    let program = find(Path::new(&name)).map_err(|why| Error::Exec(PathBuf::from(name), why))?;
    Ok(Destination::Mda(program, words))
}

/// The program of that name: a path as it is, a bare name in PATH (execvp(3)).
fn find(name: &Path) -> io::Result<PathBuf> {
    if name.as_os_str().as_bytes().contains(&b'/') {
        return ensure_program(name).map(|()| name.to_owned());
    }
    let path = env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into());
    let mut candidates = env::split_paths(&path).map(|folder| folder.join(name));
    candidates.find(|candidate| ensure_program(candidate).is_ok()).ok_or_else(|| io::ErrorKind::NotFound.into())
}

fn ensure_program(path: &Path) -> io::Result<()> {
    if std::fs::metadata(path)?.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Ok(rustix::fs::access(path, Access::EXEC_OK)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<OsString> {
        text.split_whitespace().map(OsString::from).collect()
    }

    fn choose(given: &str, arguments: &str, mda: &[&str], maildir: Option<&str>) -> Result<Destination, Error> {
        let delivery =
            Delivery { mda: mda.iter().map(ToString::to_string).collect(), maildir: maildir.map(str::to_owned), ..Delivery::default() };
        destination(&words(given), &words(arguments), &delivery, &Envelope::default())
    }

    #[test]
    fn the_command_line_wins_then_the_configured_mda_then_the_maildir() {
        let sh = |text: &str| Destination::Mda(PathBuf::from("/bin/sh"), words(text));
        assert_eq!(choose("/bin/sh -c x", "", &["/bin/cat"], Some("/m")).unwrap(), sh("/bin/sh -c x"));
        assert_eq!(choose("", "", &["/bin/sh"], Some("/m")).unwrap(), sh("/bin/sh"));
        assert_eq!(choose("", "", &[], Some("/m")).unwrap(), Destination::Maildir("/m".into()));
        assert!(matches!(choose("", "-d user", &[], Some("/m")), Err(Error::NoDelivery)));
        assert_eq!(choose("", "", &["/bin/sh", "-t"], None).unwrap(), sh("/bin/sh -t"));
        assert_eq!(choose("", "-d user", &["/bin/sh"], Some("/m")).unwrap(), sh("/bin/sh -d user"));
        assert!(matches!(choose("", "", &[], None), Err(Error::NoDelivery)));
    }

    #[test]
    fn a_bare_name_is_looked_for_and_keeps_its_name() {
        let Destination::Mda(program, words) = choose("sh -c x", "", &[], None).unwrap() else { panic!() };
        assert!(program.is_absolute());
        assert_eq!(words[0], "sh");
    }

    #[test]
    fn what_is_no_program_is_said_before_anything_is_done() {
        for name in ["/nonexistent/mda", "/tmp", "/etc/passwd/x", "no-such-program-anywhere"] {
            assert!(matches!(choose(name, "", &[], None), Err(Error::Exec(..))), "{name}");
        }
    }
}
