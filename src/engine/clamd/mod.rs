//! Talks to ClamAV's daemon: clamd(8), section "Commands".
//!
//! Owns the order of tries and views. It must never take anything but a clear OK for clean. What fails is a [`Trouble`].

mod blind;
mod connection;
mod introduction;
pub mod reply;

use super::pool::{self, Route};
use super::{Sample, Threat, Trouble, up_to_a_virus};
use crate::config::{Address, Engine, Input};
use crate::message::Origin;
use blind::stays_encoded;
use connection::Connection;
use introduction::{INTRODUCTION, needs_introduction};
use reply::Reply;
use std::fs::File;
use std::iter::once_with;
use std::time::Instant;

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
    pool::ask(engine, sample.route(engine), until, |address, until| {
        let open = || Connection::open(engine, address, until);
        let is_near = matches!(address, Address::Unix(_));
        let look = once_with(|| threats(if is_near { scan_near(open, &whole) } else { open()?.scan_stream(&whole.pieces) }?, None));
        // A connection for each view: one for all (IDSESSION) was measured no faster on a unix socket, and on TCP only as long as no
        // acknowledgement is waited for, which takes 40 ms.
        up_to_a_virus(look.chain(views.iter().map(|view| threats(open()?.scan_stream(&[&view.bytes])?, Some(view.origin)))))
    })
}

/// The version that clamd tells, with the number and date of its signatures.
///
/// # Errors
/// Those of a scan.
pub fn version(engine: &Engine, until: Instant) -> Result<String, Trouble> {
    pool::ask(engine, Route::default(), until, |address, until| {
        let answer = Connection::open(engine, address, until)?.command("VERSION")?;
        if answer.starts_with("ClamAV ") { Ok(answer) } else { Err(Trouble::Unknown(answer)) }
    })
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

/// Where clamd is on this host: by descriptor if it takes that, else by stream.
fn scan_near(open: impl Fn() -> Result<Connection, Trouble>, whole: &Whole<'_>) -> Result<Reply, Trouble> {
    if let Some(file) = &whole.file {
        match open()?.scan_descriptor(file) {
            // clamd may not read the file that we pass, as under AppArmor; a stream needs nobody's leave. One built without
            // descriptor passing does not know the command, and one that drops the connection may take a stream.
            Ok(Reply::Error(_)) | Err(Trouble::Closed) => {}
            Ok(Reply::Unknown(text)) if text == "UNKNOWN COMMAND" || text == "COMMAND UNAVAILABLE" => {}
            answer => return answer,
        }
    }
    open()?.scan_stream(&whole.pieces)
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
