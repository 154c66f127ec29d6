//! `mailward check`: what is wrong with the configuration, and with --live, with the engines.
//!
//! Owns the questions to the engines: version, age of signatures, a test file. It must never print a password or ask an engine
//! for anything that changes it. What is wrong is printed, with status 1.

use super::paint::Paint;
use super::{fail, say};
use crate::agent::Outcome;
use crate::agent::scan::bounds;
use crate::check::eicar_test_file;
use crate::cli;
use crate::config::{Config, DEFAULT_PATH, Engine, Finds, Settings};
use crate::engine::{self, Memory, Relay, Sample};
use crate::envelope::Envelope;
use crate::error::Error;
use crate::exit::Health;
use crate::intake::filled;
use crate::message::Message;
use crate::sanitize::readable;
use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::time::{Instant, SystemTime};

/// The test string of spam filters, in two pieces, so that this program is not taken for spam.
const GTUBE: [&str; 2] = ["XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STAND", "ARD-ANTI-UBE-TEST-EMAIL*C.34X"];

/// Checks the configuration, and the engines if asked to.
pub(super) fn run(call: &cli::Check) -> Outcome {
    let paint = Paint::for_stdout();
    let config = match Config::load(call.config.as_deref()) {
        Ok(config) => config,
        Err(Error::Config(problems)) => {
            let lines: String = problems.iter().map(|problem| format!("{}\n", paint.removed(&problem.to_string()))).collect();
            return say(Health::Faulty, lines);
        }
        Err(error) => return fail(&error),
    };
    let path = call.config.as_deref().unwrap_or(Path::new(DEFAULT_PATH));
    let state = if path.exists() { "no errors" } else { "not there, the defaults hold" };
    let mut text = format!("{}: {state}\n", path.display());
    let health = if call.live { live(&config.base().settings, paint, &mut text) } else { Health::Well };
    say(health, text)
}

/// Asks each engine.
fn live(settings: &Settings, paint: Paint, text: &mut String) -> Health {
    if settings.engines.is_empty() {
        text.push_str("no engines are configured\n");
    }
    let mut health = Health::Well;
    for engine in &settings.engines {
        let (own, words) = ask(engine, settings).unwrap_or_else(|why| (Health::Faulty, why.to_string()));
        let words = readable(&words);
        let words = if own == Health::Well { paint.added(&words) } else { paint.removed(&words) };
        let _ = writeln!(text, "engine {}: {words}", readable(&engine.name));
        health = if own == Health::Faulty { own } else { health };
    }
    health
}

fn ask(engine: &Engine, settings: &Settings) -> io::Result<(Health, String)> {
    let until = Instant::now() + engine.timeout;
    let version = match engine::version(engine, until) {
        Ok(version) => with_age(&version, SystemTime::now()),
        Err(trouble) => return Ok((Health::Faulty, trouble.to_string())),
    };
    let bytes = test_message(engine.finds);
    let file = filled(tempfile::tempfile()?, &bytes)?;
    let message = Message::read(&bytes, &bounds(&settings.limits));
    let (envelope, relay, memory) = (Envelope::default(), Relay::default(), Memory::default());
    let trusted = settings.relay.trusted.as_slice();
    let sample = Sample { file: &file, message: &message, envelope: &envelope, relay: &relay, trusted, memory: &memory };
    let found = engine::ask(engine, sample, until);
    Ok(match found {
        Ok(answer) => match answer.threats.first() {
            Some(threat) => (Health::Well, format!("{version}; test file found: {}", threat.name)),
            None => (Health::Faulty, format!("{version}; the test file was NOT found")),
        },
        Err(trouble) => (Health::Faulty, format!("{version}; {trouble}")),
    })
}

/// clamd tells `ClamAV 1.4.3/27500/Mon Nov 16 08:12:11 2026`: the age of its signatures is said in days.
fn with_age(version: &str, now: SystemTime) -> String {
    let made = version.splitn(3, '/').nth(2).and_then(from_ctime);
    let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    match made.and_then(|made| now.checked_sub(made)) {
        Some(age) => format!("{version}, signatures {} days old", age / 86400),
        None => version.to_owned(),
    }
}

/// Seconds since 1970 of a date as ctime(3) writes it.
fn from_ctime(text: &str) -> Option<u64> {
    let mut words = text.split_whitespace();
    let (_, month, day, time, year) = (words.next()?, words.next()?, words.next()?, words.next()?, words.next()?);
    let date = mail_parser::DateTime::parse_rfc822(&format!("{day} {month} {year} {time} +0000"))?;
    u64::try_from(date.to_timestamp()).ok()
}

fn test_message(finds: Finds) -> Vec<u8> {
    let body = match finds {
        Finds::Infected => eicar_test_file(),
        Finds::Spam => GTUBE.concat().into_bytes(),
    };
    [b"From: mailward <postmaster@localhost>\nTo: postmaster@localhost\nSubject: mailward check\n\n", body.as_slice(), b"\n"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_age_of_the_signatures_is_said_in_days() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_392_000); // 23 Nov 2026
        assert_eq!(
            with_age("ClamAV 1.4.3/27500/Mon Nov 16 08:12:11 2026", now),
            "ClamAV 1.4.3/27500/Mon Nov 16 08:12:11 2026, signatures 6 days old"
        );
        assert_eq!(with_age("ClamAV 1.4.3", now), "ClamAV 1.4.3");
    }
}
