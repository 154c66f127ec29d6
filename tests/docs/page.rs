//! A manual page, as far as the tests read mdoc: sections, subsections, and list entries by the macro of their names.

use crate::blocks::text;

/// mailward(1).
pub(crate) const COMMANDS: &str = "man/mailward.1";
/// mailward.toml(5).
pub(crate) const CONFIGURATION: &str = "man/mailward.toml.5";

/// An entry of a list: its name, and all up to the next entry with such a name or the end of the section.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// The text of a page.
pub(crate) fn page(path: &str) -> String {
    text(path)
}

/// The section or subsection of that title.
pub(crate) fn section(page: &str, title: &str) -> String {
    let (sh, ss) = (format!(".Sh {title}"), format!(".Ss {title}"));
    let is_end = |line: &str, of: &str| line.starts_with(".Sh ") || (of == ss && line.starts_with(".Ss "));
    let mut lines = page.lines();
    let first = lines.find(|line| *line == sh || *line == ss).unwrap_or_else(|| panic!("no section {title}"));
    lines.take_while(|line| !is_end(line, first)).map(|line| format!("{line}\n")).collect()
}

/// The entries whose names stand behind this macro.
pub(crate) fn entries(text: &str, name_macro: &str) -> Vec<Entry> {
    let begin = format!(".It {name_macro} ");
    let mut entries: Vec<Entry> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix(&begin) {
            let name = name.split_whitespace().next().unwrap_or_default().to_owned();
            entries.push(Entry { name, text: String::new() });
        } else if let Some(last) = entries.last_mut().filter(|_| !line.starts_with(".Sh ") && !line.starts_with(".Ss ")) {
            last.text.push_str(line);
            last.text.push('\n');
        }
    }
    entries
}

/// Their names.
pub(crate) fn names(text: &str, name_macro: &str) -> Vec<String> {
    entries(text, name_macro).into_iter().map(|entry| entry.name).collect()
}

/// The rows of a table: the cells of each entry that has several.
pub(crate) fn rows(text: &str) -> Vec<Vec<String>> {
    let rows = text.lines().filter_map(|line| line.strip_prefix(".It ")).filter(|line| line.contains(" Ta ") && !line.starts_with("Em "));
    rows.map(|row| row.split(" Ta ").map(|cell| cell.trim_start_matches("Li ").to_owned()).collect()).collect()
}

impl Entry {
    /// The default that it tells, as TOML.
    pub(crate) fn default(&self) -> Option<String> {
        let (_, value) = self.text.lines().next()?.strip_prefix(".Pq ")?.split_once(", default Ql ")?;
        let plain = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
        Some(plain.replace("\\(dq", "\""))
    }

    /// Whether it tells this word as a literal or a name.
    pub(crate) fn tells(&self, word: &str) -> bool {
        let literals = self.text.lines().filter(|line| [".Ql ", ".Cm "].iter().any(|begin| line.starts_with(begin)));
        literals.flat_map(str::split_whitespace).any(|literal| literal.replace("\\(dq", "") == word)
    }
}
