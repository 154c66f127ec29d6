//! Keeps what breaks the rule for people to look at, and the least of it that still does.

use crate::ours::Ours;
use crate::peers::{NAMES, Peers};
use crate::run::{Case, Missing, missing};
use std::fs;
use std::path::PathBuf;

/// Writes the message, its least form and what is missing into the folder that MAILWARD_DUMP names.
pub(crate) fn keep(case: &Case, peer: usize, missing: &Missing, peers: &mut Peers) {
    let Some(folder) = std::env::var_os("MAILWARD_DUMP").map(PathBuf::from) else { return };
    let write = |end: &str, bytes: &[u8]| {
        fs::write(folder.join(format!("{}-{}.{end}", case.name, NAMES[peer].replace(' ', "-"))), bytes).unwrap();
    };
    fs::create_dir_all(&folder).unwrap();
    write("eml", &case.bytes);
    write("missing", missing.bytes());
    write("least.eml", &least(case.bytes.clone(), |bytes| is_breach(bytes, peer, peers)));
}

fn is_breach(bytes: &[u8], peer: usize, peers: &mut Peers) -> bool {
    let ours = Ours::of(bytes);
    let mut extract = || peers.extract(bytes)[peer].take();
    !ours.is_flagged && extract().is_some_and(|extract| missing(&ours.known, &extract).is_some())
}

/// `bytes` without every run of lines that is not needed, the long runs first.
fn least(mut bytes: Vec<u8>, mut is_breach: impl FnMut(&[u8]) -> bool) -> Vec<u8> {
    let mut run = bytes.split_inclusive(|byte| *byte == b'\n').count() / 2;
    while run > 0 {
        let mut at = 0;
        loop {
            let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
            if at >= lines.len() {
                break;
            }
            let behind = lines.len().min(at + run);
            let shorter = [&lines[..at], &lines[behind..]].concat().concat();
            if is_breach(&shorter) {
                bytes = shorter;
            } else {
                at += run;
            }
        }
        run /= 2;
    }
    bytes
}
