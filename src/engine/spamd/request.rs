//! One request of the SPAMC protocol.
//!
//! Owns its bytes. It must never let a word of the envelope end a line. Nothing here can fail.

use super::super::{Sample, user};
use super::LONGER;
use crate::config::Engine;
use miniz_oxide::deflate::compress_to_vec_zlib;
use std::cell::OnceCell;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// The names of the tests.
    Symbols,
    /// The header with SpamAssassin's fields.
    Headers,
    /// The whole message as SpamAssassin would have it.
    Process,
}

impl Command {
    fn word(self) -> &'static str {
        match self {
            Self::Symbols => "SYMBOLS",
            Self::Headers => "HEADERS",
            Self::Process => "PROCESS",
        }
    }
}

/// The fastest level: what is saved on the way is the most of it.
const LEVEL: u8 = 1;

/// A request, in the forms in which it may be sent.
pub(super) struct Request<'a> {
    command: Command,
    user: Option<String>,
    message: &'a [u8],
    plain_head: Vec<u8>,
    packed: OnceCell<(Vec<u8>, Vec<u8>)>,
}

impl<'a> Request<'a> {
    pub(super) fn new(command: Command, engine: &Engine, sample: Sample<'a>) -> Self {
        let user = engine.user.as_ref().and_then(|template| user::of(template, sample.envelope));
        let message = sample.message.bytes();
        let plain_head = head(command, user.as_deref(), message.len(), "");
        Self { command, user, message, plain_head, packed: OnceCell::new() }
    }

    /// The message as it came in.
    pub(super) fn plain(&self) -> [&[u8]; 2] {
        [&self.plain_head, self.message]
    }

    /// The message packed; it is packed once for all addresses.
    pub(super) fn compressed(&self) -> [&[u8]; 2] {
        let (head, message) = self.packed.get_or_init(|| {
            let message = compress_to_vec_zlib(self.message, LEVEL);
            (head(self.command, self.user.as_deref(), message.len(), "Compress: zlib\r\n"), message)
        });
        [head, message]
    }

    /// Longest answer.
    pub(super) fn most(&self) -> usize {
        self.message.len() + LONGER
    }
}

fn head(command: Command, user: Option<&str>, length: usize, more: &str) -> Vec<u8> {
    let user = user.map(|user| format!("User: {user}\r\n")).unwrap_or_default();
    format!("{} SPAMC/1.5\r\nContent-length: {length}\r\n{user}{more}\r\n", command.word()).into_bytes()
}
