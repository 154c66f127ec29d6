//! SpamAssassin's daemon: GTUBE, ham and spam, a user's own preferences, and every way to be gone.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on should stop loudly")]

#[path = "../black_box/fake.rs"]
#[allow(dead_code, reason = "of the black-box tests' server only what relays is needed")]
mod fake;

use super::samples::{gtube, of_corpus};
use super::server::{Server, free_port, is_installed, listens};
use crate::harness::{PLAIN, Site, is_root, runs_as_root};
use fake::Fake;
use rustix::process::Signal;
use std::fs::{self, Permissions};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::time::Duration;

const SPAMD: &str = "/usr/sbin/spamd";

/// Its rules, as the package installs them.
const RULES: &str = "/usr/share/spamassassin";

/// What looks at a message by itself: no network, nothing learnt.
const PLUGINS: [&str; 7] = ["Check", "HeaderEval", "BodyEval", "MIMEEval", "HTMLEval", "FreeMail", "MIMEHeader"];

/// A spamd on a socket and a port, in the folder of `site`; ann wants less spam than others.
struct Spamd {
    server: Server,
    port: u16,
    socket: String,
}

impl Spamd {
    fn start(site: &Site) -> Self {
        let at = |name: &str| site.path(name).display().to_string();
        for folder in ["spamd", "spamd/rules", "spamd/users", "spamd/users/ann"] {
            fs::create_dir(site.path(folder)).unwrap();
        }
        let plugins: String = PLUGINS.iter().map(|name| format!("loadplugin Mail::SpamAssassin::Plugin::{name}\n")).collect();
        site.write("spamd/rules/init.pre", plugins);
        site.write("spamd/rules/local.cf", "use_bayes 0\ndns_available no\n");
        site.write("spamd/users/ann/user_prefs", "required_score 0.1\n");
        // It gives up root, and must enter the folder then.
        fs::set_permissions(site.path(""), Permissions::from_mode(0o755)).unwrap();
        let port = free_port();
        let mut command = Command::new(SPAMD);
        command.args(["--local", "--nouser-config", "--max-children=2", "--syslog=null", "--configpath", RULES]);
        command.args(["--siteconfigpath", &at("spamd/rules")]);
        command.args(["--socketpath", &at("spamd/socket"), "--listen", &format!("127.0.0.1:{port}")]);
        // Only as root it has other users.
        if runs_as_root() {
            command.args(["--username", "nobody", "--virtual-config-dir", &at("spamd/users/%u")]);
        }
        let socket = at("spamd/socket");
        let server = Server::start(&mut command).wait_until("spamd listens", || listens(port) && UnixStream::connect(&socket).is_ok());
        Self { server, port, socket }
    }

    fn addresses(&self) -> [String; 2] {
        [format!("unix:{}", self.socket), format!("tcp:127.0.0.1:{}", self.port)]
    }
}

/// A configuration that asks at `address`.
fn asking(address: &str, keys: &str) -> String {
    let policy =
        "policy.spam = { action = \"accept\", treatment = \"tag\" }\npolicy.spam_unscanned = { action = \"defer\" }\nspam.headers = true\n";
    let keys = if keys.contains("timeout") { keys.to_owned() } else { format!("timeout = \"60s\"\n{keys}") };
    format!("{policy}[[engine]]\nname = \"sa\"\nkind = \"spamd\"\naddress = [{address:?}]\nretry = \"0s\"\n{keys}")
}

/// What mailward makes of a message: its own field, and that of the status.
fn judged(address: &str, keys: &str, message: &[u8]) -> (String, String) {
    let site = Site::with(&asking(address, keys));
    let ended = site.deliver().pipe(message).run();
    let text = String::from_utf8_lossy(&ended.message()).into_owned();
    let status = text.split("\nX-Spam-Status: ").nth(1).unwrap_or_default().replace("\n\t", "");
    (ended.verdict(), status.lines().next().unwrap_or_default().to_owned())
}

#[test]
fn gtube_is_spam_whichever_way_it_is_asked() {
    if !is_installed(SPAMD) {
        return;
    }
    let site = Site::new();
    let spamd = Spamd::start(&site);
    for address in spamd.addresses() {
        for keys in ["", "changes = [\"headers\"]", "changes = [\"headers\", \"subject\", \"body\"]"] {
            let (verdict, status) = judged(&address, keys, &gtube());
            // Where the body is rewritten the original is kept, and its name stands behind.
            assert!(verdict.starts_with("spam; engine=sa; name=\"score 1000 of 5\"; action=tag"), "{address} {keys}: {verdict}");
            assert!(status.starts_with("Yes, score=1000.0 required=5.0 tests=") && status.contains("GTUBE"), "{address} {keys}: {status}");
            assert_eq!(judged(&address, keys, PLAIN.as_bytes()).0, "clean", "{address} {keys}");
        }
    }
    let mut large = gtube();
    large.extend(b"A line like many others.\n".repeat(2000));
    assert!(judged(&spamd.addresses()[1], "", &large).0.starts_with("spam; "), "packed");
}

#[test]
fn a_user_has_preferences_of_its_own() {
    if !is_root() || !is_installed(SPAMD) {
        return;
    }
    let site = Site::new();
    let spamd = Spamd::start(&site);
    let required = |user: &str, message: &[u8]| judged(&spamd.addresses()[0], &format!("user = {user:?}"), message).1;
    assert!(required("ann", PLAIN.as_bytes()).contains("required=0.1 "));
    assert!(required("bob", PLAIN.as_bytes()).contains("required=5.0 "));
    assert!(required("../ann", PLAIN.as_bytes()).contains("required=5.0 "));
}

#[test]
fn ham_and_spam_are_told_apart_as_it_does() {
    let (ham, spam) = (of_corpus("spamassassin-public/ham-easy-1", 12), of_corpus("spamassassin-public/spam-2", 12));
    if ham.is_empty() || !is_installed(SPAMD) {
        return;
    }
    let site = Site::new();
    let spamd = Spamd::start(&site);
    let is_spam = |(name, message): &(String, Vec<u8>)| {
        let [near, far] = spamd.addresses().map(|address| judged(&address, "", message).1);
        assert_eq!(near, far, "{name}");
        assert!(near.starts_with("Yes, score=") || near.starts_with("No, score="), "{name}: {near}");
        near.starts_with("Yes")
    };
    let count = |messages: &[(String, Vec<u8>)]| messages.iter().filter(|message| is_spam(message)).count();
    let (ham, spam) = (count(&ham), count(&spam));
    eprintln!("taken for spam: {ham} of 12 ham, {spam} of 12 spam");
    assert!(ham == 0 && spam > 0, "{ham} {spam}");
}

/// The message is deferred for this reason.
#[track_caller]
fn defers(address: &str, words: &[&str]) {
    let site = Site::with(&asking(address, "timeout = \"2s\""));
    let ended = site.deliver().pipe(gtube()).run();
    ended.defers(75);
    let log = site.read("log");
    assert!(words.iter().any(|word| log.contains(&format!(" class=spam_unscanned name={word} "))), "expected {words:?}{}", ended.context());
    assert!(ended.took < Duration::from_secs(10), "{:?}", ended.took);
}

#[test]
fn stalled_stopped_or_gone_it_is_never_clean() {
    if !is_installed(SPAMD) {
        return;
    }
    let site = Site::new();
    let spamd = Spamd::start(&site);
    spamd.server.signal(Signal::STOP);
    for address in spamd.addresses() {
        defers(&address, &["timeout"]);
    }
    spamd.server.signal(Signal::CONT);
    for address in spamd.addresses() {
        assert!(judged(&address, "", &gtube()).0.starts_with("spam; "), "{address} after a stall");
    }
    let addresses = spamd.addresses();
    drop(spamd);
    for address in addresses {
        // A child that is just ending may still take it.
        defers(&address, &["refused", "closed"]);
    }
}

type Change = fn(Vec<u8>) -> Vec<u8>;

/// What the real one answers, changed on its way by `change`.
fn between(port: u16, change: Change) -> Fake {
    Fake::on_tcp(move |link| {
        let mut real = TcpStream::connect(("127.0.0.1", port))?;
        real.write_all(&link.all()?)?;
        real.shutdown(Shutdown::Write)?;
        let mut answer = Vec::new();
        real.read_to_end(&mut answer)?;
        link.say(change(answer))
    })
}

#[test]
fn an_answer_that_is_cut_off_or_garbled_on_its_way_is_never_clean() {
    if !is_installed(SPAMD) {
        return;
    }
    let site = Site::new();
    let spamd = Spamd::start(&site);
    let whole = between(spamd.port, |answer| answer);
    assert!(judged(&whole.address, "", &gtube()).0.starts_with("spam; "));
    let table: [(Change, &[&str]); 5] = [
        (|_| Vec::new(), &["closed"]),
        (|answer| answer[..answer.len() - 1].to_vec(), &["closed"]),
        (|answer| answer[..30].to_vec(), &["closed"]),
        (|answer| [answer, b"more".to_vec()].concat(), &["unknown-answer"]),
        (|answer| answer.iter().map(|byte| byte ^ 0x80).collect(), &["unknown-answer"]),
    ];
    for (change, words) in table {
        defers(&between(spamd.port, change).address, words);
    }
}

#[test]
fn check_tells_its_version_and_finds_the_test_message() {
    if !is_installed(SPAMD) {
        return;
    }
    let site = Site::new();
    let spamd = Spamd::start(&site);
    let asked = Site::with(&asking(&spamd.addresses()[0], ""));
    asked.command("check").word("--live").run().exits(0).mentions(&["SPAMD/1.5; test file found: score 100"]);
}
