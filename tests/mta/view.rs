//! A fresh view of a Debian root, for one server: what is written into it is gone with it, and so is every process that runs in it.
//!
//! It lives in namespaces of its own (mounts, processes, host name) that end with their first process, which ends when its stdin does. So
//! nothing outlasts a test, not even one that is killed. view.sh is what happens inside. Names are looked up in files alone.
use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::host::{self, DOMAIN};

const SCRIPT: &str = include_str!("view.sh");

/// What the servers in there listen on.
#[derive(Clone, Copy)]
pub(crate) enum Network {
    /// The machine's, where tests reach them: they are told to listen on 127.0.0.1, on ports that are free.
    Machines,
    /// One of their own that leads nowhere, with every port free: only what runs in there reaches them.
    Own,
}

/// The view, until it is dropped.
pub(crate) struct View {
    unshare: Child,
    /// The first process in there, as the machine numbers it.
    first: u32,
}

impl View {
    /// A view of `root`, put together at the folder `top`, in which `shared` has the path that it has outside. Mounts made below `shared`
    /// later on are not seen inside.
    pub(crate) fn open(root: &Path, top: &Path, shared: &Path, network: Network) -> Result<View, String> {
        let mut command = Command::new("unshare");
        command.args(network.options()).args(["--mount", "--pid", "--uts", "--fork", "sh", "-c", SCRIPT, "view"]).args([root, top, shared]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let unshare = command.spawn().map_err(|error| format!("unshare: {error}"))?;
        let mut view = View { unshare, first: 0 };
        view.first = view.read_process_id()?;
        view.start(network);
        view.settle();
        Ok(view)
    }

    /// A program, to be run in here as root.
    pub(crate) fn command(&self, program: &str, arguments: &[&str]) -> Command {
        self.ensure_own_root();
        let mut command = Command::new("nsenter");
        command.args(["--target", &self.first.to_string(), "--mount", "--pid", "--uts", "--net", "--root", "--wd", "--", program]);
        command.args(arguments);
        command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        command
    }

    /// Where the machine sees what is `inside` here.
    pub(crate) fn path(&self, inside: &str) -> PathBuf {
        self.ensure_own_root();
        self.outside(inside)
    }

    /// A file in here, as text; empty if it is not there.
    pub(crate) fn read(&self, inside: &str) -> String {
        String::from_utf8_lossy(&fs::read(self.outside(inside)).unwrap_or_default()).into_owned()
    }

    /// Writes a file in here.
    pub(crate) fn write(&self, inside: &str, text: &str) {
        fs::write(self.path(inside), text).unwrap_or_else(|error| panic!("{inside}: {error}"));
    }

    fn outside(&self, inside: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root{inside}", self.first))
    }

    /// Before anything is written by way of the first process: that its root is not the machine's.
    fn ensure_own_root(&self) {
        let (machine, own) = (root_of("self"), root_of(&self.first.to_string()));
        assert!(machine.is_ok() && own.is_ok() && own.as_ref().ok() != machine.as_ref().ok(), "{own:?} is no root for a test");
    }

    /// Starts the one link of a network of its own.
    fn start(&self, network: Network) {
        if let Network::Own = network {
            host::run(Command::new("nsenter").args(["--target", &self.first.to_string(), "--net", "--", "ip", "link", "set", "lo", "up"]));
        }
    }

    fn read_process_id(&mut self) -> Result<u32, String> {
        let mut line = String::new();
        let stdout = self.unshare.stdout.take().expect("stdout is a pipe");
        BufReader::new(stdout).read_line(&mut line).map_err(|error| error.to_string())?;
        line.trim().parse().map_err(|_| format!("this machine allows no mounts: {}", self.read_errors()))
    }

    fn read_errors(&mut self) -> String {
        let mut text = String::new();
        let stderr = self.unshare.stderr.take().expect("stderr is a pipe");
        let _ = BufReader::new(stderr).read_to_string(&mut text);
        text
    }

    /// The accounts that mail is delivered to, with the numbers that they have outside, and names that need no network.
    fn settle(&self) {
        for name in host::ACCOUNTS {
            let (user, group) = host::ids_of(name);
            self.append("/etc/passwd", &format!("{name}:x:{user}:{group}::/home:/usr/sbin/nologin\n"));
            self.append("/etc/group", &format!("{name}:x:{group}:\n"));
        }
        self.write("/etc/hostname", &format!("mx.{DOMAIN}\n"));
        self.write("/etc/mailname", &format!("{DOMAIN}\n"));
        self.write("/etc/hosts", &format!("127.0.0.1 mx.{DOMAIN} mx localhost\n"));
        self.write("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
        self.write("/etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files\nservices: files\n");
    }

    fn append(&self, inside: &str, text: &str) {
        self.write(inside, &(self.read(inside) + text));
    }
}

impl Network {
    /// What unshare(1) is told of it.
    fn options(self) -> &'static [&'static str] {
        match self {
            Network::Machines => &[],
            Network::Own => &["--net"],
        }
    }
}

/// The device and number of a process's root.
fn root_of(process: &str) -> io::Result<(u64, u64)> {
    let root = fs::metadata(format!("/proc/{process}/root/"))?;
    Ok((root.dev(), root.ino()))
}

impl Drop for View {
    /// The first process sees the end of its stdin, and ends; the kernel then kills all that it leaves behind.
    fn drop(&mut self) {
        drop(self.unshare.stdin.take());
        let _ = self.unshare.wait();
    }
}
