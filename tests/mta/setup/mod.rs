//! `mailward setup` on mail servers as Debian installs them: put in, tried, taken out again; and whatever it must refuse.
//!
//! A stock configuration listens on port 25 and delivers to the mailbox that it knows, so that each server runs in a network of its own.

// What the tests stand on.
mod mailhost;
mod prompt;
mod snapshot;
mod stock;

// The tests.
mod asking;
mod failing;
mod qmail;
mod refusals;
mod round_trip;
mod undo;
