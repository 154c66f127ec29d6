//! mailward's own path and configuration, as a mail server will name them.
//!
//! Owns the look whether whoever mail is for can reach both: mail servers call mailward as the recipient. It must never accept a path
//! that a mail server would read differently. What fails is a [`Refusal`].

use super::{Refusal, Result};
use crate::config::DEFAULT_PATH;
use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// What everybody must be allowed to do with a file, or with a folder on the way to it.
const READ: u32 = 0o004;
const PASS: u32 = 0o001;

/// The path of this program.
pub(super) fn path() -> Result<String> {
    let path = env::current_exe()?;
    ensure_for_all(&path, PASS)?;
    plain(&path)
}

/// Its folder, for the scripts that go with it.
pub(super) fn folder() -> Result<PathBuf> {
    Ok(env::current_exe()?.parent().unwrap_or(Path::new("/usr/local/sbin")).to_owned())
}

/// The path of the configuration, if it is not the one that holds anyway.
pub(super) fn configuration(named: Option<&Path>) -> Result<Option<String>> {
    let Some(named) = named else {
        let default = Path::new(DEFAULT_PATH);
        return if default.exists() { ensure_for_all(default, READ).map(|()| None) } else { Ok(None) };
    };
    let path = fs::canonicalize(named).map_err(|why| Refusal::new(format!("{}: {why}", named.display())))?;
    ensure_for_all(&path, READ)?;
    plain(&path).map(Some)
}

/// Whether a line of a configuration calls mailward, by whatever path. What it says of itself in a remark does not count, nor does the
/// name of a domain or of an account.
pub(super) fn is_called_in(line: &str) -> bool {
    let line = line.trim_start();
    let is_remark = line.starts_with('#') || line.starts_with("dnl");
    let ends_name = |rest: &str| !rest.starts_with(|next: char| next.is_alphanumeric() || ['/', '.', '_'].contains(&next));
    !is_remark && (line.contains("mailward deliver") || line.split("/mailward").skip(1).any(ends_name))
}

/// Where contrib has the program.
const CONTRIBS_PATH: &str = "/usr/local/sbin/mailward";

/// The program of our own command.
pub(super) fn program_of(command: &str) -> &str {
    command.split(' ').next().unwrap_or(command)
}

/// A text of contrib for our own command.
pub(super) fn adapted(text: &str, command: &str) -> String {
    let program = program_of(command);
    text.replace(CONTRIBS_PATH, program).replace(&format!("{program} deliver"), command)
}

/// The path as text without a character that any mail server gives a meaning.
fn plain(path: &Path) -> Result<String> {
    let text = path.to_str().filter(|text| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-+".contains(&byte)));
    text.map(str::to_owned).ok_or_else(|| Refusal::new(format!("{}: move it to a path of letters and digits", path.display())))
}

fn ensure_for_all(path: &Path, wanted: u32) -> Result<()> {
    let parts = std::iter::once((path, wanted)).chain(path.ancestors().skip(1).map(|folder| (folder, PASS)));
    for (part, wanted) in parts {
        let mode = fs::metadata(part)?.permissions().mode();
        if mode & wanted == 0 {
            let what = if wanted == READ { "not everybody may read it" } else { "not everybody may pass" };
            let advice = "mail servers run mailward as the recipient (README.md, \"In front of your mail\")";
            return Err(Refusal::new(format!("{}: {what}, and {advice}", part.display())));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use fs::Permissions;
    use tempfile::TempDir;

    #[test]
    fn what_not_everybody_can_reach_is_refused_by_name() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("mailward");
        fs::write(&path, "").unwrap();
        let with = |file: u32, around: u32| {
            fs::set_permissions(&path, Permissions::from_mode(file)).unwrap();
            fs::set_permissions(folder.path(), Permissions::from_mode(around)).unwrap();
        };
        with(0o755, 0o755);
        assert!(ensure_for_all(&path, PASS).is_ok() && ensure_for_all(&path, READ).is_ok());
        with(0o755, 0o700);
        let Err(Refusal(why)) = ensure_for_all(&path, PASS) else { panic!("it was accepted") };
        assert!(why[0].starts_with(&format!("{}: not everybody may pass", folder.path().display())), "{why:?}");
        with(0o640, 0o755);
        assert!(ensure_for_all(&path, READ).is_err());
    }

    #[test]
    fn a_text_of_contrib_names_our_own_command() {
        let text = "[ -x /usr/local/sbin/mailward ] && /usr/local/sbin/mailward deliver -- x";
        for program in ["/opt/mw", "/usr/local/sbin/mailward", "/usr/local/sbin/mailward-2/mailward"] {
            let expected = format!("[ -x {program} ] && {program} deliver --config /c -- x");
            assert_eq!(adapted(text, &format!("{program} deliver --config /c")), expected);
        }
    }

    #[test]
    fn mailward_is_told_from_what_has_its_name() {
        let calls = ["mailward deliver", "command = /opt/mailward --config x", "`/usr/sbin/mailward'", "\"/x/mailward-resubmit\""];
        assert!(calls.into_iter().all(is_called_in));
        let others = ["# /usr/sbin/mailward deliver", "dnl mailward deliver", "domain = mailward.test", "include /etc/mailward/x"];
        assert!(!others.into_iter().any(is_called_in));
    }

    #[test]
    fn a_configuration_is_named_by_its_whole_path() {
        let folder = TempDir::new().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        for (name, is_accepted) in [("mailward.toml", true), ("with blank.toml", false), ("it's.toml", false)] {
            let path = folder.path().join(name);
            fs::write(&path, "").unwrap();
            fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
            let given = folder.path().join(".").join(name);
            let accepted = configuration(Some(&given)).ok().flatten();
            assert_eq!(accepted, is_accepted.then(|| fs::canonicalize(&path).unwrap().display().to_string()), "{name}");
        }
    }
}
