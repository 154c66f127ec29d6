//! Debian's chromium without a screen, spoken to through a pair of pipes.
//!
//! Owns the process: it runs in a folder of its own and ends with the test. It must never send anything by itself.
use super::devtools::Pipes;
use super::proxy::Proxy;
use serde_json::{Value, json};
use std::io::Write;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The program itself: the one in /usr/bin is a script that starts it with what a desktop wants.
const PROGRAM: &str = "/usr/lib/chromium/chromium";
const REQUIRE: &str = "MAILWARD_REQUIRE_MTA";
/// No server listens there.
const NOWHERE: &str = "--proxy-server=http://127.0.0.1:9";
const LONGEST: Duration = Duration::from_secs(20);

/// The browser, where it is there; says so where it is not.
pub(crate) fn program() -> Option<&'static Path> {
    let program = Path::new(PROGRAM);
    if program.exists() {
        return Some(program);
    }
    assert!(std::env::var_os(REQUIRE).is_none(), "{REQUIRE} is set, but {PROGRAM} is not installed");
    // Not eprintln!: the test harness would keep it to itself.
    let _ = writeln!(std::io::stderr(), "tests/disarm skipped: {PROGRAM} is not installed");
    None
}

/// A browser that runs.
pub(crate) struct Chromium {
    child: Child,
    pipes: Pipes,
    /// Where the pages are: what they ask for goes through the proxy, what the browser asks for of its own goes nowhere.
    context: Value,
    _folder: TempDir,
}

impl Chromium {
    /// Starts it, and waits until it answers.
    pub(crate) fn start(program: &Path, proxy: &Proxy) -> Self {
        let folder = TempDir::new().unwrap();
        // It reads descriptor 3 and writes 4; only a shell can put them there without unsafe code.
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null"]).arg(program);
        command.args(["--headless", "--remote-debugging-pipe", "--disable-gpu", "--no-first-run", "--mute-audio", "--hide-scrollbars"]);
        command.args(["--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-sync"]);
        command.args(["--disable-domain-reliability", "--disable-breakpad", "--metrics-recording-only", "--no-default-browser-check"]);
        command.args(["--disable-dev-shm-usage", "--disable-renderer-backgrounding", "--disable-background-timer-throttling"]);
        command.args(["--disable-site-isolation-trials", "--autoplay-policy=no-user-gesture-required", "--disable-extensions"]);
        command.arg("--disable-features=IsolateOrigins,site-per-process,OptimizationHints,MediaRouter,Translate,DialMediaRouteProvider,HttpsUpgrades");
        // Names would be asked for by itself otherwise.
        command.arg("--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1");
        command.args([NOWHERE, "--proxy-bypass-list=<-loopback>"]);
        command.arg(format!("--user-data-dir={}", folder.path().display())).env("HOME", folder.path());
        if rustix::process::geteuid().is_root() {
            command.arg("--no-sandbox");
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut pipes = Pipes::new(child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let server = format!("http://127.0.0.1:{}", proxy.port());
        let context = json!({"proxyServer": server, "proxyBypassList": "<-loopback>"});
        let context = pipes.get("Target.createBrowserContext", &context, None)["browserContextId"].clone();
        Self { child, pipes, context, _folder: folder }
    }

    /// A new tab, by its session.
    pub(crate) fn open(&mut self) -> String {
        let target = json!({"url": "about:blank", "browserContextId": self.context});
        let target = self.get("Target.createTarget", &target, None)["targetId"].clone();
        let attached = self.get("Target.attachToTarget", &json!({"targetId": target, "flatten": true}), None);
        let session = attached["sessionId"].as_str().unwrap().to_owned();
        self.get("Page.enable", &json!({}), Some(&session));
        self.get("Page.setLifecycleEventsEnabled", &json!({"enabled": true}), Some(&session));
        session
    }

    /// Asks it to end, and makes it when it does not.
    pub(crate) fn end(mut self) {
        self.pipes.ask("Browser.close", &json!({}), None);
        let end = Instant::now() + LONGEST;
        while self.pipes.hear(Duration::from_millis(100)).is_ok_and(|_| Instant::now() < end) {}
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let end = Instant::now() + LONGEST;
        self.pipes.close();
        while self.child.try_wait().is_ok_and(|status| status.is_none()) {
            if Instant::now() > end {
                let _ = self.child.kill();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Deref for Chromium {
    type Target = Pipes;
    fn deref(&self) -> &Pipes {
        &self.pipes
    }
}

impl DerefMut for Chromium {
    fn deref_mut(&mut self) -> &mut Pipes {
        &mut self.pipes
    }
}
