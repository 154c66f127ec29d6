//! Real pages, disarmed in turns with what other filters do.

use crate::cost;
use crate::message::Kind;
use crate::peer::Peer;
use crate::report::{self, Row};
use mail_parser::{MessageParser, PartType};
use mailward::html::Depth;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus");
const ROUNDS: usize = 11;
const QUICK: usize = 3;

/// One line for each filter and collection.
pub(crate) fn measure(is_quick: bool) -> Result<Vec<Row>, Box<dyn Error>> {
    let mut rows = of("a newsletter of 60 KB", &bodies(&Kind::Html.build()), is_quick)?;
    rows.extend(of("the HTML of the corpus, where it is there", &corpus(), is_quick)?);
    Ok(rows)
}

fn of(name: &str, pages: &[Vec<u8>], is_quick: bool) -> Result<Vec<Row>, Box<dyn Error>> {
    if pages.is_empty() {
        return Ok(Vec::new());
    }
    let folder = tempfile::tempdir()?;
    let peers = Peer::all(folder.path(), pages)?;
    let size = pages.iter().map(Vec::len).sum();
    let (mut active, mut remote, mut of_peers) = (Vec::new(), Vec::new(), vec![Vec::new(); peers.len()]);
    // The first round warms up.
    for round in 0..=if is_quick { QUICK } else { ROUNDS } {
        let sum = |depth| pages.iter().map(|page| cost::seconds_under(page, depth)).sum::<f64>();
        let (of_active, of_remote) = (sum(Depth::Active), sum(Depth::Remote));
        for (peer, times) in peers.iter().zip(&mut of_peers) {
            let time = peer.seconds()?;
            times.extend(Some(time).filter(|_| round > 0));
        }
        if round > 0 {
            active.push(of_active);
            remote.push(of_remote);
        }
    }
    let mut rows =
        vec![report::page(name, "mailward, active", size, &active, true), report::page(name, "mailward, remote", size, &remote, true)];
    rows.extend(peers.iter().zip(&of_peers).map(|(peer, times)| report::page(name, peer.name, size, times, false)));
    Ok(rows)
}

fn corpus() -> Vec<Vec<u8>> {
    let (mut open, mut paths) = (vec![PathBuf::from(CORPUS)], Vec::new());
    while let Some(folder) = open.pop() {
        for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.is_dir() { open.push(path) } else { paths.push(path) }
        }
    }
    paths.sort();
    let messages = paths.iter().filter(|path| is_message(path)).filter_map(|path| fs::read(path).ok());
    messages.flat_map(|message| bodies(&message)).collect()
}

fn is_message(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "eml")
}

/// The HTML of a message, decoded.
fn bodies(message: &[u8]) -> Vec<Vec<u8>> {
    let message = MessageParser::default().parse(message);
    let parts = message.iter().flat_map(|message| &message.parts);
    let pages = parts.filter_map(|part| match &part.body {
        PartType::Html(page) => Some(page.as_bytes().to_vec()),
        _ => None,
    });
    pages.collect()
}
