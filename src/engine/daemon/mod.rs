//! Talks to the daemons of scanners that have protocols of their own.
//!
//! Owns which module speaks which, and the order of views. It must never take anything but a clear word for clean: each module says what
//! its protocol's word is. What fails is a [`Trouble`].

mod avast;
mod aveserver;
mod dialogue;
mod drwebd;
mod fprotd;
mod fpscand;
mod fsavd;
mod kaspersky;
mod kavdaemon;
mod readable;
mod savapi;
mod sophie;
mod sssp;
mod symantec;

use super::pool::{self, Route};
use super::wire::Wire;
use super::{Sample, Threat, Trouble, up_to_a_virus};
use crate::config::{Engine, Input, Protocol, Setting};
use crate::message::Origin;
use crate::sanitize::printable;
use dialogue::Dialogue;
use std::iter::once_with;
use std::time::Instant;

/// What a daemon is to look at.
struct Job<'a> {
    engine: &'a Engine,
    bytes: &'a [u8],
    /// The view that it is; none for the message as it came in.
    origin: Option<Origin>,
}

/// Asks on a fresh connection.
type Ask = fn(&mut Wire, &Job<'_>) -> Result<Vec<Threat>, Trouble>;

/// How one protocol is spoken.
enum Speech {
    /// Lines in both directions, and the path of a file.
    Lines(&'static Dialogue),
    /// Anything else.
    Own(Ask),
}

fn speech(protocol: Protocol) -> Speech {
    match protocol {
        Protocol::Sophie => Speech::Own(sophie::ask),
        Protocol::Kavdaemon => Speech::Own(kavdaemon::ask),
        Protocol::Aveserver => Speech::Lines(&aveserver::DIALOGUE),
        Protocol::Fprotd => Speech::Own(fprotd::ask),
        Protocol::Fpscand => Speech::Lines(&fpscand::DIALOGUE),
        Protocol::Drwebd => Speech::Own(drwebd::ask),
        Protocol::Fsavd => Speech::Lines(&fsavd::DIALOGUE),
        Protocol::Avast => Speech::Lines(&avast::DIALOGUE),
        Protocol::Sssp => Speech::Own(sssp::ask),
        Protocol::Savapi => Speech::Own(savapi::ask),
        Protocol::Symantec => Speech::Own(symantec::ask),
        Protocol::Kaspersky => Speech::Own(kaspersky::ask),
    }
}

/// How the first line of those that speak first begins.
fn greeting(protocol: Protocol) -> Option<&'static str> {
    match protocol {
        Protocol::Aveserver => Some("2"),
        Protocol::Avast | Protocol::Symantec => Some("220"),
        Protocol::Sssp => Some("OK SSSP/1.0"),
        Protocol::Savapi => Some("100"),
        _ => None,
    }
}

/// Has the whole message scanned, and then its views, each on a connection of its own: some of these close behind an answer, and none
/// says whether it does.
pub(super) fn scan(engine: &Engine, sample: Sample<'_>, until: Instant) -> Result<Vec<Threat>, Trouble> {
    let protocol = engine.protocol.ok_or(Trouble::Bug)?;
    let views = match engine.input {
        Input::Parts => sample.message.bodies(),
        Input::File | Input::Stdin => sample.message.views(),
    };
    pool::ask(engine, sample.route(engine), until, |address, until| {
        let look = |bytes, origin| ask(protocol, &mut Wire::open(engine, address, until)?, &Job { engine, bytes, origin });
        let whole = once_with(|| look(sample.message.bytes(), None));
        up_to_a_virus(whole.chain(views.iter().map(|view| look(&view.bytes, Some(view.origin)))))
    })
}

fn ask(protocol: Protocol, wire: &mut Wire, job: &Job<'_>) -> Result<Vec<Threat>, Trouble> {
    greet(protocol, wire)?;
    let found = match speech(protocol) {
        Speech::Lines(dialogue) => dialogue.hold(wire, job),
        Speech::Own(ask) => ask(wire, job),
    }?;
    Ok(found.into_iter().map(|threat| Threat { origin: job.origin, ..threat }).collect())
}

/// The first line of a daemon that speaks first; else the name of its protocol, as the others tell nothing of themselves.
pub(super) fn version(engine: &Engine, until: Instant) -> Result<String, Trouble> {
    let protocol = engine.protocol.ok_or(Trouble::Bug)?;
    let line = pool::ask(engine, Route::default(), until, |address, until| greet(protocol, &mut Wire::open(engine, address, until)?))?;
    let word = || protocol.show().trim_matches('"').to_owned();
    Ok(line.map_or_else(word, |line| printable(&line).into_owned()))
}

fn greet(protocol: Protocol, wire: &mut Wire) -> Result<Option<String>, Trouble> {
    let Some(begins) = greeting(protocol) else { return Ok(None) };
    let line = dialogue::line(wire)?;
    if line.starts_with(begins) { Ok(Some(line)) } else { Err(Trouble::Unknown(line)) }
}
