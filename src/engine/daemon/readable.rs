//! A file for a daemon that takes a path.
//!
//! Owns who can read it, and that it vanishes. It must never let its name or path hold anything of the message. What fails is a
//! [`Trouble`].

use crate::engine::Trouble;
use rustix::rand::{GetRandomFlags, getrandom};
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use tempfile::TempDir;

/// A file that a daemon can read; removed when dropped.
///
/// The daemon runs as a user of its own, whom we cannot give a file to without being root. So everybody may read the file (0644), but
/// only who knows its name can: the folder around it may be entered and not listed (0711), and the name is 128 bits of the kernel's.
/// The names that tempfile makes would not do: the folder's own, which everybody sees, tells much of what its generator says next.
pub(super) struct Readable {
    _folder: TempDir,
    path: String,
}

impl Readable {
    /// One that holds `bytes`.
    pub(super) fn holding(bytes: &[u8]) -> Result<Self, Trouble> {
        Self::written(bytes).map_err(|why| Trouble::Io("preparing the file for the engine", why))
    }

    fn written(bytes: &[u8]) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("mailward-").permissions(Permissions::from_mode(0o711)).tempdir()?;
        // The umask may have taken more away than asked for.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o711))?;
        let file = folder.path().join(name()?);
        fs::write(&file, bytes)?;
        fs::set_permissions(&file, Permissions::from_mode(0o644))?;
        // A blank or a line end in TMPDIR would end the path in most protocols.
        let path = file.to_str().filter(|path| path.bytes().all(|byte| byte.is_ascii_graphic())).map(str::to_owned);
        Ok(Self { _folder: folder, path: path.ok_or(io::ErrorKind::InvalidFilename)? })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &str {
        &self.path
    }
}

fn name() -> io::Result<String> {
    let mut bytes = [0; 16];
    let count = getrandom(&mut bytes, GetRandomFlags::empty())?;
    if count < bytes.len() {
        return Err(io::ErrorKind::Interrupted.into());
    }
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn everybody_may_read_it_and_nobody_can_list_it_and_it_vanishes() {
        let file = Readable::holding(b"x").unwrap();
        let path = Path::new(file.path()).to_owned();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o644, 0o711));
        assert_eq!(fs::read(&path).unwrap(), b"x");
        drop(file);
        assert!(!path.exists() && !path.parent().unwrap().exists());
    }

    #[test]
    fn no_two_names_are_the_same() {
        assert_ne!(name().unwrap(), name().unwrap());
        assert_eq!(name().unwrap().len(), 32);
    }
}
