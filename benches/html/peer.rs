//! What other filters do with the same pages, where they are installed.
//!
//! MailScanner's method is a script of ours on the parser that it uses, HTML::Parser: six tags are renamed, and the page is written
//! anew. altermime knows HTML only as what a note is put into; p3pmail is in no distribution that these figures are made on.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Another filter, ready to run over the pages.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    command: fn(&Path) -> Command,
    folder: PathBuf,
    /// Whether it says itself how long it took: its start is not the matter.
    tells_time: bool,
}

const RENAME: &str = include_str!("rename.pl");

impl Peer {
    /// Those that can be run here, with the pages in `folder`.
    pub(crate) fn all(folder: &Path, pages: &[Vec<u8>]) -> Result<Vec<Self>, Box<dyn Error>> {
        let bodies = folder.join("pages");
        fs::create_dir(&bodies)?;
        for (index, page) in pages.iter().enumerate() {
            fs::write(bodies.join(format!("{index}.html")), page)?;
        }
        fs::write(folder.join("rename.pl"), RENAME)?;
        fs::write(folder.join("note.html"), "<p>A note.</p>\n")?;
        let front = "From: a@sender.example\nSubject: pages\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n";
        fs::write(folder.join("message.eml"), [front.as_bytes(), &pages.concat()].concat())?;
        let peer = |name, command, tells_time| Self { name, command, folder: folder.to_owned(), tells_time };
        let peers =
            [peer("six tags renamed by HTML::Parser", rename as fn(&Path) -> Command, true), peer("altermime, a note put in", note, false)];
        Ok(peers.into_iter().filter(|peer| peer.seconds().is_ok()).collect())
    }

    /// One run over all pages.
    pub(crate) fn seconds(&self) -> Result<f64, Box<dyn Error>> {
        let start = Instant::now();
        let output = (self.command)(&self.folder).stdin(Stdio::null()).output()?;
        let taken = start.elapsed().as_secs_f64();
        if !output.status.success() {
            return Err(format!("{}: {}", self.name, String::from_utf8_lossy(&output.stderr)).into());
        }
        Ok(if self.tells_time { String::from_utf8(output.stdout)?.trim().parse()? } else { taken })
    }
}

fn rename(folder: &Path) -> Command {
    let mut command = Command::new("perl");
    command.arg(folder.join("rename.pl")).arg(folder.join("pages"));
    command
}

/// It changes the message in its place, so it gets a copy.
fn note(folder: &Path) -> Command {
    let copy = folder.join("copy.eml");
    // A copy that failed shows itself in altermime's status.
    let _ = fs::copy(folder.join("message.eml"), &copy);
    let mut command = Command::new("altermime");
    let note = folder.join("note.html");
    command.arg(format!("--input={}", copy.display())).arg(format!("--disclaimer-html={}", note.display()));
    command.arg(format!("--disclaimer={}", note.display()));
    command
}
