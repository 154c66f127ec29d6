//! `mailward qmail-queue`: in the place of qmail-queue, between qmail's programs and the real one.
//!
//! Owns the envelope on descriptor 1: it is read when the message has ended, as qmail's programs write it then, and goes on as it came.
//! It must never take part of an envelope for the whole. What fails leaves the message with whoever called.

use crate::cli::{Deliver, Options, QmailQueue};
use crate::envelope::Queued;
use crate::error::Error;
use crate::exit::{self, Profile};
use crate::intake;
use crate::os;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;

/// A larger envelope is no mail.
const LARGEST: u64 = 16 << 20;

/// The delivery that the command stands for.
pub(super) fn as_delivery(call: QmailQueue) -> Deliver {
    let options = Options { config: call.config, mta: Some(Profile::QmailQueue), ..Options::default() };
    Deliver { options, mda: call.mda, ..Deliver::default() }
}

/// Reads the envelope.
///
/// # Errors
/// [`Error::Envelope`] and [`Error::EnvelopeUnreadable`].
pub(super) fn read_envelope() -> Result<Queued, Error> {
    let bytes = read_all().map_err(Error::EnvelopeUnreadable)?;
    if bytes.len() as u64 > LARGEST {
        return Err(Error::Envelope("expected at most 16 MiB"));
    }
    Queued::parse(bytes).map_err(Error::Envelope)
}

/// The envelope in a file at its beginning, for the real qmail-queue.
///
/// # Errors
/// [`Error::EnvelopeUnreadable`].
pub(super) fn as_file(queued: &Queued) -> Result<File, Error> {
    let bytes = queued.bytes();
    intake::blank(bytes.len() as u64, u64::MAX).and_then(|file| intake::filled(file, bytes)).map_err(Error::EnvelopeUnreadable)
}

fn read_all() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let descriptor = rustix::stdio::stdout().as_fd().try_clone_to_owned()?;
    File::from(descriptor).take(LARGEST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Says on the error pipe why a message is refused; the status that goes with it, none where nobody reads that.
pub(super) fn say_why(reason: &str) -> Option<u8> {
    let path = format!("/proc/self/fd/{}", os::error_pipe()?);
    // Whoever does not read must not hold us up.
    let mut pipe = OpenOptions::new().write(true).custom_flags(os::WITHOUT_WAITING).open(path).ok()?;
    pipe.write_all(Profile::queue_text(reason).as_bytes()).ok().map(|()| exit::QUEUE_TEXT)
}
