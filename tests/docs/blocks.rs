//! Texts of the project, and the examples that stand in them.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the project.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A text of the project.
pub(crate) fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file below a folder of the project.
pub(crate) fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        let relative = path.strip_prefix(root()).unwrap().to_owned();
        if path.is_dir() { found.extend(files(relative.to_str().unwrap())) } else { found.push(relative) }
    }
    found
}

/// One example.
pub(crate) struct Block {
    /// Where it begins, for messages.
    pub(crate) place: String,
    /// Its lines.
    pub(crate) text: String,
}

/// The fenced blocks of this language in a Markdown text; a block in a list is indented.
pub(crate) fn fenced(path: &str, language: &str) -> Vec<Block> {
    let fence = format!("```{language}");
    collect(path, |line| line.trim() == fence, |line| line.trim() == "```", str::trim_start)
}

/// The literal blocks of a manual page that stand behind a remark with this word.
pub(crate) fn literal(path: &str, word: &str) -> Vec<Block> {
    let remark = format!(".\\\" {word}");
    let mut blocks = collect(path, |line| line == remark, |line| line == ".Ed", |line| line);
    for block in &mut blocks {
        let inside = block.text.strip_prefix(".Bd -literal -offset indent\n").expect("a literal block behind the remark");
        block.text = inside.replace("\\e", "\\");
    }
    blocks
}

fn collect(path: &str, begins: impl Fn(&str) -> bool, ends: impl Fn(&str) -> bool, shorten: fn(&str) -> &str) -> Vec<Block> {
    let text = text(path);
    let mut lines = text.lines().enumerate();
    let mut blocks = Vec::new();
    while let Some((number, first)) = lines.find(|(_, line)| begins(line)) {
        let indent = first.len() - shorten(first).len();
        let inside = lines.by_ref().map(|(_, line)| line).take_while(|line| !ends(line));
        let text = inside.map(|line| format!("{}\n", line.get(indent..).unwrap_or_default())).collect();
        blocks.push(Block { place: format!("{path}:{}", number + 1), text });
    }
    blocks
}
