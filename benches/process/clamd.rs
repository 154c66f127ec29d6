//! A clamd of our own: its own folder, socket and one signature, no download, ended by its process number.
//!
//! It never answers from its cache, because a benchmark sends the same message again and again and would measure nothing
//! else. Where clamd or clamdscan is not installed there is none, and what needs it is left out.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::sys;

const START: Duration = Duration::from_secs(60);
/// What the one signature looks for. It is ours and not EICAR's, so that mailward's built-in check cannot answer for clamd.
pub(crate) const MARKER: &[u8] = b"mailward-bench: clamd has to find this text";

/// The running daemon; dropping it ends it.
pub(crate) struct Clamd {
    child: Child,
    pub(crate) socket: PathBuf,
    pub(crate) config: PathBuf,
}

impl Clamd {
    /// Starts the program in `folder` and waits until it answers.
    pub(crate) fn start(program: &Path, folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder.join("signatures"))?;
        fs::create_dir_all(folder.join("tmp"))?;
        fs::write(folder.join("signatures/bench.ndb"), signature())?;
        let (socket, config) = (folder.join("clamd.sock"), folder.join("clamd.conf"));
        fs::write(&config, settings(folder, &socket))?;
        let log = File::create(folder.join("clamd.out"))?;
        let mut command = Command::new(program);
        command.arg("--foreground").arg("--config-file").arg(&config);
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        sys::end_with_us(&mut command);
        let mut clamd = Self { child: command.spawn()?, socket, config };
        clamd.wait_until_ready(folder)?;
        Ok(clamd)
    }

    /// The CPU time it has used so far.
    pub(crate) fn cpu(&self) -> io::Result<Duration> {
        sys::cpu_of(self.child.id())
    }

    fn wait_until_ready(&mut self, folder: &Path) -> io::Result<()> {
        let begin = Instant::now();
        while self.child.try_wait()?.is_none() && begin.elapsed() < START {
            if self.ping().is_ok_and(|answer| answer == b"PONG\0") {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        let said = fs::read_to_string(folder.join("clamd.out")).unwrap_or_default();
        Err(io::Error::other(format!("clamd did not start: {said}")))
    }

    fn ping(&self) -> io::Result<Vec<u8>> {
        let mut stream = UnixStream::connect(&self.socket)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"zPING\0")?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for Clamd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One body signature: any file type, any offset.
fn signature() -> String {
    let hex: String = MARKER.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("Mailward.Bench.Marker:0:*:{hex}\n")
}

fn settings(folder: &Path, socket: &Path) -> String {
    format!(
        "LocalSocket {}\nDatabaseDirectory {}\nTemporaryDirectory {}\nDisableCache yes\n\
         StreamMaxLength 200M\nMaxScanSize 1000M\nMaxFileSize 200M\nMaxScanTime 0\n",
        socket.display(),
        folder.join("signatures").display(),
        folder.join("tmp").display()
    )
}
