//! A real program that listens on loopback while a test runs.
//!
//! Owns its process group and that it is ready before anybody asks it. It is ended by its process id, when it is dropped.

use crate::harness::until;
use rustix::process::{Pid, Signal};
use std::env;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A program that runs.
pub(crate) struct Server(Child);

impl Server {
    /// Starts `command` in a group of its own; what it says is dropped.
    pub(crate) fn start(command: &mut Command) -> Self {
        let command = command.process_group(0).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().unwrap_or_else(|why| panic!("{command:?}: {why}")))
    }

    /// Waits until `is_ready`, or until the program has ended, which it must not.
    #[track_caller]
    pub(crate) fn wait_until(mut self, what: &str, mut is_ready: impl FnMut() -> bool) -> Self {
        until(what, || {
            assert!(self.0.try_wait().unwrap().is_none(), "it ended before {what}");
            is_ready()
        });
        self
    }

    /// Sends a signal to the whole group.
    pub(crate) fn signal(&self, signal: Signal) {
        let _ = rustix::process::kill_process_group(Pid::from_child(&self.0), signal);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.signal(Signal::CONT);
        self.signal(Signal::KILL);
        let _ = self.0.wait();
    }
}

/// A port of loopback that nobody listens on.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// Whether somebody listens there.
pub(crate) fn listens(port: u16) -> bool {
    TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).is_ok()
}

/// Whether the program is there. Where all have to be it is an error if it is not.
#[track_caller]
pub(crate) fn is_installed(program: &str) -> bool {
    let is_there = Path::new(program).exists();
    assert!(is_there || env::var_os("MAILWARD_REQUIRE_MTA").is_none(), "{program} is not installed");
    if !is_there {
        eprintln!("left out: {program} is not installed");
    }
    is_there
}
