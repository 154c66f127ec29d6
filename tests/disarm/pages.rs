//! The pages of the corpus: the text/html bodies of its messages, decoded, and the files of a folder.
//!
//! The corpus lies beside the repository, in ../shared/corpus; it is other people's mail and not ours to publish.
use crate::all;
use mail_parser::{MessageParser, PartType};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus");

/// A page and where it comes from.
pub(crate) struct Page {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// The HTML bodies of every message, as UTF-8; none, said on stderr, where the corpus is missing.
pub(crate) fn of_messages() -> &'static [Page] {
    static PAGES: OnceLock<Vec<Page>> = OnceLock::new();
    PAGES.get_or_init(|| {
        let paths: Vec<PathBuf> =
            files("").into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "eml")).collect();
        all::map(&paths, |path| bodies(path)).into_iter().flatten().collect()
    })
}

fn bodies(path: &Path) -> Vec<Page> {
    let bytes = fs::read(path).unwrap();
    let message = MessageParser::default().parse(&bytes);
    let parts = message.iter().flat_map(|message| &message.parts);
    let pages = parts.filter_map(|part| match &part.body {
        PartType::Html(page) => Some(page.as_bytes().to_vec()),
        _ => None,
    });
    pages.enumerate().map(|(index, bytes)| Page { name: format!("{} {index}", name(path)), bytes }).collect()
}

/// Every file below a folder of the corpus.
pub(crate) fn files(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(ROOT).join(folder);
    if !root.is_dir() {
        // Not eprintln!: the test harness would keep it to itself.
        let _ = writeln!(std::io::stderr(), "tests/disarm skipped: {} is not there", root.display());
        return Vec::new();
    }
    let (mut open, mut paths) = (vec![root], Vec::new());
    while let Some(folder) = open.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() { open.push(path) } else { paths.push(path) }
        }
    }
    paths.sort();
    paths
}

/// A file's path below the corpus.
pub(crate) fn name(path: &Path) -> String {
    path.strip_prefix(ROOT).unwrap_or(path).display().to_string()
}
