//! Makes directories whose names last as long as what is put into them.
//!
//! Owns the order: each name is on the disk before the next is made. It must never change a directory that is there. What fails is the
//! error of the system.

use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// Makes `path` with `mode` where it is missing, and its missing parents for all to enter.
///
/// # Errors
/// Those of mkdir(2) and fsync(2). A parent that we may not read cannot be synced: what is kept below it has to sync the file system.
pub fn make_folders(path: &Path, mode: u32) -> io::Result<()> {
    let missing: Vec<&Path> = path.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists()).collect();
    for folder in missing.into_iter().rev() {
        let mode = if folder == path { mode } else { 0o755 };
        match DirBuilder::new().mode(mode).create(folder) {
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {}
            result => result?,
        }
        match sync(folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))) {
            Err(why) if why.kind() == io::ErrorKind::PermissionDenied => {}
            result => result?,
        }
    }
    Ok(())
}

/// Makes the names in `folder` last.
///
/// # Errors
/// Those of open(2) and fsync(2).
pub fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn only_the_last_has_the_mode_and_what_is_there_stays() {
        let root = tempfile::TempDir::new().unwrap();
        let path = root.path().join("a/b/c");
        for _ in 0..2 {
            make_folders(&path, 0o700).unwrap();
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        }
        assert!(root.path().join("a").metadata().unwrap().permissions().mode() & 0o700 == 0o700);
    }
}
