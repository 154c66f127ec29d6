//! /dev/log for servers that log nowhere else: a socket in the test's folder, and the lines that came in there.
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

use crate::host;
use crate::view::View;

/// What was logged so far. The thread that listens ends with the test's process.
pub(crate) struct Syslog {
    text: Arc<Mutex<String>>,
}

impl Syslog {
    /// Listens at `socket`, which lies in the folder that `view` shares, and makes it /dev/log in there.
    pub(crate) fn listen(view: &View, socket: &Path) -> Syslog {
        let listener = UnixDatagram::bind(socket).unwrap();
        host::open_to_all(socket);
        symlink(socket, view.path("/dev/log")).unwrap();
        let text = Arc::new(Mutex::new(String::new()));
        let own = Arc::clone(&text);
        thread::spawn(move || {
            let mut line = vec![0; 1 << 16];
            while let Ok(length) = listener.recv(&mut line) {
                let line = String::from_utf8_lossy(&line[..length]);
                own.lock().unwrap().extend([line.trim_end(), "\n"]);
            }
        });
        Syslog { text }
    }

    pub(crate) fn text(&self) -> String {
        self.text.lock().unwrap().clone()
    }
}
