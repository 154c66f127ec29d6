//! Debian's c-icap with its antivirus service, behind which a clamd of the test's own looks; and its echo service.

use crate::harness::{PLAIN, Site, base64, eicar, until};
use crate::samples::of_corpus;
use crate::server::{Server, free_port, is_installed, listens};
use rustix::process::Signal;
use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;

const CICAP: &str = "/usr/bin/c-icap";
const CLAMD: &str = "/usr/sbin/clamd";
const MARKER: &str = "the-marker-of-mailwards-own-signature";

/// c-icap on a port, and the clamd behind it.
struct Icap {
    site: Site,
    port: u16,
    cicap: Option<Server>,
    _clamd: Server,
}

impl Icap {
    /// None where the programs are not there.
    fn start() -> Option<Self> {
        let module = format!("{}/virus_scan.so", modules());
        if ![CICAP, CLAMD, &module].iter().all(|program| is_installed(program)) {
            return None;
        }
        let site = Site::new();
        let clamd = clamd(&site);
        let mut icap = Self { site, port: free_port(), cicap: None, _clamd: clamd };
        icap.start_again();
        Some(icap)
    }

    fn start_again(&mut self) {
        let folder = self.site.path("").display().to_string();
        let conf = self.site.write("c-icap.conf", configuration(&folder, self.port));
        let port = self.port;
        let server = Server::start(Command::new(CICAP).arg("-N").arg("-f").arg(conf));
        self.cicap = Some(server.wait_until("c-icap listens", || listens(port)));
    }

    fn configure(&self, service: &str) {
        let policy = "policy.infected = { action = \"accept\", treatment = \"tag\" }\npolicy.ambiguous = { action = \"accept\" }";
        let address = format!("address = [\"tcp:127.0.0.1:{}\"]", self.port);
        let engine = format!("[[engine]]\nname = \"c-icap\"\nkind = \"icap\"\nservice = \"{service}\"\n{address}\nretry = \"0s\"");
        self.site.configure(&format!("{policy}\n{engine}"));
    }

    fn verdict(&self, message: impl AsRef<[u8]>) -> String {
        for name in self.site.names("delivered") {
            fs::remove_dir_all(self.site.path("delivered").join(name)).unwrap();
        }
        self.site.deliver().pipe(message).run().exits(0).verdict()
    }

    #[track_caller]
    fn defers(&self, words: &[&str]) {
        for name in self.site.names("delivered") {
            fs::remove_dir_all(self.site.path("delivered").join(name)).unwrap();
        }
        let ended = self.site.deliver().pipe(PLAIN).run();
        ended.defers(75);
        let log = self.site.read("log");
        let last = log.lines().last().unwrap_or_default();
        assert!(words.iter().any(|word| last.contains(&format!(" class=unscanned name={word} action=defer "))), "{words:?}: {last}");
    }
}

/// From a copy: AppArmor binds Debian's profile to the path of the original, and that knows nothing of our folders.
pub(crate) fn clamd(site: &Site) -> Server {
    let folder = site.path("").display().to_string();
    sign(site);
    let conf = site.write(
        "clamd.conf",
        format!(
            "Foreground yes\nDatabaseDirectory {folder}/signatures\nTemporaryDirectory {folder}/tmp\nLocalSocket {folder}/clamd.sock\n"
        ),
    );
    let copy = site.path("clamd");
    assert!(Command::new("install").arg("--mode=755").arg(CLAMD).arg(&copy).status().unwrap().success());
    let server = Server::start(Command::new(copy).arg("--config-file").arg(conf));
    server.wait_until("clamd listens", || std::os::unix::net::UnixStream::connect(Path::new(&folder).join("clamd.sock")).is_ok())
}

/// A database of two signatures.
pub(crate) fn sign(site: &Site) {
    fs::create_dir_all(site.path("signatures")).unwrap();
    let signature = |name: &str, text: &str| format!("{name}:0:*:{}\n", hexadecimal(text));
    site.write("signatures/own.ndb", signature("Mailward.Test", MARKER) + &signature("Eicar-Test-Signature", &eicar()));
}

/// Where Debian has c-icap's services.
fn modules() -> String {
    format!("/usr/lib/{}-linux-gnu/c_icap", std::env::consts::ARCH)
}

fn configuration(folder: &str, port: u16) -> String {
    let modules = modules();
    format!(
        "PidFile {folder}/c-icap.pid\nCommandsSocket {folder}/c-icap.ctl\nTimeout 60\nStartServers 1\nMaxServers 1\nMinSpareThreads 2\n\
         MaxSpareThreads 4\nThreadsPerChild 4\nPort 127.0.0.1:{port}\nServerAdmin postmaster@localhost\nServerName localhost\n\
         TmpDir {folder}/tmp\nModulesDir {modules}\nServicesDir {modules}\nTemplateDir /usr/share/c_icap/templates/\n\
         LoadMagicFile /etc/c-icap/c-icap.magic\nServerLog {folder}/server.log\nAccessLog {folder}/access.log\n\
         Service echo srv_echo.so\nService antivirus_module virus_scan.so\n\
         virus_scan.ScanFileTypes TEXT DATA EXECUTABLE ARCHIVE GIF JPEG MSOFFICE\nvirus_scan.MaxObjectSize 100M\n\
         virus_scan.SendPercentData 5\nvirus_scan.StartSendPercentDataAfter 2M\n\
         virus_scan.DefaultEngine clamd\nModule common clamd_mod.so\nclamd_mod.ClamdSocket {folder}/clamd.sock\n"
    )
}

fn hexadecimal(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// The marker under base64, as long as wanted.
pub(crate) fn marked(length: usize) -> String {
    let body = base64(format!("{MARKER}{}", "x".repeat(length)).as_bytes());
    let lines: Vec<&str> = body.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let head = "From: a@sender.example\nTo: b@example.org\nSubject: x\nMIME-Version: 1.0\nContent-Type: application/octet-stream\n";
    format!("{head}Content-Transfer-Encoding: base64\n\n{}\n", lines.join("\n"))
}

#[test]
fn a_virus_is_found_by_its_name_and_wanted_mail_is_clean() {
    let Some(icap) = Icap::start() else { return };
    let found = "infected; engine=c-icap; name=\"Mailward.Test.UNOFFICIAL\"; action=tag";
    // With 204, with the same body sent back, and in one go without a preview that would hold all of it.
    for service in ["virus_scan", "/virus_scan", "virus_scan?allow204=off"] {
        icap.configure(service);
        assert_eq!(icap.verdict(PLAIN), "clean", "{service}");
        for length in [0, 50_000] {
            assert_eq!(icap.verdict(marked(length)), found, "{service}");
        }
        for folder in ["spamassassin-public/ham-easy-1", "spamassassin-public/spam-1"] {
            for (name, message) in of_corpus(folder, 10) {
                let verdict = icap.verdict(message);
                assert!(!verdict.contains("c-icap"), "{name}: {verdict}");
            }
        }
    }
    icap.configure("echo");
    assert_eq!(icap.verdict(marked(0)), "clean");
}

#[test]
fn what_is_hidden_from_clamav_in_the_message_is_found_in_the_bodies() {
    let Some(icap) = Icap::start() else { return };
    let hidden = format!("X-Any: x\n{}", marked(0));
    icap.configure("virus_scan\"\ninput = \"parts");
    assert!(icap.verdict(hidden).starts_with("infected; engine=c-icap;"));
}

#[test]
fn the_preset_needs_no_other_key_than_an_address() {
    let Some(icap) = Icap::start() else { return };
    let policy = "policy.infected = { action = \"accept\", treatment = \"tag\" }\n";
    icap.site.configure(&format!("{policy}[[engine]]\npreset = \"c-icap\"\naddress = [\"tcp:127.0.0.1:{}\"]\n", icap.port));
    assert_eq!(icap.verdict(PLAIN), "clean");
    assert!(icap.verdict(marked(0)).starts_with("infected; engine=c-icap; name=\"Mailward.Test.UNOFFICIAL\""));
}

#[test]
fn its_version_is_told_and_a_service_that_is_not_there_is_unscanned() {
    let Some(icap) = Icap::start() else { return };
    icap.configure("virus_scan");
    icap.site.command("check").word("--live").run().exits(0).mentions(&["Antivirus service CI0001-", "test file found: Eicar-Test-Sig"]);
    icap.configure("echo");
    icap.site.command("check").word("--live").run().exits(1).mentions(&["the test file was NOT found"]);
    icap.configure("no_such_service");
    icap.defers(&["error"]);
}

#[test]
fn stopped_stalled_reset_and_talking_garbage_it_is_never_clean() {
    let Some(mut icap) = Icap::start() else { return };
    icap.configure("virus_scan\"\ntimeout = \"2s");
    assert_eq!(icap.verdict(PLAIN), "clean");
    icap.cicap.as_ref().unwrap().signal(Signal::STOP);
    icap.defers(&["timeout"]);
    icap.cicap.as_ref().unwrap().signal(Signal::CONT);
    assert_eq!(icap.verdict(PLAIN), "clean");
    icap.cicap = None;
    until("nobody listens", || !listens(icap.port));
    icap.defers(&["refused"]);
    for (text, words) in [("", ["closed", "io"]), ("\u{1}garbage\r\n\r\n", ["unknown-answer", "closed"])] {
        let stand_in = StandIn::start(icap.port, text);
        icap.defers(&words);
        drop(stand_in);
    }
    until("nobody listens", || !listens(icap.port));
    icap.start_again();
    assert_eq!(icap.verdict(PLAIN), "clean");
}

/// Somebody in the place of c-icap who says this and closes.
struct StandIn {
    port: u16,
    is_over: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl StandIn {
    fn start(port: u16, text: &'static str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let is_over = Arc::new(AtomicBool::new(false));
        let own = Arc::clone(&is_over);
        let thread = thread::spawn(move || {
            while let Ok((mut stream, _)) = listener.accept() {
                let _ = stream.write_all(text.as_bytes());
                if own.load(SeqCst) {
                    return;
                }
            }
        });
        Self { port, is_over, thread: Some(thread) }
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.is_over.store(true, SeqCst);
        listens(self.port);
        let _ = self.thread.take().map(thread::JoinHandle::join);
    }
}
