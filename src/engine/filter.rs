//! Runs a spam filter: a message in, and a verdict in a field of the message that comes out, or an exit code.
//!
//! Owns that the verdict is the filter's own: fields of that name that came in with the message are kept from it. It must never take a
//! message that came out cut off or changed for one that was looked at. What fails is a [`Trouble`].

use super::command::{Prepared, command, judge};
use super::rewritten::{self, Rewritten};
use super::{Answer, Sample, Trouble, verdict};
use crate::config::{Changes, Engine};
use crate::message::Message;
use crate::program::{Offspring, Running};
use std::io;
use std::process::ExitStatus;
use std::time::Instant;

/// Most that what comes out may be longer than the message.
const LONGER: usize = 64 << 10;

/// Has the message rated.
pub(super) fn scan(engine: &Engine, sample: Sample<'_>, until: Instant) -> Result<Answer, Trouble> {
    match &engine.header {
        Some(name) => by_field(engine, name, sample.message, until),
        None => by_code(engine, sample.message, until),
    }
}

/// The verdict is the exit code, and the score may stand in what it says.
fn by_code(engine: &Engine, message: &Message<'_>, until: Instant) -> Result<Answer, Trouble> {
    let started = prepared(engine, &[message.bytes()], |command| Running::start(command, Offspring::Killed).map_err(Trouble::from));
    let (status, output) = started?.finish(until)?;
    let threats = judge(engine, status, &output)?;
    if engine.score.is_none() {
        return Ok(Answer::of(threats));
    }
    verdict::of_text(engine, !threats.is_empty(), &String::from_utf8_lossy(&output))
}

/// The verdict is a field of what comes out.
fn by_field(engine: &Engine, name: &str, message: &Message<'_>, until: Instant) -> Result<Answer, Trouble> {
    let most = message.bytes().len() + LONGER;
    // One more, to see that there is more.
    let started = prepared(engine, &without(message, name), |command| Running::start_filter(command, most + 1).map_err(Trouble::from));
    let (status, output) = started?.finish(until)?;
    is_well(engine, status)?;
    if output.len() > most {
        return Err(Trouble::Unknown("an answer without end".to_owned()));
    }
    let copy = Rewritten::of(&output);
    if !engine.changes.contains(&Changes::Body) && !copy.has_body_of(message) {
        return Err(Trouble::Unknown("another body than that of the message".to_owned()));
    }
    // One that ends behind the header has lost the message on its way.
    if copy.is_cut_short(message) {
        return Err(Trouble::Unknown("a message that was cut off".to_owned()));
    }
    let values = copy.values(name);
    if values.is_empty() {
        return Err(Trouble::Unknown(format!("no field {name}")));
    }
    Ok(Answer { advice: rewritten::advice(engine, message, &copy), ..verdict::of_fields(engine, &values)? })
}

/// Which codes mean that it has done its work is said by `clean_codes`; what it found is in the field.
fn is_well(engine: &Engine, status: ExitStatus) -> Result<(), Trouble> {
    let found = judge(engine, status, b"")?;
    if found.is_empty() { Ok(()) } else { Err(Trouble::Code(status.code().unwrap_or_default())) }
}

/// A program that was started with these pieces on its stdin.
fn prepared<T>(engine: &Engine, pieces: &[&[u8]], start: impl Fn(std::process::Command) -> Result<T, Trouble>) -> Result<T, Trouble> {
    let input = Prepared::stdin_of(pieces).map_err(|why| Trouble::Io("preparing the input", why))?;
    let command: io::Result<_> = command(engine, &input);
    start(command.map_err(|why| Trouble::Io("preparing the program", why))?)
}

/// The message without the fields of that name: a filter that leaves them would hand a stranger's verdict on.
fn without<'a>(message: &Message<'a>, name: &str) -> Vec<&'a [u8]> {
    let bytes = message.bytes();
    let mut pieces = Vec::new();
    let mut at = 0;
    for field in message.fields().filter(|field| field.is_named(bytes, name)) {
        pieces.push(bytes.get(at..field.whole.start).unwrap_or_default());
        at = field.whole.end;
    }
    pieces.push(bytes.get(at..).unwrap_or_default());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Bounds;

    #[test]
    fn a_verdict_that_came_in_is_kept_from_the_filter() {
        let bounds = Bounds { nesting: 9, parts: 9, header_size: 9999, decoded_size: 0 };
        let table = [
            ("A: b\nX-Spam: no\n\tfolded\nx-spam : no\nC: d\n\nX-Spam: body\n", "A: b\nC: d\n\nX-Spam: body\n"),
            ("X-Spam: no\n", ""),
            ("A: b\n\nbody", "A: b\n\nbody"),
        ];
        for (text, expected) in table {
            assert_eq!(without(&Message::read(text.as_bytes(), &bounds), "X-Spam").concat(), expected.as_bytes(), "{text}");
        }
    }
}
