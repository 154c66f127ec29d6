//! Rspamd as it is: its word about test mail and real mail, what it changes, and what becomes of mail while it does not work.

use crate::harness::{Http, PLAIN, Site, runs_as_root, until};
use crate::samples::{gtube, of_corpus};
use crate::server::{Server, free_port, is_installed, listens};
use rustix::process::Signal;
use serde_json::Value;
use std::fs::{self, Permissions};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

const PROGRAM: &str = "/usr/bin/rspamd";

/// Rules that do what the field X-Ask says.
const RULES: &str = r"
local function asks(task, word) return task:get_header('X-Ask') == word end
rspamd_config:register_symbol({ name = 'BEFORE', type = 'prefilter', callback = function(task)
  if asks(task, 'later') then task:set_pre_result('soft reject', 'Try again later', 'test') end
  if asks(task, 'greylist') then task:set_pre_result('greylist', 'Wait', 'test') end
  if asks(task, 'subject') then task:set_pre_result('rewrite subject', 'x', 'test') end
end })
rspamd_config:register_symbol({ name = 'AFTER', type = 'postfilter', callback = function(task)
  if asks(task, 'headers') then
    task:set_milter_reply({
      add_headers = { ['X-One'] = { value = 'first\r\n\tsecond', order = 1 }, ['X-Two'] = 'two', ['Received'] = 'forged' },
      remove_headers = { ['X-Old'] = 0, ['From'] = 0 },
    })
  end
  if asks(task, 'body') then task:set_message((tostring(task:get_content()):gsub('Hello', 'Good day'))) end
end })
";

/// The shipped rules and scores, no module that asks the network, and ours.
fn configuration(folder: &str, port: u16) -> String {
    format!(
        r#"
options {{
    pidfile = "{folder}/pid"; tempdir = "{folder}"; cache_file = "{folder}/cache"; control_socket = "{folder}/control mode=0600";
    filters = "regexp"; url_tld = "${{SHAREDIR}}/effective_tld_names.dat"; local_addrs = [];
    dns {{ nameserver = ["127.0.0.1:1:10"]; timeout = 0.1s; retransmits = 1; }}
}}
logging {{ type = "file"; filename = "{folder}/log"; level = "error"; }}
worker "normal" {{ bind_socket = "127.0.0.1:{port}"; count = 1; }}
actions {{ reject = 15; "rewrite subject" = 8; "add header" = 6; subject = "*** SPAM *** %s"; }}
.include "$CONFDIR/groups.conf"
.include "$CONFDIR/composites.conf"
regexp {{ max_size = 1M; }}
lua = "$RULESDIR/rspamd.lua";
"#
    )
}

/// Rspamd, and a site that asks it.
struct Rspamd {
    server: Server,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Rspamd {
    /// One that is ready; none where it is not installed.
    fn start() -> Option<Self> {
        if !is_installed(PROGRAM) {
            return None;
        }
        let (folder, port) = (tempfile::TempDir::new().unwrap(), free_port());
        let path = folder.path().to_str().unwrap();
        fs::create_dir(folder.path().join("local.d")).unwrap();
        fs::write(folder.path().join("local.d/rspamd.lua"), RULES).unwrap();
        fs::write(folder.path().join("rspamd.conf"), configuration(path, port)).unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
        let mut command = Command::new(PROGRAM);
        command.args(["--no-fork", "--config", &format!("{path}/rspamd.conf")]);
        command.args([&format!("--var=LOCAL_CONFDIR={path}"), &format!("--var=DBDIR={path}"), &format!("--var=RUNDIR={path}")]);
        if runs_as_root() {
            // It refuses to work as root.
            command.args(["--user", "nobody", "--group", "nogroup"]);
        }
        let server = Server::start(&mut command).wait_until("Rspamd answers", || answers(port));
        Some(Self { server, port, _folder: folder })
    }

    fn site(&self, changes: &str) -> Site {
        site(self.port, changes)
    }
}

fn site(port: u16, changes: &str) -> Site {
    let engine = format!("[[engine]]\nname = \"rspamd\"\nkind = \"rspamd\"\naddress = [\"tcp:127.0.0.1:{port}\"]\nchanges = {changes}\n");
    let policy = "policy.spam = { action = \"accept\", treatment = \"tag\" }\npolicy.spam_unscanned = { action = \"defer\" }\n";
    Site::with(&format!("{policy}{engine}timeout = \"5s\"\nretry = \"0s\"\n"))
}

fn answers(port: u16) -> bool {
    let ping = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET /ping HTTP/1.0\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ping().is_ok_and(|answer| answer.contains("pong"))
}

/// What it says of a message: its verdict in our words, which must not be a failure.
fn verdict(site: &Site, message: &[u8]) -> String {
    let ended = site.command("explain").word("--json").pipe(message).run();
    ended.exits(0);
    let report: Value = serde_json::from_str(&ended.stdout()).unwrap();
    assert_eq!(report["engines"][0]["error"], Value::Null, "{}", ended.context());
    report["engines"][0]["verdict"].as_str().unwrap().to_owned()
}

/// How many of the messages it takes for spam.
fn spam_among(site: &Site, messages: &[(String, Vec<u8>)]) -> usize {
    messages.iter().filter(|(_, message)| !verdict(site, message).starts_with("clean, score ")).count()
}

#[test]
fn test_mail_is_spam_plain_mail_is_not_and_real_mail_is_told_apart() {
    let Some(rspamd) = Rspamd::start() else { return };
    let site = rspamd.site("[]");
    assert!(verdict(&site, &gtube()).starts_with("score 15 of "));
    assert!(verdict(&site, PLAIN.as_bytes()).starts_with("clean, score "));
    let [ham, spam] = ["ham-easy-1", "spam-1"].map(|folder| of_corpus(&format!("spamassassin-public/{folder}"), 60));
    let (of_ham, of_spam) = (spam_among(&site, &ham), spam_among(&site, &spam));
    println!("spam: {of_ham} of {} ham, {of_spam} of {} spam", ham.len(), spam.len());
    assert!(ham.is_empty() || (of_ham * 10 <= ham.len() && of_spam * 4 >= spam.len()), "{of_ham} of ham, {of_spam} of spam");
}

/// A message that asks our rules for something.
fn asking(what: &str) -> String {
    format!(
        "From: a@sender.example\nX-Old: 1\nX-Ask: {what}\nTo: b@example.org\nSubject: greetings\nMessage-ID: <1@sender.example>\n\nHello.\n"
    )
}

#[test]
fn what_it_changes_is_seen_in_the_mail_that_is_delivered() {
    let Some(rspamd) = Rspamd::start() else { return };
    let table = [
        ("nothing", "X-Mailward: clean\n", asking("nothing")),
        ("headers", "X-Mailward: clean\nX-Two: two\nX-One: first\n\tsecond\n", asking("headers").replace("X-Old: 1\n", "")),
        ("body", "X-Mailward: clean\n", asking("body").replace("Hello", "Good day")),
        (
            "subject",
            "X-Mailward: spam; engine=rspamd; name=\"score 0 of 15\"; action=tag\n",
            asking("subject").replace("greetings", "{Spam?} *** SPAM *** greetings"),
        ),
    ];
    for (what, fields, rest) in table {
        let site = rspamd.site("[\"headers\", \"subject\", \"body\"]");
        let ended = site.deliver().pipe(asking(what)).run();
        let text = String::from_utf8(ended.message()).unwrap();
        // Later versions tell all their thresholds, and we take that of the action "add header".
        assert_eq!(text.replace("of 6", "of 15"), format!("{fields}{rest}"), "{what}{}", ended.context());
        assert_eq!(site.names("quarantine/new").len(), usize::from(what == "body"), "{what}");
    }
    let site = rspamd.site("[]");
    site.deliver().pipe(asking("later")).run().defers(75);
    assert!(site.read("log").contains("class=greylisted "), "{}", site.read("log"));
    // Nobody would take it off the list: the module that does is not there.
    site.deliver().pipe(asking("greylist")).run().exits(0);
}

#[test]
fn while_it_does_not_work_the_policy_decides_and_afterwards_it_works_again() {
    let Some(rspamd) = Rspamd::start() else { return };
    let port = rspamd.port;
    rspamd.server.signal(Signal::STOP);
    fails(port, "timeout");
    rspamd.server.signal(Signal::CONT);
    rspamd.site("[]").deliver().pipe(PLAIN).run().exits(0);
    drop(rspamd);
    until("its worker is gone too", || !listens(port));
    fails(port, "refused");
    let connections = AtomicUsize::new(0);
    let _other = Http::on(port, move |exchange| match connections.fetch_add(1, SeqCst) {
        0 => exchange.listen().and_then(|_| exchange.say("\0\u{1}garbage\r\n\r\n")),
        _ => Ok(()),
    });
    fails(port, "unknown-answer");
    fails(port, "closed");
}

/// A message is put off, as the policy says of mail that was not scanned, and the log says why.
#[track_caller]
fn fails(port: u16, word: &str) {
    let site = site(port, "[]");
    site.deliver().pipe(PLAIN).run().defers(75);
    assert!(site.read("log").contains(&format!("class=spam_unscanned name={word} ")), "{}", site.read("log"));
}
