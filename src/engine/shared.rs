//! Answers that several hosts share, in Redis or Valkey.
//!
//! Owns the two commands that it takes (RESP: GET, SET with EX), and that only what was signed with the key of the hosts is believed:
//! whoever may write there must not say what is clean. It must never wait long. What fails is as if nothing were kept.

use super::Trouble;
use super::wire::Wire;
use crate::config::{Address, Cache, Engine};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, Instant, SystemTime};

/// Time for one question: an engine that is asked anew takes little more.
const TIME: Duration = Duration::from_millis(500);

/// Longest line of an answer.
const LONGEST_LINE: usize = 512;

/// Largest answer that is kept.
const LARGEST: usize = 1 << 20;

/// Bytes of a signature.
const SIGNATURE: usize = 32;

/// What goes before every name, so that others may use the same server.
const PREFIX: &str = "mailward:";

/// The server, and what its answers are signed with.
pub(super) struct Shared<'a> {
    address: &'a Address,
    key: Vec<u8>,
    password: Option<String>,
}

impl<'a> Shared<'a> {
    /// The server of the configuration, if there is one and its key can be read. A key of nothing signs nothing.
    pub(super) fn of(cache: &'a Cache) -> Option<Self> {
        let address = cache.redis.as_ref()?;
        let text = secret(cache.key.as_ref()?).ok()?;
        let mut lines = text.lines().map(str::trim);
        let key = lines.next().filter(|key| !key.is_empty())?.as_bytes().to_vec();
        Some(Self { address, key, password: lines.next().filter(|password| !password.is_empty()).map(str::to_owned) })
    }

    /// What is kept under `name`, if its time is not over: who may write there could put an old one back.
    pub(super) fn recall(&self, name: &str) -> Option<Vec<u8>> {
        let kept = self.get(name).ok()??;
        let (signature, kept) = kept.split_at_checked(SIGNATURE)?;
        self.signed(name, kept).verify_slice(signature).ok()?;
        let (end, bytes) = kept.split_first_chunk()?;
        (u64::from_be_bytes(*end) > now()).then(|| bytes.to_vec())
    }

    /// Keeps `bytes` under `name` for so long.
    pub(super) fn remember(&self, name: &str, bytes: &[u8], lasting: Duration) {
        let kept = [&(now() + lasting.as_secs()).to_be_bytes()[..], bytes].concat();
        let signature = self.signed(name, &kept).finalize().into_bytes();
        let _ = self.set(name, &[&signature[..], &kept].concat(), lasting);
    }

    /// With the name, so that an answer cannot be put in the place of another.
    fn signed(&self, name: &str, bytes: &[u8]) -> Hmac<Sha256> {
        // A key of any length will do, so this never fails; were it to, the empty one makes a signature that nothing else has.
        let keyed = Hmac::<Sha256>::new_from_slice(&self.key);
        keyed.unwrap_or_else(|_| Hmac::new(&Default::default())).chain_update(name).chain_update([0]).chain_update(bytes)
    }

    fn open(&self) -> Result<Wire, Trouble> {
        let mut wire = Wire::open(&Engine::default(), self.address, Instant::now() + TIME)?;
        if let Some(password) = &self.password {
            wire.send(&command(&[b"AUTH", password.as_bytes()]))?;
            expect(&line(&mut wire)?, "+OK")?;
        }
        Ok(wire)
    }

    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, Trouble> {
        let mut wire = self.open()?;
        wire.send(&command(&[b"GET", format!("{PREFIX}{name}").as_bytes()]))?;
        let line = line(&mut wire)?;
        if line == "$-1" || line == "_" {
            return Ok(None);
        }
        let length = line.strip_prefix('$').and_then(|length| length.parse::<usize>().ok()).filter(|length| *length <= LARGEST);
        let length = length.ok_or(Trouble::Unknown(line))?;
        wire.receive_exactly(length).map(Some)
    }

    fn set(&self, name: &str, bytes: &[u8], lasting: Duration) -> Result<(), Trouble> {
        let mut wire = self.open()?;
        let seconds = lasting.as_secs().max(1).to_string();
        wire.send(&command(&[b"SET", format!("{PREFIX}{name}").as_bytes(), bytes, b"EX", seconds.as_bytes()]))?;
        expect(&line(&mut wire)?, "+OK")
    }
}

/// What the file says, if nobody but its owner and group may read it, and none but its owner write it: root, or who we are.
fn secret(path: &str) -> io::Result<String> {
    let mut file = File::open(path)?;
    let about = file.metadata()?;
    let is_ours = about.uid() == 0 || about.uid() == rustix::process::geteuid().as_raw();
    if !is_ours || about.mode() & 0o027 != 0 {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok(text)
}

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// A command as an array of strings, each with its length (RESP).
fn command(words: &[&[u8]]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        bytes.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
        bytes.extend_from_slice(word);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

fn line(wire: &mut Wire) -> Result<String, Trouble> {
    let line = wire.receive_until(b"\r\n", LONGEST_LINE)?;
    let text = String::from_utf8_lossy(&line);
    text.strip_suffix("\r\n").map(str::to_owned).ok_or_else(|| Trouble::Unknown(text.clone().into_owned()))
}

fn expect(line: &str, expected: &str) -> Result<(), Trouble> {
    if line == expected { Ok(()) } else { Err(Trouble::Unknown(line.to_owned())) }
}
