//! One command to clamd, and its reply (clamd(8)).
//!
//! Owns the form of commands that end in NUL, the chunks of INSTREAM, the descriptor of FILDES. It must never keep more than 4 KiB of an
//! answer. What fails is a [`Trouble`].

use super::super::Trouble;
use super::super::wire::Wire;
use super::reply::{self, Reply};
use crate::config::{Address, Engine};
use std::fs::File;
use std::time::Instant;

/// Longest answer that is read; the longest that clamd gives is a path and a name.
const LONGEST_ANSWER: usize = 4096;

/// Bytes in one chunk of INSTREAM.
const CHUNK: usize = 64 * 1024;

/// An open connection, for one command.
pub(super) struct Connection(Wire);

impl Connection {
    /// Connects, or says who refuses.
    pub(super) fn open(engine: &Engine, address: &Address, until: Instant) -> Result<Self, Trouble> {
        Wire::open(engine, address, until).map(Self)
    }

    /// A command of one word.
    pub(super) fn command(mut self, word: &str) -> Result<String, Trouble> {
        self.0.send(format!("z{word}\0").as_bytes())?;
        self.receive()
    }

    /// FILDES: the descriptor beside one byte.
    pub(super) fn scan_descriptor(mut self, file: &File) -> Result<Reply, Trouble> {
        self.0.send(b"zFILDES\0")?;
        self.0.pass(file)?;
        self.receive().map(|answer| reply::parse(&answer))
    }

    /// INSTREAM: chunks with their length before them, then an empty one.
    pub(super) fn scan_stream(mut self, pieces: &[&[u8]]) -> Result<Reply, Trouble> {
        let sent = self.send_chunks(pieces);
        // A clamd whose StreamMaxLength is reached says so and closes while we still write: read before giving up.
        match (self.receive().map(|answer| reply::parse(&answer)), sent) {
            // It cannot know what it did not take.
            (Ok(Reply::Clean), Err(trouble)) => Err(trouble),
            (Ok(reply), _) => Ok(reply),
            (Err(_), Err(trouble)) | (Err(trouble), Ok(())) => Err(trouble),
        }
    }

    fn send_chunks(&mut self, pieces: &[&[u8]]) -> Result<(), Trouble> {
        self.0.send(b"zINSTREAM\0")?;
        for chunk in pieces.iter().flat_map(|piece| piece.chunks(CHUNK)) {
            let length = u32::try_from(chunk.len()).unwrap_or(u32::MAX);
            self.0.send(&length.to_be_bytes())?;
            self.0.send(chunk)?;
        }
        self.0.send(&[0; 4])
    }

    /// One answer, up to its NUL.
    fn receive(&mut self) -> Result<String, Trouble> {
        let answer = self.0.receive_until(b"\0", LONGEST_ANSWER)?;
        if answer.is_empty() {
            return Err(Trouble::Closed);
        }
        // An answer that was cut off in its middle must not be read as a whole one. What a clamd says before it has read the command
        // ends with a line.
        if !answer.ends_with(b"\0") && !answer.ends_with(b"\n") {
            return Err(Trouble::Unknown(String::from_utf8_lossy(&answer).into_owned()));
        }
        Ok(String::from_utf8_lossy(&answer).trim_end_matches(['\0', '\n', '\r']).to_owned())
    }
}
