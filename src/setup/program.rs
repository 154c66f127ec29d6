//! mailward's own path, as a mail server will call it.
//!
//! Owns the look whether everybody can run it: mail servers call it as the recipient. It must never accept a path that a mail server
//! would read differently. What fails is a [`Refusal`].

use super::{Refusal, Result};
use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{self, Path, PathBuf};

/// The path of this program.
pub(super) fn own() -> Result<String> {
    let path = env::current_exe()?;
    ensure_for_all(&path)?;
    named(&path)
}

/// The whole path of a file, for a mail server that calls us from another folder and reads what it calls in its own way.
pub(super) fn named(path: &Path) -> Result<String> {
    let path = path::absolute(path)?;
    let text = path.to_str().filter(|text| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-+".contains(&byte)));
    text.map(str::to_owned).ok_or_else(|| Refusal::new(format!("{}: move it to a path of letters and digits", path.display())))
}

/// Its folder, for the scripts that go with it.
pub(super) fn folder() -> Result<PathBuf> {
    Ok(env::current_exe()?.parent().unwrap_or(Path::new("/usr/local/sbin")).to_owned())
}

/// Whether a line of a configuration calls mailward, by whatever path. What it says of itself in a remark does not count, nor does
/// the name of a domain or of an account.
pub(super) fn is_called_in(line: &str) -> bool {
    let line = line.trim_start();
    let is_remark = line.starts_with('#') || line.starts_with("dnl");
    let ends_name = |rest: &str| !rest.starts_with(|next: char| next.is_alphanumeric() || ['/', '.', '_'].contains(&next));
    !is_remark && (line.contains("mailward deliver") || line.split("/mailward").skip(1).any(ends_name))
}

fn ensure_for_all(path: &Path) -> Result<()> {
    for part in path.ancestors() {
        let mode = fs::metadata(part)?.permissions().mode();
        if mode & 0o001 == 0 {
            let advice = "mail servers run mailward as the recipient; install it by make install";
            return Err(Refusal::new(format!("{}: not everybody may pass, and {advice}", part.display())));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    #[test]
    fn mailward_is_told_from_what_has_its_name() {
        for line in [
            "mailward deliver",
            "command = /opt/mailward --config x",
            "`/usr/sbin/mailward'",
            "exec /usr/sbin/mailward",
            "\"/x/mailward-resubmit\"",
        ] {
            assert!(is_called_in(line), "{line}");
        }
        for line in [
            "# /usr/sbin/mailward deliver",
            "dnl mailward deliver",
            "domain = mailward.test",
            "trusted = mailward",
            "include /etc/mailward/x",
            "/etc/mailward.d",
        ] {
            assert!(!is_called_in(line), "{line}");
        }
    }

    #[test]
    fn a_program_in_a_closed_folder_is_refused() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("mailward");
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let Err(Refusal(why)) = ensure_for_all(&path) else { panic!("it was accepted") };
        assert!(why[0].starts_with(&format!("{}: not everybody", folder.path().display())), "{why:?}");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        assert!(ensure_for_all(&path).is_ok());
    }
}
