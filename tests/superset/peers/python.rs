//! Python's email, under both of its policies: one process for many messages.

use crate::extract::Extract;
use std::io::{Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/superset/peers/extract.py");

/// The process; it ends when its input does.
pub(crate) struct Python {
    process: Child,
    input: Option<ChildStdin>,
    output: ChildStdout,
}

impl Python {
    pub(crate) fn start() -> Self {
        let mut process = Command::new("python3").arg(SCRIPT).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        Self { input: process.stdin.take(), output: process.stdout.take().unwrap(), process }
    }

    /// What it takes out under each policy.
    pub(crate) fn extract(&mut self, message: &[u8]) -> [Extract; 2] {
        let input = self.input.as_mut().unwrap();
        input.write_all(&u32::try_from(message.len()).unwrap().to_le_bytes()).unwrap();
        input.write_all(message).unwrap();
        input.flush().unwrap();
        let mut all = [Extract::default(), Extract::default()];
        for extract in &mut all {
            extract.contents = self.list().into_iter().map(|content| vec![content]).collect();
            extract.names = self.list().into_iter().map(|name| String::from_utf8_lossy(&name).into_owned()).collect();
        }
        all
    }

    fn list(&mut self) -> Vec<Vec<u8>> {
        (0..self.number()).map(|_| self.block()).collect()
    }

    fn block(&mut self) -> Vec<u8> {
        let mut block = vec![0; self.number()];
        self.output.read_exact(&mut block).unwrap();
        block
    }

    fn number(&mut self) -> usize {
        let mut number = [0; 4];
        self.output.read_exact(&mut number).unwrap();
        u32::from_le_bytes(number) as usize
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.process.wait();
    }
}
