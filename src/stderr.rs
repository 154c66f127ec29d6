//! Keeps our caller's stderr clean while we work.
//!
//! Owns descriptor 2 during a run: the C library and Rust's runtime write there when memory or stack run out, and Postfix takes the
//! first words of a command's output for its verdict. It must never stay away beyond exec, which it is given back before. Where
//! it cannot be taken, stderr stays as it is.

use rustix::fs::{Mode, OFlags};
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;

/// stderr, put aside until this is dropped or [given back](Quiet::restore).
#[derive(Debug)]
pub struct Quiet {
    caller: Option<OwnedFd>,
}

impl Quiet {
    /// Puts stderr aside; what is written to it from here on is gone.
    pub fn start() -> Self {
        Self { caller: put_aside().ok() }
    }

    /// Gives it back.
    pub fn restore(&mut self) {
        if let Some(caller) = self.caller.take() {
            // It was open a moment ago, so that there is nothing that could fail or be done.
            let _ = rustix::stdio::dup2_stderr(&caller);
        }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        self.restore();
    }
}

fn put_aside() -> io::Result<OwnedFd> {
    let caller = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stderr(), 3)?;
    let nowhere = rustix::fs::open("/dev/null", OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())?;
    rustix::stdio::dup2_stderr(&nowhere)?;
    Ok(caller)
}

/// Writes to our caller's stderr, for a log that is configured to go there.
impl Write for &Quiet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &self.caller {
            Some(caller) => File::from(caller.try_clone()?).write(bytes),
            None => io::stderr().write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
