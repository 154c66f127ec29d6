//! A setup that waits for an answer, so that a test can do something meanwhile.
use std::io::{Read, Write};
use std::process::{Child, Stdio};

use crate::setup::mailhost::{Mailhost, Told};

/// The setup, which has asked.
pub(crate) struct Asking {
    child: Child,
}

impl Asking {
    /// `mailward setup` with these words, until it asks.
    pub(crate) fn start(mailhost: &Mailhost, words: &[&str]) -> Asking {
        let mut command = mailhost.command(words);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stdout = child.stdout.as_mut().unwrap();
        let mut shown = Vec::new();
        while !shown.ends_with(b"[y/N] ") {
            let mut byte = [0];
            stdout.read_exact(&mut byte).unwrap();
            shown.extend(byte);
        }
        Asking { child }
    }

    /// Reads no more of what it says on stdout.
    pub(crate) fn close_stdout(&mut self) {
        drop(self.child.stdout.take());
    }

    /// Says yes, and gives what it says from then on.
    pub(crate) fn agree(mut self) -> Told {
        self.child.stdin.take().unwrap().write_all(b"y\n").unwrap();
        Told::from(self.child.wait_with_output().unwrap())
    }
}
