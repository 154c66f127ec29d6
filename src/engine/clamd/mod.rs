//! Talks to ClamAV's daemon: clamd(8), section "Commands".
//!
//! Owns the order of addresses, tries and views. It must never take anything but a clear OK for clean. A clamd that refuses or drops
//! connections may be loading signatures and is tried again for `retry`; what is left then is a [`Trouble`].

mod blind;
mod connection;
mod introduction;
pub mod reply;

use super::{Sample, Threat, Trouble, up_to_a_virus};
use crate::config::{Address, Engine, Input};
use crate::message::{Origin, View};
use blind::stays_encoded;
use connection::Connection;
use introduction::{INTRODUCTION, needs_introduction};
use reply::Reply;
use std::fs::File;
use std::iter::once_with;
use std::thread;
use std::time::{Duration, Instant};

/// Time between two rounds of all addresses.
const PAUSE: Duration = Duration::from_millis(200);

/// Has the whole message scanned, and then its views.
///
/// # Errors
/// Whatever kept clamd from a clear answer about any of them.
pub(super) fn scan(engine: &Engine, sample: Sample<'_>, until: Instant) -> Result<Vec<Threat>, Trouble> {
    let whole = Whole::of(sample);
    let views = match engine.input {
        Input::File | Input::Stdin if !stays_encoded(sample.message) => sample.message.views(),
        _ => sample.message.bodies(),
    };
    on_first_that_answers(engine, until, |address, until| {
        let look = once_with(|| threats(scan_at(address, &whole, until)?, None));
        up_to_a_virus(look.chain(views.iter().map(|view| threats(scan_view(address, view, until)?, Some(view.origin)))))
    })
}

/// The version that clamd tells, with the number and date of its signatures.
///
/// # Errors
/// Those of a scan.
pub fn version(engine: &Engine, until: Instant) -> Result<String, Trouble> {
    on_first_that_answers(engine, until, |address, until| {
        let mut connection = Connection::open(address, until)?;
        connection.send(b"zVERSION\0")?;
        let answer = connection.receive()?;
        if answer.starts_with("ClamAV ") { Ok(answer) } else { Err(Trouble::Unknown(answer)) }
    })
}

fn on_first_that_answers<T>(engine: &Engine, until: Instant, ask: impl Fn(&Address, Instant) -> Result<T, Trouble>) -> Result<T, Trouble> {
    let give_up = until.min(Instant::now() + engine.retry);
    loop {
        let trouble = match first_answer(&engine.address, until, &ask) {
            Ok(answer) => return Ok(answer),
            Err(trouble) => trouble,
        };
        if !trouble.may_pass() || Instant::now() + PAUSE >= give_up {
            return Err(trouble);
        }
        thread::sleep(PAUSE);
    }
}

/// The first clear answer; else the trouble that may pass, as that is worth another round, else the last one.
/// Each address gets its share of the time, so that one that hangs leaves some for the next.
fn first_answer<T>(addresses: &[Address], until: Instant, ask: impl Fn(&Address, Instant) -> Result<T, Trouble>) -> Result<T, Trouble> {
    let mut worst = Trouble::Closed;
    let mut keeps = false;
    for (index, address) in addresses.iter().enumerate() {
        let shares = u32::try_from(addresses.len() - index).unwrap_or(u32::MAX);
        let share = until.saturating_duration_since(Instant::now()) / shares;
        match ask(address, Instant::now() + share) {
            Ok(answer) => return Ok(answer),
            Err(trouble) if !keeps => {
                keeps = trouble.may_pass();
                worst = trouble;
            }
            Err(_) => {}
        }
    }
    Err(worst)
}

/// The message in the two forms in which clamd may get it.
struct Whole<'a> {
    /// The file, if clamd will take it for a mail and we may open it.
    file: Option<File>,
    /// What is streamed.
    pieces: [&'a [u8]; 4],
}

impl<'a> Whole<'a> {
    fn of(sample: Sample<'a>) -> Self {
        let message = sample.message.bytes();
        if !needs_introduction(message) {
            return Self { file: reopened(sample.file), pieces: [message, &[], &[], &[]] };
        }
        let [name, value, end] = INTRODUCTION;
        Self { file: None, pieces: [name, value, end, message] }
    }
}

/// By descriptor where clamd is on this host and takes it, else by stream.
fn scan_at(address: &Address, whole: &Whole<'_>, until: Instant) -> Result<Reply, Trouble> {
    if let (Address::Unix(_), Some(file)) = (address, &whole.file) {
        match Connection::open(address, until)?.scan_descriptor(file) {
            // clamd may not read the file that we pass, as under AppArmor; a stream needs nobody's leave. One built without
            // descriptor passing does not know the command, and one that drops the connection may take a stream.
            Ok(Reply::Error(_)) | Err(Trouble::Closed) => {}
            Ok(Reply::Unknown(text)) if text == "UNKNOWN COMMAND" || text == "COMMAND UNAVAILABLE" => {}
            answer => return answer,
        }
    }
    Connection::open(address, until)?.scan_stream(&whole.pieces)
}

/// A connection for each view: one for all (IDSESSION) was measured no faster on a unix socket, and on TCP only as long as no
/// acknowledgement is waited for, which takes 40 ms.
fn scan_view(address: &Address, view: &View<'_>, until: Instant) -> Result<Reply, Trouble> {
    Connection::open(address, until)?.scan_stream(&[&view.bytes])
}

/// The message under an offset of its own: clamd moves the offset of what it is passed, and the MDA will read from ours.
fn reopened(file: &File) -> Option<File> {
    use std::os::fd::AsRawFd;
    File::open(format!("/proc/self/fd/{}", file.as_raw_fd())).ok()
}

fn threats(reply: Reply, origin: Option<Origin>) -> Result<Vec<Threat>, Trouble> {
    match reply {
        Reply::Clean => Ok(Vec::new()),
        Reply::Found(name) => Ok(vec![Threat { class: reply::class_of(&name), name, origin }]),
        Reply::Error(text) => Err(Trouble::Reported(text)),
        Reply::Unknown(text) => Err(Trouble::Unknown(text)),
    }
}
