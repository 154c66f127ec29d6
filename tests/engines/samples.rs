//! Messages to ask engines about.

use std::fs;
use std::path::{Path, PathBuf};

/// The test string of spam filters, in two pieces, so that this file is not taken for spam.
pub(crate) fn gtube() -> Vec<u8> {
    let text = ["XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STAND", "ARD-ANTI-UBE-TEST-EMAIL*C.34X"].concat();
    format!("From: a@sender.example\nTo: b@example.org\nSubject: test\nMessage-ID: <1@sender.example>\nDate: Mon, 3 Mar 2025 09:14:05 +0100\n\n{text}\n").into_bytes()
}

/// Up to `most` messages of a folder of the corpus; none where it is not there.
pub(crate) fn of_corpus(folder: &str, most: usize) -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let Ok(entries) = fs::read_dir(root.join(folder)) else {
        eprintln!("left out: the corpus is not there");
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "eml")).collect();
    paths.sort();
    paths.iter().take(most).map(|path| (path.display().to_string(), fs::read(path).unwrap())).collect()
}
