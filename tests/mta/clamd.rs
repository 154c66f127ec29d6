//! A private clamd with two signatures of the tests' own: no download, no real database, loaded in a moment.
//!
//! Runs as the package's user, as it does in real life, so what mailward hands it must be readable to somebody else. It is started from
//! a copy of the program: AppArmor binds Debian's profile to the path of the original, and that profile knows nothing of our folders.
use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::{host, mails, wait};

const PING_TIMEOUT: Duration = Duration::from_secs(5);

/// The server and its folder; the process ends when this is dropped.
pub(crate) struct Clamd {
    folder: PathBuf,
    port: u16,
    child: Option<Child>,
}

impl Clamd {
    /// Makes a clamd in `folder` and starts it.
    pub(crate) fn start(folder: PathBuf) -> Clamd {
        host::make_folder(&folder, host::CLAMAV_USER, 0o755);
        for name in ["signatures", "tmp"] {
            host::make_folder(&folder.join(name), host::CLAMAV_USER, 0o755);
        }
        host::write_file(&folder.join("signatures/test.ndb"), host::CLAMAV_USER, 0o644, mails::signatures().as_bytes());
        host::copy_program(host::CLAMD, &folder.join("clamd"));
        let mut clamd = Clamd { folder, port: wait::free_port(), child: None };
        clamd.start_again();
        clamd
    }

    /// The unix socket, as an address of an engine.
    pub(crate) fn unix_address(&self) -> String {
        format!("unix:{}", self.socket().display())
    }

    /// The TCP port, as an address of an engine.
    pub(crate) fn tcp_address(&self) -> String {
        format!("tcp:127.0.0.1:{}", self.port)
    }

    /// Starts the stopped server and waits until it answers on both of its addresses.
    pub(crate) fn start_again(&mut self) {
        assert!(self.child.is_none(), "clamd is running already");
        fs::write(self.folder.join("clamd.conf"), configuration(&self.folder, self.port)).unwrap();
        let output = fs::File::create(self.folder.join("output")).unwrap();
        let mut command = Command::new(self.folder.join("clamd"));
        command.arg("--config-file").arg(self.folder.join("clamd.conf"));
        command.stdin(Stdio::null()).stdout(output.try_clone().unwrap()).stderr(output);
        let child = self.child.insert(command.spawn().unwrap());
        let (socket, port, folder) = (self.folder.join("clamd.sock"), self.port, &self.folder);
        wait::until("clamd to answer", || {
            if let Some(status) = child.try_wait().unwrap() {
                panic!("clamd ended with {status}: {}", read_output(folder));
            }
            let answers = ping(UnixStream::connect(&socket)) && ping(TcpStream::connect(("127.0.0.1", port)));
            answers.then_some(())
        });
    }

    /// Ends the server and waits until it is gone. Nothing answers at its addresses afterwards.
    pub(crate) fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // SIGKILL: clamd holds no state that wants saving, and a stopped one (SIGSTOP) hears nothing else.
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Holds the server: connections are accepted (by the kernel) but nothing is answered.
    pub(crate) fn freeze(&self) {
        kill_process(self.pid(), Signal::STOP).unwrap();
    }

    /// Lets a frozen server go on.
    pub(crate) fn thaw(&self) {
        kill_process(self.pid(), Signal::CONT).unwrap();
    }

    /// Has it run and answer again, whatever was done to it.
    #[cfg(feature = "fault-injection")]
    pub(crate) fn mend(&mut self) {
        match self.child {
            Some(_) => self.thaw(),
            None => self.start_again(),
        }
    }

    fn pid(&self) -> Pid {
        Pid::from_child(self.child.as_ref().expect("clamd is running"))
    }

    fn socket(&self) -> PathBuf {
        self.folder.join("clamd.sock")
    }
}

impl Drop for Clamd {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Whether the server at the other end says that it is ready.
fn ping(stream: io::Result<impl Connection>) -> bool {
    let answer = stream.and_then(|mut stream| {
        stream.limit_reads(PING_TIMEOUT)?;
        stream.write_all(b"zPING\0")?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer)
    });
    answer.is_ok_and(|answer| answer == b"PONG\0")
}

/// What the two kinds of socket have in common.
trait Connection: Read + Write {
    fn limit_reads(&self, limit: Duration) -> io::Result<()>;
}

impl Connection for UnixStream {
    fn limit_reads(&self, limit: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(limit))
    }
}

impl Connection for TcpStream {
    fn limit_reads(&self, limit: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(limit))
    }
}

fn configuration(folder: &Path, port: u16) -> String {
    let (folder, user) = (folder.display(), host::CLAMAV_USER);
    format!(
        "Foreground yes\nUser {user}\nDatabaseDirectory {folder}/signatures\nTemporaryDirectory {folder}/tmp\n\
         LocalSocket {folder}/clamd.sock\nLocalSocketMode 666\nFixStaleSocket yes\nTCPAddr 127.0.0.1\nTCPSocket {port}\n\
         MaxThreads 4\nSelfCheck 0\n"
    )
}

fn read_output(folder: &Path) -> String {
    fs::read_to_string(folder.join("output")).unwrap_or_default()
}
