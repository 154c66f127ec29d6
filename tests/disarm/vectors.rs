//! The pages of vectors/: a folder a row, a file a depth, a page a line.
//!
//! A line holds a page as UTF-8; a picture of a control character (U+2400 to U+241F) stands for that character. `active.txt` holds what
//! goes under every depth, `remote.txt` what goes when nothing may be fetched, and `tame/pages.txt` what must stay as it is.
use mailward::html::Depth;
use std::fs;
use std::path::{Path, PathBuf};

/// A page and where it comes from.
#[derive(Clone, Debug)]
pub(crate) struct Vector {
    pub(crate) name: String,
    pub(crate) page: Vec<u8>,
    /// From what depth on it is hostile.
    pub(crate) depth: Depth,
}

impl Vector {
    pub(crate) fn new(name: String, page: impl Into<Vec<u8>>, depth: Depth) -> Self {
        Self { name, page: page.into(), depth }
    }

    /// It and `what`, for a message of the test.
    pub(crate) fn told(&self, what: &str) -> String {
        format!("{}: {}\n    {what}", self.name, beginning(&self.page))
    }
}

/// So much of a page as a message of a test should hold.
pub(crate) fn beginning(page: &[u8]) -> String {
    String::from_utf8_lossy(page).chars().take(400).collect()
}

/// Every page that is hostile.
pub(crate) fn hostile() -> Vec<Vector> {
    let mut folders: Vec<PathBuf> = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let files = [("active.txt", Depth::Active), ("remote.txt", Depth::Remote)];
    folders.iter().flat_map(|folder| files.iter().flat_map(|(file, depth)| lines(&folder.join(file), *depth))).collect()
}

/// Every page that must stay as it is.
pub(crate) fn tame() -> Vec<Vector> {
    lines(&root().join("tame/pages.txt"), Depth::Active)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/disarm/vectors")
}

fn lines(path: &Path, depth: Depth) -> Vec<Vector> {
    let row = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().enumerate().map(|(index, line)| Vector::new(format!("{row} {depth:?} {}", index + 1), page(line), depth)).collect()
}

fn page(line: &str) -> String {
    let control = |letter: char| match letter {
        '\u{2400}'..='\u{241F}' => char::from_u32(letter as u32 - 0x2400).unwrap(),
        other => other,
    };
    line.chars().map(control).collect()
}
