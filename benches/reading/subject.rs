//! What is measured: all that mailward does with a message between taking it in and asking engines, and one parse of it.

use mailward::agent::scan;
use mailward::check;
use mailward::config::{Limits, Settings};
use mailward::message::{Bounds, Message};
use std::time::{Duration, Instant};

/// What reading a message took and brought.
#[derive(Clone, Copy, Default)]
pub(crate) struct Look {
    /// The skeleton under all readings.
    pub(crate) read: Duration,
    /// That, our own checks, and what engines would get.
    pub(crate) whole: Duration,
    pub(crate) parts: usize,
    pub(crate) doubts: usize,
    /// Bytes of the views.
    pub(crate) views: usize,
}

/// The bounds that are shipped.
pub(crate) fn bounds() -> Bounds {
    scan::bounds(&Limits::default())
}

/// Reads, checks, and makes the views.
pub(crate) fn look(bytes: &[u8], bounds: &Bounds, settings: &Settings) -> Look {
    let start = Instant::now();
    let message = Message::read(bytes, bounds);
    let read = start.elapsed();
    std::hint::black_box(check::run(&message, settings).len());
    let views = message.views().iter().map(|view| view.bytes.len()).sum();
    let (parts, doubts) = (message.parts().len(), message.doubts().len());
    drop(message);
    Look { read, whole: start.elapsed(), parts, doubts, views }
}

/// The skeleton alone.
pub(crate) fn read(bytes: &[u8], bounds: &Bounds) -> Duration {
    let start = Instant::now();
    std::hint::black_box(Message::read(bytes, bounds).parts().len());
    start.elapsed()
}

/// One parse, which is one reading.
pub(crate) fn parse(bytes: &[u8]) -> Duration {
    let start = Instant::now();
    std::hint::black_box(mail_parser::MessageParser::default().parse(bytes).map(|message| message.parts.len()));
    start.elapsed()
}
