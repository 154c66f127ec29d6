//! Talks to SpamAssassin's daemon: the SPAMC protocol 1.5 (spamd/PROTOCOL of SpamAssassin).
//!
//! Owns what it is asked, and that compression is tried at most once. It must never take anything but a whole answer with code 0 for
//! one. What fails is a [`Trouble`].

mod reply;
mod request;

use super::pool::{self, Route};
use super::rewritten::{self, Rewritten};
use super::wire::Wire;
use super::{Answer, Sample, Trouble};
use crate::config::{Address, Changes, Engine};
use reply::Reply;
use request::{Command, Request};
use std::time::Instant;

/// Most that an answer may be longer than the message: fields and a report.
const LONGER: usize = 64 << 10;

/// A shorter message is not compressed: the packets that it saves are none.
const WORTH_COMPRESSING: usize = 16 << 10;

/// Has the message rated.
pub(super) fn scan(engine: &Engine, sample: Sample<'_>, until: Instant) -> Result<Answer, Trouble> {
    let command = command(engine);
    let request = Request::new(command, engine, sample);
    pool::ask(engine, sample.route(engine), until, |address, until| {
        // It unpacks what came up to the end of the connection, which TLS cannot tell it while the answer is still to come.
        let is_packed = matches!(address, Address::Tcp(_)) && sample.message.bytes().len() >= WORTH_COMPRESSING;
        let reply = if is_packed {
            packed(engine, address, until, &request)
        } else {
            exchange(engine, address, until, &request.plain(), request.most())
        };
        answer(engine, command, sample, reply?)
    })
}

/// The protocol that it speaks.
pub(super) fn version(engine: &Engine, until: Instant) -> Result<String, Trouble> {
    pool::ask(engine, Route::default(), until, |address, until| {
        let mut wire = Wire::open(engine, address, until)?;
        wire.send(b"PING SPAMC/1.5\r\n\r\n")?;
        wire.end_sending()?;
        reply::pong(&wire.receive_all(1024)?)
    })
}

/// SYMBOLS is the shortest answer that holds the score and what it rests on; where fields are wanted they hold both.
fn command(engine: &Engine) -> Command {
    let wants = |change| engine.changes.contains(&change);
    match (wants(Changes::Body), wants(Changes::Headers) || wants(Changes::Subject)) {
        (true, _) => Command::Process,
        (false, true) => Command::Headers,
        (false, false) => Command::Symbols,
    }
}

/// Compressed, and plain where it cannot do that: without Compress::Zlib it says EX_PROTOCOL, and EX_UNAVAILABLE where that fails.
fn packed(engine: &Engine, address: &Address, until: Instant, request: &Request<'_>) -> Result<Reply, Trouble> {
    match exchange(engine, address, until, &request.compressed(), request.most()) {
        Err(Trouble::Reported(text)) if text.starts_with("76 ") || text.starts_with("69 ") => {
            exchange(engine, address, until, &request.plain(), request.most())
        }
        reply => reply,
    }
}

fn exchange(engine: &Engine, address: &Address, until: Instant, request: &[&[u8]], most: usize) -> Result<Reply, Trouble> {
    let mut wire = Wire::open(engine, address, until)?;
    let sent = request.iter().try_for_each(|piece| wire.send(piece)).and_then(|()| wire.end_sending());
    // One that refuses the request says so and closes while we still write: read before giving up.
    let reply = wire.receive_all(most).and_then(|bytes| reply::parse(&bytes));
    match (reply, sent) {
        // It cannot know what it did not take.
        (Ok(_), Err(trouble)) => Err(trouble),
        (Err(Trouble::Reported(text)), Err(_)) => Err(Trouble::Reported(text)),
        (Err(_), Err(trouble)) => Err(trouble),
        (reply, Ok(())) => reply,
    }
}

fn answer(engine: &Engine, command: Command, sample: Sample<'_>, reply: Reply) -> Result<Answer, Trouble> {
    let Reply { mut rating, body } = reply;
    if command == Command::Symbols {
        rating.tests = reply::tests(&String::from_utf8_lossy(&body));
        return Ok(Answer { rating: Some(rating), ..Answer::default() });
    }
    let copy = Rewritten::of(&body);
    rating.tests = copy.value("X-Spam-Status").map(|status| reply::tests_of_status(&status)).unwrap_or_default();
    let advice = rewritten::advice(engine, sample.message, &copy);
    Ok(Answer { rating: Some(rating), advice, ..Answer::default() })
}
